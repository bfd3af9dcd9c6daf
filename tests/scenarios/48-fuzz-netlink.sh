#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# time limit: 600 s
# Random netlink requests, right and wrong ones, from several sockets at once.
#
#      a ════ tunnel, pings ════ b          c: a namespace of its own
#   the requests
#
# Each is answered, and each answer is one; who may not ask is obeyed in nothing. What they
# leave can be flushed, and was nobody else's. FUZZ=N: so many, in place of a few;
# SEED=N: the same ones again, as far as two who ask at once can be repeated.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=payer.sh
. ./payer.sh

readonly amount=${FUZZ:-100000} seed=${SEED:-$RANDOM$RANDOM}

# fuzz SEED: half of them, in a, on the account of a control group; sets spawned.
fuzz() {
	spawn "fuzz-$1" "${paying[@]}" ip netns exec a fuzz-netlink "$1" $((amount / 2))
}

module_load
gateways
ns_add c
tunnel 4 4
tunnel 6 6
serve 2797
ctl c port add 2797 keepalive 20
ctl c port add 500
ctl c peer add 192.0.2.1 port 500 pin
others=$(ctl c -j port; ctl c -j peer)
payer_make

# Whatever becomes of the pings, there are packets while ports and peers come and go.
for v in 4 6; do
	spawn "flow-$v" ip netns exec b ping -q -i 0.01 -W 1 -I "${inner_b[$v]}" \
		"${inner_a[$v]}"
	flows[v]=$spawned
done
fuzz "$seed"
first=$spawned
fuzz $((seed + 1))
check "seed $seed: all is answered as it may be" wait "$first"
check "seed $((seed + 1)): all is answered as it may be" wait "$spawned"
for one in "$seed" $((seed + 1)); do
	check "fuzzed: $(tail -n 1 "$LAB_OUT/fuzz-$one")" \
		test "$(awk 'END { print $1 }' "$LAB_OUT/fuzz-$one")" -ge $((amount / 2))
done
sed 's/^/# /' "$LAB_OUT/fuzz-$seed"
for what in 'done' 'Operation not permitted' 'File exists' 'Invalid argument' \
	'Device or resource busy' 'Operation not supported' 'No such file or directory'; do
	check "some have ended with: $what" grep -q ": $what$" "$LAB_OUT/fuzz-$seed"
done
for v in 4 6; do
	stop "${flows[v]}" INT
done

check_eq 'another namespace has what it had' "$others" "$(ctl c -j port; ctl c -j peer)"
check 'it can be flushed' ctl a flush
check_eq 'there is nothing then' '[] []' "$(ctl a -j port | xargs) $(ctl a -j peer | xargs)"
await 60 'counters are given back' freed percpu

# All is as before to who begins anew.
ctl b flush
serve 2797
for v in 4 6; do
	check "IPv$v: ping" pings a "${inner_a[$v]}" "${inner_b[$v]}" 5
	check "IPv$v: ping back" pings b "${inner_b[$v]}" "${inner_a[$v]}" 5
done
check 'it unloads' module_unload
rmdir $group

plan_done
