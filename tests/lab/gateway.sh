# shellcheck shell=bash disable=SC2154 # what lab defines
# SPDX-License-Identifier: GPL-2.0
# The root of a clean gateway: the Debian of a suite that is run, with its kernel and the
# network's tools, and with nothing to build with.  Its apt needs no network: it has the
# lists, and in its cache the packages that the README's commands will ask for.
#
# It is a folder of the cache with root/, vmlinuz-VERSION and initrd.img-VERSION, as other
# roots are.

readonly packages_gateway=(
	initramfs-tools zstd
	systemd-sysv
	netbase iproute2 nftables iputils-ping
	tcpdump ethtool jq socat procps python3-minimal   # what stories use
	bash-completion man-db
)

gateway_packages() {
	local release=''
	[ "$1" != trixie ] || release=/trixie-backports
	printf '%s\n' "${packages_gateway[@]}" "linux-image-cloud-amd64$release"
}

# The gateway of a kernel's suite.
kernel_gateway() {
	local suite
	[ "$(kernel_field "$1" 5)" = run ] ||
		die "there is no gateway with kernel $1: it is not run by default"
	suite=$(kernel_field "$1" 3)
	gateway_get "$suite"
}

# gateway_get SUITE: makes it unless it is there, and prints where it is.
gateway_get() {
	local suite=$1 recipe dir lock
	recipe=$({
		cat "$lab"/{root-gateway,bootable.sh} \
			"$lab"/guest/{first-init,lab.service}
		gateway_packages "$suite"
		suite_sources "$suite"
		grep -E '^ |Depends:' "$top/scripts/debian/control"
	} | sha256sum)
	dir=$cache/roots/$suite-gateway-${recipe:0:12}
	if [ ! -e "$dir/made" ]; then
		mkdir -p "$cache/roots"
		exec {lock}> "$cache/roots/$suite-gateway.lock"
		flock "$lock"
		[ -e "$dir/made" ] || gateway_make "$suite" "$dir"
		exec {lock}>&-
	fi
	touch "$dir/made"
	echo "$dir"
}

gateway_make() {
	local suite=$1 dir=$2 started=$SECONDS
	say "making a clean gateway of $suite (once; a minute or two): $dir"
	as_root rm -rf "$dir.part" "$dir"
	mkdir -p "$dir.part"
	suite_sources "$suite" > "$dir.part/sources.list"
	gateway_packages "$suite" > "$dir.part/packages"
	cp "$top/scripts/debian/control" "$dir.part/"
	as_root unshare --mount --pid --fork --mount-proc \
		bash "$lab/root-gateway" "$suite" "$dir.part" > "$dir.log" 2>&1 ||
		die "the gateway of $suite could not be made: see $dir.log"
	touch "$dir.part/made"
	mv "$dir.part" "$dir"
	root_forget
	say "the gateway of $suite is made ($((SECONDS - started)) s)"
}
