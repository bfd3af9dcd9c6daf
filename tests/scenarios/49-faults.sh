#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# There is no memory.
#
#      g ──── t: a TAP device, whose other side is faultpackets.py        a ──── w ──── b
#
# One allocation of a request or of a packet fails, then the next one, until all have failed:
# each request is done or refused, and never by half; each packet arrives as it was or not at
# all, is counted, and the one after it arrives. Then whatever cannot wait finds no memory
# now and then, for a while.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=../lab/guest/script.sh
. "$LAB/script.sh"

if [ ! -e /sys/kernel/debug/failslab ] || [ ! -e /proc/self/fail-nth ]; then
	lab_result 0 'memory fails # SKIP this kernel has no fault injection'
	plan_done
	exit
fi

# done_with DESCRIPTION COMMAND...: it says nothing but how many faults there were.
done_with() {
	local since=$SECONDS
	check "$@"
	note "faults: $(cat "$lab_output"), $((SECONDS - since)) s"
}

python3 faults.py prepare 0
ns_add g
# what it needs is there then
module_load
module_unload
done_with 'loading' python3 faults.py load 120
module_load
done_with 'a network namespace' python3 faults.py namespace 7
# The kernel shows the stack where it has no memory for a cache or a sysctl, and leaks the
# name of a cache: that is to be taken for no more.
readonly begun='lab: scenario 49-faults begins'
if [ -e "$kmemleak" ]; then
	leaks > "$LAB_OUT/leaks"
	check_eq 'nothing else has leaked' '' \
		"$(awk -v RS='unreferenced object' 'NR > 1 && !/sysfs_slab_add/' "$LAB_OUT/leaks")"
fi
check_eq 'the kernel complains of nothing else' '' \
	"$(dmesg | sed -n "/$begun/,\$p" | grep -v ' kmemleak: ' | grep -E "${splat/|Call Trace/}" || true)"
dmesg -C
echo "$begun" > /dev/kmsg
python3 faults.py prepare 4
for command in first-port-add port-add port-set port-get port-list port-del \
	peer-add peer-set peer-move peer-replace peer-list peer-del flush; do
	done_with "$command" in_ns g python3 faults.py 'command' $command
done
python3 faults.py prepare 0
done_with 'restore' in_ns g python3 faults.py restore 3

# Packets
ctl g flush
readonly mac=02:00:00:00:00:02
sas() {
	python3 faultpackets.py sas | ip -n g -batch -
}
ip -n g tuntap add dev t mode tap
ip -n g link set dev t address 02:00:00:00:00:01 up
addr g t 192.0.2.1/24 2001:db8::1/64
ip -n g tuntap add dev u mode tap
ip -n g link set dev u address 02:00:00:00:00:01 up
addr g u 10.3.0.1/24
forwarding g
addr g lo 10.1.0.4/32 10.1.0.5/32 10.1.0.6/32 10.1.0.7/32 10.1.0.8/32
ip -n g route add 10.2.0.0/24 dev t
for reqid in 4 5 6 7 8; do
	there=192.0.2.$reqid here=192.0.2.1
	[ $reqid != 6 ] || there=2001:db8::6 here=2001:db8::1
	ip -n g neigh add $there lladdr $mac dev t
	tunnel_policies g $here $there 10.1.0.$reqid 10.2.0.$reqid $reqid
	# for what is only forwarded
	tunnel_policies g $here $there 10.3.0.$reqid 10.2.0.$reqid $reqid
done
ip -n g neigh add 192.0.2.9 lladdr $mac dev t
ip -n g neigh add 2001:db8::9 lladdr $mac dev t
in_ns g nft -f - <<-'END'
	table ip marks {
		chain in {
			type filter hook input priority 310
			ip saddr 192.0.2.7 ip protocol esp meta mark set 7
		}
	}
END
# what GRO has done with is delivered at once
sysctl -qw net.core.gro_normal_batch=1
sas
ctl g port add 2797
ctl g port add 500

# faulty KIND TUNNEL...
faulty() {
	done_with "packets: $*" in_ns g python3 faultpackets.py run t "$@"
}
for kind in Learned Moved Captured Paged; do
	faulty $kind v4 v6
done
faulty Fragments v4 v6
faulty Learned encap
faulty Captured encap
for kind in Out Fresh Redirected OnePiece; do
	faulty $kind v4 v6
done
faulty Expanded non-ike
faulty Out encap
faulty Marked mark
modprobe -a esp4_offload esp6_offload
ip -n g xfrm state flush
sas
faulty Out v4 v6
faulty OnePiece v4 v6
sysctl -qw net.core.gro_normal_batch=8

# For a while, what cannot wait finds no memory now and then.
gateways
for ns in a b; do
	in_ns $ns nft -f - <<-'END'
		table inet watch {
				chain in {
				type filter hook input priority filter
				udp dport 2797 counter
			}
			chain out {
				type filter hook output priority -300
				meta l4proto esp counter
			}
		}
	END
done
serve 2797
for v in 4 6; do
	tunnel $v $v
	check "IPv$v: ping" pings a "${inner_a[$v]}" "${inner_b[$v]}"
done

