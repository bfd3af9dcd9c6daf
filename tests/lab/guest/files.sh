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
files_left() {
	local file
	files | comm -13 "$1" - | while read -r file; do
		dpkg-query -S "$file" > /dev/null 2>&1 || echo "$file"
	done
}
