#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 900 s
# A router further on with a smaller MTU, and those who only say so.
#
#              MTU 1500        MTU 1400        MTU 1500
#      a ──────────────── r ──────────────── s ────────── b
#   192.0.2.1      192.0.2.3           198.51.100.3   198.51.100.2
#   2001:db8::1    2001:db8::3       2001:db8:51::3   2001:db8:51::2
#
# r tells a with ICMP, quoting the UDP packet that is too big. a believes who quotes what
# only those know who have seen it.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=tcp.sh
. ./tcp.sh

outer_b=([4]=198.51.100.2 [6]=2001:db8:51::2)
readonly router_4=192.0.2.3 router_6=2001:db8::3

chain() {
	local v
	ns_add a r s b
	link a a r a
	link r s s r
	link s b b b
	forwarding r s
	for v in 4 6; do
		addr a lo "${inner_a[$v]}/${bits[$v]}"
		addr b lo "${inner_b[$v]}/${bits[$v]}"
	done
	addr a a "${outer_a[4]}/24" "${outer_a[6]}/64"
	addr r a $router_4/24 $router_6/64
	addr r s 203.0.113.1/24 2001:db8:71::1/64
	addr s r 203.0.113.2/24 2001:db8:71::2/64
	addr s b 198.51.100.3/24 2001:db8:51::3/64
	addr b b "${outer_b[4]}/24" "${outer_b[6]}/64"
	ip -n a route add default via $router_4
	ip -n a -6 route add default via $router_6
	ip -n r route add 198.51.100.0/24 via 203.0.113.2
	ip -n r -6 route add 2001:db8:51::/64 via 2001:db8:71::2
	ip -n s route add 192.0.2.0/24 via 203.0.113.1
	ip -n s -6 route add 2001:db8::/64 via 2001:db8:71::1
	ip -n b route add default via 198.51.100.3
	ip -n b -6 route add default via 2001:db8:51::3
	# routers tell each time here, not once a second
	in_ns r sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
	in_ns s sysctl -qw net.ipv4.icmp_ratelimit=0 net.ipv6.icmp.ratelimit=0
}

# narrow MTU: between r and s.
narrow() {
	ip -n r link set dev s mtu "$1"
	ip -n s link set dev r mtu "$1"
}

# new V: SAs and peers as on the first day.
new() {
	local ns
	xfrm_clear a b
	ctl a flush
	ctl b flush
	for ns in a b; do
		ip -n $ns -4 route flush cache
		ip -n $ns -6 route flush cache
		ctl $ns port add "$port"
	done
	ctl a peer add "${outer_b[$1]}" port "$port"
	ctl b peer add "${outer_a[$1]}" port "$port"
	tunnel "$1" "$1"
}

