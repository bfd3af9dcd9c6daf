#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# Netlink senders that mean harm.
#
#      a: a namespace with the module, no wire
#
# Whatever is wrong with a request is refused with a sentence and changes
# nothing; what a namespace may have is limited and charged to who asked for it.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=payer.sh
. ./payer.sh

genl() {
	in_ns a python3 -S ./genl.py "$@"
}

# answers DESCRIPTION ANSWER REQUEST...
answers() {
	local description=$1 answer=$2
	shift 2
	check_eq "$description: $answer" "$answer" "$(genl "$@")"
}

# enum espencap_cmd and enum espencap_attr
readonly port_add=1 port_del=2 port_get=3 peer_add=4 peer_del=5 flush=7 port_set=8 event=9
readonly peer_set=10
readonly PORT=2 FORMAT=3 ADDRESS=4 REQID=5 END_ADDRESS=6 END_PORT=7 LEARN=10
readonly MAX_LEARNED=11 LEARNED=12 KEEPALIVE=15 KEEPALIVE_BYTES=16 PIN=17
readonly ORIGIN=8 MOVED=24

module_load
ns_add a
readonly v4=c0000201 v6=20010db8000000000000000000000001
bad='EINVAL'

answers 'a whole request' '0 ' $port_add $PORT=ed0a $FORMAT=01
answers 'no port' "$bad A port is missing." $port_add $FORMAT=01
answers 'port 0' "$bad A port cannot be 0." $port_add $PORT=0000 $FORMAT=01
answers 'no format' "$bad A format is missing." $port_add $PORT=0100
answers 'format 0' "$bad This format is not known to the module." \
	$port_add $PORT=0100 $FORMAT=00
answers 'format 4' "$bad This format is not known to the module." \
	$port_add $PORT=0100 $FORMAT=04
answers 'del without a port' "$bad A port is missing." $port_del
answers 'get without a port' "$bad A port is missing." $port_get
answers 'no address' "$bad An address is missing." $peer_add $PORT=ed0a
for wrong in '' c00002 c000020100 20010db80000000000000000000000; do
	answers "an address of $((${#wrong} / 2)) bytes" \
		"$bad An address has 4 bytes (IPv4) or 16 (IPv6)." \
		$peer_add $PORT=ed0a "$ADDRESS=$wrong"
done
for wrong in 00000000 e0000001 ffffffff \
	00000000000000000000000000000000 ff020000000000000000000000000001; do
	answers "the address $wrong" "$bad The address is not that of one host." \
		$peer_add $PORT=ed0a $ADDRESS=$wrong
done
answers 'IPv4 in 16 bytes' \
	"$bad An IPv4 address has to be given with its 4 bytes." \
	$peer_add $PORT=ed0a $ADDRESS=00000000000000000000ffffc0000201
answers 'a peer without a port' "$bad A port is missing." \
	$peer_add $ADDRESS=$v4
answers 'reqid 0' "$bad A reqid cannot be 0: leave it out for any." \
	$peer_add $PORT=ed0a $ADDRESS=$v4 $REQID=00000000
answers 'an endpoint of the other family' \
	"$bad The endpoint is of another address family than the peer." \
	$peer_add $PORT=ed0a $ADDRESS=$v4 $END_ADDRESS=$v6
answers 'endpoint port 0' "$bad A port cannot be 0." \
	$peer_add $PORT=ed0a $ADDRESS=$v4 $END_PORT=0000
answers 'del of a peer without an address' "$bad An address is missing." \
	$peer_del $REQID=01000000


# Settings of a port, when it is added and when it is changed
for request in "$port_add $PORT=0100 $FORMAT=01" "$port_set $PORT=ed0a"; do
	read -r -a request <<< "$request"
	what=${request[0]}
	for wrong in 00 04 ff; do
		answers "command $what, learn $wrong" \
			"$bad To learn is off, on or unsafe: nothing else is known to the module." \
			"${request[@]}" $LEARN=$wrong
		answers "command $what, keepalive-bytes $wrong" \
			"$bad The port's format does not know this keepalive." \
			"${request[@]}" $KEEPALIVE_BYTES=$wrong
	done
	answers "command $what, max-learned 262145" \
		"$bad There cannot be so many learned peers: 262144 is the most." \
		"${request[@]}" $MAX_LEARNED=01000400
	check_eq "command $what, a keepalive of one byte" EINVAL \
		"$(genl "${request[@]}" $KEEPALIVE=01 | cut -d ' ' -f 1)"
	check_eq "command $what, learned is for answers only" EINVAL \
		"$(genl "${request[@]}" $LEARNED=01000000 | cut -d ' ' -f 1)"
done
answers 'bytes that the format would take for ESP' \
	"$bad The port's format does not know this keepalive." \
	$port_add $PORT=0100 $FORMAT=02 $KEEPALIVE_BYTES=01
answers 'set without a port' "$bad A port is missing." $port_set $LEARN=01
answers 'set of a port that is none' 'ENOENT This port was not added.' \
	$port_set $PORT=0100 $LEARN=01
