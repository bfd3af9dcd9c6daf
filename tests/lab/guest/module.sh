# shellcheck shell=bash
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
