#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The tool: what it prints, what it refuses, and with which status.
#
#      a: a namespace with the module, no wire
#
# Status 1 is what needs no kernel, and names the word; status 2 is what the
# kernel or the system refuses. Neither changes anything.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

# wrong WORD ARGUMENTS...: refused without the kernel, with that word.
wrong() {
	local word=$1
	shift
	check_exit "espencapctl $*: status 1, names $word" 1 "$word" ctl a "$@"
}

# refuses SENTENCE ARGUMENTS...: refused by the kernel, with that sentence.
refuses() {
	local sentence=$1
	shift
	check_exit "espencapctl $*: status 2, $sentence" 2 "$sentence" ctl a "$@"
}

ns_add a

# Without the module
check_exit 'no module: status 2, and the three usual causes' 2 \
	'not loaded, and could not be' ctl a port add 2797
check 'they name the kernel' grep -q "$(uname -r)" "$lab_output.err"
check 'help needs no module' ctl a help
check '-V neither' ctl a -V
check 'preset show neither' ctl a preset show
wrong banana port add banana

# completed WORDS...: what the tool offers for the last of them, on a line.
completed() {
	ctl a complete -- "$@" | sort | xargs
}

# With it: the tool loads it, by the family's name.
module_install
check_eq 'completion asks the module for nothing' '' "$(completed port show '')"
check_not 'and does not load it' grep '^espencap ' /proc/modules
check 'the first command loads the module' ctl a port show
check 'it is loaded' grep -q '^espencap ' /proc/modules
check_eq 'its version is the tool'"'"'s' \
	"espencapctl $(cat /sys/module/espencap/version)" "$(ctl a -V)"
module_unload
module_uninstall
module_load

# Empty lists
check_eq 'no port: nothing' '' "$(ctl a port)"
check_eq 'no port: []' '[]' "$(ctl a -j port show)"
check_eq 'no peer: []' '[]' "$(ctl a peer -j)"

# Status 1
wrong '"0"' port add 0
wrong '"65536"' port add 65536
wrong '"banana"' port add banana
wrong '"-?0x50"' port add 0x50
wrong '"99999999999999999999"' port add 99999999999999999999
wrong '"2797x"' port add 2797x
wrong '""' port add ''
wrong 'port is missing' port add
wrong 'port 5000 has no preset' port add 5000
wrong '"foo" is no format' port add 5000 format foo
wrong 'behind format is missing' port add 5000 format
wrong '"bare"' port add 2797 bare
wrong 'behind learn' port add 2797 learn
wrong 'what to set is missing' port set 2797
wrong '"maybe"' port add 2797 learn maybe
wrong '"262145"' port add 2797 max-learned 262145
wrong '"-1"' port add 2797 max-learned -1
wrong '"65536"' port add 2797 keepalive 65536
wrong '"fe"' port add 2797 keepalive-bytes fe
wrong '"format"' port set 2797 format bare
wrong '"65536"' peer add 192.0.2.1 port 2797 keepalive 65536
wrong '"pin" is given twice' peer add 192.0.2.1 port 2797 pin pin
wrong '"more"' monitor more
wrong '"again"' port add 2797 format bare again
wrong '"foo"' port foo
wrong '"foo"' foo
wrong '"-x"' -x port
wrong '"0"' port del 0
wrong 'port is missing' port del
wrong '"more"' port del 2797 more
wrong '"banana"' port show banana
wrong '"more"' port show 2797 more
wrong 'address is missing' peer add
wrong '"1.2.3"' peer add 1.2.3 port 2797
wrong '"192.0.2.256"' peer add 192.0.2.256 port 2797
wrong '"gateway"' peer add gateway port 2797
wrong '"2001:db8::g"' peer add 2001:db8::g port 2797
wrong '"0.0.0.0"' peer add 0.0.0.0 port 2797
wrong '"224.0.0.1"' peer add 224.0.0.1 port 2797
wrong '"255.255.255.255"' peer add 255.255.255.255 port 2797
wrong '"ff02::1"' peer add ff02::1 port 2797
wrong '"::"' peer add :: port 2797
wrong '"::ffff:192.0.2.1"' peer add ::ffff:192.0.2.1 port 2797
wrong 'port is missing' peer add 192.0.2.1
wrong 'port is missing' peer add 192.0.2.1 port
wrong '"0"' peer add 192.0.2.1 port 0
wrong '"0" is no reqid' peer add 192.0.2.1 reqid 0 port 2797
wrong '"4294967296"' peer add 192.0.2.1 reqid 4294967296 port 2797
wrong 'reqid is missing' peer add 192.0.2.1 port 2797 reqid
wrong '"via"' peer add 192.0.2.1 port 2797 via 192.0.2.2
wrong '"port" is given twice' peer add 192.0.2.1 port 2797 port 500
wrong '"192.0.2.2"' peer add 192.0.2.1 port 2797 endpoint 192.0.2.2
wrong '"70000"' peer add 192.0.2.1 port 2797 endpoint 192.0.2.2:70000
wrong '"\[192.0.2.2\]:1"' peer add 192.0.2.1 port 2797 endpoint '[192.0.2.2]:1'
wrong '"2001:db8::2:1"' peer add 2001:db8::1 port 2797 endpoint 2001:db8::2:1
wrong 'another address family' peer add 192.0.2.1 port 2797 \
	endpoint '[2001:db8::2]:2797'
