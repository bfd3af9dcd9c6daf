#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# Malformed datagrams, to a gateway that has ports of every format and SAs of every kind.
#
#      a ──────── w ──────── b ──── tap
#    peer      forgeries   gateway   what virtual machines hand over
#
# Truncated, with lengths that lie, in fragments, behind headers, merged, and ICMP errors
# that quote them: each in all its variants, and then at random. Nothing that is not
# authentic comes out of b's SAs or moves its peers, and a is served afterwards. FUZZ=N: so
# many at random, in place of a few; SEED=N: the same ones again.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

readonly amount=${FUZZ:-20000} seed=${SEED:-$RANDOM$RANDOM}

# What stands before ESP.
declare -A marker=([2797]='' [500]=0000000000000000 [4500]='')
# Where the SAs come from that b has and nobody else.
declare -A nobody=([4]=192.0.2.77 [6]=2001:db8::77)
# No path has a smaller MTU.
declare -A least=([4]=552 [6]=1280)
# What a has sent on an SA without a window, and nothing else may come out of that.
readonly authentic=c0ffeec0ffeec0ff

# forged_sa V SPI MODE WORDS...: one that only b has.
forged_sa() {
	local v=$1 spi=$2 mode=$3
	shift 3
	ip -n b xfrm state add src "${nobody[$v]}" dst "${outer_b[$v]}" proto esp spi "$spi" \
		reqid 7 mode "$mode" "$@"
}

# sas V: with an ICV in transport mode, and in tunnel mode with a template; without one in
# both modes, so that anything comes out; and without a window, as a has it, so that what
# a has sent can be sent again.
sas() {
	local v=$1 ns null=(enc 'ecb(cipher_null)' '' auth digest_null '')
	forged_sa "$v" "0x7${v}01" transport replay-window 32 \
		aead 'rfc4106(gcm(aes))' $key_ab 128
	forged_sa "$v" "0x7${v}02" tunnel replay-window 32 \
		aead 'rfc4106(gcm(aes))' $key_ab 128 encap espinudp 4500 4500 0.0.0.0
	forged_sa "$v" "0x7${v}03" tunnel "${null[@]}"
	forged_sa "$v" "0x7${v}04" transport "${null[@]}"
	for ns in a b; do
		ip -n $ns xfrm state add src "${outer_a[$v]}" dst "${outer_b[$v]}" proto esp \
			spi "0x7${v}05" reqid "7$v" mode transport \
			aead 'rfc4106(gcm(aes))' $key_ab 128
	done
	ip -n a xfrm policy add src "${outer_a[$v]}" dst "${outer_b[$v]}" proto udp dport 7009 \
		dir out tmpl src "${outer_a[$v]}" dst "${outer_b[$v]}" proto esp \
		reqid "7$v" mode transport
}

# record V: a sends a datagram on the last of these; its ESP is in $LAB_OUT/real-V.
record() {
	local v=$1
	receiver b "${outer_b[$v]}" 7009 "received-$v"
	capture w b real.pcap "udp port 2797 and src host ${outer_a[$v]}"
	in_ns a python3 -S "$datagram" send "${outer_a[$v]}" 7009 "${outer_b[$v]}" 7009 \
		$authentic
	arrives "IPv$v: what is authentic comes out" "received-$v" \
		"${outer_a[$v]} 7009 $authentic"
	capture_stop real.pcap
	payload "$v" real.pcap udp > "$LAB_OUT/real-$v"
	stop "$spawned"
}

# inner V: an IP packet to b with ESP in UDP in it.
inner() {
	local udp
	udp=0aed0aed00280001$(printf '%08x%08x' "0x7${1}01" 1)$(printf 'ee%.0s' {1..16})
	if [ "$1" = 4 ]; then
		python3 -S "$packets" set 0 45 <<< \
			"450000000000000040110000c000024dc0000202$udp"
	else
		echo "600000000020114020010db800000000000000000000004d20010db8$(
			printf '%024x' 2)$udp"
	fi
}

