#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 420 s
# Transport mode through a NAT: TCP and UDP, although the sums in them are over
# addresses that the other side never sees.
#
#   c ──── r ──── g      see nat.sh
#
# With SAs without a template and with one, over IPv4 and IPv6. The gateway is told
# nothing but "port add 2797".
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=nat.sh
. ./nat.sh

# tcp WHAT FROM TO ADDRESS FAMILY: 200 kB, compared at the end.
tcp() {
	local what=$1 from=$2 to=$3 address=$4 v=$5 server
	rm -f "$LAB_OUT/received"
	spawn server.log ip netns exec "$to" socat -u "TCP$v-LISTEN:7000,reuseaddr" \
		"CREATE:$LAB_OUT/received"
	server=$spawned
	until_true 10 listens "$to" || die 'nobody listens'
	check "$what" in_ns "$from" timeout 60 socat -u "FILE:$LAB_OUT/sent" \
		"TCP$v:$address:7000"
	await 20 "$what, as it was sent" cmp "$LAB_OUT/sent" "$LAB_OUT/received"
	stop "$server"
}

listens() {
	in_ns "$1" ss -H -t -l -n 'sport = :7000' | grep -q .
}

# udp WHAT FROM SOURCE TO ADDRESS SEEN: a datagram; the receiver sees it come from
# SEEN.
udp() {
	local what=$1 from=$2 source=$3 to=$4 address=$5 seen=$6
	receiver "$to" "$address" 7001 received.udp
	in_ns "$from" python3 -S "$datagram" send "$source" 7002 "${7:-$address}" 7001 c0ffee
	arrives "$what" received.udp "$seen 7002 c0ffee"
	stop "$spawned"
}

# through V KIND [PORT]
through() {
	local v=$1 what="IPv$1, $2" file="$1-${2// /-}.pcap"
	local bracketed=${gateway[$v]} back=${public[$v]}
	[ "$v" = 4 ] || bracketed="[$bracketed]" back="[$back]"
	nat_sas "$v" "${public[$v]}" transport ${3:+"$3"}
	transport_policies c "${client[$v]}" "${gateway[$v]}" 1
	transport_policies g "${gateway[$v]}" "${public[$v]}" 1
	ctl c port add 2797 learn off
	ctl c peer add "${gateway[$v]}" reqid 1 port 2797
	ctl g port add 2797
	capture between g "$file"
	tcp "$what: TCP to the gateway" c g "$bracketed" "$v"
	tcp "$what: TCP from the gateway" g c "$back" "$v"
	udp "$what: UDP to the gateway" c "${client[$v]}" g "${gateway[$v]}" \
		"${public[$v]}"
	udp "$what: UDP from the gateway" g "${gateway[$v]}" c "${client[$v]}" \
		"${gateway[$v]}" "${public[$v]}"
	check "$what: ping" pings c "${client[$v]}" "${gateway[$v]}"
	check "$what: ping back" pings g "${gateway[$v]}" "${public[$v]}"
	capture_stop "$file"
	only_udp "$what" "$file" 2797
	check_eq "$what: the peer was learned" "learned $(mapped_port "$v" 2797)" \
		"$(ctl g -j peer | jq -r '.[0] | "\(.origin) \(.endpoint.port)"')"
	check_eq "$what: XFRM has no errors" '0 0' \
		"$(xfrm_errors c) $(xfrm_errors g)"
	check_eq "$what: no sum was wrong" '0 0' \
		"$(sum_errors c) $(sum_errors g)"
	ctl c flush
	ctl g flush
	xfrm_clear c g
}

# sum_errors NS: TCP and UDP packets with a wrong checksum.
sum_errors() {
	in_ns "$1" nstat -asz TcpInCsumErrors UdpInCsumErrors Udp6InCsumErrors |
		awk 'NR > 1 { sum += $2 } END { print sum + 0 }'
}

module_load
nat_topology
head -c 200000 /dev/urandom > "$LAB_OUT/sent"
for v in 4 6; do
	through $v 'no template'
	through $v 'a template' 45000
done

plan_done
