# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What doctor finds of a module that is made up, and on which status it ends. A part of
# run, behind fake.sh, which has the functions.
# shellcheck disable=SC2154,SC2034 # dir, status, ports, peers: set there; fake

# Doctor: of a module with ports and peers, on a kernel with nothing else
diagnoses() {
	local expected=$1 ids=$2
	shift 2
	loaded=${loaded-$mine} faked -j "$@"
	[ "$status" -eq "$expected" ] && [ ! -s "$dir/err" ] &&
		[ "$(perl -MJSON::PP -e 'print join(" ", map { "$_->{id}:$_->{count}" }
			@{ decode_json(join "", <>) })' "$dir/out")" = "$ids" ]
	result $? "doctor says: ${ids:-nothing}"
}
answer 'error 0' 'error 0'
diagnoses 0 no-ports:1 doctor seconds 0
answer 'port-get port=2797 format=1' 'error 0' 'error 0'
diagnoses 0 '' doctor seconds 0
loaded=$mine faked doctor seconds 0
[ "$status" -eq 0 ] && [ "$(cat "$dir/out")" = \
	'nothing is wrong: looked at the module, ports (1), peers (0), SAs (0), rules of nftables (0)' ]
result $? 'doctor: who is well is told so, in one line'
answer 'port-get port=2797 format=1' 'error 0' 'error 0'
loaded=0.0.1 diagnoses 3 module-version:1 doctor seconds 0
many=('port-get port=2797 format=1 encap-socket' 'port-get port=4500 format=3' 'error 0')
for ((n = 0; n < 10000; n++)); do
	many+=("peer-get address=10.1.$((n / 250)).$((n % 250 + 1)) port=2797 endpoint-address=192.0.2.1 endpoint-port=9 origin=2 mtu=559 mtu-left=9")
done
answer "${many[@]}" \
	'peer-get address=2001:db8::1 port=2797 endpoint-address=2001:db8::1 endpoint-port=9 origin=1 mtu=1287' \
	'peer-get address=2001:db8::2 port=2797 endpoint-address=2001:db8::2 endpoint-port=9 origin=1 mtu=1288 mtu-left=9' \
	'peer-get address=192.0.2.1 port=2797 endpoint-address=192.0.2.1 endpoint-port=9 origin=1 mtu=560'
diagnoses 3 'encap-socket:1 peer-mtu-small:10001 peer-mtu:1' doctor seconds 0
faked doctor seconds 0
[ "$status" -eq 3 ] && [ "$(wc -l < "$dir/out")" -lt 25 ] &&
	grep -qxF '    and 9998 more, which -d names' "$dir/out" &&
	tail -n 1 "$dir/out" | grep -qF 'that is all: looked at the module, ports (2), peers (10003)'
result $? 'doctor: ten thousand that are ill in the same way are a few lines'
faked -d doctor seconds 0
[ "$status" -eq 3 ] && [ "$(grep -c '^    peer .*: MTU' "$dir/out")" -eq 10002 ]
result $? 'doctor: -d names all'
answer 'port-get port=500 format=2' 'error 0' \
	'peer-get address=2001:db8::1 port=500 endpoint-address=2001:db8::1 endpoint-port=9 origin=1 mtu=1295'
diagnoses 3 'peer-mtu-small:1' doctor seconds 0
answer 'port-get port=2797 format=1 stats=8:4,12:7' 'error 0' 'error 0' \
	'port-get port=2797 format=1 stats=8:4,12:8' 'port-get port=1 format=1 stats=12:9'
faked -j doctor seconds 1
grep -qF '"id":"rx-unknown-spi","severity":"warning","about":["port 2797: 1 more"],"count":1' "$dir/out"
result $? 'doctor: a counter that grows is named, one that is only there is not'
# Each of XFRM's counters is a finding of its own: some nobody can make grow, and some of
# which no kernel here has.
answer 'port-get port=2797 format=1' 'error 0' 'error 0' 'port-get port=2797 format=1' 'error 0'
xfrm='XfrmInError XfrmInBufferError XfrmInHdrError XfrmInNoStates XfrmInStateProtoError XfrmInStateModeError XfrmInStateSeqError XfrmInStateExpired XfrmInStateMismatch XfrmInStateInvalid XfrmInTmplMismatch XfrmInNoPols XfrmInPolBlock XfrmInPolError XfrmOutError XfrmInStateDirError XfrmInIptfsError XfrmAcquireError XfrmInTomorrow'
xfrm_ids='xfrm-in-error xfrm-in-buffer-error xfrm-in-hdr-error xfrm-in-no-states xfrm-in-state-proto-error xfrm-in-state-mode-error xfrm-in-state-seq-error xfrm-in-state-expired xfrm-in-state-mismatch xfrm-in-state-invalid xfrm-in-tmpl-mismatch xfrm-in-no-pols xfrm-in-pol-block xfrm-in-pol-error xfrm-in-state-dir-error xfrm-in-iptfs-error xfrm-in-other'
diagnoses 3 "${xfrm_ids// /:1 }:1" doctor seconds 1
[ "$(perl -MJSON::PP -e 'print join(" ", map { $_->{about}[0] } @{ decode_json(join "", <>) })' \
	"$dir/out")" = "$(tr ' ' '\n' <<< "$xfrm" | grep XfrmIn | sed 's/$/: 1 more/' | paste -s -d ' ')" ]