wrong 'another address family' peer add 2001:db8::1 port 2797 \
	endpoint 192.0.2.1:2797
wrong '"port"' peer del 192.0.2.1 port 2797
wrong '"x"' peer show x
wrong '"more"' flush more
wrong '"more"' preset show more
check_eq 'none of this has added anything' '[] []' \
	"$(ctl a -j port) $(ctl a -j peer)"

# Status 2
refuses 'This port was not added' port del 2797
refuses 'This port was not added' port show 2797
refuses 'This port was not added' port set 2797 learn off
refuses 'port was not added' peer add 192.0.2.1 port 2797
refuses 'There is no such peer' peer del 192.0.2.1
refuses 'There is no such peer' peer show 192.0.2.1
check_exit 'the same with -j: nothing on stdout' 2 'no such peer' \
	ctl a -j peer show 192.0.2.1
ctl a port add 2797
refuses 'This port is already added' port add 2797
refuses 'This port is already added' port add esp-encap format non-ike
check_eq 'the format is still that of before' '2797 format bare learn on' \
	"$(ctl a port show)"
ctl a peer add 192.0.2.1 port 2797
refuses 'This peer is already added' peer add 192.0.2.1 port 2797 \
	endpoint 192.0.2.3:1
check_eq 'the endpoint is still that of before' \
	'192.0.2.1 port 2797 endpoint 192.0.2.1:2797' "$(ctl a peer show)"
refuses 'Peers that were added use this port' port del 2797
check_exit 'a full disk: status 2' 2 'could not be written' \
	in_ns a sh -c 'espencapctl port show > /dev/full'
check_eq 'none of this has changed anything' '1 1' \
	"$(ctl a -j port | jq length) $(ctl a -j peer | jq length)"

# What an operator does is told to who listens.
ctl a flush
monitors() {
	spawn "$1" ip netns exec a espencapctl "${@:2}" monitor
	until_true 10 grep -q monitoring "$LAB_OUT/$1" || die 'no monitor'
}
monitors text
text=$spawned
monitors json -j -t
json=$spawned
ctl a port add 500 keepalive 20
ctl a port set 500 learn off
ctl a peer add 192.0.2.1 port 500 pin
ctl a peer add 2001:db8::1 reqid 7 port 500
ctl a peer del 192.0.2.1
ctl a flush
await 10 'the monitor has seen all of it' grep -q 'port 500 deleted' "$LAB_OUT/text"
await 10 'the other one, too' grep -q 'port-deleted' "$LAB_OUT/json"
stop "$text"
stop "$json"
check_eq 'in text' 'port 500 added format non-ike learn on keepalive 20 keepalive-bytes ff
port 500 changed format non-ike learn off keepalive 20 keepalive-bytes ff
peer 192.0.2.1 added port 500 endpoint 192.0.2.1:500
peer 2001:db8::1 reqid 7 added port 500 endpoint [2001:db8::1]:500
peer 192.0.2.1 deleted port 500 endpoint 192.0.2.1:500
peer 2001:db8::1 reqid 7 deleted port 500 endpoint [2001:db8::1]:500
port 500 deleted' "$(grep -v monitoring "$LAB_OUT/text")"
grep -v monitoring "$LAB_OUT/json" > "$LAB_OUT/events"
check_eq 'in JSON' 'port-added 500 null
port-changed 500 null
peer-added 500 192.0.2.1
peer-added 500 2001:db8::1
peer-deleted 500 192.0.2.1
peer-deleted 500 2001:db8::1
port-deleted 500 null' "$(jq -r '"\(.event) \(.port) \(.address)"' "$LAB_OUT/events")"
check 'each with its time, to the microsecond' jq -es 'all(.[]; .time |
	test("^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{6}[+-][0-9]{2}:[0-9]{2}$"))' \
	"$LAB_OUT/events"
