#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Known packets, byte for byte, before and after.
#
#   192.1.2.23 ──────── packets made by hand ──────── 192.1.2.45
#       b                                                 a
#                                                     espencap, one SA
#
# A raw socket for ESP in a sees what the kernel hands to XFRM, from the IP
# header on: every framing must come out as the same packet.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

readonly esp=1234567800000001000102030405060708090a0b0c0d0e0f
readonly bare_ip=4500002ca60e40004032104bc0010217c001022d

module_load
ns_add a b
link a a b b
addr a a 192.1.2.45/24
addr b b 192.1.2.23/24
sa a 192.1.2.23 192.1.2.45 0x12345678 1 "$key_ab" tunnel
for port in 2797 2746 1293 10000 500 4500; do
	ctl a port add $port
done
spawn esp.log ip netns exec a python3 -S "$datagram" receive-esp 192.1.2.45 \
	"$LAB_OUT/esp"
until_true 20 grep -q ready "$LAB_OUT/esp" || die 'the raw socket is not there'

before=0
# shellcheck disable=SC2317 # called by await
more() {
	[ "$(wc -l < "$LAB_OUT/esp")" -gt "$before" ]
}

# vector WHAT HEX: comes out as the packet that all of them carry.
vector() {
	before=$(wc -l < "$LAB_OUT/esp")
	in_ns b python3 -S "$datagram" raw "$2"
	await 10 "$1: taken" more
	check_eq "$1: the same ESP packet comes out" "$bare_ip$esp" \
		"$(tail -n 1 "$LAB_OUT/esp")"
}

capture a a vectors.pcap
vector 'RFC 3948 on 4500' \
	"45000034a60e400040111064c0010217c001022d 1194119400200000 $esp"
vector 'bare on 2797' \
	"45000034a60e400040111064c0010217c001022d 0aed0aed00200000 $esp"
vector 'bare on 2797, from a port that a NAT chose' \
	"45000034a60e400040111064c0010217c001022d 9c410aed00200000 $esp"
vector 'bare on 2797, with a checksum' \
	"45000034a60e400040111064c0010217c001022d 0aed0aed0020c49f $esp"
vector 'bare on 2797, with the wrong checksum of a broken router' \
	"45000034a60e400040111064c0010217c001022d 0aed0aed002091c4 $esp"
vector 'bare on 2746' \
	"45000034a60e400040111064c0010217c001022d 0aba0aba00200000 $esp"
vector 'bare on 1293' \
	"45000034a60e400040111064c0010217c001022d 050d050d00200000 $esp"
vector 'bare on 10000' \
	"45000034a60e400040111064c0010217c001022d 2710271000200000 $esp"
vector 'non-IKE marker on 500' \
	"4500003ca60e40004011105cc0010217c001022d 01f401f400280000 0000000000000000 $esp"
vector 'bare on 2797, with padding behind the UDP datagram' \
	"45000038a60e400040111060c0010217c001022d 0aed0aed00200000 $esp 00000000"
capture_stop vectors.pcap
check_eq 'what was sent was UDP' 10 "$(wire_count vectors.pcap udp)"

# IP options stay where they were: 4 bytes of no-operation and end.
before=$(wc -l < "$LAB_OUT/esp")
in_ns b python3 -S "$datagram" raw \
	"46000038a60e400040110000c0010217c001022d01010100 0aed0aed00200000 $esp"
await 10 'an IP header with options: taken' more
check_eq 'with the options before ESP' 01010100"$esp" \
	"$(tail -n 1 "$LAB_OUT/esp" | cut -c 41-)"

# Whoever has a clone of a packet keeps what came.
spawn ip.log ip netns exec a python3 -S "$datagram" receive-ip a "$LAB_OUT/ip"
clones=$spawned
until_true 20 grep -q ready "$LAB_OUT/ip" || die 'the packet socket is not there'
udp=45000034a60e400040111064c0010217c001022d0aed0aed00200000$esp
vector 'of which there is a clone' "$udp"
arrives 'and the clone is as it came' ip "$udp"
stop "$clones"

# A sum that is left to whoever sends it on is UDP's, and must not be written into ESP.
in_ns b ethtool -K b tx on > /dev/null
in_ns a nft -f - <<-'END'
	table ip behind {
		chain in {
			type filter hook input priority 400
			meta l4proto esp queue num 0
		}
	}
END
spawn queue.log ip netns exec a python3 -S queue.py "$LAB_OUT/queued"
queue=$spawned
until_true 20 grep -q ready "$LAB_OUT/queued" || die 'no queue'
before=$(wc -l < "$LAB_OUT/esp")
in_ns b python3 -S "$datagram" send 192.1.2.23 2797 192.1.2.45 2797 $esp
await 10 'a sum that is not finished, and a queue to user space: taken' more
check_eq 'with nothing written into it' "$esp" \
	"$(tail -n 1 "$LAB_OUT/esp" | cut -c 41-)"
check 'the queue has had it' grep -q packet "$LAB_OUT/queued"
in_ns a nft delete table ip behind
stop "$queue"

# A datagram in fragments is taken when it is whole, in whatever order they
# come; a part of one is not.
before=$(wc -l < "$LAB_OUT/esp")
in_ns b python3 -S "$datagram" raw \
	"45000024a60f200240110000c0010217c001022d ${esp:16:32}"
in_ns b python3 -S "$datagram" raw \
	"45000024a60f200040110000c0010217c001022d 0aed0aed00280000 ${esp:0:16}"
check_eq 'two of three fragments are not taken' "$before" \
	"$(wc -l < "$LAB_OUT/esp")"
in_ns b python3 -S "$datagram" raw \
	"4500001ca60f000440110000c0010217c001022d 1011121314151617"
await 10 'a datagram in three fragments, the second first: taken' more
check_eq 'as one packet' "${esp}1011121314151617" \
	"$(tail -n 1 "$LAB_OUT/esp" | cut -c 41-)"

plan_done
