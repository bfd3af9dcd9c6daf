#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# To nftables and conntrack, the outside is UDP, in both directions.
#
#      a ──────── UDP 2797 ──────── b
#   espencap                     espencap
#   nftables, conntrack
#
# Rules in a count UDP and ESP at every hook that the packets pass; conntrack
# has one confirmed entry for the flow; a rule that drops the port stops it; a
# rule that changes the port on the way in is followed.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

module_load
gateways
serve 2797
tunnel 4 4
tunnel 6 6

in_ns a nft -f - <<'EOF'
table inet watch {
	counter in_udp { }
	counter in_esp { }
	counter in_new { }
	counter in_ipsec { }
	counter out_udp { }
	counter out_esp { }
	counter out_new { }
	counter pre_udp { }
	counter post_udp { }
	counter post_esp { }
	chain prerouting {
		type filter hook prerouting priority filter
		udp dport 2797 udp sport 2797 counter name pre_udp
	}
	chain input {
		type filter hook input priority filter
		udp dport 2797 counter name in_udp
		udp dport 2797 ct state new counter name in_new
		meta l4proto esp counter name in_esp
		meta l4proto { icmp, icmpv6 } meta ipsec exists counter name in_ipsec
	}
	chain output {
		type filter hook output priority filter
		udp sport 2797 counter name out_udp
		udp sport 2797 ct state new counter name out_new
		meta l4proto esp counter name out_esp
	}
	chain postrouting {
		type filter hook postrouting priority filter
		udp sport 2797 counter name post_udp
		meta l4proto esp counter name post_esp
	}
}
EOF

check 'ping over IPv4' pings a "${inner_a[4]}" "${inner_b[4]}" 5
check 'ping over IPv6' pings a "${inner_a[6]}" "${inner_b[6]}" 5
for chain in pre in out post; do
	check_eq "nftables sees UDP 2797 at $chain" 10 "$(nft_seen a "${chain}_udp")"
done
for chain in in out post; do
	check_eq "nftables sees no ESP at $chain" 0 "$(nft_seen a "${chain}_esp")"
done
check_eq 'the inner packets are marked as from IPsec' 10 "$(nft_seen a in_ipsec)"
check_eq 'one flow of each family began, on the way out' 2 "$(nft_seen a out_new)"
check_eq 'and none on the way in' 0 "$(nft_seen a in_new)"

# A confirmed entry: conntrack would have listed no other.
for v in 4 6; do
	family=ipv$v
	check_eq "conntrack has one entry over IPv$v, seen in both directions" 1 \
		"$(in_ns a conntrack -L -f $family -p udp 2> /dev/null |
			grep 'sport=2797 dport=2797.*sport=2797 dport=2797' |
			grep -cv UNREPLIED)"
done
check_eq 'conntrack has no entry for protocol 50' 0 \
	"$(in_ns a conntrack -L 2> /dev/null | grep -c '^unknown *50 ' || true)"

# From the other side: the flow begins on the way in.
in_ns a conntrack -F 2> /dev/null
before=$(nft_seen a in_new)
check 'ping from b' pings b "${inner_b[4]}" "${inner_a[4]}" 5
check_eq 'five packets came in, one of them as new' $((before + 1)) \
	"$(nft_seen a in_new)"
check_eq 'conntrack confirmed that entry' 1 \
	"$(in_ns a conntrack -L -p udp 2> /dev/null |
		grep -c 'src=192.0.2.2 dst=192.0.2.1 sport=2797 dport=2797')"

# What is dropped as UDP does not come in.
in_ns a nft add rule inet watch input udp dport 2797 drop
check_not 'a rule that drops the port stops the tunnel' \
	in_ns a ping -q -c 2 -i 0.1 -W 1 -I "${inner_a[4]}" "${inner_b[4]}"
in_ns a nft flush chain inet watch input
check 'without it, the tunnel is back' \
	pings a "${inner_a[4]}" "${inner_b[4]}" 3
in_ns a nft add rule inet watch output udp sport 2797 drop
check_not 'the same on the way out' \
	in_ns a ping -q -c 2 -i 0.1 -W 1 -I "${inner_a[4]}" "${inner_b[4]}"
in_ns a nft flush chain inet watch output

# NAT sees the ports: b knows a on another one, which a redirects to 2797.
in_ns a conntrack -F 2> /dev/null
in_ns a nft -f - <<'EOF'
table ip elsewhere {
	chain prerouting {
		type nat hook prerouting priority dstnat
		udp dport 12797 redirect to :2797
	}
}
EOF
ctl b peer del "${outer_a[4]}"
ctl b peer add "${outer_a[4]}" port 2797 endpoint "${outer_a[4]}:12797"
capture w b redirect.pcap
check 'a port that is redirected by NAT' \
	pings b "${inner_b[4]}" "${inner_a[4]}" 3
capture_stop redirect.pcap
wire_some 'b sends to the other port' redirect.pcap \
	"dst host ${outer_a[4]} and udp dst port 12797" 3
wire_some 'conntrack translates the answers back' redirect.pcap \
	"src host ${outer_a[4]} and udp src port 12797" 3
check_eq 'XFRM has no errors' '0 0' "$(xfrm_errors a) $(xfrm_errors b)"

plan_done
