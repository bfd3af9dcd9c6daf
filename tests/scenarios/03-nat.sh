#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A peer behind a masquerading router.
#
#   c ──── r ──── g      see nat.sh
#
# The client begins, from its own 2797; the router gives the flow another port.
# The test reads that mapping from the router's conntrack and adds it to the
# gateway as the peer's endpoint. Twice: with SAs that know the client by the
# router's address (the endpoint differs by its port), and with SAs that know it
# by its own, private one (the endpoint has another address, and the packets
# another route).
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=nat.sh
. ./nat.sh
# shellcheck source=tcp.sh
. ./tcp.sh

# through_nat WHAT V KNOWN PORT FORMAT
through_nat() {
	local what="IPv$2, $1" v=$2 known=$3 port=$4 format=$5 mapped endpoint
	local file=$4-$3.pcap
	nat_tunnel "$v" "$known"
	ctl c port add "$port" format "$format"
	ctl c peer add "${gateway[$v]}" port "$port"
	ctl g port add "$port" format "$format" learn off
	capture between g "$file"

	# The first packet makes the mapping; it comes in, the answer cannot
	# come back yet.
	check_not "$what: no answer while the gateway has no endpoint" in_ns c \
		ping -q -n -c 1 -W 1 -I "${inner_b[$v]}" "${inner_a[$v]}"
	mapped=$(mapped_port "$v" "$port")
	check "$what: the router uses another port ($mapped)" \
		test "$mapped" -ge 40000
	endpoint=${public[$v]}:$mapped
	[ "$v" = 4 ] || endpoint="[${public[$v]}]:$mapped"
	ctl g peer add "$known" port "$port" endpoint "$endpoint"
	check "$what: ping from the client" \
		pings c "${inner_b[$v]}" "${inner_a[$v]}" 5
	check "$what: ping to the client" \
		pings g "${inner_a[$v]}" "${inner_b[$v]}" 5
	sizes "$what" g "${inner_a[$v]}" "${inner_b[$v]}" 1340 1420
	capture_stop "$file"
	wire_some "$what: the gateway answers from $port to $mapped" "$file" \
		"src host ${gateway[$v]} and dst host ${public[$v]} and
			udp and src port $port and dst port $mapped" 12
	wire_none "$what: and sends no fragment" "$file" "$fragments"
	wire_checksums_ok "$what: checksums are right" "$file" udp
	check_eq "$what: XFRM of the client has no errors" 0 "$(xfrm_errors c)"
	check_eq "$what: nothing was too big or without a route" '0 0' \
		"$(counter g port "$port" tx_too_big) $(
		counter g port "$port" tx_no_route)"
	ctl c flush
	ctl g flush
	xfrm_clear c g
	in_ns r conntrack -F 2> /dev/null
	ip -n g -"$v" route flush cache
}

module_load
nat_topology
for v in 4 6; do
	through_nat 'known by the public address' $v "${public[$v]}" 2797 bare
	through_nat 'known by the public address, marker' $v "${public[$v]}" \
		500 non-ike
	through_nat 'known by its private address' $v "${client[$v]}" 2797 bare
done

# No route to the endpoint: a name of its own, and nothing goes elsewhere.
for v in 4 6; do
	nat_tunnel $v "${client[$v]}"
	ctl g port add 2797 learn off
	unreachable=198.51.100.1:2797
	[ $v = 4 ] || unreachable='[2001:db8:51::1]:2797'
	ctl g peer add "${client[$v]}" port 2797 endpoint "$unreachable"
	capture between g "no-route-$v.pcap"
	check_not "IPv$v, an endpoint without a route: no answer" in_ns g \
		ping -q -n -c 2 -i 0.1 -W 1 -I "${inner_a[$v]}" "${inner_b[$v]}"
	capture_stop "no-route-$v.pcap"
	check_eq "IPv$v: both are counted as tx_no_route" 2 \
		"$(counter g peer "${client[$v]}" tx_no_route)"
	wire_none "IPv$v: and nothing was sent" "no-route-$v.pcap" \
		"not $neighbours"
	ctl g flush
	xfrm_clear c g
done

plan_done
