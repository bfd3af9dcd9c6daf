#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 900 s
# Instructions per packet of one VARIANT with what is BESIDE it, for each of CELLS,
# which are WAY/FAMILY/SIZE, one after the other. Says "cost: CELL INSTRUCTIONS".
# shellcheck source=../../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=path.sh
. ./path.sh
# shellcheck source=variants.sh
. ./variants.sh
# shellcheck source=beside.sh
. ./beside.sh

# What the first packets set up, and what runs late after a boot, is not counted.
readonly warm=1000

# Where packets may have been lost.
losses() {
	local ns
	for ns in g1 g2; do
		note "$ns: $(in_ns $ns cat /proc/net/xfrm_stat /proc/net/snmp6 |
			awk '$2 && /Xfrm|Discard|NoRoute|Error/ { printf "%s %s, ", $1, $2 }')"
	done
	note "backlog: $(cut -d ' ' -f 1,2,3 /proc/net/softnet_stat)"
}

path
check "$VARIANT" "variant_${VARIANT//-/_}"
# shellcheck disable=SC2086 # two words
beside $BESIDE
for cell in $CELLS; do
	IFS=/ read -r way v size <<< "$cell"
	send "$way" "$v" "$size" $warm
	send "$way" "$v" "$size" "$PACKETS"
	# shellcheck disable=SC2154 # send sets them
	check_eq "$cell: all have arrived" "$PACKETS" "$arrived"
	[ "$arrived" = "$PACKETS" ] || losses
	note "cost: $cell $((took / PACKETS))"
done
plan_done
