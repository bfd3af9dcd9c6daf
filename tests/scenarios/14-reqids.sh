#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Peers at one address, told apart by the reqid of their SAs.
#
#      a ──────── UDP 2797, 500, or plain ESP ──────── b
#
# Three tunnels between the same two addresses: reqids 41, 42 and 43. A peer
# with a reqid serves its own SAs only, one without it serves the rest.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

# ping_each WHAT FILE: through each of the three tunnels.
ping_each() {
	local n
	capture w b "$2"
	for n in 1 2 3; do
		check "$1: ping through the tunnel of reqid 4$n" \
			pings a 10.1.1.$n 10.2.1.$n 3
	done
	capture_stop "$2"
}

readonly to_b="dst host ${outer_b[4]}"

module_load
gateways
for n in 1 2 3; do
	addr a lo 10.1.1.$n/32
	addr b lo 10.2.1.$n/32
	ip -n a route replace 10.2.1.$n dev a src 10.1.1.$n
	ip -n b route replace 10.1.1.$n dev b src 10.2.1.$n
	sa_pair a "${outer_a[4]}" b "${outer_b[4]}" 0x100$n 4$n "$key_ab" tunnel
	sa_pair b "${outer_b[4]}" a "${outer_a[4]}" 0x200$n 4$n "$key_ba" tunnel
	tunnel_policies a "${outer_a[4]}" "${outer_b[4]}" 10.1.1.$n 10.2.1.$n 4$n
	tunnel_policies b "${outer_b[4]}" "${outer_a[4]}" 10.2.1.$n 10.1.1.$n 4$n
done
for ns in a b; do
	ctl $ns port add 2797 learn off
	ctl $ns port add 500 learn off
	ctl $ns port add 10000 learn off
done

ctl a peer add "${outer_b[4]}" reqid 41 port 2797
ctl a peer add "${outer_b[4]}" reqid 42 port 500
ping_each 'two peers with reqids' two.pcap
wire_some 'reqid 41 goes over 2797' two.pcap \
	"$to_b and udp dst port 2797 and udp[8:4] = 0x1001" 3
wire_some 'reqid 42 goes over 500' two.pcap \
	"$to_b and udp dst port 500 and udp[16:4] = 0x1002" 3
wire_some 'reqid 43 has no peer: plain ESP' two.pcap \
	"$to_b and ip proto 50 and ip[20:4] = 0x1003" 3
wire_none 'and nothing else' two.pcap "$to_b and
	not (udp dst port 2797 and udp[8:4] = 0x1001) and
	not (udp dst port 500 and udp[16:4] = 0x1002) and
	not (ip proto 50 and ip[20:4] = 0x1003) and not arp"

ctl a peer add "${outer_b[4]}" port 10000
ping_each 'and one without' three.pcap
wire_some 'reqid 41 still goes over 2797' three.pcap \
	"$to_b and udp dst port 2797 and udp[8:4] = 0x1001" 3
wire_some 'reqid 43 goes over 10000 now' three.pcap \
	"$to_b and udp dst port 10000 and udp[8:4] = 0x1003" 3
wire_none 'nothing goes as plain ESP' three.pcap "$to_b and ip proto 50"
check_eq 'each peer has counted its own' '3 6 6' \
	"$(ctl a -j -s peer show "${outer_b[4]}" |
		jq -r 'sort_by(.reqid) | map(.stats.tx_packets) | join(" ")')"

# What comes in is counted for the peer of the SA, on whatever port.
ctl b peer add "${outer_a[4]}" reqid 42 port 500
check 'ping back over 500' pings a 10.1.1.2 10.2.1.2 3
check_eq 'the peer of reqid 42 has received three' '0 0 3' \
	"$(ctl a -j -s peer show "${outer_b[4]}" |
		jq -r 'sort_by(.reqid) | map(.stats.rx_packets) | join(" ")')"

check_exit 'the same reqid again is refused' 2 'already added' \
	ctl a peer add "${outer_b[4]}" reqid 41 port 500
check_exit 'the same address without a reqid, too' 2 'already added' \
	ctl a peer add "${outer_b[4]}" port 500
