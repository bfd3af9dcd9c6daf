#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# shellcheck disable=SC2119 # came_up takes units, not what this takes
# A gateway as one of two: keepalived's own unit, and that of espencap-follow, with what
# scripts/standby has, and how.
#
#      this machine, with two interfaces, wan and lan, that lead nowhere
#
# What is taken over by the other one, and from it, 41-standby and 46-follow show.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=../scenarios/gateways.sh
. ./gateways.sh
# shellcheck source=systemd.sh
. ../machines/systemd.sh

readonly standby=$LAB/../scripts/standby
readonly state=/run/espencap/state

# says_state TEXT
says_state() {
	grep -qF -- "$1" $state
}

restarts() {
	[ "$(systemctl show -P NRestarts espencap-follow)" -gt 0 ]
}

is_copied() {
	cmp $state "$LAB_OUT/copy"
}

boot_1() {
	came_up
	tar -C / -xf /lab/built/installed.tar
	depmod
	install "$standby"/espencap-{follow,notify} /usr/local/sbin
	install -m 644 "$standby/espencap-follow.service" /etc/systemd/system
	install -m 644 "$standby/keepalived.conf" /etc/keepalived
	# not dummies, which know no multicast
	ip link add wan up type veth peer name beyond-wan
	ip link add lan up type veth peer name beyond-lan
	ip link set beyond-wan up
	ip link set beyond-lan up
	ip addr add 203.0.113.11/24 dev wan
	ip addr add 10.1.0.11/24 dev lan
	check_eq 'systemd finds nothing wrong with the unit' '' \
		"$(systemd-analyze verify --man=no espencap-follow.service 2>&1)"
	check 'it may do less than most' \
		systemd-analyze security --threshold=30 espencap-follow.service

	# a COMMAND that uses the network
	cat > /usr/local/sbin/copy <<-'END'
		#!/bin/sh
		exec socat -u "OPEN:$1" TCP6:[::1]:7777
	END
	chmod +x /usr/local/sbin/copy
	spawn copies socat -u "TCP6-LISTEN:7777,fork,bind=[::1]" "CREATE:$LAB_OUT/copy"
	mkdir -p /etc/systemd/system/espencap-follow.service.d
	cat > /etc/systemd/system/espencap-follow.service.d/override.conf <<-'END'
		[Service]
		ExecStart=
		ExecStart=espencap-follow copy
	END
	systemctl daemon-reload
	echo 'port add 2797' > /etc/espencap.conf
	check 'espencap starts' systemctl start espencap
	check 'espencap-follow is enabled, and starts' \
		systemctl enable --now espencap-follow
	await 20 'it waits' said espencap-follow 'not the active one'
	echo 'peer add 192.0.2.1 port 2797 endpoint 192.0.2.77:7 learned' > "$LAB_OUT/peer"
	{
		espencapctl save
		cat "$LAB_OUT/peer"
		echo '# end'
	} > $state.received

	check 'keepalived starts' systemctl start keepalived
	await 20 'this gateway is the active one' test -e /run/espencap/active
	check 'it has the address' \
		grep -q 203.0.113.2/24 <(ip -o addr show dev wan)
	check 'it has restored the state' grep -qFf "$LAB_OUT/peer" <(espencapctl save --learned)
	check 'the journal says so' grep -qE 'restored .*, which has 1 learned peers' \
		<(journalctl -b -q -o cat -t espencap-notify)
	espencapctl peer add 192.0.2.2 port 2797
	await 20 'what happens then is saved' says_state 'peer add 192.0.2.2 '
	await 20 'and copied' is_copied

	# somebody takes the module out
	rmmod espencap
	await 30 'without the module, systemd tries again and again' restarts
	check_not 'which does not load it' test -e /sys/module/espencap
	check 'the state stays' says_state 'peer add 192.0.2.2 '
	modprobe espencap
	espencapctl restore $state
	espencapctl peer add 192.0.2.3 port 2797
	await 30 'with it, all is as before' says_state 'peer add 192.0.2.3 '

	ip link set beyond-wan down
	await 20 'without its link, it is not the active one' test -e /run/espencap/relieved
	check_eq 'nothing is forgotten' 3 "$(espencapctl -j peer | jq length)"
	systemctl stop keepalived espencap-follow
	check 'the state is there for the next start' test -s $state
}

"boot_$LAB_POWER_ON"
plan_done
