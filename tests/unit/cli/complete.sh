# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What the tool offers to complete a line, and what bash makes of that.  A part of run,
# behind fake.sh.
# shellcheck disable=SC2154,SC2034 # ctl, dir, here, status: set there; fake: used there

# offers WORDS ARGUMENTS...: just these candidates, in any order, for the last argument.
offers() {
	local wanted=$1 got
	shift
	faked complete -- "$@"
	got=$(sort -u "$dir/out" | tr '\n' ' ')
	[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] &&
		[ "$got" = "$(tr ' ' '\n' <<< "$wanted" | sort -u | tr '\n' ' ')" ]
	result $? "$(printf '%q ' "$@")is offered: $wanted"
}

# offers_nothing ARGUMENTS...
offers_nothing() {
	faked complete -- "$@"
	[ "$status" -eq 0 ] && [ ! -s "$dir/out" ] && [ ! -s "$dir/err" ]
	result $? "$(printf '%q ' "$@")is offered nothing"
}

# offers_files ARGUMENTS...: an empty line.
offers_files() {
	faked complete -- "$@"
	[ "$status" -eq 0 ] && [ ! -s "$dir/err" ] && [ "$(wc -c < "$dir/out")" -eq 1 ]
	result $? "$(printf '%q ' "$@")is offered files"
}

answer
fake=absent
# Each object that has help, and no other
offers "$(tr '\n' ' ' < "$dir/objects")help" ''
faked complete --
[ "$(sort "$dir/out")" = "$(sort "$dir/objects" - <<< help)" ]
result $? 'no word at all is offered the same'
offers 'monitor' mo
offers 'add del help set show' port ''
offers 'set show' peer s
offers 'help show' preset ''
offers 'esp-encap cpudpencap natt-1293 cisco-udp non-ike rfc3948' port add ''
offers 'cpudpencap cisco-udp' port add c
settings='learn max-learned keepalive keepalive-bytes'
offers "$settings format" port add 2797 ''
offers "$settings" port set 2797 ''
offers 'keepalive keepalive-bytes' port set 2797 ke
offers 'on off unsafe' port add 2797 learn ''
offers 'on off' port set 1 keepalive 20 learn o
offers 'bare non-ike rfc3948' port add 1 format ''
offers 'empty ff 00000000ff' port set 1 keepalive-bytes ''
offers 'max-learned keepalive keepalive-bytes' port set 1 learn on ''
offers 'reqid port endpoint pin keepalive learned' peer add 192.0.2.1 ''
offers 'port endpoint keepalive learned' peer add 2001:db8::1 pin reqid 7 ''
offers 'reqid port endpoint keepalive unpin' peer set 192.0.2.1 pin ''
offers port peer set 192.0.2.1 keepalive ''
offers reqid peer delete 192.0.2.1 ''
offers '--check --color' restore --sync --c
offers '--sync --statistics' restore --s
offers --learned save --l
offers --statistics --s
offers --statistics port --s
offers '-json' port -js
offers '-j -json' -j
offers '-s -statistics' -s port show -s
offers show -j -s -d -c=auto port sh
offers '-c=always -c=auto -c=never' -c=
offers '--color=always --color=auto' port --color=a
# shellcheck disable=SC2016 # as it is
for words in 'port add 1 max-learned ""' 'port add 1 keepalive ""' 'peer add ""' \
	'peer add 192.0.2.1 keepalive ""' 'peer add 1.2.3.4 endpoint ""' \
	'peer add 1.2.3.4 reqid ""' 'flush ""' 'monitor ""' 'help ""' \
	'foo ""' 'port foo ""' 'port add 1 foo ""' 'port show 1 ""' 'complete ""' 'comp' \
	'preset show ""' '"$(date)"' '"port "' '"%s%n"'; do
	eval "set -- $words"
	offers_nothing "$@"
done
offers_nothing "$(printf '%0100000d' 0)"
offers_nothing port add "$(printf '%0100000d' 0)" learn x
for words in 'restore x' 'save ""' '--sync restore ""' '-b x' 'port -batch ""' '-n blue --batch x' \
	'-n /proc' '-s -n ./x' 'port show --netns /run/netns'; do
	eval "set -- $words"
	offers_files "$@"
done
for words in 'port show' 'port del' 'port set' 'peer add 192.0.2.1 port' 'peer del' \
	'peer set' 'peer show' 'peer del 192.0.2.1 reqid'; do
	# shellcheck disable=SC2086 # words
	offers_nothing $words ''
done
[ ! -s "$dir/log" ]
result $? 'no request was made of a module that is not there'
fake=

# What the module says
answer 'port-get port=2797 format=1' 'port-get port=500 format=2' 'port-get port=27 format=1'
offers '2797 500 27' port show ''
offers '2797 27' port del 27
offers 'non-ike' port set n
offers '2797 500 27' peer add 192.0.2.1 reqid 7 port ''
offers '2797 500 27' -j port list ''
where='port=1 endpoint-port=1'
answer "peer-get address=192.0.2.1 reqid=7 endpoint-address=192.0.2.9 origin=1 $where" \
	"peer-get address=192.0.2.1 reqid=71 endpoint-address=192.0.2.9 origin=2 $where" \
	"peer-get address=192.0.2.2 reqid=8 endpoint-address=192.0.2.9 origin=1 $where" \
	"peer-get address=2001:db8::1 reqid=0 endpoint-address=2001:db8::9 origin=2 $where" \
	'peer-get address=192.0.2.3'
