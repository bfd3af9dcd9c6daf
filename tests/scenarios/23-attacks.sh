#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# time limit: 900 s
# Whoever has no keys cannot bend a return path.
#
#   c ──── r ──┬── g      see nat.sh
#              x
#
# The outsider x sees every packet, can hold packets up, and can send any, from
# its own address or from another's. After each attempt, the true client is
# served both ways, and its peer is where it was. With SAs that have a replay
# window, over IPv4 and IPv6; without one; and without an ICV. With conntrack in the
# gateway.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=nat.sh
. ./nat.sh

# safe WHAT: the client is served, in both directions, and the peer is where the
# router says.
safe() {
	check "$what: $1: the client is served" client_pings 3
	check "$what: $1: in the other direction, too" \
		pings g "${inner_a[$v]}" "${inner_b[$v]}" 3
	check_eq "$what: $1: the peer is where the client is" \
		"${public[$v]} $(mapped_port "$v" 2797)" "$(endpoint)"
}

client_pings() {
	pings c "${inner_b[$v]}" "${inner_a[$v]}" "$1"
}

# The state of the gateway that no attempt may change.
moves() {
	echo "$(counter g port 2797 peers_learned) $(counter g port 2797 peers_moved)"
}

one_ping() {
	in_ns c ping -q -n -c 1 -W 0.3 -I "${inner_b[$v]}" "${inner_a[$v]}" > /dev/null
}

# It need not be answered.
attempt() {
	one_ping || true
}

# withheld: sets packet to the payload of a genuine packet that has not arrived.
withheld() {
	capture between r withheld.pcap
	withhold attempt
	capture_stop withheld.pcap
	packet=$(payload "$v" withheld.pcap "$from_client")
	[ -n "$packet" ] || die 'nothing was withheld'
}

# from_client_at PORT HEX: as if the router had sent it, from that port of its.
from_client_at() {
	in_ns x python3 -S "$datagram" send-from "${public[$v]}" "$1" \
		"${gateway[$v]}" 2797 "$2"
}

# flipped HEX: with another last byte, so that the ICV is wrong.
flipped() {
	local last=${1: -2}
	printf '%s%02x' "${1%??}" $((0x$last ^ 0xff))
}

# next_number HEX: the same header with the number after this packet's.
next_number() {
	printf '%s%08x%s' "${1:0:8}" $((0x${1:8:8} + 1)) "$(flipped "${1:16}")"
}

# provokes WHAT COUNTER COMMAND...: after the command, the gateway's counter shows
# more than before. COUNTER is a command itself, in one word.
provokes() {
	local description=$1 counter=$2
	shift 2
	reads=$($counter)
	"$@"
	await 5 "$what: $description arrives" reads_more "$counter"
}

reads_more() {
	[ "$($1)" -gt "$reads" ]
}

attacks() {
	local packet before

	before=$(moves)
	withheld
	provokes 'a wrong ICV' 'xfrm_counter g XfrmInStateProtoError' \
		inject "$v" 5001 "$(flipped "$packet")"
	safe 'a wrong ICV from a new endpoint'

	capture between r seen.pcap
	check "$what: a ping" client_pings 1
	capture_stop seen.pcap
	packet=$(payload "$v" seen.pcap "$from_client")
	provokes 'a replayed packet' "$replays" inject "$v" 5002 "$packet"
	safe 'a replayed packet from a new endpoint'

	# Sent once, from elsewhere, with the number that is next.
	capture between r seen.pcap
	check "$what: a ping" client_pings 1
	capture_stop seen.pcap
	packet=$(payload "$v" seen.pcap "$from_client")
	provokes 'a forged number' 'xfrm_counter g XfrmInStateProtoError' \
		inject "$v" 5003 "$(next_number "$packet")"
	safe 'a forged packet with the number that is next'

	for n in '' ff 00000000ff; do
		provokes "a keepalive '$n'" 'counter g port 2797 rx_keepalives' \
			inject "$v" 5004 "$n"
	done
	safe 'keepalives from a new endpoint'
	check_eq "$what: nothing of this has made or moved a peer" "$before" "$(moves)"

	# Late, from where the client was before it moved.
	withheld
	local old
	old=$(mapped_port "$v" 2797)
	nat_map "$1"
	check "$what: the client is mapped anew" client_pings 3
	before=$(moves)
	capture between g late.pcap
	from_client_at "$old" "$packet"
	safe 'a late packet from the endpoint before'
	capture_stop late.pcap
	wire_some "$what: it did arrive" late.pcap "udp src port $old and udp dst port 2797"
	check_eq "$what: and has moved nothing" "$before" "$(moves)"
}