check_eq 'the format cannot be changed' EINVAL \
	"$(genl $port_set $PORT=ed0a $FORMAT=02 | cut -d ' ' -f 1)"
check_eq 'nothing of this has changed anything' \
	'2797 format bare learn on
    learned 0 max-learned 32768 linger 60 s candidates 64 keepalive off keepalive-bytes empty' \
	"$(ctl a -d port show)"
answers 'all that can be set' '0 ' $port_set $PORT=ed0a $LEARN=01 \
	$MAX_LEARNED=00000400 $KEEPALIVE=ffff $KEEPALIVE_BYTES=03
check_eq 'is set' \
	'2797 format bare learn off max-learned 262144 keepalive 65535 keepalive-bytes 00000000ff' \
	"$(ctl a port show)"
check_eq 'pin is a flag' ERANGE \
	"$(genl $peer_add $PORT=ed0a $ADDRESS=$v4 $PIN=01 | cut -d ' ' -f 1)"
check_eq 'events are not asked for' ENOTSUP \
	"$(genl $event $PORT=ed0a | cut -d ' ' -f 1)"
check_eq 'the administrator may listen' 0 "$(genl join)"
check_eq 'nobody else may' EPERM \
	"$(in_ns a capsh --drop=cap_net_admin -- -c 'python3 -S ./genl.py join')"

# Peers that are set, and deleted by their origin
ctl a peer add 192.0.2.1 port 2797 keepalive 9
ctl a peer add 192.0.2.1 reqid 7 port 2797 pin
was=$(ctl a -j peer)
answers 'set of a peer without an address' "$bad An address is missing." $peer_set
answers 'set of a peer that is none' 'ENOENT There is no such peer that was added.' \
	$peer_set $ADDRESS=c0000202
answers 'set of another reqid' 'ENOENT There is no such peer that was added.' \
	$peer_set $ADDRESS=$v4 $REQID=08000000
answers 'set to a port that is none' \
	"ENOENT The peer's port was not added: add it first." \
	$peer_set $ADDRESS=$v4 $PORT=0100
half='An endpoint is an address and a port.'
answers 'half of an endpoint' "$bad $half" $peer_set $ADDRESS=$v4 $END_ADDRESS=$v4
answers 'its other half' "$bad $half" $peer_set $ADDRESS=$v4 $END_PORT=0100
answers 'moved to nowhere' "$bad $half" $peer_set $ADDRESS=$v4 $MOVED=
answers 'an origin that is none' "$bad This origin is not known to the module." \
	$peer_del $ADDRESS=$v4 $ORIGIN=00
answers 'another origin' 'ENOENT There is no such peer.' \
	$peer_del $ADDRESS=$v4 $REQID=07000000 $ORIGIN=02
check_eq 'nothing of this has changed anything' "$was" "$(ctl a -j peer)"
answers 'the peer without a reqid goes' '0 ' $peer_del $ADDRESS=$v4 $ORIGIN=01
answers 'and does not take the only other along' 'ENOENT There is no such peer.' \
	$peer_del $ADDRESS=$v4 $ORIGIN=01
answers 'without an origin, it would' '0 ' $peer_del $ADDRESS=$v4
check_eq 'there is no peer' '[]' "$(ctl a -j peer)"

# Peers that another gateway has learned
spawn events ip netns exec a espencapctl -j monitor
until_true 10 grep -q monitoring "$LAB_OUT/events" || die 'no monitor'
for wrong in 00 03 ff; do
	answers "the origin $wrong" "$bad This origin is not known to the module." \
		$peer_add $PORT=ed0a $ADDRESS=$v4 $ORIGIN=$wrong
done
of_learned="A learned peer has no pin, and no keepalive but its port's."
answers 'a learned peer with a pin' "$bad $of_learned" \
	$peer_add $PORT=ed0a $ADDRESS=$v4 $ORIGIN=02 $PIN=
answers 'one with a keepalive' "$bad $of_learned" \
	$peer_add $PORT=ed0a $ADDRESS=$v4 $ORIGIN=02 $KEEPALIVE=0000
check_eq 'an origin of two bytes' EINVAL \
	"$(genl $peer_add $PORT=ed0a $ADDRESS=$v4 $ORIGIN=0200 | cut -d ' ' -f 1)"
ctl a port set 2797 max-learned 1
answers 'a peer of origin 1 is added' '0 ' $peer_add $PORT=ed0a $ADDRESS=$v4 $ORIGIN=01
check_eq 'an origin cannot be set' EINVAL \
	"$(genl $peer_set $ADDRESS=$v4 $ORIGIN=01 | cut -d ' ' -f 1)"
answers 'a learned one does not take its place' 'EEXIST This peer is already added.' \
	$peer_add $PORT=ed0a $ADDRESS=$v4 $ORIGIN=02
answers 'another learned one is added' '0 ' \
	$peer_add $PORT=ed0a $ADDRESS=$v4 $REQID=07000000 $END_PORT=0100 $ORIGIN=02
full='This port has as many learned peers as it may have.'
answers 'one more than there may be' "ENOSPC $full" \
	$peer_add $PORT=ed0a $ADDRESS=$v6 $ORIGIN=02
