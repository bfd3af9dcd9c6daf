#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 1200 s
# The path MTU of the gateway's own link: no packet vanishes, none is fragmented.
#
#      i ──────── a ════ wire, MTU 1500 ════ b
#   10.3.0.2                                 10.2.0.1
#   fd00:3::2                                fd00:2::1
#
# From a itself and from i behind it, in tunnel and transport mode, with every kind of
# limit that a route can have.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=tcp.sh
. ./tcp.sh

declare -A behind=([4]=10.3.0.2 [6]=fd00:3::2)
declare -A ip_header=([4]=20 [6]=40)

# fits WHAT O I NS FROM TO MTU ADDED [MODE]: every size around the largest, and the
# largest as one packet: IPv I in IPv O, whose packets may have MTU bytes. XFRM's may
# have ADDED less.
fits() {
	local what=$1 o=$2 i=$3 ns=$4 from=$5 to=$6 mtu=$7 added=$8 mode=${9:-tunnel}
	local header=8 esp size
	[ "$mode" = transport ] || header=$((8 + ip_header[$i]))
	size=$(($(esp_fits $((mtu - ip_header[$o] - added))) - header))
	esp=$(esp_length $((size + header)))
	# what there is to know, XFRM learns by the first packet
	check "$what: ping" pings "$ns" "$from" "$to" 2
	capture w b fits.pcap udp
	sizes "$what" "$ns" "$from" "$to" $((size - 3)) $((size + 4))
	capture_stop fits.pcap
	check_eq "$what: the largest is as large as can be" $size "$largest"
	# in transport mode, IPv6 says no more than EMSGSIZE, as with ESP alone
	[ "$o-$mode" = 6-transport ] ||
		check_eq "$what: whoever sends more is told the MTU" \
			$((ip_header[$i] + 8 + size)) "$told_mtu"
	wire_some "$what: the largest is one packet" fits.pcap \
		"(ip and ip[2:2] = $((ip_header[4] + added + esp))) or
			(ip6 and ip6[4:2] = $((added + esp)))"
	wire_none "$what: none is fragmented" fits.pcap "$fragments"
	wire_none "$what: none is too large" fits.pcap "greater $((mtu + 15))"
	check_eq "$what: peer show says so" "$mtu" \
		"$(ctl a -j peer show "${peer-${outer_b[$o]}}" | jq '.[0].mtu')"
}

# flows WHAT I [FROM]: TCP, without a fragment.
flows() {
	capture w b flows.pcap udp
	tcp "$1" "${3-${inner_a[$2]}}" "${inner_b[$2]}" 400000
	tcp "$1, other way" "${3-${inner_a[$2]}}" "${inner_b[$2]}" 400000 back
	capture_stop flows.pcap
	wire_none "$1: TCP is not fragmented" flows.pcap "$fragments"
}

# Nothing of what a case has taught is left for the next.
clean() {
	local ns v
	xfrm_clear a b
	for ns in i a b; do
		for v in 4 6; do
			ip -n $ns -$v route flush cache
		done
	done
}

# forwarded_tunnel V: for i behind a.
forwarded_tunnel() {
	tunnel_sas "$1" "$1"
	tunnel_policies a "${outer_a[$1]}" "${outer_b[$1]}" "${behind[$1]}" \
		"${inner_b[$1]}" "$1$1"
	tunnel_policies b "${outer_b[$1]}" "${outer_a[$1]}" "${inner_b[$1]}" \
		"${behind[$1]}" "$1$1"
}

module_load
gateways
ns_add i
link a inside i i
forwarding a
addr a inside 10.3.0.1/24 fd00:3::1/64
addr i i 10.3.0.2/24 fd00:3::2/64
for v in 4 6; do
	ip -n i -$v route add "${inner_b[$v]}" via "${behind[$v]%2}1"
	ip -n b -$v route add "${behind[$v]}" dev b src "${inner_b[$v]}"
done

serve 2797
for o in 4 6; do
	for i in 4 6; do
		tunnel $o $i
		fits "IPv$i in IPv$o" $o $i a "${inner_a[$i]}" "${inner_b[$i]}" 1500 8
		clean
	done
done
for v in 4 6; do
	forwarded_tunnel $v
	fits "forwarded IPv$v" $v $v i "${behind[$v]}" "${inner_b[$v]}" 1500 8
	clean
done
check_eq 'in tunnel mode, no packet was dropped for its size' 0 \
	"$(counter a port 2797 tx_too_big)"
for v in 4 6; do
	transport $v
	fits "transport mode, IPv$v" $v $v a "${outer_a[$v]}" "${outer_b[$v]}" 1500 8 \
		transport
	clean
done

# In transport mode, IPv6 leaves it to the last moment, as with ESP alone.
refused=$(counter a port 2797 tx_too_big)

# A route whose MTU is measured with what we have taught (IPv4 only).
in_ns a sysctl -qw net.ipv4.ip_forward_use_pmtu=1
tunnel 4 4
fits 'ip_forward_use_pmtu' 4 4 a "${inner_a[4]}" "${inner_b[4]}" 1500 8
flows 'ip_forward_use_pmtu' 4
clean
forwarded_tunnel 4
fits 'ip_forward_use_pmtu, forwarded' 4 4 i "${behind[4]}" "${inner_b[4]}" 1500 8
clean
in_ns a sysctl -qw net.ipv4.ip_forward_use_pmtu=0

