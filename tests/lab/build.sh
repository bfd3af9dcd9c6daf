# shellcheck shell=bash disable=SC2154 # what lab defines
# SPDX-License-Identifier: GPL-2.0
# Builds espencap.ko and espencapctl for a kernel, in the root of its suite,
# from a copy of the checkout.  A build is kept under a hash of its sources, so
# that only changed sources are built again.

# The sources, NUL-separated, relative to the top; of the tests, only modules are, and
# what is compiled for a guest.
sources() {
	"$top/scripts/sources" | grep -zvP '^tests/(?!lab/(nic|cipher)/|bench/empty/|fuzz/kernel/)'
}

# Builds for KERNEL unless it is built; prints the folder that holds espencap.ko,
# espencapctl and the log.
build_get() {
	local kernel=$1 root version hash dir lock
	root=$(kernel_root "$kernel")
	version=$(kernel_version "$kernel" "$root")
	hash=$({
		echo "$root $version"
		cat "$lab/build.sh" "$lab/build-make"
		cd "$top" && sources | xargs -0 sha256sum --
	} | sha256sum)
	dir=$cache/builds/$kernel-${hash:0:12}
	mkdir -p "$cache/builds"
	# One that is there is whole, and needs no lock.
	if [ ! -e "$dir/espencap.ko" ]; then
		exec {lock}> "$cache/builds/$kernel.lock"
		flock "$lock"
		[ -e "$dir/espencap.ko" ] ||
			build_make "$kernel" "$root" "$version" "$dir"
		exec {lock}>&-
	fi
	# Used builds stay; those of a week ago do not.
	touch "$dir"
	find "$cache/builds" -mindepth 1 -maxdepth 1 -type d -mtime +7 \
		-exec rm -rf {} +
	echo "$dir"
}

build_make() {
	local kernel=$1 root=$2 version=$3 dir=$4
	local src=$dir.part/src log=$cache/builds/$kernel.log
	say "building for $version"
	# Failed builds leave theirs; the lock is held, so none is in use.
	rm -rf "$cache/builds/$kernel"-*.part
	mkdir -p "$src"
	sources | tar -C "$top" --null -T - -cf - | tar -C "$src" -xf -
	# No network: a build must need none.  A mount namespace: /proc and
	# /dev in the root, which objtool and gcc want.
	as_root unshare --mount --net --pid --fork bash "$lab/build-make" \
		"$root/root" "$src" "$version" > "$log" 2>&1 < /dev/null || {
		die "the build for $version failed: see $log"
	}
	if build_warnings "$log" >&2; then
		die "the build for $version has warnings: see $log"
	fi
	build_take "$src" espencap.ko "$dir.part"
	build_take "$src" espencapctl "$dir.part"
	build_take "$src" installed.tar "$dir.part"
	build_take "$src" fakenic.ko "$dir.part"
	build_take "$src" latecipher.ko "$dir.part"
	build_take "$src" emptyhook.ko "$dir.part"
	build_take "$src" fuzz-packets "$dir.part"
	build_take "$src" fuzz-netlink "$dir.part"
	cp "$log" "$dir.part/log"
	rm -rf "$src"
	mv "$dir.part" "$dir"
}

# Prints the compiler's and modpost's warnings about our own files, not about
# the kernel's headers, and tells whether there are any.
build_warnings() {
	grep -E '(: warning: |^WARNING: |^make.*: warning: )' "$1" |
		grep -Ev '^(/usr/(src|lib)/linux-|\./?(include|arch)/|(include|arch)/)'
}

# build_take SRC NAME DIR: there must be exactly one NAME in SRC.
build_take() {
	local found
	mapfile -t found < <(find "$1" -type f -name "$2")
	[ "${#found[@]}" = 1 ] ||
		die "the build made ${#found[@]} files named $2, not one: ${found[*]}"
	cp "${found[0]}" "$3/$2"
}

# The lines of a log that say why a build failed, or its end.
build_trouble() {
	grep -E -A 3 '(error|warning): |^WARNING: |\*\*\*|command not found' "$1" |
		head -n 40 || tail -n 30 "$1"
}

# A build as a test of its own, for the report.  It runs in a subshell, because a
# failing one ends with die; and not within "if" or "||", where set -e is off.
build_report() {
	local kernel=$1 status
	set +e
	(
		set -e
		build_get "$kernel" > /dev/null
	)
	status=$?
	set -e
	{
		echo 'KTAP version 1'
		echo 1..1
		if [ "$status" = 0 ]; then
			echo "ok 1 builds for $kernel without a warning"
		else
			echo "not ok 1 builds for $kernel without a warning"
			build_trouble "$cache/builds/$kernel.log" | sed 's/^/# /'
		fi
	} | tee "$2/build-$kernel.ktap" | vm_prefix "$kernel"
	return "$status"
}
