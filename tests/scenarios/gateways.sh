# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# What most scenarios begin with: two gateways, a wire, and SAs between them.
#
#      a ──────── wire ──────── b
#   192.0.2.1               192.0.2.2        outer, IPv4 (4)
#   2001:db8::1             2001:db8::2      outer, IPv6 (6)
#   10.1.0.1                10.2.0.1         inner, IPv4
#   fd00:1::1               fd00:2::1        inner, IPv6
#
# The interfaces are called a (in a) and b (in b). A scenario sources this file
# after lib.sh.

declare -A outer_a=([4]=192.0.2.1 [6]=2001:db8::1)
declare -A outer_b=([4]=192.0.2.2 [6]=2001:db8::2)
declare -A inner_a=([4]=10.1.0.1 [6]=fd00:1::1)
declare -A inner_b=([4]=10.2.0.1 [6]=fd00:2::1)
declare -A bits=([4]=32 [6]=128)
declare -A prefix=([4]=24 [6]=64)

# rfc4106(gcm(aes)): 16 bytes of key, 4 of salt; one for each direction
readonly key_ab=0x000102030405060708090a0b0c0d0e0f10111213
readonly key_ba=0x202122232425262728292a2b2c2d2e2f30313233

# What ESP adds to a packet of LEN bytes, with that cipher: header 8, IV 8,
# padding up to 4 bytes with its two trailing bytes, ICV 16.
esp_length() {
	echo $((8 + 8 + (($1 + 2 + 3) & ~3) + 16))
}

# gateways: makes a, b and the wire, and gives them all addresses.
gateways() {
	local v
	ns_add a b
	link a a b b
	for v in 4 6; do
		ip -n a addr add "${outer_a[$v]}/${prefix[$v]}" dev a
		ip -n b addr add "${outer_b[$v]}/${prefix[$v]}" dev b
		ip -n a addr add "${inner_a[$v]}/${bits[$v]}" dev lo
		ip -n b addr add "${inner_b[$v]}/${bits[$v]}" dev lo
		ip -n a -"$v" route add "${inner_b[$v]}" dev a \
			src "${inner_a[$v]}"
		ip -n b -"$v" route add "${inner_a[$v]}" dev b \
			src "${inner_b[$v]}"
	done
}

# sa NS FROM TO SPI REQID KEY MODE [MORE...]: one SA. MORE goes to ip xfrm.
sa() {
	local ns=$1 from=$2 to=$3 spi=$4 reqid=$5 key=$6 mode=$7
	shift 7
	ip -n "$ns" xfrm state add src "$from" dst "$to" proto esp \
		spi "$spi" reqid "$reqid" mode "$mode" replay-window 128 \
		flag esn aead 'rfc4106(gcm(aes))' "$key" 128 "$@"
}

# sa_pair FROM_NS FROM TO_NS TO SPI REQID KEY MODE: one direction, both ends.
sa_pair() {
	sa "$1" "$2" "$4" "$5" "$6" "$7" "$8"
	sa "$3" "$2" "$4" "$5" "$6" "$7" "$8"
}

# tunnel_policies NS OUTER_HERE OUTER_THERE INNER_HERE INNER_THERE REQID
tunnel_policies() {
	local ns=$1 here=$2 there=$3 inside=$4 beyond=$5 reqid=$6 dir
	ip -n "$ns" xfrm policy add src "$inside" dst "$beyond" dir out \
		tmpl src "$here" dst "$there" proto esp reqid "$reqid" mode tunnel
	for dir in in fwd; do
		ip -n "$ns" xfrm policy add src "$beyond" dst "$inside" \
			dir "$dir" tmpl src "$there" dst "$here" proto esp \
			reqid "$reqid" mode tunnel
	done
}

