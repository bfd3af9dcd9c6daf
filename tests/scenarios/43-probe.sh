#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# A port that nobody has documented: probe counts what comes to it.
#
#      a ──────── w ──────── b ──────── c
#    peers                 probe    behind b
#
# a's own kernel puts real ESP into UDP, as it stands in bare ports. What it has sent is
# recorded in w, and sent again in other framings, in fragments, and behind more headers.
# Up to the last part, b has the module installed, but not loaded, and must not load it.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

declare -A behind_b=([4]=203.0.113.2 [6]=2001:db8:3::2)

# watch PORT [WORDS...]: probes in b, with its report in $LAB_OUT/report, and what it
# says meanwhile in $LAB_OUT/notes; sets watching.
watch() {
	# shellcheck disable=SC2016 # expanded by the inner shell
	spawn notes ip netns exec b sh -c \
		'report=$1; shift; exec espencapctl -j -d probe "$@" > "$report"' - \
		"$LAB_OUT/report" "$@"
	watching=$spawned
	until_true 20 grep -qx 'espencapctl: probing' "$LAB_OUT/notes" ||
		die "probe does not begin: $(cat "$LAB_OUT/notes")"
	began=$(lab_now)
}

# sends V PORT TO_PORT HEX...: UDP from a to b.
sends() {
	local v=$1 port=$2 to_port=$3
	shift 3
	in_ns a python3 -S "$datagram" send "${outer_a[$v]}" "$port" "${outer_b[$v]}" \
		"$to_port" "$@"
}

# all_is_there: what a has sent so far, b has got, for this came later.
synced=0
all_is_there() {
	synced=$((synced + 1))
	# quicker than Python
	in_ns a bash -c "printf %08d $synced > /dev/udp/${outer_b[4]}/9"
	until_true 10 grep -q " $(printf %08d $synced | od -An -tx1 | tr -d ' ')\$" \
		"$LAB_OUT/synced" || die 'b does not get what a sends'
}

# over: ends it, when all is there.
over() {
	all_is_there
	stop "$watching" INT
}

# report EXPRESSION: what is in its report.
report() {
	jq -r ".[0] | $1" "$LAB_OUT/report"
}

# counted DESCRIPTION FRAMINGS: this has come, and nothing else.
counted() {
	check_eq "$1" "$2" "$(report '[.framings | to_entries[] |
		select(.value.datagrams > 0) |
		"\(.key) \(.value.datagrams)"] | join(", ")')"
}

# again COMMAND...: the recorded packets, changed by the command, reach b.
again() {
	"$@" < "$LAB_OUT/recorded" > "$LAB_OUT/changed"
	in_ns w python3 -S "$packets" frames b "$mac" < "$LAB_OUT/changed"
}

change() {
	python3 -S "$packets" "$@"
}

# is_on MICROSECONDS: it has been probing for so long.
is_on() {
	[ "$(lab_now)" -gt $((began + $1)) ]
}

gateways
ns_add c
link b bc c cb
addr b bc 203.0.113.1/24 2001:db8:3::1/64
addr c cb "${behind_b[4]}/24" "${behind_b[6]}/64"
forwarding b
ip -n a route add 203.0.113.0/24 via "${outer_b[4]}"
ip -n a route add 2001:db8:3::/64 via "${outer_b[6]}"
mac=$(in_ns b cat /sys/class/net/b/address)
module_install
receiver b "${outer_b[4]}" 9 synced

# Who may not, and nothing at all
check_exit 'no right to packets: status 2' 2 CAP_NET_RAW \
	in_ns b capsh --drop=cap_net_raw -- -c 'espencapctl probe 2797'
check_exit 'no right to SAs: status 2' 2 CAP_NET_ADMIN \
	in_ns b capsh --drop=cap_net_admin -- -c 'espencapctl probe 2797'
check_eq 'nothing comes for a second' 'port 2797: 0 datagrams in 1 s
    nothing has arrived: no datagram for port 2797 has come as far as to the firewall of this host' \
	"$(ctl b probe esp-encap seconds 1 2> /dev/null)"

