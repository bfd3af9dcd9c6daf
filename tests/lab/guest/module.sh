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
	touch "$LAB_OUT/loaded"
}

module_unload() {
	module_settle "${lab_namespaces[@]}"
	rmmod espencap
}

# Puts the module where modprobe finds it, as make install would. The index with it takes
# long to make: it serves the next scenario as well.
module_install() {
	local modules
	modules=/lib/modules/$(uname -r)
	install -D -m 644 "$LAB_MODULE" "$modules/updates/espencap.ko"
	if [ ! -d /lab/index/with ]; then
		mkdir -p /lab/index/without /lab/index/making
		cp "$modules"/modules.* /lab/index/without
		depmod -a
		cp "$modules"/modules.* /lab/index/making
		mv /lab/index/making /lab/index/with
	else
		cp /lab/index/with/* "$modules"
	fi
}

module_uninstall() {
	rm "/lib/modules/$(uname -r)/updates/espencap.ko"
	cp /lab/index/without/* "/lib/modules/$(uname -r)"
}

# module_balanced NS...: has all that came to the ports there ended in just one counter each?
# Prints those where it has not.
module_balanced() {
	local ns
	for ns; do
		[ -e "/run/netns/$ns" ] || continue
		espencapctl -n "$ns" -j -s port show > "$LAB_OUT/settling" || return
		awk -v RS='}' -v ns="$ns" '
			/"port":/ { listed++ }
			sub(/^.*"stats":\{/, "") {
				sum = come = 0
				n = split($0, counters, ",")
				for (i = 1; i <= n; i++) {
					split(counters[i], of, ":")
					if (of[1] == "\"rx_datagrams\"")
						come = of[2]
					else if (of[1] ~ /^"rx_/ && of[1] != "\"rx_bytes\"")
						sum += of[2]
				}
				if (sum != come)
					print ns ": " $0
				looked++
			}
			END {
				if (looked != listed)
					print ns ": " listed " ports, but counters of " looked + 0
			}' "$LAB_OUT/settling" || return
	done > "$LAB_OUT/unbalanced"
	cat "$LAB_OUT/unbalanced"
	[ ! -s "$LAB_OUT/unbalanced" ]
}

# module_settle NS...: before counters go, and at the end. What is on its way may take its
# time. What does not come right is told at the end, as this may be a subshell.
module_settle() {
	local end
	[ -d /sys/module/espencap ] || return 0
	end=$(($(lab_now) + 10000000))
	until module_balanced "$@" > "$LAB_OUT/unsettled.now" 2>&1; do
		! lab_is_past "$end" || break
		lab_pause 0.05
	done
	cat "$LAB_OUT/unsettled.now" >> "$LAB_OUT/unsettled"
}
