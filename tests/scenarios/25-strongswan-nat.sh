#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 900 s
# A strongSwan client behind a NAT moves its ESP to 2797, and IKE never knows.
#
#   a ─────────── wa ─────────── n ─────────── wb ─────────── b
#   172.16.0.2       172.16.0.1     203.0.113.1       203.0.113.2
#   10.1.0.1         masquerades: 500 to 32000-32999     10.2.0.1
#   charon, client   4500 to 30000-30999              charon, gateway
#                    2797 to 31000-31999
#
# (1) IKE finds the NAT: the SAs have an encapsulation template, ESP and IKE go
#     on 4500. This is what there is without espencap.
# (2) Both add port 2797, and the client alone adds a peer, for the gateway. From
#     the first packet on, ESP goes on 2797 both ways: the gateway has learned
#     where the client is.
# (3) The SAs at the gateway say port 30000-30999 all the while, and neither the
#     kernel nor charon must believe that the NAT has changed this. Dead peer
#     detection goes on, and each side rekeys what there is to rekey, in the
#     midst of traffic.
# (4) The client's peer is deleted. Its ESP comes on 4500 again, and that is where
#     the gateway answers. There and back once more, in the midst of traffic.
# (5) Now the NAT does change the mapping of 4500: kernel and charon say so, in the
#     words that (3) has not found.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=charon.sh
. ./charon.sh

readonly client=172.16.0.2 public=203.0.113.1 gateway=203.0.113.2
# On 4500, a keepalive is a single byte, and IKE follows upon four zero bytes.
readonly esp_4500='udp port 4500 and udp[4:2] > 9 and udp[8:4] != 0'
readonly esp_2797='udp port 2797 and udp[4:2] > 9'
# In these words, both say that a peer behind a NAT has another port.
readonly kernel_says='Mapping change'
readonly charon_says='NAT mappings? of .* changed|remote endpoint changed'

# nat RANGE: what 4500 is mapped to.
nat() {
	in_ns n nft -f - <<-END
		table ip nat
		delete table ip nat
		table ip nat {
			chain post {
				type nat hook postrouting priority srcnat
				oifname outside udp sport 4500 masquerade to :$1
				oifname outside udp sport 2797 masquerade to :31000-31999
				oifname outside udp sport 500 masquerade to :32000-32999
			}
		}
	END
}

topology() {
	ns_add a n b
	wire wa a wan n inside
	wire wb n outside b wan
	addr a wan $client/24
	addr a lo "${inner_a[4]}/32"
	addr n inside 172.16.0.1/24
	addr n outside $public/24
	addr b wan $gateway/24
	addr b lo "${inner_b[4]}/32"
	ip -n a route add default via 172.16.0.1
	ip -n a route add "${inner_b[4]}" via 172.16.0.1 src "${inner_a[4]}"
	ip -n b route add "${inner_a[4]}" via $public src "${inner_b[4]}"
	forwarding n
	nat 30000-30999
}

# flows: one from either side.
flows() {
	flow a "${inner_a[4]}" "${inner_b[4]}"
	flow b "${inner_b[4]}" "${inner_a[4]}"
}

flows_end() {
	flow_end a
	flow_end b
}

pings_both() {
	pings a "${inner_a[4]}" "${inner_b[4]}" "$1"
	pings b "${inner_b[4]}" "${inner_a[4]}" "$1"
}

captures() {
	capture wa a "$1-a.pcap"
	capture wb b "$1-b.pcap"
}

# captures_end FILE WHAT YES NO: both captures have seen ESP as in YES, both ways,
# none as in NO, and nothing but UDP on ports of IPsec.
captures_end() {
	local side what where
	for side in a b; do
		where=$1-$side.pcap what="$2, wire w$side"
		capture_stop "$where"
		wire_some "$what: ESP to the gateway" "$where" \
			"$3 and dst host $gateway" 5
		wire_some "$what: ESP from the gateway" "$where" \
			"$3 and src host $gateway" 5
		wire_none "$what: and none elsewhere" "$where" "$4"
		only_udp "$what" "$where" 500 4500 2797
	done
}

# template_port NN: the gateway's SAs have the port NN000 to NN999 of the NAT.
template_port() {
	[ "$(ip -n b xfrm state |
		grep -cE "espinudp sport (4500 dport $1...|$1... dport 4500) ")" = 2 ]
}

# learned: the gateway has one peer, which it has learned.
learned() {
	ctl b -j peer show | tee "$LAB_OUT/peers" | jq -e "
		length == 1 and (.[0] | .origin == \"learned\" and
		.port == 2797 and .endpoint.address == \"$public\" and
		.endpoint.port >= 31000 and .endpoint.port <= 31999)"
}

forgotten() {
	[ "$(ctl b -j peer show)" = '[]' ]
}

module_load
topology
charon_start a
charon_start b
charon_connection a $client $gateway "${inner_a[4]}/32" "${inner_b[4]}/32" \
	'dpd_delay = 2s'
charon_connection b $gateway $public "${inner_b[4]}/32" "${inner_a[4]}/32" \
	"dpd_delay = 2s
	remote { id = $client }"

