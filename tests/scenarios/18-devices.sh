#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Devices, routes and namespaces that go while full-size packets flow.
#
#      a ════ TCP, full size, IPv4 and IPv6 ════ b
#
# For full-size IPv6 packets a peer keeps a copy of its route, which holds the
# device. It must be given up when the device goes, or the kernel waits for it
# for ever ("unregister_netdevice: waiting for wan to become free").
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

# flow V: endless TCP from a to b, written in so large pieces that most packets are full.
flow() {
	local v=$1 to=${inner_b[$1]}
	[ "$v" = 4 ] || to="[$to]"
	spawn "sink-$v" ip netns exec b socat -u \
		"TCP$v-LISTEN:700$v,reuseaddr,fork" OPEN:/dev/null
	until_true 10 in_ns b sh -c \
		"ss -H -t -l -n 'sport = :700$v' | grep -q ." || die 'nobody listens'
	spawn "source-$v" ip netns exec a socat -u -b 131072 OPEN:/dev/zero \
		"TCP$v:$to:700$v"
}

# full_size V: so many bytes on average that full-size packets must be among
# what a has sent since the last look.
full_size() {
	local before after peer=${outer_b[$1]}
	before=$(ctl a -j -s peer show "$peer" |
		jq '.[0].stats | .tx_bytes - 1300 * .tx_packets')
	sleep 0.2
	after=$(ctl a -j -s peer show "$peer" |
		jq '.[0].stats | .tx_bytes - 1300 * .tx_packets')
	[ "$after" -gt "$before" ]
}

# The addresses and routes of a and b on a new pair of devices.
new_wire() {
	local v
	link a wan b wan
	for v in 4 6; do
		addr a wan "${outer_a[$v]}/${prefix[$v]}"
		addr b wan "${outer_b[$v]}/${prefix[$v]}"
		ip -n a -$v route add "${inner_b[$v]}" dev wan src "${inner_a[$v]}"
		ip -n b -$v route add "${inner_a[$v]}" dev wan src "${inner_b[$v]}"
	done
}

module_load
ns_add a b
for v in 4 6; do
	addr a lo "${inner_a[$v]}/${bits[$v]}"
	addr b lo "${inner_b[$v]}/${bits[$v]}"
done
new_wire
tunnel 4 4
tunnel 6 6
serve 2797
flow 4
flow 6
for v in 4 6; do
	await 60 "IPv$v: full-size packets flow" full_size $v
done

check 'the device is deleted within 5 s' timeout 5 ip -n a link del wan
new_wire
for v in 4 6; do
	await 60 "IPv$v: they flow again over a new device" full_size $v
done

ip -n a link set dev wan down
ip -n a link set dev wan up
for v in 4 6; do
	[ $v = 4 ] || addr a wan "${outer_a[6]}/64"
	ip -n a -$v route replace "${inner_b[$v]}" dev wan src "${inner_a[$v]}"
	await 60 "IPv$v: they flow again after the device was down" full_size $v
done

# A route that comes and goes: to the peer by another next hop and back.
addr b wan 192.0.2.99/24 2001:db8::99/64
in_ns b sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
for v in 4 6; do
	via=192.0.2.99
	[ $v = 4 ] || via=2001:db8::99
	ip -n a route add "${outer_b[$v]}" via $via
	await 60 "IPv$v: they flow over another route" full_size $v
	ip -n a route del "${outer_b[$v]}" via $via
	await 60 "IPv$v: and over the first one again" full_size $v
done

check 'unload while they flow' module_unload
check 'the device can go then' timeout 5 ip -n a link del wan
module_load
new_wire
serve 2797
for v in 4 6; do
	await 60 "IPv$v: they flow again after a reload" full_size $v
done
check 'a namespace goes while they flow' timeout 10 ip netns del b
lab_namespaces=(a)
module_settle a
check 'and the other' timeout 10 ip netns del a
lab_namespaces=()
gone() {
	! dmesg | grep 'waiting for .* to become free'
}
check 'nobody waits for a device' gone
check 'unload' module_unload

plan_done
