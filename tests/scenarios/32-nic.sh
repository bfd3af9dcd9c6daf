#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SAs that a NIC has been given: to encrypt their ESP, or to make it altogether.
#
#      a, nic0 ════ ping, TCP ════ nic1, b
#
# The NIC is made up (tests/lab/nic): it takes every SA, and loses what is left for it to
# encrypt. ESP in UDP it could not find, so that the CPU has to do it. On receiving, it hands
# over the sum of each packet (CHECKSUM_COMPLETE).
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=tcp.sh
. ./tcp.sh

parameter() {
	cat "/sys/module/fakenic/parameters/$1"
}

# one_sa NS MORE...: from a to b, of IPv $v.
one_sa() {
	local ns=$1
	shift
	ip -n "$ns" xfrm state add src "${outer_a[$v]}" dst "${outer_b[$v]}" proto esp \
		spi "0x10${v}${v}00" reqid "$v$v" mode tunnel flag af-unspec \
		aead 'rfc4106(gcm(aes))' "$key_ab" 128 "$@"
}

# offloaded V HOW...: a tunnel whose SA on a's way out is offloaded.
offloaded() {
	local v=$1
	shift
	# for an SA that only sends, newer kernels refuse a replay window
	one_sa a replay-window 0 offload "$@" dev nic0 dir out || return
	one_sa b replay-window 128
	sa_pair b "${outer_b[$v]}" a "${outer_a[$v]}" "0x20${v}${v}00" "$v$v" \
		"$key_ba" tunnel
}

insmod "${LAB_MODULE%/*}/fakenic.ko"
modprobe esp4_offload
modprobe esp6_offload
ns_add a b
ip link set dev nic0 netns a up
ip link set dev nic1 netns b up
for v in 4 6; do
	addr a nic0 "${outer_a[$v]}/${prefix[$v]}"
	addr b nic1 "${outer_b[$v]}/${prefix[$v]}"
	addr a lo "${inner_a[$v]}/${bits[$v]}"
	addr b lo "${inner_b[$v]}/${bits[$v]}"
	ip -n a -$v route add "${inner_b[$v]}" dev nic0 src "${inner_a[$v]}"
	ip -n b -$v route add "${inner_a[$v]}" dev nic1 src "${inner_b[$v]}"
done

# What it is without espencap: the NIC is asked.
offloaded 4
policies 4 4
check_eq 'the NIC has been given an SA' 1 "$(parameter sas)"
attempts a "${inner_a[4]}" "${inner_b[4]}" 3
check 'and is asked to encrypt' test "$(parameter asked)" -ge 3
xfrm_clear a b

module_load
serve 2797
asked=$(parameter asked)
for v in 4 6; do
	offloaded $v
	policies $v $v
	capture b nic1 nic.pcap "src host ${outer_a[$v]}"
	check "IPv$v, crypto offload: pings" pings a "${inner_a[$v]}" "${inner_b[$v]}" 20
	tcp "IPv$v, crypto offload" "${inner_a[$v]}" "${inner_b[$v]}" 1000000
	tcp "IPv$v, crypto offload, other way" "${inner_a[$v]}" "${inner_b[$v]}" \
		1000000 back
	capture_stop nic.pcap
	wire_some "IPv$v, crypto offload: UDP" nic.pcap 'udp port 2797' 20
	wire_none "IPv$v, crypto offload: no ESP" nic.pcap 'ip proto 50 or ip6 proto 50'
	wire_checksums_ok "IPv$v, crypto offload: checksums" nic.pcap 'udp port 2797'
	check_eq "IPv$v, crypto offload: XFRM has no errors" '0 0' \
		"$(xfrm_errors a) $(xfrm_errors b)"
	xfrm_clear a b
done
check_not 'the sums that the NIC has made of what it received fit' \
	sh -c 'dmesg | grep "csum failure"'
check_eq 'the NIC was not asked for any of it' "$asked" "$(parameter asked)"

# An SA with a template and an offload, which newer kernels allow: the kernel's, and left
# to it; unless a peer names its reqid. Then it cannot be had.
v=4
if one_sa a replay-window 0 encap espinudp 4500 4500 0.0.0.0 \
	offload crypto dev nic0 dir out 2> "$LAB_OUT/template"; then
	policies 4 4
	sent=$(counter a port 2797 tx_packets)
	attempts a "${inner_a[4]}" "${inner_b[4]}" 3
	check_eq 'a template and an offload: nothing of it is ours' "$sent 0" \
		"$(counter a port 2797 tx_packets) $(counter a port 2797 tx_unencrypted)"
	check 'a template and an offload: the NIC is asked' \
		test "$(parameter asked)" -ge $((asked + 3))
	ctl a peer add "${outer_b[4]}" reqid 44 port 2797
	kernel_log_begin
	attempts a "${inner_a[4]}" "${inner_b[4]}" 3
	check_eq 'and a peer of its reqid: dropped and counted' "$sent 3" \
		"$(counter a port 2797 tx_packets) $(counter a port 2797 tx_unencrypted)"
	check 'and explained' grep 'a template and an offload' <(kernel_log)
	ctl a peer del "${outer_b[4]}" reqid 44
else
	check 'a template and an offload: this kernel refuses it' \
		grep -qi 'not supported\|invalid\|encapsulation' "$LAB_OUT/template"
fi
xfrm_clear a b

# Packet offload, where the kernel knows it: nothing can be done but to say so.
if ! offloaded 4 packet 2> "$LAB_OUT/packet" &&
	grep -q '"packet" is wrong' "$LAB_OUT/packet"; then
	lab_result 0 "packet offload # SKIP iproute2 does not know it"
else
	explained() {
		[ "$(counter a port 2797 sas_offloaded)" = "$1" ] &&
			kernel_log | grep -q "SA 0x00104400 to .*192.0.2.2 has packet offload"
	}
	kernel_log_begin
	xfrm_clear a b
	ctl a peer del "${outer_b[4]}"
	before=$(counter a port 2797 sas_offloaded)
	offloaded 4 packet
	ctl a peer add "${outer_b[4]}" port 2797
	await 20 'packet offload, then the peer: counted and explained' \
		explained $((before + 1))
	xfrm_clear a b
	kernel_log_begin
	offloaded 4 packet
	await 5 'the peer, then packet offload: counted and explained' \
		explained $((before + 2))
	xfrm_clear a b
	tunnel 4 4
	check 'without it, the same peer works' pings a "${inner_a[4]}" "${inner_b[4]}"
	check_eq 'and nothing more was counted' $((before + 2)) \
		"$(counter a port 2797 sas_offloaded)"
fi
xfrm_clear a b
module_settle a b
ip netns del a
ip netns del b
lab_namespaces=()
rmmod espencap
check 'all modules can go' rmmod fakenic esp4_offload esp6_offload

plan_done
