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

# transfer V: sets rate, bits per second.
transfer() {
	local v=$1 server
	spawn stream.log ip netns exec g2 python3 ./stream.py receive "${far[$v]}" 5201
	server=$spawned
	until_true 10 grep -q ready "$LAB_OUT/stream.log" || die 'nobody listens'
	read -r rate _ < <(in_ns g1 timeout 120 python3 ./stream.py send "${near[$v]}" \
		"${far[$v]}" 5201 "$BYTES")
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
