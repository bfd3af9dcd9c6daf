#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# time limit: 600 s
# Datagrams that receive offloads have merged, and packets that others hold as well.
#
#      a ──────── w ──────── b
#
# GRO merges datagrams of a flow that have a UDP checksum, from veth and TUN; UDP_SEGMENT
# makes such packets without it. What a has sent is recorded in w, and sent again so that it comes
# to b in one piece. None of the datagrams may get lost or change, ours or not.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=tcp.sh
. ./tcp.sh

# record V N: N datagrams through the tunnel, of one length, their UDP payloads in
# $LAB_OUT/payloads, the packets in $LAB_OUT/recorded; they carry what is in $sent.
record() {
	local v=$1 n=$2
	ip -n w link set dev b nomaster
	# not what TCP says at the end of a connection
	capture w a recorded.pcap "udp and src host ${outer_a[$v]} and greater 300"
	mapfile -t sent < <(head -c $((n * 200)) /dev/urandom |
		od -An -v -tx1 -w200 | tr -d ' ')
	in_ns a python3 -S "$datagram" send "${inner_a[$v]}" 7002 "${inner_b[$v]}" 7001 \
		"${sent[@]}"
	# with two CPUs, some may still be on their way when the program has ended
	until_true 20 has_recorded "$n" || true
	capture_stop recorded.pcap
	packets_of recorded.pcap udp > "$LAB_OUT/recorded"
	cut -c "$((v == 4 ? 57 : 97))-" "$LAB_OUT/recorded" > "$LAB_OUT/payloads"
	[ "$(wc -l < "$LAB_OUT/payloads")" = "$n" ] || die "not $n were recorded"
	ip -n w link set dev b master bridge
}

has_recorded() {
	[ "$(wire_count recorded.pcap)" = "$1" ]
}

