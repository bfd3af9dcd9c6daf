#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# time limit: 600 s
# What TCP hands over in one piece leaves in one piece, as UDP, for as long as it can.
#
#      a ════════ TCP in ESP ════════ b
#   both: espencap, the offload modules
#
# Netfilter sees the piece; a wire sees single packets, each of them right. What is between
# can translate addresses, hold packets up, or hand them over to another namespace whole.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=tcp.sh
. ./tcp.sh

# pieces NS: UDP of ours there that is larger than any packet: on the way out behind us,
# on the way in before us.
pieces() {
	nft_seen "$1" pieces
}

addr_of() {
	local name="outer_$1[4]"
	echo "${!name}"
}

# watch NS HOOK PRIORITY
watch() {
	in_ns "$1" nft -f - <<-END
	table inet watch {
		counter pieces { }
		chain pieces {
			type filter hook $2 priority $3;
			udp dport { 2797, 500 } meta length > 2000 counter name pieces
		}
	}
	END
}

no_tcp() {
	[ -z "$(in_ns "$1" ss -H -t -n)" ]
}

# flows WHAT V BYTES: TCP, captured; sets sent, bytes and arrived, a's and b's counters
# before it, and made, the number of pieces.
flows() {
	check "$1: pings" pings a "${inner_a[$2]}" "${inner_b[$2]}" 5
	capture w b bundles.pcap "src host ${outer_a[$2]}"
	sent=$(counter a port "$port" tx_packets)
	bytes=$(counter a port "$port" tx_bytes)
	arrived=$(counter b port "$port" rx_packets)
	made=$(pieces a)
	tcp "$1" "${inner_a[$2]}" "${inner_b[$2]}" "$3"
	# what a sends last is to say that it has heard of the end
	until_true 20 no_tcp b || die 'a connection does not end'
	capture_stop bundles.pcap
	made=$(($(pieces a) - made))
	check_eq "$1: XFRM has no errors" '0 0' "$(xfrm_errors a) $(xfrm_errors b)"
}

# Where the kernel forgets what the others in a piece weigh, a socket's packets go alone:
# bundle.c.
alone=''
[[ $(uname -r) != 5.10.* ]] || alone=yes

# in_pieces WHAT BYTES: most of so many.
in_pieces() {
	if [ -n "$alone" ]; then
		check_eq "$1: each alone, on this kernel" 0 "$made"
		return
	fi
	check "$1: in one piece ($made)" test "$made" -ge $(($2 / 131072))
}

# quoted WHAT N MTU: a router says so of the Nth large packet from the end, and quotes its
# UDP header. Only packets of the last seconds are known by that.
quoted() {
	local before
	before=$(counter a port "$port" too_big_believed)
	packets_of bundles.pcap 'udp and greater 1400' | tail -n "$2" | sed -n 1p |
		python3 -S "$packets" error "${outer_b[4]}" "$3" 8 > "$LAB_OUT/error"
	in_ns b python3 -S "$packets" frames b "$(in_ns a cat /sys/class/net/a/address)" \
		< "$LAB_OUT/error"
	await 5 "$1" test_counter $((before + 1)) a port "$port" too_big_believed
}

# numbers V: the sequence numbers of the ESP packets of a capture.
numbers() {
	local at=$((2 * (($1 == 4 ? 32 : 52) + marker)))
	packets_of bundles.pcap udp | cut -c $((at + 1))-$((at + 8)) | sort
}

