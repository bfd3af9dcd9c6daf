#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 900 s
# Gateway a is made ill in one way after the other: doctor finds just that, and when a is
# treated as it says, nothing is left.
#
#      a ════ wire ════ b        see gateways.sh
#
# What it says of packets is compared with what becomes of them. 99-refused.sh has what
# only a reboot can heal.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

readonly diagnosis=$LAB_OUT/diagnosis
declare -A status_of=([note]=0 [warning]=3 [error]=4)

# diagnose [SECONDS [ABOUT]]: sets found, "warning:firewall-drops ...", the status, and fits:
# whether all that it is about fits the regular expression.
diagnose() {
	status=0 found='' fits=true
	ctl a -j doctor seconds "${1:-0}" > "$diagnosis" || status=$?
	[ "$(cat "$diagnosis")" != '[]' ] || return 0
	# shellcheck disable=SC2016 # jq has its own $about
	{
		read -r found
		read -r fits
	} < <(jq -r --arg about "${2-}" '(map("\(.severity):\(.id)") | join(" ")),
		all(.[].about[]; test($about))' "$diagnosis")
}

# ill WHAT FOUND ABOUT [SECONDS]: just this is found; each time it is about what fits the
# regular expression.
ill() {
	diagnose "${4:-0}" "$3"
	check_eq "$1: $2" "$2, status ${status_of[${2%%:*}]}" "$found, status $status"
	check_eq "$1: about $3" true "$fits"
	[ "$fits" = true ] || note "$(cat "$diagnosis")"
}

# well WHAT [SECONDS]
well() {
	diagnose "${2:-0}"
	check_eq "$1: nothing" ', status 0' "$found, status $status"
}

ns_add a

# The module
ill 'no module' error:module-absent '^[0-9.]+[^,]*, in whose modules.dep it is not$'
check 'and for which kernel' grep -qF "$(uname -r)" "$diagnosis"
module_install
ill 'a module that is not loaded' error:module-not-loaded 'updates/espencap.ko$'
check_not 'who looks does not load it' grep -q '^espencap ' /proc/modules
modprobe espencap
ill 'no port' note:no-ports 'is loaded'
module_unload
module_uninstall
python3 - "$LAB_MODULE" "$LAB_OUT/other.ko" <<'END'
import re
import sys
with open(sys.argv[1], "rb") as module, open(sys.argv[2], "wb") as other:
    other.write(re.sub(rb"(?<![a-z])version=\d", b"version=9", module.read()))
END
LAB_MODULE=$LAB_OUT/other.ko module_load
ctl a port add 2797
ill 'a module of another version' warning:module-version '^the module is 9.*, the tool '
module_unload
ip netns del a
lab_namespaces=()

gateways
module_load
serve 2797
tunnel 4 4
check 'ping' pings a "${inner_a[4]}" "${inner_b[4]}"
well 'a gateway that works' 2
ctl a doctor > "$LAB_OUT/said"
check_eq 'who is well is told what was looked at, in one line' 1 "$(grep -c \
	'^nothing is wrong: looked at the module, ports (1), peers (2), SAs (2), ' "$LAB_OUT/said")"

# Rights
status=0
in_ns a capsh --drop=cap_net_admin -- -c 'espencapctl -d doctor' > "$LAB_OUT/said" || status=$?
check_eq 'no rights: what could not be looked at: ports, peers, SAs, rules; status 3' '4 3' \
	"$(grep -c 'CAP_NET_ADMIN in this' "$LAB_OUT/said") $status"
check 'no rights: that has its name' grep -q '^warning not-examined: ' "$LAB_OUT/said"
check_not 'no rights: it is not said that all is well' grep -q 'nothing is wrong' "$LAB_OUT/said"

# Another program's socket
receiver a 0.0.0.0 2797 theirs 2
ill 'UDP_ENCAP on the port' warning:encap-socket "^port 2797: python3 \($spawned\)$"
stop "$spawned"
well 'when it has gone'
ctl a port add 4500
receiver a 0.0.0.0 4500 theirs 2
ill 'UDP_ENCAP on 4500' note:encap-socket '^port 4500: python3'
stop "$spawned"
ctl a port del 4500

# The firewall: what is said, and what comes through. The program on port 9 tells that
# nothing is under way any more.
receiver a 0.0.0.0 2797 port
receiver a 0.0.0.0 9 other
heard=40000
comes() {
	heard=$((heard + 1))
	in_ns b python3 -S "$datagram" send "${outer_b[4]}" $heard "${outer_a[4]}" 2797 ff00
	in_ns b python3 -S "$datagram" send "${outer_b[4]}" $heard "${outer_a[4]}" 9 00
	until_true 20 grep -qxF "${outer_b[4]} $heard 00" "$LAB_OUT/other" ||
		die 'nothing comes to the other port'
	grep -qxF "${outer_b[4]} $heard ff00" "$LAB_OUT/port"
}

# blocked WHAT ABOUT, open WHAT
blocked() {
	ill "$1" warning:firewall-drops "$2"
	check_not "$1: and so it is" comes
}
open() {
	well "$1"
	check "$1: and so it is" comes
}
rules() {
	in_ns a nft -f -
}
rules <<-'END'
	table inet f {
		chain input {
			type filter hook input priority 0; policy drop
			ct state vmap { established : accept, related : accept, invalid : drop }
			iifname lo accept
			meta l4proto { icmp, ipv6-icmp, esp } accept
			udp dport { 9, 500, 4500 } accept
		}
	}
END
blocked 'ESP is accepted, and other ports' \
	'^port 2797, IPv[46]: policy of chain inet f input; protocol 50 may pass'
in_ns a nft insert rule inet f input udp dport 2797 accept
open 'accepted, as doctor says'
in_ns a nft flush ruleset
rules <<-'END'
	table ip f {
		set ours { type inet_service; flags interval; elements = { 9, 500, 2800-2900 } }
		chain late { counter reject; }
		chain input { type filter hook input priority 10; meta l4proto udp goto sorted; }
		chain sorted { udp dport @ours return; jump late; }
	}
END
blocked 'not in a set' '^port 2797, IPv4: rule with handle [0-9]+ of chain ip f late;'
in_ns a nft add element ip f ours '{ 2797 }'
open 'added to the set'
in_ns a nft flush ruleset
rules <<-'END'
	table inet f {
		chain early {
			type filter hook prerouting priority raw
			fib daddr . iif type local udp dport 2797 ip saddr 192.0.2.77 drop
			udp dport 9 notrack
		}
		chain input {
			type filter hook input priority 0; policy drop
			icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert } accept
			udp dport 1024-65535 limit rate 1000/second accept
			udp dport 9 accept
		}
	}
