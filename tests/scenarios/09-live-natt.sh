#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# port add 4500 and 500 beside charon with a live NAT-T tunnel change nothing.
#
#      a ──── IKE and ESP on UDP 4500 ──── b
#   charon (encap = yes), espencap      charon
#
# The SAs have an encapsulation template and a socket has UDP_ENCAP: they stay
# with the kernel. Traffic runs while the ports are added and deleted; no packet
# is lost, no SA is replaced, and IKE goes on and rekeys them.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=charon.sh
. ./charon.sh

module_load
gateways
charon_start a
charon_start b
charon_connection a "${outer_a[4]}" "${outer_b[4]}" "${inner_a[4]}/32" \
	"${inner_b[4]}/32" 'encap = yes'
charon_connection b "${outer_b[4]}" "${outer_a[4]}" "${inner_b[4]}/32" \
	"${inner_a[4]}/32" 'encap = yes'
check 'the gateways negotiate a tunnel with NAT-T' \
	swanctl_in a --initiate --child tunnel --timeout 60
check_eq 'its SAs have an encapsulation template' 2 \
	"$(ip -n a xfrm state | grep -c 'encap type espinudp')"
check 'ping before' pings a "${inner_a[4]}" "${inner_b[4]}" 3
spis > "$LAB_OUT/spis"

capture w b natt.pcap
flow b "${inner_b[4]}" "${inner_a[4]}"
ctl a port add 4500 2> "$LAB_OUT/note"
check 'port add 4500 says that a socket has UDP_ENCAP' \
	grep -qx 'espencapctl: note: port 4500: .*UDP_ENCAP.*' "$LAB_OUT/note"
check_eq 'port add 500 has nothing to say: there charon has no UDP_ENCAP' '' \
	"$(ctl a port add 500 2>&1)"
# a peer for that very address: its SAs have a template and are not served
ctl a peer add "${outer_b[4]}" port 4500
check 'ping with the ports added' pings a "${inner_a[4]}" "${inner_b[4]}" 20
check_eq 'the SAs are the same' "$(cat "$LAB_OUT/spis")" "$(spis)"
check 'IKE: the SAs are rekeyed' swanctl_in a --rekey --child tunnel
await 30 'IKE: the old SAs are replaced' rekeyed
check 'IKE: the IKE SA is rekeyed' swanctl_in a --rekey --ike tunnel
check 'ping with the new SAs' pings a "${inner_a[4]}" "${inner_b[4]}" 20
check 'espencap has left ESP to the kernel' \
	test "$(counter a port 4500 rx_encap_sa)" -ge 40
check 'and IKE to charon' test "$(counter a port 4500 rx_not_esp)" -ge 2
check_eq 'it has taken nothing' '0 0' \
	"$(counter a port 4500 rx_packets) $(counter a port 4500 tx_packets)"
ctl a flush
check 'ping after' pings a "${inner_a[4]}" "${inner_b[4]}" 3
flow_end b
# While charon replaces SAs, XFRM of b may be without one for a moment; espencap is in a.
unsent=$(xfrm_counter b XfrmOutNoStates)
check "b could send all but one or two ($unsent)" test "$unsent" -le 2
check_eq 'the flow lost nothing else all the while' "$unsent" "$(flow_gaps b | wc -l)"
capture_stop natt.pcap
only_udp 'between them' natt.pcap 4500
check_eq 'XFRM has no other errors' "0 $unsent" "$(xfrm_errors a) $(xfrm_errors b)"
check 'the tunnel is taken down' \
	swanctl_in a --terminate --ike tunnel --timeout 60

plan_done
