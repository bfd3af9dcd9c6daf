# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# The lab itself, without espencap: two gateways with a native ESP tunnel.
#
#    10.1.0.1 (lo)                                (lo) 10.2.0.1
#   +---------+  192.0.2.1             192.0.2.2  +---------+
#   |  left   |---- wan ---- between ---- wan ----|  right  |
#   +---------+         only ESP here             +---------+
#
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"

# sa NS FROM TO SPI: one direction of the tunnel, as NS knows it.
sa() {
	ip -n "$1" xfrm state add src "$2" dst "$3" proto esp spi "$4" reqid 1 \
		mode tunnel replay-window 128 \
		aead 'rfc4106(gcm(aes))' 0x000102030405060708090a0b0c0d0e0f10111213 128
}

# policies NS OWN PEER OWN-NET PEER-NET
policies() {
	ip -n "$1" xfrm policy add src "$4" dst "$5" dir out \
		tmpl src "$2" dst "$3" proto esp reqid 1 mode tunnel
	ip -n "$1" xfrm policy add src "$5" dst "$4" dir in \
		tmpl src "$3" dst "$2" proto esp reqid 1 mode tunnel
}

ns_add left right
wire between left wan right wan
addr left wan 192.0.2.1/24
addr left lo 10.1.0.1/32
addr right wan 192.0.2.2/24
addr right lo 10.2.0.1/32
ip -n left route add 10.2.0.0/16 dev wan src 10.1.0.1
ip -n right route add 10.1.0.0/16 dev wan src 10.2.0.1

for ns in left right; do
	sa "$ns" 192.0.2.1 192.0.2.2 0x1001
	sa "$ns" 192.0.2.2 192.0.2.1 0x1002
done
policies left 192.0.2.1 192.0.2.2 10.1.0.0/16 10.2.0.0/16
policies right 192.0.2.2 192.0.2.1 10.2.0.0/16 10.1.0.0/16

capture between left wan.pcap
check 'ping goes through the tunnel' \
	in_ns left ping -c 5 -i 0.05 -W 5 -I 10.1.0.1 10.2.0.1
capture_stop wan.pcap

check_eq 'each ping and each answer is one ESP packet' \
	10 "$(wire_count wan.pcap 'ip proto 50')"
wire_none 'nothing but ESP is on the wire' wan.pcap 'ip and not ip proto 50'

ip -n right xfrm state flush
check_not 'without its SAs the other side does not answer' \
	in_ns left ping -c 1 -W 1 -I 10.1.0.1 10.2.0.1

plan_done