# each_is_right WHAT V
each_is_right() {
	local what=$1 v=$2 header=$(($2 == 4 ? 28 : 48)) count
	wire_none "$what: single packets" bundles.pcap 'greater 1515'
	only_udp "$what" bundles.pcap "$port"
	wire_none "$what: no fragments" bundles.pcap "$fragments"
	wire_checksums_ok "$what: checksums" bundles.pcap udp
	count=$(wire_count bundles.pcap udp)
	check_eq "$what: each has a number of its own" "$count" \
		"$(numbers "$v" | uniq | wc -l)"
	check_eq "$what: tx_packets counts each" "$count" \
		$(($(counter a port "$port" tx_packets) - sent))
	check_eq "$what: tx_bytes counts their ESP" \
		"$(packets_of bundles.pcap udp | awk -v h=$((header + marker)) \
			'{ sum += length($0) / 2 - h } END { print sum }')" \
		$(($(counter a port "$port" tx_bytes) - bytes))
	wire_none "$what: UDP says how long each is" bundles.pcap \
		'udp and ((ip and ip[24:2] != ip[2:2] - 20) or
			(ip6 and ip6[44:2] != ip6[4:2]))'
	[ "$marker" = 0 ] || wire_none "$what: each has its marker" bundles.pcap \
		"udp and (ip${v#4}[$header:4] != 0 or ip${v#4}[$((header + 4)):4] != 0)"
}

modprobe esp4_offload
modprobe esp6_offload
module_load
gateways
watch a output 0
watch b input raw
port=2797 marker=0
serve $port
for v in 4 6; do
	tunnel $v $v
	flows "IPv$v" $v 400000
	[ $v = 6 ] || quoted 'a router is believed that quotes the UDP header of any' 3 1400
	in_pieces "IPv$v" 400000
	each_is_right "IPv$v" $v
done
xfrm_clear a b
ctl a flush
ctl b flush
ip -n a -4 route flush cache

port=500 marker=8
serve $port non-ike
for v in 4 6; do
	tunnel $v $v
	flows "8-byte marker, IPv$v" $v 400000
	in_pieces "8-byte marker, IPv$v" 400000
	each_is_right "8-byte marker, IPv$v" $v
done
xfrm_clear a b
ctl a flush
ctl b flush

port=2797 marker=0
serve $port
for v in 4 6; do
	tunnel $v $v
	ip -n a link set dev a mtu 1300
	flows "IPv$v, a narrow link" $v 500000
	in_pieces "IPv$v, a narrow link" 500000
	wire_none "IPv$v, a narrow link: no fragment" bundles.pcap "$fragments"
	wire_none "IPv$v, a narrow link: nothing is larger" bundles.pcap 'greater 1315'
	ip -n a link set dev a mtu 1500
done
# XFRM cannot be told less than 1280, so that each is fragmented here.
ip -n a link set dev a mtu 1280
flows 'IPv6, the narrowest link' 6 200000
check_eq 'IPv6, the narrowest link: single packets' 0 "$made"
wire_some 'IPv6, the narrowest link: in fragments' bundles.pcap "$fragments" 100
wire_none 'IPv6, the narrowest link: nothing is larger' bundles.pcap 'greater 1295'
ip -n a link set dev a mtu 1500
ip -n a -4 route flush cache
ip -n a -6 route flush cache

# Address translation behind us changes the first; the kernel does so to the others.
in_ns a nft -f - <<-'END'
	table inet nat {
		chain out {
			type nat hook postrouting priority srcnat;
			meta nfproto ipv4 udp dport 2797 snat ip to 192.0.2.1:40000-40099
			meta nfproto ipv6 udp dport 2797 snat ip6 to [2001:db8::1]:40000-40099
		}
	}
END
for v in 4 6; do
	flows "IPv$v, translated" $v 500000
	in_pieces "IPv$v, translated" 500000
	wire_none "IPv$v, translated: each of them" bundles.pcap 'udp src port 2797'
	wire_some "IPv$v, translated" bundles.pcap 'udp src portrange 40000-40099' 300
	wire_checksums_ok "IPv$v, translated: checksums" bundles.pcap udp
done
in_ns a nft delete table inet nat
in_ns a conntrack -F 2> /dev/null

# What else is changed there, is changed in the first alone: README.
in_ns a nft -f - <<-'END'
	table ip behind {
		chain out {
			type filter hook postrouting priority mangle;
			udp dport 2797 ip dscp set cs1
		}
	}
END
flows 'DSCP' 4 500000
in_pieces 'DSCP' 500000
marked=$(wire_count bundles.pcap 'udp and ip[1] = 0x20')
check "DSCP behind us: of the first of each piece ($marked)" test "$marked" -ge "$made"
check "DSCP behind us: and not of the others" \
	test "$marked" -le $(($(wire_count bundles.pcap udp) - made))
