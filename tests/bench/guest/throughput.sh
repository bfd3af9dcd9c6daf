#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 3600 s
# TCP from g1 to g2 through each of VARIANTS, ROUNDS times in turn, with GRO off and on
# and with ESP's offload modules. Says "throughput: SETTING VARIANT FAMILY BITS", per
# second.
# shellcheck source=../../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=path.sh
. ./path.sh
# shellcheck source=variants.sh
. ./variants.sh

gro() {
	in_ns g1 ethtool -K g2 gro "$1"
	in_ns g2 ethtool -K g1 gro "$1"
}

listens() {
	in_ns g2 ss -H -t -l -n 'sport = :5201' | grep -q .
}

# transfer V: sets rate, bits per second.
transfer() {
	local v=$1 server json=$LAB_OUT/iperf.json
	spawn iperf.log ip netns exec g2 iperf3 -s -1 -B "${far[$v]}"
	server=$spawned
	until_true 10 listens || die 'iperf3 does not listen'
	in_ns g1 timeout 120 iperf3 -c "${far[$v]}" -B "${near[$v]}" -n "$BYTES" \
		-J > "$json"
	rate=$(jq '.end.sum_received.bits_per_second | floor' "$json")
	stop "$server"
}

# undo: what the variant has set up.
undo() {
	local ns
	while [ "${#lab_pids[@]}" -gt 0 ]; do
		stop "${lab_pids[-1]}"
	done
	for ns in g1 g2; do
		ip -n $ns xfrm state flush
		ip -n $ns xfrm policy flush
		ip -n $ns -4 route flush cache
		ip -n $ns -6 route flush cache
	done
	[ ! -d /sys/module/espencap ] || module_unload
}

# rounds SETTING
rounds() {
	local round variant v
	for ((round = 0; round < ROUNDS; round++)); do
		for variant in $VARIANTS; do
			"variant_${variant//-/_}" > /dev/null
			for v in 4 6; do
				# so that XFRM knows the path MTU before
				in_ns g1 ping -q -n -c 3 -i 0.01 -W 5 -s 1300 \
					-I "${near[$v]}" "${far[$v]}" > /dev/null
				transfer $v
				note "throughput: $1 $variant $v $rate"
			done
			undo
		done
	done
}

path
gro off
rounds gro-off
gro on
rounds gro-on
modprobe -a esp4_offload esp6_offload
rounds offload
check 'all was measured' true
plan_done
