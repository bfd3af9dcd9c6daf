#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Configurations are saved, restored and compared, all of them or not at all.
#
#      a ──────── wire ──────── b      see gateways.sh
#
# a's configuration changes, under a flow of pings from b.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

# restore NS ARGUMENTS...: with stdin for the file.
restore() {
	local ns=$1
	shift
	ctl "$ns" restore "$@"
}

# changes NS LINES ARGUMENTS...: what --check says of stdin, and its status.
changes() {
	local ns=$1 expected=$2 status=0 said
	shift 2
	said=$(restore "$ns" --check "$@") || status=$?
	[ "$said" = "$expected" ] && [ $status = "$([ -z "$expected" ]; echo $(($? * 3)))" ]
}

# moment NS: all that can be seen of a configuration, but for counters.
moment() {
	ctl "$1" -d port
	ctl "$1" peer
}

# has_changed NS: whether it is not what was saved, or has moved without having moved.
has_changed() {
	[ -n "$(restore "$1" --check "$LAB_OUT/saved")" ]
}

# refused DESCRIPTION STATUS TEXT LINES: so ends a restore of that file, either way, and
# nothing has changed.
refused() {
	local before how
	before=$(moment a)
	printf '%s\n' "$4" > "$LAB_OUT/wrong"
	for how in '' --sync; do
		check_exit "$1${how:+, }$how: status $2, $3" "$2" "$3" \
			ctl a restore $how "$LAB_OUT/wrong"
		check_eq "$1${how:+, }$how: nothing has changed" "$before" "$(moment a)"
		check_not "$1${how:+, }$how: nor what has moved" has_changed a
	done
}

gateways
ns_add z
module_load
tunnel 4 4

# Nothing, and everything that can be configured
check_eq 'of nothing, nothing is saved' '# espencapctl save' "$(ctl a save)"
ctl a save > "$LAB_OUT/saved"
check 'and restored' restore a < "$LAB_OUT/saved"
ctl a port add 2797 learn unsafe max-learned 7 keepalive 20
ctl a port add 10000 keepalive-bytes 00000000ff
ctl a port add 500
ctl a port add 5000 format bare learn off
ctl a peer add 10.1.1.1 port 2797 keepalive 7
ctl a peer add 198.51.100.7 port 2797
ctl a peer add 198.51.100.7 reqid 4294967295 port 500 endpoint 198.51.100.8:65535
ctl a peer add 2001:db8::7 port 10000 endpoint '[2001:db8::8]:1' pin keepalive 0
ctl a peer add 2001:db8::7 reqid 1 port 5000 keepalive 65535
ctl a save > "$LAB_OUT/saved"
check_eq 'all is saved' '# espencapctl save
port add 500 format non-ike learn on max-learned 32768 keepalive 0 keepalive-bytes ff
port add 2797 format bare learn unsafe max-learned 7 keepalive 20 keepalive-bytes empty
port add 5000 format bare learn off max-learned 32768 keepalive 0 keepalive-bytes empty
port add 10000 format bare learn on max-learned 32768 keepalive 0 keepalive-bytes 00000000ff
peer add 10.1.1.1 port 2797 endpoint 10.1.1.1:2797 keepalive 7
peer add 198.51.100.7 port 2797 endpoint 198.51.100.7:2797
peer add 198.51.100.7 reqid 4294967295 port 500 endpoint 198.51.100.8:65535
peer add 2001:db8::7 port 10000 endpoint [2001:db8::8]:1 pin keepalive 0
peer add 2001:db8::7 reqid 1 port 5000 endpoint [2001:db8::7]:5000 keepalive 65535' \
	"$(cat "$LAB_OUT/saved")"
check 'restored elsewhere' restore z < "$LAB_OUT/saved"
check_eq 'it is the same there' "$(moment a)" "$(moment z)"
check_eq 'and is saved as the same' "$(cat "$LAB_OUT/saved")" "$(ctl z save)"
check 'nothing would change' changes z '' "$LAB_OUT/saved"
check 'nor from a pipe called -' changes z '' - < "$LAB_OUT/saved"
spawn events ip netns exec z espencapctl monitor
until_true 10 grep -q monitoring "$LAB_OUT/events" || die 'the monitor does not start'
check 'restored once more' restore z "$LAB_OUT/saved"
check 'only what differs' restore z --sync "$LAB_OUT/saved"
ctl z port add 1 format bare
await 10 'the monitor hears of another port' says 'port 1 added' events
check_eq 'of nothing else' 'port 1 added format bare learn on' \
	"$(grep -v '^espencapctl: ' "$LAB_OUT/events")"