# Real ESP, which the kernel of a puts into UDP; a program in b has the port.
programs=()
for v in 4 6; do
	any=0.0.0.0
	[ $v = 4 ] || any=::
	sa a "${outer_a[$v]}" "${outer_b[$v]}" 0x10${v}${v}00 $v$v "$key_ab" tunnel \
		encap espinudp 2797 2797 $any
	sa b "${outer_a[$v]}" "${outer_b[$v]}" 0x10${v}${v}00 $v$v "$key_ab" tunnel
	tunnel_policies a "${outer_a[$v]}" "${outer_b[$v]}" "${inner_a[$v]}" \
		"${inner_b[$v]}" $v$v
	receiver b "${outer_b[$v]}" 2797 "program-$v"
	programs+=("$spawned")
done
capture w b wire.pcap 'udp and dst port 2797'
watch 2797
attempts a "${inner_a[4]}" "${inner_b[4]}" 3
attempts a "${inner_a[6]}" "${inner_b[6]}" 3
over
capture_stop wire.pcap
packets_of wire.pcap ip | cut -c 57- > "$LAB_OUT/wire-4"
packets_of wire.pcap ip6 | cut -c 97- > "$LAB_OUT/wire-6"
for v in 4 6; do
	sed "s/^/${outer_a[$v]} 2797 /; 1i ready" "$LAB_OUT/wire-$v" > "$LAB_OUT/expected"
	check "IPv$v: the program has got what was on the wire" \
		cmp "$LAB_OUT/expected" "$LAB_OUT/program-$v"
done
read -r esp4 < "$LAB_OUT/wire-4"
read -r esp6 < "$LAB_OUT/wire-6"
counted 'ESP of two SAs' 'esp 6'
check_eq 'its bytes, SPIs and sources, whence and when the last came, and how it began' \
	"$((3 * $(esp_length 84) + 3 * $(esp_length 104))) 2 false 2 false ${outer_a[6]} 2797 true $(
	tail -n 1 "$LAB_OUT/wire-6" | cut -c 1-64)" \
	"$(report '.framings.esp | "\(.bytes) \(.spis) \(.more_spis) \(.sources) \(.more_sources) \(.last_source.address) \(.last_source.port) \(.last_seen <= 60) \(.begins)"')"
check_eq 'what that says' "bare format bare fits: 6 of 6 datagrams are ESP of SAs of this host: espencapctl port add 2797 format bare" \
	"$(report '"\(.format) \(.verdict)"')"
for program in "${programs[@]}"; do
	stop "$program"
done

# Behind 8 zero bytes, with IKE beside it; then with IKE behind 4 zero bytes
ike=a1b2c3d4e5f60718000000000000000001100200000000000000001c
watch 500
sends 4 500 500 "0000000000000000$esp4" $ike ff
sends 6 500 500 "0000000000000000$esp6"
over
counted 'the non-IKE marker' 'non_ike_esp 2, ike 1, keepalive_ff 1'
check_eq 'what that says' "non-ike format non-ike fits: 2 of 4 datagrams are ESP of SAs of this host behind 8 zero bytes: espencapctl port add 500 format non-ike" \
	"$(report '"\(.format) \(.verdict)"')"
watch rfc3948
sends 4 4500 4500 "$esp4" "00000000$ike" ff
over
counted 'RFC 3948' 'esp 1, marked_ike 1, keepalive_ff 1'
check_eq 'what that says' rfc3948 "$(report .format)"

# What fits nothing: a header of somebody's own, unknown SPIs, keepalives, garbage
watch 2746
sends 4 2746 2746 "000100000000000000000002$esp4" '' ff 00000000ff \
	deadbeef00000001000102030405060708090a0b deadbeef00000002000102030405060708090a0b \
	0000000000000000deadbeef00000003000102030405060708090a0b \
	48454c4c4f 00000000
in_ns a python3 -S "$datagram" raw \
	4500001e0000000040110000c0000201c00002020aba0aba00ff0000ffff
