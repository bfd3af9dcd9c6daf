#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The path MTU that XFRM was taught expires, while TCP flows.
#
#      a ════════ TCP in a tunnel, full size ════════ b
#
# Usually that is after ten minutes; here after two seconds, again and again.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

module_load
gateways
for ns in a b; do
	in_ns $ns sysctl -qw net.ipv6.route.mtu_expires=2
	in_ns $ns sysctl -qw net.ipv4.route.mtu_expires=2 2> /dev/null ||
		note "$ns: net.ipv4.route.mtu_expires cannot be set here"
done
serve 2797
for v in 4 6; do
	tunnel $v $v
	spawn iperf.log ip netns exec b iperf3 -s -1 -B "${inner_b[$v]}"
	server=$spawned
	until_true 10 in_ns b sh -c \
		'ss -H -t -l -n "sport = :5201" | grep -q .' ||
		die 'iperf3 does not listen'
	check "IPv$v: TCP while the path MTU expires, again and again" \
		in_ns a timeout 60 iperf3 -c "${inner_b[$v]}" \
		-B "${inner_a[$v]}" -t 10 -J --logfile "$LAB_OUT/expiry-$v.json"
	check "IPv$v: it did not stall" jq -e \
		'.end.sum_received.bytes >= 2000000' "$LAB_OUT/expiry-$v.json"
	note "IPv$v: $(jq -c '[.intervals[].sum.bytes], .end.sum_sent.retransmits' \
		"$LAB_OUT/expiry-$v.json")"
	check_eq "IPv$v: no packet was too big for its header" 0 \
		"$(counter a port 2797 tx_too_big)"
	stop "$server"
done

plan_done
