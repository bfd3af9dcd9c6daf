#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# A user of the gateway has very many UDP sockets on our port, each bound to another
# address: packets of SAs with an encapsulation template, for which a socket with UDP_ENCAP
# is looked for, take no longer.
#
#      a ──────── w ──────── b, with the sockets
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

readonly sockets=20000

# flooded: how many milliseconds 200 pings take, each as soon as the last is answered; the
# least of three times.
flooded() {
	local i
	for i in 1 2 3; do
		in_ns a ping -n -f -q -c 200 -I "${inner_a[4]}" "${inner_b[4]}" |
			sed -nE 's/.*, 0% packet loss, time ([0-9]+)ms/\1/p'
	done | sort -n | head -n 1
}

module_load
gateways
for ns in a b; do
	sa $ns "${outer_a[4]}" "${outer_b[4]}" 0x1000 44 "$key_ab" tunnel \
		encap espinudp 4500 4500 0.0.0.0
	sa $ns "${outer_b[4]}" "${outer_a[4]}" 0x2000 44 "$key_ba" tunnel \
		encap espinudp 4500 4500 0.0.0.0
done
policies 4 4
ctl b port add 2797
ctl a port add 2797
ctl a peer add "${outer_b[4]}" reqid 44 port 2797
check 'ping' pings a "${inner_a[4]}" "${inner_b[4]}"
before=$(flooded)

ulimit -n $((sockets + 1000))
spawn many ip netns exec b setpriv --reuid 65534 --regid 65534 --clear-groups \
	python3 -S "$datagram" hold 2797 $sockets
many=$spawned
until_true 120 grep -qx ready "$LAB_OUT/many" || die "no sockets: $(cat "$LAB_OUT/many")"
after=$(flooded)
note "200 pings: $before ms, with $sockets sockets $after ms"
check 'with the sockets, packets take no longer' test "$after" -lt $((before * 3))
check_eq 'and none goes another way' '0 0' \
	"$(counter b port 2797 rx_encap_sa) $(counter a port 2797 rx_encap_sa)"
stop "$many"

plan_done