# (1)
captures native
check 'the client negotiates a tunnel' \
	swanctl_in a --initiate --child tunnel --timeout 60
for ns in a b; do
	check_eq "IKE has found the NAT: the SAs of $ns have a template" 2 \
		"$(ip -n $ns xfrm state | grep -c 'encap type espinudp')"
done
check 'the gateway knows the port that the NAT has given to 4500' \
	template_port 30
check 'without espencap: ping' pings_both 5
captures_end native 'without espencap' "$esp_4500" "$esp_2797"

# (2)
xfrm_monitor b monitor-2797.log
monitor=$spawned
charon_before=$(wc -l < "$LAB_OUT/charon-b.log")
reqid=$(reqids a)
ctl b port add 2797
ctl a port add 2797
ctl a peer add $gateway reqid "$reqid" port 2797
captures legacy
check 'on 2797: ping' pings_both 20
check 'the gateway has learned one peer: the NAT, at the port for 2797' learned
mapped=$(ctl b -j peer show | jq '.[0].endpoint.port')

# (3)
spis > "$LAB_OUT/spis"
for ns in a b; do
	await 60 "dead peer detection goes on in $ns" \
		informed $ns $(($(informationals $ns) + 3))
done
check_eq 'the SAs are the same' "$(cat "$LAB_OUT/spis")" "$(spis)"
check 'ping after that' pings_both 5
flows
for ns in a b; do
	spis > "$LAB_OUT/spis"
	check "$ns rekeys the tunnel" swanctl_in $ns --rekey --child tunnel
	await 60 "$ns rekeys the tunnel: only new SAs are left" rekeyed
	ike_spis b > "$LAB_OUT/ike-spis"
	check "$ns rekeys IKE" swanctl_in $ns --rekey --ike tunnel
	await 60 "$ns rekeys IKE: the gateway has only the new one" \
		ike_rekeyed b
	await 60 "$ns rekeys IKE: the client as well" ike_rekeyed a
done
check 'on 2797 with all that is new: ping' pings_both 20
flows_end
for ns in a b; do
	check_eq "the flow from $ns lost nothing all the while" '' \
		"$(flow_gaps $ns)"
done
captures_end legacy 'on 2797' "$esp_2797" "$esp_4500"
wire_some 'the NAT maps 2797 to where the gateway has learned it' legacy-b.pcap \
	"udp src port 2797 and dst port $mapped" 40
stop "$monitor"
check 'XFRM of the gateway has told of new SAs' \
	says '^src .* dst ' monitor-2797.log
check_not 'and of no other mapping' says "$kernel_says" monitor-2797.log
tail -n +$((charon_before + 1)) "$LAB_OUT/charon-b.log" > "$LAB_OUT/charon-2797"
check 'charon of the gateway has told of rekeying' \
	says 'IKE_SA tunnel.* rekeyed' charon-2797
check_not 'and of no other mapping' says "$charon_says" charon-2797
check_eq 'XFRM has no errors' '0 0' "$(xfrm_errors a) $(xfrm_errors b)"

# (4)
captures again
ctl a peer del $gateway reqid "$reqid"
check 'without the peer: ping' pings_both 20
check_eq 'the gateway has no peer any more' '[]' "$(ctl b -j peer show)"
captures_end again 'without the peer' "$esp_4500" "$esp_2797"
check_eq 'XFRM has no errors still' '0 0' "$(xfrm_errors a) $(xfrm_errors b)"

# Once more, there and back. A packet of the gateway's that comes between the end
# of the client's peer and the client's next packet would make it learn the gateway,
# and so the two would keep each other on 2797.
ctl a port set 2797 learn off
flows
ctl a peer add $gateway reqid "$reqid" port 2797
await 20 'in the midst of traffic, the gateway learns the peer again' learned
ctl a peer del $gateway reqid "$reqid"
await 20 'in the midst of traffic, it forgets the peer again' forgotten
flows_end
for ns in a b; do
	check_eq "the flow from $ns lost nothing there and back" '' \
		"$(flow_gaps $ns)"
done
check_eq 'XFRM has no errors there and back' '0 0' \
	"$(xfrm_errors a) $(xfrm_errors b)"

# (5)
xfrm_monitor b monitor-4500.log
charon_before=$(wc -l < "$LAB_OUT/charon-b.log")
# While ESP flows, charon sends nothing by itself, from which it could see the same.
flows
nat 33000-33999
in_ns n conntrack -F 2> /dev/null
await 30 'the NAT maps 4500 anew: XFRM of the gateway tells' \
	says "$kernel_says" monitor-4500.log
await 30 'and the SAs follow' template_port 33
flows_end
tail -n +$((charon_before + 1)) "$LAB_OUT/charon-b.log" > "$LAB_OUT/charon-4500"
check 'charon of the gateway has told as well' says "$charon_says" charon-4500
check 'ping after that' pings_both 5
check 'the tunnel is taken down' \
	swanctl_in a --terminate --ike tunnel --timeout 60

plan_done
