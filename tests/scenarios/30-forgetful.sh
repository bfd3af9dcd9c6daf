#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 300 s
# A client with manual keys behind a NAT that forgets its port every few seconds.
#
#   c ──── r ──── g      see nat.sh
#
# First the NAT forgets after two seconds without a packet, which is what some do;
# then it forgets in the midst of traffic; last, keepalives make it remember.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=nat.sh
. ./nat.sh

# Each answer goes to the port that the request before it came from.
answers_follow() {
	tcpdump -nn -r "$LAB_OUT/$1" 'udp port 2797' 2> /dev/null |
		sed 's/[:,]//g' | awk -v g="${gateway[4]}.2797" '
		$5 == g { asked = $3; ports[$3] }
		$3 == g && $5 != asked { print; bad = 1 }
		END { exit bad || length(ports) < 4 }'
}

forgotten() {
	[ -z "$(mapped_port 4 2797)" ]
}

at_the_new_port() {
	local now
	now=$(mapped_port 4 2797)
	[ -n "$now" ] && [ "$(endpoint)" = "${public[4]} $now" ]
}

sent_keepalives() {
	[ "$(counter c port 2797 keepalives_sent)" -ge "$1" ]
}

module_load
nat_topology
in_ns r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=2 \
	net.netfilter.nf_conntrack_udp_timeout_stream=2
nat_tunnel 4 "${public[4]}"
ctl c port add 2797 learn off
ctl c peer add "${gateway[4]}" port 2797
ctl g port add 2797

capture between g slow.pcap
flow c "${inner_b[4]}" "${inner_a[4]}" 4
for ((n = 0; n < 5; n++)); do
	flow_goes_on c
done
flow_end c
capture_stop slow.pcap
check_eq 'a ping every four seconds: none is lost' '' "$(flow_gaps c)"
check 'each answer goes to where the request came from, always another port' \
	answers_follow slow.pcap
await 20 'the NAT forgets' forgotten
check_not 'then the gateway cannot reach the client' \
	in_ns g ping -q -n -c 1 -W 1 -I 10.1.0.1 10.2.0.1

flow c "${inner_b[4]}" "${inner_a[4]}"
for ((n = 1; n <= 6; n++)); do
	nat_map 4${n}000-4${n}999
	await 10 "forgotten in the midst of traffic, $n: the peer follows" \
		at_the_new_port
	for ((m = 0; m < 20; m++)); do flow_goes_on c; done
done
flow_end c
check "at most the answers under way are lost: $(flow_gaps c | paste -sd ' ')" \
	test "$(flow_gaps c | wc -l)" -le 6
check_eq 'it is still one peer' 1 "$(ctl g -j peer | jq length)"
check_eq 'XFRM has no errors' '0 0' "$(xfrm_errors c) $(xfrm_errors g)"

# silence FILE: the longest, in ms, between two packets of the client.
silence() {
	tcpdump -nn -tt -r "$LAB_OUT/$1" "udp and dst host ${gateway[4]}" 2> /dev/null | awk '
		NR > 1 && $1 - last > longest { longest = $1 - last }
		{ last = $1 }
		END { printf "%d\n", longest * 1000 }'
}

await 20 'the NAT forgets again' forgotten
in_ns r sysctl -qw net.netfilter.nf_conntrack_udp_timeout=4 \
	net.netfilter.nf_conntrack_udp_timeout_stream=4
ctl c port set 2797 keepalive 2
capture between g kept.pcap
check 'with keepalives: a ping' pings c "${inner_b[4]}" "${inner_a[4]}" 1
mapped=$(mapped_port 4 2797)
for n in 1 2 3; do
	sent=$(counter c port 2797 keepalives_sent)
	await 10 "with keepalives: one after silence, $n" sent_keepalives $((sent + 1))
	# from here, it is as long as can be until the module looks again
	check "with keepalives: a ping right behind it, $n" \
		pings c "${inner_b[4]}" "${inner_a[4]}" 1
done
await 10 'with keepalives: two more' sent_keepalives $((sent + 3))
capture_stop kept.pcap
check "never silent for much longer than two seconds: $(silence kept.pcap) ms" \
	test "$(silence kept.pcap)" -lt 2600
check_eq 'the NAT has not forgotten' "$mapped" "$(mapped_port 4 2797)"
check 'and the gateway reaches the client' pings g "${inner_a[4]}" "${inner_b[4]}" 3

plan_done