# all_taken WHAT V: all of $sent has reached the program.
all_taken() {
	local i
	for ((i = 0; i < ${#sent[@]}; i++)); do
		arrives "$1: datagram $((i + 1))" "received-$2" \
			"${inner_a[$2]} 7002 ${sent[i]}"
	done
}

# in_one_piece V PORT: the payloads, from a.
in_one_piece() {
	in_ns a python3 -S "$packets" merged "${outer_a[$1]}" "$2" "${outer_b[$1]}" \
		"$2" < "$LAB_OUT/payloads"
}

# one_by_one: what was recorded, as frames that come to b shortly after each other, so
# that GRO finds them: netem lets them go all at once.
one_by_one() {
	in_ns w python3 -S "$packets" frames b "$mac" < "$LAB_OUT/recorded"
}

# merged_seen: how many packets came to b's LOCAL_IN that were larger than a frame.
merged_seen() {
	nft_seen b merged
}

can_merge() {
	if [ "$1" = from_tun ]; then
		[ "$tun_merges" = on ]
	else
		[ -n "$veth_merges" ]
	fi
}

# one_piece WHAT COMMAND...: it does come in one piece, if that can be.
one_piece() {
	local what=$1 before
	shift
	if ! can_merge "$1"; then
		"$@"
		lab_result 0 "$what: it came in one piece # SKIP not on this kernel"
		return
	fi
	before=$(merged_seen)
	"$@"
	await 10 "$what: it came in one piece" has_merged $((before + 1))
}

has_merged() {
	[ "$(merged_seen)" -ge "$1" ]
}

module_load
gateways
# veth hands over as one what it could send on as one
for interface in "a a" "w a" "w b" "b b"; do
	# shellcheck disable=SC2086 # two words
	set -- $interface
	in_ns "$1" ethtool -K "$2" tx on tx-udp-segmentation on > /dev/null
done
# Not before UDP's GSO was for software devices as well.
veth_merges=yes
in_ns b ethtool -k b | grep -q '^tx-udp-segmentation: on' || veth_merges=''
in_ns b nft -f - <<-'END'
	table inet watch {
		counter merged { }
		chain input {
			type filter hook input priority raw;
			udp dport { 2797, 500 } meta length > 400 counter name merged
		}
	}
END
serve 2797
mac=$(in_ns b cat /sys/class/net/b/address)
for v in 4 6; do
	# while b cannot be reached, it shall not be asked for
	ip -n a neigh replace "${outer_b[$v]}" lladdr "$mac" dev a
	tunnel $v $v
	receiver b "${inner_b[$v]}" 7001 "received-$v"
	check "IPv$v: ping" pings a "${inner_a[$v]}" "${inner_b[$v]}"
	for n in 2 5 40; do
		record $v $n
		one_piece "IPv$v, $n in one piece" in_one_piece $v 2797
		all_taken "IPv$v, $n in one piece" $v
	done
done

# Ours and others' in one piece: the others' go on to whoever has the port.
for v in 4 6; do
	receiver b "${outer_b[$v]}" 2797 "foreign-$v"
	foreign=$spawned
	record $v 5
	other=$(sed -n 2p "$LAB_OUT/payloads" | sed 's/^......../00000000/')
	sed -i "2s/.*/$other/" "$LAB_OUT/payloads"
	one_piece "IPv$v, mixed" in_one_piece $v 2797
	unset 'sent[1]'
	sent=("${sent[@]}")
	all_taken "IPv$v, mixed" $v
	arrives "IPv$v, mixed: the other program's" "foreign-$v" \
		"${outer_a[$v]} 2797 $other"
	check_eq "IPv$v, mixed: and no more" 2 "$(wc -l < "$LAB_OUT/foreign-$v")"
	stop "$foreign"
done
check_eq 'each was counted once' "$((2 * (3 + 2 + 5 + 40 + 4)))" \
	"$(counter b port 2797 rx_packets)"
check_eq 'each of the others, too' 2 "$(counter b port 2797 rx_not_esp)"

# GRO itself, in all its ways, with genuine frames that follow each other.
in_ns b ethtool -K b gro on > /dev/null
for way in 'rx-gro-list on' 'rx-gro-list off rx-udp-gro-forwarding on'; do
	# shellcheck disable=SC2086 # several words
	in_ns b ethtool -K b $way > /dev/null
	for v in 4 6; do
		check "IPv$v, $way: pings" pings a "${inner_a[$v]}" "${inner_b[$v]}" 20
		tcp "IPv$v, $way" "${inner_a[$v]}" "${inner_b[$v]}" 1000000
		tcp "IPv$v, $way, other way" "${inner_a[$v]}" "${inner_b[$v]}" \
			1000000 back
		record $v 5
		one_piece "IPv$v, $way" in_one_piece $v 2797
		all_taken "IPv$v, $way" $v
	done
	# GRO merges what has a checksum
	record 6 5
	tc -n w qdisc add dev b root netem slot 300ms 300ms
	one_piece "IPv6, $way, merged by GRO" one_by_one
	all_taken "IPv6, $way, merged by GRO" 6
	tc -n w qdisc del dev b root
done
in_ns b ethtool -K b rx-udp-gro-forwarding off > /dev/null

# What user space hands over through a TUN device, GRO merges as well. 5.10 gives what it
# takes out of such a list back to TUN's socket twice ("refcount_t: underflow" in
# sock_wfree(), called by skb_segment_list()), whoever it is for, without espencap as well.
tun_merges=on
case $(uname -r) in
5.10.*) tun_merges=off ;;
esac
modprobe tun
ip -n b tuntap add dev tun0 mode tun
in_ns b ethtool -K tun0 gro on rx-gro-list $tun_merges > /dev/null
# it waits that long for more of them
in_ns b sh -c 'echo 300000000 > /sys/class/net/tun0/gro_flush_timeout'
ip -n b link set dev tun0 up
from_tun() {
	spawn tun.log ip netns exec b sh -c \
		"exec python3 '$packets' tun tun0 < '$LAB_OUT/summed'"
	until_true 20 grep -q ready "$LAB_OUT/tun.log" ||
		die "no TUN device: $(cat "$LAB_OUT/tun.log")"
}
for v in 4 6; do
	record $v 5
	python3 -S "$packets" sums < "$LAB_OUT/recorded" > "$LAB_OUT/summed"
	one_piece "IPv$v, TUN, merged by GRO" from_tun
	all_taken "IPv$v, TUN, merged by GRO" $v
	stop "$spawned"
done
ip -n b link del dev tun0

# A socket that wants merged datagrams has the port.
spawn gro.log ip netns exec b python3 -c '
import socket, sys
udp = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
udp.setsockopt(17, 104, 1)
udp.bind(("::", 2797))
print("ready", flush=True)
while True:
    print(udp.recv(65536).hex(), flush=True)'
until_true 10 grep -q ready "$LAB_OUT/gro.log" || die 'no UDP_GRO socket'
for v in 4 6; do
	check "IPv$v, UDP_GRO: pings" pings a "${inner_a[$v]}" "${inner_b[$v]}" 20
	record $v 5
	one_piece "IPv$v, UDP_GRO" in_one_piece $v 2797
	all_taken "IPv$v, UDP_GRO" $v
	tcp "IPv$v, UDP_GRO" "${inner_a[$v]}" "${inner_b[$v]}" 1000000
done
check_eq 'UDP_GRO: the socket got nothing' ready "$(cat "$LAB_OUT/gro.log")"
check_eq 'XFRM has no errors' 0 "$(xfrm_errors b)"

# Somebody holds every packet as well, everywhere, and connections are tracked.
for ns in a b; do
	capture $ns any "any-$ns.pcap"
	in_ns $ns nft add table inet track
	in_ns $ns nft 'add chain inet track out { type filter hook output priority filter; }'
	in_ns $ns nft add rule inet track out ct state new counter
done
for v in 4 6; do
	record $v 5
	one_piece "IPv$v, captured everywhere" in_one_piece $v 2797
	all_taken "IPv$v, captured everywhere" $v
	tcp "IPv$v, captured everywhere" "${inner_a[$v]}" "${inner_b[$v]}" 1000000
done
for ns in a b; do
	capture_stop "any-$ns.pcap"
done
check_eq 'XFRM has no errors then' 0 "$(xfrm_errors b)"

# What is merged into a list of packets is freed, all of it, whoever it is for.
heads() {
	awk '$1 ~ /^skbuff_/ { n += $2 } END { print n }' /proc/slabinfo
}
in_ns b ethtool -K b rx-gro-list on > /dev/null
record 6 40
ip -n b xfrm state flush
tc -n w qdisc add dev b root netem slot 300ms 300ms
before=$(heads)
seen=$(merged_seen)
for ((i = 0; i < 50; i++)); do
	one_by_one
done
[ -z "$veth_merges" ] ||
	await 10 'merged datagrams for no SA' has_merged $((seen + 50))
has_few() {
	[ "$(heads)" -lt $((before + 500)) ]
}
await 10 '2,000 of them have left nothing' has_few

plan_done