stop "$spawned" INT
ctl z port del 1
check_eq '-n: from another namespace' "$(ctl z save)" "$(espencapctl -n z save)"
check_exit '-n: no such namespace' 2 '"nowhere"' espencapctl -n nowhere port
printf '%s\n' 'port add 1 format bare' 'peer add 192.0.2.99 port 1' 'port add 2' \
	'port add 3 format bare' > "$LAB_OUT/batch"
check_exit '-b: up to the first line that is wrong' 1 'batch:3: port 2 has no preset' \
	espencapctl -n z -b "$LAB_OUT/batch"
check_eq '-b: what stood before it is done' '192.0.2.99 1' \
	"$(ctl z -j peer | jq -r '.[] | select(.port == 1) | "\(.address) \(.port)"')"
printf '%s\n' 'peer del 192.0.2.99' 'port del 1' > "$LAB_OUT/batch"
check '-b: and undone' espencapctl -n z -b "$LAB_OUT/batch"

# What would change
sed 's/^port add 500 .*//; s/learn unsafe/learn off/; s/reqid 4294967295 port 500/reqid 2 port 2797/; s/ pin / /; s/^port add 5000 format bare.*/port add 5000 format rfc3948/' \
	"$LAB_OUT/saved" > "$LAB_OUT/other"
check 'what would change is printed as commands, with status 3' changes z \
	'peer del 2001:db8::7 reqid 1
port set 2797 learn off max-learned 7 keepalive 20 keepalive-bytes empty
port del 5000
port add 5000 format rfc3948 learn on max-learned 32768 keepalive 0 keepalive-bytes ff
peer add 198.51.100.7 reqid 2 port 2797 endpoint 198.51.100.8:65535
peer set 2001:db8::7 port 10000 endpoint [2001:db8::8]:1 keepalive 0
peer add 2001:db8::7 reqid 1 port 5000 endpoint [2001:db8::7]:5000 keepalive 65535
peer del 198.51.100.7 reqid 4294967295
port del 500' "$LAB_OUT/other"
check_eq 'and has not changed' "$(moment a)" "$(moment z)"
check 'these changes are made' restore z --sync "$LAB_OUT/other"
check 'nothing is left to change' changes z '' "$LAB_OUT/other"
check 'and back' restore z "$LAB_OUT/saved"
check_eq 'all is as before' "$(moment a)" "$(moment z)"
check_exit 'what comes from nowhere removes nothing' 1 'is empty' \
	sh -c 'ip netns exec z espencapctl restore < /dev/null'
check_exit 'nor does a closed stdin' 1 'could not be read' \
	sh -c 'ip netns exec z espencapctl restore <&-'
check_eq 'all is as before that' "$(moment a)" "$(moment z)"
echo '# nothing' > "$LAB_OUT/nothing"
check 'a file with nothing in it removes all' restore z "$LAB_OUT/nothing"
check_eq 'there is nothing' '' "$(moment z)"

# Files with errors: of the file, of the kernel in the middle of it. One of a's peers has
# moved.
ctl b port add 2797 learn off
ctl b peer add "${outer_a[4]}" port 2797
ctl a peer add "${outer_b[4]}" reqid 44 port 2797 endpoint "${outer_b[4]}:1"
ctl a save > "$LAB_OUT/saved"
check 'a peer moves' pings b "${inner_b[4]}" "${inner_a[4]}"
refused 'a word that is no port' 1 'wrong:2: "banana" is no port' 'port add 1 format bare
port add banana'
refused 'a command that is none' 1 'wrong:3: "port del" is nothing' '# only additions

port del 1'
refused 'an object that is none' 1 'wrong:1: "banana" is nothing' banana
refused 'a peer without its port' 1 'wrong:1: peer 192.0.2.9: its port 1 is not added' \
	'peer add 192.0.2.9 port 1'
refused 'a port twice' 1 'wrong:4: port 500 is added twice, also in line 2' 'port add 1 format bare
port add non-ike # the same
port add 2 format bare
port add 500'
refused 'a peer twice' 1 'wrong:4: peer 192.0.2.9 reqid 3 is added twice, also in line 2' \
	'port add 2797
peer add 192.0.2.9 reqid 3 port 2797
peer add 192.0.2.9 port 2797
peer add 192.0.2.9 port 2797 reqid 3'
refused 'a line without an end' 1 'wrong:2: this line does not end' \
	"port add 1 format bare
