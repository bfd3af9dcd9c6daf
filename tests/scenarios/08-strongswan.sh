#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# Two strongSwan gateways negotiate raw ESP; their tunnel runs over 2797.
#
#      a ──── IKEv2 on 500 and 4500, ESP in UDP 2797 ──── b
#   charon, espencap                                   charon, espencap
#
# No NAT between them, so that they negotiate ESP without encapsulation. Not one
# line of charon's configuration knows of espencap.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=charon.sh
. ./charon.sh

module_load
gateways
charon_start a
charon_start b
serve 2797

for v in 4 6; do
	charon_connection a "${outer_a[$v]}" "${outer_b[$v]}" \
		"${inner_a[$v]}/${bits[$v]}" "${inner_b[$v]}/${bits[$v]}"
	charon_connection b "${outer_b[$v]}" "${outer_a[$v]}" \
		"${inner_b[$v]}/${bits[$v]}" "${inner_a[$v]}/${bits[$v]}"
	capture w b "ike-$v.pcap"
	check "IPv$v: the gateways negotiate a tunnel" \
		swanctl_in a --initiate --child tunnel --timeout 60
	check_eq "IPv$v: its SAs have no encapsulation" 0 \
		"$(ip -n a xfrm state | grep -c 'encap type' || true)"
	check "IPv$v: ping" pings a "${inner_a[$v]}" "${inner_b[$v]}" 5
	spis > "$LAB_OUT/spis"
	check "IPv$v: the tunnel is rekeyed" \
		swanctl_in a --rekey --child tunnel
	await 30 "IPv$v: charon has new SAs" rekeyed
	check "IPv$v: ping with the new SAs" \
		pings a "${inner_a[$v]}" "${inner_b[$v]}" 5
	capture_stop "ike-$v.pcap"
	only_udp "IPv$v" "ike-$v.pcap" 500 4500 2797
	# MOBIKE takes IKE to 4500, where ESP would have no zero marker.
	payload='udp[8:4]'
	[ $v = 4 ] || payload='ip6[48:4]'
	wire_none "IPv$v: on 4500 there is IKE only" "ike-$v.pcap" \
		"udp port 4500 and $payload != 0"
	wire_some "IPv$v: ESP goes over 2797, both ways" "ike-$v.pcap" \
		'udp src port 2797 and udp dst port 2797' 20
	check "IPv$v: the tunnel is taken down" \
		swanctl_in a --terminate --ike tunnel --timeout 60
done
check_eq 'XFRM has no errors' '0 0' "$(xfrm_errors a) $(xfrm_errors b)"

plan_done
