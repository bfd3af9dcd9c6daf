# shellcheck shell=bash disable=SC2154,SC2034 # shared with lab and root-make
# SPDX-License-Identifier: GPL-2.0
# A root: one Debian suite in a folder, with its kernels' headers, the compiler that fits
# them and, if it is for guests, images of kernels and the programs that the scenarios
# use.  A suite's own compiler is needed because the kernel's build tools are linked
# against that suite's C library.
#
# A root is a folder of the cache:
#   root/      the suite itself; never written to once it is made
#   disk.img   the guest's disk made from it (suites for guests)
#   vmlinuz-VERSION, initrd.img-VERSION   what QEMU boots (suites for guests)
#   made       present when all of the above is complete
#
# The folder's name holds a hash of the recipe's files, so that a change to them
# makes new roots.

readonly mirror=http://deb.debian.org/debian
readonly mirror_security=http://deb.debian.org/debian-security
readonly keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# Builds the module (gcc, make, kernel headers) and the tool (libmnl, libnftnl).
readonly packages_build=(gcc make libc6-dev libmnl-dev libnftnl-dev pkgconf kmod)

readonly packages_run=(
	mount
	netbase           # /etc/protocols, /etc/services
	initramfs-tools   # the initrd that finds the guest's disk
	iproute2          # namespaces, veth, XFRM
	nftables          # rules, NAT
	iptables          # rules as iptables-nft makes them
	conntrack         # reads a router's mappings
	tcpdump           # what is on the wire
	ethtool           # turns checksum offload off
	iputils-ping
	iperf3            # bulk TCP
	socat             # foreign datagrams, keepalives
	jq                # reads espencapctl -j
	procps            # pgrep, ps
	libcap2-bin       # capsh: the tool without rights
	keepalived        # gives an address to one of two gateways
	zstd              # the initrd's compression, quick to unpack
	python3-minimal   # single packets, byte for byte
	python3-yaml      # the description of the netlink family
	# IKEv2: charon, started by hand within a namespace, and swanctl with
	# the vici plugin.
	strongswan-charon strongswan-swanctl libstrongswan-standard-plugins
	systemd-sysv      # PID 1 of a machine (machine.sh)
)

# What cannot be installed beside these: its files are in /opt/PACKAGE.
readonly packages_beside=(
	libreswan
	charon-systemd    # strongSwan's other daemon and unit
)

# Looks at sources.
readonly packages_lint=(sparse clang libclang-rt-14-dev cppcheck shellcheck perl xz-utils)

# No use in a guest, and a third of the files.
readonly left_out=(
	'/usr/share/doc/*' '/usr/share/man/*' '/usr/share/info/*'
	'/usr/share/locale/*' '/usr/share/lintian/*'
	'/usr/share/bash-completion/*'
)

# The Debian suite that a suite of the lab is made from.
suite_release() {
	case $1 in
	debug|lint) echo bookworm ;;
	*) echo "$1" ;;
	esac
}

# suite_sources_root SUITE: with those of the kernels that are added.
suite_sources_root() {
	suite_sources "$(suite_release "$1")"
	[ "$1" != bookworm ] || suite_sources bullseye
}

suite_sources() {
	local suite=$1 extra=() part
	[ "$suite" != trixie ] || extra=(trixie-backports)
	for part in "$suite" "$suite-updates" "${extra[@]}"; do
		echo "deb [signed-by=$keyring] $mirror $part main"
	done
	echo "deb [signed-by=$keyring] $mirror_security $suite-security main"
}

suite_packages() {
	printf '%s\n' "${packages_build[@]}"
	! suite_has_guest "$1" || printf '%s\n' "${packages_run[@]}"
	case $1 in
	lint)
		printf '%s\n' "${packages_lint[@]}" linux-headers-cloud-amd64 ;;
	bookworm)
		printf '%s\n' linux-image-cloud-amd64 linux-headers-cloud-amd64 ;;
	trixie)
		# The newest kernel that backports has an image of.  perl:
		# W=1 runs kernel-doc, which in 6.12 wants its modules.
		printf '%s\n' perl linux-image-cloud-amd64/trixie-backports \
			linux-headers-cloud-amd64/trixie-backports ;;
	esac
}

