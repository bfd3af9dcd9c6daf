#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# Who may do what.
#
#      a: the administrator's network namespace      t: a tenant's, in a user namespace
#         ports 2797, 2746; peer 192.0.2.1              that an ordinary user has made
#
# Whoever lacks CAP_NET_ADMIN over a network namespace can neither change anything in it nor
# look at it, whatever he asks for, and whoever's socket he asks with. Over his own, a tenant
# is the administrator, as far as its limits go, and of the others he hears nothing.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=payer.sh
. ./payer.sh

# genl.py knows all requests that there are; one that is new is to be told to it.
readonly every='port-add port-set port-get port-list port-del peer-add peer-set peer-list peer-del flush'
readonly genl=$PWD/genl.py

readonly ordinary=(setpriv --reuid 65534 --regid 65534 --clear-groups)

ordinary() {
	in_ns a "${ordinary[@]}" "$@"
}

tenant() {
	"${as_tenant[@]}" "$@"
}

has_own_network() {
	[ "$(readlink "/proc/$1/ns/net")" != "$(readlink /proc/self/ns/net)" ] &&
		tenant true
}

# What there is, with all that can be set.
state_a() {
	ctl a -j port
	ctl a -j peer
}

state_t() {
	tenant espencapctl -j port
	tenant espencapctl -j peer
}

# refused WHO COMMAND...: every request that the command makes is, and changes nothing.
refused() {
	local who=$1
	shift
	check_eq "$who: every request is refused" "EPERM $every" "$("$@" 2>&1)"
	check_eq "$who: nothing has changed" "$was_a" "$(state_a)"
	check_eq "$who: nor at the tenant's" "$was_t" "$(state_t)"
}

ns_add a

# The kernel loads the module of a family for anybody who names it, if its administrator lets
# it: that is the one thing that takes no right.
module_install
echo 'blacklist espencap' > /etc/modprobe.d/espencap.conf
check_not 'where modprobe.d says so, nobody loads the module by asking for it' \
	ordinary python3 -S "$genl" every
check_not 'it is not loaded' grep '^espencap ' /proc/modules
check 'but who may load modules' modprobe espencap
rm /etc/modprobe.d/espencap.conf
module_unload
module_uninstall
module_load

ctl a port add 2797
ctl a port add 2746
ctl a peer add 192.0.2.1 port 2797
spawn tenant "${ordinary[@]}" unshare -Urn sleep 600
tenant=$spawned
# Whoever made a user namespace may enter it, as root of it.
as_tenant=("${ordinary[@]}" nsenter -t "$tenant" -U -n --preserve-credentials)
until_true 10 has_own_network "$tenant" || die 'the tenant has no network'

# A tenant is the administrator at home
was_a=$(state_a)
check_eq 'a tenant begins with nothing' '[]
[]' "$(state_t)"
check 'he can add ports' tenant espencapctl port add 2797
check 'and more of them' tenant espencapctl port add 2746
check 'and peers' tenant espencapctl peer add 192.0.2.1 port 2797
check_eq 'every request of his is done' "0 $every" "$(tenant python3 -S "$genl" every)"
check_eq 'he has flushed what is his' '[]
[]' "$(state_t)"
check_eq "and nothing of the administrator's" "$was_a" "$(state_a)"

tenant espencapctl port add 500
was_t=$(state_t)

# Others are so nowhere
refused 'an ordinary user' ordinary python3 -S "$genl" every
refused 'root without CAP_NET_ADMIN' \
	in_ns a capsh --drop=cap_net_admin -- -c "python3 '$genl' every"
refused 'root of a user namespace alone' ordinary unshare -Ur python3 -S "$genl" every
for who in ordinary 'ordinary unshare -Ur'; do
	# shellcheck disable=SC2086 # the words
	check_eq "$who: not to listen either" EPERM "$($who python3 -S "$genl" join)"
done

# Whoever opened the socket, and whoever sends with it
refused "an ordinary user, with the administrator's socket" \
	in_ns a python3 -S "$genl" open "${ordinary[@]}" python3 -S "$genl" on-stdin every
refused "a tenant, with the administrator's socket" in_ns a python3 -S "$genl" open \
	"${as_tenant[@]}" python3 -S "$genl" on-stdin every
# A program that is to write a message, and takes somebody's socket for a file
install -m 4755 "$(readlink -e "$(command -v python3)")" "$LAB_OUT/suid"
refused "the administrator, with an ordinary user's socket" \
	ordinary python3 -S "$genl" open "$LAB_OUT/suid" "$genl" on-stdin every
check_eq 'one that knows whom it speaks to may' "0 $every" \
	"$(ordinary python3 -S "$genl" open "$LAB_OUT/suid" "$genl" on-stdin-to every)"
check_eq 'and has done it' '[]
[]' "$(state_a)"
check_eq 'but nothing at the tenant'"'"'s' "$was_t" "$(state_t)"
rm "$LAB_OUT/suid"

# The tool says what is missing
cannot() {
	local what=$1
	shift
	check_exit "no rights: $what" 2 CAP_NET_ADMIN \
		in_ns a capsh --drop=cap_net_admin -- -c "espencapctl $*"
}
ctl a port add 2797
was_a=$(state_a)
cannot 'status 2' port add 500
cannot 'not to look either' peer show
cannot 'not to listen either' monitor
cannot 'not to flush' flush
cannot 'not to restore' "restore <<< 'port add 500'"
check_exit "the tenant does not get into the administrator's network" 1 \
	'Operation not permitted' tenant nsenter --net=/run/netns/a espencapctl flush
check_eq 'nothing of this has changed anything' "$was_a" "$(state_a)"

# Events are of one's own network namespace
spawn events-a ip netns exec a espencapctl monitor
events_a=$spawned
spawn events-t "${as_tenant[@]}" espencapctl monitor
events_t=$spawned
for log in events-a events-t; do
	until_true 10 grep -q monitoring "$LAB_OUT/$log" || die "no monitor: $log"
done
ctl a port add 10001 format bare
tenant espencapctl port add 10002 format bare
ctl a port del 10001
tenant espencapctl port del 10002
await 10 'the administrator hears of his port' says 'port 10001 deleted' events-a
await 10 'the tenant of his' says 'port 10002 deleted' events-t
stop "$events_a"
stop "$events_t"
check_eq 'neither of the other one'"'"'s' '2 10001 2 10002' \
	"$(sort "$LAB_OUT/events-a" "$LAB_OUT/events-t" |
		sed -n 's/^port \([0-9]*\) .*/\1/p' | uniq -c | xargs)"

# As much as there may be, for the tenant alone, and charged to him
payer_make
costly() {
	"${paying[@]}" "${as_tenant[@]}" python3 -S "$genl" "$@"
}
tenant espencapctl flush
check_eq 'a tenant has 4096 ports at most' \
	'4096 ENOSPC This network namespace has as many ports as it can have.' \
	"$(costly ports 1 4097)"
check_eq 'and 4096 peers at an endpoint' \
	'4096 ENOSPC This endpoint has as many peers as it can have.' "$(costly shared 4097)"
check 'what he has is charged to him' test "$(charged percpu)" -ge $((4096 * 16 * 8 * 2))
check 'the administrator has room' ctl a port add 500
check_eq 'and does not see it' 2 "$(ctl a -j port | jq length)"
stop "$tenant"
await 30 'all of it goes with the tenant' freed percpu
rmdir $group
check_eq "nothing of the administrator's has" 2 "$(ctl a -j port | jq length)"

plan_done
