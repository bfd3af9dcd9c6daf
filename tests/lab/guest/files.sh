# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What is on the disk of a Debian. A script sources this file after lib.sh.

# files: all, but what changes by itself, and what apt, dpkg and DKMS keep: its key.
files() {
	find / -xdev \( -path /proc -o -path /dev -o -path /sys -o -path /run -o -path /tmp \
		-o -path /lab -o -path /root -o -path /var/log -o -path /var/cache \
		-o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /var/lib/systemd \
		-o -path '/var/lib/dkms/mok.*' \) -prune -o -print | sort
}

# files_left FILE: what was not there when FILE was filled by files, and is of no package.
# A package may know a file below /usr by the name without it.
files_left() {
	files | comm -13 "$1" - | comm -13 <(sed -E 's,^/(bin|lib|lib64|sbin)/,/usr&,' \
		/var/lib/dpkg/info/*.list | sort -u) -
}
