#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# espencap.yaml, which describes the netlink family to programs, is what the module does.
#
#      a ──────── UDP 2797, then 2746 ──────── b
#   asked by                                   espencapctl
#   spec.py alone
#
# The module tells what it takes; all requests to it are made, and all answers and events
# read, by the description alone, and each attribute that is described comes at least once.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

# asks WORDS...: what spec.py prints.
asks() {
	in_ns a python3 ./spec.py "$@" 2>&1
}

# does DESCRIPTION OPERATION WORDS...: done, and nothing to say.
does() {
	local description=$1
	shift
	check_eq "$description" '' "$(asks 'do' "$@")"
}

has() {
	grep -qF -- "$1" "$LAB_OUT/events"
}

module_load
gateways
check_eq 'the module takes what is described, and has its operations and group' '' \
	"$(asks family)"

spawn events ip netns exec a python3 ./spec.py listen
until_true 20 grep -qx 0 "$LAB_OUT/events" || die "no listener: $(cat "$LAB_OUT/events")"
listener=$spawned

# Each operation
does 'a port is added' port-add port=2797 format=bare learn=off keepalive=20 \
	max-learned=7 keepalive-bytes=00000000ff
check_eq 'twice is refused' 'EEXIST This port is already added.' \
	"$(asks 'do' port-add port=2797 format=bare)"
does 'it is set' port-set port=2797 learn=on keepalive-bytes=ff keepalive=0 max-learned=8
asks 'do' port-get port=2797 > "$LAB_OUT/port"
check_eq 'it is as was said' '2797 bare on 8 0 ff 4294967295' \
	"$(jq -r '"\(.port) \(.format) \(.learn) \(.["max-learned"]) \(.keepalive) \(
		.["keepalive-bytes"]) \(.["last-rx"])"' "$LAB_OUT/port")"
does 'another' port-add port=500 format=non-ike
check_eq 'both are listed' '500 2797' "$(asks dump port-get | jq -s -r 'map(.port) | join(" ")')"
does 'and the other deleted' port-del port=500
does 'peers are added' peer-add port=2797 address=192.0.2.9 reqid=7 \
	endpoint-address=198.51.100.7 endpoint-port=40797 keepalive=9 pin moved
does 'of IPv6, too' peer-add port=2797 address=2001:db8::9
does 'and learned ones' peer-add port=2797 address=192.0.2.8 origin=learned
does 'one is set' peer-set address=192.0.2.9 reqid=7 port=2797 keepalive=10 pin \
	endpoint-address=198.51.100.8 endpoint-port=40798 moved
asks dump peer-get > "$LAB_OUT/peers"
check_eq 'they are as was said' '192.0.2.8 null 192.0.2.8:2797 learned null
192.0.2.9 7 198.51.100.8:40798 static true
2001:db8::9 null 2001:db8::9:2797 static null' "$(jq -r '"\(.address) \(.reqid) \(
	.["endpoint-address"]):\(.["endpoint-port"]) \(.origin) \(.pin)"' "$LAB_OUT/peers" | sort)"
check_eq 'those of one address' 1 "$(asks dump peer-get address=192.0.2.9 | wc -l)"
does 'one is deleted' peer-del address=192.0.2.9 reqid=7 origin=static
does 'all are' flush
check_eq 'there is nothing' '' "$(asks dump peer-get; asks dump port-get)"

# With packets, what nobody can ask for: a learns b, which moves, and goes back to ESP.
tunnel 4 4
receiver a "${outer_a[4]}" 2797 socket 2
does 'the port of a program with UDP_ENCAP' port-add port=2797 format=bare
does 'and another port' port-add port=2746 format=bare
ctl b port add 2797
ctl b port add 2746
ctl b peer add "${outer_a[4]}" port 2797
check 'ping' pings b "${inner_b[4]}" "${inner_a[4]}"
await 10 'an event tells of the peer' has '"event": "peer-learned"'
asks dump port-get >> "$LAB_OUT/port"
asks dump peer-get >> "$LAB_OUT/peers"
ctl b peer set "${outer_a[4]}" port 2746 endpoint "${outer_a[4]}:2746"
check 'ping from the other port' pings b "${inner_b[4]}" "${inner_a[4]}"
await 10 'an event tells that it has moved' has '"event": "peer-moved"'
ctl b peer del "${outer_a[4]}"
check 'ping without UDP' pings b "${inner_b[4]}" "${inner_a[4]}"
await 10 'an event tells that it has gone' has '"reason": "native"'
does 'no room' port-set port=2797 max-learned=0
ctl b peer add "${outer_a[4]}" port 2797
attempts b "${inner_b[4]}" "${inner_a[4]}" 1
await 10 'an event tells that it was refused' has '"reason": "full"'
does 'the end' flush
await 10 'an event tells of that' has '"event": "port-deleted", "port": 2797'
stop "$listener"
check_eq 'the listener has read all of them' '' "$(grep -v -e '^{' -e '^0$' "$LAB_OUT/events" || true)"

# described OPERATION MODE [DIRECTION]: the names of what it can carry.
described() {
	python3 -c '
import sys, spec
print(*spec.Spec().described(*(sys.argv[1:] + [None])[:3]), sep="\n")' "$@" | sort
}

# seen FILE: the names of what has come.
seen() {
	grep '^{' "$LAB_OUT/$1" | jq -r 'keys[]' | sort -u
}
check_eq 'a port tells all that is described' "$(described port-get 'do' reply)" "$(seen port)"
# mtu-left takes a router with a small MTU: 35-path-mtu.
check_eq 'a peer, too' "$(described peer-get dump reply | grep -vx mtu-left)" "$(seen peers)"
check_eq 'and events, all' "$(described event event | grep -vx mtu-left)" "$(seen events)"
check_eq 'all counters, too' "$(python3 -c '
import spec
print(*[a["name"] for a in spec.Spec().sets["stats"].values() if a["type"] == "u64"], sep="\n")' |
	sort)" "$(jq -r '.stats | keys[]' "$LAB_OUT/port" | sort -u)"

plan_done
