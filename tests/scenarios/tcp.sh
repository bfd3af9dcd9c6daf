# shellcheck shell=bash disable=SC2154,SC2034 # what lib.sh defines; what is used
# SPDX-License-Identifier: GPL-2.0
# TCP from a to b, and datagrams of every size. A scenario sources this file after
# gateways.sh.

# tcp_to_file FILE COMMAND...
tcp_to_file() {
	local file=$1
	shift
	"$@" > "$file"
}

# tcp WHAT FROM TO BYTES [MORE...]: so many bytes from FROM, an address of a, to TO, an
# address of b. When the last is sent, some are still under way, which iperf3 does not
# count. MORE goes to iperf3: -R turns it around. How fast it was, it does not know to
# more than an interval: see stream.py.
tcp() {
	local what=$1 from=$2 to=$3 bytes=$4 server json=$LAB_OUT/iperf.json
	shift 4
	spawn iperf.log ip netns exec b iperf3 -s -1 -B "$to"
	server=$spawned
	until_true 10 in_ns b sh -c 'ss -H -t -l -n "sport = :5201" | grep -q .' ||
		die 'iperf3 does not listen'
	check "$what: $bytes bytes by TCP" tcp_to_file "$json" in_ns a timeout 120 \
		iperf3 -c "$to" -B "$from" -n "$bytes" -J "$@"
	check "$what: all were sent, most have arrived" jq -e ".end |
		.sum_sent.bytes >= $bytes and .sum_received.bytes >= $bytes / 2" "$json"
	note "$what: $(jq '.end.sum_sent.retransmits' "$json") retransmissions"
	stop "$server"
}

# sizes WHAT NS FROM TO FIRST LAST: a datagram of each of these sizes that must not be
# fragmented comes through, or who sends it is told that it is too long: it does not
# vanish. (Not each version of ping says what it is told.) Sets largest, the largest that
# came through.
sizes() {
	local what=$1 ns=$2 from=$3 to=$4 first=$5 last=$6
	local size through=0 told=0 silent=() out
	largest=0
	for ((size = first; size <= last; size += 1)); do
		if out=$(in_ns "$ns" ping -c 1 -W 2 -M 'do' -s "$size" -I "$from" \
			"$to" 2>&1); then
			through=$((through + 1))
			largest=$size
		elif grep -qiE 'too long|too big|frag needed' <<< "$out" ||
			[ -n "$(in_ns "$ns" python3 "$datagram" too-long "$from" \
				"$to" "$size")" ]; then
			told=$((told + 1))
		else
			silent+=("$size")
		fi
	done
	check_eq "$what: no size vanishes" '' "${silent[*]}"
	check "$what: some fit, some do not ($through, $told)" \
		test "$through" -gt 0 -a "$told" -gt 0
}

# What a fragment is, to tcpdump.
readonly fragments='((ip and ip[6:2] & 0x3fff != 0) or (ip6 and ip6[6] = 44))'