answers 'not one more, but in the place of the first' '0 ' \
	$peer_add $PORT=ed0a $ADDRESS=$v4 $REQID=07000000 $END_PORT=0200 $ORIGIN=02
ctl a port add 500 max-learned 0
answers 'on a port that is full' "ENOSPC $full" \
	$peer_add $PORT=f401 $ADDRESS=$v4 $REQID=07000000 $ORIGIN=02
check_eq 'they are what they were added as' '192.0.2.1 null 2797 static
192.0.2.1 7 2 learned' "$(ctl a -j peer |
	jq -r '.[] | "\(.address) \(.reqid) \(.endpoint.port) \(.origin)"' | sort -k 4 -r)"
answers 'one of origin 1 takes the place of the learned one' '0 ' \
	$peer_add $PORT=ed0a $ADDRESS=$v4 $REQID=07000000 $ORIGIN=01
answers 'so that there is room again' '0 ' $peer_add $PORT=ed0a $ADDRESS=$v6 $ORIGIN=02
ctl a port del 500
await 10 'the monitor has seen all of it' says port-deleted events
check_eq 'and says of which origin' 'peer-added 192.0.2.1 null 2797 static
peer-added 192.0.2.1 7 1 learned
peer-deleted 192.0.2.1 7 1 learned
peer-added 192.0.2.1 7 2 learned
peer-deleted 192.0.2.1 7 2 learned
peer-added 192.0.2.1 7 2797 static
peer-added 2001:db8::1 null 2797 learned' "$(sed -n 's/^{/{/p' "$LAB_OUT/events" |
	jq -r 'select(.address) | "\(.event) \(.address) \(.reqid) \(.endpoint.port) \(.origin)"')"
stop "$spawned"

# The kernel's own strictness
check_eq 'an attribute that the command does not take is refused' EINVAL \
	"$(genl $port_del $PORT=ed0a $FORMAT=01 | cut -d ' ' -f 1)"
check_eq 'one that nobody knows, too' EINVAL \
	"$(genl $port_del $PORT=ed0a 77=00 | cut -d ' ' -f 1)"
check_eq 'a port of one byte' EINVAL \
	"$(genl $port_del $PORT=ed | cut -d ' ' -f 1)"
check_eq 'a port of three bytes' EINVAL \
	"$(genl $port_del $PORT=ed0a00 | cut -d ' ' -f 1)"
check_eq 'an address of 17 bytes' ERANGE \
	"$(genl $peer_add $PORT=ed0a "$ADDRESS=${v6}00" | cut -d ' ' -f 1)"
check_eq 'a command that is none' ENOTSUP \
	"$(genl 99 | cut -d ' ' -f 1)"
check_eq 'flush takes no attribute' EINVAL \
	"$(genl $flush $PORT=ed0a | cut -d ' ' -f 1)"
check_eq 'flush without one' '0' "$(genl $flush | cut -d ' ' -f 1)"
answers 'and has flushed' 'ENOENT This port was not added.' \
	$port_get $PORT=ed0a

for seed in 1 2 3; do
	check_eq "garbage, seed $seed: every request is answered" 1500 \
		"$(genl garbage $seed 1500)"
done
ctl a flush

# As many ports as there may be, in a control group that pays for them.
payer_make
check_eq 'at first the group has no per-CPU memory' 0 "$(charged percpu)"
check_eq 'one port more than there may be is refused' \
	'4096 ENOSPC This network namespace has as many ports as it can have.' \
	"$("${paying[@]}" ip netns exec a python3 -S ./genl.py ports 1 4097)"
check_eq 'all of the others are there' 4096 "$(ctl a -j port | jq length)"
check 'their counters are charged to who added them' \
	test "$(charged percpu)" -ge $((4096 * 16 * 8 * 2))
ctl a flush
await 30 'and given back' freed percpu

# The same for peers.
ctl a port add 2797
readonly many=8000
check_eq 'many peers' "$many 0" "$("${paying[@]}" ip netns exec a python3 -S ./genl.py peers $many)"
check 'their counters are charged to who added them' \
	test "$(charged percpu)" -ge $((many * 5 * 8 * 2 - untold))
charged_more() {
	[ "$(charged slab_unreclaimable)" -ge "$1" ]
}
await 10 'they themselves, too' charged_more $((many * 192 - untold))
ctl a flush
await 30 'and given back' freed percpu
await 30 'they themselves and given back, too' freed slab_unreclaimable
rmdir $group

if [ -n "${MANY-}" ]; then
	seq 262145 | awk '{ printf("peer add 10.%d.%d.%d port 2797\n",
		$1 / 65536, $1 / 256 % 256, $1 % 256) }' > "$LAB_OUT/many"
	ctl a port add 2797
	check_exit 'one peer more than there may be is refused' 2 \
		'many:262145: .* has as many peers as it can have' ctl a -b "$LAB_OUT/many"
	check_eq 'all of the others are there' 262144 "$(ctl a peer | wc -l)"
	ctl a flush
fi

plan_done
