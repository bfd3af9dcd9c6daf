# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What a scenario has at hand.  It begins with
#
#	. "$LAB/lib.sh"
#
# and ends with plan_done.  In between, a command outside of a check that fails
# ends the scenario, which then has failed.  Checks must not run in a subshell,
# where they would not be counted.
#
# Files go to $LAB_OUT, which is the scenario's own; when it fails, they are
# brought out of the guest.

set -euEo pipefail

lab_checks=0 lab_failed=0 lab_planned=no
lab_namespaces=() lab_pids=() spawned=
# shellcheck disable=SC2034 # used by the parts below
lab_output=$LAB_OUT/output
lab_running=''

# shellcheck source=checks.sh
. "$LAB/checks.sh"
# shellcheck source=net.sh
. "$LAB/net.sh"
# shellcheck source=wire.sh
. "$LAB/wire.sh"
# shellcheck source=module.sh
. "$LAB/module.sh"

note() {
	echo "# ${*//$'\n'/$'\n'# }"
}

# Ends the scenario as failed.
die() {
	lab_result 1 "$*"
	exit 1
}

plan_done() {
	module_settle "${lab_namespaces[@]}"
	# whoever has loaded the module lets somebody look before it goes
	if [ -e "$LAB_OUT/loaded" ] || [ -e "$LAB_OUT/unsettled" ]; then
		check_eq 'each datagram to a port has ended in just one counter' '' \
			"$(cat "$LAB_OUT/unsettled" 2>&1)"
	fi
	lab_planned=yes
	echo "1..$lab_checks"
	[ "$lab_failed" = 0 ]
}

# Ends what the scenario has started, by pid, and removes its namespaces.
lab_cleanup() {
	local status=$? ns
	trap - ERR EXIT
	set +e
	if [ "$lab_planned" = no ]; then
		[ -z "$lab_running" ] || lab_result 1 "ended early: $lab_running"
		echo "1..$lab_checks"
	fi
	# The last one first: what was built upon others.
	while [ "${#lab_pids[@]}" -gt 0 ]; do
		stop "${lab_pids[-1]}"
	done
	for ns in "${lab_namespaces[@]}"; do
		ip netns del "$ns"
	done
	# A machine goes down with what it has.
	[ -n "${LAB_POWER_ON-}" ] || [ ! -d /sys/module/espencap ] || rmmod espencap
	exit "$status"
}

# Of several the innermost, which comes first, says the most.
trap 'lab_running=${lab_running:-"status $? of \"$BASH_COMMAND\", ${BASH_SOURCE[0]##*/} line $LINENO"}' ERR
trap lab_cleanup EXIT