END
open 'what may be dropped, but is not'
in_ns a nft flush ruleset
in_ns a iptables-nft -P INPUT DROP
in_ns a iptables-nft -A INPUT -i lo -j ACCEPT
in_ns a iptables-nft -A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
in_ns a iptables-nft -A INPUT -m policy --dir in --pol ipsec -j ACCEPT
in_ns a iptables-nft -A INPUT -p esp -m comment --comment IPsec -j ACCEPT
in_ns a iptables-nft -A INPUT -p udp -m multiport --dports 9,500,4500 -j ACCEPT
blocked 'iptables' '^port 2797, IPv4: policy of chain ip filter INPUT; protocol 50 may pass'
in_ns a iptables-nft -I INPUT -p udp -m multiport --dports 2700:2800,4500 -j ACCEPT
open 'iptables -I'
in_ns a nft flush ruleset
ctl a port add 10000
rules <<< 'table ip f { chain input { type filter hook input priority 0; udp dport 10000 drop; }; }'
ill 'a port to which nothing has come' error:firewall-drops '^port 10000, IPv4: rule'
ctl a port del 10000
in_ns a nft flush ruleset
rules <<-'END'
	table inet f {
		chain output {
			type filter hook output priority 0; policy drop
			meta l4proto { esp, icmp, icmpv6 } accept
			udp dport 500 accept
		}
	}
END
ill 'on its way out' error:firewall-drops-output \
	'^port 2797 to 2797, IPv[46]: policy of chain inet f output$'
check_not 'and so it is' pings a "${inner_a[4]}" "${inner_b[4]}" 1 -W 1
in_ns a nft insert rule inet f output udp sport 2797 accept
well 'accepted, as doctor says'
check 'and so it is' pings a "${inner_a[4]}" "${inner_b[4]}"
in_ns a nft flush ruleset
if in_ns a iptables-legacy -A INPUT -p udp -j DROP 2> "$LAB_OUT/legacy"; then
	ill 'iptables-legacy' note:firewall-legacy '^IPv4: table filter$'
	in_ns a iptables-legacy -F
	rmmod iptable_filter
	well 'its modules are not loaded'
else
	check 'iptables-legacy # SKIP this kernel does not have it' \
		grep -qi 'iptables\|table' "$LAB_OUT/legacy"
