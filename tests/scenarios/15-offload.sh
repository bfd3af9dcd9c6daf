#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 900 s
# SAs made while esp4_offload and esp6_offload are loaded, without such hardware.
#
#      a ════════ ping, TCP, UDP in ESP ════════ b
#   both: espencap, the offload modules
#
# Such an SA hands packets to LOCAL_OUT that are still to be encrypted, TCP's in
# pieces of up to 64 KB. They must get on the wire as ESP in UDP, each one right.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=tcp.sh
. ./tcp.sh

# What ping and iperf would have on the wire in plaintext.
readonly secret=657370656e636170

# What LOCAL_OUT sees before us: ESP that is larger than any packet.
watch_output() {
	in_ns a nft -f - <<-'END'
	table inet watch {
		counter large { }
		chain output {
			type filter hook output priority raw;
			meta l4proto esp meta length > 2000 counter name large
		}
	}
	END
}

large() {
	nft_seen a large
}

# numbers FILE FILTER OFFSET: the sequence numbers, sorted, in hexadecimal; OFFSET is where
# they are in the IP packet.
numbers() {
	packets_of "$1" "$2" | cut -c "$((2 * $3 + 1))-$((2 * $3 + 8))" | sort
}

# lacking: of the numbers in stdin, from 1 on, how many are not there.
lacking() {
	awk '{ last = $1 } END { print last, NR }' | {
		read -r last count
		echo $((16#$last - count))
	}
}

# each_once WHAT FILE V OFFSET SPI: no number of an SA appears twice, and none is missing.
each_once() {
	local what=$1 file=$2 v=$3 offset=$4 spi=$5
	numbers "$file" "udp and ip${v#4}[$((offset - 4)):4] = $spi" "$offset" \
		> "$LAB_OUT/numbers"
	check_eq "$what: each number is there once" "$(uniq "$LAB_OUT/numbers" | wc -l)" \
		"$(wc -l < "$LAB_OUT/numbers")"
	[ -z "$lossy" ] || return 0
	check_eq "$what: none is missing" 0 "$(lacking < "$LAB_OUT/numbers")"
}

dropped() {
	echo "$(counter a port 2797 tx_unencrypted) $(
		counter a port 2797 tx_no_memory) $(counter b port 2797 tx_unencrypted)"
}

# Is this a kernel that loses TCP in pieces of more than a packet in SAs of the other family,
# as 5.10 does? TCP then sends single packets.
kernel_loses() {
	tunnel 4 6
	capture w b lost.pcap
	tcp 'IPv6 in IPv4, before there is a port' "${inner_a[6]}" "${inner_b[6]}" 300000
	capture_stop lost.pcap
	xfrm_clear a b
	[ "$(numbers lost.pcap 'ip proto 50 and ip[20:4] = 0x104600' 24 | lacking)" != 0 ]
}

# carried WHAT OUTER FROM TO SPI: through the SAs that there are now.
carried() {
	local what=$1 o=$2 from=$3 to=$4 spi=$5 lossy=${6-} file before already
	file=${what// /-}.pcap
	before=$(large) already=$(dropped)
	capture w b "$file"
	check "$what: pings" pings a "$from" "$to" 30 -p $secret
	tcp "$what" "$from" "$to" 300000
	tcp "$what, other way" "$from" "$to" 300000 back
	capture_stop "$file"
	check "$what: TCP handed over more than a packet at once" \
		test "$(large)" -gt "$before"
	only_udp "$what" "$file" 2797
	packets_of "$file" udp > "$LAB_OUT/packets"
	check_not "$what: no plaintext" grep -q "$secret" "$LAB_OUT/packets"
	wire_checksums_ok "$what: checksums" "$file" udp
	each_once "$what" "$file" "$o" $((o == 4 ? 32 : 52)) "$spi"
	check "$what: pings that become fragments" pings a "$from" "$to" 5 -s 3000
	check_eq "$what: XFRM has no errors" '0 0' "$(xfrm_errors a) $(xfrm_errors b)"
	if [ -n "$lossy" ]; then
		lab_result 0 "$what: none is missing # SKIP $lossy"
		lab_result 0 "$what: none dropped # SKIP $lossy"
		return
	fi
	check_eq "$what: none dropped" "$already" "$(dropped)"
}

modprobe esp4_offload
modprobe esp6_offload
module_load
gateways
watch_output
of_other_family=''
! kernel_loses || of_other_family='this kernel loses such packets without us, too'
serve 2797
for o in 4 6; do
	for i in 4 6; do
		lossy=$of_other_family
		[ $o != $i ] || lossy=''
		tunnel $o $i
		carried "IPv$i in IPv$o" $o "${inner_a[$i]}" "${inner_b[$i]}" \
			0x10${o}${i}00 "$lossy"
		xfrm_clear a b
	done
done
for v in 4 6; do
	transport $v
	carried "transport, IPv$v" $v "${outer_a[$v]}" "${outer_b[$v]}" 0x170${v}00
	xfrm_clear a b
done

# Where no peer is, they leave as XFRM wants it, and nothing is counted.
tunnel 4 4
ctl a port set 2797 learn off
ctl a peer del "${outer_b[4]}"
capture w b native.pcap
check 'without a peer: pings' pings a "${inner_a[4]}" "${inner_b[4]}" 5
capture_stop native.pcap
wire_some 'without a peer: as plain ESP' native.pcap 'ip proto 50 and src host 192.0.2.1' 5
ctl a peer add "${outer_b[4]}" port 2797

check 'unload' module_unload
check 'and load again' module_load
serve 2797
check 'pings after that' pings a "${inner_a[4]}" "${inner_b[4]}" 5
# other scenarios are about kernels without them
xfrm_clear a b
await 10 'the offload modules can go' modprobe -r esp4_offload esp6_offload

plan_done
