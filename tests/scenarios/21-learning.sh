#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# The gateway learns where its client is, and follows it.
#
#   c ──── r ──── g      see nat.sh
#
# All that the gateway is told is "port add 2797". The client has made its SAs by
# hand, without encap, and begins. Its router maps its port, and then maps it
# anew: to another port, to another address.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=nat.sh
. ./nat.sh

# only_to V FILE ADDRESS PORT: what the gateway sends goes there, as UDP.
only_to() {
	wire_some "IPv$1: answers go to $3, port $4" "$2" \
		"src host ${gateway[$1]} and dst host $3 and udp src port 2797 and udp dst port $4" 3
	wire_none "IPv$1: and nowhere else" "$2" \
		"src host ${gateway[$1]} and not $neighbours and
			not (dst host $3 and udp src port 2797 and udp dst port $4)"
}

# follows V WHAT ADDRESS: after a change of mapping, the first packet already is
# answered.
follows() {
	local v=$1 what=$2 address=$3 file=$1-${2// /-}.pcap
	capture between g "$file"
	check "IPv$v, $what: each ping is answered" \
		pings c "${inner_b[$v]}" "${inner_a[$v]}" 4
	check "IPv$v, $what: and from the gateway" \
		pings g "${inner_a[$v]}" "${inner_b[$v]}" 4
	capture_stop "$file"
	check_eq "IPv$v, $what: the peer is where the router says" \
		"$address $(mapped_port "$v" 2797)" "$(endpoint)"
	only_to "$v" "$file" "$address" "$(mapped_port "$v" 2797)"
}

learning() {
	local v=$1 known=$2 what=$3 spi
	# SAs first: what was there before the port works as well.
	nat_tunnel "$v" "$known"
	ctl c port add 2797 learn off
	ctl c peer add "${gateway[$v]}" port 2797
	ctl g port add 2797
	spawn "monitor-$v.log" ip netns exec g espencapctl monitor
	monitor=$spawned
	until_true 10 grep -q monitoring "$LAB_OUT/monitor-$v.log" ||
		die 'the monitor does not start'

	check_eq "IPv$v, $what: there is no peer yet" '[]' "$(ctl g -j peer show)"
	follows "$v" "$what" "${public[$v]}"
	check_eq "IPv$v, $what: it was learned" "learned 1 $known" \
		"$(ctl g -j peer | jq -r '.[0] | "\(.origin) \(.reqid) \(.address)"')"
	check_eq "IPv$v, $what: and counted" '1 1 0' \
		"$(ctl g -j port | jq -r '.[0].learned') $(counter g port 2797 peers_learned) $(counter g port 2797 peers_moved)"
	check_eq "IPv$v, $what: the peer's packets are the port's" \
		"$(counter g port 2797 rx_packets) $(counter g port 2797 rx_bytes) $(counter g port 2797 tx_packets)" \
		"$(counter g peer "$known" rx_packets) $(counter g peer "$known" rx_bytes) $(counter g peer "$known" tx_packets)"

	nat_map 41000-41999
	follows "$v" 'the router maps another port' "${public[$v]}"
	addr r outside "${moved[$v]}/${prefix[$v]}"
	nat_map 42000-42999 "$v" "${moved[$v]}"
	follows "$v" 'the router has another address' "${moved[$v]}"
	check_eq "IPv$v: it has moved twice" 2 "$(counter g port 2797 peers_moved)"

	# Rekeyed: one direction, then the other, under traffic.
	flow c "${inner_b[$v]}" "${inner_a[$v]}"
	for spi in 0x1001 0x1002; do
		sa g "$known" "${gateway[$v]}" $spi 1 "$key_ab" tunnel
		sa c "${client[$v]}" "${gateway[$v]}" $spi 1 "$key_ab" tunnel
		await 10 "IPv$v: SA $spi is used" used g "$spi"
		ip -n c xfrm state delete src "${client[$v]}" \
			dst "${gateway[$v]}" proto esp spi $((spi - 1))
		ip -n g xfrm state delete src "$known" \
			dst "${gateway[$v]}" proto esp spi $((spi - 1))
		sa c "${gateway[$v]}" "${client[$v]}" $((spi + 0x1000)) 1 \
			"$key_ba" tunnel
		sa g "${gateway[$v]}" "$known" $((spi + 0x1000)) 1 "$key_ba" tunnel
		await 10 "IPv$v: SA $((spi + 0x1000)) is used" \
			used c $((spi + 0x1000))
		ip -n g xfrm state delete src "${gateway[$v]}" \
			dst "$known" proto esp spi $((spi + 0x0fff))
		ip -n c xfrm state delete src "${gateway[$v]}" \
			dst "${client[$v]}" proto esp spi $((spi + 0x0fff))
	done
	flow_end c
	check_eq "IPv$v: rekeying has lost nothing" '' "$(flow_gaps c)"
	check_eq "IPv$v: the peer is still the same" 'learned 1' \
		"$(ctl g -j peer | jq -r '.[0] | "\(.origin) \(.reqid)"')"

	stop "$monitor"
	check_eq "IPv$v: the monitor has seen it come and move" \
		'learned moved moved' "$(awk '$1 == "peer" { print $5 }' \
			"$LAB_OUT/monitor-$v.log" | paste -sd ' ')"
	check "IPv$v: from where, and to where" grep -q \
		"^peer $known reqid 1 moved port 2797 from .*:41[0-9]* to .*:42[0-9]*\$" \
		"$LAB_OUT/monitor-$v.log"

	check "IPv$v: the peer can be deleted" ctl g peer del "$known"
	check "IPv$v: and comes back" pings c "${inner_b[$v]}" "${inner_a[$v]}" 2
	check "IPv$v: port del takes it along" ctl g port del 2797
	check_eq "IPv$v: there is no peer left" '[]' "$(ctl g -j peer show)"

	ctl g port add 2797 learn off
	check_not "IPv$v: learn off: no answer" in_ns c ping -q -n -c 2 -i 0.1 \
		-W 1 -I "${inner_b[$v]}" "${inner_a[$v]}"
	check_eq "IPv$v: and no peer" '[]' "$(ctl g -j peer show)"
	check "IPv$v: port set turns it on" ctl g port set 2797 learn on
	check "IPv$v: ping" pings c "${inner_b[$v]}" "${inner_a[$v]}" 2

	# A peer that was added follows, too, unless it is pinned.
	check "IPv$v: one that is added takes its place" \
		ctl g peer add "$known" reqid 1 port 2797
	check "IPv$v: it follows" pings c "${inner_b[$v]}" "${inner_a[$v]}" 2
	check_eq "IPv$v: it has moved" \
		"${moved[$v]} $(mapped_port "$v" 2797)" "$(endpoint)"
	check_eq "IPv$v: it is static" static "$(ctl g -j peer | jq -r '.[0].origin')"
	ctl g peer del "$known"
	ctl g peer add "$known" port 2797 endpoint "$4" pin
	check_not "IPv$v: pinned: no answer" in_ns c ping -q -n -c 2 -i 0.1 -W 1 \
		-I "${inner_b[$v]}" "${inner_a[$v]}"
	check_eq "IPv$v: pinned: it has not moved" "${nobody[$v]} 7" "$(endpoint)"
	check_eq "IPv$v: XFRM has no errors but those of rekeying" 0 \
		"$(xfrm_errors g)"

	ctl c flush
	ctl g flush
	xfrm_clear c g
	ip -n r addr del "${moved[$v]}/${prefix[$v]}" dev outside
	nat_map 40000-40999
}

# used NS SPI: an SA has carried a packet.
used() {
	ip -n "$1" -s xfrm state list proto esp spi "$2" |
		grep -qE '^[[:space:]]+[0-9]+\(bytes\), [1-9][0-9]*\(packets\)'
}

declare -A moved=([4]=203.0.113.9 [6]=2001:db8:113::9)

module_load
nat_topology
learning 4 "${public[4]}" 'known by the public address' "${nobody[4]}:7"
learning 4 "${client[4]}" 'known by its private address' "${nobody[4]}:7"
learning 6 "${public[6]}" 'known by the public address' "[${nobody[6]}]:7"

# Bounds: a full table, and an address that is ours.
for n in 1 2 3; do
	sa g 192.0.2.$n "${gateway[4]}" 0x300$n 3$n "$key_ab" tunnel
	sa c "${client[4]}" "${gateway[4]}" 0x300$n 3$n "$key_ab" tunnel
	addr c lo 10.3.0.$n/32
	ip -n c xfrm policy add src 10.3.0.$n dst 10.1.0.1 dir out tmpl \
		src "${client[4]}" dst "${gateway[4]}" proto esp reqid 3$n mode tunnel
done
ctl c port add 2797
ctl c peer add "${gateway[4]}" port 2797
ctl g port add 2797 max-learned 2
spawn full.log ip netns exec g espencapctl -j monitor
until_true 10 grep -q monitoring "$LAB_OUT/full.log" || die 'no monitor'
for n in 1 2 3; do
	in_ns c ping -q -n -c 1 -W 0.1 -I 10.3.0.$n 10.1.0.1 > /dev/null || true
done
check_eq 'max-learned 2: the third is refused and counted' '2 1' \
	"$(ctl g -j port | jq .[0].learned) $(counter g port 2797 refused_full)"
await 5 'and told of' grep -q '"peer-refused".*"reason":"full"' "$LAB_OUT/full.log"
check 'the limits are shown' grep -q 'max-learned 2 ' <(ctl g -d port show)
check 'with more room' ctl g port set 2797 max-learned 3
in_ns c ping -q -n -c 1 -W 0.1 -I 10.3.0.3 10.1.0.1 > /dev/null || true
check_eq 'it is learned' 3 "$(ctl g -j port | jq .[0].learned)"
check_exit 'a peer whose address is ours is refused' 2 "own" \
	ctl g peer add "${gateway[4]}" port 2797
check_exit 'an endpoint, too' 2 "own" \
	ctl g peer add 192.0.2.9 port 2797 endpoint "${gateway[4]}:1"
check_exit 'IPv6 as well' 2 "own" ctl g peer add "${gateway[6]}" port 2797

# Peers go when their SAs have gone and a minute has passed.
xfrm_clear g
await 100 'learned peers go some time after their SAs' \
	no_peers g
check_eq 'and are counted' 3 "$(counter g port 2797 peers_expired)"
check_eq 'and told of' 3 "$(grep -c '"peer-expired".*"sa-gone"' "$LAB_OUT/full.log")"
ctl c flush
ctl g flush

plan_done
