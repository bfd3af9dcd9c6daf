#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# Unload and reload at any moment, under traffic, leaves nothing behind.
#
#      a ════ floods through two tunnels ════ b
#   espencap, unloaded, reloaded,          espencap
#   flushed and filled again
#
# Both gateways share the module, so that unloading it takes it from both.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

module_load
gateways
tunnel 4 4
tunnel 6 6
floods=()
for v in 4 6; do
	for ns in a b; do
		from=inner_$ns to=inner_b
		[ $ns = a ] || to=inner_a
		declare -n from_=$from to_=$to
		# Small ones: what waits to be sent is limited in bytes, and shared
		# with the answers to the pings below.
		spawn "flood-$ns-$v.log" ip netns exec $ns ping -q -i 0.01 \
			-s 100 -I "${from_[$v]}" "${to_[$v]}"
		floods+=("$spawned")
	done
done

for round in 1 2 3 4 5 6; do
	serve 2797
	check "round $round: ping over IPv4" \
		pings a "${inner_a[4]}" "${inner_b[4]}" 5
	check "round $round: ping over IPv6" \
		pings a "${inner_a[6]}" "${inner_b[6]}" 5
	if [ $((round % 2)) = 0 ]; then
		check "round $round: flush under traffic" ctl a flush
		check "round $round: what was flushed can be added again" \
			ctl a port add 2797
	fi
	check "round $round: unload under traffic" module_unload
	check_not "round $round: nothing of it is left" \
		grep -q espencap /proc/modules
	# With no module, ESP goes as it is: the SAs are whole.
	check "round $round: ping without it" \
		pings a "${inner_a[4]}" "${inner_b[4]}" 3
	check "round $round: load under traffic" module_load
done
module_unload
# Many namespaces that end while they have ports and peers.
module_load
for n in 1 2 3 4 5 6 7 8; do
	ip netns add "gone$n"
	ctl "gone$n" port add 2797
	ctl "gone$n" port add 500
	ctl "gone$n" peer add 192.0.2.1 port 2797
	ctl "gone$n" peer add 2001:db8::1 port 500
	ip netns del "gone$n"
done
check 'unload while namespaces end' module_unload

for pid in "${floods[@]}"; do
	stop "$pid" INT
done

# kmemleak does not look at what each CPU has of its own.
of_cpus() {
	awk '$1 == "Percpu:" { print $2 }' /proc/meminfo
}
before=$(of_cpus)
for ((n = 1; n <= 20; n++)); do
	insmod "$LAB_MODULE"
	rmmod espencap
done
check "20 times loaded and unloaded, CPUs have what they had ($before kB)" \
	test $(($(of_cpus) - before)) -lt 60

plan_done
