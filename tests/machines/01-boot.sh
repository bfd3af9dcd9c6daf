#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A gateway from `make install` to a tunnel that is there after each power-on, and what
# becomes of a boot when something is wrong.
#
#      a ──── IKEv2 on 500 and 4500, ESP in UDP 2797 ──── b
#   this machine, with strongSwan's own unit            a namespace of it, with a charon
#
# What belongs to the boot must neither keep the machine from coming up nor the IKE daemons
# from starting, and it must say what is wrong.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=../lab/guest/files.sh
. "$LAB/files.sh"
# shellcheck source=../scenarios/gateways.sh
. ./gateways.sh
# shellcheck source=../scenarios/charon.sh
. ./charon.sh
# shellcheck source=systemd.sh
. ../machines/systemd.sh

readonly config=/etc/espencap.conf
module=$(uname -r)
readonly module=/lib/modules/$module/updates/espencap.ko

# beside PACKAGE: as if it were there in place of what it cannot be installed beside.
beside() {
	(cd "/opt/$1" && find . -type f -o -type l) |
		tar -C "/opt/$1" -cf - -T - | tar -C / -xf -
	systemctl daemon-reload
}

# What make install does. It starts nothing, and loads nothing.
install_it() {
	tar -C / -xf /lab/built/installed.tar
	depmod
}

# make uninstall, by the Makefile's own command: what was installed is what it names.
uninstall_it() {
	tar -tf /lab/built/installed.tar | sed -n 's,^\./usr/local/,,p' |
		xargs "$LAB/../scripts/uninstall" '' /usr/local > "$LAB_OUT/uninstalled"
}

# A machine without espencap; then what `make install` does; then what an operator does.
boot_1() {
	came_up
	check_not 'there is no espencap' modprobe espencap
	files > /root/files-before
	install_it
	check_eq 'to install it starts nothing' 'success inactive dead' \
		"$(unit_is espencap)"
	check_not 'and loads nothing' test -d /sys/module/espencap
	check_eq 'systemd finds nothing wrong with the unit' '' \
		"$(systemd-analyze verify --man=no espencap.service 2>&1)"
	check 'it may do less than most' \
		systemd-analyze security --threshold=20 espencap.service
	check 'without a configuration: enable, and start' \
		systemctl enable --now espencap
	check_eq 'that is no failure, and does nothing' 'success inactive dead' \
		"$(unit_is espencap)"
	check_not 'it loads no module' test -d /sys/module/espencap
	check 'the module can be loaded' modprobe espencap
	check 'uninstall' uninstall_it
	check 'it says that the module is loaded still' \
		grep -q 'still loaded: "rmmod espencap"' "$LAB_OUT/uninstalled"
	check_eq 'it leaves nothing' '' "$(files_left /root/files-before)"
	rmmod espencap
	check_not 'there is no espencap again' modprobe espencap
	install_it
	systemctl daemon-reload
	systemctl -q enable espencap
	cat > $config <<-EOF
		# the gateway
		port add 2797
		peer add 198.51.100.7 port 2797
	EOF
	beside charon-systemd
	charon_config "${outer_a[4]}" "${outer_b[4]}" "${inner_a[4]}/32" \
		"${inner_b[4]}/32" > /etc/swanctl/conf.d/tunnel.conf
	systemctl -q enable strongswan
	# as cloud-init has it
	cat > /etc/systemd/system/early.service <<-'EOF'
		[Unit]
		DefaultDependencies=no
		After=network-pre.target
		Before=sysinit.target
		[Service]
		Type=oneshot
		RemainAfterExit=yes
		ExecStart=true
		[Install]
		WantedBy=sysinit.target
	EOF
	systemctl -q enable early
}

# The other side, which has added the peer, and begins.
network() {
	ns_here a
	ns_add b
	gateways_connect
	charon_start b
	charon_connection b "${outer_b[4]}" "${outer_a[4]}" "${inner_b[4]}/32" \
		"${inner_a[4]}/32"
	ctl b port add 2797
	ctl b peer add "${outer_a[4]}" port 2797
}

