#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2119 # came_up takes units, not what this takes
# disk: older
# time limit: 600 s
# An upgrade of the packages under traffic, and their purge.
#
#      a ──────── ESP in UDP 2797 ──────── b
#   this machine, which learns            a namespace of it
#
# The older version was installed while the machine was off, by tests/packages/older.sh;
# its module knows neither pin nor peer set. So that DKMS need not compile in an emulated
# machine, the newer module comes as its archive, from which DKMS's own script installs.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=../lab/guest/files.sh
. "$LAB/files.sh"
# shellcheck source=../scenarios/gateways.sh
. ./gateways.sh
# shellcheck source=systemd.sh
. ../machines/systemd.sh

readonly older=0.0.1
newer=$(dpkg-deb -f /root/newer/espencap-dkms_*.deb Version)
readonly newer

loaded() {
	cat /sys/module/espencap/version
}

# a tunnel that carries pings from b; the ports and the peer in a are made by others
tunnel_from_b() {
	ns_here a
	ns_add b
	gateways_connect
	tunnel 4 4
	ctl b port add 2797
	ctl b peer add "${outer_a[4]}" port 2797
	flow b "${inner_b[4]}" "${inner_a[4]}"
}

knows_no() {
	check_exit "the loaded module does not know $1: a sentence says why" 2 \
		"version $older, and this espencapctl $newer" "${@:2}"
}

boot_1() {
	local before
	came_up
	echo 'port add 2797' > /etc/espencap.conf
	check 'the older version: start' systemctl start espencap
	check_eq 'its module is loaded' $older "$(loaded)"
	tunnel_from_b
	before=$(espencapctl peer)

	install -D /root/newer/newer.tar.gz \
		"/usr/share/espencap-dkms/espencap-$newer.dkms.tar.gz"
	check 'upgrade' apt-get -y install /root/newer/*.deb
	cp "$lab_output" "$LAB_OUT/upgrade"
	flow_end b
	check_eq 'no ping is lost' '' "$(flow_gaps b)"
	check_eq 'the learned peer is as it was' "$before" "$(espencapctl peer)"
	check_eq 'the unit is as it was' 'success active exited' "$(unit_is espencap)"
	check_eq 'the older module goes on' $older "$(loaded)"
	check 'which was said' \
		grep -q "version $older of the module is loaded, and goes on" "$LAB_OUT/upgrade"
	check_eq 'the newer one is installed' "$newer" "$(modinfo -F version espencap)"

	check 'the newer tool adds a port' espencapctl port add 500
	check 'and a peer' espencapctl peer add 198.51.100.7 port 500
	check 'and shows them' espencapctl -s -d peer
	check 'and saves them' espencapctl save
	knows_no pin espencapctl peer add 198.51.100.8 port 500 pin
	knows_no 'peer set' espencapctl peer set 198.51.100.7 keepalive 20
	check 'the newer module is loaded' \
		sh -c 'systemctl stop espencap && rmmod espencap && systemctl start espencap'
	check_eq 'it is' "$newer" "$(loaded)"
	check 'and knows pin' espencapctl peer add 198.51.100.8 port 2797 pin
	check 'ping' pings b "${inner_b[4]}" "${inner_a[4]}"
}

boot_2() {
	came_up
	check_eq 'the newer module is loaded' "$newer" "$(loaded)"
	tunnel_from_b
	# which was brought along above
	rm -r /usr/share/espencap-dkms
	check 'purge, under traffic' apt-get -y purge espencap espencap-dkms
	check_not 'the module is not loaded any more' test -e /sys/module/espencap
	check_eq 'nothing is left but the configuration' /etc/espencap.conf \
		"$(files_left /root/files-before)"
	check_eq 'systemd knows nothing of it' '' \
		"$(systemctl list-units --all --plain --no-legend 'espencap*')"
	stop "${lab_flows[b]}"
}

"boot_$LAB_POWER_ON"
plan_done
