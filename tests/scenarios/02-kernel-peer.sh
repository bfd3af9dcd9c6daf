#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A peer that has no espencap: the kernel's own ESP in UDP speaks for it.
#
#      a ──────── UDP 2797 | 500 ──────── b
#   espencap                           a socket with UDP_ENCAP, and
#   raw-ESP SAs                        SAs with "encap espinudp"
#
# What espencap sends, another implementation takes, and the other way round.
# The 8-byte marker can be had from kernels below 6.10 only.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

# kernel_peer V PORT TYPE ENCAP: the tunnel's SAs, with a template in b.
kernel_peer() {
	local v=$1 port=$2 encap=$4 any
	any=0.0.0.0
	[ "$v" = 4 ] || any=::
	sa a "${outer_a[$v]}" "${outer_b[$v]}" 0x1000 1 "$key_ab" tunnel
	sa a "${outer_b[$v]}" "${outer_a[$v]}" 0x2000 1 "$key_ba" tunnel
	sa b "${outer_a[$v]}" "${outer_b[$v]}" 0x1000 1 "$key_ab" tunnel \
		encap "$encap" "$port" "$port" "$any"
	sa b "${outer_b[$v]}" "${outer_a[$v]}" 0x2000 1 "$key_ba" tunnel \
		encap "$encap" "$port" "$port" "$any"
	tunnel_policies a "${outer_a[$v]}" "${outer_b[$v]}" \
		"${inner_a[$v]}" "${inner_b[$v]}" 1
	tunnel_policies b "${outer_b[$v]}" "${outer_a[$v]}" \
		"${inner_b[$v]}" "${inner_a[$v]}" 1
}

# last port|peer SELECTOR: when packets came and were sent, seconds ago.
last() {
	ctl a -j "$1" show "$2" | jq -c '.[0] | [.last_rx, .last_tx]'
}

# passed SECONDS port|peer SELECTOR: both ways, no longer ago; moments are kept to about a
# second, or to three where a tick takes a hundredth of one.
passed() {
	last "$2" "$3" | jq -e --argjson s "$1" 'all(.[]; . != null and . <= $s + 3)'
}

# with_kernel_peer V PORT FORMAT TYPE ENCAP
with_kernel_peer() {
	local v=$1 port=$2 format=$3 type=$4 encap=$5 what file socket begun
	what="$format on $port, IPv$v" file=$format-$v.pcap
	receiver b "${outer_b[$v]}" "$port" "$port-$v" "$type"
	socket=$spawned
	kernel_peer "$v" "$port" "$type" "$encap"
	ctl a port add "$port" format "$format"
	ctl a peer add "${outer_b[$v]}" port "$port"
	check_eq "$what: nothing has passed" '[null,null] [null,null]' \
		"$(last port "$port") $(last peer "${outer_b[$v]}")"
	capture w b "$file"
	begun=$SECONDS
	check "$what: ping" pings a "${inner_a[$v]}" "${inner_b[$v]}" 3
	check "$what: ping from the peer" \
		pings b "${inner_b[$v]}" "${inner_a[$v]}" 3
	check "$what: a ping of 1400 bytes" \
		pings a "${inner_a[$v]}" "${inner_b[$v]}" 3 -s 1400
	check "$what: it has, on the port" passed $((SECONDS - begun)) port "$port"
	check "$what: and with the peer" passed $((SECONDS - begun)) peer "${outer_b[$v]}"
	capture_stop "$file"
	only_udp "$what" "$file" "$port"
	check_eq "$what: XFRM has no errors" '0 0' \
		"$(xfrm_errors a) $(xfrm_errors b)"
	ctl a flush
	xfrm_clear a b
	check_eq "$what: the program saw none of it" ready \
		"$(cat "$LAB_OUT/$port-$v")"
	stop "$socket"
}

module_load
gateways
for v in 4 6; do
	with_kernel_peer "$v" 2797 bare 2 espinudp
	with_kernel_peer "$v" 4500 rfc3948 2 espinudp
done

if ip -n b xfrm state add src "${outer_a[4]}" dst "${outer_b[4]}" proto esp \
	spi 0x3000 mode tunnel aead 'rfc4106(gcm(aes))' "$key_ab" 128 \
	encap espinudp-nonike 500 500 0.0.0.0 2> /dev/null; then
	xfrm_clear b
	for v in 4 6; do
		with_kernel_peer "$v" 500 non-ike 1 espinudp-nonike
	done
else
	note 'this kernel has no espinudp-nonike: the marker was not tried against it'
fi

plan_done
