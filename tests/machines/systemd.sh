# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What systemd says of a machine and its units. A story sources this file after lib.sh.

# came_up [UNIT...]: the machine has, and just these units have failed.
came_up() {
	check_eq "power-on $LAB_POWER_ON: the machine comes up" active \
		"$(systemctl is-active multi-user.target)"
	check_eq "power-on $LAB_POWER_ON: failed units: ${*:-none}" "$*" \
		"$(systemctl list-units --failed --plain --no-legend |
			awk '{ print $1 }' | sort | paste -sd ' ')"
	check_eq "power-on $LAB_POWER_ON: no unit waits for itself" '' \
		"$(journalctl -b -q -o cat | sed -n '/ordering cycle/p')"
}

# unit_is UNIT: result and state, in words.
unit_is() {
	systemctl show -P Result -P ActiveState -P SubState "$1" | paste -sd ' '
}

# moment UNIT PROPERTY: in microseconds since the power-on, 0 if it never came.
moment() {
	systemctl show -P "${2}TimestampMonotonic" "$1"
}

# starts_after UNIT OTHER: UNIT was started, after systemd had done with OTHER, and not by
# chance.
starts_after() {
	local started done_with
	systemctl show -P After "$1" | grep -wF -- "$2" || return
	started=$(moment "$1" InactiveExit)
	# a unit that has failed was never active
	done_with=$(moment "$2" ActiveEnter)
	[ "$done_with" != 0 ] || done_with=$(moment "$2" InactiveEnter)
	echo "$2 was done at $done_with, $1 started at $started"
	[ "$done_with" != 0 ] && [ "$started" -ge "$done_with" ]
}

# said UNIT REGEX: its journal since the power-on has such a line.
said() {
	journalctl -b -q -o cat -u "$1" > "$LAB_OUT/journal"
	cat "$LAB_OUT/journal"
	grep -qE -- "$2" "$LAB_OUT/journal"
}

# said_last UNIT REGEX: the last line of its journal before this power-on fits.
said_last() {
	journalctl -b -1 -q -o cat -u "$1" | tail -n 1 > "$LAB_OUT/journal"
	cat "$LAB_OUT/journal"
	grep -qE -- "$2" "$LAB_OUT/journal"
}
