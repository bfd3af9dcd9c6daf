#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# The packages, as the README installs them; and kernels that the module is not for, which
# must be installed all the same.
# shellcheck source=lib.sh
. /lab/packages/lib.sh

# installed_files: of the tool's package, but what Debian wants of every package.
installed_files() {
	dpkg-query -L espencap | grep -v '^/usr/share/doc/' | while read -r file; do
		[ ! -f "$file" ] || readlink -f "$file"
	done | sed 's/\.gz$//' | sort
}

# made_files: what make install would put in place of them.
made_files() {
	make -s -C "$checkout" install-tool PREFIX=/usr DESTDIR="$LAB_OUT/made" > /dev/null 2>&1
	(cd "$LAB_OUT/made" && find . -type f | sed 's/^\.//' | sort)
}

# a_kernel NAME [OPTION]: headers like those of the real one, without an option.
a_kernel() {
	local build=/lib/modules/$1/build real file
	real=$(readlink -f "/lib/modules/$kernel/build")
	mkdir -p "$build"
	cp -rs "$real/." "$build/"
	for file in .config include/config/auto.conf; do
		rm "$build/$file"
		sed "/^CONFIG_${2:-NONE}=/d" "$real/$file" > "$build/$file"
	done
}

# skips NAME REGEX: what a kernel's package runs succeeds, says why there will be no
# module, and makes none.
skips() {
	check "kernel $1: its installation goes on, and says: $2" \
		says "$2" /etc/kernel/postinst.d/dkms "$1"
	check_eq "kernel $1: there is no module" '' \
		"$(find "/lib/modules/$1/" -name 'espencap.ko*')"
	rm -r "/lib/modules/${1:?}"
}

# asked_by_dkms, asked_by_check: the options that a kernel must have.
asked_by_dkms() {
	bash -c '. /usr/src/espencap-*/dkms.conf; printf "%s\n" $BUILD_EXCLUSIVE_CONFIG' | sort
}
asked_by_check() {
	sed -n 's/^need \([A-Z0-9_]*\) .*/CONFIG_\1/p' "$checkout/scripts/check-config" | sort
}

# sign: the module, with a key of one's own, as espencap-secureboot(7) says, which is told
# of modules that make install has put there: those are not compressed.
sign() {
	local module
	module=$(the_module)
	cp "$module" "$LAB_OUT"
	cd "$LAB_OUT"
	[ "${module##*.}" = ko ] || unxz "${module##*/}"
	openssl req -new -x509 -newkey rsa:2048 -nodes -days 36500 -subj /CN=modules/ \
		-addext extendedKeyUsage=codeSigning -keyout mok.key -outform DER -out mok.pub
	"/lib/modules/$kernel/build/scripts/sign-file" sha256 mok.key mok.pub espencap.ko
}

mine=$(sed -n 's/^ESPENCAP_VERSION := //p' "$checkout/Kbuild")
check "$(command_of_readme 3)" follow 3
check_eq 'both packages are installed' "$mine $mine" \
	"$(version espencap) $(version espencap-dkms)"
check_eq 'modprobe finds the module' "$(the_module)" "$(modinfo -k "$kernel" -n espencap)"
check_eq 'its version is that of the packages' "$mine" \
	"$(modinfo -k "$kernel" -F version espencap)"
check_eq 'DKMS has signed it' 'DKMS module signing key' \
	"$(modinfo -k "$kernel" -F signer espencap)"
check_eq "that key is root's alone" 'root 600' "$(stat -c '%U %a' /var/lib/dkms/mok.key)"
check 'the module is signed by hand' sign
check_eq 'with that key' modules "$(modinfo -F signer "$LAB_OUT/espencap.ko")"
check_eq 'DKMS asks of a kernel what check-config does' "$(asked_by_check)" \
	"$(asked_by_dkms)"
check_eq "the tool's package has the files of make install, in the same places" \
	"$(made_files)" "$(installed_files)"
check_eq 'the service is enabled' enabled "$(systemctl is-enabled espencap)"
for page in espencapctl.8 espencap.7 espencap-secureboot.7; do
	check "there is a manual page $page" man -w "${page#*.}" "${page%.*}"
done

check 'make install goes not over the packages, and says what makes room' \
	refuses '"apt remove espencap espencap-dkms"' make -C "$checkout" install

a_kernel 4.19.0-27-amd64
skips 4.19.0-27-amd64 'no module for kernel 4\.19\.0-27-amd64.*from 5\.10 to 7\.x'
a_kernel 8.0.1-amd64
skips 8.0.1-amd64 'no module for kernel 8\.0\.1-amd64.*from 5\.10 to 7\.x'
a_kernel 6.1.0-99-lab INET6_ESP
skips 6.1.0-99-lab 'no module for kernel 6\.1\.0-99-lab.*CONFIG_INET6_ESP is missing'
mkdir /lib/modules/6.1.0-98-lab
skips 6.1.0-98-lab 'headers for this kernel do not seem to be installed'
a_kernel 6.1.0-97-lab INET_ESP
built=0
dkms build "espencap/$mine" -k 6.1.0-97-lab > "$LAB_OUT/said" 2>&1 || built=$?
check_eq 'dkms, asked for such a kernel, skips it' 77 $built
rm -r /lib/modules/6.1.0-97-lab

# DKMS's own way to bring a module to where it is not compiled, where its script for
# packages looks for it.
check 'the module is archived' dkms mktarball "espencap/$mine" -k "$kernel"
archive=/usr/share/espencap-dkms/espencap-$mine.dkms.tar.gz
mkdir "${archive%/*}"
find /var/lib/dkms/espencap -name '*.tar.gz' -exec cp {} "$archive" \;
cp "$archive" /lab/newer.tar.gz

dpkg-deb -R "$checkout/espencap-dkms_${mine}_all.deb" "$LAB_OUT/broken"
sed -i '2i exit 1' "$LAB_OUT/broken/DEBIAN/preinst"
dpkg-deb -b "$LAB_OUT/broken" "$LAB_OUT/broken.deb" > /dev/null
check_not 'an upgrade fails' dpkg -i "$LAB_OUT/broken.deb"
check_eq 'the package is as it was' "$mine" "$(version espencap-dkms)"
check_eq 'and so is the module' "$mine" "$(modinfo -k "$kernel" -F version espencap)"
rm -r "${archive%/*}"

plan_done