fi

# SAs. replaced NS HOW...: the one from b to a is made anew.
replaced() {
	local ns=$1
	shift
	ip -n "$ns" xfrm state delete src "${outer_b[4]}" dst "${outer_a[4]}" proto esp spi 0x204400
	ip -n "$ns" xfrm state add src "${outer_b[4]}" dst "${outer_a[4]}" proto esp spi 0x204400 \
		reqid 44 mode tunnel flag af-unspec "$@"
}
gcm=(aead 'rfc4106(gcm(aes))' "$key_ba" 128)
replaced a "${gcm[@]}"
ill 'replay-window 0' warning:sa-replay-window-0 \
	'^SPI 0x00204400, 192.0.2.2 to 192.0.2.1, reqid 44$'
ctl a peer set "${outer_b[4]}" pin
well 'its peer is pinned'
ctl a peer set "${outer_b[4]}" unpin
replaced a replay-window 32 "${gcm[@]}"
well 'with a window'
replaced a replay-window 32 enc 'cbc(aes)' "${key_ab:0:34}" auth digest_null ''
ill 'no ICV' warning:sa-no-icv '^SPI 0x00204400, '
xfrm_clear a
insmod "${LAB_MODULE%/*}/fakenic.ko"
modprobe esp4_offload
ip link set dev nic0 netns a up
one_sa() {
	ip -n a xfrm state add src "${outer_a[4]}" dst "${outer_b[4]}" proto esp spi 0x104400 \
		reqid 44 mode tunnel aead 'rfc4106(gcm(aes))' $key_ab 128 "$@"
}
one_sa offload dev nic0 dir out
ill 'a NIC that is not asked' note:sa-offload-unused '^SPI 0x00104400, '
xfrm_clear a
if one_sa offload packet dev nic0 dir out 2> "$LAB_OUT/packet"; then
	ill 'a NIC that does all' error:sa-offloaded 'offload packet$'
	xfrm_clear a
else
	check 'offload packet # SKIP iproute2 does not know it' \
		grep -q '"packet" is wrong' "$LAB_OUT/packet"
fi
if one_sa encap espinudp 4500 4500 0.0.0.0 offload dev nic0 dir out 2> "$LAB_OUT/template"; then
	well 'a template and an offload, which the kernel serves'
	ctl a peer add "${outer_b[4]}" reqid 44 port 2797
	ill 'and a peer' error:sa-offloaded 'a template, and offload crypto$'
	tunnel_policies a "${outer_a[4]}" "${outer_b[4]}" "${inner_a[4]}" "${inner_b[4]}" 44
	ip -n a route add "${outer_b[4]}" dev nic0 src "${outer_a[4]}"
	spawn calls.log ip netns exec a ping -n -i 0.2 -I "${inner_a[4]}" "${inner_b[4]}"
	diagnose 2
	check_eq 'its packets' 'error:sa-offloaded warning:tx-unencrypted' "$found"
	stop "$spawned" INT
	ip -n a route del "${outer_b[4]}" dev nic0
	ctl a peer del "${outer_b[4]}" reqid 44
else
	check 'a template and an offload # SKIP this kernel refuses that' \
		grep -qi 'not supported\|invalid\|encapsulation' "$LAB_OUT/template"
fi
xfrm_clear a b
well 'without offload'
ip -n a link set dev nic0 netns 1
rmmod fakenic esp4_offload

# Peers. SAs grow old at once.
ctl a peer del "${outer_b[4]}"
ctl a peer add "${outer_b[4]}" port 2797
tunnel 4 4
ip -n b xfrm state flush
date -s '+600 seconds' > /dev/null
ill 'nothing goes, and nothing comes' note:peer-silent \
	'^peer 192.0.2.2: last heard never, last sent never$'
attempts a "${inner_a[4]}" "${inner_b[4]}" 1
ill 'something goes, and nothing comes' warning:peer-unanswered \
	'^peer 192.0.2.2: last heard never, last sent [0-9]+ s ago$'
sa b "${outer_a[4]}" "${outer_b[4]}" 0x104400 44 $key_ab tunnel
sa b "${outer_b[4]}" "${outer_a[4]}" 0x204400 44 $key_ba tunnel
check 'the peer has its keys again' pings a "${inner_a[4]}" "${inner_b[4]}"
well 'something comes'
date -s '-600 seconds' > /dev/null

