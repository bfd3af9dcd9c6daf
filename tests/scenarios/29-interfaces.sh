#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 420 s
# The gateway's SAs belong to a VTI or to an XFRM interface, or select by a mark.
#
#   c ──── r ──── g      see nat.sh
#
# The client is learned and followed as with any other SA.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=nat.sh
. ./nat.sh

readonly mark=(mark 7 mask 0xffffffff)

# gateway_policies V WORDS...: policies with these words.
gateway_policies() {
	local here=${inner_a[$1]} there=${inner_b[$1]} dir
	local g=${gateway[$1]} c=${public[$1]}
	shift
	ip -n g xfrm policy add src "$here" dst "$there" dir out "$@" \
		tmpl src "$g" dst "$c" proto esp reqid 1 mode tunnel
	for dir in in fwd; do
		ip -n g xfrm policy add src "$there" dst "$here" dir $dir "$@" \
			tmpl src "$c" dst "$g" proto esp reqid 1 mode tunnel
	done
}

# by_interface V NAME TYPE...: what goes to the client goes through it.
by_interface() {
	local v=$1 name=$2
	shift 2
	ip -n g link add "$name" type "$@"
	ip -n g link set dev "$name" up
	ip -n g "-$v" route replace "${inner_b[$v]}" dev "$name" src "${inner_a[$v]}"
}

vti() {
	local type=vti
	[ "$1" = 4 ] || type=vti6
	by_interface "$1" ours $type local "${gateway[$1]}" remote "${public[$1]}" key 7
	in_ns g sysctl -qw net.ipv4.conf.ours.disable_policy=1
	nat_sa_words=("${mark[@]}")
	gateway_policies "$1" "${mark[@]}"
}

interface() {
	by_interface "$1" ours xfrm dev wan if_id 5
	nat_sa_words=(if_id 5)
	gateway_policies "$1" if_id 5
}

# nftables gives the mark, to what comes in on the port and to what goes to the
# client.
marked() {
	in_ns g nft -f - <<-END
		table inet marks {
			chain in {
				type filter hook prerouting priority mangle
				udp dport { 2797, 4500 } meta mark set 7
			}
			chain out {
				type route hook output priority mangle
				ip daddr ${inner_b[4]} meta mark set 7
				ip6 daddr ${inner_b[6]} meta mark set 7
			}
		}
	END
	nat_sa_words=("${mark[@]}")
	gateway_policies "$1" "${mark[@]}"
}

# On its way out, ESP has another mark than its SA selects.
marked_twice() {
	marked "$1"
	nat_sa_words_out=(output-mark 9)
}

follows() {
	local v=$1 what=$2
	check "$what: ping" pings c "${inner_b[$v]}" "${inner_a[$v]}"
	check "$what: ping back" pings g "${inner_a[$v]}" "${inner_b[$v]}"
	check_eq "$what: the peer is where the router says" \
		"${public[$v]} $(mapped_port "$v" 2797)" "$(endpoint)"
}

# through WHAT V KIND [PORT]
through() {
	local how=$1 v=$2 kind=$3 port=${4:-} what="IPv$2, ${1//_/ }, $3"
	local file="$v-$how-${kind// /-}.pcap" expected='1 1'
	"$how" "$v"
	# SAs first, then the port; and the other way round.
	nat_sas "$v" "${public[$v]}" tunnel ${port:+"$port"}
	tunnel_policies c "${client[$v]}" "${gateway[$v]}" "${inner_b[$v]}" \
		"${inner_a[$v]}" 1
	ctl c port add 2797 learn off
	ctl c peer add "${gateway[$v]}" reqid 1 port 2797
	ctl g port add 2797
	capture between g "$file"
	follows "$v" "$what"
	nat_map 41000-41999
	follows "$v" "$what, mapped anew"
	check_eq "$what: learned, and moved once" "$expected" \
		"$(counter g port 2797 peers_learned) $(counter g port 2797 peers_moved)"
	ip -n g xfrm state flush
	ip -n c xfrm state flush
	nat_sas "$v" "${public[$v]}" tunnel ${port:+"$port"}
	nat_map 40000-40999
	follows "$v" "$what, rekeyed and mapped anew"
	capture_stop "$file"
	only_udp "$what" "$file" 2797
	# A peer that was added serves them as well, before anything has come in.
	ctl g peer add "${public[$v]}" reqid 1 port 2797 \
		endpoint "$(bracketed "$v"):$(mapped_port "$v" 2797)"
	check "$what: with a peer that was added: ping from the gateway" \
		pings g "${inner_a[$v]}" "${inner_b[$v]}"
	check_eq "$what: XFRM has no errors" '0 0' \
		"$(xfrm_errors c) $(xfrm_errors g)"
	check_eq "$what: no packet's SA was unknown" 0 \
		"$(counter g port 2797 rx_unknown_spi)"
	ctl c flush
	ctl g flush
	xfrm_clear c g
	in_ns g nft flush ruleset
	ip -n g -"$v" route replace "${inner_b[$v]}" via "${public[$v]}" \
		src "${inner_a[$v]}"
	ip -n g link del ours 2> /dev/null || true
	nat_sa_words=()
	nat_sa_words_out=()
}

bracketed() {
	if [ "$1" = 4 ]; then echo "${public[4]}"; else echo "[${public[6]}]"; fi
}

module_load
nat_topology
for v in 4 6; do
	for how in vti interface marked marked_twice; do
		through $how $v 'no template'
		through $how $v 'a template' 45000
	done
done

plan_done