# What has come to our hooks and what has been handed to them, as others count it and as we
# do, and what XFRM has freed: one of these numbers a line.
counted() {
	in_ns "$1" nft -j list table inet watch | jq '.. | .counter?.packets? // empty'
	ctl "$1" -j -s port show 2797 | jq '.[0].stats | .rx_datagrams,
		.tx_packets + .tx_unencrypted + .tx_too_big + .tx_no_route + .tx_no_memory'
	# shellcheck disable=SC2016 # for awk
	in_ns "$1" awk '$1 == "XfrmOutStateProtoError" { print $2 }' /proc/net/xfrm_stat
}

# adds_up WHAT NS: since $LAB_OUT/counted-NS was written.
adds_up() {
	local come left taken sent freed
	read -r come left taken sent freed < <(counted "$2" |
		paste "$LAB_OUT/counted-$2" - | awk '{ printf "%d ", $2 - $1 } END { print "" }')
	check_eq "$1, $2: what came to the port has ended in one counter" "$come" "$taken"
	# what finds no memory while it is encrypted behind our hook, XFRM frees and counts;
	# but also what it would have encrypted before
	check "$1, $2: what was sent, too: $left are $sent, and up to $freed of XFRM's" \
		test $((left - sent)) -ge 0 -a $((left - sent)) -le "$freed"
}

# so that packets are somebody else's as well: tcpdump would have copies
spawn held ip netns exec b socat -u INTERFACE:b OPEN:/dev/null
held=$spawned
listens() {
	[ "$(in_ns b cat /proc/net/packet | wc -l)" -gt 1 ]
}
until_true 20 listens || die 'socat does not start'

# Datagrams that have come in one piece of 64, of which some cannot be taken apart: one
# datagram then, that has ended for want of memory.
merged() {
	in_ns a python3 -S "$packets" merged "${outer_a[$1]}" 2797 "${outer_b[$1]}" 2797
}
datagrams() {
	seq "$1" | sed "s/.*/$(printf '99999999%0152d' 0)/"
}
for interface in "a a" "w a" "w b" "b b"; do
	# shellcheck disable=SC2086 # two words
	set -- $interface
	in_ns "$1" ethtool -K "$2" tx on tx-udp-segmentation on > /dev/null
done
for v in 4 6; do
	come=$(counter b port 2797 rx_datagrams) short=$(counter b port 2797 rx_no_memory)
	datagrams 2560 > "$LAB_OUT/datagrams"
	python3 faults.py scarce modules 1
	merged $v < "$LAB_OUT/datagrams"
	python3 faults.py scarce all 0
	module_settle b
	come=$(($(counter b port 2797 rx_datagrams) - come))
	short=$(($(counter b port 2797 rx_no_memory) - short))
	note "faults: IPv$v: of 2560 in 40 pieces, $come are left, $short without memory"
	check "IPv$v: some pieces could not be taken apart" test $come -lt 2560
	check_eq "IPv$v: each of these is one datagram" 0 $(((2560 - come) % 63))
	check "IPv$v: and is counted" test $short -ge $(((2560 - come) / 63))
	unknown=$(counter b port 2797 rx_unknown_spi)
	datagrams 64 | merged $v
	await 10 "IPv$v: then all are" test_counter $((unknown + 64)) b port 2797 rx_unknown_spi
done

# scarce WHOSE PERCENT: so many of the allocations of whom fail while pings go both ways.
scarce() {
	local v way ns from to pid pinging=()
	for ns in a b; do
		counted $ns > "$LAB_OUT/counted-$ns"
	done
	# programs can wait for theirs, and be started
	python3 faults.py scarce "$1" "$2"
	for v in 4 6; do
		for way in "a ${inner_a[$v]} ${inner_b[$v]}" \
				"b ${inner_b[$v]} ${inner_a[$v]}"; do
			read -r ns from to <<< "$way"
			spawn "ping-$ns$v" ip netns exec "$ns" \
				ping -n -s 1000 -i 0.02 -W 1 -c 200 -I "$from" "$to"
			pinging+=("$spawned")
		done
	done
	for pid in "${pinging[@]}"; do
		until_true 200 lab_gone "$pid" || die 'a ping does not end'
	done
	python3 faults.py scarce all 0
	note "$(grep -h 'packet loss' "$LAB_OUT"/ping-*)"
	check_eq "$1: all pings were sent" 4 \
		"$(cat "$LAB_OUT"/ping-* | grep -c '^200 packets transmitted')"
	check_not "$1: no ping has come back changed" grep -h 'wrong data' "$LAB_OUT"/ping-*
	check_not "$1: pings were lost in each direction" \
		grep -h ' 0% packet loss' "$LAB_OUT"/ping-*
	for ns in a b; do
		adds_up "$1" $ns
	done
	for v in 4 6; do
		check "$1, IPv$v: then none is lost" \
			pings a "${inner_a[$v]}" "${inner_b[$v]}" 100
		check "$1, IPv$v: nor the other way" \
			pings b "${inner_b[$v]}" "${inner_a[$v]}" 100
	done
}
scarce modules 30
check 'some ended for want of memory' test "$(counter b port 2797 rx_no_memory)" -gt 0
scarce all 20
stop "$held"

# Keepalives, for which kernel workers find none at all.
keepalives() {
	counter a port 2797 keepalives_sent
}
more_than() {
	[ "$(keepalives)" -gt "$1" ]
}
ctl a port set 2797 keepalive 1
await 10 'keepalives are sent' more_than 0
python3 faults.py scarce workers 100
sent=$(keepalives)
sleep 3
check_eq 'without memory, none are sent' "$sent" "$(keepalives)"
python3 faults.py scarce all 0
await 10 'and then they are again' more_than "$sent"

plan_done
