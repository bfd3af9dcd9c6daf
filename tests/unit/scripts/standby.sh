# shellcheck shell=bash disable=SC2154 # what run defines
# SPDX-License-Identifier: GPL-2.0
# scripts/standby: espencap-notify, as keepalived starts it.

readonly folder=$dir/standby

stub logger < /dev/null
stub espencapctl <<-END
	echo "\$*" >> "$folder/calls"
END
stub mv <<-END
	[ -z "\${HOLD_MV-}" ] || { echo > "$dir/held"; read -r < "$dir/go"; }
	exec /bin/mv "\$@"
END
stub flock <<-END
	[ -z "\${FLOCK_GOES-}" ] || echo 1<> "$dir/go"
	exec /usr/bin/flock "\$@"
END
# for a bash, which sources it before it reads its script
cat > "$dir/hold" <<-END
	unset BASH_ENV
	echo > "$dir/held"
	read -r < "$dir/go"
END
mkfifo "$dir/held" "$dir/go"
exec 6<> "$dir/held" 7<> "$dir/go"

notify() {
	"$top/scripts/standby/espencap-notify" "$folder/state" INSTANCE gateway "$1" 100 2> /dev/null
}

# active_anew: it knows of nothing but of MASTER.
active_anew() {
	rm -rf "$folder"
	mkdir "$folder"
	notify MASTER
}

# what is known after all
outcome() {
	(cd "$folder" && echo "$(cat wanted)" active* relieved*)
}

# overtaken FIRST SECOND EXPECTED: keepalived has started FIRST before SECOND, which gets
# to run before it.
overtaken() {
	local first
	active_anew
	BASH_ENV=$dir/hold notify "$1" &
	first=$!
	read -r -t 10 <&6
	notify "$2"
	echo >&7
	wait $first
	is "$2 overtakes the $1 before it, and counts: status" 0 $?
	is "$2 overtakes the $1 before it, and counts" "$2 $3" "$(outcome)"
}

# Of two that step back, one is at it when the other comes.
two_step_back() {
	local first
	active_anew
	HOLD_MV=yes notify BACKUP &
	first=$!
	read -r -t 10 <&6
	FLOCK_GOES=yes notify FAULT
	is 'two step back: the status of the second' 0 $?
	wait $first
	is 'and of the first' 0 $?
	is 'the last counts' 'FAULT active* relieved' "$(outcome)"
}

overtaken BACKUP MASTER 'active relieved*'
overtaken MASTER BACKUP 'active* relieved'
overtaken STOP MASTER 'active relieved*'
two_step_back
exec 6<&- 7>&-
