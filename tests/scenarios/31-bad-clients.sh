#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# time limit: 420 s
# Clients that have keys, and mean harm or are just odd; and what lies between them
# and XFRM.
#
#   c ──┐
#       r ──┬── g      see nat.sh
#   d ──┘   x
#
# Whatever they do, another client's peer is where this client is.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh
# shellcheck source=nat.sh
. ./nat.sh

readonly gate=${gateway[4]} home=${client[4]} nat=${public[4]} far=${outsider[4]}
readonly key_x=0x303132333435363738393a3b3c3d3e3f40414243

packets_in() {
	grep -c . "$LAB_OUT/$1" || true
}

has_packets() {
	[ "$(packets_in "$1")" -gt "$2" ]
}

clear() {
	for ns in c d g x; do ctl $ns flush; done
	xfrm_clear c d g x
	nat_map 45000-45000
}

counts() {
	test_counter "$4" "$1" port "$2" "$3"
}

module_load
nat_topology
nat_another
nat_outsider
receiver g "$gate" 4500 ike-g 2
receiver c "$home" 4500 ike-c 2

# What is in a packet of the client's own SA makes XFRM drop it without a word to ESP.
# What comes next has the same memory; it is a neighbour's, who never used the port.
nat_map 45000-45000
nat_sas 4 "$nat" tunnel 45000
nat_policies 4 "$nat"
for ns in x g; do sa $ns "$far" "$gate" 0x3000 7 "$key_x" transport; done
ip -n x xfrm policy add src "$far" dst "$gate" dir out \
	tmpl src "$far" dst "$gate" proto esp reqid 7 mode transport
ctl g port add 2797
ctl x port add 2797 learn off
ctl x peer add "$gate" port 2797
capture between g stale.pcap
# From the first on, so that both have the same numbers.
in_ns x python3 -S ./alternate.py 60 "$gate" c 10.2.0.1 10.1.0.1
check 'dropped packets of a client, between those of a neighbour: ping' \
	pings c 10.2.0.1 10.1.0.1
capture_stop stale.pcap
check 'there were such packets' \
	test "$(counter g port 2797 rx_packets)" -ge 50
wire_some 'and those of the neighbour' stale.pcap \
	'udp dst port 4500 and udp[8:4] = 0x1000' 60
check_eq 'nobody was learned' 0 "$(counter g port 2797 peers_learned)"
wire_none 'nothing goes to the client that is for its neighbour' stale.pcap \
	"dst host $far and udp[8:4] = 0x2000"
clear

# Without reqids, two cannot be told apart; what one sends to 4500 says nothing of
# where the other is.
sa c "$home" "$gate" 0x1000 0 "$key_ab" tunnel
sa c "$gate" "$home" 0x2000 0 "$key_ba" tunnel
sa g "$nat" "$gate" 0x1000 0 "$key_ab" tunnel
sa g "$gate" "$nat" 0x2000 0 "$key_ba" tunnel sel src 10.1.0.1 dst 10.2.0.1
tunnel_policies c "$home" "$gate" 10.2.0.1 10.1.0.1 0
tunnel_policies g "$gate" "$nat" 10.1.0.1 10.2.0.1 0
ctl c port add 2797 learn off
ctl c peer add "$gate" port 2797
ctl g port add 2797
check 'no reqids: ping' pings c 10.2.0.1 10.1.0.1
sa d 172.17.0.2 "$gate" 0x1200 0 "$key_x" tunnel encap espinudp 4500 4500 0.0.0.0
sa g "$nat" "$gate" 0x1200 0 "$key_x" tunnel encap espinudp 45000 4500 0.0.0.0
ip -n d xfrm policy add src 10.2.0.2 dst 10.1.0.1 dir out \
	tmpl src 172.17.0.2 dst "$gate" proto esp mode tunnel
capture between g neighbour.pcap
attempts d 10.2.0.2 10.1.0.1 2
capture_stop neighbour.pcap
wire_some 'no reqids: a neighbour sends to 4500' neighbour.pcap \
	'udp dst port 4500 and udp[8:4] = 0x1200' 2
check_eq 'no reqids: the client is still the peer' "$nat $(mapped_port 4 2797)" \
	"$(endpoint)"
check 'no reqids: and is reached' pings g 10.1.0.1 10.2.0.1
# Its own genuine packets: one as if from where the client is, one from elsewhere.
here=$(mapped_port 4 2797)
capture between r own.pcap
withhold attempts d 10.2.0.2 10.1.0.1 2
capture_stop own.pcap
for n in 1 2; do
	packet=$(payload 4 own.pcap 'udp dst port 4500 and udp[8:4] = 0x1200' $n)
	before=$(counter g port 2797 rx_packets)
	if [ $n = 1 ]; then
		in_ns x python3 -S "$datagram" send-from "$nat" "$here" "$gate" 2797 "$packet"
	else
		inject 4 6666 "$packet"
	fi
	await 5 "no reqids: packet $n of a neighbour arrives" \
		counts g 2797 rx_packets $((before + 1))
done
check_eq 'no reqids: the peer stays, whatever source a neighbour forges' \
	"$nat $here" "$(endpoint)"
