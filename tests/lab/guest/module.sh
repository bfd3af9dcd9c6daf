# shellcheck shell=bash disable=SC2154 # what lib.sh defines
# SPDX-License-Identifier: GPL-2.0
# The module, $LAB_MODULE.

# With plain insmod: it needs no more than the modules that modinfo names.
module_load() {
	local depends needed
	IFS=, read -r -a depends < <(modinfo -F depends "$LAB_MODULE") || true
	for needed in "${depends[@]}"; do
		modprobe "$needed"
	done
	insmod "$LAB_MODULE"
}

module_unload() {
	rmmod espencap
}

# Puts the module where modprobe finds it, as make install would.
module_install() {
	install -D -m 644 "$LAB_MODULE" \
		"/lib/modules/$(uname -r)/updates/espencap.ko"
	depmod -a
}

module_uninstall() {
	rm "/lib/modules/$(uname -r)/updates/espencap.ko"
	depmod -a
}

# Has all that came to the ports, in all namespaces of this scenario, ended in just one
# counter each? Prints those ports where it has not.
module_balanced() {
	local ns
	for ns in "${lab_namespaces[@]}"; do
		espencapctl -n "$ns" -j -s port show || return
	done > "$LAB_OUT/ports"
	jq -c '.[] | select(.stats.rx_datagrams != (.stats | to_entries | map(select(
		(.key | startswith("rx_")) and .key != "rx_datagrams" and .key != "rx_bytes")
		.value) | add))' "$LAB_OUT/ports" > "$LAB_OUT/unbalanced"
	cat "$LAB_OUT/unbalanced"
	[ ! -s "$LAB_OUT/unbalanced" ]
}
