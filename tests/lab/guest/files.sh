# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What is on the disk of a Debian. A script sources this file after lib.sh.

# files: all, but what changes by itself, and the key that DKMS keeps. Not all of
# /var/lib/systemd and /var/lib/dpkg: who was enabled, or diverted, is there.
files() {
	find / -xdev \( -path /proc -o -path /dev -o -path /sys -o -path /run -o -path /tmp \
		-o -path /lab -o -path /lost+found -o -path /root -o -path /var/log -o -path /var/cache \
		-o -path /var/lib/apt -o -path '/var/lib/dpkg/*-old' \
		-o -path /var/lib/dpkg/triggers -o -path /var/lib/systemd/random-seed \
		-o -path /var/lib/systemd/timers -o -path /var/lib/systemd/timesync \
		-o -path '/var/lib/dkms/mok.*' \) -prune -o -print | sort
}

# What is of a package, and what dpkg knows of those that are installed. A package may know
# a file below /usr by the name without it.
files_of_packages() {
	sed -E 's,^/(bin|lib|lib64|sbin)/,/usr&,' /var/lib/dpkg/info/*.list
	dpkg-query -W -f '${db:Status-Abbrev}${binary:Package}\n' |
		sed -n 's,^ii ,/var/lib/dpkg/info/,p' |
		while read -r name; do printf '%s\n' "$name".*; done
}

# files_left FILE: what was not there when FILE was filled by files, and is of no package.
files_left() {
	files | comm -13 "$1" - | comm -13 <(files_of_packages | sort -u) -
}