check_eq 'in their order' "$(jq -r .time "$LAB_OUT/events")" \
	"$(jq -r .time "$LAB_OUT/events" | sort)"

# Presets, options on either side, aliases
ctl a flush
for preset in esp-encap cpudpencap natt-1293 cisco-udp non-ike rfc3948; do
	check "port add $preset" ctl a port add $preset
done
check_eq 'each with its port and format' \
	'500 non-ike,1293 bare,2746 bare,2797 bare,4500 rfc3948,10000 bare' \
	"$(ctl a port -j show | jq -r 'map("\(.port) \(.format)") | join(",")')"
check_eq 'presets are listed with source and evidence' \
	'cisco-udp,cpudpencap,esp-encap,natt-1293,non-ike,rfc3948' \
	"$(ctl a preset -j | jq -r '[.[] | select(.port and .format and .source
		and .verified != null) | .name] | sort | join(",")')"
check 'delete is del, list is show' ctl a port delete cisco-udp
check_eq 'it is gone' 5 "$(ctl a -j port list | jq length)"
ctl a port add 5000 format non-ike keepalive 9 max-learned 7
refuses 'does not know this keepalive' port set 5000 keepalive-bytes empty
check_eq 'a port without a preset' \
	'5000 format non-ike learn on max-learned 7 keepalive 9 keepalive-bytes ff' \
	"$(ctl a port show 5000)"

# What show prints can be typed back.
ctl a peer add 192.0.2.1 port 2797
ctl a peer add 192.0.2.1 reqid 4294967295 endpoint 198.51.100.7:40001 port 5000
ctl a peer add 2001:db8::1 port 500 endpoint '[2001:db8::77]:1'
ctl a peer add fe80::1 reqid 1 port rfc3948 pin keepalive 20
ctl a port show > "$LAB_OUT/ports"
ctl a peer show > "$LAB_OUT/peers"
ctl a flush
check_eq 'flush leaves nothing' '[] []' "$(ctl a -j port) $(ctl a -j peer)"
while read -r line; do
	# shellcheck disable=SC2086 # the words of the line
	check "port add $line" ctl a port add $line
done < "$LAB_OUT/ports"
while read -r line; do
	# shellcheck disable=SC2086
	check "peer add $line" ctl a peer add $line
done < "$LAB_OUT/peers"
check_eq 'the ports are the same' "$(cat "$LAB_OUT/ports")" "$(ctl a port show)"
check_eq 'the peers are the same' "$(cat "$LAB_OUT/peers")" "$(ctl a peer show)"
check_eq 'peers in JSON' \
	'{"address":"192.0.2.1","reqid":4294967295,"port":5000,"endpoint":{"address":"198.51.100.7","port":40001},"origin":"static","pin":false,"keepalive":null,"mtu":null,"mtu_left":null,"last_rx":null,"last_tx":null}' \
	"$(ctl a -j peer | jq -c '.[] | select(.reqid == 4294967295)')"
check_eq 'reqid is null where there is none' null \
	"$(ctl a -j peer show 2001:db8::1 | jq '.[0].reqid')"
check_eq 'a show of one address shows all its peers' 2 \
	"$(ctl a peer show 192.0.2.1 -j | jq length)"