reload_moves_nothing() {
	local before
	before=$(espencapctl peer)
	flow a "${inner_a[4]}" "${inner_b[4]}"
	echo 'peer add 198.51.100.8 port 2797' >> $config
	check 'a peer more in the file: reload' systemctl reload espencap
	check 'it is there' espencapctl restore --check $config
	echo banana >> $config
	check_not 'a file that is wrong: reload fails' systemctl reload espencap
	await 10 'and says where' said espencap "$config:5: \"banana\""
	check_eq 'the unit stays active' active "$(systemctl is-active espencap)"
	sed -i 4,5d $config
	check 'the file as it was: reload' systemctl reload espencap
	flow_end a
	check_eq 'no ping is lost under reloads' '' "$(flow_gaps a)"
	check_eq 'the peers are as they were' "$before" "$(espencapctl peer)"
}

# All is well.
boot_2() {
	local unit
	came_up
	# not by its unit: it can have ended before the journal looks for whom it has heard
	check 'the module is loaded at boot' grep -qxF "Inserted module 'espencap'" \
		<(journalctl -b -q -o cat -t systemd-modules-load)
	check_eq 'the unit is active' 'success active exited' "$(unit_is espencap)"
	check 'the configuration is that of the file' espencapctl restore --check $config
	for unit in network-pre.target strongswan.service; do
		check "$unit comes after it" starts_after $unit espencap.service
	done
	check 'so does what wants the network before sysinit.target' \
		starts_after sysinit.target early.service
	network
	capture w b power-on.pcap
	check 'the daemons negotiate SAs' \
		swanctl_in b --initiate --child tunnel --timeout 60
	check 'ping' pings b "${inner_b[4]}" "${inner_a[4]}" 5
	check 'and back' pings a "${inner_a[4]}" "${inner_b[4]}" 5
	capture_stop power-on.pcap
	only_udp 'after power-on' power-on.pcap 500 4500 2797
	wire_some 'ESP goes over 2797, both ways' power-on.pcap \
		'udp src port 2797 and udp dst port 2797' 10
	check_eq 'b was learned' learned "$(espencapctl -j peer show "${outer_b[4]}" |
		jq -r '.[].origin')"
	reload_moves_nothing
	check 'stop' systemctl stop espencap
	check_eq 'ends it' '[]' "$(espencapctl -j port)"
	check 'start' systemctl start espencap
	check 'makes it anew' espencapctl restore --check $config
	check 'ping' pings b "${inner_b[4]}" "${inner_a[4]}"
	sed -i '2s/2797/banana/' $config
	systemctl -q disable strongswan
	systemctl -q enable strongswan-starter
}

# A file that is wrong.
boot_3() {
	check 'the end of the machine was not the end of its ports' \
		said_last espencap Finished
	came_up espencap.service
	check 'the journal says where' said espencap "$config:2: \"banana\" is no port"
	check 'and so does systemctl status' \
		grep -q "$config:2: \"banana\"" <(systemctl status espencap)
	check_eq 'nothing is done' '[]' "$(espencapctl -j port)"
	check 'strongswan-starter starts nevertheless, after it' \
		starts_after strongswan-starter espencap.service
	sed -i '2s/banana/2797/' $config
	check 'put right: start' systemctl start espencap
	check 'the configuration is that of the file' espencapctl restore --check $config
	systemctl -q disable strongswan-starter
	mv "$module" /root/
	depmod
	beside libreswan
	systemctl -q enable ipsec
}

# No module, as after a new kernel that it was not built for.
boot_4() {
	came_up espencap.service
	check 'the journal says what is missing' \
		said espencap 'module espencap is not loaded, and could not be'
	check "libreswan starts nevertheless, after it" starts_after ipsec espencap.service
	mv /root/espencap.ko "$module"
	depmod
	check 'with the module: start' systemctl start espencap
	check 'the configuration is that of the file' espencapctl restore --check $config
}

"boot_$LAB_POWER_ON"
plan_done
