#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# Datagrams that arrive in fragments, or behind IPv6 extension headers.
#
#      a ──────── w ──────── b ──────── c
#
# What a sends is recorded in w and does not reach b; then it is sent to b again, cut
# up, in any order, with more headers. A program in b must get what is inside.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

# record V BYTES NAME: one datagram through the tunnel, as a sends it, is in $LAB_OUT/NAME,
# and what it carries in $sent.
record() {
	local v=$1 bytes=$2 name=$3
	sent=$(head -c "$bytes" /dev/urandom | od -An -v -tx1 | tr -d ' \n')
	capture w a "$name.pcap" "udp and src host ${outer_a[$v]}"
	in_ns a python3 -S "$datagram" send "${inner_a[$v]}" 7002 "${inner_b[$v]}" \
		7001 "$sent"
	capture_stop "$name.pcap"
	packets_of "$name.pcap" udp > "$LAB_OUT/$name"
	[ "$(wc -l < "$LAB_OUT/$name")" = 1 ] || die 'not just one packet was recorded'
}

# again FILE COMMAND...: the packets in it, changed by the command, reach b.
again() {
	local file=$1
	shift
	"$@" < "$LAB_OUT/$file" > "$LAB_OUT/changed"
	in_ns w python3 -S "$packets" frames b "$mac" < "$LAB_OUT/changed"
}

# how many of a's packets b must have counted: pings first
declare -A all=([4]=3 [6]=3)

# taken WHAT V: it has reached the program.
taken() {
	all[$2]=$((all[$2] + 1))
	arrives "$1" "received-$2" "${inner_a[$2]} 7002 $sent"
}

change() {
	python3 -S "$packets" "$@"
}

