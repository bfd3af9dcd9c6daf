#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Every format and preset, both ways, over IPv4 and IPv6, tunnel and transport.
#
#      a ──────── UDP 2797 | 2746 | 1293 | 10000 | 500 | 4500 ──────── b
#   espencap                                                       espencap
#   raw-ESP SAs                                                    raw-ESP SAs
#
# Four tunnels (IPv4 and IPv6, each in IPv4 and IPv6) use the gateways at once;
# then SAs in transport mode take their place. The capture on b's side says
# what was on the wire: ports, lengths, markers, checksums, and what the outer
# IP header kept of XFRM's.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

# on_wire WHAT FILE PORT MARKER V LENGTH SPI: of the packets with the SPIs
# 0x1SPI and 0x2SPI, one for each direction.
on_wire() {
	local what=$1 file=$2 port=$3 marker=$4 v=$5 length=$6 spi=$7 udp ours dir
	# where UDP begins; tcpdump has no udp[] over IPv6
	udp='udp[' ours="ip and src port $port and dst port $port"
	[ "$v" = 4 ] || udp='ip6[40+' ours="ip6 and src port $port and dst port $port"
	for dir in 1 2; do
		local this="$ours and ${udp}$((8 + marker)):4] = 0x$dir$spi"
		wire_some "$what, direction $dir: SPI after $((8 + marker)) bytes, UDP length $length" \
			"$file" "$this and ${udp}4:2] = $length" 3
		wire_none "$what, direction $dir: no other length" "$file" \
			"$this and ${udp}4:2] != $length"
		if [ "$marker" = 8 ]; then
			wire_none "$what, direction $dir: 8 zero bytes" "$file" \
				"$this and (${udp}8:4] != 0 or ${udp}12:4] != 0)"
		fi
	done
}

checksums() {
	wire_none "$1: UDP checksum 0 over IPv4" "$2" 'ip and udp[6:2] != 0'
	wire_none "$1: a UDP checksum over IPv6" "$2" 'ip6 and udp and ip6[46:2] = 0'
	wire_checksums_ok "$1: IP checksums are right" "$2" 'ip and udp'
	wire_checksums_ok "$1: UDP checksums over IPv6 are right" "$2" 'ip6 and udp'
}

# all_tunnels WHAT FILE PORT MARKER: pings of 56 bytes through each tunnel.
all_tunnels() {
	local what=$1 file=$2 port=$3 marker=$4 o i
	local -A size=([4]=84 [6]=104)
	capture w b "$file"
	for o in 4 6; do
		for i in 4 6; do
			ip -n a xfrm policy flush
			ip -n b xfrm policy flush
			policies "$o" "$i"
			check "$what: ping, IPv$i in a tunnel over IPv$o" \
				pings a "${inner_a[$i]}" "${inner_b[$i]}" 3
		done
	done
	capture_stop "$file"
	only_udp "$what" "$file" "$port"
	for o in 4 6; do
		for i in 4 6; do
			on_wire "$what, IPv$i over IPv$o" "$file" "$port" "$marker" \
				"$o" "$((8 + marker + $(esp_length "${size[$i]}")))" \
				"0$o${i}00"
		done
	done
	checksums "$what" "$file"
}

# all_transports WHAT FILE PORT MARKER: pings of 56 bytes in transport mode.
all_transports() {
	local what=$1 file=$2 port=$3 marker=$4 v
	capture w b "$file"
	for v in 4 6; do
		check "$what: ping, transport mode, IPv$v" \
			pings a "${outer_a[$v]}" "${outer_b[$v]}" 3
	done
	capture_stop "$file"
	only_udp "$what, transport mode" "$file" "$port"
	for v in 4 6; do
		on_wire "$what, transport mode, IPv$v" "$file" "$port" "$marker" \
			"$v" "$((8 + marker + $(esp_length 64)))" "70${v}00"
	done
	checksums "$what, transport mode" "$file"
}

module_load
gateways

for each in '2797 bare 0' '500 non-ike 8' '4500 rfc3948 0'; do
	read -r port format marker <<< "$each"
	serve "$port" "$format"
	for tunnel in '4 4' '4 6' '6 4' '6 6'; do
		# shellcheck disable=SC2086 # two words
		tunnel_sas $tunnel
	done
	all_tunnels "$format" "$port-tunnel.pcap" "$port" "$marker"
	xfrm_clear a b
	transport 4
	transport 6
	all_transports "$format" "$port-transport.pcap" "$port" "$marker"
	xfrm_clear a b
	check_eq "$format: XFRM has no errors" '0 0' \
		"$(xfrm_errors a) $(xfrm_errors b)"
	ctl a flush
	ctl b flush
