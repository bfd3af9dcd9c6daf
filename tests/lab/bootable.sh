# shellcheck shell=bash disable=SC2154,SC2034 # what those define that source it
# SPDX-License-Identifier: GPL-2.0
# What makes a guest's disk of a Debian in a folder; run as root, in a mount namespace.

# For mmdebstrap: the initrd is made when the kernel's package is set up, so what it
# shall hold must be said before: only the way to the guest's disk.
# shellcheck disable=SC2016 # $1 is the hook's
readonly bootable_hook='
	mkdir -p "$1/etc/initramfs-tools/conf.d" \
		"$1/usr/share/initramfs-tools/modules.d"
	printf "MODULES=list\nBUSYBOX=n\nCOMPRESS=zstd\n" \
		> "$1/etc/initramfs-tools/conf.d/lab"
	printf "virtio_pci\nvirtio_blk\next4\n" \
		> "$1/usr/share/initramfs-tools/modules.d/lab"'

# bootable_prepare ROOT: where systemd is PID 1, the lab's service comes last. What it
# would do at times, or on its first boot, is done: the disk begins as it was with each
# story.
bootable_prepare() {
	install -m 755 "$here/guest/first-init" "$1/sbin/lab-init"
	install -m 644 "$here/guest/lab.service" "$1/etc/systemd/system/lab.service"
	chroot "$1" sh -e -c '
		systemctl enable lab
		systemctl mask timers.target
		systemd-machine-id-setup'
}

# bootable_kernels ROOT DIR: DIR/vmlinuz-VERSION and DIR/initrd.img-VERSION, of each
# kernel that has an initrd.
bootable_kernels() {
	local initrd version
	for initrd in "$1"/boot/initrd.img-*; do
		version=${initrd##*/initrd.img-}
		# QEMU may run as an ordinary user.
		install -m 644 "$initrd" "$1/boot/vmlinuz-$version" "$2/"
	done
}

# bootable_disk ROOT DIR SIZE FOLDER...: DIR/disk.img, without what is in these folders:
# they are empty from here on, in this mount namespace.
bootable_disk() {
	local root=$1 image=$2/disk.img size=$3 folder
	shift 3
	for folder; do
		mount -t tmpfs none "$root/$folder"
	done
	truncate -s "$size" "$image"
	mke2fs -q -F -t ext4 -O ^has_journal -E lazy_itable_init=1,root_owner=0:0 \
		-L lab -d "$root" "$image"
	chmod 644 "$image"
}
