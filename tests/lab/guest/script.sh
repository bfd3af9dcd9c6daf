# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Running a script of checks, and judging it: one test of KTAP with the script's checks
# within.  What it leaves goes to $LAB_OUT, which whoever runs it has named.

# What a healthy kernel does not say.  An out-of-tree module's taint is none of
# these.
readonly splat='BUG|WARNING:|Oops|KASAN|UBSAN|KFENCE|KCSAN|general protection|suspicious RCU|memory leak|refcount|Call Trace|stack guard|hung task|blocked for more than|rcu.*stall|soft lockup|scheduling while atomic|sleeping function|unregister_netdevice: waiting|percpu ref|Unknown symbol|disagrees about version'

# Reads what a script prints; prints it as a nested KTAP and keeps count in
# checks, failed and planned.  Its plan is swallowed, as own checks follow it.
nest() {
	local line
	while IFS= read -r line; do
		case $line in
		'ok '*) checks=$((checks + 1)) ;;
		'not ok '*) checks=$((checks + 1)) failed=$((failed + 1)) ;;
		1..[0-9]*) planned=${line#1..}; continue ;;
		'#'*) ;;
		*) line="# $line" ;;
		esac
		echo "  $line"
	done
}

# Runs a script in a control group, which knows all of its processes, also those that a
# dead parent left.  Ends when the last of them has ended.
script_run() {
	local file=$1 limit=$2 group=/sys/fs/cgroup/${LAB_OUT##*/}
	mkdir -p "$group"
	# shellcheck disable=SC2016 # expanded by the inner shell
	bash -c 'echo $$ > "$1/cgroup.procs" && cd /lab/scenarios &&
		exec timeout -k 10 "$3" bash "$2"' \
		- "$group" "$file" "$limit" 2> >(sed -u 's/^/# /')
	echo $? > "$LAB_OUT.status"
	while read -r pid; do
		ps -o pid=,args= -p "$pid"
	done < "$group/cgroup.procs" > "$LAB_OUT.processes"
	# 5.10 has no cgroup.kill
	if [ -e "$group/cgroup.kill" ]; then
		echo 1 > "$group/cgroup.kill"
	else
		xargs -r kill -s KILL < "$group/cgroup.procs"
	fi
}

# script_begin NAME FILE LIMIT: runs it, among the scenarios. To be called where checks, failed and
# planned are local.
script_begin() {
	mkdir -p "$LAB_OUT"
	echo "  KTAP version 1"
	echo "  # Subtest: $1"
	nest < <(script_run "$2" "$3")
}

# A check of our own, with what was found as diagnostics: none, and it is met.
own_check() {
	local description=$1 found=$2
	checks=$((checks + 1))
	if [ -z "$found" ]; then
		echo "  ok $checks $description"
		return
	fi
	failed=$((failed + 1))
	echo "  not ok $checks $description"
	printf '%s\n' "$found" | sed 's/^/  # /'
}

# What is wrong with the way in which the script ended, one a line.
script_ending() {
	local limit=$1 status
	status=$(cat "$LAB_OUT.status")
	case $status in
	124|137) echo "it was stopped at its time limit of $limit s" ;;
	0) [ "$failed" = 0 ] || echo 'its exit status is 0, but checks failed' ;;
	*) [ "$failed" != 0 ] || echo "its exit status is $status" ;;
	esac
	[ "$planned" = "$checks" ] ||
		echo "it ran $checks checks and planned ${planned:-none}"
	[ "$checks" != 0 ] || echo 'it ran no check'
	sed 's/^/process left: /' "$LAB_OUT.processes"
	ip netns list | sed 's/^/namespace left: /'
}

# kernel_complaints LINE: what the kernel has complained of since it said LINE. Its log may
# have been cleared, or may not go back that far.
kernel_complaints() {
	dmesg > "$LAB_OUT.dmesg"
	grep -q "$1" "$LAB_OUT.dmesg" || echo "the kernel's log does not begin before: $1"
	sed -n "/$1/,\$p" "$LAB_OUT.dmesg" | grep -E -A 40 -m 3 "$splat"
}

readonly kmemleak=/sys/kernel/debug/kmemleak

# What nobody has an address of any more. kmemleak looks at nothing that is younger than
# 5 s, and believes only what it sees twice.
leaks() {
	sleep 5
	if ! { echo scan > $kmemleak && echo scan > $kmemleak; } 2> /dev/null; then
		echo 'kmemleak does not look any more'
		return
	fi
	cat $kmemleak
	echo clear > $kmemleak
}

# How long the guest has run, and how long its CPUs have waited in sum.
uptimes() {
	local up idle
	read -r up idle < /proc/uptime
	echo "up for $up s, idle for $idle s"
}

# script_end NUMBER NAME: the result.
script_end() {
	echo "  # $(uptimes)"
	echo "  1..$checks"
	if [ "$failed" = 0 ]; then
		echo "ok $1 $2"
		rm -rf "$LAB_OUT"
	else
		echo "not ok $1 $2"
		dmesg > "$LAB_OUT/dmesg"
	fi
	rm -f "$LAB_OUT".*
}

# What failed scripts left in their folders goes to the third disk.
keep_left() {
	[ -z "$(ls /lab/out)" ] || tar -C /lab/out -cf /dev/vdc . ||
		echo '# what the scenarios left does not fit on the disk'
	sync
}
