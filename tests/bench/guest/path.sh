# shellcheck shell=bash disable=SC2154,SC2034 # what lib.sh defines; what is used
# SPDX-License-Identifier: GPL-2.0
# The way that the measured packets take, and the generator.
#
#    gen ─────────── g1 ═══════════ g2 ─── sink
#   pktgen      encapsulates    decapsulates   a dummy
#
#   10.0.1.2    10.0.1.1                10.0.3.1      inner, IPv4 (4)
#   fd00:1::2   fd00:1::1               fd00:3::1     inner, IPv6 (6)
#             192.0.2.1    192.0.2.2                  outer, IPv4
#           2001:db8::1    2001:db8::2                outer, IPv6
#
# Each packet is made, forwarded twice and thrown away before the next one is
# made, all by one CPU. Neighbours are permanent: to look for them would be
# counted, too, in some runs and not in others.

declare -A outer_1=([4]=192.0.2.1 [6]=2001:db8::1)
declare -A outer_2=([4]=192.0.2.2 [6]=2001:db8::2)
declare -A gen=([4]=10.0.1.2 [6]=fd00:1::2)
declare -A near=([4]=10.0.1.1 [6]=fd00:1::1)
declare -A far=([4]=10.0.3.1 [6]=fd00:3::1)
declare -A near_net=([4]=10.0.1.0/24 [6]=fd00:1::/64)
declare -A far_net=([4]=10.0.3.0/24 [6]=fd00:3::/64)
declare -A bits=([4]=24 [6]=64)

mac_of() {
	ip -n "$1" -j link show dev "$2" | jq -r '.[0].address'
}

# neighbours NS1 IF1 ADDRESS1 NS2 IF2 ADDRESS2: they know each other for good.
neighbours() {
	ip -n "$1" neigh replace "$6" dev "$2" nud permanent \
		lladdr "$(mac_of "$4" "$5")"
	ip -n "$4" neigh replace "$3" dev "$5" nud permanent \
		lladdr "$(mac_of "$1" "$2")"
}

path() {
	local v pid
	ns_add gen g1 g2
	link gen g1 g1 gen
	link g1 g2 g2 g1
	ip -n g2 link add sink up type dummy
	for v in 4 6; do
		addr gen g1 "${gen[$v]}/${bits[$v]}"
		addr g1 gen "${near[$v]}/${bits[$v]}"
		addr g1 g2 "${outer_1[$v]}/${bits[$v]}"
		addr g2 g1 "${outer_2[$v]}/${bits[$v]}"
		addr g2 sink "${far[$v]}/${bits[$v]}"
		neighbours gen g1 "${gen[$v]}" g1 gen "${near[$v]}"
		neighbours g1 g2 "${outer_1[$v]}" g2 g1 "${outer_2[$v]}"
		ip -n g1 -"$v" route add "${far_net[$v]}" via "${outer_2[$v]}"
		ip -n g2 -"$v" route add "${near_net[$v]}" via "${outer_1[$v]}"
		socket g2 "${outer_2[$v]}" 9
	done
	forwarding g1 g2
	modprobe pktgen
	# The generator gives way at once. Else what softirqs leave to ksoftirqd waits
	# until its time slice is over: packets then go in batches, which costs less,
	# or more than the queue holds get lost. 6.1 does that now and then.
	for pid in $(pgrep kpktgend); do
		chrt -i -p 0 "$pid"
	done
}

# pktgen FILE COMMAND...: each command is a line that is written to it.
pktgen() {
	local file=/proc/net/pktgen/$1
	shift
	# shellcheck disable=SC2016 # expanded by the inner shell
	in_ns gen sh -c 'file=$1; shift
		for command; do echo "$command" > "$file"; done' - "$file" "$@"
}

# socket NS ADDRESS PORT [UDP_ENCAP]: a UDP socket that nobody reads from, for as
# long as the scenario lasts.
socket() {
	local name=socket-$1-$2-$3
	spawn "$name" ip netns exec "$1" python3 deaf.py "$2" "$3" \
		${4:+"$4"}
	until_true 20 grep -q ready "$LAB_OUT/$name" ||
		die "the socket is not there: $(cat "$LAB_OUT/$name")"
}

# Where it sends to.
declare -A targets=(
	[through 4]=10.0.3.2 [through 6]=fd00:3::2
	[local 4]=192.0.2.2 [local 6]=2001:db8::2
)
# What pktgen calls the addresses.
declare -A from=([4]=src_min [6]=src6)
declare -A to=([4]=dst [6]=dst6)

# arrivals WAY V: of g2's IP, as its devices also count what hosts tell each other: MLD
# reports and router solicitations, which are sent for some seconds after a boot.
arrivals() {
	case "$1 $2" in
	'through 4') counted IpForwDatagrams ;;
	'through 6') counted Ip6OutForwDatagrams ;;
	'local 4') counted IpInReceives ;;
	'local 6') counted Ip6InReceives Ip6InMcastPkts ;;
	esac
}

# counted NAME [NAME]: the first one, without the second.
counted() {
	in_ns g2 nstat -asz "$@" | awk -v name="$1" '
		$1 == name { sum += $2; next }
		/^[^#]/ { sum -= $2 }
		END { print sum }'
}

# send WAY V SIZE COUNT: packets of SIZE bytes, from the IP header on: through both
# gateways, or to a socket of g2. Sets took, the nanoseconds of it all, and arrived,
# how many came out.
send() {
	local way=$1 v=$2 size=$3 count=$4 before
	pktgen kpktgend_0 rem_device_all 'add_device g1'
	pktgen g1 "count $count" "pkt_size $((size + 14))" 'delay 0' \
		"${to[$v]} ${targets[$way $v]}" "${from[$v]} ${gen[$v]}" \
		"dst_mac $(mac_of g1 gen)"
	before=$(arrivals "$way" "$v")
	pktgen pgctrl start
	arrived=$(($(arrivals "$way" "$v") - before))
	took=$(in_ns gen sed -n 's/^Result: OK: \([0-9]*\)(.*/\1000/p' \
		/proc/net/pktgen/g1)
}
