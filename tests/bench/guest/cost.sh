#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# Instructions per packet of one VARIANT, for all FAMILIES and SIZES, one after
# the other. Says "cost: VARIANT FAMILY SIZE INSTRUCTIONS".
# shellcheck source=../../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=path.sh
. ./path.sh
# shellcheck source=variants.sh
. ./variants.sh

readonly warm=1000

path
check "$VARIANT" "variant_${VARIANT//-/_}"
for v in $FAMILIES; do
	for size in $SIZES; do
		# what the first packets set up, and what runs late after a boot
		send "$v" "$size" $warm
		send "$v" "$size" "$PACKETS"
		check_eq "$VARIANT, IPv$v, $size bytes: all have arrived" \
			"$PACKETS" "$arrived"
		note "cost: $VARIANT $v $size $((took / PACKETS))"
	done
done
plan_done