offers '192.0.2.1 192.0.2.2 2001:db8::1' peer del ''
offers '192.0.2.1 192.0.2.2 2001:db8::1' peer show ''
offers '192.0.2.1 192.0.2.2' peer set ''
offers '2001:db8::1' peer show 2001:
offers '7 71' peer del 192.0.2.1 reqid ''
offers '8' peer set 192.0.2.2 reqid ''
offers_nothing peer del 2001:db8::1 reqid ''
answer 'error 1'
offers_nothing port show ''
offers_nothing peer del ''

# Where we may not go, only the words are known.
answer 'port-get port=2797 format=1'
offers_nothing -n /dev/null port show ''
offers_nothing -n nowhere port show ''
offers 'add' -n /dev/null port a
mkfifo "$dir/fifo"
offers 'add' -n "$dir/fifo" port a
offers 2797 port show 2

# In bash; the tool, with the fake, is found by its name.
mkdir "$dir/bin"
cat > "$dir/bin/espencapctl" <<END
#!/bin/sh
export FAKE_LOG='$dir/log' FAKE_ANSWER='$dir/answer' ASAN_OPTIONS=verify_asan_link_order=0
LD_PRELOAD='$dir/fake.so' exec '$ctl' "\$@"
END
chmod +x "$dir/bin/espencapctl"
answer "peer-get address=192.0.2.1 reqid=7 endpoint-address=192.0.2.9 origin=1 $where" \
	"peer-get address=2001:db8::1 endpoint-address=2001:db8::9 origin=1 $where" \
	"peer-get address=2001:db8:1::1 endpoint-address=2001:db8::9 origin=1 $where"
touch "$dir/espencap file"

# typed KEYS LINE: what one types, and the line that comes of it; see bash.py.
typed() {
	printf '%s\n' "$1" >> "$dir/keys"
	printf '%s\n' "$2" >> "$dir/lines"
}
typed 'espencapctl p<TAB>o<TAB>sh<TAB>' 'espencapctl port show '
typed 'espencapctl mon<TAB>' 'espencapctl monitor '
typed 'espencapctl port add <ALL>' \
	'espencapctl port add cisco-udp cpudpencap esp-encap natt-1293 non-ike rfc3948 '
typed 'espencapctl --j<TAB>port add esp<TAB>le<TAB>uns<TAB>' \
	'espencapctl --json port add esp-encap learn unsafe '
typed 'espencapctl --color=au<TAB>po<TAB>' 'espencapctl --color=auto port '
typed 'espencapctl peer del <ALL>' 'espencapctl peer del 192.0.2.1 2001:db8:1::1 2001:db8::1 '
typed 'espencapctl peer del 2<TAB>' 'espencapctl peer del 2001:db8:'
typed 'espencapctl peer del 2001:<TAB>' 'espencapctl peer del 2001:db8:'
typed 'espencapctl peer del 2001:db8:1<TAB>' 'espencapctl peer del 2001:db8:1::1 '
typed 'espencapctl peer del 2001:db8::<TAB>' 'espencapctl peer del 2001:db8::1 '
typed 'espencapctl peer del "2001:db8::<TAB>' 'espencapctl peer del "2001:db8::1" '
typed 'espencapctl peer del 2001:db8::1 <TAB>' 'espencapctl peer del 2001:db8::1 reqid '
typed 'espencapctl peer del 192.0.2.1 re<TAB><TAB>' 'espencapctl peer del 192.0.2.1 reqid 7 '
typed 'espencapctl po 192<LEFT><LEFT><LEFT><LEFT><TAB>' 'espencapctl port 192'
typed "espencapctl restore $dir/esp<TAB>" "espencapctl restore $dir/espencap\\ file "
typed "espencapctl save > $dir/esp<TAB>" "espencapctl save > $dir/espencap\\ file "
typed "espencapctl save >$dir/esp<TAB>" "espencapctl save >$dir/espencap\\ file "
typed "espencapctl -s -b $dir/esp<TAB>" "espencapctl -s -b $dir/espencap\\ file "
typed 'true | A=1 espencapctl po<TAB>' 'true | A=1 espencapctl port '
# What is typed is run by nobody.
for words in "\$(touch $dir/evil)" "\`touch $dir/evil\`" "'; touch $dir/evil; '" "a[\$(touch $dir/evil)]"; do
	typed "espencapctl $words po<TAB>" "espencapctl $words po"
	typed "espencapctl port add $words<TAB>" "espencapctl port add $words"
	typed "espencapctl -n $words port a<TAB>" "espencapctl -n $words port add "
done
PATH=$dir/bin:$PATH "$here/bash.py" "$here/../../../userspace/espencapctl.bash-completion" \
	< "$dir/keys" > "$dir/got" 2> "$dir/err"
while IFS= read -r keys <&3 && IFS= read -r line <&4; do
	IFS= read -r got <&5 || got='no answer'
	status=0
	[ "$got" = "$line" ] || status=1
	: > "$dir/err"
	printf '%s\n' "$got" > "$dir/out"
	result $status "in bash, ${keys//$dir/DIR} becomes ${line//$dir/DIR}"
done 3< "$dir/keys" 4< "$dir/lines" 5< "$dir/got"
[ ! -e "$dir/evil" ]
result $? 'nothing that was typed has been run'
