# shellcheck shell=bash disable=SC2154 # what lib.sh defines
# SPDX-License-Identifier: GPL-2.0
# What else is there, beside the variant: other ports and other peers, or a module
# that shall cost nothing. BESIDE is "PORTS PEERS", numbers of them; or "empty",
# hooks that do nothing; or nothing.

# fill NS PORTS PEERS: says what it took.
fill() {
	in_ns "$1" python3 fill.py "$2" "$3"
}

# used FIELD...: bytes of the kernel's memory.
used() {
	local fields=$*
	sync
	echo 3 > /proc/sys/vm/drop_caches
	awk -v "fields=^(${fields// /|}):$" \
		'$1 ~ fields { sum += $2 } END { print sum * 1024 }' /proc/meminfo
}

# others PORTS PEERS: in both gateways. Says what fill.py does, bytes for one peer, and
# bytes for one and each CPU.
others() {
	local ports=$1 peers=$2 ns before per_cpu took
	[ -d /sys/module/espencap ] || module_load
	for ns in g1 g2; do
		fill $ns "$ports" 0 > /dev/null
		[ "$peers" != 0 ] || continue
		before=$(used Slab VmallocUsed) per_cpu=$(used Percpu)
		took=$(fill $ns 0 "$peers")
		# tables that have become too small grow in the background
		sleep 1
		note "peers: $peers $took" \
			$((($(used Slab VmallocUsed) - before) / peers)) \
			$((($(used Percpu) - per_cpu) / peers / $(nproc)))
	done
}

beside() {
	case $* in
	'') ;;
	empty) insmod "${LAB_MODULE%/*}/emptyhook.ko" ;;
	*) others "$@" ;;
	esac
}
