#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What `make demo` shows: a client behind a NAT, over two formats. The gateway is
# told nothing but the port.
#
#   c ──── r ──── g      see nat.sh
#
# Not numbered, so that `make check` leaves it out.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=nat.sh
. ./nat.sh

# show COMMAND...: the command, and what it prints.
show() {
	note "\$ $*"
	"$@" 2>&1 | sed 's/^/#     /'
}

# transfer WHAT: 4 MB by TCP through the tunnel, compared at the end.
transfer() {
	local server
	rm -f "$LAB_OUT/received"
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

moved() {
	grep -q ' moved ' "$LAB_OUT/monitor"
}

# demonstrate PORT FORMAT
demonstrate() {
	local port=$1 format=$2 what="$2 on $1"
	note ''
	note "=== ESP in UDP $port, format $format ==="
	nat_map 40000-40999
	show ip netns exec g espencapctl port add "$port"
	spawn monitor ip netns exec g espencapctl monitor
	until_true 10 grep -q monitoring "$LAB_OUT/monitor" || die 'no monitor'
	show ip netns exec c espencapctl port add "$port"
	show ip netns exec c espencapctl peer add "${gateway[4]}" port "$port"
	capture between r "$port.pcap"
	check "$what: ping from the client to the gateway" \
		pings c 10.2.0.1 10.1.0.1 3
	check "$what: ping from the gateway to the client" \
		pings g 10.1.0.1 10.2.0.1 3
	transfer "$what"
	capture_stop "$port.pcap"
	wire_none "$what: nothing but UDP is on the wire" "$port.pcap" \
		"not $neighbours and not (udp and port $port)"
	wire_some "$what: the gateway answers to the port that the router shows" \
		"$port.pcap" "udp src port $port and dst port $(mapped_port 4 "$port")"
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
	note 'The router forgets its mapping, and makes another:'
	nat_map 41000-41999
	check "$what: the first ping already is answered" \
		pings c 10.2.0.1 10.1.0.1 1
	check "$what: and from the gateway" pings g 10.1.0.1 10.2.0.1 3
	await 5 "$what: the peer has moved" moved
	stop "$spawned"
	note ''
	note 'What espencapctl monitor has printed meanwhile:'
	grep -v monitoring "$LAB_OUT/monitor" | sed 's/^/#     /'
	note ''
	show ip netns exec g espencapctl -s port show "$port" |
		grep -vE ' 0$'
	show ip netns exec g espencapctl -s peer show | grep -vE ' 0$'
	ctl g flush
	ctl c flush
}

module_load
nat_topology
nat_tunnel 4 "${public[4]}"
head -c 4000000 /dev/urandom > "$LAB_OUT/sent"
note 'The SAs, as XFRM on the gateway knows them: ESP without encapsulation.'
ip -n g xfrm state | grep -E '^src|proto' | sed 's/^/#     /'
demonstrate 2797 bare
demonstrate 500 non-ike

plan_done
