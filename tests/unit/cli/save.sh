# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Files that are written and read, signals, and messages that are not the kernel's. A part
# of run, behind fake.sh, which has the functions.
# shellcheck disable=SC2154,SC2034 # dir, status, whole, ports, peers, dumps: set there; fake

# Saved to a file: all of it, or what was there stays
mkdir "$dir/folder"
saved=$dir/folder/saved
answer "${whole[@]}"
faked save
cp "$dir/out" "$dir/expected"
shows "$(cat "$dir/expected")" save -

# is_saved [MODE]: there is just the one file, which has all.
is_saved() {
	[ "$status" -eq 0 ] && [ ! -s "$dir/out" ] && [ ! -s "$dir/err" ] &&
		cmp -s "$dir/expected" "$saved" &&
		[ "$(stat -c %a "$saved")" = "${1-640}" ] &&
		[ "$(ls -A "$dir/folder")" = saved ]
}
mask=$(umask)
umask 027
faked save "$saved"
umask "$mask"
is_saved
result $? 'save FILE: a new file, under the umask'
echo before > "$saved"
chmod 604 "$saved"
faked save "$saved"
is_saved 604
result $? 'save FILE: a file keeps its mode'
echo before > "$saved"
ln -s folder/saved "$dir/link"
faked save "$dir/link"
is_saved 604 && [ -L "$dir/link" ]
result $? 'save FILE: a link stays one'
printf 'save %s\npreset\n' "$saved" > "$dir/batch"
faked -b "$dir/batch"
[ "$status" -eq 0 ] && cmp -s "$dir/expected" "$saved" && cmp -s <("$ctl" preset) "$dir/out"
result $? '-b: behind save FILE, stdout is what it was'

# is_as_before TEXT: it could not be saved, which names the file.
is_as_before() {
	[ "$status" -eq 2 ] && complained && grep -qF -e "$1" "$dir/err" &&
		[ "$(cat "$saved")" = before ] && [ "$(ls -A "$dir/folder")" = saved ]
}
echo before > "$saved"
answer 'error 1 No.'
faked save "$saved"
is_as_before 'ports: No.'
result $? 'save FILE: a refusal leaves the old file'
fake=absent
faked save "$saved"
fake=
is_as_before 'not loaded: there is nothing to save'
result $? 'save FILE: so does a module that is not loaded, which save does not load'
many=("$ports" 'error 0')
for ((n = 1; n < 100; n++)); do
	many+=("peer-get address=192.0.2.$n port=2797 endpoint-address=192.0.2.$n endpoint-port=9 origin=1")
done
answer "${many[@]}"
limits=$(ulimit -Sf)
trap '' XFSZ
ulimit -Sf 2
faked save "$saved"
ulimit -Sf "$limits"
trap - XFSZ
is_as_before "\"$saved\" could not be written: File too large"
result $? 'save FILE: a full disk leaves the old file'
answer "${whole[@]}"
for name in "$dir/nowhere/file" "$saved/file" ''; do
	faked save "$name"
	is_as_before "\"$name\" could not be written: "
	result $? "save '${name#"$dir/"}': status 2, and names it"
done
for name in "$dir/folder" /dev/null; do
	faked save "$name"
	is_as_before "\"$name\" is no file that could be replaced"
	result $? "save ${name#"$dir/"}: status 2, and names it"
done

# What is empty was to be something
: > "$dir/empty"
for name in "$dir/empty" /dev/null; do
	wrong "$name is empty: nothing was done" restore "$name"
	wrong "$name is empty: nothing was done" -b "$name"
done
# as is half of a line, which may be all of another one
printf 'port add 2797' > "$dir/half"
wrong "half:1: this line does not end" restore "$dir/half"
wrong "half:1: this line does not end" -b "$dir/half"
wanted '# nothing'
sends "$dumps
peer-del address=192.0.2.1 origin=1
peer-del address=192.0.2.2 reqid=3 origin=1
peer-del address=192.0.2.9 origin=2
port-del port=2797" restore "$dir/config"

# A mark that the file is UTF-8 is no word
same=$'port add 2797\npeer add 192.0.2.1 port 2797\npeer add 192.0.2.2 reqid 3 port 2797'
for first in '' $'# comment\n' $'\n'; do
	printf '\xef\xbb\xbf%s%s\n' "$first" "$same" > "$dir/config"
	sends "$dumps" restore --sync "$dir/config"
done
printf '%s\n\xef\xbb\xbf\n' "$same" > "$dir/config"
faked restore --sync "$dir/config"
[ "$status" -eq 1 ] && grep -qF 'config:4: ' "$dir/err"
result $? 'restore: there is none but at the beginning'

# Two dumps are of two moments
late='peer-get address=192.0.2.7 port=500 endpoint-address=192.0.2.7 endpoint-port=9 origin=2'
twice='peer-get address=192.0.2.2 reqid=3 port=2797 endpoint-address=192.0.2.2 endpoint-port=1 origin=1'
both='peer-get address=192.0.2.2 reqid=3 port=2797 endpoint-address=192.0.2.2 endpoint-port=1 origin=2'
for torn in "$late" "$twice" "$both"; do
	answer "$ports" 'error 0' "$torn" "$peers" 'error 0' "${whole[@]}"
	shows "$(cat "$dir/expected")" save
	[ "$(cat "$dir/log")" = "$dumps"$'\n'"$dumps" ]
	result $? "save: what cannot have been is read again: $torn"