check 'without a reqid, del takes the peer without one' \
	ctl a peer del "${outer_b[4]}"
check_eq 'the others stay' '41 42' \
	"$(ctl a -j peer | jq -r 'map(.reqid) | sort | join(" ")')"
check_exit 'now it would be ambiguous, and is refused' 2 'Several peers' \
	ctl a peer del "${outer_b[4]}"
check_eq 'and has changed nothing' 2 "$(ctl a -j peer | jq length)"
check 'with its reqid, one goes' ctl a peer del "${outer_b[4]}" reqid 41
check 'the last one can be named by its address alone' \
	ctl a peer del "${outer_b[4]}"
check_eq 'none is left' '[]' "$(ctl a -j peer)"
check_exit 'nor can it be deleted again' 2 'no such peer' \
	ctl a peer del "${outer_b[4]}"
check_eq 'XFRM has no errors' '0 0' "$(xfrm_errors a) $(xfrm_errors b)"

# An SA that takes another one's place, with its SPI, has its own peer at once.
ctl a peer add "${outer_b[4]}" reqid 41 port 2797
ctl a peer add "${outer_b[4]}" reqid 49 port 10000
capture w b anew.pcap
attempts a 10.1.1.1 10.2.1.1 1
ip -n a xfrm state delete src "${outer_a[4]}" dst "${outer_b[4]}" proto esp spi 0x1001
sa a "${outer_a[4]}" "${outer_b[4]}" 0x1001 49 "$key_ab" tunnel
ip -n a xfrm policy update src 10.1.1.1 dst 10.2.1.1 dir out \
	tmpl src "${outer_a[4]}" dst "${outer_b[4]}" proto esp reqid 49 mode tunnel
attempts a 10.1.1.1 10.2.1.1 1
capture_stop anew.pcap
check_eq 'an SA that takes the place of another: each goes its own way' '2797 10000' \
	"$(tcpdump -nn -t -r "$LAB_OUT/anew.pcap" "$to_b and udp[8:4] = 0x1001" 2> /dev/null |
		sed -n 's/^[^>]*> [^ ]*\.\([0-9]*\): .*/\1/p' | xargs)"

# Nor does an SPI alone say whose it is: SPIs are chosen by those who receive.
readonly second=192.0.2.9
addr b b $second/24
ctl a peer add $second port 500
sa a "${outer_a[4]}" $second 0x1001 44 "$key_ab" tunnel
sa b "${outer_a[4]}" $second 0x1001 44 "$key_ab" tunnel
tunnel_policies a "${outer_a[4]}" $second 10.1.1.1 10.2.1.9 44
ip -n a route add 10.2.1.9 dev a src 10.1.1.1
capture w b both.pcap
for n in 1 9 1; do
	attempts a 10.1.1.1 10.2.1.$n 1
done
capture_stop both.pcap
check_eq 'the same SPI, and another address: each goes its own way' \
	"${outer_b[4]}.10000 $second.500 ${outer_b[4]}.10000" \
	"$(tcpdump -nn -t -r "$LAB_OUT/both.pcap" "udp and src host ${outer_a[4]}" 2> /dev/null |
		sed -n 's/^[^>]*> \([^ ]*\): .*/\1/p' | xargs)"

# What a program makes itself is of no SA.
ctl a peer add "${outer_b[6]}" port 10000
ctl a peer add "${outer_b[4]}" port 10000
capture w b program.pcap
echo 0123456789abcdef | in_ns a socat -u - "IP4-SENDTO:${outer_b[4]}:50"
echo 0123456789abcdef | in_ns a socat -u - "IP6-SENDTO:[${outer_b[6]}]:50"
goes_as_it_is() {
	[ "$(wire_count program.pcap "$1")" = 1 ]
}
await 10 'ESP of a program, IPv4: as it is' goes_as_it_is "$to_b and ip proto 50"
await 10 'ESP of a program, IPv6: as it is' goes_as_it_is \
	"dst host ${outer_b[6]} and ip6 proto 50"
capture_stop program.pcap

plan_done