clear

# Two SAs of the same second without a replay window, one peer for both. Replays of
# the one, first as from the client itself, then from elsewhere.
for ns in c g; do
	from=$home
	[ $ns = c ] || from=$nat
	for n in 1 2; do
		ip -n $ns xfrm state add src "$from" dst "$gate" proto esp spi 0x100$n \
			reqid $n mode tunnel aead 'rfc4106(gcm(aes))' "$key_ab" 128
	done
done
addr c lo 10.2.0.9/32
for n in 1 9; do
	ip -n c xfrm policy add src 10.2.0.$n dst 10.1.0.1 dir out tmpl \
		src "$home" dst "$gate" proto esp reqid $((n == 1 ? 1 : 2)) mode tunnel
done
ctl c port add 2797 learn off
ctl c peer add "$gate" port 2797
ctl g port add 2797
ctl g peer add "$nat" port 2797 endpoint "$nat:45000"
for first in 1 9; do
	capture between r old.pcap
	attempts c 10.2.0.$first 10.1.0.1 3
	attempts c 10.2.0.$((10 - first)) 10.1.0.1 3
	capture_stop old.pcap
	for spi in 1001 1002; do
		one=$(payload 4 old.pcap "udp dst port 2797 and udp[8:4] = 0x$spi" 1)
		two=$(payload 4 old.pcap "udp dst port 2797 and udp[8:4] = 0x$spi" 2)
		before=$(counter g port 2797 rx_packets)
		in_ns x python3 -S "$datagram" send-from "$nat" 45000 "$gate" 2797 "$one"
		inject 4 6666 "$two"
		await 5 "no window: replays of $spi arrive" counts g 2797 rx_packets \
			$((before + 2))
		check_eq "no window: replays of $spi: the peer stays" "$nat 45000" \
			"$(endpoint)"
	done
done
# Numbers that came as plain ESP are used up as well.
ctl c peer del "$gate"
capture between r plain.pcap
attempts c 10.2.0.1 10.1.0.1 3
capture_stop plain.pcap
packet=$(payload esp plain.pcap 'ip proto 50 and ip[20:4] = 0x1001')
before=$(counter g port 2797 rx_packets)
inject 4 6666 "$packet"
await 5 'no window: a replay of plain ESP arrives' counts g 2797 rx_packets \
	$((before + 1))
check_eq 'no window: a replay of plain ESP: the peer stays' "$nat 45000" "$(endpoint)"
clear

# To another port follows only who may be learned there.
nat_tunnel 4 "$nat"
ctl c port add 2797 learn off
ctl c port add 1293 learn off
ctl c peer add "$gate" port 2797
ctl g port add 2797
ctl g port add 1293 learn off
# on_port DESCRIPTION PORT: where the gateway has the peer.
on_port() {
	check_eq "$1" "$2" "$(ctl g -j peer | jq '.[0].port')"
}
check 'two ports: ping' pings c 10.2.0.1 10.1.0.1
ctl c peer del "$gate"
ctl c peer add "$gate" port 1293
attempts c 10.2.0.1 10.1.0.1 2
on_port 'two ports: learn off: the peer stays' 2797
ctl g port set 1293 learn on max-learned 0
before=$(counter g port 1293 refused_full)
attempts c 10.2.0.1 10.1.0.1 2
on_port 'two ports: no room: the peer stays' 2797
check 'two ports: no room: that is counted' \
	test "$(counter g port 1293 refused_full)" -gt "$before"
ctl g port set 1293 max-learned 1
check 'two ports: with room: ping' pings c 10.2.0.1 10.1.0.1
on_port 'two ports: with room: the peer follows' 1293
check_eq 'two ports: how many each has learned' '1 0' \
	"$(ctl g -j port | jq -r 'sort_by(.port) | map(.learned) | join(" ")')"

# Plain ESP ends it. Also with esp4_offload, after which a packet of a veth is not quite
# as from a wire; and where GRO gives it to XFRM before anybody else sees it. There its
# number is lost: the next one, a second later, shows that nothing comes in UDP.
spawn native.log ip netns exec g espencapctl -j monitor
until_true 10 grep -q monitoring "$LAB_OUT/native.log" || die 'no monitor'

# told N: how many have ended so.
told() {
	[ "$(grep -c '"peer-expired".*"reason":"native"' "$LAB_OUT/native.log")" = "$1" ]
}

# another_ping: and has the peer ended?
another_ping() {
	attempts c 10.2.0.1 10.1.0.1 1
	no_peers g
}

# turns_to_esp WHAT N: the client does; that is the Nth to end so.
turns_to_esp() {
	ctl c flush
	await 10 "$1: the peer has ended" another_ping
	await 5 "$1: that is told" told "$2"
}

# anew: as learned from UDP.
anew() {
	nat_map 45000-45000
	ctl c port add 2797 learn off
	ctl c peer add "$gate" port 2797
	check "$1: ping in UDP" pings c 10.2.0.1 10.1.0.1
	check_eq "$1: it is learned" "learned $nat 45000" \
		"$(ctl g -j peer | jq -r '.[0].origin') $(endpoint)"
}

