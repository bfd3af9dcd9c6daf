#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A program whose UDP socket is connected to the peer, on the port in use.
#
#      b ──────── UDP 2797 ──────── a
#   TCP, ping                    espencap, and a socket 2797 connected to b:2797
#
# The kernel finds such a socket before the hooks (early demux) and ties it to
# the packet. What comes out of the tunnel must not be handed to it.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

module_load
gateways
serve 2797
for v in 4 6; do
	tunnel $v $v
	[ $v = 4 ] && there=${outer_b[4]} || there="[${outer_b[6]}]"
	spawn connected-$v.log ip netns exec a socat -u \
		"UDP$v:$there:2797,sourceport=2797" "CREATE:$LAB_OUT/received-$v"
	socket=$spawned
	connected() {
		in_ns a ss -H -u -n state connected "dport = :2797" | grep -qF "$there"
	}
	until_true 10 connected || die 'the socket is not connected'

	check "IPv$v: ping" pings b "${inner_b[$v]}" "${inner_a[$v]}" 5
	spawn listen-$v.log ip netns exec a socat -u \
		"TCP$v-LISTEN:7000,reuseaddr" "CREATE:$LAB_OUT/file-$v"
	listening() {
		in_ns a ss -H -t -l -n 'sport = :7000' | grep -q .
	}
	until_true 10 listening || die 'nobody listens'
	head -c 300000 /dev/urandom > "$LAB_OUT/sent"
	[ $v = 4 ] && to=${inner_a[4]} || to="[${inner_a[6]}]"
	check "IPv$v: TCP through the tunnel" in_ns b timeout 30 \
		socat -u "FILE:$LAB_OUT/sent" "TCP$v:$to:7000"
	await 10 "IPv$v: the file is the same" \
		cmp "$LAB_OUT/sent" "$LAB_OUT/file-$v"
	check_eq "IPv$v: the connected socket got none of it" 0 \
		"$(stat -c %s "$LAB_OUT/received-$v" 2> /dev/null || echo 0)"
	# and it is a socket that works
	in_ns b python3 -S "$datagram" send "${outer_b[$v]}" 2797 "${outer_a[$v]}" \
		2797 '00123456 00000001 0102'
	await 10 "IPv$v: what is not ours reaches it" \
		test -s "$LAB_OUT/received-$v"
	stop "$socket"
done
check 'on IPv4 and IPv6, the port was used' \
	test "$(counter a port 2797 rx_packets)" -ge 20

plan_done