# lines V PORT...: the datagrams that something will be wrong with, for fuzz-packets.
lines() {
	local v=$1 port spi next=(04 29) from to
	from="${outer_a[$v]} 2797" to=${outer_b[$v]}
	shift
	for port; do
		for spi in "10${v}${v}00" "7${v}01" "7${v}02" dead01; do
			printf 'udp %s %s %s %s%08x%08x%s\n' "$from" "$to" "$port" \
				"${marker[$port]}" "0x$spi" 4095 "$(printf '5a%.0s' {1..44})"
		done
		printf 'udp %s %s %s %s%08x%08x%s0102%s\n' "$from" "$to" "$port" \
			"${marker[$port]}" "0x7${v}03" 1 "$(inner "$v")" \
			"02${next[$((v == 6))]}"
		printf 'udp %s %s %s %s%08x%08x%s01020211\n' "$from" "$to" "$port" \
			"${marker[$port]}" "0x7${v}04" 1 1b611b610010000000112233445566
		echo "udp $from $to $port ${marker[$port]}$(cat "$LAB_OUT/real-$v")"
	done
}

# errors V: quotes of what b has sent to a, and of what it has not.
errors() {
	local v=$1 spi
	for spi in "0x20${v}${v}00" 0xdead01 0; do
		printf 'error %s 2797 %s 2797 %08x%08x%s\n' "${outer_b[$v]}" "${outer_a[$v]}" \
			"$spi" 1 "$(printf '5a%.0s' {1..16})"
	done
}

# lost veth|tap NS INTERFACE: how many of what it sends to b, or receives, went no further.
# What b's backlog has no room for, its end of a veth counts as well.
lost() {
	local -A counter=([veth]=tx_dropped [tap]=rx_dropped)
	in_ns "$2" cat "/sys/class/net/$3/statistics/${counter[$1]}"
}

# fuzz TABLE PERCENT veth|tap NS INTERFACE FILE: PERCENT of all there are to be.
fuzz() {
	local before sent taken waits
	before=$(lost "$3" "$4" "$5")
	check "$1 by $3, seed $seed" in_ns "$4" fuzz-packets "$1" "$seed" $((amount * $2 / 100)) \
		"$3" "$5" "$([ "$3" = tap ] && in_ns b cat /sys/class/net/tap/address || echo "$mac")" \
		< "$LAB_OUT/$6"
	sent=$(tail -n 1 "$lab_output")
	# who finds no room waits, and sends it again
	read -r taken waits < <(awk '{ print $2 + $6, $16 }' <<< "$sent")
	before=$(($(lost "$3" "$4" "$5") - before - waits))
	check "fuzzed: $sent; $before were lost on the way" test $((before * 20)) -lt "$taken"
}

# What has come to b's ports, as they say.
counted() {
	ctl b -j -s port | jq '[.[].stats.rx_datagrams] | add'
}

# Since both were read last, as many were counted as have come.
all_are_counted() {
	echo "came: $(($(nft_seen b came) - came)), counted: $(($(counted) - counted))"
	[ $(($(nft_seen b came) - came)) = $(($(counted) - counted)) ]
}

# What nothing that is forged may change.
state() {
	ctl b -j peer | jq -c 'sort_by(.address, .reqid)[] | [.address, .reqid, .origin,
		.endpoint, .moved]'
	ctl b -j -s port | jq -c 'sort_by(.port)[] |
		[.port, .learned, .stats.peers_learned, .stats.peers_moved]'
	for spi in 104400 106600 7401 7402 7601 7602; do
		echo "$spi $(sa_packets b 0x$spi)"
	done
}

# Packets and their first bytes: those that are freed as well, until the caches shrink.
heads() {
	local cache
	for cache in /sys/kernel/slab/skbuff_*; do
		echo 1 > "$cache/shrink"
	done
	awk '$1 ~ /^skbuff_/ { n += $2 } END { print n }' /proc/slabinfo
}

has_few_heads() {
	local now
	now=$(heads)
	echo "$now packets, there were $heads"
	[ "$now" -lt $((heads + 500)) ]
}

module_load
gateways
mac=$(in_ns b cat /sys/class/net/b/address)
in_ns b sysctl -qw net.ipv4.conf.all.accept_redirects=0 net.ipv4.conf.b.accept_redirects=0 \
	net.ipv6.conf.b.accept_redirects=0 net.ipv6.conf.b.accept_ra=0 \
	net.ipv4.ipfrag_time=1 net.ipv6.ip6frag_time=1 net.netfilter.nf_conntrack_frag6_timeout=1
ctl b port add 2797 keepalive 5
ctl b port add 500 keepalive 5
ctl b port add 4500 keepalive 5
ctl a port add 2797
for v in 4 6; do
	ctl a peer add "${outer_b[$v]}" port 2797
	tunnel $v $v
	check "IPv$v: ping" pings a "${inner_a[$v]}" "${inner_b[$v]}"
	sas $v
	[ $v = 6 ] || ctl b peer add "${outer_a[$v]}" reqid 7$v port 2797
	record $v
