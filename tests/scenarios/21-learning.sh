#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# The gateway learns where its client is, and follows it.
#
#   c ──── r ──── g      see nat.sh
#
# All that the gateway is told is "port add 2797". The client has made its SAs by
# hand, without encap, and begins. Its router maps its port, and then maps it
# anew: to another port, to another address. In z, learned peers are restored whose SAs are
# there, go, or were never there.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=nat.sh
. ./nat.sh

# only_to V FILE ADDRESS PORT: what the gateway sends goes there, as UDP.
only_to() {
	wire_some "IPv$1: answers go to $3, port $4" "$2" \
		"src host ${gateway[$1]} and dst host $3 and udp src port 2797 and udp dst port $4" 3
	wire_none "IPv$1: and nowhere else" "$2" \
		"src host ${gateway[$1]} and not $neighbours and
			not (dst host $3 and udp src port 2797 and udp dst port $4)"
}

# follows V WHAT ADDRESS: after a change of mapping, the first packet already is
# answered.
follows() {
	local v=$1 what=$2 address=$3 file=$1-${2// /-}.pcap
	capture between g "$file"
	check "IPv$v, $what: each ping is answered" \
		pings c "${inner_b[$v]}" "${inner_a[$v]}" 4
	check "IPv$v, $what: and from the gateway" \
		pings g "${inner_a[$v]}" "${inner_b[$v]}" 4
	capture_stop "$file"
	check_eq "IPv$v, $what: the peer is where the router says" \
		"$address $(mapped_port "$v" 2797)" "$(endpoint)"
	only_to "$v" "$file" "$address" "$(mapped_port "$v" 2797)"
}

learning() {
	local v=$1 known=$2 what=$3 spi
	# SAs first: what was there before the port works as well.
	nat_tunnel "$v" "$known"
	ctl c port add 2797 learn off
	ctl c peer add "${gateway[$v]}" port 2797
	ctl g port add 2797
	spawn "monitor-$v.log" ip netns exec g espencapctl monitor
	monitor=$spawned
	until_true 10 grep -q monitoring "$LAB_OUT/monitor-$v.log" ||
		die 'the monitor does not start'

	check_eq "IPv$v, $what: there is no peer yet" '[]' "$(ctl g -j peer show)"
	follows "$v" "$what" "${public[$v]}"
	check_eq "IPv$v, $what: it was learned" "learned 1 $known" \
		"$(ctl g -j peer | jq -r '.[0] | "\(.origin) \(.reqid) \(.address)"')"
	check_eq "IPv$v, $what: and counted" '1 1 0' \
		"$(ctl g -j port | jq -r '.[0].learned') $(counter g port 2797 peers_learned) $(counter g port 2797 peers_moved)"
	check_eq "IPv$v, $what: the peer's packets are the port's" \
		"$(counter g port 2797 rx_packets) $(counter g port 2797 rx_bytes) $(counter g port 2797 tx_packets)" \
		"$(counter g peer "$known" rx_packets) $(counter g peer "$known" rx_bytes) $(counter g peer "$known" tx_packets)"

	nat_map 41000-41999
	follows "$v" 'the router maps another port' "${public[$v]}"
	addr r outside "${moved[$v]}/${prefix[$v]}"
	nat_map 42000-42999 "$v" "${moved[$v]}"
	follows "$v" 'the router has another address' "${moved[$v]}"
	check_eq "IPv$v: it has moved twice" 2 "$(counter g port 2797 peers_moved)"

	# Rekeyed: one direction, then the other, under traffic.
	flow c "${inner_b[$v]}" "${inner_a[$v]}"
	for spi in 0x1001 0x1002; do
		sa g "$known" "${gateway[$v]}" $spi 1 "$key_ab" tunnel
		sa c "${client[$v]}" "${gateway[$v]}" $spi 1 "$key_ab" tunnel
		await 10 "IPv$v: SA $spi is used" used g "$spi"
		ip -n c xfrm state delete src "${client[$v]}" \
			dst "${gateway[$v]}" proto esp spi $((spi - 1))
		ip -n g xfrm state delete src "$known" \
			dst "${gateway[$v]}" proto esp spi $((spi - 1))
		sa c "${gateway[$v]}" "${client[$v]}" $((spi + 0x1000)) 1 \
			"$key_ba" tunnel
		sa g "${gateway[$v]}" "$known" $((spi + 0x1000)) 1 "$key_ba" tunnel
		await 10 "IPv$v: SA $((spi + 0x1000)) is used" \
			used c $((spi + 0x1000))
		ip -n g xfrm state delete src "${gateway[$v]}" \
			dst "$known" proto esp spi $((spi + 0x0fff))
		ip -n c xfrm state delete src "${gateway[$v]}" \
			dst "${client[$v]}" proto esp spi $((spi + 0x0fff))
	done
	flow_end c
	check_eq "IPv$v: rekeying has lost nothing" '' "$(flow_gaps c)"
	check_eq "IPv$v: the peer is still the same" 'learned 1' \
		"$(ctl g -j peer | jq -r '.[0] | "\(.origin) \(.reqid)"')"

	stop "$monitor"
	check_eq "IPv$v: the monitor has seen it come and move" \
		'learned moved moved' "$(awk '$1 == "peer" { print $5 }' \
			"$LAB_OUT/monitor-$v.log" | paste -sd ' ')"
	check "IPv$v: from where, and to where" grep -q \
		"^peer $known reqid 1 moved port 2797 from .*:41[0-9]* to .*:42[0-9]*\$" \
		"$LAB_OUT/monitor-$v.log"

	check "IPv$v: the peer can be deleted" ctl g peer del "$known"
	check "IPv$v: and comes back" pings c "${inner_b[$v]}" "${inner_a[$v]}" 2
	check "IPv$v: port del takes it along" ctl g port del 2797
	check_eq "IPv$v: there is no peer left" '[]' "$(ctl g -j peer show)"

	ctl g port add 2797 learn off
	check_not "IPv$v: learn off: no answer" in_ns c ping -q -n -c 2 -i 0.1 \
		-W 1 -I "${inner_b[$v]}" "${inner_a[$v]}"
	check_eq "IPv$v: and no peer" '[]' "$(ctl g -j peer show)"
	check "IPv$v: port set turns it on" ctl g port set 2797 learn on
	check "IPv$v: ping" pings c "${inner_b[$v]}" "${inner_a[$v]}" 2

	# A peer that was added follows, too, unless it is pinned.
	check "IPv$v: one that is added takes its place" \
		ctl g peer add "$known" reqid 1 port 2797
	check "IPv$v: it follows" pings c "${inner_b[$v]}" "${inner_a[$v]}" 2
	check_eq "IPv$v: it has moved" \
		"${moved[$v]} $(mapped_port "$v" 2797)" "$(endpoint)"
	check_eq "IPv$v: it is static" static "$(ctl g -j peer | jq -r '.[0].origin')"
	ctl g peer del "$known"
	ctl g peer add "$known" port 2797 endpoint "$4" pin
	check_not "IPv$v: pinned: no answer" in_ns c ping -q -n -c 2 -i 0.1 -W 1 \
		-I "${inner_b[$v]}" "${inner_a[$v]}"
	check_eq "IPv$v: pinned: it has not moved" "${nobody[$v]} 7" "$(endpoint)"
	check_eq "IPv$v: XFRM has no errors but those of rekeying" 0 \
		"$(xfrm_errors g)"

	ctl c flush
	ctl g flush
	xfrm_clear c g
	ip -n r addr del "${moved[$v]}/${prefix[$v]}" dev outside
	nat_map 40000-40999
}

# used NS SPI: an SA has carried a packet.
used() {
	ip -n "$1" -s xfrm state list proto esp spi "$2" |
		grep -qE '^[[:space:]]+[0-9]+\(bytes\), [1-9][0-9]*\(packets\)'
}

expired() {
	grep '"peer-expired"' "$LAB_OUT/z" | jq -r '"\(.address) \(.reason)"' | sort
}

both_expired() {
	[ "$(expired)" = '198.51.100.2 sa-gone
198.51.100.3 sa-gone' ]
}

# moment ADDRESS EVENT: when that was, in seconds since the epoch.
moment() {
	date +%s -d "$(jq -r --arg a "$1" --arg e "$2" \
		'select(.address == $a and .event == $e) | .time' "$LAB_OUT/z.events")"
}

declare -A moved=([4]=203.0.113.9 [6]=2001:db8:113::9)

module_load
gateways
nat_topology

### In z: learned peers that are restored, and their SAs
ns_add z
spawn z ip netns exec z espencapctl -j -t monitor
until_true 10 grep -q monitoring "$LAB_OUT/z" || die 'no monitor'
# and many more, as the last that was made is the first that is looked at
for n in 1 3 $(seq 10 309); do
	sa_line 198.51.100.$((n % 256)) 198.51.100.254 $((0x1000 + n)) "$n" "$key_ab" tunnel
done | ip -n z -batch -
# to two addresses: the later one is the first that is looked at
for address in 198.51.100.253 198.51.100.254; do
	sa z 198.51.100.4 $address 0x1004 4 "$key_ab" tunnel
done
check 'learned peers are restored' ctl z restore - <<-'END'
	port add 2797
	peer add 198.51.100.1 reqid 1 port 2797 endpoint 203.0.113.7:40001 learned
	peer add 198.51.100.2 reqid 2 port 2797 endpoint 203.0.113.7:40002 learned
	peer add 198.51.100.3 reqid 3 port 2797 endpoint 203.0.113.7:40003 learned
	peer add 198.51.100.4 reqid 4 port 2797 endpoint 203.0.113.7:40004 learned
END
restored=$SECONDS
check_eq 'they count as learned' '4 4' \
	"$(ctl z -j peer | jq '[.[] | select(.origin == "learned")] | length') $(
	ctl z -j -d port | jq '.[0].learned')"

### Between a and b: a full table, and an address that is ours
for n in 1 2 3; do
	sa b 198.51.100.$n "${outer_b[4]}" 0x300$n 3$n "$key_ab" tunnel
	sa a "${outer_a[4]}" "${outer_b[4]}" 0x300$n 3$n "$key_ab" tunnel
	addr a lo 10.3.0.$n/32
	ip -n a xfrm policy add src 10.3.0.$n dst "${inner_b[4]}" dir out tmpl \
		src "${outer_a[4]}" dst "${outer_b[4]}" proto esp reqid 3$n mode tunnel
done
ctl a port add 2797
ctl a peer add "${outer_b[4]}" port 2797
ctl b port add 2797 max-learned 2
spawn full.log ip netns exec b espencapctl -j monitor
until_true 10 grep -q monitoring "$LAB_OUT/full.log" || die 'no monitor'
for n in 1 2 3; do
	attempts a 10.3.0.$n "${inner_b[4]}" 1
done
refused() {
	[ "$(counter b port 2797 refused_full)" = 1 ]
}
await 10 'max-learned 2: the third is refused and counted' refused
check_eq 'and two are there' 2 "$(ctl b -j port | jq .[0].learned)"
await 5 'and told of' grep -q '"peer-refused".*"reason":"full"' "$LAB_OUT/full.log"
check 'the limits are shown' grep -q 'max-learned 2 ' <(ctl b -d port show)
check 'with more room' ctl b port set 2797 max-learned 3
attempts a 10.3.0.3 "${inner_b[4]}" 1
is_learned() {
	[ "$(ctl b -j port | jq .[0].learned)" = 3 ]
}
await 10 'it is learned' is_learned
check_exit 'a peer whose address is ours is refused' 2 "own" \
	ctl b peer add "${outer_b[4]}" port 2797
check_exit 'an endpoint, too' 2 "own" \
	ctl b peer add 192.0.2.9 port 2797 endpoint "${outer_b[4]}:1"
check_exit 'IPv6 as well' 2 "own" ctl b peer add "${outer_b[6]}" port 2797
# They have a minute to go, which passes with what follows.
xfrm_clear b

### In z: 10 s after they were restored at the latest, those that have SAs were found
were_found() {
	[ $((SECONDS - restored)) -ge 12 ]
}
until_true 20 were_found
deleted=$(date +%s)
for spi in 0x1003 0x1004; do
	ip -n z xfrm state delete dst 198.51.100.254 proto esp spi $spi
done

### Behind the router
learning 4 "${public[4]}" 'known by the public address' "${nobody[4]}:7"
learning 4 "${client[4]}" 'known by its private address' "${nobody[4]}:7"
learning 6 "${public[6]}" 'known by the public address' "[${nobody[6]}]:7"

### Between a and b: peers go when their SAs have gone and a minute has passed
await 100 'learned peers go some time after their SAs' no_peers b
check_eq 'and are counted' 3 "$(counter b port 2797 peers_expired)"
check_eq 'and told of' 3 "$(grep -c '"peer-expired".*"sa-gone"' "$LAB_OUT/full.log")"

### In z, a minute after SAs have gone
await 100 'restored, without an SA, or when it has gone, they go' both_expired
check_eq 'those that have an SA stay' '198.51.100.1 198.51.100.4' \
	"$(ctl z -j peer | jq -r '.[].address' | sort | xargs)"
grep '^{' "$LAB_OUT/z" > "$LAB_OUT/z.events"
check 'without an SA, it stays for a minute' test \
	$(($(moment 198.51.100.2 peer-expired) - $(moment 198.51.100.2 peer-added))) -ge 59
# Between two rounds there are 10 s, or 11, and more where this machine is busy.
check 'when its SA has gone, for a minute after it was last seen' test \
	$(($(moment 198.51.100.3 peer-expired) - deleted)) -ge 45

plan_done