mtu_of() {
	local said
	said=$(ctl a -j peer show "${outer_b[$1]}")
	[[ $said =~ \"$2\":([0-9]+|null) ]]
	echo "${BASH_REMATCH[1]}"
}

# is_mtu V MTU
is_mtu() {
	[ "$(mtu_of "$1" mtu)" = "$2" ]
}

# a_router V MTU: real routers, which quote as much as they like.
a_router() {
	local v=$1 mtu=$2 added=$3 what="port $port, IPv$1, MTU $2"
	local limit=$((mtu - added)) largest_payload
	# XFRM is never told less than that
	[ "$v" = 4 ] || [ $limit -ge 1280 ] || limit=1280
	# with IP headers, ICMP, ESP and at least its own two bytes
	largest_payload=$((limit - 2 * (v == 4 ? 20 : 40) - 8 - 34))
	narrow "$mtu"
	new "$v"
	check "$what: pings" pings a "${inner_a[$v]}" "${inner_b[$v]}"
	# the first large packet is the router's to refuse
	capture_at_b "$v"
	tcp "$what" "${inner_a[$v]}" "${inner_b[$v]}" 400000
	await 5 "$what: it is the peer's" is_mtu "$v" "$mtu"
	check "$what: a router was believed" test \
		"$(counter a port "$port" too_big_believed)" -ge 1
	check "$what: for ten minutes" test "$(mtu_of "$v" mtu_left)" -gt 500
	capture_stop b.pcap
	# the answers have to find their way as well
	in_ns a ping -q -c 3 -i 0.1 -W 1 -s 2000 -I "${inner_a[$v]}" \
		"${inner_b[$v]}" > /dev/null || true
	capture_at_b "$v"
	tcp "$what, then" "${inner_a[$v]}" "${inner_b[$v]}" 400000
	sizes "$what" a "${inner_a[$v]}" "${inner_b[$v]}" \
		$((largest_payload - 10)) $((largest_payload + 4))
	capture_stop b.pcap
	wire_none "$what: nothing larger" b.pcap "greater $((mtu + 15))"
	if [ $((mtu - added)) -ge 1280 ] || [ "$v" = 4 ]; then
		wire_none "$what: no fragment" b.pcap "$fragments"
		wire_some "$what: one packet as large as can be" b.pcap \
			"udp and greater $((mtu + 14 - 3))"
	else
		wire_some "$what: what cannot be smaller is in fragments" b.pcap \
			"$fragments"
	fi
	capture_at_b "$v"
	check "$what: what needs several packets" pings a "${inner_a[$v]}" \
		"${inner_b[$v]}" 3 -s 2000
	capture_stop b.pcap
	# IPv6 cuts what is inside instead
	[ "$v" = 6 ] || wire_some "$what: these are fragments" b.pcap "$fragments"
	wire_none "$what: small enough" b.pcap "greater $((mtu + 15))"
	check_eq "$what: XFRM has no errors" 0 "$(xfrm_errors b)"
}

capture_at_b() {
	capture s b b.pcap "src host ${outer_a[$1]}"
}

module_load
chain
for port in 2797 500; do
	for v in 4 6; do
		a_router $v 1400 $((port == 500 ? 16 : 8))
	done
done
port=500
a_router 6 1295 16
port=2797
a_router 6 1280 8
a_router 6 1288 8

# It is forgotten by and by.
narrow 1400
for v in 4 6; do
	new $v
	expires=net.ipv4.route.mtu_expires
	[ $v = 4 ] || expires=net.ipv6.route.mtu_expires
	if ! in_ns a sysctl -qw $expires=3 2> /dev/null; then
		lab_result 0 "IPv$v: forgotten # SKIP no $expires here"
		continue
	fi
	tcp "IPv$v, forgetting" "${inner_a[$v]}" "${inner_b[$v]}" 200000
	await 5 "IPv$v: a path MTU is known" is_mtu $v 1400
	# by XFRM as well: the largest comes through again
	narrow 1500
	healed() {
		pings a "${inner_a[$v]}" "${inner_b[$v]}" 1 -M 'do' \
			-s $((v == 4 ? 1410 : 1370)) && is_mtu "$v" 1500
	}
	await 20 "IPv$v: and forgotten" healed
	narrow 1400
	in_ns a sysctl -qw $expires=600
done
narrow 1500

# Those who say so. too_big V NAME MTU QUOTED [OFFSET HEX...]: an ICMP error about the
# last large packet, as if it had been so at those offsets.
too_big() {
	local v=$1 mtu=$3 quoted=$4 router=router_$1 source=$LAB_OUT/$2
	shift 4
	cp "$source" "$LAB_OUT/said"
	while [ $# -gt 0 ]; do
		python3 -S "$packets" set "$1" "$2" < "$LAB_OUT/said" > "$LAB_OUT/set"
		mv "$LAB_OUT/set" "$LAB_OUT/said"
		shift 2
	done
	python3 -S "$packets" error "${!router}" "$mtu" "$quoted" \
		< "$LAB_OUT/said" > "$LAB_OUT/error"
	in_ns r python3 -S "$packets" frames a "$mac" < "$LAB_OUT/error"
}

# large V NAME: a ping that fills the link; its packet is in $LAB_OUT/NAME.
large() {
	capture r a large.pcap "udp and src host ${outer_a[$1]} and greater 1400"
	pings a "${inner_a[$1]}" "${inner_b[$1]}" 1 -s $(($1 == 4 ? 1390 : 1360)) \
		-M 'do' ||
		die 'a large ping is not answered'
	capture_stop large.pcap
	packets_of large.pcap udp | tail -n 1 > "$LAB_OUT/$2"
}

# told V: how many of them a has looked at.
told() {
	echo $(($(counter a port $port too_big_believed) + $(
		counter a port $port too_big_refused)))
}

# refused WHAT V COMMAND...: it is looked at, and changes nothing.
refused() {
	local what=$1 v=$2 before
	shift 2
	before=$(counter a port $port too_big_refused)
	"$@"
	await 5 "$what: refused" test_grown $((before + 1))
	pings a "${inner_a[$v]}" "${inner_b[$v]}" 1 > /dev/null ||
		die 'a ping is not answered'
	check "$what: the MTU is that of the link" is_mtu "$v" 1500
}

test_grown() {
	[ "$(counter a port $port too_big_refused)" = "$1" ]
}

mac=$(in_ns a cat /sys/class/net/a/address)
for v in 4 6; do
	udp=$((v == 4 ? 20 : 40))
	new $v
	check "IPv$v: pings" pings a "${inner_a[$v]}" "${inner_b[$v]}"
	large $v one
	what="IPv$v, forged"
	refused "$what: another SPI" $v too_big $v one 1300 200 $((udp + 8)) 00999999
	refused "$what: a number not yet used" $v \
		too_big $v one 1300 200 $((udp + 12)) 00ffffff
	refused "$what: a packet that would fit" $v too_big $v one 1500 200
	too_big $v one 1300 200 $((udp + 2)) 0acf
	too_big $v one 1300 200 $udp 0acf
	too_big $v one 1300 4
	check_eq "$what: other ports, and half a header, are not looked at" 3 "$(told)"
	check "$what: and change nothing" is_mtu "$v" 1500

	what="IPv$v, genuine"
	too_big $v one 1300 16
	pings a "${inner_a[$v]}" "${inner_b[$v]}" 1 > /dev/null
	check "$what: UDP header, SPI and number are believed" is_mtu $v 1300
	check_eq "$what: counted" 1 "$(counter a port $port too_big_believed)"
	too_big $v one 100 200
	pings a "${inner_a[$v]}" "${inner_b[$v]}" 1 > /dev/null
	check "$what: as little as 100 is taken for the least there can be" \
		is_mtu $v $((v == 4 ? 552 : 1280))
done

# Routers of old quote 8 bytes.
new 4
check 'UDP header only: pings' pings a "${inner_a[4]}" "${inner_b[4]}"
large 4 one
too_big 4 one 1300 8
pings a "${inner_a[4]}" "${inner_b[4]}" 1 > /dev/null
check 'UDP header only, of a real packet: believed' is_mtu 4 1300
new 4
check 'UDP header only: pings again' pings a "${inner_a[4]}" "${inner_b[4]}"
large 4 one
ident=$(cut -c 9-12 "$LAB_OUT/one")
for guess in 1 2 3 4; do
	refused "UDP header only, guess $guess" 4 too_big 4 one 1300 8 \
		4 "$(printf '%04x' $((16#$ident ^ guess)))"
done
refused 'after four wrong guesses, a right one' 4 too_big 4 one 1300 8
too_big 4 one 1300 16
pings a "${inner_a[4]}" "${inner_b[4]}" 1 > /dev/null
check 'SPI and number are believed even then' is_mtu 4 1300
new 6
check 'IPv6: pings again' pings a "${inner_a[6]}" "${inner_b[6]}"
large 6 one
refused 'IPv6, UDP header only' 6 too_big 6 one 1300 8

plan_done
