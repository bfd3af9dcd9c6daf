# shellcheck shell=bash disable=SC2154,SC2034 # what lib.sh defines; what is used
# SPDX-License-Identifier: GPL-2.0
# TCP between a and b, and packets of every size. A scenario sources this file after
# gateways.sh.

readonly stream=$PWD/stream.py
readonly pathmtu=$PWD/pathmtu.py

capture_buffer=8192

# tcp WHAT FROM TO BYTES [back]: so many bytes from FROM, an address of a, to TO, an
# address of b, or from there back to here. Sets rate, in bits per second.
tcp() {
	local what=$1 ns=a from=$2 other=b to=$3 bytes=$4 receiver again
	if [ "${5-}" = back ]; then
		ns=b from=$3 other=a to=$2
	fi
	spawn stream.log ip netns exec "$other" python3 -S "$stream" receive "$to" 5201
	receiver=$spawned
	until_true 20 grep -q ready "$LAB_OUT/stream.log" ||
		die "nobody listens: $(cat "$LAB_OUT/stream.log")"
	check "$what: $bytes bytes by TCP" in_ns "$ns" timeout 120 \
		python3 -S "$stream" send "$from" "$to" 5201 "$bytes"
	read -r rate again < "$lab_output"
	note "$what: $((rate / 1000)) kbit/s, $again retransmissions"
	stop "$receiver"
}

# sizes WHAT NS FROM TO FIRST LAST: an echo request of each of these sizes that must not
# be fragmented comes through, or who sends it is told that it is too long: it does not
# vanish. FROM is an address or a device. Sets largest, the largest that came through,
# and told_mtu, the MTU that was told last ("-" if it was refused without one).
sizes() {
	local what=$1 ns=$2 from=$3 to=$4 first=$5 last=$6 through told
	in_ns "$ns" python3 -S "$pathmtu" "$from" "$to" "$first" "$last" \
		> "$LAB_OUT/sizes"
	check_eq "$what: each size was tried" $((last - first + 1)) \
		"$(wc -l < "$LAB_OUT/sizes")"
	check_eq "$what: no size vanishes" '' "$(grep silent "$LAB_OUT/sizes" | xargs)"
	through=$(grep -c through "$LAB_OUT/sizes" || true)
	told=$(grep -c told "$LAB_OUT/sizes" || true)
	check "$what: some fit, some do not ($through, $told)" \
		test "$through" -gt 0 -a "$told" -gt 0
	largest=$(sed -n 's/ through$//p' "$LAB_OUT/sizes" | tail -n 1)
	# so that a failure ends no arithmetic
	largest=${largest:-0}
	told_mtu=$(sed -n 's/.* told //p' "$LAB_OUT/sizes" | tail -n 1)
}

# What a fragment is, to tcpdump.
readonly fragments='((ip and ip[6:2] & 0x3fff != 0) or (ip6 and ip6[6] = 44))'