done
answer "$ports" "$ports" 'error 0' "$peers" 'error 0' "${whole[@]}"
shows "$(cat "$dir/expected")" save
answer "$ports" 'error 0' "$late" 'error 0' "${whole[@]}"
printf '%s\n' "$same" > "$dir/config"
sends "$dumps"$'\n'"$dumps" restore --sync "$dir/config"
torn=()
for ((n = 0; n < 30; n++)); do
	torn+=("$ports" 'error 0' "$late" 'error 0')
done
answer "${torn[@]}"
faked save
[ "$status" -eq 2 ] && complained && grep -qF 'change faster than they can be read' "$dir/err" &&
	[ "$(wc -l < "$dir/log")" -eq 20 ]
result $? 'save: not for ever'

# Without room for both, and without a way back: what was refused is told, and once
wanted 'port add 2797 keepalive 5' 'port add 1 format non-ike' \
	'peer add 192.0.2.1 port 2797 pin' 'peer add 192.0.2.3 port 1'
answer "${whole[@]}" 'error 0' 'error 0' 'error 0' 'error 28 Full.' 'error 0' 'error 1 No.'
faked restore --sync "$dir/config"
[ "$status" -eq 2 ] && [ "$(sed 1,6d "$dir/log")" = "peer-set address=192.0.2.1 port=2797
port-set port=2797 learn=2 max-learned=32768 keepalive=0 keepalive-bytes=1
port-del port=1" ] && grep -qF 'config:4: peer 192.0.2.3: Full.' "$dir/err" &&
	[ "$(grep -c 'could not be changed back: No.' "$dir/err")" -eq 1 ] &&
	tail -n 1 "$dir/err" | grep -q 'some of the configuration is changed now'
result $? 'restore: no room, and what was done cannot be taken back'

# Signals are held as long as a restore takes
printf '%s\n' "$same" > "$dir/config"
printf 'restore %s\nflush\nflush\n' "$dir/config" > "$dir/batch"
answer "${whole[@]}" 'error 0' 'error 0' 'signal 2' 'error 0'
faked -b "$dir/batch"
[ "$status" -eq 130 ] && [ "$(tail -n 2 "$dir/log")" = "peer-del address=192.0.2.9 origin=2
flush" ]
result $? '-b: behind a restore, signals end it'

# In a batch, what stands in its line
answer 'error 1 No.'
printf '\n# comment\nrestore %s\n' "$dir/config" > "$dir/batch"
faked -b "$dir/batch"
[ "$status" -eq 2 ] && complained && grep -qxF "espencapctl: $dir/batch:3: ports: No." "$dir/err"
result $? '-b: what restore is refused names the line of the batch'
printf 'port add x\n' > "$dir/config"
faked -b "$dir/batch"
[ "$status" -eq 1 ] && complained && grep -qF "espencapctl: $dir/config:1: \"x\"" "$dir/err"
result $? '-b: what is wrong with a file names the line of that'
for word in --check -j --; do
	printf 'restore %s %s\n' "$word" "$dir/config" > "$dir/batch"
	wrong "batch:1: \"$word\": options stand before -b" -b "$dir/batch"
done

# Only what is JSON is printed as JSON
for words in help 'port help' 'help -j'; do
	# shellcheck disable=SC2086 # words
	"$ctl" $words > "$dir/expected"
	# shellcheck disable=SC2086 # words
	run -p $words
	[ "$status" -eq 0 ] && cmp -s "$dir/expected" "$dir/out"
	result $? "-p $words: text is as it is"
done
printf 'preset\nhelp\npreset\n' > "$dir/batch"
run -p -b "$dir/batch"
"$ctl" -p preset > "$dir/expected"
[ "$status" -eq 0 ] && cmp -s "$dir/out" <(cat "$dir/expected"; "$ctl" help; cat "$dir/expected")
result $? '-p -b: text between JSON is as it is'
for option in -j -p; do
	wrong 'restore --check prints commands, not JSON' $option restore --check /nowhere
done

# The terminal is told nothing by others
for word in $'\e[2J' $'\xc2\x9b2J' $'\x9b2J' $'\x7f'; do
	printf 'port add %s\n' "$word" > "$dir/a${word}z"
	run -b "$dir/a${word}z"
	[ "$status" -eq 1 ] && complained && [ "$(wc -l < "$dir/err")" -eq 1 ] &&
		grep -qE '/a\?[?2J[]*z:1: "\?[?2J[]*" is no port' "$dir/err" &&
		! LC_ALL=C grep -q '[^ -~]' "$dir/err"
	result $? "$(printf %q "$word") is shown as question marks, in a name and a word"
done
answer $'error 0 A \e[2J\x9b note.'
faked port add 2797
[ "$status" -eq 0 ] && grep -qxF 'espencapctl: note: port 2797: A ?[2J? note.' "$dir/err"
result $? 'nor by a note'

# Only the kernel is believed
answer 'forged port-get port=1 format=1' 'port-get port=2 format=1' 'forged port-get port=3 format=1'
shows '2 format bare' port
answer 'forged error 0' 'error 22 A sentence.'
faked port set 2797 learn on
[ "$status" -eq 2 ] && grep -qxF 'espencapctl: port 2797: A sentence.' "$dir/err"
result $? 'port set: what another sender says does not end it'
answer 'forged event event=3 port=1' 'forged gone 29' 'event event=3 port=2' 'signal 2'
reports 'port 2 deleted' monitor
