# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the tool says to a kernel, and makes of what comes back, with fake.c for
# the kernel.  A part of run, which has the functions.
# shellcheck disable=SC2154 # dir, ctl, here, status: set there

# shellcheck disable=SC2046 # words
"${CC:-cc}" -O1 -shared -fPIC -I"$here/../../../kmod/uapi" \
	$(pkg-config --cflags libmnl 2> /dev/null) -o "$dir/fake.so" \
	"$here/fake.c" > "$dir/out" 2> "$dir/err"
status=$?
result $status 'the fake kernel compiles'

# faked ARGUMENTS...: like run, but with the fake: $dir/answer is what comes,
# $dir/log what was sent.
faked() {
	: > "$dir/log"
	status=0
	# The sanitizer wants to be the first library.
	env FAKE="${fake-}" ${loaded+FAKE_VERSION="$loaded"} ${xfrm+FAKE_XFRM="$xfrm"} FAKE_LOG="$dir/log" FAKE_ANSWER="$dir/answer" \
		ASAN_OPTIONS=verify_asan_link_order=0 \
		LD_PRELOAD="$dir/fake.so" "$ctl" "$@" \
		> "$dir/out" 2> "$dir/err" || status=$?
}

# answer LINES...: what comes back from now on.
answer() {
	if [ $# -gt 0 ]; then printf '%s\n' "$@"; fi > "$dir/answer"
}

# sends LINE ARGUMENTS...: just this request, status 0, and nothing printed.
sends() {
	local line=$1
	shift
	faked "$@"
	[ "$status" -eq 0 ] && [ ! -s "$dir/out" ] && [ ! -s "$dir/err" ] &&
		[ "$(cat "$dir/log")" = "$line" ]
	result $? "$* sends: $line"
	[ "$(cat "$dir/log")" = "$line" ] || sed 's/^/# sent: /' "$dir/log"
}

# shows TEXT ARGUMENTS...: status 0, all of stdout is TEXT, nothing on stderr.
shows() {
	local text=$1
	shift
	faked "$@"
	[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] &&
		[ "$(cat "$dir/out")" = "$text" ]
	result $? "$* shows: ${text//$'\n'/ | }"
}

# reports TEXT ARGUMENTS...: the same of a monitor, which says that it listens.
reports() {
	local text=$1
	shift
	faked "$@"
	[ "$status" -eq 0 ] && [ "$(cat "$dir/out")" = "$text" ] &&
		[ "$(cat "$dir/err")" = 'espencapctl: monitoring' ] &&
		[ "$(cat "$dir/log")" = 'join 16
join 17' ]
	result $? "$* reports: ${text//$'\n'/ | }"
}

# Nothing of this may reach a real kernel.
answer 'port-get port=1 format=1'
[ "$status" -eq 0 ] && shows '1 format bare' port
[ "$status" -eq 0 ] && [ "$(cat "$dir/log")" = port-get ] || return

# Requests: what was typed, and the preset's keepalive bytes
answer
sends 'port-add port=2797 format=1 keepalive-bytes=1' port add 2797
sends 'port-add port=2746 format=1 keepalive-bytes=1' port add cpudpencap
sends 'port-add port=1293 format=1 keepalive-bytes=1' port add natt-1293
sends 'port-add port=10000 format=1 keepalive-bytes=2' port add cisco-udp
sends 'port-add port=500 format=2 keepalive-bytes=2' port add non-ike
sends 'port-add port=4500 format=3 keepalive-bytes=2' port add 4500
sends 'port-add port=4500 format=1 keepalive-bytes=2' \
	port add 4500 format bare
sends 'port-add port=2797 format=3' port add 2797 format rfc3948
sends 'port-add port=5000 format=2' port add 5000 format non-ike
sends 'port-add port=5000 format=1' port add 5000 format bare
sends 'port-add port=2797 format=1 learn=1 max-learned=0 keepalive=0 keepalive-bytes=3' \
	port add 2797 learn off max-learned 0 keepalive 0 \
	keepalive-bytes 00000000ff
sends 'port-add port=5000 format=3 learn=3 max-learned=262144 keepalive=65535 keepalive-bytes=2' \
	port add 5000 keepalive-bytes ff keepalive 65535 format rfc3948 \
	max-learned 262144 learn unsafe
sends 'port-set port=2797 learn=2' port set 2797 learn on
sends 'port-set port=4500 max-learned=7' port set rfc3948 max-learned 7
sends 'port-set port=2797 keepalive=0' port set 2797 keepalive 0
sends 'port-set port=4500 keepalive-bytes=1' port set 4500 keepalive-bytes empty
sends 'port-set port=1 learn=3 max-learned=1 keepalive=20 keepalive-bytes=2' \
	port set 1 keepalive-bytes ff keepalive 20 max-learned 1 learn unsafe
sends 'port-del port=2797' -d -t port del 2797
sends 'peer-add address=192.0.2.1 port=2797' peer add 192.0.2.1 port 2797
sends 'peer-add address=192.0.2.1 reqid=7 port=1 endpoint-address=198.51.100.7 endpoint-port=4 pin keepalive=0' \
	peer add 192.0.2.1 pin keepalive 0 endpoint 198.51.100.7:4 port 1 reqid 7
sends 'peer-add address=2001:db8::1 port=2797 pin' \
	peer add 2001:db8::1 port 2797 pin
sends 'peer-add address=192.0.2.1 port=2797 keepalive=65535' \
	peer add 192.0.2.1 keepalive 65535 port 2797
sends 'peer-del address=192.0.2.1 reqid=7' peer del 192.0.2.1 reqid 7
sends flush flush

# What the kernel refuses, and what it notes
answer 'error 22 A sentence.'
faked port set 2797 learn on
[ "$status" -eq 2 ] && complained &&
	grep -qxF 'espencapctl: port 2797: A sentence.' "$dir/err"
result $? 'port set: the kernel'"'"'s sentence, status 2'
answer 'error 95'
faked port set 2797 learn on
[ "$status" -eq 2 ] && complained && grep -qF 'another version' "$dir/err"
result $? 'port set: a module that does not know it, status 2'
# A dump finds the module on its way out, other requests find none.
for error in 2 93; do
	answer "error $error"
	faked port del 2797
	[ "$status" -eq 2 ] && complained &&
		grep -qxF 'espencapctl: port 2797: the module was unloaded meanwhile.' "$dir/err"
	result $? "error $error: the module was unloaded between two requests, status 2"
done

# A module of another version: what it knows, it does; what not, it says in a sentence
mine=$("$ctl" -V | cut -d ' ' -f 2)
older="The module that is loaded is version 0.0.1, and this espencapctl $mine: it may not know what it was asked."
answer
loaded=0.0.1 sends 'port-set port=2797 learn=2' port set 2797 learn on
for error in 22 34; do
	answer "error $error Unknown attribute type"
	loaded=0.0.1 faked port set 2797 learn on
	[ "$status" -eq 2 ] && complained &&
		[ "$(cat "$dir/err")" = "espencapctl: port 2797: Unknown attribute type. $older" ]
	result $? "an older module refuses with error $error: both versions, status 2"
done
answer 'error 95'
loaded=0.0.1 faked flush
[ "$status" -eq 2 ] && complained && grep -qF "does not know this request. $older" "$dir/err"
result $? 'an older module does not know a command: both versions, status 2'
answer 'error 17 A sentence.'
loaded=0.0.1 faked port add 2797
[ "$status" -eq 2 ] && [ "$(cat "$dir/err")" = 'espencapctl: port 2797: A sentence.' ]
result $? 'an older module that refuses for another reason: no versions'
for version in "$mine" ''; do
	answer 'error 22 A sentence.'
	loaded=$version faked port set 2797 learn on
	[ "$status" -eq 2 ] &&
		[ "$(cat "$dir/err")" = 'espencapctl: port 2797: A sentence.' ]
	result $? "a module of version '$version': no versions"
done
answer 'port-get port=2797 999=text format=1 1000=more stats=2:1,99:2'
loaded=99 shows '2797 format bare
    rx_packets 1
    unknown_99 2' -s port
answer 'event event=3 port=2797 999=text' 'signal 2'
reports 'port 2797 deleted' monitor

answer 'error 0 A note.'
faked port add 2797
[ "$status" -eq 0 ] && [ ! -s "$dir/out" ] &&
	grep -qxF 'espencapctl: note: port 2797: A note.' "$dir/err"
result $? 'port add: a note, status 0'

# Ports; an event is no answer
port='port-get port=2797 format=1 learn=2 max-learned=32768 learned=12 linger=60 candidates=64 keepalive=20 keepalive-bytes=1'
answer 'event event=1 port=1 format=1 learn=1' "$port" \
	'port-get port=500 format=2 learn=1 max-learned=0 learned=0 linger=60 candidates=64 keepalive=0 keepalive-bytes=2' \
	'port-get port=1 format=9 learn=8 keepalive-bytes=7'
shows '2797 format bare learn on keepalive 20 keepalive-bytes empty
500 format non-ike learn off max-learned 0
1 format unknown-9 learn unknown-8' port show
shows '2797 format bare learn on keepalive 20 keepalive-bytes empty
    learned 12 max-learned 32768 linger 60 s candidates 64 keepalive 20 s keepalive-bytes empty
500 format non-ike learn off max-learned 0
    learned 0 max-learned 0 linger 60 s candidates 64 keepalive off keepalive-bytes ff
1 format unknown-9 learn unknown-8
    keepalive-bytes unknown-7' -d port
json='[{"port":2797,"format":"bare","learn":"on","learned":12,"max_learned":32768,"linger":60,"candidates":64,"keepalive":20,"keepalive_bytes":"empty","encap_socket":false},
{"port":500,"format":"non-ike","learn":"off","learned":0,"max_learned":0,"linger":60,"candidates":64,"keepalive":0,"keepalive_bytes":"ff","encap_socket":false},
{"port":1,"format":"unknown-9","learn":"unknown-8","keepalive_bytes":"unknown-7","encap_socket":false}]'
shows "$json" -j port
shows "$json" -j -d -t port show
answer 'port-get port=2797 format=1'
shows '2797 format bare' -d port show 2797
shows '[{"port":2797,"format":"bare","encap_socket":false}]' -j port show 2797

# Counters
stats='2:1,3:2,16:3,17:4,18:5,19:6,20:7,21:8,22:9,23:10,24:11,25:12,26:13,27:14,28:15,29:16'
answer "$port stats=$stats"
shows '2797 format bare learn on keepalive 20 keepalive-bytes empty
    learned 12 max-learned 32768 linger 60 s candidates 64 keepalive 20 s keepalive-bytes empty
    rx_packets 1
    rx_bytes 2
    rx_no_memory 3
    peers_learned 4
    peers_moved 5
    peers_expired 6
    refused_full 7
    refused_ambiguous 8
    refused_unsafe 9
    refused_no_memory 10
    keepalives_sent 11
    too_big_believed 12
    too_big_refused 13
    sas_offloaded 14
    rx_datagrams 15
    unknown_29 16' -s -d port show
answer 'port-get port=2797 format=1 learn=3 stats=2:1,24:2'
shows '[{"port":2797,"format":"bare","learn":"unsafe","encap_socket":false,"stats":{"rx_packets":1,"keepalives_sent":2}}]' \
	-s -j port show

# Peers
answer 'peer-get address=192.0.2.1 reqid=7 port=2797 endpoint-address=198.51.100.7 endpoint-port=40797 origin=2' \
	'peer-get address=192.0.2.1 reqid=0 port=2797 endpoint-address=198.51.100.7 endpoint-port=40797 origin=2 keepalive=20' \
	'peer-get address=2001:db8::1 port=500 endpoint-address=2001:db8::2 endpoint-port=1 origin=1 pin keepalive=0' \
	'peer-get address=192.0.2.3 port=1 endpoint-address=192.0.2.3 endpoint-port=1 origin=9 pin' \
	'peer-get address=192.0.2.4 port=1 endpoint-address=192.0.2.4 endpoint-port=1'
text='192.0.2.1 reqid 7 port 2797 endpoint 198.51.100.7:40797 learned
192.0.2.1 reqid 0 port 2797 endpoint 198.51.100.7:40797 learned keepalive 20
2001:db8::1 port 500 endpoint [2001:db8::2]:1 pin keepalive 0
192.0.2.3 port 1 endpoint 192.0.2.3:1 unknown-9 pin
192.0.2.4 port 1 endpoint 192.0.2.4:1'
shows "$text" peer
shows "$text" -d -t peer show
shows '[{"address":"192.0.2.1","reqid":7,"port":2797,"endpoint":{"address":"198.51.100.7","port":40797},"origin":"learned","pin":false,"keepalive":null,"mtu":null,"mtu_left":null},
{"address":"192.0.2.1","reqid":0,"port":2797,"endpoint":{"address":"198.51.100.7","port":40797},"origin":"learned","pin":false,"keepalive":20,"mtu":null,"mtu_left":null},
{"address":"2001:db8::1","reqid":null,"port":500,"endpoint":{"address":"2001:db8::2","port":1},"origin":"static","pin":true,"keepalive":0,"mtu":null,"mtu_left":null},
{"address":"192.0.2.3","reqid":null,"port":1,"endpoint":{"address":"192.0.2.3","port":1},"origin":"unknown-9","pin":true,"keepalive":null,"mtu":null,"mtu_left":null},
{"address":"192.0.2.4","reqid":null,"port":1,"endpoint":{"address":"192.0.2.4","port":1},"pin":false,"keepalive":null,"mtu":null,"mtu_left":null}]' \
	-j peer