done

# The presets that are left, all at once, each with its format by its number;
# every direction uses a port of its own.
for port in 2746 1293 10000 500; do
	ctl a port add "$port"
	ctl b port add "$port"
done
ctl a peer add "${outer_b[4]}" port 2746
ctl b peer add "${outer_a[4]}" port 1293
ctl a peer add "${outer_b[6]}" port 10000
ctl b peer add "${outer_a[6]}" port 500
tunnel 4 4
tunnel 6 6
capture w b presets.pcap
check 'ports of four presets at once: ping over IPv4' \
	pings a "${inner_a[4]}" "${inner_b[4]}" 3
check 'ports of four presets at once: ping over IPv6' \
	pings a "${inner_a[6]}" "${inner_b[6]}" 3
capture_stop presets.pcap
only_udp 'ports of four presets at once' presets.pcap 2746 1293 10000 500
wire_some 'IPv4 to b on 2746, the SPI at byte 8' presets.pcap \
	"ip and dst host ${outer_b[4]} and src port 2746 and dst port 2746
		and udp[8:4] = 0x104400" 3
wire_some 'IPv4 to a on 1293, the SPI at byte 8' presets.pcap \
	"ip and dst host ${outer_a[4]} and src port 1293 and dst port 1293
		and udp[8:4] = 0x204400" 3
wire_some 'IPv6 to b on 10000, the SPI at byte 8' presets.pcap \
	"ip6 and dst host ${outer_b[6]} and src port 10000 and dst port 10000
		and ip6[48:4] = 0x106600" 3
wire_some 'IPv6 to a on 500, the SPI at byte 16' presets.pcap \
	"ip6 and dst host ${outer_a[6]} and src port 500 and dst port 500
		and ip6[56:4] = 0x206600" 3
check_eq 'a counts what it sent on 2746' 3 "$(counter a port 2746 tx_packets)"
check_eq 'b counts what came on 2746' 3 "$(counter b port 2746 rx_packets)"
check_eq 'a counts what came on 500' 3 "$(counter a port 500 rx_packets)"
check_eq 'a counts it for the peer as well' 3 \
	"$(counter a peer "${outer_b[6]}" rx_packets)"
check_eq 'in bytes of ESP' "$((3 * $(esp_length 104)))" \
	"$(counter a peer "${outer_b[6]}" rx_bytes)"
xfrm_clear a b

# What the outer header had from XFRM stays: DSCP and ECN, TTL, DF, the ID.
tunnel 4 4
tunnel 6 6
capture w b header.pcap
check 'ping with DSCP 46 and ECT(0)' \
	pings a "${inner_a[4]}" "${inner_b[4]}" 3 -Q 0xba
check 'ping over IPv6 with DSCP 46 and ECT(0)' \
	pings a "${inner_a[6]}" "${inner_b[6]}" 3 -Q 0xba
check 'ping with DF' pings a "${inner_a[4]}" "${inner_b[4]}" 3 -M 'do' -s 100
check 'ping without DF' pings a "${inner_a[4]}" "${inner_b[4]}" 3 -M dont -s 200
capture_stop header.pcap
wire_some 'DSCP and ECN of IPv4 are on the outside' header.pcap \
	"ip and dst host ${outer_b[4]} and ip[1] = 0xba" 3
wire_some 'DSCP and ECN of IPv6 are on the outside' header.pcap \
	"ip6 and dst host ${outer_b[6]} and ip6[0:2] & 0x0ff0 = 0x0ba0" 3
wire_none 'TTL and hop limit are 64' header.pcap \
	'(ip and ip[8] != 64) or (ip6 and udp and ip6[7] != 64)'
wire_some 'with DF, DF is set' header.pcap \
	"ip and dst host ${outer_b[4]} and udp[4:2] = $((8 + $(esp_length 128)))
		and ip[6:2] = 0x4000" 3
wire_some 'without DF, it is not' header.pcap \
	"ip and dst host ${outer_b[4]} and udp[4:2] = $((8 + $(esp_length 228)))
		and ip[6:2] = 0" 3
ids=$(wire_dump header.pcap "ip and dst host ${outer_b[4]} and ip[6:2] = 0" |
	grep -oE 'id [0-9]+' | sort | uniq -c | awk '$1 > 1 || $3 == 0')
check_eq 'without DF, every ID is another and none is 0' '' "$ids"

plan_done
