# shellcheck shell=bash disable=SC2154 # what lib.sh defines
# SPDX-License-Identifier: GPL-2.0
# strongSwan's charon in a namespace, with nothing shared but the programs.

# charon_start NS: /etc/swanctl, /etc/strongswan.conf and /run are its own, in
# $LAB_OUT/charon-NS; swanctl_in NS reaches it.
charon_start() {
	local ns=$1 dir=$LAB_OUT/charon-$1
	mkdir -p "$dir/run"
	cat > "$dir/strongswan.conf" <<-EOF
		charon {
			load_modular = yes
			install_routes = no
			# not 5 s
			delete_rekeyed_delay = 1
			plugins {
				include /etc/strongswan.d/charon/*.conf
				# it would let on-link prefixes pass unencrypted
				bypass-lan {
					load = no
				}
			}
			filelog {
				stderr {
					default = 1
					ike = 2
					knl = 2
				}
			}
		}
	EOF
	spawn "charon-$ns.log" ip netns exec "$ns" unshare --mount sh -c "
		mount --bind $dir/run /run &&
		STRONGSWAN_CONF=$dir/strongswan.conf exec /usr/lib/ipsec/charon"
	until_true 60 test -S "$dir/run/charon.vici" ||
		die "charon does not start: $(tail -n 20 "$LAB_OUT/charon-$ns.log")"
}

# swanctl_in NS WORDS...
swanctl_in() {
	local ns=$1
	shift
	in_ns "$ns" swanctl "$@" --uri "unix://$LAB_OUT/charon-$ns/run/charon.vici"
}

# charon_config HERE THERE INNER_HERE INNER_THERE [MORE]: prints one IKEv2 connection
# with a pre-shared key. MORE is written into the connection, after all else, so that it
# can also change what stands there.
charon_config() {
	cat <<-EOF
		connections {
			tunnel {
				version = 2
				proposals = aes128-sha256-x25519
				local_addrs = $1
				remote_addrs = $2
				local { auth = psk
					id = $1 }
				remote { auth = psk
					id = $2 }
				children { tunnel {
					local_ts = $3
					remote_ts = $4
					esp_proposals = aes128gcm16
				} }
				${5:-}
			}
		}
		secrets { ike { secret = "nobody knows it" } }
	EOF
}

# charon_connection NS HERE THERE INNER_HERE INNER_THERE [MORE]: gives charon this
# configuration, in place of what it had.
charon_connection() {
	local ns=$1 file=$LAB_OUT/charon-$1/swanctl.conf
	charon_config "${@:2}" > "$file"
	swanctl_in "$ns" --load-all --file "$file" --noprompt
}

# spis: of all SAs in a, one a line.
spis() {
	ip -n a xfrm state | awk '$3 == "spi" { print $4 }' | sort
}

# rekeyed: none of the SAs is there whose SPIs are in $LAB_OUT/spis.
rekeyed() {
	! grep -qxFf "$LAB_OUT/spis" <(spis)
}

# reqids NS: of all its SAs, one a line.
reqids() {
	ip -n "$1" xfrm state | grep -oP 'reqid \K[0-9]+' | sort -u
}

# ike_spis NS: of all IKE SAs that charon has, one a line.
ike_spis() {
	swanctl_in "$1" --list-sas --raw |
		grep -oP 'initiator-spi=\K[0-9a-f]+' | sort
}

# ike_rekeyed NS: there is one IKE SA, and its SPI is not in $LAB_OUT/ike-spis.
ike_rekeyed() {
	local now
	now=$(ike_spis "$1")
	[[ $now =~ ^[0-9a-f]+$ ]] && ! grep -qxF "$now" "$LAB_OUT/ike-spis"
}

# informationals NS: how many such messages charon has got and understood. Those
# that come by themselves are requests and answers of dead peer detection.
informationals() {
	grep -c 'parsed INFORMATIONAL' "$LAB_OUT/charon-$1.log" || true
}

# informed NS COUNT: it has got that many.
informed() {
	[ "$(informationals "$1")" -ge "$2" ]
}
