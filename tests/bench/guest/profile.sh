#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Packets of one VARIANT and cell without end, for tests/bench/profile to look at.
# shellcheck source=../../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=path.sh
. ./path.sh
# shellcheck source=variants.sh
. ./variants.sh
# shellcheck source=beside.sh
. ./beside.sh

path
check "$VARIANT" "variant_${VARIANT//-/_}"
# shellcheck disable=SC2086 # two words
beside $BESIDE
IFS=/ read -r way v size <<< "$CELLS"
send "$way" "$v" "$size" 1000
# a file of /proc has no size, and tar asks for it
cat /proc/kallsyms > "$LAB_OUT/kallsyms"
tar -cf /dev/vdc -C "$LAB_OUT" kallsyms
sync
note 'it runs'
send "$way" "$v" "$size" 0
