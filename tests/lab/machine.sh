# shellcheck shell=bash disable=SC2154 # what lab defines
# SPDX-License-Identifier: GPL-2.0
# Boots a machine: a Debian with systemd.
#
# A story, tests/machines/NN-name.sh, has functions boot_1, boot_2 and so on. Each is run
# when the machine has come up, and then the machine is powered off, and on again for the
# next. Its disk, which begins as the suite's own, keeps what is written to it until the
# end of the story. A line "# kernel arguments: ..." adds some.

# The limit of a story's part, unless it has a line "# time limit: N s".
readonly power_on_limit=300

# Nobody logs in, no device comes that is not there, and what the disk has was made for
# it: of a boot's time, two thirds.
readonly machine_without=(
	getty.target systemd-udev-trigger.service systemd-repart.service
	systemd-pstore.service systemd-binfmt.service proc-sys-fs-binfmt_misc.automount
	sys-fs-fuse-connections.mount sys-kernel-config.mount
	systemd-update-utmp.service systemd-update-utmp-runlevel.service
)
# Like a kernel that panics, a systemd that crashes ends the machine.
machine_arguments='systemd.crash_reboot=yes systemd.condition_needs_update=no'
machine_arguments+=$(printf ' systemd.mask=%s' "${machine_without[@]}")
readonly machine_arguments

# Prints the files of the stories that were named, or of all.
story_files() {
	local name
	if [ $# = 0 ]; then
		find "$top/tests/machines" -name '[0-9]*.sh' | sort
		return
	fi
	for name; do
		if [ -f "$top/tests/machines/$name.sh" ]; then
			echo "$top/tests/machines/$name.sh"
		elif [ -f "$name" ]; then
			readlink -f "$name"
		else
			die "there is no story '$name' in tests/machines"
		fi
	done
}

# machine_run OUT KERNEL [STORY...]: each leaves its log, STORY-KERNEL.ktap.
machine_run() {
	local out=$1 kernel=$2 built files file logs=()
	shift 2
	files=$(story_files "$@")
	[ -n "$files" ] || die "there are no stories in tests/machines"
	built=$(build_get "$kernel")
	while read -r file <&3; do
		machine_story "$kernel" "$built" "$file" "$out"
		logs+=("$out/$(basename "$file" .sh)-$kernel.ktap")
	done 3<<< "$files"
	! grep -qE '^(not ok|Bail out!)' "${logs[@]}"
}

# A story's disk is what disk_NAME KERNEL prints: the folder of its disk.img, and of
# vmlinuz-VERSION and initrd.img-VERSION.
disk_root() {
	kernel_guest "$1"
}

# machine_story KERNEL BUILT FILE OUT: a machine that dies ends its story.
machine_story() {
	local kernel=$1 built=$2 file=$3 out=$4 log disk root boots boot limit status arguments
	disk=$(sed -n 's/^# disk: \([a-z]*\)$/\1/p' "$file")
	root=$("disk_${disk:-root}" "$kernel")
	arguments=$machine_arguments$(sed -n 's/^# kernel arguments:/ /p' "$file")
	log=$out/$(basename "$file" .sh)-$kernel
	boots=$(grep -c '^boot_[0-9]*() {$' "$file") || die "$file has no boot_1()"
	limit=$(time_limit "$file" $power_on_limit "$kernel")
	vm_clear "$log"
	printf 'KTAP version 1\n1..%s\n' "$boots" | tee "$log.ktap" | vm_prefix "$kernel"
	rm -f "$log.disk"
	qemu-img create -q -f qcow2 -F raw -b "$root/disk.img" "$log.disk"
	for ((boot = 1; boot <= boots; boot++)); do
		machine_payload "$log.payload" "$file" $boot "$limit" "$built"
		status=0
		vm_power_on "$kernel" "$log" "$root" "$log.disk,format=qcow2" \
			"$log.payload.tar" $((limit + boot_limit)) \
			"$arguments" || status=$?
		vm_verdict "$kernel" "$log" "# end of boot $boot" "$status" \
			$((limit + boot_limit)) || true
		! grep -q '^Bail out!' "$log.ktap" || break
	done
	rm -f "$log.disk"
}

# machine_payload DIR FILE BOOT LIMIT BUILT: makes DIR.tar, what a power-on needs.
machine_payload() {
	payload_begin "$1" machine
	cp -r "$top/tests/machines" "$1/machines"
	cp "$2" "$1/machines/"
	cp -r "$5" "$1/built"
	echo "$(basename "$2" .sh) $3 $4" > "$1/plan"
	payload_end "$1"
}
