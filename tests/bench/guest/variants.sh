# shellcheck shell=bash disable=SC2154,SC2034 # what lib.sh and path.sh define
# SPDX-License-Identifier: GPL-2.0
# What is compared: the ways from g1 to g2. A variant is a function variant_NAME.

# Without cryptography; and with an ICV, which learning demands, but with no
# encryption.
readonly null=(auth digest_null '' enc cipher_null '')
readonly icv=(auth-trunc 'hmac(sha1)'
	0x000102030405060708090a0b0c0d0e0f10111213 96 enc cipher_null '')

declare -A spi_there=([4]=0x1004 [6]=0x1006)
declare -A spi_back=([4]=0x2004 [6]=0x2006)
declare -A any=([4]=0.0.0.0 [6]=::)

# sas V MORE...: both directions, at both ends. MORE goes to ip xfrm: the
# algorithms, and a template.
sas() {
	local v=$1 ns
	shift
	for ns in g1 g2; do
		ip -n $ns xfrm state add src "${outer_1[$v]}" dst "${outer_2[$v]}" \
			proto esp spi "${spi_there[$v]}" reqid "$v" mode tunnel \
			replay-window 32 "$@"
		ip -n $ns xfrm state add src "${outer_2[$v]}" dst "${outer_1[$v]}" \
			proto esp spi "${spi_back[$v]}" reqid "$v" mode tunnel \
			replay-window 32 "$@"
	done
}

# policies V NS NET_HERE OUTER_HERE NET_THERE OUTER_THERE
policies() {
	local v=$1 ns=$2 dir
	ip -n "$ns" xfrm policy add src "$3" dst "$5" dir out \
		tmpl src "$4" dst "$6" proto esp reqid "$v" mode tunnel
	for dir in in fwd; do
		ip -n "$ns" xfrm policy add src "$5" dst "$3" dir $dir \
			tmpl src "$6" dst "$4" proto esp reqid "$v" mode tunnel
	done
}

# tunnel V MORE...
tunnel() {
	local v=$1
	sas "$@"
	policies "$v" g1 "${near_net[$v]}" "${outer_1[$v]}" \
		"${far_net[$v]}" "${outer_2[$v]}"
	policies "$v" g2 "${far_net[$v]}" "${outer_2[$v]}" \
		"${near_net[$v]}" "${outer_1[$v]}"
}

# tunnels MORE...: one over IPv4 and one over IPv6.
tunnels() {
	tunnel 4 "$@"
	tunnel 6 "$@"
}

# Two hops that do nothing but forward.
variant_plain() { :; }

variant_native() { tunnels "${null[@]}"; }
variant_native_icv() { tunnels "${icv[@]}"; }

# The kernel's own: SAs with a template, and on each side a socket with UDP_ENCAP.
kernels_own() {
	local encap=$1 type=$2 port=$3 v
	for v in 4 6; do
		tunnel $v "${null[@]}" encap "$encap" "$port" "$port" "${any[$v]}"
		socket g1 "${outer_1[$v]}" "$port" "$type"
		socket g2 "${outer_2[$v]}" "$port" "$type"
	done
}

variant_espinudp() { kernels_own espinudp 2 4500; }
variant_espinudp_nonike() { kernels_own espinudp-nonike 1 500; }

ctl() {
	local ns=$1
	shift
	in_ns "$ns" espencapctl "$@"
}

# static FORMAT PORT: peers that were added, on both sides.
static() {
	local format=$1 port=$2 ns v
	module_load
	for ns in g1 g2; do
		ctl $ns port add "$port" format "$format"
	done
	for v in 4 6; do
		ctl g1 peer add "${outer_2[$v]}" port "$port"
		ctl g2 peer add "${outer_1[$v]}" port "$port"
	done
}

variant_bare() { tunnels "${null[@]}"; static bare 2797; }
variant_rfc3948() { tunnels "${null[@]}"; static rfc3948 4500; }
variant_non_ike() { tunnels "${null[@]}"; static non-ike 500; }

ping_back() {
	in_ns g2 ping -q -n -c 3 -i 0.01 -W 5 -I "${far[$1]}" "${near[$1]}"
}

# learned FORMAT PORT: peers that both sides have learned: g1 from g2, which was
# told, and g2 from g1, once it was told no more.
learned() {
	local ns v
	static "$@"
	for v in 4 6; do
		ctl g1 peer del "${outer_2[$v]}"
		ping_back $v
		ctl g2 peer del "${outer_1[$v]}"
		in_ns g1 ping -q -n -c 3 -i 0.01 -W 5 -I "${near[$v]}" "${far[$v]}"
	done
	for ns in g1 g2; do
		ctl $ns -j peer show | jq -e 'length == 2' ||
			die "$ns has not learned: $(ctl $ns -s port show)"
	done
}

variant_bare_learned() { tunnels "${icv[@]}"; learned bare 2797; }
variant_rfc3948_learned() { tunnels "${icv[@]}"; learned rfc3948 4500; }
variant_non_ike_learned() { tunnels "${icv[@]}"; learned non-ike 500; }
