#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 600 s
# What a standby gateway takes over from is whole, new, and not written too often.
#
#      a, b: two namespaces with the module, no wire
#
# espencap-follow keeps a state in a, whose COMMAND copies it to b; espencap-notify
# restores it there, as keepalived would have it.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

readonly standby=$LAB/../scripts/standby
readonly state=$LAB_OUT/a/state

# follow: what it says is in $LAB_OUT/follow. Sets spawned.
follow() {
	rm -f "$LAB_OUT/follow"
	spawn follow ip netns exec a "$standby/espencap-follow" -f "$state" "$LAB_OUT/copy"
	follower=$spawned
}

# notify NS STATE: as keepalived says it.
notify() {
	in_ns "$1" "$standby/espencap-notify" "$LAB_OUT/$1/state" INSTANCE gateway "$2" 100
}

# notified DESCRIPTION NS STATE TEXT: and what it says then.
notified() {
	check "$1" notify "$2" "$3"
	cp "$lab_output" "$LAB_OUT/said"
	check "$1: it says \"$4\"" says "$4" said
}

# Between two events it sleeps; then it waits for the next, and has no child that sleeps.
sleeps() {
	pgrep -P "$follower" -x sleep > /dev/null
}

waits() {
	! sleeps
}

saved() {
	grep -c ' learned$' "$state" || true
}

has_saved() {
	[ "$(saved)" = "$1" ]
}

copies() {
	wc -l < "$LAB_OUT/copies"
}

# learned FIRST LAST: a configuration with these.
learned() {
	echo 'port add 2797 max-learned 4000'
	seq "$1" "$2" | awk '{ print "peer add 100.64." int($1 / 256) "." $1 % 256,
		"reqid", $1, "port 2797 endpoint 203.0.113.1:" 10000 + $1, "learned" }'
}

# Looks at both states again and again, and says what is not whole. Sets spawned.
look() {
	spawn halves python3 -c '
import sys, time
while True:
    for name in sys.argv[1:]:
        try:
            text = open(name).read()
        except FileNotFoundError:
            continue
        if not text.endswith("\n# end\n"):
            print(name, len(text), flush=True)
    time.sleep(0.02)' "$state" "$LAB_OUT/b/state.received"
}

ns_add a b
mkdir -p "$LAB_OUT"/{a,b}
cat > "$LAB_OUT/copy" <<END
#!/bin/sh
echo >> "$LAB_OUT/copies"
[ ! -e "$LAB_OUT/broken" ] || exit 1
cp "\$1" "$LAB_OUT/b/new" && mv "$LAB_OUT/b/new" "$LAB_OUT/b/state.received"
END
chmod +x "$LAB_OUT/copy"
: > "$LAB_OUT/copies"

check_exit 'without the module, it does not load it' 1 'espencap is not loaded' \
	in_ns a "$standby/espencap-follow" -f "$state"
module_load

# Only the active gateway's state counts.
notified 'nobody has written a state' b MASTER 'there is no whole file'
notify b BACKUP
follow
await 10 'it says that this gateway is not the active one' says 'is not the active one' follow
until_true 10 grep -q monitoring "$LAB_OUT/follow" || die 'it does not begin'
until_true 10 waits
ctl a port add 2797
await 10 'it has heard of a port' sleeps
check_not 'it writes nothing while this gateway is not the active one' test -e "$state"
notify a MASTER
ctl a port set 2797 max-learned 4000
await 10 'it does when it is' test -e "$LAB_OUT/b/state.received"
check_eq 'for nobody else to read' 600 "$(stat -c %a "$state")"

# 3,000 peers at once, twice
look
looking=$spawned
begun=$SECONDS before=$(copies)
learned 1 3000 | ctl a restore
await 20 '3,000 learned peers are saved' has_saved 3000
learned 2 3000 | ctl a restore
await 20 'one has gone' has_saved 2999
ctl a peer add 192.0.2.1 port 2797
ctl a peer add 192.0.2.2 port 2797
await 10 'nor is the last event forgotten' grep -q '^peer add 192.0.2.2 ' "$state"
written=$(($(copies) - before))
check 'it is written once a second at most' test $written -le $((SECONDS - begun + 1))
note "$written times in $((SECONDS - begun)) s"
same() {
	cmp "$state" "$LAB_OUT/b/state.received"
}
await 10 'it is copied' same
stop "$looking"
check_eq 'nobody has seen half of it' '' "$(cat "$LAB_OUT/halves")"

# Events that were lost: in a user namespace of its own, nobody may have a socket with as
# much room as the monitor wants; newer kernels allow more than these events take.
room=$(< /proc/sys/net/core/rmem_max)
echo 212992 > /proc/sys/net/core/rmem_max
spawn user unshare -Urn sleep 600
user=$spawned
in_user() {
	nsenter -t "$user" -U -n --preserve-credentials "$@"
}
mkdir -p "$LAB_OUT/u"
touch "$LAB_OUT/u/active"
until_true 10 in_user espencapctl port add 2797
spawn lost nsenter -t "$user" -U -n --preserve-credentials \
	"$standby/espencap-follow" -f "$LAB_OUT/u/state"
