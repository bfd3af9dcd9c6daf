#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Path MTU where the way out depends on a mark, and under odd settings; and a
# peer whose address becomes one of our own.
#
#      a ──── SAs with output-mark 7, whose route is in table 77 ──── b
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

# full WHAT V: of the DF pings around the largest that fits, none vanishes. XFRM
# learns the limit from the first, small one.
full() {
	local what=$1 v=$2 size through=0 silent=0 said
	pings a "${inner_a[$v]}" "${inner_b[$v]}" 1 > /dev/null
	for ((size = 1340; size <= 1420; size += 4)); do
		if said=$(in_ns a ping -c 1 -W 2 -M 'do' -s $size \
			-I "${inner_a[$v]}" "${inner_b[$v]}" 2>&1); then
			through=$((through + 1))
		elif ! grep -qE 'too long|too big|mtu' <<< "$said"; then
			silent=$((silent + 1))
		fi
	done
	check_eq "$what, IPv$v: no size vanishes" 0 $silent
	check "$what, IPv$v: full-size packets come through ($through)" \
		test $through -ge 5
	check_eq "$what, IPv$v: none was too big for its header" 0 \
		"$(counter a peer "${outer_b[$v]}" tx_too_big)"
}

module_load
gateways
serve 2797
for v in 4 6; do
	tunnel $v $v
	ip -n a xfrm state del src "${outer_a[$v]}" dst "${outer_b[$v]}" \
		proto esp spi 0x10$v${v}00
	sa a "${outer_a[$v]}" "${outer_b[$v]}" 0x10$v${v}00 $v$v "$key_ab" \
		tunnel output-mark 7
	ip -n a -$v rule add fwmark 7 table 77
	ip -n a -$v route add "${outer_b[$v]}" dev a src "${outer_a[$v]}" \
		table 77
	full 'a route by mark' $v
done

xfrm_clear a b
ctl a flush
ctl b flush
ip -n a -4 rule del fwmark 7
ip -n a -6 rule del fwmark 7
ip -n a -4 route flush cache
ip -n a -6 route flush cache
in_ns a sysctl -qw net.ipv4.ip_forward_use_pmtu=1
serve 2797
tunnel 4 4
full 'ip_forward_use_pmtu' 4
in_ns a sysctl -qw net.ipv4.ip_forward_use_pmtu=0

# goes WHAT N ADDRESS...: packets of many sizes, the largest that fits among them, to the peer
# 2001:db8:N::2 over a device with these addresses; and the device goes.
goes() {
	local what=$1 n=$2 size
	shift 2
	ctl a peer add "2001:db8:$n::2" port 2797
	ip -n a link add own type dummy
	ip -n a link set dev own up
	addr a own "$@"
	sa a "2001:db8:$n::1" "2001:db8:$n::2" "0x${n}000" "$n" "$key_ab" tunnel
	ip -n a xfrm policy add src fd05::1 dst "fd05::$n" dir out tmpl src "2001:db8:$n::1" \
		dst "2001:db8:$n::2" proto esp reqid "$n" mode tunnel
	ip -n a -6 route add "fd05::$n" dev own
	capture a own own.pcap
	for size in 100 1370 1400 1420 1440; do
		in_ns a ping -q -c 2 -i 0.01 -W 1 -s $size -I fd05::1 "fd05::$n" \
			> /dev/null 2>&1 || true
	done
	capture_stop own.pcap
	check "$what: its packets went into UDP" \
		test "$(counter a peer "2001:db8:$n::2" tx_packets)" -ge 2
	largest=$(wire_count own.pcap 'udp and ip6[4:2] = 1460')
	# a process that waits for the kernel cannot be ended
	spawn del.log ip -n a link del dev own
	await 5 "$what: the device is deleted within 5 s" lab_gone "$spawned"
	check_eq "$what: and nobody complains" '' "$(cat "$LAB_OUT/del.log")"
}
ip -n a link set dev lo mtu 1500
addr a lo fd05::1/128
goes 'a device that goes' 6 2001:db8:6::1/64
check "a device that goes: packets of its MTU went over it ($largest)" test "$largest" -ge 1
goes "a device that goes, and the peer's address is our own" 5 2001:db8:5::1/64 2001:db8:5::2/64

plan_done
