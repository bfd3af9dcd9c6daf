# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Several requests for one command, or for a file of them: save and restore, to set a peer,
# a batch. A part of run, behind fake.sh, which has the functions.
# shellcheck disable=SC2154 # dir, status, ports, peers: set there

# Saving and restoring: the difference between what is and what shall be, in requests
ports='port-get port=2797 format=1 learn=2 max-learned=32768 keepalive=0 keepalive-bytes=1'
learned='peer-get address=192.0.2.9 reqid=0 port=2797 endpoint-address=198.51.100.9 endpoint-port=9 origin=2'
peers="peer-get address=192.0.2.1 port=2797 endpoint-address=198.51.100.7 endpoint-port=4 origin=1 moved
peer-get address=192.0.2.2 reqid=3 port=2797 endpoint-address=192.0.2.2 endpoint-port=2797 origin=1
$learned"
whole=("$ports" 'error 0' "$peers" 'error 0')
dumps=$'port-get\npeer-get'
answer "${whole[@]}"
shows '# espencapctl save
port add 2797 format bare learn on max-learned 32768 keepalive 0 keepalive-bytes empty
peer add 192.0.2.1 port 2797 endpoint 198.51.100.7:4
peer add 192.0.2.2 reqid 3 port 2797 endpoint 192.0.2.2:2797' save

shows '# espencapctl save
port add 2797 format bare learn on max-learned 32768 keepalive 0 keepalive-bytes empty
peer add 192.0.2.1 port 2797 endpoint 198.51.100.7:4
peer add 192.0.2.2 reqid 3 port 2797 endpoint 192.0.2.2:2797
peer add 192.0.2.9 port 2797 endpoint 198.51.100.9:9 learned' save --learned

# wanted LINES...: what restore reads.
wanted() {
	printf '%s\n' "$@" > "$dir/config"
}

wanted 'port add 2797' 'peer add 192.0.2.1 port 2797 endpoint 198.51.100.8:5' \
	'peer add 192.0.2.2 reqid 3 port 2797'
sends "$dumps" restore --sync "$dir/config"
sends "$dumps
peer-set address=192.0.2.1 port=2797 endpoint-address=198.51.100.8 endpoint-port=5
peer-del address=192.0.2.9 origin=2" restore "$dir/config"
shows '' restore --check "$dir/config"

# Learned peers that a file has
same=("peer add 192.0.2.1 port 2797 endpoint 198.51.100.7:4" 'peer add 192.0.2.2 reqid 3 port 2797')
wanted 'port add 2797' "${same[@]}" 'peer add 192.0.2.9 port 2797 endpoint 198.51.100.9:9 learned'
sends "$dumps" restore "$dir/config"
wanted 'port add 2797' "${same[@]}" 'peer add 192.0.2.9 port 2797 endpoint 198.51.100.9:10 learned' \
	'peer add 192.0.2.8 reqid 9 port 2797 learned'
new='peer-add address=192.0.2.8 reqid=9 port=2797 endpoint-address=192.0.2.8 endpoint-port=2797 origin=2'
moved='peer-add address=192.0.2.9 port=2797 endpoint-address=198.51.100.9 endpoint-port=10 origin=2'
sends "$dumps
$new" restore --sync "$dir/config"
sends "$dumps
$new
$moved" restore "$dir/config"
answer "${whole[@]}" 'error 0' 'error 22 No.'
faked restore "$dir/config"
[ "$status" -eq 2 ] && [ "$(sed 1,4d "$dir/log")" = 'peer-del address=192.0.2.8 reqid=9 origin=2' ]
result $? 'restore: a learned peer that was added is taken back'
answer "${whole[@]}"
faked restore --check "$dir/config"
[ "$status" -eq 3 ] &&
	[ "$(cat "$dir/out")" = 'peer add 192.0.2.8 reqid 9 port 2797 endpoint 192.0.2.8:2797 learned' ]