until_true 10 grep -q monitoring "$LAB_OUT/lost" || die 'it does not begin'
monitor=$(pgrep -P "$spawned" -x espencapctl)
kill -STOP "$monitor"
learned 1 1500 | in_user espencapctl restore
kill -CONT "$monitor"
await 10 'events were lost' says 'events were lost' lost
has_all() {
	[ "$(grep -c ' learned$' "$LAB_OUT/u/state")" = 1500 ]
}
await 10 'what they told is saved nevertheless' has_all
echo "$room" > /proc/sys/net/core/rmem_max
stop "$spawned"
stop "$user"

# b takes over. It knows one peer from earlier, elsewhere.
learned 1 1000 | ctl a restore
await 10 'a thousand peers are saved' has_saved 1000
learned 1 1 | sed 's/203.0.113.1/203.0.113.9/' | ctl b restore
known=$(ctl b save --learned)
await 10 'the copy is the last' same
cp "$state" "$LAB_OUT/whole"
# no more copies meanwhile: once it has heard of something, it is not at one
notify a BACKUP
until_true 10 waits
ctl a port set 2797 keepalive 1
until_true 10 sleeps
stays() {
	check_eq "$1: what was known stays" "$known" "$(ctl b save --learned)"
	rm -f "$LAB_OUT/b/active"
}
head -n 100 "$LAB_OUT/whole" > "$LAB_OUT/b/state.received"
notified 'half of a state' b MASTER 'there is no whole file'
stays 'half of a state'
head -c 1000 "$LAB_OUT/whole" > "$LAB_OUT/b/state.received"
notified 'half of a line' b MASTER 'there is no whole file'
stays 'half of a line'
sed 's/port 2797 endpoint/port 2798 endpoint/' "$LAB_OUT/whole" > "$LAB_OUT/b/state.received"
notified 'a state that is wrong' b MASTER 'state.received:.*: its port 2798 is not added'
stays 'a state that is wrong'
cp "$LAB_OUT/whole" "$LAB_OUT/b/state.received"
notified 'a whole state' b MASTER 'restored .*, which has 1000 learned peers'
check_eq 'all of it is restored' "$(cat "$LAB_OUT/whole")" "$(ctl b save --learned; echo '# end')"
printf '%s\n' "$known" | ctl b restore
check 'who is active, and is told so again' notify b MASTER
check_eq 'restores nothing' "$known" "$(ctl b save --learned)"
cp "$LAB_OUT/whole" "$LAB_OUT/b/state"
check 'who was active' notify b BACKUP
notified 'after the state was received' b MASTER 'restored what was missing'
check_eq 'restores what is missing, and moves nobody' "1000 $(tail -n 1 <<< "$known")" \
	"$(ctl b -j peer | jq length) $(ctl b save --learned | grep '^peer add 100.64.0.1 ')"
for what in BACKUP FAULT STOP; do
	notify b MASTER
	check "$what" notify b $what
	check_not "$what: it is active no longer" test -e "$LAB_OUT/b/active"
done
cp "$LAB_OUT/whole" "$LAB_OUT/b/state"
touch -d '10 minutes ago' "$LAB_OUT/b/state"
notified 'an old one is better than none' b MASTER 'is 60[0-9] s old'
notify b BACKUP
exec 8> "$LAB_OUT/b/lock"
flock 8
spawn master ip netns exec b "$standby/espencap-notify" "$LAB_OUT/b/state" GROUP g MASTER 100 8>&-
master=$spawned
until_true 10 grep -q MASTER "$LAB_OUT/b/wanted"
spawn backup ip netns exec b "$standby/espencap-notify" "$LAB_OUT/b/state" GROUP g BACKUP 100 8>&-
until_true 10 grep -q BACKUP "$LAB_OUT/b/wanted"
exec 8>&-
wait "$master" "$spawned"
check_not 'of two that overlap, the last counts' test -e "$LAB_OUT/b/active"
check_exit 'too few words' 1 usage in_ns b "$standby/espencap-notify" INSTANCE gateway MASTER

# What can go wrong with the follower
touch "$LAB_OUT/broken"
notify a MASTER
ctl a port set 2797 keepalive 2
await 10 'that it cannot be copied is told' says 'could not be copied' follow
rm "$LAB_OUT/broken"
echo 'port add 2797' | ctl a restore
await 10 'and when it can again' says 'copied again' follow
await 10 'it is' same
await 10 'no learned peer is left' has_saved 0
was=$(cat "$state")
until_true 10 waits
ctl a flush
await 10 'it has heard of a flush' sleeps
until_true 10 waits
check_eq 'without ports there is nothing to take over' "$was" "$(cat "$state")"
notify a BACKUP
ctl a port add 2797
await 10 'it has heard of another port' sleeps
check_eq 'the state is no longer ours' "$was" "$(cat "$state")"
module_unload
await 10 'without the module, it ends, and says so' says 'the monitor has ended' follow
status=0
wait "$follower" || status=$?
check_eq 'with a status that has it restarted' 1 $status
module_load
follow
await 10 'it begins again' says monitoring follow
stop "$follower"
check_eq 'it leaves nothing behind' 'lock order relieved state wanted' "$(cd "$LAB_OUT/a" && echo *)"
plan_done
