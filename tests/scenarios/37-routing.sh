#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# By which way UDP leaves, where that is not the way of ESP.
#
#               ┌── one ── r ──┐
#      a ═══════┤              ├── b
#               └── two ── s ──┘
#
# Policy rules and multipath routes that look at UDP and its ports see the new header;
# a peer that is elsewhere gets the route to there; a VRF has its own routes.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=tcp.sh
. ./tcp.sh

outer_a=([4]=192.0.2.1 [6]=2001:db8::1)
outer_b=([4]=198.51.100.2 [6]=2001:db8:51::2)
declare -A via_one=([4]=10.9.1.2 [6]=fd00:91::2) via_two=([4]=10.9.2.2 [6]=fd00:92::2)

ways() {
	local v
	ns_add a r s b
	link a one r a
	link a two s a
	link r b b one
	link s b b two
	forwarding r s
	for v in 4 6; do
		# the SA's address is on neither of the ways
		addr a lo "${outer_a[$v]}/${bits[$v]}" "${inner_a[$v]}/${bits[$v]}"
		addr b lo "${outer_b[$v]}/${bits[$v]}" "${inner_b[$v]}/${bits[$v]}"
	done
	addr a one 10.9.1.1/24 fd00:91::1/64
	addr a two 10.9.2.1/24 fd00:92::1/64
	addr r a 10.9.1.2/24 fd00:91::2/64
	addr s a 10.9.2.2/24 fd00:92::2/64
	addr r b 10.9.3.2/24 fd00:93::2/64
	addr s b 10.9.4.2/24 fd00:94::2/64
	addr b one 10.9.3.1/24 fd00:93::1/64
	addr b two 10.9.4.1/24 fd00:94::1/64
	for v in 4 6; do
		ip -n r -$v route add "${outer_a[$v]}" via "$(pick $v 10.9.1.1 fd00:91::1)"
		ip -n s -$v route add "${outer_a[$v]}" via "$(pick $v 10.9.2.1 fd00:92::1)"
		ip -n r -$v route add default via "$(pick $v 10.9.3.1 fd00:93::1)"
		ip -n s -$v route add default via "$(pick $v 10.9.4.1 fd00:94::1)"
		ip -n b -$v route add default via "$(pick $v 10.9.3.2 fd00:93::2)"
	done
	for ns in a b r s; do
		in_ns $ns sysctl -qw net.ipv4.conf.all.rp_filter=0 \
			net.ipv4.conf.default.rp_filter=0
	done
}

# pick V FOR_IPV4 FOR_IPV6
pick() {
	if [ "$1" = 4 ]; then echo "$2"; else echo "$3"; fi
}

# goes WHAT V WAY COMMAND...: the command succeeds, its UDP from a leaves by this way
# alone, and from the SA's address.
goes() {
	local what=$1 v=$2 way=$3 other=one
	shift 3
	[ "$way" = two ] || other=two
	capture a "$way" way.pcap
	capture a "$other" other.pcap
	check "$what" "$@"
	capture_stop way.pcap
	capture_stop other.pcap
	wire_some "$what: by $way" way.pcap "udp src port 2797 and src host ${outer_a[$v]}" 3
	wire_none "$what: not by $other" other.pcap \
		"udp src port 2797 and src host ${outer_a[$v]}"
	wire_none "$what: no ESP" way.pcap 'ip proto 50 or ip6 proto 50'
}

both_chosen() {
	[[ $seen = *one* && $seen = *two* ]]
}

follows() {
	[ "$(ctl a -j peer show "${outer_b[$1]}" | jq -r '.[0].endpoint.address')" = "$2" ]
}

module_load
ways
serve 2797
for v in 4 6; do
	tunnel $v $v
	for ns in a b; do
		other=${inner_b[$v]}
		[ $ns = a ] || other=${inner_a[$v]}
		[ $ns = b ] || ip -n a -$v route add "$other" via "${via_one[$v]}" \
			src "${inner_a[$v]}"
		[ $ns = a ] || ip -n b -$v route add "$other" \
			via "$(pick $v 10.9.3.2 fd00:93::2)" src "${inner_b[$v]}"
	done
	ip -n a -$v route add "${outer_b[$v]}" via "${via_one[$v]}"
	ip -n a -$v route add "${outer_b[$v]}" via "${via_two[$v]}" table 77
	run="pings a ${inner_a[$v]} ${inner_b[$v]} 5"
	# shellcheck disable=SC2086 # a command
	goes "IPv$v, the main table" $v one $run

	# rules that only UDP with these ports fits
	for rule in 'ipproto udp dport 2797' 'ipproto udp sport 2797' 'ipproto 17'; do
		# shellcheck disable=SC2086
		ip -n a -$v rule add $rule lookup 77
		# shellcheck disable=SC2086
		goes "IPv$v, rule $rule" $v two $run
		sizes "IPv$v, rule $rule" a "${inner_a[$v]}" "${inner_b[$v]}" \
			$((v == 4 ? 1400 : 1360)) $((v == 4 ? 1420 : 1380))
		# shellcheck disable=SC2086
		ip -n a -$v rule del $rule lookup 77
	done
	# shellcheck disable=SC2086
	ip -n a -$v rule add ipproto 50 lookup 77
	# shellcheck disable=SC2086
	goes "IPv$v, a rule for ESP is not for us" $v one $run
	ip -n a -$v rule del ipproto 50 lookup 77
