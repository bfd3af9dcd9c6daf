# shellcheck shell=bash disable=SC2154,SC2034 # what gateways.sh defines; what is used
# SPDX-License-Identifier: GPL-2.0
# Clients behind a router that maps their ports, and somebody outside.
#
#   c ────────┐                       ┌──────────── g
#   172.16.0.2│                       │   203.0.113.2
#   fd16::2   │                       │   2001:db8:113::2
#   10.2.0.1  r ────────── between ───┤   10.1.0.1
#   fd00:2::1 │  203.0.113.1          │   fd00:1::1
#   client    │  2001:db8:113::1      │   gateway
#   d ────────┘  NAT                  └──────────── x
#   172.17.0.2                            203.0.113.66
#   10.2.0.2                              2001:db8:113::66
#   another client (nat_another)          an outsider (nat_outsider)
#
# "capture between g FILE" sees what is before the gateway. A scenario sources
# this file after gateways.sh.

declare -A client=([4]=172.16.0.2 [6]=fd16::2)
declare -A inside=([4]=172.16.0.1 [6]=fd16::1)
declare -A public=([4]=203.0.113.1 [6]=2001:db8:113::1)
declare -A gateway=([4]=203.0.113.2 [6]=2001:db8:113::2)
declare -A outsider=([4]=203.0.113.66 [6]=2001:db8:113::66)
declare -A nobody=([4]=203.0.113.77 [6]=2001:db8:113::77)

nat_topology() {
	local v
	ns_add c r g
	link c wan r inside
	wire between r outside g wan
	ip -n g link add nowhere up type dummy
	for v in 4 6; do
		addr c wan "${client[$v]}/${prefix[$v]}"
		addr c lo "${inner_b[$v]}/${bits[$v]}"
		addr r inside "${inside[$v]}/${prefix[$v]}"
		addr r outside "${public[$v]}/${prefix[$v]}"
		addr g wan "${gateway[$v]}/${prefix[$v]}"
		addr g lo "${inner_a[$v]}/${bits[$v]}"
		ip -n c -$v route add default via "${inside[$v]}"
		ip -n c -$v route add "${inner_a[$v]}" via "${inside[$v]}" \
			src "${inner_b[$v]}"
		ip -n g -$v route add "${inner_b[$v]}" via "${public[$v]}" \
			src "${inner_a[$v]}"
		# The gateway's own route to the private address leads nowhere, so that
		# only one to the endpoint can carry what goes there. Not by way of a
		# neighbour who is none: IPv6 forgets the path MTU of such routes
		# every 30 s.
		ip -n g -$v route add "${client[$v]}" dev nowhere
	done
	forwarding r
	in_ns r nft -f - <<-'EOF'
		table inet nat {
			chain post {
				type nat hook postrouting priority srcnat
			}
		}
	EOF
	# a machine that is slow shall not make it forget
	in_ns r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=600 \
		net.netfilter.nf_conntrack_udp_timeout_stream=600
	nat_map 40000-40999
}