# Packages of kernels that are added by name, of the newest of a series: the metapackage
# is taken already by another kernel, or its file is missing on the mirror (bullseye).
# An image first, or headers that depend on it bring it along without an initrd.
suite_kernels() {
	case $1 in
	bullseye) echo headers-5.10 headers-5.10.0-30 ;;
	bookworm) echo image-5.10 ;;
	trixie)   echo image-6.12 headers-6.12 ;;
	esac
}

# 5.10 runs below the programs of bookworm: the mirror has not all of bullseye's any more.
suite_has_guest() {
	[ "$1" != bullseye ] && [ "$1" != lint ]
}

# Runs a command as root: as it is, or, for an ordinary user, in a namespace
# where that user is root and owns the ids of /etc/subuid.
as_root() {
	if [ "$(id -u)" = 0 ]; then
		"$@"
	else
		unshare --map-root-user --map-auto -- "$@"
	fi
}

root_dir() {
	local recipe kernel=
	[ "$1" != debug ] || kernel=$(kernel_dir)
	recipe=$({
		cat "$lab"/root{.sh,-make,-kernels,-beside} "$lab/bootable.sh" \
			"$lab"/guest/{first-init,lab.service}
		echo "$kernel"
	} | sha256sum)
	echo "$cache/roots/$1-${recipe:0:12}"
}

# Where the packages of the debug kernel are.
kernel_dir() {
	local recipe
	recipe=$(cat "$lab"/{root-kernel,debug.config} | sha256sum)
	echo "$cache/kernels/debug-${recipe:0:12}"
}

# Compiles the debug kernel unless that is done.
kernel_make() {
	local dir started=$SECONDS
	dir=$(kernel_dir)
	[ ! -e "$dir" ] || return 0
	say "compiling the debug kernel (once; half an hour): $dir"
	as_root rm -rf "$dir.part"
	mkdir -p "$dir.part"
	as_root unshare --mount --pid --fork --mount-proc \
		bash "$lab/root-kernel" "$dir.part" > "$dir.log" 2>&1 ||
		die "the debug kernel could not be compiled: see $dir.log"
	mv "$dir.part" "$dir"
	say "the debug kernel is compiled ($((SECONDS - started)) s)"
}

# Makes the root of a suite unless it is there, and prints where it is.
root_get() {
	local suite=$1 dir lock
	dir=$(root_dir "$suite")
	if [ ! -e "$dir/made" ]; then
		mkdir -p "$cache/roots"
		# Two runs that want the same root: the second waits.
		exec {lock}> "$cache/roots/$suite.lock"
		flock "$lock"
		[ -e "$dir/made" ] || root_make "$suite" "$dir"
		exec {lock}>&-
	fi
	touch "$dir/made"
	echo "$dir"
}

root_make() {
	local suite=$1 dir=$2 log=$2.log started=$SECONDS
	say "making the root of $suite (once; a minute or two): $dir"
	[ -e "$keyring" ] || die "$keyring is missing: run scripts/setup"
	# A run that was stopped midway leaves its folder behind.
	as_root rm -rf "$dir.part" "$dir"
	mkdir -p "$dir.part"
	if [ "$suite" = debug ]; then
		kernel_make
		cp -r "$(kernel_dir)" "$dir.part/kernel"
	fi
	suite_sources_root "$suite" > "$dir.part/sources.list"
	suite_packages "$suite" > "$dir.part/packages"
	# A mount and a pid namespace of its own: whatever dpkg's scripts mount
	# or start goes away with it.
	as_root unshare --mount --pid --fork --mount-proc \
		bash "$lab/root-make" "$suite" "$dir.part" > "$log" 2>&1 ||
		die "the root of $suite could not be made: see $log"
	touch "$dir.part/made"
	mv "$dir.part" "$dir"
	root_forget
	say "the root of $suite is made ($((SECONDS - started)) s)"
}

# Roots of other recipes (of another checkout, perhaps) go when they have not
# been used for two weeks.
root_forget() {
	local made
	find "$cache/roots" -mindepth 2 -maxdepth 2 -name made -mtime +14 |
		while read -r made; do
			as_root rm -rf "${made%/made}"
		done
}
