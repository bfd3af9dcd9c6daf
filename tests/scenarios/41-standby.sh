#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# Another gateway takes over, and knows where the peers are.
#
#                                     203.0.113.11     10.1.0.11
#   c ──────── r ────────── between ───┬──── g1 ────┬─── lan ──── h
#   172.16.0.2  203.0.113.1            ├──── g2 ────┘         10.1.0.1
#   10.2.0.1    NAT                    │ 203.0.113.12  10.1.0.12
#                                      x an outsider, 203.0.113.66
#
#        keepalived:   203.0.113.2 and 10.1.0.254 on either of g1 and g2
#
# c and h speak through a tunnel to 203.0.113.2. Only the gateway that c has sent to has
# learned how to reach it; the other one gets that from espencap-follow and
# espencap-notify. Both have the same SAs: see take_sas(). The followers' COMMAND copies
# from one folder to the other.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=nat.sh
. ./nat.sh

readonly standby=$LAB/../scripts/standby

topology() {
	local n ns
	ns_add c r g1 g2 h x
	link c wan r inside
	wire between r outside g1 wan
	wire lan h lan g1 lan
	link g2 wan between g2
	link g2 lan lan g2
	link x wan between x
	for ns in g2 x; do
		ip -n between link set dev $ns master bridge
	done
	ip -n lan link set dev g2 master bridge
	addr c wan "${client[4]}/24"
	addr c lo 10.2.0.1/32
	addr r inside "${inside[4]}/24"
	addr r outside "${public[4]}/24"
	addr x wan "${outsider[4]}/24"
	addr h lan 10.1.0.1/24
	ip -n c route add default via "${inside[4]}"
	ip -n c route add 10.1.0.1 via "${inside[4]}" src 10.2.0.1
	ip -n h route add default via 10.1.0.254
	for n in 1 2; do
		addr g$n wan 203.0.113.1$n/24
		addr g$n lan 10.1.0.1$n/24
		ip -n g$n route add 10.2.0.1 via "${public[4]}"
		# see nat_topology()
		ip -n g$n link add nowhere up type dummy
		ip -n g$n route add "${client[4]}" dev nowhere
		tunnel_policies g$n "${gateway[4]}" "${client[4]}" 10.1.0.1 10.2.0.1 1
	done
	tunnel_policies c "${client[4]}" "${gateway[4]}" 10.2.0.1 10.1.0.1 1
	forwarding r g1 g2
	in_ns r nft -f - <<-'END'
		table inet nat {
			chain post {
				type nat hook postrouting priority srcnat
			}
		}
	END
	nat_map 40000-40999
}

# client_sas NS [IN OUT]: the numbers of the last packets that came, and were sent.
client_sas() {
	xfrm_state_clear "$1"
	sa "$1" "${client[4]}" "${gateway[4]}" 0x1000 1 "$key_ab" tunnel replay-seq "${2:-0}"
	sa "$1" "${gateway[4]}" "${client[4]}" 0x2000 1 "$key_ba" tunnel replay-oseq "${3:-0}"
}

xfrm_state_clear() {
	ip -n "$1" xfrm state flush
}

# number NS SPI seq|oseq
number() {
	ip -n "$1" xfrm state list proto esp spi "$2" | grep -oP "[ \t]$3 \K0x[0-9a-f]+"
}

# take_sas FROM TO: what those do who synchronise SAs. Sending begins far ahead: the
# client takes no number twice.
take_sas() {
	client_sas "$2" "$(number "$1" 0x1000 seq)" $(($(number "$1" 0x2000 oseq) + 65536))
}

# other NS
other() {
	[ "$1" = g1 ] && echo g2 || echo g1
}

# gateway_start NS PRIORITY: with what an operator installs.
gateway_start() {
	local folder=$LAB_OUT/$1
	mkdir -p "$folder"
	sed -e "s|/usr/local/sbin/espencap-notify|$standby/espencap-notify $folder/state|" \
		-e "s/priority 100/priority $2/" "$standby/keepalived.conf" > "$folder/keepalived.conf"
	spawn "$1.follow" ip netns exec "$1" "$standby/espencap-follow" -f "$folder/state" \
		bash -c "cp \"\$1\" $LAB_OUT/$(other "$1")/new && mv $LAB_OUT/$(other "$1")/{new,state.received}" -
	spawn "$1.keepalived" ip netns exec "$1" keepalived -n -P -l -f "$folder/keepalived.conf" \
		-p "$folder/pid" -r "$folder/vrrp.pid"
}

is_active() {
	[ -n "$(ip -n "$1" -o addr show to "${gateway[4]}")" ] && [ -e "$LAB_OUT/$1/active" ]
}

