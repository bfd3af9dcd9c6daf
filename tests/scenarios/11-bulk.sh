#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# Bulk TCP both ways at MTU 1500, and every size around the largest.
#
#      a ════════ TCP in a tunnel ════════ b
#
# 8 or 16 bytes are added to each packet, so that XFRM and TCP must use a
# smaller path MTU: nothing may be lost without a word, nothing fragmented.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=tcp.sh
. ./tcp.sh

readonly amount=2000000

# port_and_format PORT FORMAT ADDED
port_and_format() {
	local port=$1 format=$2 added=$3 v esp header ns
	serve "$port" "$format"
	for v in 4 6; do
		tunnel $v $v
		capture w b "$format-$v.pcap" 'greater 1200 or ip[6:2] & 0x3fff != 0 or (ip6 and ip6[6] = 44)'
		tcp "$format, IPv$v" "${inner_a[$v]}" "${inner_b[$v]}" $amount
		tcp "$format, IPv$v, other way" "${inner_a[$v]}" "${inner_b[$v]}" \
			$amount back
		sizes "$format, IPv$v" a "${inner_a[$v]}" "${inner_b[$v]}" 1350 1440
		capture_stop "$format-$v.pcap"
		wire_none "$format, IPv$v: no fragment on the wire" \
			"$format-$v.pcap" "$fragments"
		only_udp "$format, IPv$v" "$format-$v.pcap" "$port"
		wire_none "$format, IPv$v: no packet above the MTU" \
			"$format-$v.pcap" 'greater 1515'
		# The largest packet: within ESP's padding of the link's MTU.
		header=20
		[ $v = 4 ] || header=40
		esp=$(esp_length $((largest + 8 + header)))
		check "$format, IPv$v: the next size would not have fitted" \
			test $((header + added + esp + 4)) -gt 1500
		wire_some "$format, IPv$v: the largest left as one packet" \
			"$format-$v.pcap" "udp and (ip[2:2] = $((20 + added + esp))
				or ip6[4:2] = $((added + esp)))"
		check_eq "$format, IPv$v: XFRM has no errors" '0 0' \
			"$(xfrm_errors a) $(xfrm_errors b)"
		check_eq "$format, IPv$v: no packet was too big for its header" '0 0' \
			"$(counter a port "$port" tx_too_big) $(
			counter b port "$port" tx_too_big)"
		xfrm_clear a b
	done
	ctl a flush
	ctl b flush
	for ns in a b; do
		ip -n $ns -4 route flush cache
		ip -n $ns -6 route flush cache
	done
}

module_load
gateways
port_and_format 2797 bare 8
port_and_format 500 non-ike 16

plan_done
