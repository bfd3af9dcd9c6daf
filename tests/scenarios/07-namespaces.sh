#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# Network namespaces that know nothing of each other; hooks only where a port is.
#
#      a ──────── b          c ──────── d
#    2797       2797        500        500
#
# Both pairs use the same addresses.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

# check_hooks WHAT NS COUNT: so many of the module's hooks are registered there.
# Debian's cloud kernel 6.1 cannot list hooks.
lists_hooks=yes
modprobe -q nfnetlink_hook || lists_hooks=no
check_hooks() {
	if [ $lists_hooks = no ]; then
		lab_result 0 "$2: $1 # SKIP this kernel cannot list hooks"
		return
	fi
	check_eq "$2: $1" "$3" \
		"$(in_ns "$2" nft list hooks | grep -c '\[espencap\]' || true)"
}

module_load
gateways
ns_add c d
wire x c a d b
addr c a "${outer_a[4]}/24"
addr d b "${outer_b[4]}/24"

for ns in a b c d; do
	check_hooks 'loading the module registers no hook' $ns 0
done

ctl a port add 2797
check_hooks 'the first port brings the four hooks' a 4
ctl a port add 500
check_hooks 'a second port brings no more' a 4
for ns in b c d; do
	check_hooks 'none there' $ns 0
	check_eq "$ns: no port there" '[]' "$(ctl $ns -j port)"
done
ctl a port del 500
check_hooks 'while a port is left, the hooks stay' a 4
ctl a peer add "${outer_b[4]}" port 2797
for ns in b c d; do
	check_eq "$ns: no peer there" '[]' "$(ctl $ns -j peer)"
done
check_exit 'a port of another namespace cannot be deleted' 2 'not added' \
	ctl b port del 2797
check_exit 'nor be used for a peer' 2 'not added' \
	ctl b peer add "${outer_a[4]}" port 2797

# Two tunnels with the same addresses and SPIs, side by side.
ctl b port add 2797
ctl b peer add "${outer_a[4]}" port 2797
ctl c port add 500
ctl c peer add "${outer_b[4]}" port 500
ctl d port add 500
ctl d peer add "${outer_a[4]}" port 500
addr c lo "${inner_a[4]}/32"
addr d lo "${inner_b[4]}/32"
ip -n c route add "${inner_b[4]}" dev a src "${inner_a[4]}"
ip -n d route add "${inner_a[4]}" dev b src "${inner_b[4]}"
# The SPI of the other direction has another place in what a CPU keeps.
for pair in 'a b' 'c d'; do
	read -r one other <<< "$pair"
	sa_pair "$one" "${outer_a[4]}" "$other" "${outer_b[4]}" 0x104400 44 "$key_ab" tunnel
	sa_pair "$other" "${outer_b[4]}" "$one" "${outer_a[4]}" 0x204455 44 "$key_ba" tunnel
	tunnel_policies "$one" "${outer_a[4]}" "${outer_b[4]}" "${inner_a[4]}" \
		"${inner_b[4]}" 44
	tunnel_policies "$other" "${outer_b[4]}" "${outer_a[4]}" "${inner_b[4]}" \
		"${inner_a[4]}" 44
done
capture w b ab.pcap
capture x d cd.pcap
check 'a and b: ping' pings a "${inner_a[4]}" "${inner_b[4]}" 3
check 'c and d: ping' pings c "${inner_a[4]}" "${inner_b[4]}" 3
# At once, and on one CPU, which keeps what it finds out about SPIs until something changes
# in the namespace. It counts that: a is some changes ahead, and c catches up with it.
for i in {1..12}; do
	ctl a peer add "198.51.100.$i" port 2797
done
taskset -cp 0 $$ > /dev/null
flow a "${inner_a[4]}" "${inner_b[4]}"
# catch_up: one change at a time, with packets of both behind each.
catch_up() {
	local i
	for i in {1..24}; do
		ctl c peer add "198.51.100.$i" port 500 || return
		pings c "${inner_a[4]}" "${inner_b[4]}" 6 || return
	done
}
check 'c and d, beside a and b: pings' catch_up
flow_end a
taskset -cp 0,1 $$ > /dev/null
check_eq 'a and b, beside c and d: no ping is lost' '' "$(flow_gaps a)"
capture_stop ab.pcap
capture_stop cd.pcap
only_udp 'a and b' ab.pcap 2797
only_udp 'c and d' cd.pcap 500

ctl a flush
check_hooks 'flush takes the hooks away' a 0
check_eq 'a: and every port' '[]' "$(ctl a -j port)"
check_hooks 'but nothing there' c 4
check 'c and d: ping goes on' pings c "${inner_a[4]}" "${inner_b[4]}" 3

# A namespace may go with all that it has.
check 'd goes with its port and peer' ip netns del d
lab_namespaces=(w a b x c)
check_eq 'c keeps its own' 500 "$(ctl c -j port | jq '.[0].port')"
check 'the module can be unloaded with ports and peers in use' module_unload
for ns in a b c; do
	check_hooks 'no hook is left' $ns 0
done

plan_done