over
counted 'what fits nothing' 'misplaced_esp 1, unknown_esp 2, unknown_non_ike_esp 1, keepalive_empty 1, keepalive_ff 1, keepalive_00000000ff 1, other 2, malformed 1'
check_eq 'the SPI behind 12 bytes' \
	'{"12":1} 2 null no format fits: in 1 of 10 datagrams the SPI of an SA of this host stands behind 12 bytes' \
	"$(report '"\(.framings.misplaced_esp.behind) \(.in_sequence) \(.format) \(.verdict)"')"
# shellcheck disable=SC2016 # expanded by the inner shell
spawn notes ip netns exec b sh -c 'exec espencapctl -d probe 2746 packets 1 > "$1"' - \
	"$LAB_OUT/text"
until_true 20 grep -q probing "$LAB_OUT/notes" || die 'probe does not begin'
sends 4 2746 2746 deadbeef00000002000102030405060708090a0b 00
await 10 'after one datagram it ends by itself' lab_gone "$spawned"
check_eq 'what it prints as text' 'port 2746: 1 datagram in N s
    1 like ESP, but of no SA of this host: 20 bytes, 1 SPI, 1 source, last seen N s before the end from 192.0.2.1:2746
        begins with deadbeef00000002000102030405060708090a0b
    1 of 1 datagrams could be ESP, and 0 of them follow another one in sequence, but no SA of this host has their SPIs' \
	"$(sed 's/[0-9]* s\( \|$\)/N s\1/' "$LAB_OUT/text")"

# Fragments and extension headers: each datagram is one.
watch 2797
for v in 4 6; do
	packets_of wire.pcap "ip$([ $v = 4 ] || echo 6)" > "$LAB_OUT/recorded"
	sed -i 1q "$LAB_OUT/recorded"
	again change fragments 3 backward
	again change fragments 2 forward
done
again change headers hop options routing
change headers hop < "$LAB_OUT/recorded" > "$LAB_OUT/one"
mv "$LAB_OUT/one" "$LAB_OUT/recorded"
again change fragments 3 shuffled
sends 4 2797 2797 "$esp4$(printf 'ab%.0s' {1..4000})"
over
counted 'fragments and extension headers' 'esp 7'
check_eq 'those that came in fragments, and their bytes' \
	"6 $(((${#esp4} * 3 + ${#esp6} * 4) / 2 + 4000))" \
	"$(report '"\(.fragmented) \(.framings.esp.bytes)"')"

# What is not for b
watch 2797
for v in 4 6; do
	receiver c "${behind_b[$v]}" 2797 "behind-$v"
	in_ns a python3 -S "$datagram" send "${outer_a[$v]}" 2797 "${behind_b[$v]}" 2797 \
		"$esp4" ''
	arrives "IPv$v: what b forwards arrives" "behind-$v" "${outer_a[$v]} 2797 -"
	in_ns b python3 -S "$datagram" send "${outer_b[$v]}" 2798 "${outer_a[$v]}" 2797 ff
	sends $v 2797 2798 ff
done
over
counted 'what is for others is not counted, nor what b sends' ''
check_eq 'but told' '4 nothing has arrived for an address of this host, but 4 datagrams for others' \
	"$(report '"\(.not_local) \(.verdict)"')"

# An address and an SA that b has only since; the SAs are read once a second.
watch 2797
ip -n b addr add 192.0.2.77/24 dev b
sa b "${outer_a[4]}" 192.0.2.77 0x777 7 "$key_ab" tunnel
until_true 10 is_on 1000000 || die 'the clock stands still'
in_ns a python3 -S "$datagram" send "${outer_a[4]}" 1 192.0.2.77 2797 \
	000007770000000100010203 "$esp4"
over
counted 'a new address, a new SA, and the SPI of another address' 'esp 1, unknown_esp 1'

