#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# SAs with an encapsulation template, as IKE daemons make them when they find a
# NAT, on a legacy port.
#
#   c ──── r ──── g      see nat.sh
#
# The SAs say 4500 on both sides. The client's espencap puts them on 2797 (or, with
# the marker, on 500), and the gateway's finds them there; what the kernel itself
# sends to 4500 it leaves alone. A program in each holds 4500 with UDP_ENCAP, as
# an IKE daemon does.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=nat.sh
. ./nat.sh

# encap_tunnel V PORT: the gateway knows the client's 4500 as PORT of the router.
encap_tunnel() {
	nat_sas "$1" "${public[$1]}" tunnel "$2"
	nat_policies "$1" "${public[$1]}"
}

served() {
	local v=$1 what=$2
	check "IPv$v, $what: ping" pings c "${inner_b[$v]}" "${inner_a[$v]}" 5
	check "IPv$v, $what: ping back" pings g "${inner_a[$v]}" "${inner_b[$v]}" 5
}

# one_family V PORT FORMAT MARKER
one_family() {
	local v=$1 port=$2 format=$3 file=$1-$2 spi
	spi="udp[$((8 + $4)):4]"
	[ "$v" = 4 ] || spi="ip6[$((48 + $4)):4]"
	local old="udp[8:4]"
	[ "$v" = 4 ] || old='ip6[48:4]'

	nat_map 40000-40999
	xfrm_monitor g "$file.events"
	events=$spawned
	encap_tunnel "$v" 45000

	ctl g port add "$port" format "$format"
	ctl c port add "$port" format "$format"
	ctl c peer add "${gateway[$v]}" reqid 1 port "$port"
	capture between g "$file.pcap"
	served "$v" "port $port"
	capture_stop "$file.pcap"
	only_udp "IPv$v: port $port" "$file.pcap" "$port"
	wire_some "IPv$v, $port: ESP to the gateway, the SPI at byte $((8 + $4))" \
		"$file.pcap" "udp dst port $port and $spi = 0x1000" 10
	wire_some "IPv$v, $port: and back, to where the client is" "$file.pcap" \
		"udp src port $port and udp dst port $(mapped_port "$v" "$port") and $spi = 0x2000" 10
	wire_checksums_ok "IPv$v, $port: checksums are right" "$file.pcap" udp
	check_eq "IPv$v, $port: the peer was learned" \
		"learned ${public[$v]} $(mapped_port "$v" "$port")" \
		"$(ctl g -j peer | jq -r '.[0].origin') $(endpoint)"
	check_eq "IPv$v, $port: and counted" '10 10' \
		"$(counter g port "$port" rx_packets) $(counter g port "$port" tx_packets)"
	check_eq "IPv$v, $port: XFRM has no errors" '0 0' \
		"$(xfrm_errors c) $(xfrm_errors g)"

	# A client that turns to the kernel's own port is answered there.
	nat_map 45000-45000
	ctl c peer del "${gateway[$v]}"
	capture between g "$file-4500.pcap"
	served "$v" 'back on 4500'
	capture_stop "$file-4500.pcap"
	check "IPv$v: the learned peer has ended" no_peers g
	wire_none "IPv$v: on 4500 only" "$file-4500.pcap" "udp and not port 4500"
	wire_some "IPv$v: answers come from 4500" "$file-4500.pcap" \
		"udp src port 4500 and $old = 0x2000" 10

	# And once more on the legacy port.
	nat_map 42000-42999
	ctl c peer add "${gateway[$v]}" reqid 1 port "$port"
	served "$v" 'on the legacy port again'
	stop "$events"
	check "IPv$v: XFRM has told of its SAs" says '^src .* dst ' "$file.events"
	check_eq "IPv$v: the IKE daemon is told of no mapping" 0 \
		"$(grep -ci mapping "$LAB_OUT/$file.events" || true)"

	ctl c flush
	ctl g flush
	xfrm_clear c g
}

module_load
nat_topology
for v in 4 6; do
	receiver g "${gateway[$v]}" 4500 "ike-g-$v" 2
	receiver c "${client[$v]}" 4500 "ike-c-$v" 2
done
for v in 4 6; do
	one_family $v 2797 bare 0
	one_family $v 500 non-ike 8
done

