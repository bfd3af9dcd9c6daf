#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# An older version on a gateway without its kernel's headers, which come later.  It knows
# neither pin nor peer set.
# shellcheck source=lib.sh
. /lab/packages/lib.sh

readonly older=0.0.1
source=$LAB_OUT/source

cp -r /lab/source "$source"
sed -i "s/^ESPENCAP_VERSION := .*/ESPENCAP_VERSION := $older/" "$source/Kbuild"
sed -i "1s/(.*)/($older)/" "$source/scripts/debian/changelog"
sed -i -e 's/\.maxattr = ARRAY_SIZE(peer_add_policy) - 1/.maxattr = ESPENCAP_A_KEEPALIVE/' \
	-e 's/\.cmd = ESPENCAP_CMD_PEER_SET/.cmd = 77/' "$source/kmod/netlink.c"
check_eq 'the older source knows less' 2 \
	"$(grep -cE 'maxattr = ESPENCAP_A_KEEPALIVE|cmd = 77' "$source/kmod/netlink.c")"
mkdir /root/older /root/newer
check 'make deb, of an older version' make -C "$source" deb OUT=/root/older
cp "$checkout"/*.deb /root/newer
cp /lab/newer.tar.gz /root/newer

# It stays, and so does what it recommends: their links are of no package.
check 'DKMS comes first' apt-get install dkms
files > /root/files-before
check 'it is installed without headers, and says that there is no module' \
	says 'skipped since the|No kernel headers' apt-get install /root/older/*.deb
check_eq 'both packages are installed' "$older $older" \
	"$(version espencap) $(version espencap-dkms)"
check_eq 'there is no module' '' "$(the_module)"
check 'with the headers' apt-get install "linux-headers-$kernel"
check_eq 'the module comes by itself' "$older" \
	"$(modinfo -k "$kernel" -F version espencap)"

plan_done