# manual MODE_WORDS...: SAs by hand, with these words of ip xfrm for the packets
# to the gateway; policies.
manual() {
	local ns words=("$@") g=${gateway[$v]}
	for ns in c g; do
		local c=${client[$v]}
		[ $ns = c ] || c=${public[$v]}
		ip -n $ns xfrm state add src "$c" dst "$g" proto esp \
			spi 0x1000 reqid 1 mode tunnel "${words[@]}"
		sa $ns "$g" "$c" 0x2000 1 "$key_ba" tunnel
	done
	nat_policies "$v" "${public[$v]}"
}

# begin V WHAT COUNTER: this counter is one that replays increase.
begin() {
	v=$1 what=$2 replays=$3
	from_client="src host ${public[$v]} and udp dst port 2797"
	ctl c port add 2797 learn off
	ctl c peer add "${gateway[$v]}" port 2797
}

end() {
	ctl c flush
	ctl g flush
	xfrm_clear c g
	nat_map 40000-40999
}

module_load
nat_topology
nat_outsider
in_ns g nft -f - <<-'EOF'
	table inet filter {
		chain in {
			type filter hook input priority filter
			ct state invalid counter drop
			ct state new,established counter accept
		}
	}
EOF
# the flood makes as many entries, and none of its packets shall be missed
sysctl -qw net.netfilter.nf_conntrack_max=262144 net.core.netdev_max_backlog=200000
readonly gcm=(aead 'rfc4106(gcm(aes))' "$key_ab" 128)

begin 4 'a replay window' 'xfrm_counter g XfrmInStateSeqError'
manual replay-window 128 flag esn af-unspec "${gcm[@]}"
ctl g port add 2797
check "$what: the client is learned" client_pings 3
attacks 41000-41999

# Newer is newer on its own SA; an older SA moves nobody who has a newer one.
before=$(moves)
withheld
sa g "${public[4]}" "${gateway[4]}" 0x1001 1 "$key_ab" tunnel
sa c "${client[4]}" "${gateway[4]}" 0x1001 1 "$key_ab" tunnel
ip -n c xfrm state delete src "${client[4]}" dst "${gateway[4]}" proto esp \
	spi 0x1000
check "$what: rekeyed" client_pings 3
taken=$(sa_packets g 0x1000)
inject "$v" 5005 "$packet"
safe 'the newest packet of an older SA, from a new endpoint'
check_eq "$what: an older SA has moved nothing" "$before" "$(moves)"
check_eq "$what: yet XFRM has taken it" $((taken + 1)) "$(sa_packets g 0x1000)"

# ESP that seems to be the client's and came within another SA: xfrm_interface, if something
# has loaded it, lets that pass only by a policy.
readonly nested=(src "${public[4]}" dst "${gateway[4]}" proto esp dir in)

# through MODE [SPI ADDRESS NUMBER]: what x sends to the gateway on UDP goes in an SA of that
# mode; and to the gateway's other address, from that number on.
through() {
	local ns ends=(src "${outsider[4]}" dst "${3:-${gateway[4]}}" proto esp)
	outer=("${ends[@]}" spi "${2:-0x9000}")
	for ns in x g; do
		ip -n $ns xfrm state add "${outer[@]}" reqid 9 mode "$1" replay-window 32 \
			replay-oseq $((${4:-1} - 1)) aead 'rfc4106(gcm(aes))' "$key_ba" 128
	done
	ip -n x xfrm policy add src "${outsider[4]}" dst "${gateway[4]}" proto udp \
		dir out tmpl "${ends[@]}" reqid 9 mode "$1"
	ip -n g xfrm policy add "${nested[@]}" tmpl "${ends[@]}" reqid 9 mode "$1"
}

