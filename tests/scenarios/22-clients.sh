#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# time limit: 420 s
# Two clients behind one address: each gets its own answers.
#
#   c ──┐
#       r ──── g      see nat.sh
#   d ──┘
#
# To the gateway, both are the router's address. Their SAs have different reqids,
# so that they are two peers; without reqids, the second would be taken for the
# first, and is refused.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=nat.sh
. ./nat.sh

# client_tunnel NS INNER REQID SPI: SAs SPI (to the gateway) and SPI + 0x1000, and
# policies. On the gateway the policies find the SAs by their reqid or, without
# one, by their selectors.
client_tunnel() {
	local ns=$1 inner=$2 reqid=$3 spi=$4 own
	own=$(ip -n "$ns" -j -4 addr show dev wan | jq -r '.[0].addr_info[0].local')
	client_sas "$ns" "$own" "$inner" "$reqid" "$spi"
	tunnel_policies "$ns" "$own" "${gateway[4]}" "$inner" "${inner_a[4]}" "$reqid"
	tunnel_policies g "${gateway[4]}" "${public[4]}" "${inner_a[4]}" "$inner" "$reqid"
}

client_sas() {
	local ns=$1 own=$2 inner=$3 reqid=$4 spi=$5 back sel=()
	back=$((spi + 0x1000))
	[ "$reqid" != 0 ] || sel=(sel src "${inner_a[4]}" dst "$inner")
	sa "$ns" "$own" "${gateway[4]}" "$spi" "$reqid" "$key_ab" tunnel
	sa "$ns" "${gateway[4]}" "$own" $back "$reqid" "$key_ba" tunnel
	sa g "${public[4]}" "${gateway[4]}" "$spi" "$reqid" "$key_ab" tunnel
	sa g "${gateway[4]}" "${public[4]}" $back "$reqid" "$key_ba" tunnel "${sel[@]}"
}

both() {
	check "$1: c" pings c 10.2.0.1 10.1.0.1 5
	check "$1: d" pings d 10.2.0.2 10.1.0.1 5
	check "$1: c once more" pings c 10.2.0.1 10.1.0.1 5
	check "$1: to d" pings g 10.1.0.1 10.2.0.2 3
	check "$1: to c" pings g 10.1.0.1 10.2.0.1 3
}

# mapped NS: the port that the router shows for this client.
mapped() {
	in_ns r conntrack -L -p udp --orig-src "$1" --sport 2797 -o xml 2> /dev/null |
		grep -oP 'direction="reply".*?<dport>\K[0-9]+'
}

# serve_clients: c and d begin, g answers.
serve_clients() {
	local ns
	for ns in c d; do
		ctl $ns port add 2797
		ctl $ns peer add "${gateway[4]}" port 2797
	done
	ctl g port add 2797
}

module_load
nat_topology
nat_another
serve_clients
client_tunnel c 10.2.0.1 11 0x1100
client_tunnel d 10.2.0.2 12 0x1200
capture between g both.pcap
both 'two reqids'
capture_stop both.pcap
check_eq 'they are two peers' "${public[4]} 11 $(mapped 172.16.0.2)
${public[4]} 12 $(mapped 172.17.0.2)" "$(ctl g -j peer |
	jq -r 'sort_by(.reqid) | .[] | "\(.address) \(.reqid) \(.endpoint.port)"')"
wire_none 'what is for c goes to the port of c' both.pcap \
	"src host ${gateway[4]} and udp[8:4] = 0x2100 and not dst port $(mapped 172.16.0.2)"
wire_none 'what is for d goes to the port of d' both.pcap \
	"src host ${gateway[4]} and udp[8:4] = 0x2200 and not dst port $(mapped 172.17.0.2)"
only_udp 'before the gateway' both.pcap 2797
check_eq 'each has its own counters' '13 8' "$(ctl g -j -s peer |
	jq -r 'sort_by(.reqid) | map(.stats.rx_packets) | join(" ")')"
check_eq 'neither has moved' 0 "$(counter g port 2797 peers_moved)"

# Rekeyed, each direction for itself; the old SAs go.
for n in 1 2; do
	ns=c own=172.16.0.2
	[ $n = 1 ] || ns=d own=172.17.0.2
	client_sas $ns $own 10.2.0.$n 1$n 0x1${n}01
	ip -n g xfrm state delete src "${gateway[4]}" dst "${public[4]}" proto esp spi 0x2${n}00
	ip -n $ns xfrm state delete src $own dst "${gateway[4]}" proto esp spi 0x1${n}00
done
both 'rekeyed'
check_eq 'neither has moved' 0 "$(counter g port 2797 peers_moved)"
check_eq 'they are still two peers' 2 "$(ctl g -j peer | jq length)"

# Without reqids the gateway cannot tell which of them an answer is for.
xfrm_clear c d g
for ns in c d; do ctl $ns flush; done
ctl g flush
in_ns r conntrack -F 2> /dev/null
serve_clients
client_tunnel c 10.2.0.1 0 0x1300
check 'no reqid: ping from c' pings c 10.2.0.1 10.1.0.1 3
client_tunnel d 10.2.0.2 0 0x1400
in_ns d ping -q -n -c 2 -i 0.1 -W 0.5 -I 10.2.0.2 10.1.0.1 > /dev/null || true
check_eq 'no reqid: the second client is refused and counted' '1 2 0' \
	"$(ctl g -j peer | jq length) $(counter g port 2797 refused_ambiguous) $(counter g port 2797 peers_moved)"
check_eq 'no reqid: the peer is still c' "${public[4]} $(mapped 172.16.0.2)" "$(endpoint)"
check 'no reqid: c is served as before' pings c 10.2.0.1 10.1.0.1 3
# When the first one has gone, the second takes its place.
for spi in 0x1300 0x2300; do
	ip -n g xfrm state deleteall proto esp spi $spi
done
check 'no reqid: when c has gone, d is served' pings d 10.2.0.2 10.1.0.1 3
check_eq 'no reqid: the peer is d' "${public[4]} $(mapped 172.17.0.2)" "$(endpoint)"

# A peer that was added for all SAs at the address: the first client has it, the
# second gets a peer of its own.
xfrm_clear c d g
ctl g flush
in_ns r conntrack -F 2> /dev/null
ctl g port add 2797
ctl g peer add "${public[4]}" port 2797
client_tunnel c 10.2.0.1 11 0x1500
client_tunnel d 10.2.0.2 12 0x1600
both 'a peer for any SA'
check_eq 'c has the peer that was added, d one that was learned' \
	"static $(mapped 172.16.0.2) learned $(mapped 172.17.0.2)" \
	"$(ctl g -j peer | jq -r 'sort_by(.origin) | reverse | map("\(.origin) \(.endpoint.port)") | join(" ")')"
check_eq 'the peer that was added has moved once' 1 "$(counter g port 2797 peers_moved)"

plan_done