tunnel 6 6
ip -n a link set dev a mtu 1280
check 'a narrow link' pings a "${inner_a[6]}" "${inner_b[6]}" 1
ill 'a narrow link' warning:peer-mtu-small '^peer 2001:db8::2: MTU 1280$'
ip -n a link set dev a mtu 1500
check 'a wide link' pings a "${inner_a[6]}" "${inner_b[6]}" 1
well 'a wide link'
capture w b large.pcap "udp and src host ${outer_a[4]}"
check 'a large packet' pings a "${inner_a[4]}" "${inner_b[4]}" 1 -s 1390
capture_stop large.pcap
in_ns b python3 -S "$datagram" raw "$(packets_of large.pcap udp |
	python3 -S "$packets" error "${outer_b[4]}" 1400 16)"
check 'somebody says it is too large' pings a "${inner_a[4]}" "${inner_b[4]}" 1
ill 'somebody says it is too large' note:peer-mtu '^peer 192.0.2.2: MTU 1400, told by a router$'
ctl a peer del "${outer_b[4]}"
ctl a peer add "${outer_b[4]}" port 2797
well 'that is forgotten'

# Counters, while they grow. b sends what nobody should.
named=$(awk '/^XfrmIn/ { print $1 }' /proc/net/xfrm_stat)
for name in $named; do
	grep -qF "$name" "$(command -v espencapctl)" || echo "$name"
done > "$LAB_OUT/unknown"
check_eq 'each counter of this kernel is known' '' "$(cat "$LAB_OUT/unknown")"
check 'they are some' test "$(wc -w <<< "$named")" -ge 14

# ip4 PROTOCOL HEX: a packet from b to a.
ip4() {
	echo "45000000 00004000 40${1}0000 c0000202 c0000201 $2"
}
readonly filler=00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff
capture w a genuine.pcap "udp and src host ${outer_b[4]}"
check 'a packet' pings b "${inner_b[4]}" "${inner_a[4]}" 1
capture_stop genuine.pcap
genuine=$(packets_of genuine.pcap udp | sed -n 1p)
sa a "${outer_b[4]}" "${outer_a[4]}" 0x5000 50 $key_ba tunnel encap espinudp 4500 4500 0.0.0.0
bad=("$(ip4 11 "0aed0aed 00300000 00dead00 00000001 $filler")"
	"$(ip4 11 "0aed0aed 00070000 00dead00 00000001 $filler")"
	"$(ip4 32 0011)" "$(ip4 32 "00dead00 00000001 $filler")"
	"$(ip4 32 "00005000 00000001 $filler")"
	"$genuine" "${genuine:0:64}00000fff${genuine:72}")
expected='rx-malformed rx-unknown-spi xfrm-in-hdr-error xfrm-in-no-states xfrm-in-state-mismatch xfrm-in-state-proto-error xfrm-in-state-seq-error'
if sa a "${outer_b[4]}" "${outer_a[4]}" 0x6000 60 $key_ba tunnel replay-window 0 dir out 2> "$LAB_OUT/dir"; then
	bad+=("$(ip4 32 "00006000 00000001 $filler")")
	expected="${expected/-mismatch/-dir-error xfrm-in-state-mismatch}"
else
	check 'dir out # SKIP iproute2 does not know it' grep -q '"dir" is wrong' "$LAB_OUT/dir"
fi
well 'before that' 2
spawn raw.log ip netns exec b python3 -S "$datagram" repeat 0.2 "${bad[@]}"
sender=$spawned
until_true 20 grep -q ready "$LAB_OUT/raw.log" || die 'nothing is sent'
diagnose 2
check_eq 'packets of all kinds' "$expected, status 3" "$(jq -r 'map(.id) | sort | join(" ")' \
	"$diagnosis"), status $status"
check_eq 'all of them are warnings' warning "$(jq -r '.[].severity' "$diagnosis" | uniq)"
stop "$sender"
well 'when they stop' 2
ctl a -j -d doctor seconds 1 > "$diagnosis"
check_eq '-d remembers them' note:xfrm-past "$(jq -r '.[] | "\(.severity):\(.id)"' "$diagnosis")"
check 'each' jq -e '.[0] | .count == (.about | length) and
	(.about | any(startswith("XfrmInHdrError: ")))' "$diagnosis"
ip -n a xfrm state deleteall proto esp spi 0x5000
ip -n a xfrm state deleteall proto esp spi 0x6000