result $? "doctor: each of XFRM's counters is named with what it is about"
unset xfrm
grep -oh 'xfrm-in-[a-z-]*' "$here"/../../../userspace/doctor/about_xfrm.c | sort > "$dir/xfrm"
tr ' ' '\n' <<< "$xfrm_ids" | sort | diff "$dir/xfrm" - > "$dir/out"
result $? 'doctor: these are all that it knows'
answer 'error 1'
faked doctor seconds 0
[ "$status" -eq 3 ] && grep -qF 'ports: this needs CAP_NET_ADMIN' "$dir/out" &&
	! grep -q no-ports "$dir/out" && grep -q '^warning not-examined: ' "$dir/out" &&
	grep -q '^    do: Ask again as root' "$dir/out"
result $? 'doctor: what it may not see is no news'
answer 'port-get port=2797 format=1' 'error 0'
for error in 4 12 16 93; do
	answer "error $error"
	faked doctor seconds 0
	[ "$status" -eq 3 ] && grep -q '^warning not-examined: ' "$dir/out" &&
		! grep -q 'as root' "$dir/out"
	result $? "doctor: errno $error has nothing to do with rights"
done
answer 'port-get port=2797 format=1' 'error 0'
wanted 'doctor seconds 0' flush
loaded=0.0.1 faked -b "$dir/config"
[ "$status" -eq 3 ] && ! grep -q flush "$dir/log"
result $? '-b: what doctor finds ends it'
answer 'port-get port=4500 format=3 encap-socket' 'error 0' 'error 0' \
	'port-get port=4500 format=3 encap-socket' 'error 0' 'error 0'
wanted 'doctor seconds 0' 'doctor seconds 0'
loaded=$mine faked -b "$dir/config"
[ "$status" -eq 0 ] && [ "$(grep -c '^    port 4500: ' "$dir/out")" -eq 2 ]
result $? '-b: what one doctor has found is not what the next one finds'

# What doctor says of a module that is not here
if [ -z "$module" ]; then
	run doctor
	[ "$status" -eq 4 ] && [ ! -s "$dir/err" ] && [ "$(wc -l < "$dir/out")" -eq 3 ] &&
		grep -q "^error module-absent: " "$dir/out" && grep -qF "$(uname -r)" "$dir/out" &&
		grep -q '^    do: ' "$dir/out"
	result $? 'doctor: no module: status 4, for which kernel, and what to do'
	run -j doctor
	[ "$status" -eq 4 ] && [ ! -s "$dir/err" ] && perl -MJSON::PP -e '
		($f) = @{ decode_json(join "", <>) };
		exit !($f->{id} eq "module-absent" && $f->{severity} eq "error" &&
			$f->{count} == 1 && @{ $f->{about} } == 1 && $f->{text} && $f->{do})' \
		"$dir/out"
	result $? 'doctor: the same as JSON'
	run -o doctor
	[ "$(wc -l < "$dir/out")" -eq 1 ] && grep -qF '\    do: ' "$dir/out"
	result $? 'doctor: the same in one line'
fi

# Each id of a finding stands in the man page, and nothing there is called so but they.
grep -ohE '^\s*"[a-z0-9-]+",$|\{ "[a-z-]+", NULL, NULL' "$here"/../../../userspace/doctor/*.c | grep -oE '[a-z][a-z0-9-]+' | sort > "$dir/ids"
sed -n '/^\.SH DIAGNOSIS/,/^\.SH CONF/s/^\.B \([a-z0-9\\-]*\)$/\1/p' \
	"$here/../../../userspace/espencapctl.8" | sed 's/\\-/-/g' | sort > "$dir/named"
[ "$(wc -l < "$dir/ids")" -ge 40 ] && diff "$dir/ids" "$dir/named" > "$dir/out"
result $? "the man page has all ids of doctor's findings, each once"
while read -r id; do
	grep -qw -e "$id" "$here"/../../scenarios/{42,99}-*.sh "$here/doctor.sh" "$here/../doctor.c" ||
		echo "$id"
done < "$dir/ids" > "$dir/out"
[ ! -s "$dir/out" ]
result $? "each of them is in a test"