port add 2 format bare # $(printf '%5000s' x)"
refused 'an address of this host' 2 'wrong:8: peer 2001:db8::1: The peer.s address is one of this host' \
	'port add 2797 learn off
port add 5000 format non-ike
port add 1 format bare
peer add 10.1.1.1 port 1 pin
peer add 10.9.9.9 port 1
peer add 192.0.2.2 reqid 44 port 2797 endpoint 192.0.2.2:77
peer add 198.51.100.7 port 2797 endpoint 198.51.100.77:1
peer add 2001:db8::1 port 2797'
printf 'port add 2797' > "$LAB_OUT/half"
check_exit 'half of a line' 1 'half:1: this line does not end' \
	ctl a restore "$LAB_OUT/half"
printf 'port add \033[2J\n' > "$LAB_OUT/terminal"
check_exit 'what would command the terminal is not shown' 1 'terminal:1: "[?].2J" is no port' \
	ctl a restore "$LAB_OUT/terminal"
check_exit 'no such file: status 1' 1 '"/nowhere" could not be opened' ctl a restore /nowhere
check_exit 'a folder: status 1' 1 'could not be read' ctl a restore /
check_exit '--check is for nothing else' 1 'for restore' ctl a flush --check
check_exit 'nor for nothing' 1 'for restore' ctl a --check
check_exit 'no JSON' 1 'not JSON' ctl a -j save
check_exit '--sync neither' 1 'for restore' ctl a --sync port show
check_exit 'two files' 1 '"more"' ctl a restore "$LAB_OUT/saved" more

# A reload under traffic: a peer that was learned, and one that has moved
flush_and_learn() {
	ctl a flush
	ctl a port add 2797
	check 'b is answered' pings b "${inner_b[4]}" "${inner_a[4]}"
}
flush_and_learn
check_eq 'a has learned' learned "$(ctl a -j peer | jq -r '.[].origin')"
ctl a save > "$LAB_OUT/config"
check_eq 'what was learned is not saved' 0 "$(grep -c '^peer' "$LAB_OUT/config")"
spawn reloads ip netns exec a espencapctl monitor
until_true 10 grep -q monitoring "$LAB_OUT/reloads" || die 'the monitor does not start'
reloads=$spawned received=$(counter a port 2797 rx_packets)
flow b "${inner_b[4]}" "${inner_a[4]}"
learned=$(ctl a peer)
for round in 1 2 3; do
	echo "peer add 198.51.100.$round port 2797" | cat "$LAB_OUT/config" - > "$LAB_OUT/more"
	check "reload $round: one peer more" restore a --sync "$LAB_OUT/more"
	check "reload $round: one peer less" restore a --sync "$LAB_OUT/config"
	await 10 "reload $round: the monitor has heard of both" \
		says "peer 198.51.100.$round deleted" reloads
	flow_goes_on b
done
check_eq 'nothing else has changed' 6 "$(grep -c '^p' "$LAB_OUT/reloads")"
stop "$reloads" INT
check 'the port counts on' test "$(counter a port 2797 rx_packets)" -gt "$((received + 3))"
flow_end b
check_eq 'no ping is lost under reloads' '' "$(flow_gaps b)"
check_eq 'the learned peer is there still' "$learned" "$(ctl a peer)"
check_eq 'it was learned once' 1 "$(counter a port 2797 peers_learned)"
check 'it is no difference' changes a '' "$LAB_OUT/config"
check 'restore without --sync forgets it' restore a "$LAB_OUT/config"
check 'there is no peer' no_peers a

ctl a peer add "${outer_b[4]}" port 2797 endpoint "${outer_b[4]}:1"
ctl a save > "$LAB_OUT/config"
check 'b is answered at its new endpoint' pings b "${inner_b[4]}" "${inner_a[4]}"
check_eq 'the peer has moved' "${outer_b[4]}:2797" "$(ctl a -j peer |
	jq -r '.[].endpoint | "\(.address):\(.port)"')"
check 'which is no difference' changes a '' "$LAB_OUT/config"
check 'with --sync it stays' restore a --sync "$LAB_OUT/config"
check 'and is answered' pings b "${inner_b[4]}" "${inner_a[4]}"
check_eq 'it has moved once' 1 "$(counter a port 2797 peers_moved)"
sed 's/endpoint .*/& keepalive 9/' "$LAB_OUT/config" > "$LAB_OUT/set"
check 'to set something else leaves it there' restore a --sync "$LAB_OUT/set"
check_eq 'it does' "${outer_b[4]}:2797 9" "$(ctl a -j peer |
	jq -r '.[] | "\(.endpoint.address):\(.endpoint.port) \(.keepalive)"')"