done
check_eq 'peers were learned' '192.0.2.1 2001:db8::1' "$(ctl b -j peer | jq -r \
	'map(select(.origin == "learned").address) | sort | join(" ")')"
for v in 4 6; do
	lines $v 2797 500 4500
	errors $v
done > "$LAB_OUT/all"
for v in 4 6; do
	lines $v 2797 500 | sed -n '1p;3p;5p;7p;8p'
done > "$LAB_OUT/some"
for v in 4 6; do
	lines $v 500 | sed -n 1p
done > "$LAB_OUT/few"
# what comes whole can be counted from without (no sets: 6.1's have a warning of lockdep's)
in_ns b nft -f - <<-END
	table inet watch {
		counter came { }
		counter foreign { }
		counter merged { }
		chain input {
			type filter hook input priority 298
			udp dport 7009 ipsec in reqid != 7 @th,64,64 != 0x$authentic counter name foreign
			udp dport != 2797 udp dport != 500 udp dport != 4500 accept
			meta l4proto udp meta length > 1600 counter name merged
			ip protocol udp @th,0,64 != 0 counter name came
			ip6 nexthdr udp @th,0,64 != 0 counter name came
		}
		chain whole {
			type filter hook input priority 297
			ip6 nexthdr 0 drop
			ip6 nexthdr 43 drop
			ip6 nexthdr 44 drop
			ip6 nexthdr 60 drop
		}
	}
END
modprobe tun
ip -n b tuntap add dev tap mode tap
for interface in "w a" "w b" "w bridge" "b b" "b tap"; do
	# shellcheck disable=SC2086 # two words
	set -- $interface
	ip -n "$1" link set dev "$2" mtu 60000 up
done
before=$(state)
heads=$(heads)

came=$(nft_seen b came) counted=$(counted)
fuzz plain 30 veth w b all
fuzz plain 10 tap b tap some
await 30 'each datagram that came is counted' all_are_counted
in_ns b nft delete chain inet watch whole
fuzz pieces 20 veth w b some
in_ns b ethtool -K b gro on rx-gro-list on > /dev/null
in_ns b sh -c 'echo 2000000 > /sys/class/net/b/gro_flush_timeout'
fuzz merged 10 veth w b some
in_ns b ethtool -K b rx-gro-list off rx-udp-gro-forwarding on > /dev/null
# connections are tracked from here on, which puts fragments together before b's hooks
in_ns b nft add chain inet watch tracked '{ type filter hook input priority filter; }'
in_ns b nft add rule inet watch tracked ct state new counter
fuzz merged 10 veth w b some
fuzz pieces 10 tap b tap few
check "GRO has merged some of them ($(nft_seen b merged))" test "$(nft_seen b merged)" -gt 10
fuzz handed 10 tap b tap some
ip -n b link del dev tap

check_eq 'what is forged has come out of no SA with an ICV, and has moved nobody' \
	"$before" "$(state)"
check_eq 'of what is sent again, nothing is forged' 0 "$(nft_seen b foreign)"
for v in 4 6; do
	for spi in 7${v}03 7${v}04 7${v}05; do
		check "SA $spi has let out packets" test "$(sa_packets b "0x$spi")" -gt 3
	done
done
for name in rx_packets rx_keepalives rx_not_esp rx_unknown_spi rx_malformed rx_not_unicast \
	refused_unsafe too_big_believed too_big_refused; do
	check "some have ended as $name" test "$(counter b port 2797 $name)" -gt 0
done
check 'some had a wrong ICV' test "$(xfrm_counter b XfrmInStateProtoError)" -gt 0
check 'some were replays' test "$(xfrm_counter b XfrmInStateSeqError)" -gt 0

for v in 4 6; do
	check "IPv$v: ping" pings a "${inner_a[$v]}" "${inner_b[$v]}" 10
	check "IPv$v: ping back" pings b "${inner_b[$v]}" "${inner_a[$v]}" 10
	check "IPv$v: ping back, of many bytes" pings b "${inner_b[$v]}" "${inner_a[$v]}" 3 -s 1400
	mtu=$(ctl b -j peer show "${outer_a[$v]}" | jq 'map(.mtu // empty) | min')
	check "IPv$v: the MTU that somebody has told, $mtu, can be" test "$mtu" -ge "${least[$v]}"
done
await 30 'no packet is kept' has_few_heads
check 'it unloads' module_unload

plan_done
