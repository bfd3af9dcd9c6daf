#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2119 # came_up takes units, not what this takes
# disk: installed
# From a clean gateway to the first tunnel with the README's four commands.
#
#      a ──────── ESP in UDP 2797 ──────── b
#   this machine                          the kernel's own ESP in UDP
#
# The first three commands were run while the machine was off, by tests/packages, on the
# disk of a Debian that has nothing but a kernel, systemd and the network's tools: what
# they unpack and compile takes an emulated machine half an hour.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=../lab/guest/readme.sh
. "$LAB/readme.sh"
# shellcheck source=../scenarios/gateways.sh
. ./gateways.sh
# shellcheck source=systemd.sh
. ../machines/systemd.sh

# SAs as somebody has them: raw ESP here, and there a peer that sends to 2797 by itself.
the_tunnel() {
	ns_here a
	ns_add b
	gateways_connect
	tunnel_policies a "${outer_a[4]}" "${outer_b[4]}" "${inner_a[4]}" "${inner_b[4]}" 1
	tunnel_policies b "${outer_b[4]}" "${outer_a[4]}" "${inner_b[4]}" "${inner_a[4]}" 1
	sa a "${outer_a[4]}" "${outer_b[4]}" 0x1000 1 "$key_ab" tunnel
	sa a "${outer_b[4]}" "${outer_a[4]}" 0x2000 1 "$key_ba" tunnel
	sa b "${outer_a[4]}" "${outer_b[4]}" 0x1000 1 "$key_ab" tunnel \
		encap espinudp 2797 2797 0.0.0.0
	sa b "${outer_b[4]}" "${outer_a[4]}" 0x2000 1 "$key_ba" tunnel \
		encap espinudp 2797 2797 0.0.0.0
	receiver b "${outer_b[4]}" 2797 socket 2
}

# refused WHAT SENTENCE KERNEL ID: modprobe says SENTENCE, the kernel's log KERNEL, and
# doctor ID, and where it is explained.
refused() {
	local status=0
	kernel_log_begin
	check_exit "$1: modprobe says: $2" 1 "$2" modprobe espencap
	check "$1: the kernel log says: $3" grep -F "$3" <(kernel_log)
	espencapctl doctor > "$LAB_OUT/diagnosis" || status=$?
	check_eq "$1: doctor says" "error $4: 4" "$(cut -d ' ' -f 1-2 "$LAB_OUT/diagnosis" |
		head -n 1) $status"
	check "$1: and where that is explained" grep -F 'man espencap-secureboot' "$LAB_OUT/diagnosis"
}

# What Secure Boot does to the module, as espencap-secureboot(7) tells it. It cannot be
# undone before the next boot.
refusals() {
	local module
	module=$(modinfo -n espencap)
	rmmod espencap
	echo integrity > /sys/kernel/security/lockdown
	refused 'lockdown' 'Operation not permitted' 'unsigned module loading is restricted' \
		module-needs-trust
	echo 1 > /sys/module/module/parameters/sig_enforce
	refused "the key of this machine's DKMS" 'Key was rejected by service' \
		'Loading of module with unavailable key is rejected' module-needs-trust
	check_exit 'the tool says where to look' 2 'Secure Boot' espencapctl port
	if [ "${module##*.}" != ko ]; then
		unxz "$module"
		module=${module%.*}
		depmod
	fi
	strip --strip-debug "$module"
	refused 'no signature' 'Key was rejected by service' \
		'Loading of unsigned module is rejected' module-refused
}

boot_1() {
	came_up
	# behind an installation, without this power-on, it is not loaded
	check 'the module is loaded at boot' rmmod espencap
	the_tunnel
	check_not 'the peer gets no answer' pings b "${inner_b[4]}" "${inner_a[4]}" 1 -W 1
	check "$(command_of_readme 4)" follow 4
	capture w b tunnel.pcap
	check 'the peer pings the gateway' pings b "${inner_b[4]}" "${inner_a[4]}"
	check 'and the gateway the peer' pings a "${inner_a[4]}" "${inner_b[4]}"
	capture_stop tunnel.pcap
	only_udp 'the tunnel' tunnel.pcap 2797
	espencapctl flush
	refusals
}

"boot_$LAB_POWER_ON"
plan_done
