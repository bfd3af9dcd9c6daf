# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# libreswan's pluto in a namespace, with nothing shared but the programs. These are
# in /opt/libreswan (see tests/lab/root-beside).

readonly pluto_programs=/opt/libreswan/usr/libexec/ipsec

# pluto_start NS: its configuration, secrets, NSS database and sockets are its own,
# in $LAB_OUT/pluto-NS; whack_in NS reaches it.
pluto_start() {
	local ns=$1 dir=$LAB_OUT/pluto-$1
	mkdir -p "$dir"/{run,nss,ipsec.d} /usr/libexec/ipsec
	certutil -N -d "sql:$dir/nss" --empty-password
	echo 'config setup' > "$dir/ipsec.conf"
	echo ': PSK "nobody knows it"' > "$dir/ipsec.secrets"
	chmod 600 "$dir/ipsec.secrets"
	# It looks for its helpers where the package would have put them.
	spawn "pluto-$ns.log" ip netns exec "$ns" unshare --mount sh -c "
		mount --bind $dir/run /run &&
		mount --bind $pluto_programs /usr/libexec/ipsec &&
		exec /usr/libexec/ipsec/pluto --nofork --stderrlog --no-dnssec \
			--config $dir/ipsec.conf --secretsfile $dir/ipsec.secrets \
			--ipsecdir $dir/ipsec.d --nssdir $dir/nss \
			--dumpdir $dir/run --rundir $dir/run"
	until_true 60 grep -q 'listening for IKE messages' "$LAB_OUT/pluto-$ns.log" ||
		die "pluto does not start: $(tail -n 20 "$LAB_OUT/pluto-$ns.log")"
}

# whack_in NS WORDS...
whack_in() {
	local ns=$1
	shift
	in_ns "$ns" "$pluto_programs/whack" \
		--ctlsocket "$LAB_OUT/pluto-$ns/run/pluto.ctl" "$@"
}

# pluto_connection NS HERE THERE INNER_HERE INNER_THERE [MORE...]: one IKEv2
# connection, "tunnel", with a pre-shared key, that fits charon's (charon.sh). MORE
# are options of it, such as dpddelay=2. IKEv2 is the default.
pluto_connection() {
	local ns=$1 file=$LAB_OUT/pluto-$1/ipsec.conf
	local options=(authby=secret "left=$2" "right=$3"
		"leftsubnet=$4" "rightsubnet=$5" ike=aes128-sha2_256-dh31
		esp=aes_gcm128 pfs=no leftupdown=%disabled "${@:6}")
	{
		echo 'config setup'
		echo 'conn tunnel'
		# What belongs to a section must be indented.
		printf ' %s\n' "${options[@]}"
	} > "$file"
	in_ns "$ns" "$pluto_programs/addconn" --config "$file" \
		--ctlsocket "$LAB_OUT/pluto-$ns/run/pluto.ctl" tunnel
}

# pluto_rekey NS: the SAs of the tunnel; versions 4 and 5 call them differently.
pluto_rekey() {
	whack_in "$1" --rekey-child --name tunnel ||
		whack_in "$1" --rekey-ipsec --name tunnel
}
