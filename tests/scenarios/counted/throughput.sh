#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 1800 s
# TCP through espencap against TCP through native ESP, in the same machine.
#
#      a ════ null cipher ════ b
#
# Five transfers of 32 MB each way of carrying them, in turn; the median must be at least
# nine tenths. (Eight, where the veths take apart what goes in one piece, as a NIC does:
# native ESP is decrypted before IP sees it then, which nobody can do for UDP without a
# checksum.) It wants a guest whose clock counts instructions (lab run --counting), so
# that nothing else on the machine matters.
# shellcheck source=../../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=../gateways.sh
. ./gateways.sh
# shellcheck source=../tcp.sh
. ./tcp.sh

readonly amount=32000000

# null_sas V: without cryptography, which would take nearly all of the time.
null_sas() {
	local v=$1 ns
	for ns in a b; do
		ip -n $ns xfrm state add src "${outer_a[$v]}" dst "${outer_b[$v]}" \
			proto esp spi 0x10 reqid "$v$v" mode tunnel \
			replay-window 1024 flag esn af-unspec \
			auth digest_null '' enc cipher_null ''
		ip -n $ns xfrm state add src "${outer_b[$v]}" dst "${outer_a[$v]}" \
			proto esp spi 0x20 reqid "$v$v" mode tunnel \
			replay-window 1024 flag esn af-unspec \
			auth digest_null '' enc cipher_null ''
	done
	policies "$v" "$v"
}

median() {
	printf '%s\n' "$@" | sort -n | sed -n "$((($# + 1) / 2))p"
}

# use ours|native V
use() {
	if [ "$1" = ours ]; then
		ctl a peer add "${outer_b[$2]}" port 2797
		ctl b peer add "${outer_a[$2]}" port 2797
	else
		ctl a peer del "${outer_b[$2]}"
		ctl b peer del "${outer_a[$2]}"
		ip -n a -"$2" route flush cache
		ip -n b -"$2" route flush cache
	fi
	# so that XFRM knows before
	pings a "${inner_a[$2]}" "${inner_b[$2]}" 3 > /dev/null
}

# compared SETTING V TENTHS
compared() {
	local what="$1, IPv$2" v=$2 tenths=$3 n ours=() native=()
	null_sas "$v"
	for n in 1 2 3 4 5; do
		tcp "$what, native, $n" "${inner_a[$v]}" "${inner_b[$v]}" $amount
		native+=("$rate")
		use ours "$v"
		tcp "$what, ours, $n" "${inner_a[$v]}" "${inner_b[$v]}" $amount
		ours+=("$rate")
		[ $n = 5 ] || use native "$v"
	done
	note "$what: $(($(median "${ours[@]}") * 100 / $(median "${native[@]}"))) % of native"
	check "$what: $tenths tenths of native ESP" test $(($(median "${ours[@]}") * 10)) \
		-ge $(($(median "${native[@]}") * tenths))
	capture w b fragments.pcap "$fragments"
	tcp "$what, once more" "${inner_a[$v]}" "${inner_b[$v]}" 4000000
	capture_stop fragments.pcap
	wire_none "$what: no fragment" fragments.pcap "$fragments"
	check_eq "$what: XFRM has no errors" '0 0' "$(xfrm_errors a) $(xfrm_errors b)"
	use native "$v"
	xfrm_clear a b
}

module_load
gateways
ctl a port add 2797 learn off
ctl b port add 2797 learn off
for v in 4 6; do
	compared plain $v 9
done
for ns in a b; do
	in_ns $ns ethtool -K $ns gro on rx-gro-list on > /dev/null
done
modprobe esp4_offload
modprobe esp6_offload
for v in 4 6; do
	compared 'GRO, offload modules, single packets' $v 8
done
# as veths are by default: they take what goes in one piece as it is
for interface in "a a" "w a" "w b" "b b"; do
	# shellcheck disable=SC2086 # two words
	set -- $interface
	in_ns "$1" ethtool -K "$2" tx on tx-udp-segmentation on > /dev/null
done
for v in 4 6; do
	compared 'GRO, offload modules' $v 9
done

plan_done
