# shellcheck shell=bash disable=SC2154 # what lib.sh defines
# SPDX-License-Identifier: GPL-2.0
# What else is there, beside the variant: other ports and other peers, or a module
# that shall cost nothing. BESIDE is "PORTS PEERS", numbers of them; or "empty",
# hooks that do nothing; or nothing.

# fill NS ports|peers COUNT: says the seconds.
fill() {
	in_ns "$1" python3 fill.py "$2" "$3"
}

# Bytes of memory that are free.
free_memory() {
	sync
	echo 3 > /proc/sys/vm/drop_caches
	awk '/^MemFree:/ { print $2 * 1024 }' /proc/meminfo
}

# others PORTS PEERS: in both gateways. Says what a peer costs.
others() {
	local ports=$1 peers=$2 ns before took
	[ -d /sys/module/espencap ] || module_load
	for ns in g1 g2; do
		note "ports: $ports in $(fill $ns ports "$ports") s"
		[ "$peers" != 0 ] || continue
		before=$(free_memory)
		took=$(fill $ns peers "$peers")
		# tables that have become too small grow in the background
		sleep 1
		note "peers: $peers $took $(((before - $(free_memory)) / peers))"
	done
}

beside() {
	case $* in
	'') ;;
	empty) insmod "${LAB_MODULE%/*}/emptyhook.ko" ;;
	*) others "$@" ;;
	esac
}