# behind V KINDS...: these headers, if any, and what comes after a "--".
behind() {
	local kinds=()
	while [ $# -gt 0 ] && [ "$1" != -- ]; do
		kinds+=("$1")
		shift
	done
	shift
	if [ "${#kinds[@]}" -gt 0 ]; then
		change headers "${kinds[@]}" | "$@"
	else
		"$@"
	fi
}

orders=('2 forward' '3 shuffled' '45 backward' '45 shuffled')

# in_fragments V [KINDS...]
in_fragments() {
	local v=$1 count order what
	shift
	for order in "${orders[@]}"; do
		count=${order% *}
		what="IPv$v${*:+ behind $*}, fragments: $order"
		# IPv6 takes no fragment below 1280 bytes but the last
		record "$v" $((count * 1264 - 1200)) fragmented
		# shellcheck disable=SC2086 # two words
		again fragmented behind "$@" -- change fragments $order
		[ "$(wc -l < "$LAB_OUT/changed")" = "$count" ] ||
			die "not $count fragments"
		taken "$what" "$v"
	done
}

module_load
gateways
ns_add c
link b c c c
addr b c 192.0.3.1/24 2001:db8:3::1/64
addr c c 192.0.3.2/24 2001:db8:3::2/64
mac=$(in_ns b cat /sys/class/net/b/address)
for interface in "a a" "w a" "w bridge"; do
	# shellcheck disable=SC2086 # two words
	set -- $interface
	ip -n "$1" link set dev "$2" mtu 60000
done
# shellcheck disable=SC2034 # see wire.sh
capture_length=65535 capture_buffer=8192
serve 2797
for v in 4 6; do
	tunnel $v $v
	receiver b "${inner_b[$v]}" 7001 "received-$v"
	check "IPv$v: ping" pings a "${inner_a[$v]}" "${inner_b[$v]}"
	# what follows must not have to ask for addresses
	ip -n a neigh replace "${outer_b[$v]}" lladdr "$mac" dev a
done
ip -n w link set dev b nomaster

record 4 1000 plain
again plain cat
taken 'IPv4, whole' 4
in_fragments 4
in_fragments 6
for kinds in 'hop options' hop options routing; do
	record 6 1000 plain
	# shellcheck disable=SC2086 # several words
	again plain change headers $kinds
	taken "IPv6 behind $kinds, whole" 6
	# shellcheck disable=SC2086
	in_fragments 6 $kinds
	orders=('3 shuffled')
done
for v in 4 6; do
	check_eq "IPv$v: each was counted once" "${all[$v]}" \
		"$(counter b peer "${outer_a[$v]}" rx_packets)"
done

# The 8-byte marker, and SAs with a template, which keep UDP before ESP.
ctl b port add 500
ctl a peer del "${outer_b[6]}"
ctl a port add 500
ctl a peer add "${outer_b[6]}" port 500
record 6 3000 marked
again marked behind hop options -- change fragments 3 backward
taken 'the 8-byte marker behind headers, in fragments' 6
ctl a peer del "${outer_b[6]}"
xfrm_clear a b
for ns in a b; do
	sa $ns "${outer_a[6]}" "${outer_b[6]}" 0x166 66 "$key_ab" tunnel \
		encap espinudp 4500 4500 ::
done
policies 6 6
ctl a peer add "${outer_b[6]}" reqid 66 port 2797
for kinds in options 'hop options'; do
	record 6 1000 template
	# shellcheck disable=SC2086 # several words
	again template change headers $kinds
	taken "an SA with a template, behind $kinds" 6
	record 6 3000 template
	# shellcheck disable=SC2086
	again template behind $kinds -- change fragments 3 shuffled
	taken "an SA with a template, behind $kinds, in fragments" 6
done
check_eq 'XFRM has no errors' 0 "$(xfrm_errors b)"

# Another program's, on another port and on ours.
ip -n w link set dev b master bridge
ip -n a link set dev a mtu 1500
for port in 5000 2797; do
	receiver b "${outer_b[6]}" $port foreign
	in_ns a python3 -S "$datagram" send "${outer_a[6]}" 5001 "${outer_b[6]}" $port \
		"$(printf '00%.0s' {1..3000})"
	arrives "another program's fragments, on port $port" foreign \
		"${outer_a[6]} 5001 $(printf '00%.0s' {1..3000})"
	stop "$spawned"
done

# What b forwards is not put together on its way: two of three go on.
forwarding b
ip -n a -6 route add 2001:db8:3::/64 via "${outer_b[6]}"
ip -n c -6 route add 2001:db8::/64 via 2001:db8:3::1
ip -n b -6 neigh replace 2001:db8:3::2 dev c \
	lladdr "$(in_ns c cat /sys/class/net/c/address)"
ip -n w link set dev b nomaster
capture w a transit-sent.pcap 'ip6[6] = 44'
in_ns a python3 -S "$datagram" send "${outer_a[6]}" 5001 2001:db8:3::2 2797 \
	"$(printf 'ab%.0s' {1..4000})"
capture_stop transit-sent.pcap
packets_of transit-sent.pcap 'ip6[6] = 44' > "$LAB_OUT/transit"
capture c c two.pcap 'ip6[6] = 44'
again transit head -n 2
two_have_come() {
	[ "$(wire_count two.pcap)" = 2 ]
}
await 10 'two fragments of three are forwarded' two_have_come
capture_stop two.pcap
ip -n w link set dev b master bridge
receiver c 2001:db8:3::2 2797 forwarded
capture c c transit.pcap
in_ns a python3 -S "$datagram" send "${outer_a[6]}" 5001 2001:db8:3::2 2797 \
	"$(printf 'ab%.0s' {1..4000})"
arrives 'forwarded fragments arrive' forwarded \
	"${outer_a[6]} 5001 $(printf 'ab%.0s' {1..4000})"
capture_stop transit.pcap
check_eq 'as fragments' 3 "$(wire_count transit.pcap 'ip6[6] = 44')"

# Fragments that never become whole, and garbage: there is an end to what is kept.
record_garbage() {
	local i filler
	filler=$(printf '5a%.0s' {1..1300})
	for ((i = 0; i < 2000; i++)); do
		printf '60000000051c2c40%s%s11000001%08x%s\n' \
			20010db8000000000000000000000001 \
			20010db8000000000000000000000002 "$i" "$filler"
	done > "$LAB_OUT/garbage"
}
record_garbage
again garbage cat
ctl a peer del "${outer_b[6]}" reqid 66
xfrm_clear a b
ctl a peer add "${outer_b[6]}" port 2797
tunnel 6 6
check 'after 2,000 first fragments without a second: pings' \
	pings a "${inner_a[6]}" "${inner_b[6]}" 5
check 'unload with fragments waiting' module_unload

plan_done
