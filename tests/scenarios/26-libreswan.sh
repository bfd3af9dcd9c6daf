#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 900 s
# A libreswan gateway and a strongSwan client; their tunnel runs over 2797.
#
#      a ──── IKEv2 on 500 and 4500, ESP in UDP 2797 ──── b
#   charon, espencap                                   pluto, espencap
#
# There is no NAT between them. Twice: with SAs without an encapsulation template,
# which the two negotiate then (a begins), and with a template, which both
# configurations ask for (b begins). Both add port 2797, but only a adds a peer: b
# learns it. Each daemon rekeys, and neither is told of a mapping that changes. Not
# one line of their configurations knows of espencap.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=charon.sh
. ./charon.sh
# shellcheck source=pluto.sh
. ./pluto.sh

pings_both() {
	pings a "${inner_a[4]}" "${inner_b[4]}" 10
	pings b "${inner_b[4]}" "${inner_a[4]}" 10
}

# template_count NS
template_count() {
	ip -n "$1" xfrm state | grep -c 'encap type espinudp' || true
}

# rekeying WHAT WHO COMMAND...: of the tunnel.
rekeying() {
	local what=$1 who=$2
	shift 2
	spis > "$LAB_OUT/spis"
	check "$what: $who rekeys the tunnel" "$@"
	await 60 "$what: $who rekeys the tunnel: only new SAs are left" rekeyed
	check "$what: $who rekeys the tunnel: ping" pings_both
}

# ike_rekeying WHAT WHO COMMAND...: of IKE itself.
ike_rekeying() {
	local what=$1 who=$2
	shift 2
	ike_spis a > "$LAB_OUT/ike-spis"
	check "$what: $who rekeys IKE" "$@"
	await 60 "$what: $who rekeys IKE: a has only the new one" ike_rekeyed a
	check "$what: $who rekeys IKE: ping" pings_both
}

no_spis() {
	[ -z "$(spis)" ]
}

# through NAME WHAT TEMPLATES CHARON PLUTO BEGIN...: a tunnel's life. Both daemons
# have these options, and BEGIN is what makes one of them begin.
through() {
	local name=$1 what=$2 templates=$3 peer=("${outer_b[4]}")
	local monitor pluto_before ns
	ctl a port add 2797
	ctl b port add 2797
	pluto_before=$(wc -l < "$LAB_OUT/pluto-b.log")
	charon_connection a "${outer_a[4]}" "${outer_b[4]}" "${inner_a[4]}/32" \
		"${inner_b[4]}/32" "$4"
	pluto_connection b "${outer_b[4]}" "${outer_a[4]}" "${inner_b[4]}/32" \
		"${inner_a[4]}/32" "$5"
	xfrm_monitor b "$name.monitor"
	monitor=$spawned
	capture w b "$name.pcap"
	check "$what: they negotiate a tunnel" "${@:6}"
	for ns in a b; do
		check_eq "$what: that holds for the SAs of $ns" "$templates" \
			"$(template_count $ns)"
	done
	# SAs with a template are served only where the peer names their reqid.
	[ "$templates" = 0 ] || peer+=(reqid "$(reqids a)")
	ctl a peer add "${peer[@]}" port 2797
	check "$what: ping" pings_both
	check_eq "$what: b has learned a" "learned ${outer_a[4]} 2797" \
		"$(ctl b -j peer show | jq -r \
		'.[] | "\(.origin) \(.endpoint.address) \(.endpoint.port)"')"
	rekeying "$what" charon swanctl_in a --rekey --child tunnel
	rekeying "$what" pluto pluto_rekey b
	ike_rekeying "$what" charon swanctl_in a --rekey --ike tunnel
	ike_rekeying "$what" pluto whack_in b --rekey-ike --name tunnel
	rekeying "$what" 'charon once more' swanctl_in a --rekey --child tunnel
	rekeying "$what" 'pluto once more' pluto_rekey b
	# Without the connection, pluto does not begin again.
	check "$what: pluto takes the tunnel down" whack_in b --delete --name tunnel
	await 60 "$what: pluto takes the tunnel down: no SA is left" no_spis
	capture_stop "$name.pcap"
	only_udp "$what" "$name.pcap" 500 4500 2797
	# On 4500, a keepalive is a single byte, and IKE follows upon four zero bytes.
	wire_none "$what: on 4500 there is IKE only" "$name.pcap" \
		'udp port 4500 and udp[4:2] > 9 and udp[8:4] != 0'
	for ns in "${outer_a[4]}" "${outer_b[4]}"; do
		wire_some "$what: all ESP from $ns goes over 2797" "$name.pcap" \
			"udp src port 2797 and dst port 2797 and udp[4:2] > 9 and
			src host $ns" 140
	done
	stop "$monitor"
	check "$what: XFRM of b has told of SAs" says '^src .* dst ' "$name.monitor"
	check_not "$what: and of no other mapping" \
		says 'Mapping change' "$name.monitor"
	tail -n +$((pluto_before + 1)) "$LAB_OUT/pluto-b.log" > "$LAB_OUT/$name.pluto"
	check "$what: pluto has told of rekeying" \
		says 'initiator rekeyed Child SA' "$name.pluto"
	check_not "$what: and of no other mapping" \
		says 'new NAT mapping' "$name.pluto"
	check_eq "$what: XFRM has no errors" '0 0' \
		"$(xfrm_errors a) $(xfrm_errors b)"
	ctl a flush
	ctl b flush
}

module_load
gateways
charon_start a
pluto_start b
through plain 'no template' 0 '' encapsulation=no \
	swanctl_in a --initiate --child tunnel --timeout 60
through template 'a template' 2 'encap = yes' encapsulation=yes \
	whack_in b --initiate --name tunnel

plan_done
