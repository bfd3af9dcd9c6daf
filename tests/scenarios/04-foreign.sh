#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What is not provably ours reaches the socket, byte for byte.
#
#      b ──────── UDP to 2797, 500, 4500, 1293 ──────── a
#   sends IKE,                                       espencap, raw-ESP SAs, and
#   foreign datagrams,                               a program with a socket on
#   near misses                                      each of these ports
#
# For each datagram: the program gets just these bytes, and the port counts it
# under the right name.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

readonly filler=000102030405060708090a0b0c0d0e0f1011121314151617

# foreign WHAT V PORT PAYLOAD COUNTER: comes to the program, and counts there.
foreign() {
	local what=$1 v=$2 port=$3 payload=$4 name=$5 before expected=${4// /}
	expected=${expected:--}
	before=$(counter a port "$port" "$name")
	in_ns b python3 -S "$datagram" send "${outer_b[$v]}" 40001 "${outer_a[$v]}" \
		"$port" "$payload"
	arrives "$what, IPv$v: the program gets it as it was sent" "$port-$v" \
		"${outer_b[$v]} 40001 $expected"
	check_eq "$what, IPv$v: counted as $name" $((before + 1)) \
		"$(counter a port "$port" "$name")"
}

module_load
gateways
for port in 2797 500 4500 1293; do
	ctl a port add $port
done
for v in 4 6; do
	tunnel_sas "$v" "$v"
	for port in 2797 500 4500 1293; do
		receiver a "${outer_a[$v]}" $port "$port-$v"
	done
done
# a larval SA, as when an IKE daemon has chosen the SPI only
ip -n a xfrm state allocspi src "${outer_b[4]}" dst "${outer_a[4]}" proto esp \
	mode tunnel min 0x6000 max 0x6000 > /dev/null

capture w b all.pcap
for v in 4 6; do
	foreign 'an unknown SPI' $v 2797 "00123456 00000001 $filler" rx_unknown_spi
	foreign 'first word 0' $v 2797 "00000000 00000001 $filler" rx_not_esp
	foreign 'eight bytes' $v 2797 "0020${v}${v}00 00000001" rx_not_esp
	foreign 'IKE' $v 500 "a1b2c3d4e5f60718 0000000000000000 21202208 $filler" \
		rx_not_esp
	foreign 'IKE that begins with four zero bytes' $v 500 \
		"00000000e5f60718 0000000000000000 21202208 $filler" rx_not_esp
	foreign 'a marker and no more than an ESP header' $v 500 \
		"0000000000000000 0020${v}${v}00 00000001" rx_not_esp
	foreign 'a marker and an unknown SPI' $v 500 \
		"0000000000000000 00123456 00000001 $filler" rx_unknown_spi
	foreign 'ESP without a marker' $v 500 \
		"0020${v}${v}00 00000001 $filler" rx_not_esp
	foreign 'an empty datagram on 500' $v 500 '' rx_not_esp
	foreign 'IKE behind the non-ESP marker' $v 4500 \
		"00000000 a1b2c3d4e5f60718 0000000000000000 21202208 $filler" \
		rx_not_esp
	foreign 'PacketCable (AP request, DOI IPsec)' $v 1293 \
		"02011000 00000001 $filler" rx_unknown_spi
done
foreign 'the SPI of a larval SA' 4 2797 "00006000 00000001 $filler" \
	rx_unknown_spi

# Another host's SPI is not ours: the SA must be for the destination address.
ip -n a addr add 192.0.2.9/24 dev a
receiver a 192.0.2.9 2797 second-address
in_ns b python3 -S "$datagram" send "${outer_b[4]}" 40001 192.0.2.9 2797 \
	"00204400 00000001 $filler"
arrives 'an SPI of another address of this host' second-address \
	"${outer_b[4]} 40001 0020440000000001$filler"

# Multicast and broadcast carry no ESP, whatever they look like.
readonly group=239.1.2.3
before=$(counter a port 2797 rx_not_unicast)
ip -n a route add 224.0.0.0/4 dev a
ip -n b route add 224.0.0.0/4 dev b
spawn multicast.log ip netns exec a socat -u \
	"UDP4-RECV:2797,bind=$group,ip-add-membership=$group:a,reuseaddr" \
	"CREATE:$LAB_OUT/multicast"
until_true 10 in_ns a sh -c "ss -H -u -a -n | grep -q $group:2797" ||
	die 'nobody is in the multicast group'
sa a "${outer_b[4]}" $group 0x7000 7 "$key_ba" tunnel
in_ns b python3 -S "$datagram" send "${outer_b[4]}" 40001 $group 2797 \
	"00007000 00000001 $filler"
await 10 'ESP to a multicast group reaches the socket' test -s \
	"$LAB_OUT/multicast"
check_eq 'and is not touched' "0000700000000001$filler" \
	"$(od -An -v -tx1 "$LAB_OUT/multicast" | tr -d ' \n')"
check_eq 'and counts as rx_not_unicast' $((before + 1)) \
	"$(counter a port 2797 rx_not_unicast)"

# UDP lengths that cannot be, and padding, need packets made by hand. Checksum
# 0; the kernel puts the one of the IP header in.
udp4() {
	local hex=$1
	in_ns b python3 -S "$datagram" raw \
		"45000000 00004000 40110000 c0000202 c0000201 $hex"
}
before=$(counter a port 2797 rx_malformed)
errors=$(in_ns a nstat -asz UdpInErrors | awk '/UdpInErrors/ { print $2 }')
udp4 "9c410aed 00070000 00204400 00000001 $filler"
udp4 "9c410aed 00ff0000 00204400 00000001 $filler"
await 10 'impossible UDP lengths count as rx_malformed' \
	test $((before + 2)) = "$(counter a port 2797 rx_malformed)"
check_eq 'and UDP itself sees them, as errors' $((errors + 2)) \
	"$(in_ns a nstat -asz UdpInErrors | awk '/UdpInErrors/ { print $2 }')"

# No socket: the sender is told so, as without espencap.
ctl a port add 2746
capture w b unreachable.pcap
in_ns b python3 -S "$datagram" send "${outer_b[4]}" 40001 "${outer_a[4]}" 2746 \
	"00123456 00000001 $filler"
in_ns b python3 -S "$datagram" send "${outer_b[6]}" 40001 "${outer_a[6]}" 2746 \
	"00123456 00000001 $filler"
await 10 'both are counted' test 2 = "$(counter a port 2746 rx_unknown_spi)"
capture_stop unreachable.pcap
wire_some 'an unknown SPI without a socket: ICMP port unreachable' \
	unreachable.pcap 'icmp[0] = 3 and icmp[1] = 3'
wire_some 'an unknown SPI without a socket: ICMPv6 port unreachable' \
	unreachable.pcap 'icmp6 and ip6[40] = 1 and ip6[41] = 4'

# TCP on the same number is another protocol (Argo uses TCP 2746).
spawn tcp.log ip netns exec a socat -u TCP4-LISTEN:2746,reuseaddr \
	"CREATE:$LAB_OUT/tcp"
until_true 10 in_ns a sh -c 'ss -H -t -l -n "sport = :2746" | grep -q .' ||
	die 'nobody listens on TCP 2746'
echo 'TCP 2746' | in_ns b socat -u - "TCP4:${outer_a[4]}:2746"
await 10 'TCP 2746 goes its way' grep -qx 'TCP 2746' "$LAB_OUT/tcp"

# All that came is counted; that each has ended in just one counter, plan_done sees.
capture_stop all.pcap
for port in 2797 500 4500 1293; do
	check_eq "port $port took no packet" 0 "$(counter a port $port rx_packets)"
	check_eq "port $port: what was on the wire is counted" \
		"$(wire_count all.pcap "udp dst port $port")" \
		"$(counter a port $port rx_datagrams)"
done
check_eq 'XFRM has seen none of it' 0 "$(xfrm_errors a)"

plan_done
