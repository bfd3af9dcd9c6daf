# shellcheck shell=bash disable=SC2154 # what lib.sh defines
# SPDX-License-Identifier: GPL-2.0
# What is on the wire, from captures.  A capture's FILE is a name in $LAB_OUT,
# or a path.  A FILTER is a pcap filter; no filter means every packet.

declare -A lab_captures=()
lab_capture_lost=0 lab_capture_said=

lab_path() {
	case $1 in
	/*) echo "$1" ;;
	*) echo "$LAB_OUT/$1" ;;
	esac
}

# How much of a packet is kept, and of how many KiB the buffer is. A packet takes so much
# of the buffer, however small it is, and the kernel clears the buffer first, which is slow
# here. A scenario sets them for larger packets, whose checksums are not looked at
# otherwise, and for more at once, which capture_stop does not let get lost.
capture_length=2048
capture_buffer=2048

# capture NS IF FILE [FILTER]: returns when it captures.
capture() {
	local ns=$1 interface=$2 file
	file=$(lab_path "$3")
	: > "$file.log"
	# -U and --immediate-mode: a packet is in the file once tcpdump counts
	# it.  -Z root: tcpdump's own user could not write here.
	ip netns exec "$ns" tcpdump -n -U -s "$capture_length" -B "$capture_buffer" \
		--immediate-mode -Z root -i "$interface" -w "$file" \
		${4:+"$4"} 2> "$file.log" < /dev/null &
	lab_captures[$file]=$!
	lab_pids+=($!)
	until_true 20 grep -q 'listening on' "$file.log" ||
		die "tcpdump does not start: $(cat "$file.log")"
}

# Is it waiting for something?
lab_is_asleep() {
	local state
	read -r _ _ state _ < "/proc/$1/stat" && [ "$state" = S ]
}

# True when tcpdump has written every packet that the kernel has given to its
# filter.  On SIGUSR1 it prints "N packets captured, N packets received by
# filter, N packets dropped by kernel".  Received is also what came before there was
# a filter, and is not captured then: so the same numbers twice will do, if it slept
# between them, as there was nothing left to read.
lab_capture_is_even() {
	local pid=$1 log=$2 before lines captured received dropped said
	local number='([0-9]+) packets?'
	mapfile -t lines < "$log"
	before=${#lines[@]}
	kill -s USR1 "$pid" || return
	until [ "${#lines[@]}" -gt "$before" ]; do
		kill -0 "$pid" || return
		lab_pause 0.01
		mapfile -t lines < "$log"
	done
	# a line can be there in part
	[[ ${lines[-1]} =~ $number\ captured,\ $number\ received.*\ $number\ dropped ]] ||
		return
	captured=${BASH_REMATCH[1]} received=${BASH_REMATCH[2]} dropped=${BASH_REMATCH[3]}
	said="captured $captured, received $received, dropped $dropped"
	echo "$said"
	lab_capture_lost=$dropped
	if [ "$captured" = "$received" ] || [ "$said" = "$lab_capture_said" ]; then
		return 0
	fi
	lab_pause 0.01
	lab_capture_said=''
	! lab_is_asleep "$pid" || lab_capture_said=$said
	return 1
}

# capture_stop FILE: ends the capture, with everything in the file that was
# sent before.
capture_stop() {
	local file pid
	file=$(lab_path "$1")
	pid=${lab_captures[$file]}
	unset "lab_captures[$file]"
	lab_capture_said=''
	until_true 20 lab_capture_is_even "$pid" "$file.log" ||
		die "the capture does not come to rest: $(cat "$lab_output")"
	[ "$lab_capture_lost" = 0 ] ||
		die "the capture lost $lab_capture_lost packets"
	stop "$pid" INT
}

# wire_dump FILE [FILTER]: the packets in words.
wire_dump() {
	tcpdump -nn -vvv -r "$(lab_path "$1")" ${2:+"$2"} 2> /dev/null
}

# wire_bytes FILE [FILTER]: the packets from the IP header on, in hexadecimal.
wire_bytes() {
	tcpdump -nn -t -x -r "$(lab_path "$1")" ${2:+"$2"} 2> /dev/null
}

# wire_count FILE [FILTER]: the number of packets.
wire_count() {
	local count
	count=$(tcpdump -nn --count -r "$(lab_path "$1")" ${2:+"$2"} 2> /dev/null) || true
	echo "${count%% *}"
}

lab_wire_show() {
	note "filter: ${2:-none}; of $(wire_count "$1") packets in $1, the first:"
	wire_dump "$1" ${3+"$3"} | head -n 20 | sed 's/^/# | /'
}

# wire_none DESCRIPTION FILE FILTER
wire_none() {
	local count
	count=$(wire_count "$2" "$3")
	if [ "$count" = 0 ]; then
		lab_result 0 "$1"
	else
		lab_result 1 "$1"
		note "$count packets where none should be"
		lab_wire_show "$2" "$3" "$3"
	fi
}

# wire_some DESCRIPTION FILE FILTER [MINIMUM]
wire_some() {
	local count minimum=${4:-1}
	count=$(wire_count "$2" "$3")
	if [ "$count" -ge "$minimum" ]; then
		lab_result 0 "$1"
	else
		lab_result 1 "$1"
		note "$count packets, not $minimum or more"
		lab_wire_show "$2" "$3"
	fi
}

# wire_checksums_ok DESCRIPTION FILE FILTER: of one packet or more.
wire_checksums_ok() {
	local bad count
	wire_dump "$2" "$3" > "$lab_output"
	count=$(grep -c '^[0-9]' "$lab_output" || true)
	bad=$(grep -E 'bad (udp )?cksum|bad sum|\(incorrect' "$lab_output" || true)
	if [ "$count" -gt 0 ] && [ -z "$bad" ]; then
		lab_result 0 "$1"
	else
		lab_result 1 "$1"
		note "$count packets"
		[ -z "$bad" ] || note "$bad"
	fi
}