answer 'peer-get address=192.0.2.1 port=1 endpoint-address=192.0.2.1 endpoint-port=1 origin=1 mtu=1500' \
	'peer-get address=192.0.2.2 port=1 endpoint-address=192.0.2.2 endpoint-port=1 origin=1 mtu=1400 mtu-left=590'
shows '192.0.2.1 port 1 endpoint 192.0.2.1:1
192.0.2.2 port 1 endpoint 192.0.2.2:1' peer
shows '192.0.2.1 port 1 endpoint 192.0.2.1:1
    mtu 1500
192.0.2.2 port 1 endpoint 192.0.2.2:1
    mtu 1400 told by a router, for 590 s' -d peer
shows '[{"address":"192.0.2.1","reqid":null,"port":1,"endpoint":{"address":"192.0.2.1","port":1},"origin":"static","pin":false,"keepalive":null,"mtu":1500,"mtu_left":null},
{"address":"192.0.2.2","reqid":null,"port":1,"endpoint":{"address":"192.0.2.2","port":1},"origin":"static","pin":false,"keepalive":null,"mtu":1400,"mtu_left":590}]' \
	-j peer

# Events, until a signal
endpoint='port=2797 endpoint-address=198.51.100.7 endpoint-port=40797'
peer="address=192.0.2.1 reqid=7 $endpoint"
settings='learn=2 max-learned=5 learned=1 linger=60 candidates=64 keepalive=20 keepalive-bytes=1'
answer "event event=1 port=2797 format=1 $settings" \
	"event event=2 port=2797 format=1 $settings" \
	"event event=3 port=2797 format=1 $settings" \
	"port-get port=1 format=1" \
	"event event=4 $peer origin=1 pin" \
	"event event=5 $peer origin=2" \
	'event event=6 address=192.0.2.1 port=2797 endpoint-address=198.51.100.9 endpoint-port=1234 from-address=198.51.100.7 from-port=40797' \
	"event event=7 $peer reason=1" "event event=7 $peer reason=2" \
	"event event=8 address=2001:db8::1 port=1 endpoint-address=2001:db8::2 endpoint-port=2" \
	"event event=9 $peer reason=3" "event event=9 $peer reason=4" \
	"event event=9 $peer reason=5" "event event=9 $peer reason=6" \
	"event event=9 $peer reason=99" "event event=77 $peer" \
	'event event=78 port=1' 'event port=1' 'event event=5 port=1 address=1.1.1.1' \
	'signal 2'