check 'which is no difference' changes a '' "$LAB_OUT/set"
sent=$(counter a peer "${outer_b[4]}" tx_packets)
check 'without --sync, it is where the file says' restore a "$LAB_OUT/config"
check_eq 'it is, and is the same peer' "${outer_b[4]}:1 null $sent" \
	"$(ctl a -j -s peer | jq -r '.[] | "\(.endpoint.address):\(.endpoint.port) \(.keepalive) \(.stats.tx_packets)"')"
check 'it moves again' pings b "${inner_b[4]}" "${inner_a[4]}"

# Set in place, under traffic
peer_is() {
	check_eq "$1" "$2" "$(ctl a -j peer | jq -r '.[] |
		"\(.port) \(.endpoint.address):\(.endpoint.port) \(.pin) \(.keepalive)"')"
}
flow b "${inner_b[4]}" "${inner_a[4]}"
check 'peer set: pin and keepalive' ctl a peer set "${outer_b[4]}" pin keepalive 3
peer_is 'they are set, all else stays' "2797 ${outer_b[4]}:2797 true 3"
check 'peer set: unpin' ctl a peer set "${outer_b[4]}" unpin
peer_is 'the keepalive stays' "2797 ${outer_b[4]}:2797 false 3"
check "peer set: the port's keepalive" ctl a peer set "${outer_b[4]}" keepalive port
peer_is 'it has none of its own' "2797 ${outer_b[4]}:2797 false null"
port_is() {
	check_eq "$1" "$2" "$(ctl a -d -j port show 2797 |
		jq -r '.[] | "\(.learn) \(.max_learned) \(.keepalive) \(.keepalive_bytes)"')"
}
check 'port set: keepalive and max-learned' ctl a port set 2797 keepalive 20 max-learned 0
port_is 'they are set, all else stays' 'on 0 20 empty'
check 'port set: learn off' ctl a port set 2797 learn off
flow_goes_on b
check 'port set: learn on, and what it was' ctl a port set 2797 learn on max-learned 32768 \
	keepalive 0 keepalive-bytes ff
port_is 'it is' 'on 32768 0 ff'
flow_goes_on b
flow_end b
check_eq 'no ping is lost while a peer and its port are set' '' "$(flow_gaps b)"

# Another port, which b does not answer on
ctl a port add 500
flow b "${inner_b[4]}" "${inner_a[4]}"
check 'peer set: another port' ctl a peer set "${outer_b[4]}" port 500
peer_is 'it is where it was' "500 ${outer_b[4]}:2797 false null"
check_exit 'peer set: a port that was not added' 2 'was not added' \
	ctl a peer set "${outer_b[4]}" port 4500
check_exit 'peer set: an endpoint of our own' 2 "one of this host's own" \
	ctl a peer set "${outer_b[4]}" endpoint "${outer_a[4]}:1"
peer_is 'neither changes anything' "500 ${outer_b[4]}:2797 false null"
check 'peer set: port and endpoint' ctl a peer set "${outer_b[4]}" port 2797 \
	endpoint "${outer_b[4]}:2797"
flow_goes_on b
flow_end b
check_exit 'peer set: no such peer' 2 'no such peer that was added' \
	ctl a peer set "${outer_b[4]}" reqid 1 pin

# Many, and who may
{
	echo 'port add 2797'
	seq 10000 | awk '{ print "peer add 100.64." int($1 / 256) "." $1 % 256, "port 2797" }'
} > "$LAB_OUT/many"
check '10,000 peers are restored' restore a "$LAB_OUT/many"
check_eq 'all are there' 10002 "$(ctl a save | wc -l)"
check 'nothing would change' changes a '' "$LAB_OUT/many"
# shellcheck disable=SC2016 # the inner shell's
check 'to list them takes the tool no more than 1 MB' \
	in_ns a sh -c 'ulimit -d 1024; espencapctl peer show > /dev/null'
# shellcheck disable=SC2016
check_exit 'to have them all at once would' 2 'no memory' \
	in_ns a sh -c 'ulimit -d 1024; espencapctl save > /dev/null'
ctl a save > "$LAB_OUT/saved"
# shellcheck disable=SC2016
check_exit 'without rights: status 2' 2 CAP_NET_ADMIN in_ns a \
	setpriv --bounding-set -net_admin --inh-caps -net_admin \
	espencapctl restore "$LAB_OUT/config"
check_eq 'nothing has changed' "$(cat "$LAB_OUT/saved")" "$(ctl a save)"
plan_done
