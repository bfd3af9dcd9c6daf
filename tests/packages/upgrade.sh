#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# From an older version to this one, with a power failure in between; and off the disk.
# shellcheck source=lib.sh
. /lab/packages/lib.sh

mine=$(sed -n 's/^ESPENCAP_VERSION := //p' "$checkout/Kbuild")

# alone: nothing is left in another pid namespace.
alone() {
	local other
	for other in /proc/[0-9]*/ns/pid; do
		[ "$(readlink "$other")" = "$(readlink /proc/self/ns/pid)" ] || return
	done
}

# apt is the init of all that it starts, so that its end is theirs.
spawn apt.log unshare --pid --fork apt-get install /root/newer/*.deb
compiling() {
	[ -n "$(find "/var/lib/dkms/espencap/$mine/build" -name '*.o' -print -quit)" ]
}
await 300 'apt upgrades; DKMS compiles' compiling
kill -s KILL "$(pgrep -P "$spawned")"
await 20 'it is killed, and what it has started' alone
check_eq 'no package is whole' '' "$(version espencap-dkms)"
check 'dpkg --configure -a' dpkg --configure -a
check_eq 'makes it whole' "$mine $mine" "$(version espencap) $(version espencap-dkms)"
check_eq 'the module is the newer one' "$mine" \
	"$(modinfo -k "$kernel" -F version espencap)"
check_eq 'DKMS knows no other' "espencap/$mine" "$(dkms status | cut -d , -f 1)"

check 'apt purge' apt-get purge espencap espencap-dkms
check_eq 'leaves nothing' '' "$(files_left /root/files-before)"

mkdir -p "/lib/modules/$kernel/updates"
touch "/lib/modules/$kernel/updates/espencap.ko" /usr/local/sbin/espencapctl
for deb in /root/newer/*.deb; do
	check "${deb##*/} goes not over make install, and says what makes room" \
		refuses '"make uninstall" in its checkout' dpkg -i "$deb"
done
check_eq 'nothing is installed' '' "$(version espencap)$(version espencap-dkms)"

plan_done