where='port 2797 endpoint 198.51.100.7:40797'
settings_text='format bare learn on max-learned 5 keepalive 20 keepalive-bytes empty'
added="port 2797 added $settings_text"
changed="port 2797 changed $settings_text"
details='learned 1 max-learned 5 linger 60 s candidates 64 keepalive 20 s keepalive-bytes empty'
text="port 2797 deleted
peer 192.0.2.1 reqid 7 added $where
peer 192.0.2.1 reqid 7 learned $where
peer 192.0.2.1 moved port 2797 from 198.51.100.7:40797 to 198.51.100.9:1234
peer 192.0.2.1 reqid 7 expired $where reason sa-gone
peer 192.0.2.1 reqid 7 expired $where reason native
peer 2001:db8::1 deleted port 1 endpoint [2001:db8::2]:2
peer 192.0.2.1 reqid 7 refused $where reason full
peer 192.0.2.1 reqid 7 refused $where reason ambiguous
peer 192.0.2.1 reqid 7 refused $where reason unsafe
peer 192.0.2.1 reqid 7 refused $where reason no-memory
peer 192.0.2.1 reqid 7 refused $where reason unknown-99
peer 192.0.2.1 reqid 7 unknown-77 $where
port 1 unknown-78"
reports "$added
$changed
$text" monitor
reports "$added $details
$changed $details
$text" monitor -d