through_no_more() {
	ip -n x xfrm policy flush
	ip -n x xfrm state flush
	ip -n g xfrm policy delete "${nested[@]}"
	ip -n g xfrm state delete "${outer[@]}"
}

# Through another IPsec layer: genuine, and yet it says nothing of the way.
withheld
through transport
before=$(moves)
taken=$(sa_packets g 0x1001)
inject "$v" 5006 "$packet"
await 5 "$what: a packet within another SA is taken" \
	sa_packets_are g 0x1001 $((taken + 1))
safe 'a genuine packet within another SA'
check_eq "$what: another SA has moved nothing" "$before" "$(moves)"
through_no_more

# Nor if that SA has the same SPI, at another address of the gateway, and its packet the same
# number.
withheld
addr g wan 203.0.113.3/24
through tunnel 0x1001 203.0.113.3 $((0x${packet:8:8}))
before=$(moves)
provokes 'a packet within an SA of the same SPI' 'counter g port 2797 rx_packets' \
	inject "$v" 5011 "$packet"
safe 'a genuine packet within an SA of the same SPI'
check_eq "$what: that SA has moved nothing either" "$before" "$(moves)"
through_no_more

# Out of a tunnel, it meets GRO, which on 5.10 and 6.1 leaves its sum where kmod/tag.h has
# a note's magic, before what ESP has left of an address.
through tunnel
in_ns g ethtool -K wan gro on > /dev/null
in_ns g sysctl -qw net.netfilter.nf_conntrack_checksum=0
before=$(moves)
provokes 'what is summed up like a note' 'xfrm_counter g XfrmInStateProtoError' \
	in_ns x python3 -S "$datagram" send-sum "${outsider[4]}" 5010 "${gateway[4]}" 2797 \
	"00001001000fffff$(printf 'a5%.0s' {1..56})" 45735570
safe 'what is summed up like a note'
check_eq "$what: it has moved nothing" "$before" "$(moves)"
in_ns g ethtool -K wan gro off > /dev/null
in_ns g sysctl -qw net.netfilter.nf_conntrack_checksum=1
through_no_more

# A flood: from many endpoints, with many SPIs, the true one among them.
no_icmp_errors g
before=$(moves)
flow c 10.2.0.1 10.1.0.1 0.2
peers=$(ctl g -j peer | jq length)
check "$what: 100,000 forged datagrams" in_ns x python3 -S "$datagram" flood \
	"${gateway[4]}" 2797 100000 00001001
flow_end c
check_eq "$what: the flood has cost the client no packet" '' "$(flow_gaps c)"
check_eq "$what: there are as many peers as before" "$peers" \
	"$(ctl g -j peer | jq length)"
check "$what: the flood did arrive" test \
	$(($(counter g port 2797 rx_unknown_spi) +
		$(counter g port 2797 rx_packets))) -ge 90000
safe 'a flood'
check_eq "$what: the flood has made and moved nothing" "$before" "$(moves)"
end

begin 6 'IPv6' 'xfrm_counter g XfrmInStateSeqError'
manual replay-window 128 flag esn af-unspec "${gcm[@]}"
ctl g port add 2797
check "$what: the client is learned" client_pings 3
attacks 41000-41999
end

begin 4 'no replay window' 'sa_packets g 0x1000'
manual "${gcm[@]}"
ctl g port add 2797
attempt
attempt
check "$what: nobody is learned" no_peers g
check_eq "$what: that is counted" 2 "$(counter g port 2797 refused_unsafe)"
ctl g peer add "${public[4]}" port 2797 \
	endpoint "${public[4]}:$(mapped_port "$v" 2797)"
