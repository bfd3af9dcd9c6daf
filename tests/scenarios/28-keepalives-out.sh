#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 300 s
# Keepalives that a sends to b, so that a NAT between them would not forget it.
#
#   a ──── w ──── b      see gateways.sh
#
# Only after a first ESP packet, only when nothing else was sent, and never counted
# as traffic. The IPv4 peer and the IPv6 peer are two, so that what one of them gets
# shows how much time the other has had.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

# Without a payload, and with one of up to five bytes: none is as short as ESP.
readonly to_4="src host ${outer_a[4]} and udp and udp[4:2] <= 13"
readonly to_6="src host ${outer_a[6]} and udp and ip6[44:2] <= 13"

has() {
	[ "$(wire_count "$1" "$2")" -ge "$3" ]
}

# at_least SECONDS FILE FILTER: that much lies between two packets and the next.
at_least() {
	tcpdump -nn -tt -r "$LAB_OUT/$2" "$3" 2> /dev/null | awk -v least="$1" '
		NR > 1 && $1 - last < least { bad = 1 }
		{ last = $1 }
		END { exit bad || NR < 2 }'
}

has_swallowed() {
	[ "$(counter b port "$1" rx_keepalives)" -ge 1 ]
}

one_ping() {
	pings a "${inner_a[$1]}" "${inner_b[$1]}" 1
}

module_load
gateways
for v in 4 6; do tunnel $v $v; done
ctl b port add 2797
ctl a port add 2797 keepalive 1
for v in 4 6; do
	ctl a peer add "${outer_b[$v]}" port 2797
	ctl b peer add "${outer_a[$v]}" port 2797
done

capture w a first.pcap
check 'a first packet over IPv4' one_ping 4
await 20 'from then on, keepalives' has first.pcap "$to_4" 3
wire_none 'none to a peer to which no ESP was sent' first.pcap "$to_6"

check 'a first packet over IPv6' one_ping 6
flow a "${inner_a[4]}" "${inner_b[4]}" 0.2
capture w a busy.pcap
await 20 'keepalives to the one that is silent' has busy.pcap "$to_6" 3
capture_stop busy.pcap
wire_none 'none to the one to which ESP is sent' busy.pcap "$to_4"
flow_end a
await 20 'when this has ended, keepalives again' has first.pcap "$to_4" 5
ctl a port set 2797 keepalive 0
capture_stop first.pcap
check 'not more than one a second (IPv4)' at_least 0.8 first.pcap "$to_4"
check 'not more than one a second (IPv6)' at_least 0.8 first.pcap "$to_6"
wire_none 'they are empty, and go from 2797 to 2797' first.pcap \
	"(($to_4) or ($to_6)) and not (src port 2797 and dst port 2797 and
		((ip and udp[4:2] = 8) or (ip6 and ip6[44:2] = 8)))"
wire_checksums_ok 'their checksums are right' first.pcap "($to_4) or ($to_6)"
sent=$(wire_count first.pcap "($to_4) or ($to_6)")
check_eq 'they are counted' "$sent" "$(counter a port 2797 keepalives_sent)"
check_eq 'b has swallowed them' "$sent" "$(counter b port 2797 rx_keepalives)"
check_eq 'they are no traffic, to the port' \
	"$(wire_count first.pcap "(src host ${outer_a[4]} or src host ${outer_a[6]}) and udp and not ($to_4) and not ($to_6)")" \
	"$(counter a port 2797 tx_packets)"
check_eq 'nor to the peer' 1 "$(counter a peer "${outer_b[6]}" tx_packets)"
check_eq 'nor to the peer at the other end' '1 0' \
	"$(counter b peer "${outer_a[6]}" rx_packets) $(counter b port 2797 peers_learned)"

# A peer's own interval goes before the port's.
ctl a port set 2797 keepalive 1
ctl a peer del "${outer_b[4]}"
ctl a peer add "${outer_b[4]}" port 2797 keepalive 0
check 'keepalive 0 for a peer: IPv4' one_ping 4
check 'keepalive 0 for a peer: IPv6' one_ping 6
capture w a own.pcap
await 20 'the port has keepalive 1, and so has its peer' has own.pcap "$to_6" 3
wire_none 'the peer with keepalive 0 has none' own.pcap "$to_4"
capture_stop own.pcap
ctl a port set 2797 keepalive 0
ctl a peer del "${outer_b[4]}"
ctl a peer add "${outer_b[4]}" port 2797 keepalive 1
check 'keepalive 1 for a peer: ping' one_ping 4
capture w a own.pcap
await 20 'the port has none, the peer has' has own.pcap "$to_4" 3
wire_none 'the other peer has none' own.pcap "$to_6"
capture_stop own.pcap
ctl a flush
ctl b flush

# Whose bytes, by preset, and what else can be chosen.
bytes() {
	local port=$1 expected=$2 file=$1.pcap
	ctl b port add "$port"
	ctl b peer add "${outer_a[4]}" port "$port"
	ctl a port add "$port" keepalive 1 "${@:3}"
	ctl a peer add "${outer_b[4]}" port "$port"
	capture w a "$file"
	check "port $port: ping" one_ping 4
	await 20 "port $port: a keepalive" has "$file" "$to_4" 1
	capture_stop "$file"
	check_eq "port $port: its bytes are '$expected'" "$expected" \
		"$(payload 4 "$file" "$to_4 and src port $port and dst port $port" 1)"
	await 5 "port $port: b swallows it" has_swallowed "$port"
	ctl a flush
	ctl b flush
}
bytes 2797 ''
bytes 500 ff
bytes 4500 ff
bytes 10000 ff
bytes 2746 00000000ff keepalive-bytes 00000000ff
bytes 1293 ff keepalive-bytes ff

# A peer that was learned; and one whose way out depends on a mark.
ctl b port add 2797
ctl a port add 2797 keepalive 1
ctl b peer add "${outer_a[4]}" port 2797
for ns in a b; do
	ip -n $ns xfrm state del src "${outer_a[4]}" dst "${outer_b[4]}" \
		proto esp spi 0x104400
done
sa b "${outer_a[4]}" "${outer_b[4]}" 0x104400 44 "$key_ab" tunnel
sa a "${outer_a[4]}" "${outer_b[4]}" 0x104400 44 "$key_ab" tunnel output-mark 7
ip -n a rule add fwmark 7 table 77
ip -n a route add "${outer_b[4]}" dev a src "${outer_a[4]}" table 77
ip -n a route add unreachable "${outer_b[4]}"
check 'learned, and by mark: ping' pings b "${inner_b[4]}" "${inner_a[4]}" 1
capture w a marked.pcap
await 20 'learned, and by mark: keepalives' has marked.pcap "$to_4" 2
capture_stop marked.pcap
check_eq 'nothing of all this was an error to XFRM' '0 0' \
	"$(xfrm_errors a) $(xfrm_errors b)"

# The same peer as another gateway would have it: nothing of its has come here yet.
ctl a save --learned > "$LAB_OUT/saved"
ctl a flush
ip -n b xfrm state flush
check 'learned elsewhere: restored' ctl a restore "$LAB_OUT/saved"
attempts a "${inner_a[4]}" "${inner_b[4]}" 1
capture w a adopted.pcap
await 30 'learned elsewhere, and by mark: keepalives' has adopted.pcap "$to_4" 2
capture_stop adopted.pcap
check_eq 'nothing has come from it' 'learned null' \
	"$(ctl a -j -s peer show "${outer_b[4]}" | jq -r '.[0] | "\(.origin) \(.last_rx)"')"

plan_done
