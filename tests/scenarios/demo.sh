#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What `make demo` shows: a tunnel through a NAT router, over two formats.
#
#   10.1.0.1                                                      10.2.0.1
#   gateway g ────────────────── router r ────────────────── client c
#   203.0.113.2      203.0.113.1          172.16.0.1      172.16.0.2
#                    40797, 40500  <───>  2797, 500
#
# The router's mapping is fixed: to the gateway, the client's 2797 is 40797, and
# its 500 is 40500, both ways. Not numbered, so that `make check` leaves it out.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

readonly client=172.16.0.2 public=203.0.113.1 gateway=203.0.113.2

# show COMMAND...: the command, and what it prints.
show() {
	note "\$ $*"
	"$@" 2>&1 | sed 's/^/#     /'
}

topology() {
	ns_add c r g
	link c wan r inside
	wire between r outside g wan
	addr c wan $client/24
	addr c lo 10.2.0.1/32
	addr r inside 172.16.0.1/24
	addr r outside $public/24
	addr g wan $gateway/24
	addr g lo 10.1.0.1/32
	ip -n c route add default via 172.16.0.1
	ip -n c route add 10.1.0.1 via 172.16.0.1 src 10.2.0.1
	ip -n g route add 10.2.0.1 via $public src 10.1.0.1
	forwarding r
	in_ns r nft -f - <<-EOF
		table ip nat {
			chain in {
				type nat hook prerouting priority dstnat
				iifname outside udp dport 40797 dnat to $client:2797
				iifname outside udp dport 40500 dnat to $client:500
			}
			chain out {
				type nat hook postrouting priority srcnat
				oifname outside udp sport 2797 snat to $public:40797
				oifname outside udp sport 500 snat to $public:40500
			}
		}
	EOF
}

# Raw ESP, no encapsulation: what a daemon installs where it sees no NAT. The
# gateway knows the client by the router's address.
tunnel_sas_and_policies() {
	sa c $client $gateway 0x1000 1 "$key_ab" tunnel
	sa c $gateway $client 0x2000 1 "$key_ba" tunnel
	sa g $public $gateway 0x1000 1 "$key_ab" tunnel
	sa g $gateway $public 0x2000 1 "$key_ba" tunnel
	tunnel_policies c $client $gateway 10.2.0.1 10.1.0.1 1
	tunnel_policies g $gateway $public 10.1.0.1 10.2.0.1 1
}

# transfer WHAT: 4 MB by TCP through the tunnel, compared at the end.
transfer() {
	local server
	spawn server.log ip netns exec g socat -u TCP4-LISTEN:7000,reuseaddr \
		"CREATE:$LAB_OUT/received"
	server=$spawned
	listening() {
		in_ns g ss -H -t -l -n 'sport = :7000' | grep -q .
	}
	until_true 10 listening || die 'nobody listens'
	check "$1: a TCP transfer of 4 MB" in_ns c timeout 100 \
		socat -u "FILE:$LAB_OUT/sent" TCP4:10.1.0.1:7000
	await 20 "$1: it arrived as it was sent" \
		cmp "$LAB_OUT/sent" "$LAB_OUT/received"
	stop "$server"
}

# demonstrate PORT FORMAT MAPPED SPI_FILTER
demonstrate() {
	local port=$1 format=$2 mapped=$3 what="$2 on $1"
	note ''
	note "=== ESP in UDP $port, format $format ==="
	show ip netns exec g espencapctl port add "$port"
	show ip netns exec g espencapctl peer add $public port "$port" \
		endpoint $public:"$mapped"
	show ip netns exec c espencapctl port add "$port"
	show ip netns exec c espencapctl peer add $gateway port "$port"
	capture between r "$port.pcap"
	check "$what: ping from the client to the gateway" \
		pings c 10.2.0.1 10.1.0.1 3
	check "$what: ping from the gateway to the client" \
		pings g 10.1.0.1 10.2.0.1 3
	transfer "$what"
	capture_stop "$port.pcap"
	wire_none "$what: nothing but UDP is on the wire" "$port.pcap" \
		"not arp and not (udp and port $port and port $mapped)"
	wire_some "$what: the router shows port $mapped to the gateway" \
		"$port.pcap" "src host $public and udp src port $mapped"
	note ''
	note 'Two packets of the wire between router and gateway. UDP begins at'
	note "byte 0x0014 with its ports; ESP's SPI, 1000 or 2000, stands at"
	if [ "$format" = non-ike ]; then
		note 'byte 0x0024, behind 8 zero bytes:'
	else
		note 'byte 0x001c, right behind the UDP header:'
	fi
	tcpdump -nn -t -x -c 2 -r "$LAB_OUT/$port.pcap" udp 2> /dev/null |
		grep -vE '0x00[4-9a-f]0|0x0[1-9a-f]' | sed 's/^/#     /'
	note ''
	show ip netns exec g espencapctl -s port show "$port" |
		grep -vE ' 0$'
	show ip netns exec g espencapctl -s peer show | grep -vE ' 0$'
	ctl g flush
	ctl c flush
}

module_load
topology
tunnel_sas_and_policies
head -c 4000000 /dev/urandom > "$LAB_OUT/sent"
note 'The SAs, as XFRM on the gateway knows them: ESP without encapsulation.'
ip -n g xfrm state | grep -E '^src|proto' | sed 's/^/#     /'
demonstrate 2797 bare 40797
demonstrate 500 non-ike 40500

plan_done