check "$what: with a peer that was added: ping" client_pings 3
attacks 41000-41999
# What comes while a peer is pinned is no news when it is pinned no more.
ctl g peer set "${public[4]}" pin
nat_map 43000-43999
capture between r pinned.pcap
provokes 'a packet of a client that is pinned elsewhere' 'sa_packets g 0x1000' attempt
capture_stop pinned.pcap
packet=$(payload "$v" pinned.pcap "$from_client")
ctl g peer set "${public[4]}" unpin
before=$(moves)
provokes 'its replay, when the peer is pinned no more,' 'sa_packets g 0x1000' \
	inject "$v" 5009 "$packet"
check_eq "$what: it has moved nothing" "$before" "$(moves)"
safe 'a replay after a pin'
# Where somebody has put it by hand, it has sent nothing from yet: a number that is new
# moves it from there no more than from where it was learned.
check "$what: the client is where its peer is" client_pings 3
ctl g peer set "${public[4]}" endpoint "${public[4]}:9"
before=$(moves)
provokes 'a new packet, but from elsewhere than where the peer was put,' \
	'sa_packets g 0x1000' attempt
check_eq "$what: it has moved nothing" "$before ${public[4]} 9" "$(moves) $(endpoint)"
ctl g flush
ctl g port add 2797 learn unsafe
check "$what: learn unsafe learns" client_pings 3
check_eq "$what: a peer" learned "$(ctl g -j peer | jq -r '.[0].origin')"
# Nor from where one was added that takes its place.
ctl g peer add "${public[4]}" reqid 1 port 2797 endpoint "${public[4]}:9"
provokes 'a new packet, but from elsewhere than where a peer was added,' \
	'sa_packets g 0x1000' attempt
check_eq "$what: nor from where one was added" "${public[4]} 9" "$(endpoint)"
end

# Encryption without authentication: everybody can make such packets.
begin 4 'no ICV' 'xfrm_counter g XfrmInStateSeqError'
manual replay-window 32 enc 'cbc(aes)' 0x000102030405060708090a0b0c0d0e0f \
	auth digest_null ''
ctl g port add 2797
attempt
attempt
check "$what: nobody is learned" no_peers g
ctl g peer add "${public[4]}" port 2797 \
	endpoint "${public[4]}:$(mapped_port "$v" 2797)"
check "$what: with a peer that was added: ping" client_pings 3
capture between r seen.pcap
check "$what: a ping" client_pings 1
capture_stop seen.pcap
packet=$(payload "$v" seen.pcap "$from_client")
before=$(moves)
provokes 'a replayed packet' "$replays" inject "$v" 5007 "$packet"
provokes 'a new number' 'sa_packets g 0x1000' inject "$v" 5008 "$(printf '%s%08x%s' "${packet:0:8}" $((0x${packet:8:8} + 1)) \
	"${packet:16}")"
# The client's own packet of that number now is a replay to XFRM: without an ICV
# there is no help against that.
attempt
safe 'a replayed packet, and one with a new number'
check_eq "$what: neither has moved anything" "$before" "$(moves)"
nat_map 41000-41999
provokes 'a packet of the client, mapped anew,' 'sa_packets g 0x1000' \
	attempt
check_eq "$what: it has moved nothing either" "$before" "$(moves)"
ctl g flush
xfrm_clear c g
for ns in c g; do
	from=${client[4]}
	[ $ns = c ] || from=${public[4]}
	ip -n $ns xfrm state add src "$from" dst "${gateway[4]}" proto esp spi 0x1000 \
		reqid 1 mode transport replay-window 32 \
		enc 'cbc(aes)' 0x000102030405060708090a0b0c0d0e0f auth digest_null ''
done
transport_policies c "${client[4]}" "${gateway[4]}" 1
ctl g port add 2797
provokes 'a packet in transport mode' 'sa_packets g 0x1000' \
	attempts c "${client[4]}" "${gateway[4]}" 1
check "$what: in transport mode, nobody is learned" no_peers g
end

plan_done
