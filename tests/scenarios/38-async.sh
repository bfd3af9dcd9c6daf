#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# time limit: 600 s
# Ciphers that answer later, perhaps on another CPU.
#
#      a ════ ping, TCP, floods ════ b
#
# pcrypt and cryptd stand before an ordinary cipher once somebody has asked for them by
# name; an SA made after that uses them. With esp4_offload and esp6_offload, packets
# then come back to espencap's own device, and the module must not go before them. A third
# cipher (tests/lab/cipher) answers no sooner than it is told to.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=tcp.sh
. ./tcp.sh

declare -A names=(
	[pcrypt]='pcrypt(rfc4106(gcm(aes)))'
	[cryptd]='cryptd(echainiv(authencesn(hmac(sha256),cbc(aes))))'
)
declare -A drivers=([pcrypt]='pcrypt(rfc4106' [cryptd]='cryptd(echainiv(authencesn(')

# users CIPHER: how often it is in use; fails if it is not there.
users() {
	awk -v driver="${drivers[$1]}" '
		$1 == "driver" { ours = index($3, driver) == 1 }
		$1 == "refcnt" && ours { there = 1; users += $3 - 1 }
		END { print users + 0; exit !there }' /proc/crypto
}

# asynchronous CIPHER: somebody asks for it by name. This is tcrypt, which asks once and
# does not stay: AF_ALG asks again as long as what came has another name than what was
# asked for, and 6.12 then puts pcrypt before pcrypt until the name is too long; and since
# 7.3 it knows only some names.
asynchronous() {
	modprobe tcrypt alg="${names[$1]}" type=3 2> /dev/null || true
	users "$1" > /dev/null || die "there is no ${names[$1]}"
}

in_use() {
	[ "$(users "$1")" -gt 0 ]
}

# sas CIPHER V: of a tunnel.
sas() {
	local cipher=$1 v=$2 ns from to spi
	if [ "$cipher" = pcrypt ]; then
		tunnel_sas "$v" "$v"
		return
	fi
	for ns in a b; do
		for spi in 0x10${v}${v}00 0x20${v}${v}00; do
			from=${outer_a[$v]} to=${outer_b[$v]}
			[[ $spi = 0x10* ]] || { from=${outer_b[$v]} to=${outer_a[$v]}; }
			ip -n $ns xfrm state add src "$from" dst "$to" proto esp \
				spi "$spi" reqid "$v$v" mode tunnel \
				replay-window 1024 flag esn af-unspec \
				enc 'cbc(aes)' 0x000102030405060708090a0b0c0d0e0f \
				auth-trunc 'hmac(sha256)' \
				0x000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f 128
		done
	done
}

# works WHAT CIPHER
works() {
	local what=$1 cipher=$2 v i pid floods=()
	module_load
	serve 2797
	for v in 4 6; do
		sas "$cipher" $v
		policies $v $v
		capture w b async.pcap
		check "$what, IPv$v: pings" pings a "${inner_a[$v]}" "${inner_b[$v]}" 50
		tcp "$what, IPv$v" "${inner_a[$v]}" "${inner_b[$v]}" 500000
		capture_stop async.pcap
		only_udp "$what, IPv$v" async.pcap 2797
		wire_checksums_ok "$what, IPv$v: checksums" async.pcap udp
	done
	check "$what: the SAs do use it" in_use "$cipher"
	check_eq "$what: none was dropped" '0 0' "$(counter a port 2797 tx_unencrypted) $(
		counter b port 2797 tx_unencrypted)"
	check_eq "$what: XFRM has no errors" '0 0' "$(xfrm_errors a) $(xfrm_errors b)"

	for v in 4 6; do
		spawn "flood-a-$v.log" ip netns exec a ping -q -f -s 1000 \
			-I "${inner_a[$v]}" "${inner_b[$v]}"
		floods+=("$spawned")
		spawn "flood-b-$v.log" ip netns exec b ping -q -f -s 1000 \
			-I "${inner_b[$v]}" "${inner_a[$v]}"
		floods+=("$spawned")
	done
	for ((i = 1; i <= 3; i++)); do
		moved() {
			[ "$(counter a port 2797 tx_packets)" -gt 100 ]
		}
		await 20 "$what: floods, round $i" moved
		check "$what: unload under them, round $i" module_unload
		module_load
		serve 2797
	done
	for pid in "${floods[@]}"; do
		stop "$pid" INT
	done
	check "$what: pings after that" pings a "${inner_a[4]}" "${inner_b[4]}" 5
	xfrm_clear a b
	check "$what: unload" module_unload
}

readonly late=/sys/module/latecipher/parameters

held() {
	[ "$(cat $late/held)" = "$1" ]
}

is_going() {
	grep -q '^espencap .*Unloading' /proc/modules
}

is_gone() {
	[ ! -d /sys/module/espencap ]
}

# switches PID: how often it has gone to sleep.
switches() {
	sed -n 's/^voluntary_ctxt_switches:\t//p' "/proc/$1/status"
}

# slept N: so often has the unloading, since it had begun.
slept() {
	[ $(($(switches "$unload") - sleeps)) -ge "$1" ]
}

# held_up V: requests of a are under way when the module is told to go.
held_up() {
	local v=$1 what="IPv$1, held up" pid unload sleeps
	module_load
	serve 2797
	tunnel "$v" "$v"
	check "$what: pings" pings a "${inner_a[$v]}" "${inner_b[$v]}" 10
	echo 1 > $late/hold
	spawn held.log ip netns exec a ping -q -n -c 5 -i 0.1 -W 60 \
		-I "${inner_a[$v]}" "${inner_b[$v]}"
	pid=$spawned
	await 20 "$what: five requests are under way" held 5
	module_settle a b
	spawn unload.log rmmod espencap
	unload=$spawned
	await 20 "$what: the module begins to go" is_going
	# It looks, sleeps, and looks again.
	sleeps=$(switches "$unload")
	await 20 "$what: and waits for them" slept 100
	check "$what: who are still under way" held 5
	echo 0 > $late/hold
	await 20 "$what: and goes when they are answered" is_gone
	await 20 "$what: the pings come through, as plain ESP" \
		grep -q ' 0% packet loss' "$LAB_OUT/held.log"
	stop "$pid"
	xfrm_clear a b
}

gateways
for cipher in pcrypt cryptd; do
	if ! modprobe $cipher 2> /dev/null; then
		lab_result 0 "$cipher # SKIP this kernel has none"
		continue
	fi
	asynchronous $cipher
	works "$cipher" $cipher
	modprobe esp4_offload
	modprobe esp6_offload
	# a faster cipher may have come meanwhile, which is not asynchronous yet
	asynchronous $cipher
	works "$cipher and offload modules" $cipher
	rmmod esp4_offload esp6_offload
done
# or it would stand before the ciphers of other scenarios as well
[ ! -d /sys/module/pcrypt ] || await 20 'pcrypt can go' rmmod pcrypt

insmod "${LAB_MODULE%/*}/latecipher.ko"
modprobe esp4_offload
modprobe esp6_offload
for v in 4 6; do
	held_up $v
done
rmmod esp4_offload esp6_offload
await 20 'the cipher can go' rmmod latecipher

plan_done