# A route with an MTU of its own. A locked one limits IPv4's ESP, and UDP comes on top.
for v in 4 6; do
	ip -n a -$v route add "${outer_b[$v]}" dev a mtu 1400
	tunnel $v $v
	fits "a route's MTU, IPv$v" $v $v a "${inner_a[$v]}" "${inner_b[$v]}" 1400 8
	clean
	ip -n a -$v route change "${outer_b[$v]}" dev a mtu lock 1400
	tunnel $v $v
	fits "a route's locked MTU, IPv$v" $v $v a "${inner_a[$v]}" "${inner_b[$v]}" \
		$((v == 4 ? 1408 : 1400)) 8
	flows "a route's locked MTU, IPv$v" $v
	clean
	ip -n a -$v route del "${outer_b[$v]}" dev a
done

# An MTU that changes while TCP flows.
for v in 4 6; do
	tunnel $v $v
	spawn sink.log ip netns exec b iperf3 -s -1 -B "${inner_b[$v]}"
	until_true 10 in_ns b sh -c 'ss -H -t -l -n "sport = :5201" | grep -q .' ||
		die 'iperf3 does not listen'
	spawn source.log ip netns exec a iperf3 -c "${inner_b[$v]}" \
		-B "${inner_a[$v]}" -t 60 --forceflush
	source=$spawned
	at_least() {
		[ "$(counter a peer "${outer_b[$v]}" tx_packets)" -ge "$1" ]
	}
	for mtu in 1400 1300 1500; do
		before=$(counter a peer "${outer_b[$v]}" tx_packets)
		await 20 "IPv$v: TCP flows" at_least $((before + 500))
		ip -n a link set dev a mtu $mtu
		before=$(counter a peer "${outer_b[$v]}" tx_packets)
		await 20 "IPv$v: and goes on with MTU $mtu" at_least $((before + 500))
	done
	stop "$source"
	clean
	ip -n a link set dev a mtu 1400
	tunnel $v $v
	fits "IPv$v, MTU 1400 then" $v $v a "${inner_a[$v]}" "${inner_b[$v]}" 1400 8
	clean
	ip -n a link set dev a mtu 1500
done
check_eq 'no more packets were dropped for their size' "$refused" \
	"$(counter a port 2797 tx_too_big)"

# The peer is elsewhere than XFRM knows.
for v in 4 6; do
	there=192.0.2.9
	[ $v = 4 ] || there=2001:db8::9
	ctl a peer add $there port 2797 endpoint "$(
		[ $v = 4 ] && echo "${outer_b[4]}:2797" || echo "[${outer_b[6]}]:2797")"
	sa a "${outer_a[$v]}" $there 0x1099 9 "$key_ab" tunnel
	sa b "${outer_a[$v]}" "${outer_b[$v]}" 0x1099 9 "$key_ab" tunnel
	sa b "${outer_b[$v]}" "${outer_a[$v]}" 0x2099 9 "$key_ba" tunnel
	sa a $there "${outer_a[$v]}" 0x2099 9 "$key_ba" tunnel
	tunnel_policies a "${outer_a[$v]}" $there "${inner_a[$v]}" "${inner_b[$v]}" 9
	tunnel_policies b "${outer_b[$v]}" "${outer_a[$v]}" "${inner_b[$v]}" \
		"${inner_a[$v]}" 9
	peer=$there fits "elsewhere, IPv$v" $v $v a "${inner_a[$v]}" \
		"${inner_b[$v]}" 1500 8
	clean
done
ctl a flush
ctl b flush

# 16 bytes; and SAs with a template, where XFRM knows of UDP, but not of the marker.
serve 500 non-ike
for v in 4 6; do
	tunnel $v $v
	fits "8-byte marker, IPv$v" $v $v a "${inner_a[$v]}" "${inner_b[$v]}" 1500 16
	clean
done
ctl a flush
ctl b flush
for port in 2797 500; do
	ctl a port add $port
	ctl b port add $port
	for v in 4 6; do
		ctl a peer add "${outer_b[$v]}" reqid $v$v port $port
		ctl b peer add "${outer_a[$v]}" reqid $v$v port $port
		for ns in a b; do
			sa $ns "${outer_a[$v]}" "${outer_b[$v]}" 0x1077 $v$v "$key_ab" \
				tunnel encap espinudp 4500 4500 0.0.0.0
			sa $ns "${outer_b[$v]}" "${outer_a[$v]}" 0x2077 $v$v "$key_ba" \
				tunnel encap espinudp 4500 4500 0.0.0.0
		done
		policies $v $v
		fits "a template, port $port, IPv$v" $v $v a "${inner_a[$v]}" \
			"${inner_b[$v]}" 1500 $((port == 500 ? 16 : 8))
		clean
	done
	ctl a flush
	ctl b flush
done

plan_done
