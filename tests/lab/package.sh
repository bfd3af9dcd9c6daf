# shellcheck shell=bash disable=SC2154 # what lab defines
# SPDX-License-Identifier: GPL-2.0
# Builds the Debian packages on a clean gateway, installs, upgrades and purges them, and
# keeps disks of that for machines (machine.sh): what DKMS compiles in seconds here, it
# compiles in many minutes in an emulated machine.  tests/packages has the scripts.
#
# What is made of the same sources, tests and gateway is kept, with its results.

# The folder of a kernel's packages, which are made if need be.
package_get() {
	local kernel=$1 root hash dir lock old
	root=$(kernel_gateway "$kernel")
	hash=$({
		echo "$root"
		cat "$lab"/package{.sh,-make} "$lab/bootable.sh" "$lab"/guest/*.sh \
			"$top"/tests/packages/*
		cd "$top" && package_sources && package_sources | xargs -0 cat --
	} | sha256sum)
	dir=$cache/packages/$kernel-${hash:0:12}
	mkdir -p "$cache/packages"
	if [ ! -e "$dir/packages.ktap" ]; then
		exec {lock}> "$cache/packages/$kernel.lock"
		flock "$lock"
		[ -e "$dir/packages.ktap" ] || package_make "$kernel" "$root" "$dir"
		exec {lock}>&-
	fi
	touch "$dir"
	find "$cache/packages" -mindepth 1 -maxdepth 1 -type d -mtime +7 |
		while read -r old; do as_root rm -rf "$old"; done
	echo "$dir"
}

# What the packages are made of: no tests.
package_sources() {
	"$top/scripts/sources" | grep -zv '^tests/'
}

package_make() {
	local kernel=$1 root=$2 dir=$3
	say "building, installing and removing the packages for $kernel"
	as_root rm -rf "$cache/packages/$kernel"-*.part
	mkdir -p "$dir.part/source"
	(cd "$top" && package_sources | tar --null -T - -cf -) |
		tar -C "$dir.part/source" -xf -
	cp -r "$lab/guest" "$top/tests/packages" "$dir.part"
	as_root unshare --mount --net --pid --fork --kill-child \
		bash "$lab/package-make" "$root/root" "$dir.part" \
		> "$cache/packages/$kernel.ktap" 2>&1 < /dev/null ||
		die "something is wrong with the packages: see $cache/packages/$kernel.ktap"
	as_root rm -rf "$dir.part/layers"
	ln -s "$root"/{vmlinuz,initrd.img}-* "$dir.part/install/"
	ln -s "$root"/{vmlinuz,initrd.img}-* "$dir.part/older/"
	cp "$cache/packages/$kernel.ktap" "$dir.part/packages.ktap"
	mv "$dir.part" "$dir"
}

# The disks of stories: with the packages, and with older ones.
disk_installed() {
	echo "$(package_get "$1")/install"
}

disk_older() {
	echo "$(package_get "$1")/older"
}

# Leaves the results in DIR. In a subshell, and not within "if", as build_report() does.
package_report() {
	local kernel=$1 out=$2 status dir log
	set +e
	dir=$(set -e; package_get "$kernel")
	status=$?
	set -e
	log=$dir/packages.ktap
	[ "$status" = 0 ] || log=$cache/packages/$kernel.ktap
	{
		cat "$log"
		# what went wrong may be none of the checks
		[ "$status" = 0 ] || echo 'Bail out! the packages are not done: see above'
	} | tee "$out/packages-$kernel.ktap" | vm_prefix "$kernel"
	return "$status"
}