done

# Several next hops, of which the ports choose one: that which "ip route get" says for
# UDP with them, for two peers with different ports there.
in_ns a sysctl -qw net.ipv4.fib_multipath_hash_policy=1 \
	net.ipv6.fib_multipath_hash_policy=1
# b answers on the port that it was called on
for there in {2798..2808}; do
	ctl b port add "$there" format bare
done
for v in 4 6; do
	ip -n a -$v route replace "${outer_b[$v]}" \
		nexthop via "${via_one[$v]}" nexthop via "${via_two[$v]}"
	ctl a peer del "${outer_b[$v]}"
	seen=''
	for there in {2797..2808}; do
		[[ $seen != *one*two* && $seen != *two*one* ]] || break
		way=$(ip -n a -$v -j route get "${outer_b[$v]}" from "${outer_a[$v]}" \
			ipproto udp sport 2797 dport "$there" | jq -r '.[0].dev')
		seen="$seen $way"
		ctl a peer add "${outer_b[$v]}" port 2797 \
			endpoint "$(pick $v "${outer_b[4]}" "[${outer_b[6]}]"):$there" pin
		goes "IPv$v, multipath, to port $there" $v "$way" \
			pings a "${inner_a[$v]}" "${inner_b[$v]}" 5
		ctl a peer del "${outer_b[$v]}"
	done
	check "IPv$v: both ways were chosen ($seen)" both_chosen
	ctl a peer add "${outer_b[$v]}" port 2797
	ip -n a -$v route replace "${outer_b[$v]}" via "${via_one[$v]}"
done
in_ns a sysctl -qw net.ipv4.fib_multipath_hash_policy=0 \
	net.ipv6.fib_multipath_hash_policy=0

# A peer that moves to an address behind another next hop.
for v in 4 6; do
	there=$(pick $v 198.51.100.77 2001:db8:51::77)
	addr b lo "$there/${bits[$v]}"
	ip -n a -$v route add "$there" via "${via_two[$v]}"
	check "IPv$v, before it moves" pings a "${inner_a[$v]}" "${inner_b[$v]}"
	# its packets come from there now
	in_ns b nft -f - <<-END
		table inet move {
			chain out {
				type nat hook postrouting priority srcnat
				udp sport 2797 ip saddr ${outer_b[4]} snat ip to 198.51.100.77
				udp sport 2797 ip6 saddr ${outer_b[6]} snat ip6 to 2001:db8:51::77
			}
		}
	END
	check "IPv$v, it moves" pings b "${inner_b[$v]}" "${inner_a[$v]}"
	await 5 "IPv$v: a follows" follows $v "$there"
	goes "IPv$v, after it has moved" $v two \
		pings a "${inner_a[$v]}" "${inner_b[$v]}" 5
	in_ns b nft delete table inet move
done
check_eq 'XFRM has no errors' '0 0' "$(xfrm_errors a) $(xfrm_errors b)"

# All of a's side in a VRF: its link, what is inside, and the SAs' policies.
xfrm_clear a b
ctl a flush
ctl b flush
ip netns del a
ip netns del b
lab_namespaces=(r s)
outer_a=([4]=192.0.2.1 [6]=2001:db8::1) outer_b=([4]=192.0.2.2 [6]=2001:db8::2)
gateways
ip -n a link add red type vrf table 100
ip -n a link set dev red up
ip -n a link set dev a master red
for v in 4 6; do
	# IPv6 addresses go when a device gets a master
	[ $v = 4 ] || ip -n a addr replace "${outer_a[6]}/64" dev a nodad
	ip -n a addr del "${inner_a[$v]}/${bits[$v]}" dev lo
	addr a red "${inner_a[$v]}/${bits[$v]}"
	ip -n a -$v route replace "${inner_b[$v]}" dev a src "${inner_a[$v]}" vrf red
	tunnel $v $v
done
serve 2797
for v in 4 6; do
	capture w b vrf.pcap
	check "IPv$v, VRF: pings" in_ns a ping -q -c 5 -i 0.05 -W 5 -I red \
		"${inner_b[$v]}"
	check "IPv$v, VRF: pings back" pings b "${inner_b[$v]}" "${inner_a[$v]}" 5
	sizes "IPv$v, VRF" a red "${inner_b[$v]}" $((v == 4 ? 1380 : 1350)) \
		$((v == 4 ? 1420 : 1390))
	capture_stop vrf.pcap
	only_udp "IPv$v, VRF" vrf.pcap 2797
	wire_none "IPv$v, VRF: no fragment" vrf.pcap "$fragments"
done
check_eq 'VRF: XFRM has no errors' '0 0' "$(xfrm_errors a) $(xfrm_errors b)"
check 'VRF: its device can go' timeout 10 ip -n a link del red

plan_done