# nat_map PORTS [V ADDRESS]: from now on the router maps to these ports, and to
# that address, if one is given; it forgets what it has mapped before.
nat_map() {
	local v to_4=${public[4]} to_6=${public[6]}
	[ $# = 1 ] || declare "to_$2=$3"
	in_ns r nft -f - <<-EOF
		flush chain inet nat post
		add rule inet nat post oifname outside meta l4proto udp snat ip to $to_4:$1 random
		add rule inet nat post oifname outside meta l4proto udp snat ip6 to [$to_6]:$1 random
	EOF
	in_ns r conntrack -F 2> /dev/null
}

# The client d behind the same router; IPv4 only.
nat_another() {
	ns_add d
	link d wan r inside-d
	addr d wan 172.17.0.2/24
	addr r inside-d 172.17.0.1/24
	addr d lo 10.2.0.2/32
	ip -n d route add default via 172.17.0.1
	ip -n d route add 10.1.0.1 via 172.17.0.1 src 10.2.0.2
	ip -n g route add 10.2.0.2 via "${public[4]}" src 10.1.0.1
}

# The outsider x, beside the router and the gateway.
nat_outsider() {
	local v
	ns_add x
	link x wan between x
	ip -n between link set dev x master bridge
	for v in 4 6; do
		addr x wan "${outsider[$v]}/${prefix[$v]}"
	done
}

# no_icmp_errors NS: to many addresses, they would wait for ARP, with all of the
# buffer that the echo replies of NS need, too.
no_icmp_errors() {
	in_ns "$1" nft -f - <<-'EOF'
		table ip quiet {
			chain out {
				type filter hook output priority filter
				icmp type destination-unreachable drop
			}
		}
	EOF
}

# More words of ip xfrm for the gateway's SAs, and for that to the client.
nat_sa_words=()
nat_sa_words_out=()

# nat_sas V ADDRESS MODE [PORT]: the gateway knows the client by ADDRESS. With a
# PORT, they have an encapsulation template, in which both have 4500, and the
# gateway knows the client's as PORT of the router.
nat_sas() {
	local c=${client[$1]} g=${gateway[$1]} known=$2 mode=$3 port=${4:-} any=::
	local to_g=() to_c=() at_g=("${nat_sa_words[@]}")
	local at_c=("${nat_sa_words[@]}" "${nat_sa_words_out[@]}")
	[ "$1" = 6 ] || any=0.0.0.0
	if [ -n "$port" ]; then
		to_g=(encap espinudp 4500 4500 "$any")
		to_c=(encap espinudp 4500 4500 "$any")
		at_g+=(encap espinudp "$port" 4500 "$any")
		at_c+=(encap espinudp 4500 "$port" "$any")
	fi
	sa c "$c" "$g" 0x1000 1 "$key_ab" "$mode" "${to_g[@]}"
	sa c "$g" "$c" 0x2000 1 "$key_ba" "$mode" "${to_c[@]}"
	sa g "$known" "$g" 0x1000 1 "$key_ab" "$mode" "${at_g[@]}"
	sa g "$g" "$known" 0x2000 1 "$key_ba" "$mode" "${at_c[@]}"
}

# nat_policies V ADDRESS: of a tunnel.
nat_policies() {
	local c=${client[$1]} g=${gateway[$1]}
	tunnel_policies c "$c" "$g" "${inner_b[$1]}" "${inner_a[$1]}" 1
	tunnel_policies g "$g" "$2" "${inner_a[$1]}" "${inner_b[$1]}" 1
}

# nat_tunnel V ADDRESS: SAs without a template, and policies.
nat_tunnel() {
	nat_sas "$1" "$2" tunnel
	nat_policies "$1" "$2"
}

# The port that the router shows to the gateway for the client's PORT.
mapped_port() {
	in_ns r conntrack -L -f "ipv$1" -p udp --orig-src "${client[$1]}" \
		--sport "$2" -o xml 2> /dev/null |
		grep -oP 'direction="reply".*?<dport>\K[0-9]+'
}

# endpoint V: of the only peer that the gateway has, ADDRESS PORT.
endpoint() {
	local said count
	said=$(ctl g -j peer show)
	count=$(grep -o '"endpoint":' <<< "$said" | wc -l) || true
	if [ "$count" = 1 ] &&
		[[ $said =~ \"endpoint\":\{\"address\":\"([^\"]*)\",\"port\":([0-9]*) ]]; then
		echo "${BASH_REMATCH[1]} ${BASH_REMATCH[2]}"
	else
		echo "$count peers"
	fi
}

# withhold COMMAND...: while it runs, nothing reaches the gateway; what is sent
# to it can be captured with "capture between r FILE".
withhold() {
	ip -n between link set dev g down
	"$@" || true
	ip -n between link set dev g up
}

# inject V PORT HEX [LOCAL_PORT]: a datagram from the outsider to the gateway.
inject() {
	in_ns x python3 -S "$datagram" send "${outsider[$1]}" "$2" \
		"${gateway[$1]}" "${4:-2797}" "$3"
}
