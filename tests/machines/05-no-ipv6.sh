#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2119 # came_up takes units, not what this takes
# kernel arguments: ipv6.disable=1
# A machine that was started without IPv6.
#
#      a ──────── ESP in UDP 2797 ──────── b
#
# It serves IPv4, and says of IPv6 that there is none.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=../scenarios/gateways.sh
. ./gateways.sh
# shellcheck source=systemd.sh
. ../machines/systemd.sh

boot_1() {
	local ns
	came_up
	tar -C / -xf /lab/built/installed.tar
	depmod
	for ns in a b; do
		ip netns add $ns
		lab_namespaces+=("$ns")
		ip -n $ns link set lo up
	done
	link a a b b
	for ns in a b; do
		addr $ns $ns "$(eval "echo \${outer_${ns}[4]}")/24"
		addr $ns lo "$(eval "echo \${inner_${ns}[4]}")/32"
	done
	ip -n a route add "${inner_b[4]}" dev a src "${inner_a[4]}"
	ip -n b route add "${inner_a[4]}" dev b src "${inner_b[4]}"
	tunnel 4 4

	check 'the module is loaded' modprobe espencap
	check 'a port' ctl a port add 2797
	check 'another' ctl b port add 2797
	check_exit 'a peer of IPv6 is refused' 2 'started without IPv6 \(ipv6.disable=1\)' \
		in_ns a espencapctl peer add 2001:db8::7 port 2797
	check_exit 'nor can one be asked for' 2 'started without IPv6' \
		in_ns a espencapctl peer show 2001:db8::7
	check 'a peer of IPv4' ctl a peer add "${outer_b[4]}" port 2797
	capture b b in.pcap "udp or esp"
	check 'IPv4 is served' pings a "${inner_a[4]}" "${inner_b[4]}" 5
	capture_stop in.pcap
	only_udp 'IPv4' in.pcap 2797
	check_eq 'b has learned where a is' "${outer_a[4]}" \
		"$(ctl b -j peer | jq -r '.[].address')"
	check 'doctor looks at all of it' ctl a doctor
	check 'it can be flushed' ctl a flush
	check 'and unloaded' module_unload
}

"boot_$LAB_POWER_ON"
plan_done