result $? 'restore --check: a learned peer that is missing'
# one that was added becomes one that was learned, and the other way round
wanted 'port add 2797' "${same[0]}" 'peer add 192.0.2.2 reqid 3 port 2797 learned' \
	'peer add 192.0.2.9 port 2797 endpoint 198.51.100.9:9'
sends "$dumps
peer-add address=192.0.2.9 port=2797 endpoint-address=198.51.100.9 endpoint-port=9
peer-del address=192.0.2.2 reqid=3 origin=1
peer-add address=192.0.2.2 reqid=3 port=2797 endpoint-address=192.0.2.2 endpoint-port=2797 origin=2" \
	restore "$dir/config"
answer "${whole[@]}" 'error 0' 'error 22 No.'
faked restore "$dir/config"
[ "$status" -eq 2 ] && [ "$(sed 1,4d "$dir/log")" = "peer-del address=192.0.2.9 origin=1
peer-add address=192.0.2.9 port=2797 endpoint-address=198.51.100.9 endpoint-port=9 origin=2" ]
result $? 'restore: a learned peer that made room is brought back'
# those of a port that goes are brought back, too
wanted 'port add 1 format bare'
answer "${whole[@]}" 'error 0' 'error 0' 'error 0' 'error 0' 'error 22 No.'
faked restore --sync "$dir/config"
[ "$status" -eq 2 ] && [ "$(sed 1,2d "$dir/log")" = "port-add port=1 format=1 learn=2 max-learned=32768 keepalive=0 keepalive-bytes=1
peer-del address=192.0.2.1 origin=1
peer-del address=192.0.2.2 reqid=3 origin=1
peer-del address=192.0.2.9 origin=2
port-del port=2797
peer-add address=192.0.2.9 port=2797 endpoint-address=198.51.100.9 endpoint-port=9 origin=2
peer-add address=192.0.2.2 reqid=3 port=2797 endpoint-address=192.0.2.2 endpoint-port=2797
peer-add address=192.0.2.1 port=2797 endpoint-address=198.51.100.7 endpoint-port=4 moved
port-del port=1" ]
result $? 'restore: learned peers of a port that was to go are brought back'
wanted 'port add 2797' 'peer add 192.0.2.9 port 2797 learned' 'peer add 192.0.2.9 port 2797'
answer "${whole[@]}"
faked restore "$dir/config"
[ "$status" -eq 1 ] && grep -qF 'config:3: peer 192.0.2.9 is added twice, also in line 2' "$dir/err"
result $? 'restore: a peer that is learned and added is named'
answer "${whole[@]}"
wanted 'port add 2797 keepalive 5' 'port add 1 format non-ike' \
	'peer add 192.0.2.1 port 2797 pin' 'peer add 192.0.2.3 port 1'
changes=("$dumps" 'port-add port=1 format=2 learn=2 max-learned=32768 keepalive=0 keepalive-bytes=2'
	'port-set port=2797 learn=2 max-learned=32768 keepalive=5 keepalive-bytes=1'
	'peer-set address=192.0.2.1 port=2797 pin'
	'peer-add address=192.0.2.3 port=1 endpoint-address=192.0.2.3 endpoint-port=1'
	'peer-del address=192.0.2.2 reqid=3 origin=1')
all=$(printf '%s\n' "${changes[@]}")
sends "$all" restore --sync "$dir/config"
answer "${whole[@]}" 'error 0' 'signal 2' 'error 0' 'signal 2'
faked restore --sync "$dir/config"
[ "$status" -eq 130 ] && [ ! -s "$dir/err" ] && [ "$(cat "$dir/log")" = "$all" ]
result $? 'restore: a signal ends it when all is done'
answer "${whole[@]}" 'error 0' 'error 0' 'error 0' 'error 0' 'error 2 It has gone.'
sends "$all" restore --sync "$dir/config"

# taken_back MESSAGE ANSWER...: the request for 192.0.2.3 is refused.
taken_back() {
	local message=$1
	shift
	answer "${whole[@]}" 'error 0' 'error 0' 'error 0' 'error 22 No.' "$@"
	faked restore --sync "$dir/config"
	[ "$status" -eq 2 ] && [ "$(cat "$dir/log")" = "$(printf '%s\n' "${changes[@]:0:5}")
peer-set address=192.0.2.1 port=2797
port-set port=2797 learn=2 max-learned=32768 keepalive=0 keepalive-bytes=1
port-del port=1" ] && grep -qF "config:4: peer 192.0.2.3: No." "$dir/err" &&
		tail -n 1 "$dir/err" | grep -q "$message"
	result $? "restore: a refusal takes back what was done: $message"
}
taken_back 'nothing was changed$'
taken_back 'some of the configuration is changed now' 'error 0' 'error 1 No.'

# no room for what is new beside what goes: the other way round
answer "${whole[@]}" 'error 0' 'error 0' 'error 0' 'error 28 Full.' 'error 0' 'error 0' \
	'error 0'
faked restore --sync "$dir/config"
[ "$status" -eq 0 ] && [ "$(sed '1,/^port-del port=1$/d' "$dir/log")" = "${changes[5]}
$(printf '%s\n' "${changes[@]:1:4}")" ]
result $? 'restore: what goes goes first where there is no room for both'

# To set a peer, what it is is asked for first
answer "$peers" 'error 0'
set=$'peer-get address=192.0.2.2\npeer-set address=192.0.2.2 reqid=3'
sends "$set pin" peer set 192.0.2.2 reqid 3 pin
sends "$set keepalive=0" peer set 192.0.2.2 reqid 3 keepalive 0
sends "$set port=500 endpoint-address=198.51.100.7 endpoint-port=1" \
	peer set 192.0.2.2 endpoint 198.51.100.7:1 port 500 reqid 3
answer 'peer-get address=192.0.2.2 port=2797 endpoint-address=192.0.2.2 endpoint-port=2797 origin=1 pin keepalive=5' \
	'peer-get address=192.0.2.2 reqid=0 port=2797 endpoint-address=192.0.2.2 endpoint-port=2797 origin=2' 'error 0'
set=$'peer-get address=192.0.2.2\npeer-set address=192.0.2.2'
sends "$set keepalive=5" peer set 192.0.2.2 unpin
sends "$set pin" peer set 192.0.2.2 keepalive port
sends "$set pin keepalive=6" peer set 192.0.2.2 keepalive 6
answer "$learned" 'error 0'
faked peer set 192.0.2.9 pin
[ "$status" -eq 2 ] && complained && grep -qF 'no such peer that was added' "$dir/err" &&
	[ "$(cat "$dir/log")" = 'peer-get address=192.0.2.9' ]
result $? 'peer set: a learned peer is none that was added'

# A batch, up to the first command that fails
answer
wanted '# comment' '' 'port add 2797 # another' 'peer	add 192.0.2.1 port 2797' flush
sends 'port-add port=2797 format=1 keepalive-bytes=1
peer-add address=192.0.2.1 port=2797
flush' -b "$dir/config"
wanted 'port add 2797' 'port add banana' flush
faked -b "$dir/config"
[ "$status" -eq 1 ] && complained && grep -qF 'config:2: "banana" is no port' "$dir/err" &&
	[ "$(cat "$dir/log")" = 'port-add port=2797 format=1 keepalive-bytes=1' ]
result $? '-b: a wrong line ends it, and is named'
wanted 'port add 2797' flush
answer 'error 22 No.'
faked -b "$dir/config"
[ "$status" -eq 2 ] && complained && grep -qF 'config:1: port 2797: No.' "$dir/err" &&
	[ "$(wc -l < "$dir/log")" -eq 1 ]
result $? '-b: a refusal ends it, and names the line'
answer "$ports" 'error 0' "$ports" 'error 0'
wanted 'port show 2797' port
shows '2797 format bare learn on
2797 format bare learn on' -b "$dir/config"
