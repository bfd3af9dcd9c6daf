#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# NAT keepalives are swallowed, each format's own, and change nothing.
#
#      b ──────── keepalives ──────── a
#                                  espencap, no SA, no peer, and a program with
#                                  a socket on each port, which must not see any
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

# keepalive V PORT PAYLOAD
keepalive() {
	in_ns b python3 -S "$datagram" send "${outer_b[$1]}" "$2" "${outer_a[$1]}" \
		"$2" "$3"
}

# swallowed WHAT V PORT PAYLOAD
swallowed() {
	local what=$1 v=$2 port=$3 payload=$4 before
	before=$(counter a port "$port" rx_keepalives)
	keepalive "$v" "$port" "$payload"
	check_eq "$what on $port, IPv$v: counted" $((before + 1)) \
		"$(counter a port "$port" rx_keepalives)"
}

module_load
gateways
for port in 2797 500 4500; do
	ctl a port add $port
	for v in 4 6; do
		receiver a "${outer_a[$v]}" $port "$port-$v"
	done
done
capture w b keepalives.pcap

for v in 4 6; do
	swallowed 'the empty datagram' $v 2797 ''
	swallowed 'FF' $v 2797 ff
	swallowed '00000000FF' $v 2797 00000000ff
	swallowed 'FF' $v 500 ff
	swallowed 'FF' $v 4500 ff
	# near misses, which also show that the program is listening
	for port in 2797 500 4500; do
		keepalive $v $port fe
		arrives "FE on $port, IPv$v, is none: the program gets it" \
			"$port-$v" "${outer_b[$v]} $port fe"
	done
	for port in 500 4500; do
		keepalive $v $port ''
		arrives "the empty datagram on $port, IPv$v, is none" \
			"$port-$v" "${outer_b[$v]} $port -"
		keepalive $v $port 00000000ff
		arrives "00000000FF on $port, IPv$v, is none" \
			"$port-$v" "${outer_b[$v]} $port 00000000ff"
	done
	for port in 2797 500 4500; do
		check_not "no keepalive on $port, IPv$v, came to the program" \
			grep -qxE "[^ ]+ $port (ff$([ $port != 2797 ] || echo '|-|00000000ff'))" \
			"$LAB_OUT/$port-$v"
	done
done

# RFC 3948, section 2.3: no receiver may rely on the checksum.
before=$(counter a port 500 rx_keepalives)
for sum in 0000 78ac 589b; do
	in_ns b python3 -S "$datagram" raw \
		"45000000 00004000 40110000 c0000202 c0000201 01f401f4 0009$sum ff"
done
check_eq 'keepalives are swallowed with any checksum' $((before + 3)) \
	"$(counter a port 500 rx_keepalives)"

capture_stop keepalives.pcap
wire_none 'nobody answers' keepalives.pcap \
	"not $neighbours and (src host ${outer_a[4]} or src host ${outer_a[6]})"
check_eq 'no peer comes of it' '[]' "$(ctl a -j peer show)"
for port in 2797 500 4500; do
	check_eq "nor does it count as traffic on $port" 0 \
		"$(counter a port $port rx_packets)"
done

plan_done
