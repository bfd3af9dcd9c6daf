#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A peer behind a masquerading router.
#
#   c ──────────────── r ──────────────── g
#   172.16.0.2      172.16.0.1           203.0.113.2
#   10.2.0.1        203.0.113.1          10.1.0.1
#   client          masquerades          gateway
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

readonly client=172.16.0.2 public=203.0.113.1 gateway=203.0.113.2

nat_topology() {
	ns_add c r g
	link c c r inside
	link r outside g g
	addr c c $client/24
	addr c lo 10.2.0.1/32
	addr r inside 172.16.0.1/24
	addr r outside $public/24
	addr g g $gateway/24
	addr g lo 10.1.0.1/32
	ip -n c route add default via 172.16.0.1
	ip -n c route add 10.1.0.1 via 172.16.0.1 src 10.2.0.1
	ip -n g route add 10.2.0.1 via $public src 10.1.0.1
	forwarding r
	in_ns r nft -f - <<-'E'
		table ip nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname outside meta l4proto udp masquerade to :40000-40999
			}
		}
	E
}

# nat_tunnel ADDRESS: SAs and policies; the gateway knows the client by ADDRESS.
nat_tunnel() {
	local known=$1
	sa c $client $gateway 0x1000 1 "$key_ab" tunnel
	sa c $gateway $client 0x2000 1 "$key_ba" tunnel
	sa g "$known" $gateway 0x1000 1 "$key_ab" tunnel
	sa g $gateway "$known" 0x2000 1 "$key_ba" tunnel
	tunnel_policies c $client $gateway 10.2.0.1 10.1.0.1 1
	tunnel_policies g $gateway "$known" 10.1.0.1 10.2.0.1 1
}

# The port that the router shows to the gateway for the client's PORT.
mapped_port() {
	in_ns r conntrack -L -p udp --orig-src $client --sport "$1" \
		-o xml 2> /dev/null |
		grep -oP 'direction="reply".*?<dport>\K[0-9]+'
}

# through_nat WHAT KNOWN PORT FORMAT
through_nat() {
	local what=$1 known=$2 port=$3 format=$4 mapped
	nat_tunnel "$known"
	ctl c port add "$port" format "$format"
	ctl c peer add $gateway port "$port"
	ctl g port add "$port" format "$format"
	capture g g "$port-$known.pcap"

	# The first packet makes the mapping; it comes in, the answer cannot
	# come back yet.
	check_not "$what: no answer while the gateway has no endpoint" \
		in_ns c ping -q -n -c 1 -W 1 -I 10.2.0.1 10.1.0.1
	mapped=$(mapped_port "$port")
	check "$what: the router uses another port ($mapped)" \
		test "$mapped" -ge 40000
	ctl g peer add "$known" port "$port" endpoint "$public:$mapped"
	check "$what: ping from the client" pings c 10.2.0.1 10.1.0.1 5
	check "$what: ping to the client" pings g 10.1.0.1 10.2.0.1 5
	capture_stop "$port-$known.pcap"
	wire_some "$what: the gateway answers from $port to $mapped" \
		"$port-$known.pcap" "src host $gateway and dst host $public and
			udp and src port $port and dst port $mapped" 10
	check_eq "$what: XFRM of the client has no errors" 0 "$(xfrm_errors c)"
	ctl c flush
	ctl g flush
	xfrm_clear c g
	in_ns r conntrack -F 2> /dev/null
}

module_load
nat_topology
through_nat 'known by the public address' $public 2797 bare
through_nat 'known by the public address, marker' $public 500 non-ike
# The gateway's own route to the private address leads to nobody, so that only
# one to the endpoint can have carried the answers.
ip -n g route add 172.16.0.0/24 via 203.0.113.77
through_nat 'known by its private address' $client 2797 bare

plan_done