is_told() {
	[ "$(cat "$LAB_OUT/$1/wanted")" = "$2" ]
}

# where NS: of the only peer, where it is and what it is.
where() {
	ctl "$1" -j peer | jq -r '.[] | "\(.origin) \(.endpoint.address):\(.endpoint.port)"'
}

# knows NS WHERE [FILE]: so says what NS has received, or FILE.
knows() {
	grep -qF "peer add ${client[4]} reqid 1 port 2797 endpoint $2 learned" \
		"$LAB_OUT/$1/${3:-state.received}"
}

mapped() {
	echo "${public[4]}:$(mapped_port 4 2797)"
}

# first FILE FILTER: the first packet, FROM > TO.
first() {
	tcpdump -nn -t -r "$(lab_path "$1")" "$2" 2> /dev/null |
		sed -n '1s/^IP \(.*\): .*/\1/p'
}

module_load
topology
### c is learned by g1
client_sas c
client_sas g1
client_sas g2
for ns in c g1 g2; do
	ctl $ns port add 2797
done
ctl c peer add "${gateway[4]}" port 2797
gateway_start g1 100
await 60 'g1 is the active gateway' is_active g1
gateway_start g2 90
await 20 'g2 is told that it is not' is_told g2 BACKUP
capture between r before "udp port 2797"
check 'c is answered by h' pings c 10.2.0.1 10.1.0.1
capture_stop before
check_eq 'g1 has learned where c is' "learned $(mapped)" "$(where g1)"
await 10 'and so says the state that g2 has' knows g2 "$(mapped)"
check 'g2 itself knows nothing' no_peers g2

### g1's link goes down; c sends nothing but answers
spawn pings ip netns exec h ping -n -i 0.2 10.2.0.1
answers() {
	grep -c icmp_seq= "$LAB_OUT/pings" || true
}
more_answers() {
	[ "$(answers)" -ge $((answered + 3)) ]
}
goes_on() {
	answered=$(answers)
	await 20 "$1" more_answers
}
goes_on 'h reaches c through g1'
take_sas g1 g2
was=$(mapped)
capture between g2 take-over "udp port 2797"
ip -n between link set dev g1 down
await 20 'g2 is the active gateway' is_active g2
await 10 'g1 is told that it is not' is_told g1 FAULT
goes_on 'h reaches c through g2'
capture_stop take-over
check_eq 'the first packet goes to where c was' \
	"${gateway[4]}.2797 > ${was/:/.}" "$(first take-over 'udp')"
check_eq 'g2 has learned nothing itself' 0 "$(counter g2 port 2797 peers_learned)"
check_eq 'it has the learned peer of g1' "learned $was" "$(where g2)"
check_eq 'g1 has not forgotten it' "learned $was" "$(where g1)"

# What was recorded before g1 went
recorded=$(payload 4 before "udp and dst host ${gateway[4]}" 1)
received=$(counter g2 port 2797 rx_packets)
inject 4 4444 "$recorded"
arrived() {
	[ "$(counter g2 port 2797 rx_packets)" -gt "$received" ]
}
await 10 'a recorded packet reaches g2' arrived
check_eq 'it moves nothing' "learned $was" "$(where g2)"

### c's mapping changes
nat_map 41000-41999
check 'c is answered from its new place' pings c 10.2.0.1 10.1.0.1
check_eq 'g2 follows it' "learned $(mapped) 1" \
	"$(where g2) $(counter g2 port 2797 peers_moved)"
check_not 'that is another place' test "$(mapped)" = "$was"
goes_on 'h reaches c there'
await 10 'and so says the state that g1 has' knows g1 "$(mapped)"
await 10 'and that of g2 itself' knows g2 "$(mapped)" state

### Back to g1, which has stale knowledge of its own
ip -n between link set dev g1 up
await 20 'g1 is told that it may not take over' is_told g1 BACKUP
check 'g2 is the active one still' is_active g2
check_eq 'g1 takes c to be where it was' "learned $was" "$(where g1)"
take_sas g2 g1
ip -n between link set dev g2 down
await 20 'g1 is the active gateway again' is_active g1
goes_on 'h reaches c through g1 again'
check_eq 'g1 knows where c is, and not from c' "learned $(mapped) 0" \
	"$(where g1) $(counter g1 port 2797 peers_moved)"
await 10 'g2 is told that it is not' is_told g2 FAULT

check_eq 'what the followers had to say' '' "$(grep -Ehv 'monitoring$|is not the active one' "$LAB_OUT"/g?.follow)"
plan_done