# calling WHAT NS FOUND ABOUT: this is found while somebody at NS pings, in vain or not,
# five times within the second in which it is looked at.
calling() {
	if [ "$2" = a ]; then
		spawn calls.log ip netns exec a ping -n -i 0.2 -I "${inner_a[$v]}" "${inner_b[$v]}"
	else
		spawn calls.log ip netns exec b ping -n -i 0.2 -I "${inner_b[$v]}" "${inner_a[$v]}"
	fi
	calls=$spawned
	until_true 10 is_pinging
	if [ -n "$3" ]; then
		ill "$1" "$3" "$4" 1
	else
		well "$1" 1
	fi
	stop "$calls" INT
}
# It sleeps between two pings.
is_pinging() {
	[ "$(cat "/proc/$calls/comm")" = ping ] && lab_is_asleep "$calls"
}
v=4
policy=(src "${inner_b[4]}" dst "${inner_a[4]}" dir in)
template=(tmpl src "${outer_b[4]}" dst "${outer_a[4]}" proto esp mode tunnel)
ip -n a xfrm policy delete "${policy[@]}"
calling 'no policy' b warning:xfrm-in-no-pols '^XfrmInNoPols: [0-9]+ more$'
ip -n a xfrm policy add "${policy[@]}" action block
calling 'a policy that blocks' b warning:xfrm-in-pol-block '^XfrmInPolBlock: '
ip -n a xfrm policy update "${policy[@]}" action allow "${template[@]}" reqid 99
calling 'a policy for another SA' b warning:xfrm-in-tmpl-mismatch '^XfrmInTmplMismatch: '
ip -n a xfrm policy update "${policy[@]}" action allow "${template[@]}" reqid 44
calling 'the right policy' b '' ''

ctl a peer set "${outer_b[4]}" endpoint 203.0.113.9:2797 pin
calling 'no route to the endpoint' a warning:tx-no-route '^port 2797: [0-9]+ more$'
ctl a peer set "${outer_b[4]}" endpoint "${outer_b[4]}:2797" unpin
calling 'a route' a '' ''

ctl a flush
ctl a port add 2797 max-learned 0
calling 'no room' b warning:refused-full '^port 2797: '
ctl a port set 2797 max-learned 1
calling 'room for one' b '' ''
ctl a flush
ctl a port add 2797
replaced a "${gcm[@]}"
replaced b "${gcm[@]}"
spawn calls.log ip netns exec b ping -n -i 0.2 -I "${inner_b[4]}" "${inner_a[4]}"
diagnose 2
check_eq 'no window' 'warning:sa-replay-window-0 warning:refused-unsafe' "$found"
stop "$spawned" INT
replaced a replay-window 32 "${gcm[@]}"
calling 'a window' b '' ''

# Two clients at one address, by two SAs of b, and without a reqid at a.
xfrm_clear a b
ctl a flush
ctl a port add 2797
ctl b port add 2746
ctl b peer add "${outer_a[4]}" reqid 46 port 2746 endpoint "${outer_a[4]}:2797"
for v in 4 6; do
	sa b "${outer_a[4]}" "${outer_b[4]}" "0x104${v}00" 4$v $key_ab tunnel
	sa b "${outer_b[4]}" "${outer_a[4]}" "0x204${v}00" 4$v $key_ba tunnel
	tunnel_policies b "${outer_b[4]}" "${outer_a[4]}" "${inner_b[$v]}" "${inner_a[$v]}" 4$v
	sa a "${outer_a[4]}" "${outer_b[4]}" "0x104${v}00" 0 $key_ab tunnel
	sa a "${outer_b[4]}" "${outer_a[4]}" "0x204${v}00" 0 $key_ba tunnel
	tunnel_policies a "${outer_a[4]}" "${outer_b[4]}" "${inner_a[$v]}" "${inner_b[$v]}" 0
done
attempts b "${inner_b[4]}" "${inner_a[4]}" 1
check 'the first client is a peer' test "$(ctl a -j peer | jq length)" = 1
calling 'another client at its address' b warning:refused-ambiguous '^port 2797: '

xfrm_clear a b
ctl a flush
ctl a port add 2797
tunnel 4 4
replaced a replay-window 32 "${gcm[@]}" limit packet-hard 15
replaced b "${gcm[@]}"
spawn calls.log ip netns exec b ping -n -i 0.2 -I "${inner_b[4]}" "${inner_a[4]}"
diagnose 6
check_eq 'an SA expires' 'warning:xfrm-in-state-expired warning:rx-unknown-spi' "$found"
stop "$spawned" INT

plan_done
