#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# What lintian has to say, of the source package and of what it makes.
# shellcheck source=lib.sh
. /lab/packages/lib.sh

lintian_is_content() {
	lintian --allow-root --fail-on error,warning --info \
		"$checkout"/*.deb "$LAB_OUT"/*.dsc
}

check 'apt install lintian' apt-get --no-install-recommends install lintian
check 'make-deb --source' "$checkout/scripts/make-deb" --source "$LAB_OUT"
check 'lintian finds neither errors nor warnings' lintian_is_content

sed -i 's/^ESPENCAP_VERSION := .*/ESPENCAP_VERSION := 9.9.9/' "$checkout/Kbuild"
check 'another version in the changelog than in Kbuild is refused' \
	refuses 'debian/changelog has version .*, Kbuild has 9.9.9' \
	make -C "$checkout" deb OUT="$LAB_OUT"

plan_done
