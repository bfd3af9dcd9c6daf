# shellcheck shell=bash disable=SC2154,SC2034 # shared with the others
# SPDX-License-Identifier: GPL-2.0
# What the scripts here share. They run as root on the disk of a gateway that is off, with
# apt and DKMS as they are, and with no network.

# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=../lab/guest/readme.sh
. "$LAB/readme.sh"
# shellcheck source=../lab/guest/files.sh
. "$LAB/files.sh"

kernel=$(uname -r)
readonly kernel

# apt starts dpkg with a PATH of its own, and asks before it does anything.
cat > /etc/apt/apt.conf.d/lab <<EOF
DPkg::Path "/lab/bin:/usr/sbin:/usr/bin:/sbin:/bin";
APT::Get::Assume-Yes "true";
EOF

# the_module: where DKMS has put it, or nothing. It compresses where the kernel does.
the_module() {
	find "/lib/modules/$kernel/updates" -path '*/dkms/espencap.ko*' 2> /dev/null || true
}

# version PACKAGE: the one that is installed in full, or nothing.
version() {
	dpkg-query -W -f '${db:Status-Abbrev}${Version}\n' "$1" 2> /dev/null |
		sed -n 's/^ii //p'
}

# says REGEX COMMAND...: it succeeds, and says this.
says() {
	local regex=$1
	shift
	"$@" > "$LAB_OUT/said" 2>&1 || return
	grep -E -- "$regex" "$LAB_OUT/said"
}

# refuses REGEX COMMAND...: it fails, and says this.
refuses() {
	local regex=$1
	shift
	! "$@" > "$LAB_OUT/said" 2>&1 && grep -E -- "$regex" "$LAB_OUT/said"
}
