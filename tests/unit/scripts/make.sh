# shellcheck shell=bash disable=SC2154 # what run defines
# SPDX-License-Identifier: GPL-2.0
# What make does with scripts, and before it compiles.

readonly root=$dir/root

# refused: what "make install" says of $root before it does anything.
refused() {
	local status=0
	make -s -C "$top" without-packages DESTDIR="$root" 2>&1 || status=$?
	[ "$status" != 0 ] || echo 'goes on'
}

# beside DESCRIPTION FILE REGEX: make install does not go beside FILE, and says REGEX.
beside() {
	rm -rf "$root"
	mkdir -p "$(dirname "$root/$2")"
	printf '/.\n%s\n' "${4-}" > "$root/$2"
	is "$1" yes "$(refused | grep -qE "$3" && echo yes)"
}

stub dpkg-checkbuilddeps < /dev/null
stub dpkg-buildpackage <<-'END'
	touch ../espencap{,-dkms}_1_all.deb
END
deb() {
	make -s -C "$top" deb OUT="$1" > /dev/null 2>&1
}

for suffix in '' .xz .zst; do
	beside "make install: no module beside DKMS's espencap.ko$suffix" \
		"lib/modules/6.1/updates/dkms/espencap.ko$suffix" \
		"espencap.ko$suffix.*apt remove"
done
beside 'make install: no tool beside the packaged one' var/lib/dpkg/info/espencap.list \
	'/usr/sbin/espencapctl.*apt remove' /usr/sbin/espencapctl
beside 'make install: a package of which only the configuration is left is none' \
	var/lib/dpkg/info/espencap.list 'goes on' /etc/espencap.conf

deb "$dir/new/folder"
is 'make deb OUT=DIR: DIR is made' 'espencap-dkms_1_all.deb espencap_1_all.deb' \
	"$(cd "$dir/new/folder" && echo *)"
touch "$dir/file"
stub dpkg-buildpackage <<-END
	touch "$dir/built"
END
is 'make deb OUT=FILE fails' 'no' "$(deb "$dir/file" && echo yes || echo no)"
is 'before it builds' "$dir/built*" "$(echo "$dir/built"*)"

# config LINE...: a kernel's, with CONFIG_PREEMPT_RT.
config() {
	mkdir -p "$dir/kernel"
	{
		sed -n 's/^need \([A-Z0-9_]*\) .*/CONFIG_\1=y/p' "$top/scripts/check-config"
		printf '%s\n' CONFIG_PREEMPT_RT=y "$@"
	} > "$dir/kernel/.config"
}

# kbuild: what Kbuild says of that kernel.
kbuild() {
	env -u MAKEFLAGS make -s -f - CONFIG_PREEMPT_RT=y CONFIG_SHELL=sh src="$top" obj="$dir" \
		objtree="$dir/kernel" 2>&1 <<-'END' | sed 's/.*\*\*\* //; s/:.*//'
		all: ; @echo built
		include $(src)/Kbuild
	END
}
config '# CONFIG_PREEMPT_RT_NEEDS_BH_LOCK is not set'
is 'a PREEMPT_RT that does not keep packets of one CPU apart is refused by Kbuild' \
	'CONFIG_PREEMPT_RT_NEEDS_BH_LOCK is missing' "$(kbuild)"
config CONFIG_PREEMPT_RT_NEEDS_BH_LOCK=y
is 'one that does is not' built "$(kbuild)"
config
is 'nor one from before there was a choice' built "$(kbuild)"
rm "$dir/kernel/.config"
is 'one of which nothing is known is' "No kernel configuration was found in $dir/kernel" "$(kbuild)"
