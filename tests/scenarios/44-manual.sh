#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What espencap(7) says of nftables is so: its own examples are loaded, word for word.
#
#   c ──── a ════ wire w, UDP 2797 ════ b
#   10.1.1.2   gateways                 10.2.0.1
#
# c is behind the gateway a, and speaks to b's inner address through the tunnel. In each
# step a has one more of the rulesets.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

readonly branch=10.1.1.0/24 client=10.1.1.2

# example NAME: the table of that name in the manual. It is read to its end: who writes to
# a reader that has gone is killed.
example() {
	sed 's/\\-/-/g' espencap.7 | awk -v name="$1" '
		$1 == "table" && $3 == name { inside = 1 }
		inside
		inside && /^}/ { found = 1; inside = 0 }
		END { exit !found }'
}

# load NAME: a has it, too.
load() {
	example "$1" > "$LAB_OUT/$1.nft"
	check "nft takes the table $1 of espencap(7)" in_ns a nft -f "$LAB_OUT/$1.nft"
}

works() {
	check "$1: ping from c" pings c $client "${inner_b[4]}"
	check "$1: ping from b" pings b "${inner_b[4]}" $client
	check "$1: ping over IPv6" pings a "${inner_a[6]}" "${inner_b[6]}"
}

# outside FILTER: how many packets fit, of those that the last capture saw.
outside() {
	packets_of wire.pcap "$1" | grep -c . || true
}

module_load
gateways
ns_add c
link c c a c
addr c c $client/24
addr a c 10.1.1.1/24
forwarding a
ip -n c route add default via 10.1.1.1
ip -n a route add 10.2.0.0/16 dev a src "${inner_a[4]}"
ip -n b route add $branch dev b src "${inner_b[4]}"
serve 2797
tunnel 4 4
tunnel 6 6
tunnel_policies a "${outer_a[4]}" "${outer_b[4]}" $branch "${inner_b[4]}" 44
tunnel_policies b "${outer_b[4]}" "${outer_a[4]}" "${inner_b[4]}" $branch 44
works 'no rules'

# Hooks: who sees what, just before and just behind
in_ns a nft -f - <<'END'
table inet seen {
	counter in_before { }
	counter in_behind { }
	counter out_before { }
	counter out_behind { }
	chain in_before {
		type filter hook input priority 298
		udp dport 2797 counter name in_before
	}
	chain in_behind {
		type filter hook input priority 300
		meta l4proto esp counter name in_behind
	}
	chain out_before {
		type filter hook output priority raw
		meta l4proto esp counter name out_before
	}
	chain out_behind {
		type filter hook output priority -249
		udp sport 2797 counter name out_behind
	}
}
END
check 'ten pings' pings c $client "${inner_b[4]}" 10
check_eq 'each was seen as UDP and as ESP, in and out' '10 10 10 10' \
	"$(in_ns a nft -j list counters | jq -r \
		'[.nftables[].counter // empty | .packets] | join(" ")')"
in_ns a nft flush ruleset

# Accepted
load gateway
works 'a firewall'
in_ns a conntrack -F 2> /dev/null
check 'a firewall: from the other side' pings b "${inner_b[4]}" $client
check_not 'a firewall: what is not accepted is not' \
	in_ns b ping -q -c 1 -W 1 "${outer_a[4]}"
in_ns a nft 'flush chain inet gateway input; add rule inet gateway input ip protocol esp accept'
check_not 'a firewall: to accept ESP is not enough' \
	in_ns b ping -q -c 1 -W 1 -I "${inner_b[4]}" $client
in_ns a nft delete table inet gateway

# Without conntrack, which tracks only where rules ask for it
in_ns a nft -f - <<'END'
table inet tracked {
	chain prerouting {
		type filter hook prerouting priority filter
		ct state new accept
	}
}
END
# entries PATTERN: how many conntrack has in a.
entries() {
	in_ns a conntrack -L 2> /dev/null | grep -c "$1" || true
}
check 'ping' pings c $client "${inner_b[4]}"
check_eq 'tracked: one entry for the port' 1 "$(entries 'sport=2797')"
load untracked
in_ns a conntrack -F 2> /dev/null
works 'not tracked'
check_eq 'not tracked: none' 0 "$(entries 'sport=2797')"
check_eq 'nor for ESP' 0 "$(entries '^unknown *50 ')"
in_ns a nft 'delete table inet untracked; delete table inet tracked'

# Address translation
load translated
in_ns a conntrack -F 2> /dev/null
capture w a wire.pcap 'ip and udp'
works 'masquerading'
capture_stop wire.pcap
check_eq 'the UDP keeps address and port' 0 \
	"$(outside "src host ${outer_a[4]} and not udp src port 2797")"
check_eq 'and there was some' yes "$([ "$(outside "src host ${outer_a[4]}")" -ge 6 ] && echo yes)"
in_ns b nft -f - <<'END'
table ip inner {
	counter other { }
	chain input {
		type filter hook input priority filter
		ip daddr 10.2.0.1 ip saddr != 10.1.1.2 counter name other
	}
}
END
check 'ping' pings c $client "${inner_b[4]}"
check_eq 'what is inside keeps its address' 0 \
	"$(in_ns b nft -j list counters | jq '.nftables[].counter // empty | .packets')"
in_ns b nft flush ruleset
in_ns a nft delete table ip translated

# DSCP
load precedence
capture w a wire.pcap 'ip and udp'
in_ns c python3 -S "$datagram" send $client 5060 "${inner_b[4]}" 5060 00 > /dev/null 2>&1 || true
check 'ping' pings c $client "${inner_b[4]}"
capture_stop wire.pcap
check_eq 'one packet has DSCP EF outside' 1 "$(outside "src host ${outer_a[4]} and ip[1] = 0xb8")"
check_eq 'no ping has' 3 "$(outside "src host ${outer_a[4]} and ip[1] = 0")"
in_ns a nft delete table ip precedence

# A flowtable: what goes by it, the forward hook does not see
load fast
in_ns a nft -f - <<'END'
table ip watch {
	counter forwarded { }
	chain forward {
		type filter hook forward priority -10
		ip saddr 10.1.1.0/24 counter name forwarded
	}
}
END
forwarded() {
	in_ns a nft -j list counters | jq '.nftables[].counter // empty | .packets'
}
is_offloaded() {
	in_ns a conntrack -L -p tcp 2> /dev/null | grep 'dport=5001 .*OFFLOAD'
}
# sent COUNT: the peer has got so many packets.
sent() {
	[ "$(counter a peer "${outer_b[4]}" tx_packets)" -ge "$1" ]
}
spawn sink ip netns exec b socat -u TCP4-LISTEN:5001 OPEN:/dev/null
until_true 10 in_ns b sh -c 'ss -H -t -l -n "sport = :5001" | grep -q .' || die 'nobody listens'
spawn source ip netns exec c socat -u OPEN:/dev/zero "TCP4:${inner_b[4]}:5001"
await 20 'the flow is in the flowtable' is_offloaded
before=$(forwarded)
await 60 'through the flowtable: 500 packets to the peer' \
	sent $(($(counter a peer "${outer_b[4]}" tx_packets) + 500))
check "of which the forward hook has seen few ($(($(forwarded) - before)))" \
	test $(($(forwarded) - before)) -lt 100
check 'through the flowtable: still TCP' is_offloaded
check_eq 'XFRM has no errors' '0 0' "$(xfrm_errors a) $(xfrm_errors b)"

plan_done