turns_to_esp 'plain ESP' 1
clear
modprobe esp4_offload
nat_tunnel 4 "$nat"
ctl g port add 2797
anew 'with esp4_offload'
turns_to_esp 'plain ESP with esp4_offload' 2
clear
in_ns g ethtool -K wan gro on > /dev/null
in_ns between ethtool -K g tso off > /dev/null
nat_tunnel 4 "$nat"
ctl g port add 2797
anew 'with GRO'
# What was held up says nothing, whether something came in UDP meanwhile or not.
ctl c flush
capture between r late.pcap
withhold attempts c 10.2.0.1 10.1.0.1 3
capture_stop late.pcap
ctl c port add 2797 learn off
ctl c peer add "$gate" port 2797
for n in 1 2 3; do
	[ $n = 2 ] ||
		check "with GRO: ping in UDP before packet $n" pings c 10.2.0.1 10.1.0.1
	packet=$(packets_of late.pcap 'ip proto 50' | sed -n "${n}p")
	before=$(sa_packets g 0x1000)
	in_ns x python3 -S "$datagram" raw "$packet"
	await 5 "with GRO: plain ESP that is late: packet $n" sa_packets_are g 0x1000 \
		$((before + 1))
	# it is looked at once a second
	sleep 1.1
done
check_eq 'with GRO: plain ESP that is late: the peer stays' "$nat 45000" "$(endpoint)"
turns_to_esp 'plain ESP with GRO' 3
in_ns g ethtool -K wan gro off > /dev/null
clear
modprobe -r esp4_offload

# A port of 0 cannot be answered.
nat_tunnel 4 "$nat"
ctl c port add 2797 learn off
ctl c peer add "$gate" port 2797
ctl g port add 2797
capture between r zero.pcap
withhold attempts c 10.2.0.1 10.1.0.1 1
capture_stop zero.pcap
packet=$(payload 4 zero.pcap "udp dst port 2797")
in_ns x python3 -S "$datagram" send-from "$nat" 0 "$gate" 2797 "$packet"
await 5 'from port 0: it arrives' counts g 2797 rx_packets 1
check 'from port 0: nobody is learned' no_peers g
clear

# Where a program holds the port with UDP_ENCAP, SAs with a template are the
# kernel's: but only on the program's address.
nat_sas 4 "$nat" tunnel 45000
nat_policies 4 "$nat"
ctl c port add 2797 learn off
ctl c peer add "$gate" reqid 1 port 2797
ctl g port add 2797
receiver g 10.1.0.1 2797 elsewhere 2
check 'UDP_ENCAP on another address: ping' pings c 10.2.0.1 10.1.0.1
stop "$spawned"
check_eq 'UDP_ENCAP on another address: nothing is left to it' 0 \
	"$(counter g port 2797 rx_encap_sa)"
receiver g "$gate" 2797 here 2
attempts c 10.2.0.1 10.1.0.1 2
check_eq 'UDP_ENCAP on this address: it is left to the kernel' 2 \
	"$(counter g port 2797 rx_encap_sa)"
stop "$spawned"
clear

# A program that looks at every packet, before and after espencap.
no_icmp_errors g
for when in filter 'security + 300'; do
	in_ns g nft -f - <<-END
		table inet inspect {
			chain in {
				type filter hook input priority $when
				udp dport 2797 queue num 0
				meta l4proto esp queue num 0
			}
		}
	END
	spawn queue.log ip netns exec g python3 -S queue.py "$LAB_OUT/queued"
	queue=$spawned
	until_true 10 grep -q ready "$LAB_OUT/queued" || die 'no queue'
	nat_sas 4 "$nat" transport
	transport_policies c "$home" "$gate" 1
	transport_policies g "$gate" "$nat" 1
	ctl c port add 2797 learn off
	ctl c peer add "$gate" port 2797
	ctl g port add 2797
	what="a queue at priority $when"
	seen=$(packets_in queued)
	attempts c "$home" "$gate" 3
	# what lies between, from elsewhere
	# not more than a kernel that checks itself can queue
	spawn noise.log ip netns exec x python3 -S "$datagram" \
		flood "$gate" 2797 1000 00001000 200
	noise=$spawned
	check "$what: ping, among others' packets" pings c "$home" "$gate" 100
	check "$what: ping back" pings g "$gate" "$nat" 20
	receiver g "$gate" 7001 queued.udp
	in_ns c python3 -S "$datagram" send "$home" 7002 "$gate" 7001 c0ffee
	arrives "$what: UDP in transport mode" queued.udp "$nat 7002 c0ffee"
	stop "$spawned"
	wait "$noise"
	check "$what: the program has seen them" has_packets queued $((seen + 100))
	check_eq "$what: the peer is the client" "learned $nat 45000" \
		"$(ctl g -j peer | jq -r '.[0].origin') $(endpoint)"
	check_eq "$what: and has never moved" 0 "$(counter g port 2797 peers_moved)"
	clear
	in_ns g nft delete table inet inspect
	stop "$queue"
	rm "$LAB_OUT/queued"
done

plan_done