in_ns a nft delete table ip behind
capture w b bundles.pcap "src host ${outer_a[4]}"
check 'DSCP inside: pings' pings a "${inner_a[4]}" "${inner_b[4]}" 5 -Q 0x20
capture_stop bundles.pcap
check_eq 'DSCP inside: ESP has copied it' 5 "$(wire_count bundles.pcap 'udp and ip[1] = 0x20')"

# A queue to user space wants them single.
in_ns a nft -f - <<-'END'
	table inet held {
		chain out {
			type filter hook output priority 10;
			udp dport 2797 queue num 0
		}
	}
END
spawn queue.log ip netns exec a python3 -S queue.py "$LAB_OUT/queued"
queue=$spawned
until_true 20 grep -q ready "$LAB_OUT/queued" || die 'no queue'
for v in 4 6; do
	flows "IPv$v, through a queue" $v 300000
	each_is_right "IPv$v, through a queue" $v
done
in_ns a nft delete table inet held
stop "$queue"
check 'the queue had them' test "$(grep -c packet "$LAB_OUT/queued")" -ge 400

# veths that have not been told otherwise hand them over whole.
for interface in "a a" "w a" "w b" "b b"; do
	# shellcheck disable=SC2086 # two words
	set -- $interface
	in_ns "$1" ethtool -K "$2" tx on tx-udp-segmentation on > /dev/null
done
for v in 4 6; do
	whole=$(pieces b)
	flows "IPv$v, whole" $v 2000000
	in_pieces "IPv$v, whole" 2000000
	check "IPv$v, whole: and arrive so" test "$(($(pieces b) - whole))" -ge "$made"
	check_eq "IPv$v, whole: and are counted one by one" \
		$(($(counter a port $port tx_packets) - sent)) \
		$(($(counter b port $port rx_packets) - arrived))
done

# Not into a tunnel, which would have to make room before each.
for ns in a b; do
	other=a
	[ $ns = b ] || other=b
	ip -n $ns link add tunnel type vxlan id 7 dev $ns dstport 4789 \
		remote "$(addr_of $other)"
	ip -n $ns link set dev tunnel up
done
addr a tunnel 10.9.9.1/24
addr b tunnel 10.9.9.2/24
xfrm_clear a b
there=192.0.2.9
ctl a peer add $there port 2797 endpoint 10.9.9.2:2797
sa a "${outer_a[4]}" $there 0x1099 9 "$key_ab" tunnel
sa b "${outer_a[4]}" 10.9.9.2 0x1099 9 "$key_ab" tunnel
sa b 10.9.9.2 "${outer_a[4]}" 0x2099 9 "$key_ba" tunnel
sa a $there "${outer_a[4]}" 0x2099 9 "$key_ba" tunnel
tunnel_policies a "${outer_a[4]}" $there "${inner_a[4]}" "${inner_b[4]}" 9
tunnel_policies b 10.9.9.2 "${outer_a[4]}" "${inner_b[4]}" "${inner_a[4]}" 9
flows 'into a tunnel' 4 1000000
check_eq 'into a tunnel: single packets' 0 "$made"

# A socket that is still charged with something would keep its namespace.
interfaces() {
	ip -n w -br link show | grep -c '^a[@ ]'
}
is_gone() {
	[ "$(interfaces)" = 0 ]
}
check_eq 'a is there' 1 "$(interfaces)"
ip netns del a
lab_namespaces=(b w)
await 20 'every socket can go' is_gone
xfrm_clear b
ctl b flush
# The packet that a socket has read can wait for the CPU that had received it, and be freed
# when that receives the next one. On 6.1 it was seen to hold an SA until then.
offload_goes() {
	local cpu
	for cpu in 0 1; do
		taskset -c $cpu ping -q -c 1 127.0.0.1
	done
	modprobe -r esp4_offload esp6_offload
}
await 10 'the offload modules can go' offload_goes

plan_done