# tunnel OUTER INNER: an ESP tunnel over IPv OUTER that carries IPv INNER.
# SPIs: 0x1OI00 from a to b, 0x2OI00 from b to a; the reqid is OI.
tunnel() {
	local o=$1 i=$2
	sa_pair a "${outer_a[$o]}" b "${outer_b[$o]}" "0x1${o}${i}00" "$o$i" \
		"$key_ab" tunnel
	sa_pair b "${outer_b[$o]}" a "${outer_a[$o]}" "0x2${o}${i}00" "$o$i" \
		"$key_ba" tunnel
	tunnel_policies a "${outer_a[$o]}" "${outer_b[$o]}" \
		"${inner_a[$i]}" "${inner_b[$i]}" "$o$i"
	tunnel_policies b "${outer_b[$o]}" "${outer_a[$o]}" \
		"${inner_b[$i]}" "${inner_a[$i]}" "$o$i"
}

# transport V: ESP in transport mode between the outer addresses; the reqid is
# 7V. IKE and neighbour discovery stay in the clear: only ICMP echo, TCP and
# UDP to port 7 are selected.
transport() {
	local v=$1 proto
	local here there ns
	sa_pair a "${outer_a[$v]}" b "${outer_b[$v]}" "0x17${v}00" "7$v" \
		"$key_ab" transport
	sa_pair b "${outer_b[$v]}" a "${outer_a[$v]}" "0x27${v}00" "7$v" \
		"$key_ba" transport
	for ns in a b; do
		here=${outer_a[$v]} there=${outer_b[$v]}
		[ "$ns" = a ] || here=${outer_b[$v]} there=${outer_a[$v]}
		for proto in 'icmp type 8' 'icmp type 0' 'ipv6-icmp type 128' \
			     'ipv6-icmp type 129' 'tcp' 'udp dport 7'; do
			case $proto in
			icmp*) [ "$v" = 4 ] || continue ;;
			ipv6*) [ "$v" = 6 ] || continue ;;
			esac
			# shellcheck disable=SC2086 # a protocol and its type
			ip -n "$ns" xfrm policy add src "$here" dst "$there" \
				proto $proto dir out tmpl src "$here" \
				dst "$there" proto esp reqid "7$v" mode transport
			# shellcheck disable=SC2086
			ip -n "$ns" xfrm policy add src "$there" dst "$here" \
				proto $proto dir in tmpl src "$there" \
				dst "$here" proto esp reqid "7$v" mode transport
		done
	done
}

# xfrm_clear NS...: no SAs, no policies.
xfrm_clear() {
	local ns
	for ns; do
		ip -n "$ns" xfrm state flush
		ip -n "$ns" xfrm policy flush
	done
}

# ctl NS WORDS...: espencapctl in a namespace.
ctl() {
	local ns=$1
	shift
	in_ns "$ns" espencapctl "$@"
}

# serve PORT [FORMAT]: both gateways speak to each other on a port, over both
# families.
serve() {
	local port=$1 v
	ctl a port add "$port" ${2:+format "$2"}
	ctl b port add "$port" ${2:+format "$2"}
	for v in 4 6; do
		ctl a peer add "${outer_b[$v]}" port "$port"
		ctl b peer add "${outer_a[$v]}" port "$port"
	done
}

# pings NS FROM TO [COUNT [MORE...]]: every ping is answered.
pings() {
	local ns=$1 from=$2 to=$3 count=${4:-3}
	shift $(($# < 4 ? $# : 4))
	in_ns "$ns" ping -q -n -i 0.01 -W 5 -w 30 -c "$count" -I "$from" "$@" "$to"
}

# stat NS port|peer SELECTOR NAME: one counter.
stat() {
	ctl "$1" -j -s "$2" show "$3" | jq ".[0].stats.$4"
}

# xfrm_errors NS: the sum of all XFRM error counters of a namespace.
xfrm_errors() {
	in_ns "$1" awk '{ sum += $2 } END { print sum + 0 }' /proc/net/xfrm_stat
}
