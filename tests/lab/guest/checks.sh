# shellcheck shell=bash disable=SC2154 # what lib.sh defines
# SPDX-License-Identifier: GPL-2.0
# Checks: each prints one line of KTAP, and what was seen when it is not met.

# lab_result STATUS DESCRIPTION: one result line.
lab_result() {
	lab_checks=$((lab_checks + 1))
	if [ "$1" = 0 ]; then
		echo "ok $lab_checks $2"
	else
		lab_failed=$((lab_failed + 1))
		echo "not ok $lab_checks $2"
	fi
}

# Runs a command with its output in a file: not in a subshell, so that it may be
# a function that starts things.  Sets lab_status.
lab_capture_output() {
	lab_status=0
	"$@" > "$lab_output" 2>&1 || lab_status=$?
}

lab_show_output() {
	note "command: $*"
	note "status: $lab_status"
	head -n 60 "$lab_output" | sed 's/^/# | /'
}

# check DESCRIPTION COMMAND...: the command succeeds.
check() {
	local description=$1
	shift
	lab_capture_output "$@"
	lab_result "$lab_status" "$description"
	[ "$lab_status" = 0 ] || lab_show_output "$@"
}

# check_not DESCRIPTION COMMAND...: the command fails, with a status of its own:
# one that is not there, or that a signal ended, proves nothing.
check_not() {
	local description=$1
	shift
	lab_capture_output "$@"
	if [ "$lab_status" -ge 1 ] && [ "$lab_status" -le 125 ]; then
		lab_result 0 "$description"
	else
		lab_result 1 "$description"
		lab_show_output "$@"
	fi
}

# check_eq DESCRIPTION EXPECTED ACTUAL
check_eq() {
	if [ "$2" = "$3" ]; then
		lab_result 0 "$1"
	else
		lab_result 1 "$1"
		note "expected: $2"
		note "actual:   $3"
	fi
}

# check_exit DESCRIPTION STATUS REGEX COMMAND...: a refusal: exactly this status,
# nothing on stdout, and one to three lines on stderr that fit the regular
# expression (extended).
check_exit() {
	local description=$1 expected=$2 regex=$3 status=0 lines wrong=()
	shift 3
	"$@" > "$lab_output" 2> "$lab_output.err" || status=$?
	lines=$(wc -l < "$lab_output.err")
	[ "$status" = "$expected" ] || wrong+=("the status is $status, not $expected")
	[ ! -s "$lab_output" ] || wrong+=('there is something on stdout')
	[ "$lines" -ge 1 ] && [ "$lines" -le 3 ] ||
		wrong+=("there are $lines lines on stderr, not 1 to 3")
	grep -qE -- "$regex" "$lab_output.err" || wrong+=("stderr does not fit: $regex")
	if [ "${#wrong[@]}" = 0 ]; then
		lab_result 0 "$description"
		return
	fi
	lab_result 1 "$description"
	note "command: $*"
	printf '# %s\n' "${wrong[@]}"
	sed 's/^/# stdout: /' "$lab_output"
	sed 's/^/# stderr: /' "$lab_output.err"
}

# Microseconds since the epoch.
lab_now() {
	echo "${EPOCHREALTIME/[.,]/}"
}

# Is it later than that? Without a process, as it is asked often.
lab_is_past() {
	[ "${EPOCHREALTIME/[.,]/}" -ge "$1" ]
}

# lab_pause SECONDS: without a process, which would take longer to start.
exec {lab_never}<> <(:)
lab_pause() {
	read -r -t "$1" -u "$lab_never" || true
}

# until_true SECONDS COMMAND...: waits until the command succeeds; fails when it
# does not within that time.  Its last output is in lab_output.  Most of what is waited
# for comes at once.
until_true() {
	local end=$((${EPOCHREALTIME/[.,]/} + $1 * 1000000)) milliseconds=10
	shift
	until lab_capture_output "$@"; [ "$lab_status" = 0 ]; do
		! lab_is_past "$end" || return 1
		lab_pause "0.0$milliseconds"
		[ "$milliseconds" -gt 40 ] || milliseconds=$((milliseconds * 2))
	done
}

# await SECONDS DESCRIPTION COMMAND...: a check that the command succeeds within
# that time.
await() {
	local seconds=$1 description=$2 status=0
	shift 2
	until_true "$seconds" "$@" || status=$?
	lab_result "$status" "$description"
	if [ "$status" != 0 ]; then
		note "not within $seconds s"
		lab_show_output "$@"
	fi
}

# The kernel's log from here on is kernel_log. It is not cleared, as whoever looks for splats
# wants it whole.
lab_log_marks=0
kernel_log_begin() {
	lab_log_marks=$((lab_log_marks + 1))
	echo "lab: from here on, $lab_log_marks" > /dev/kmsg
}
kernel_log() {
	dmesg | sed "1,/lab: from here on, $lab_log_marks\$/d"
}
