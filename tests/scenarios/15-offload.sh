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
	in_ns a nft -j list counter inet watch large |
		jq '.nftables[1].counter.packets'
}

# each_once WHAT FILE V OFFSET SPI: no number of an SA appears twice, and none is
# missing; OFFSET is where the sequence number is in the IP packet.
each_once() {
	local what=$1 file=$2 v=$3 offset=$4 spi=$5 numbers
	numbers=$(packets_of "$file" "udp and ip${v#4}[$((offset - 4)):4] = $spi" |
		cut -c "$((2 * offset + 1))-$((2 * offset + 8))" | sort)
	check_eq "$what: each number is there once" "$(uniq <<< "$numbers" | wc -l)" \
		"$(wc -l <<< "$numbers")"
	check_eq "$what: none is missing" \
		"$((16#$(tail -n 1 <<< "$numbers")))" "$(wc -l <<< "$numbers")"
}

# carried WHAT OUTER FROM TO SPI: through the SAs that there are now.
carried() {
	local what=$1 o=$2 from=$3 to=$4 spi=$5 file before
	file=${what// /-}.pcap
	before=$(large)
	capture w b "$file"
	check "$what: pings" pings a "$from" "$to" 30 -p $secret
	tcp "$what" "$from" "$to" 600000
	tcp "$what, other way" "$from" "$to" 600000 back
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
	check_eq "$what: none dropped" '0 0 0' "$(counter a port 2797 tx_unencrypted) $(
		counter a port 2797 tx_no_memory) $(counter b port 2797 tx_unencrypted)"
}

modprobe esp4_offload
modprobe esp6_offload
module_load
gateways
watch_output
serve 2797
for o in 4 6; do
	for i in 4 6; do
		tunnel $o $i
		carried "IPv$i in IPv$o" $o "${inner_a[$i]}" "${inner_b[$i]}" \
			0x10${o}${i}00
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