# Whose SPI is not at that address, and whose reqid has no peer, is left alone: a
# neighbour's 4500 at the same address, and SAs without a template beside it.
nat_map 45000-45000
encap_tunnel 4 45000
ctl g port add 2797
ctl g peer add "${public[4]}" port 2797
capture between g any.pcap
served 4 'a peer for any SA does not take SAs with a template'
capture_stop any.pcap
wire_none 'nothing on 2797' any.pcap 'udp port 2797'
ctl g peer add "${public[4]}" reqid 7 port 2797
capture between g other.pcap
served 4 'nor do one for another reqid and the first together'
capture_stop other.pcap
wire_none 'nothing on 2797' other.pcap 'udp port 2797'
ctl g flush
# A static peer that names the reqid needs no packet first.
ctl g port add 2797
ctl g peer add "${public[4]}" reqid 1 port 2797 endpoint "${public[4]}:46000" pin
capture between g named.pcap
in_ns g ping -q -n -c 2 -i 0.1 -W 0.5 -I 10.1.0.1 10.2.0.1 > /dev/null || true
capture_stop named.pcap
wire_some 'a peer that names the reqid takes them' named.pcap \
	'udp src port 2797 and udp dst port 46000 and udp[8:4] = 0x2000' 2
wire_none 'all of them' named.pcap 'udp src port 4500'
ctl g flush

# A neighbour of the client's, whom the router shows under the same address and the
# same port, stays on 4500.
xfrm_clear c g
ctl c flush
nat_another
readonly neighbour=172.17.0.2
for ns in d g; do
	own=$neighbour port=4500
	[ $ns = d ] || own=${public[4]} port=45000
	sa $ns "$own" "${gateway[4]}" 0x1200 2 "$key_ab" tunnel \
		encap espinudp $port 4500 0.0.0.0
	sa $ns "${gateway[4]}" "$own" 0x2200 2 "$key_ba" tunnel \
		encap espinudp 4500 $port 0.0.0.0
done
tunnel_policies d $neighbour "${gateway[4]}" 10.2.0.2 10.1.0.1 2
tunnel_policies g "${gateway[4]}" "${public[4]}" 10.1.0.1 10.2.0.2 2
encap_tunnel 4 45001
receiver d $neighbour 4500 ike-d 2
nat_map 45000-45000
ctl g port add 2797
ctl c port add 2797 learn off
ctl c peer add "${gateway[4]}" reqid 1 port 2797
capture between g neighbour.pcap
served 4 'a client on 2797'
check 'its neighbour on 4500: ping' pings d 10.2.0.2 10.1.0.1 5
check 'its neighbour on 4500: ping back' pings g 10.1.0.1 10.2.0.2 5
served 4 'a client on 2797, once more'
capture_stop neighbour.pcap
wire_some 'the client is answered from 2797' neighbour.pcap \
	'udp src port 2797 and udp dst port 45000 and udp[8:4] = 0x2000' 20
wire_some 'its neighbour from 4500, at the same port' neighbour.pcap \
	'udp src port 4500 and udp dst port 45000 and udp[8:4] = 0x2200' 10
wire_none 'nothing goes another way' neighbour.pcap \
	"src host ${gateway[4]} and not arp and
		not (src port 2797 and udp[8:4] = 0x2000) and
		not (src port 4500 and udp[8:4] = 0x2200)"
check_eq 'the client is the only peer' "learned 1 ${public[4]} 45000" \
	"$(ctl g -j peer | jq -r '.[0] | "\(.origin) \(.reqid)"') $(endpoint)"
ctl c flush
ctl g flush
xfrm_clear c d g
nat_map 45000-45000
encap_tunnel 4 45000

# Where a socket has UDP_ENCAP, all is as without espencap, in both directions.
ctl g port add 4500 2> /dev/null
ctl g peer add "${public[4]}" reqid 1 port 4500 endpoint "${public[4]}:46000" pin
served 4 'port add 4500 beside UDP_ENCAP'
check 'what came was left to the kernel' test \
	"$(counter g port 4500 rx_encap_sa)" -ge 10
check_eq 'and nothing else was done' '0 0' \
	"$(counter g port 4500 rx_packets) $(counter g port 4500 tx_packets)"
ctl g flush
xfrm_clear c g

check_eq 'XFRM has no errors' '0 0' "$(xfrm_errors c) $(xfrm_errors g)"

plan_done