answer "event event=2 port=2797 format=1 $settings" 'event event=3 port=2797' \
	"event event=6 address=192.0.2.1 $endpoint origin=2 from-address=2001:db8::9 from-port=9" \
	"event event=9 $peer reason=3" 'signal 15'
reports '{"event":"port-changed","port":2797,"format":"bare","learn":"on","learned":1,"max_learned":5,"linger":60,"candidates":64,"keepalive":20,"keepalive_bytes":"empty"}
{"event":"port-deleted","port":2797}
{"event":"peer-moved","address":"192.0.2.1","reqid":null,"port":2797,"endpoint":{"address":"198.51.100.7","port":40797},"origin":"learned","pin":false,"keepalive":null,"mtu":null,"mtu_left":null,"from":{"address":"2001:db8::9","port":9}}
{"event":"peer-refused","address":"192.0.2.1","reqid":7,"port":2797,"endpoint":{"address":"198.51.100.7","port":40797},"pin":false,"keepalive":null,"mtu":null,"mtu_left":null,"reason":"full"}' \
	-j monitor

answer "event event=10 $peer origin=1 pin" 'signal 15'
reports "peer 192.0.2.1 reqid 7 changed $where" monitor

# The time: of now, with the offset of TZ
iso='[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]\.[0-9]{6}'
answer 'event event=3 port=1' 'signal 15'
for zone in UTC0=+00:00 EAST-5:45=+05:45 WEST3:30=-03:30; do
	offset=${zone#*=}
	pattern="${iso}[${offset:0:1}]${offset:1}"
	TZ=${zone%=*} faked -t monitor
	[ "$status" -eq 0 ] &&
		grep -qxE "$pattern port 1 deleted" "$dir/out"
	result $? "-t monitor: local time at $offset"
	now=$(date -d "$(cut -d ' ' -f 1 "$dir/out")" +%s) &&
		[ $(($(date +%s) - now)) -le 60 ] && [ "$now" -le "$(date +%s)" ]
	result $? "-t monitor: it is the time of now at $offset"
	TZ=${zone%=*} faked -t -j monitor
	[ "$status" -eq 0 ] &&
		grep -qxE "\{\"time\":\"$pattern\",\"event\":\"port-deleted\",\"port\":1\}" \
			"$dir/out"
	result $? "-t -j monitor: local time at $offset"
done

# What ends a monitor, and what does not
answer 'event event=3 port=1' lost 'event event=3 port=2' 'signal 2'
faked monitor
[ "$status" -eq 0 ] && [ "$(cat "$dir/out")" = 'port 1 deleted
port 2 deleted' ] && grep -q '^espencapctl: note: events were lost: ' "$dir/err"
result $? 'monitor: events that were lost are a note'
faked -j monitor
[ "$status" -eq 0 ] && [ "$(cat "$dir/out")" = '{"event":"port-deleted","port":1}
{"event":"lost"}
{"event":"port-deleted","port":2}' ] && grep -q '^espencapctl: note: events were lost: ' "$dir/err"
result $? '-j monitor: events that were lost are an event'
answer 'event event=3 port=1'
faked monitor
[ "$status" -eq 2 ] && [ "$(cat "$dir/out")" = 'port 1 deleted' ] &&
	grep -qF 'no event could be read' "$dir/err"
result $? 'monitor: an error ends it, status 2, what was printed stays'
answer 'gone 28' 'event event=3 port=1' 'gone 29' 'event event=3 port=2'
faked monitor
[ "$status" -eq 2 ] && [ "$(cat "$dir/out")" = 'port 1 deleted' ] &&
	grep -qx 'espencapctl: monitor: the module was unloaded' "$dir/err"
result $? 'monitor: so does the end of the module, not that of another'
fake=eperm faked monitor
[ "$status" -eq 2 ] && complained && grep -qF CAP_NET_ADMIN "$dir/err"
result $? 'monitor: no rights, status 2'
fake=old faked monitor
[ "$status" -eq 2 ] && complained && grep -qF 'another version' "$dir/err"
result $? 'monitor: a module without events, status 2'
status=0
FAKE_LOG=$dir/log FAKE_ANSWER=$dir/answer LD_PRELOAD=$dir/fake.so \
	ASAN_OPTIONS=verify_asan_link_order=0 \
	"$ctl" monitor > /dev/full 2> "$dir/err" || status=$?
[ "$status" -eq 2 ] && grep -qF 'the output could not be written' "$dir/err"
result $? 'monitor to a full disk: status 2, and it says so'

# Shapes: the same JSON with newlines and spaces; a line for each object; colours
escape=$'\033['
answer 'port-get port=1 format=1 stats=2:1,3:2' 'port-get port=2 format=2 stats='
shows '[
    {
        "port": 1,
        "format": "bare",
        "encap_socket": false,
        "stats": {
            "rx_packets": 1,
            "rx_bytes": 2
        }
    },
    {
        "port": 2,
        "format": "non-ike",
        "encap_socket": false,
        "stats": {}
    }
]' -p -s port
shows '1 format bare\    rx_packets 1\    rx_bytes 2
2 format non-ike' -o -s port
shows "${escape}36m1${escape}0m format bare
${escape}36m2${escape}0m format non-ike" -c port
shows '1 format bare
2 format non-ike' -c -c=auto port
shows '1 format bare
2 format non-ike' --color=always -color=never port
faked -c -j port
! grep -qF "$escape" "$dir/out"
result $? 'JSON has no colours'
# colours NAME=VALUE WORDS...: how many lines have some, on a terminal.
colours() {
	script -qec "env $1 FAKE= FAKE_LOG=$dir/log FAKE_ANSWER=$dir/answer \
		ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD=$dir/fake.so $ctl ${*:2}" \
		/dev/null < /dev/null | grep -cF "$escape"
}
[ "$(colours NO_COLOR= -c=auto port)" = 2 ] && [ "$(colours NO_COLOR= port)" = 0 ]
result $? '-c=auto: colours on a terminal'
[ "$(colours NO_COLOR=1 -c=auto port)" = 0 ] && [ "$(colours NO_COLOR=1 -c port)" = 2 ]
result $? 'NO_COLOR: none, unless they are wanted always'
answer
shows '[]' -p port
answer 'peer-get address=192.0.2.1 port=1 endpoint-address=192.0.2.1 endpoint-port=1 mtu=1500 stats=2:1' \
	'peer-get address=2001:db8::1 port=1 endpoint-address=2001:db8::1 endpoint-port=1'
shows "${escape}35m192.0.2.1${escape}0m port 1 endpoint ${escape}35m192.0.2.1:1${escape}0m\\    mtu 1500\\    rx_packets 1
${escape}34m2001:db8::1${escape}0m port 1 endpoint ${escape}34m[2001:db8::1]:1${escape}0m" -o -c -s -d peer
answer 'event event=1 port=1' 'event event=3 port=1' 'event event=2 port=1' 'signal 15'
reports "port 1 ${escape}32madded${escape}0m
port 1 ${escape}31mdeleted${escape}0m
port 1 ${escape}33mchanged${escape}0m" -c monitor

# When packets passed last; a module that does not tell is not quoted
answer 'port-get port=2797 format=1 encap-socket last-rx=5 last-tx=4294967295 stats=2:1'
shows '2797 format bare
    last_rx 5 s ago
    last_tx never
    rx_packets 1' -s port show 2797
answer 'port-get port=2797 format=1 encap-socket last-rx=5 last-tx=4294967295'
shows '[{"port":2797,"format":"bare","encap_socket":true,"last_rx":5,"last_tx":null}]' -j port
answer 'port-get port=2797 format=1 learned=0 encap-socket'
shows '2797 format bare
    learned 0 encap-socket' -d port
answer 'peer-get address=192.0.2.1 port=1 endpoint-address=192.0.2.1 endpoint-port=1 last-rx=0 last-tx=4294967294'
shows '192.0.2.1 port 1 endpoint 192.0.2.1:1
    last_rx 0 s ago
    last_tx 4294967294 s ago' -s peer
# One array for each command
answer 'port-get port=1 format=1' 'error 0' 'port-get port=2 format=1' 'error 0'
printf 'port show 1\nport show 2\n' > "$dir/config"
shows '[{"port":1,"format":"bare","encap_socket":false}]
[{"port":2,"format":"bare","encap_socket":false}]' -j -b "$dir/config"