check_eq 'counters are numbers, in text and JSON' 'number number' \
	"$(ctl a -s -j port | jq -r '.[0].stats.rx_packets | type') $(
	ctl a -s -j peer | jq -r '.[0].stats.tx_bytes | type')"
check_eq 'the first line stays one that can be typed back' \
	'5000 format non-ike learn on max-learned 7 keepalive 9 keepalive-bytes ff' \
	"$(ctl a -s port show 5000 | head -n 1)"
check_eq 'the counters follow, each with its name' 0 \
	"$(ctl a -s port show 5000 | awk '$1 == "rx_unknown_spi" { print $2 }')"

check_eq 'when packets have passed: never' 'last_rx never last_tx never' \
	"$(ctl a -s port show 5000 | awk '/last_/ { print $1, $2 }' | paste -sd ' ')"
check_eq 'in JSON: null' '[null,null] [null,null]' "$(ctl a -j port show 5000 |
	jq -c '.[0] | [.last_rx, .last_tx]') $(ctl a -j peer show 192.0.2.1 |
	jq -c '.[0] | [.last_rx, .last_tx]')"

# A program that has UDP_ENCAP on a port is seen as long as it is there.
encap_sockets() {
	ctl a -j port | jq -c '[.[] | select(.encap_socket) | .port]'
}
says_socket() {
	ctl a -d port show "$1" | grep -q ' encap-socket'
}
check_eq 'no program has UDP_ENCAP set' '[]' "$(encap_sockets)"
receiver a 127.0.0.1 5000 without
without=$spawned
receiver a 127.0.0.1 2797 with 2
check_eq 'one has, on one port' '[2797]' "$(encap_sockets)"
check 'in text, with -d' says_socket 2797
check_not 'not where it is but a program' says_socket 5000
stop "$spawned"
stop "$without"
check_eq 'it has gone' '[]' "$(encap_sockets)"

# Completion
check_eq 'ports that can be completed' '2746 2797' "$(completed port show 27)"
check_eq 'peers' '192.0.2.1 192.0.2.1' "$(completed peer del 192)"
check_eq 'reqids' 4294967295 "$(completed peer del 192.0.2.1 reqid '')"
check_eq 'network namespaces' a "$(completed -n '')"
check_eq 'ports in another one' '2746 2797' "$(espencapctl complete -- -n a port show 27 | xargs)"
check_eq 'and here, none' '' "$(espencapctl complete -- port show '')"
check_eq 'without rights, the words alone' 'add' \
	"$(in_ns a capsh --drop=cap_net_admin -- -c \
		'espencapctl complete -- port show ""; espencapctl complete -- port a' 2>&1)"

# Many: a dump survives what happens meanwhile, and lists nothing twice.
ctl a flush
ctl a restore - < <(echo 'port add 2797'; printf 'peer add 10.9.0.%d port 2797\n' {0..199})
churn() {
	local n
	while :; do
		for ((n = 0; n < 20; n++)); do
			ctl a peer del 10.9.0.$((n * 9 + 1))
			ctl a peer add 10.9.0.$((n * 9 + 1)) port 2797
			echo >> "$LAB_OUT/changes"
		done
	done
}
: > "$LAB_OUT/changes"
churn &
churn_pid=$!
lab_pids+=("$churn_pid")
bad=0
until_true 30 test -s "$LAB_OUT/changes" || die 'nothing changes'
before=$(wc -l < "$LAB_OUT/changes")
for n in 1 2 3 4 5 6 7 8 9 10; do
	ctl a peer show | sort > "$LAB_OUT/dump"
	[ -z "$(uniq -d "$LAB_OUT/dump")" ] || bad=$((bad + 1))
	# those that nobody touches
	[ "$(grep -c '^10\.9\.0\.[0-9]*[02468] ' "$LAB_OUT/dump")" -ge 90 ] ||
		bad=$((bad + 1))
done
check 'changes were made all the while' \
	test "$(wc -l < "$LAB_OUT/changes")" -ge $((before + 5))
stop "$churn_pid"
check_eq 'ten dumps during changes: nothing twice, nothing missing' 0 $bad

plan_done