# In one piece through lo, where lo does not take it apart: GRO's and GSO's packets are one.
printf '%s\n' "$esp4" "$esp4" "$esp4" > "$LAB_OUT/payloads"
watch 2797
in_ns b python3 -S "$packets" merged "${outer_b[4]}" 1 "${outer_b[4]}" 2797 < "$LAB_OUT/payloads"
over
pieces=1
in_ns b ethtool -k lo | grep -q '^tx-udp-segmentation: on' || pieces=3
check_eq "datagrams that were merged are one, or lo has taken them apart: $pieces" \
	"$pieces $((${#esp4} * 3 / 2))" \
	"$(report '.framings.esp | "\(.datagrams) \(.bytes)"')"

# Through a bridge and its VLAN, a packet comes to b three times.
for ns in a b; do
	ip -n $ns addr flush dev $ns
done
ip -n b link add br0 up type bridge
ip -n b link set dev b master br0
ip -n b link add link br0 name vlan5 up type vlan id 5
ip -n a link add link a name vlan5 up type vlan id 5
addr a vlan5 "${outer_a[4]}/24"
addr b vlan5 "${outer_b[4]}/24"
# its routes went with the last address
ip -n a route add "${inner_b[4]}" dev vlan5 src "${inner_a[4]}"
until_true 10 in_ns a ping -q -c 1 -W 1 "${outer_b[4]}" || die 'the VLAN does not work'
watch 2797
sends 4 2797 2797 "$esp4"
over
counted 'through a bridge and its VLAN: once' 'esp 1'

# A flood of garbage: every tenth SPI is known, the others are all different, and more than
# are told apart.
watch 2797
awk 'BEGIN {
	for (i = 0; i < 40000; i++)
		printf "%08x0000000100000000\n", i % 10 ? 2097152 + i : 1065984
}' > "$LAB_OUT/garbage"
in_ns a ethtool -K a tx on > /dev/null
in_ns a python3 -S "$packets" merged "${outer_a[4]}" 1 "${outer_b[4]}" 2797 < "$LAB_OUT/garbage"
all_is_there
memory=$(awk '$1 == "VmHWM:" { print $2 }' "/proc/$watching/status")
over
lost=$(report .lost)
note "probe used $memory KiB, and lost $lost"
check 'a flood: it has used less than 6 MiB' test "$memory" -lt 6144
check_eq 'each datagram is counted, or lost and said to be' 40000 \
	"$(($(report .datagrams) + lost))"
known=$(report .framings.esp.datagrams)
check 'of those that were counted, a tenth is known' \
	test "$known" -le 4000 -a "$known" -ge $((4000 - lost)) -a "$known" -gt 0
check_eq 'there is an end to the SPIs that it remembers, and it says so' true \
	"$(report '.framings.unknown_esp | .spis <= 32768 and .spis > 24000 and .more_spis')"

# Many SAs: their list comes in parts.
for ((n = 0; n < 1000; n++)); do
	echo "xfrm state add src 192.0.2.1 dst 192.0.2.2 proto esp spi $((0x500000 + n))" \
		"mode tunnel enc ecb(cipher_null) '' auth digest_null ''"
done | ip -n b -batch -
watch 2797
sends 4 2797 2797 0050000000000001000102030405060708090a0b \
	005001f400000001000102030405060708090a0b 005003e700000001000102030405060708090a0b \
	005003e800000001000102030405060708090a0b
over
counted 'the first, one in the middle and the last of 1,000 SAs' 'esp 3, unknown_esp 1'

# With the module, the same
check_not 'nothing of this has loaded the module' grep '^espencap ' /proc/modules
module_uninstall
module_load
ctl b port add 2797
watch 2797
attempts a "${inner_a[4]}" "${inner_b[4]}" 3
over
counted 'with the module' 'esp 3'
check_eq 'the module has got all of them' 3 "$(counter b port 2797 rx_packets)"
check_eq 'what that says' 'format bare fits: 3 of 3 datagrams are ESP of SAs of this host, and the port has it' \
	"$(report .verdict)"
check 'a note says where to look' grep -qF 'espencapctl -s port show 2797' "$LAB_OUT/notes"

plan_done
