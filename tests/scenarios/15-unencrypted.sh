#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# SAs made while esp4_offload and esp6_offload are loaded.
#
#      a ──────── nothing may leave ──────── b
#   espencap, the offload modules
#
# Such an SA hands packets to LOCAL_OUT that are still to be encrypted. They are
# dropped, counted and explained; neither they nor plaintext get on the wire.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

module_load
gateways
modprobe esp4_offload
modprobe esp6_offload
tunnel 4 4
tunnel 6 6
serve 2797
dmesg -C
capture w b dropped.pcap
for v in 4 6; do
	check_not "IPv$v: no ping comes through" in_ns a ping -q -c 30 -i 0.01 \
		-W 1 -p 6573 -I "${inner_a[$v]}" "${inner_b[$v]}"
	check_eq "IPv$v: counted for the peer" 30 \
		"$(counter a peer "${outer_b[$v]}" tx_unencrypted)"
done
capture_stop dropped.pcap
check_eq 'counted for the port' 60 "$(counter a port 2797 tx_unencrypted)"
check_eq 'nothing was sent' 0 "$(counter a port 2797 tx_packets)"
wire_none 'nothing is on the wire' dropped.pcap "not $neighbours"
check 'the kernel log says why' sh -c 'dmesg | grep -q esp4_offload'
# shellcheck disable=SC2016 # for the inner shell
check 'and does not say it for each packet' \
	sh -c '[ "$(dmesg | grep -c esp4_offload)" -le 20 ]'

# SAs that are made without these modules are carried.
xfrm_clear a b
await 10 'the offload modules can be unloaded' \
	sh -c 'rmmod esp4_offload esp6_offload 2> /dev/null; ! grep -q ^esp._offload /proc/modules'
tunnel 4 4
tunnel 6 6
for v in 4 6; do
	check "IPv$v: new SAs work" pings a "${inner_a[$v]}" "${inner_b[$v]}" 3
done

plan_done
