# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# A control group that pays for memory, $group: the guest's init has turned that on.

readonly group=/sys/fs/cgroup/payer

payer_make() {
	mkdir $group
}

# charged KIND: bytes, as memory.stat has them.
charged() {
	awk -v kind="$1" '$1 == kind { print $2 }' $group/memory.stat
}

# What a CPU may not have told yet on 5.10: 64 pages, and there are two CPUs.
readonly untold=$((2 * 64 * 4096))

# freed KIND
freed() {
	[ "$(charged "$1")" -lt $untold ]
}

# In front of a command: it is on its account. in_ns within the command would hide the
# control groups behind its own /sys.
# shellcheck disable=SC2016,SC2034 # for the inner shell; used by whoever reads this
readonly paying=(bash -c 'echo $$ > "$0/cgroup.procs" && exec "$@"' "$group")
