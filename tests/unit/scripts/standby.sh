# shellcheck shell=bash disable=SC2154 # what run defines
# SPDX-License-Identifier: GPL-2.0
# scripts/standby: espencap-notify, as keepalived starts it, and espencap-copy.

readonly folder=$dir/standby

stub logger < /dev/null
stub espencapctl <<-END
	echo "\${*:1:\$#-1} \$(head -n 1 "\${*: -1}")" >> "$folder/calls"
END
stub rsync <<-END
	cp "\${*: -2:1}" "$folder/\$(basename "\${*: -1}")"
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

# saves FILE LINE: a follower's file
saves() {
	printf '%s\n# end\n' "$2" > "$1"
}

# The other gateway's copy is on its way when this one takes over.
late_copy() {
	rm -rf "$folder"
	mkdir -p "$folder" "$dir/other"
	saves "$dir/other/state" other
	"$top/scripts/standby/espencap-copy" "$dir/other/state"
	notify MASTER
	is 'what the other gateway had is restored' 'restore other' "$(cat "$folder/calls")"
	saves "$folder/state" own
	"$top/scripts/standby/espencap-copy" "$dir/other/state"
	is 'a late copy does not replace what this gateway has saved' own \
		"$(head -n 1 "$folder/state")"
	notify BACKUP
	notify MASTER
	is 'nor is it restored in its place' 'restore --sync own' "$(tail -n 1 "$folder/calls")"
	notify BACKUP
	touch -d '1 minute ago' "$folder/relieved"
	"$top/scripts/standby/espencap-copy" "$dir/other/state"
	notify MASTER
	is 'when the other one was active since, it is' 'restore other' \
		"$(tail -n 1 "$folder/calls")"
}

overtaken BACKUP MASTER 'active relieved*'
overtaken MASTER BACKUP 'active* relieved'
overtaken STOP MASTER 'active relieved*'
two_step_back
late_copy
exec 6<&- 7>&-
