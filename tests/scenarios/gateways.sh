# shellcheck shell=bash disable=SC2154,SC2034 # what lib.sh defines; what is used
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

# esp_fits LEN: the longest packet whose ESP has no more than so many bytes.
esp_fits() {
	echo $(((($1 - 8 - 8 - 16) & ~3) - 2))
}

# gateways: makes a, b and the wire, and gives them all addresses. The wire is a
# namespace of its own, w, where "capture w b FILE" sees what is between them;
# in a gateway itself, a capture sees decrypted packets as well.
gateways() {
	ns_add a b
	gateways_connect
}

# gateways_connect: the same, when a and b are there.
gateways_connect() {
	local v
	wire w a a b b
	addr a a "${outer_a[4]}/${prefix[4]}" "${outer_a[6]}/${prefix[6]}"
	addr b b "${outer_b[4]}/${prefix[4]}" "${outer_b[6]}/${prefix[6]}"
	addr a lo "${inner_a[4]}/${bits[4]}" "${inner_a[6]}/${bits[6]}"
	addr b lo "${inner_b[4]}/${bits[4]}" "${inner_b[6]}/${bits[6]}"
	for v in 4 6; do
		ip -n a -"$v" route add "${inner_b[$v]}" dev a \
			src "${inner_a[$v]}"
		ip -n b -"$v" route add "${inner_a[$v]}" dev b \
			src "${inner_b[$v]}"
	done
}

# sa_line FROM TO SPI REQID KEY MODE [MORE...]: one SA, as a line for ip. MORE goes to ip
# xfrm. Its window is wide, as a guest's CPU can stand still for as long as the other one
# takes for hundreds of packets.
sa_line() {
	local from=$1 to=$2 spi=$3 reqid=$4 key=$5 mode=$6 flags='esn af-unspec'
	shift 6
	# 5.10 takes no packet on an SA in transport mode that is for any family
	[ "$mode" != transport ] || flags=esn
	echo "xfrm state add src $from dst $to proto esp spi $spi reqid $reqid" \
		"mode $mode replay-window 1024 flag $flags" \
		"aead rfc4106(gcm(aes)) $key 128 $*"
}

# sa NS FROM TO SPI REQID KEY MODE [MORE...]: one SA.
sa() {
	local ns=$1
	shift
	sa_line "$@" | ip -n "$ns" -batch -
}

# sa_pair FROM_NS FROM TO_NS TO SPI REQID KEY MODE: one direction, both ends.
sa_pair() {
	sa "$1" "$2" "$4" "$5" "$6" "$7" "$8"
	sa "$3" "$2" "$4" "$5" "$6" "$7" "$8"
}

# tunnel_policies NS OUTER_HERE OUTER_THERE INNER_HERE INNER_THERE REQID
tunnel_policies() {
	local ns=$1 here=$2 there=$3 inside=$4 beyond=$5 reqid=$6 dir
	{
		echo "xfrm policy add src $inside dst $beyond dir out" \
			"tmpl src $here dst $there proto esp reqid $reqid mode tunnel"
		for dir in in fwd; do
			echo "xfrm policy add src $beyond dst $inside dir $dir" \
				"tmpl src $there dst $here proto esp" \
				"reqid $reqid mode tunnel"
		done
	} | ip -n "$ns" -batch -
}

# policies OUTER INNER: XFRM policies on both sides for tunnel OUTER INNER.
policies() {
	local o=$1 i=$2
	tunnel_policies a "${outer_a[$o]}" "${outer_b[$o]}" \
		"${inner_a[$i]}" "${inner_b[$i]}" "$o$i"
	tunnel_policies b "${outer_b[$o]}" "${outer_a[$o]}" \
		"${inner_b[$i]}" "${inner_a[$i]}" "$o$i"
}

# tunnel_sas OUTER INNER: the SAs of a tunnel over IPv OUTER that carries IPv
# INNER. SPIs: 0x10OI00 from a to b, 0x20OI00 from b to a; the reqid is OI.
tunnel_sas() {
	local o=$1 i=$2 ns
	for ns in a b; do
		{
			sa_line "${outer_a[$o]}" "${outer_b[$o]}" "0x10${o}${i}00" \
				"$o$i" "$key_ab" tunnel
			sa_line "${outer_b[$o]}" "${outer_a[$o]}" "0x20${o}${i}00" \
				"$o$i" "$key_ba" tunnel
		} | ip -n $ns -batch -
	done
}

# tunnel OUTER INNER: SAs and policies.
tunnel() {
	tunnel_sas "$@"
	policies "$@"
}

# transport_policies NS HERE THERE REQID: of IPv4 all, of IPv6 TCP, UDP and
# echo, for neighbour discovery must stay in the clear.
transport_policies() {
	local ns=$1 here=$2 there=$3 reqid=$4 selector selectors=('')
	case $here in
	*:*) selectors=('proto tcp' 'proto udp' 'proto ipv6-icmp type 128'
			'proto ipv6-icmp type 129') ;;
	esac
	for selector in "${selectors[@]}"; do
		echo "xfrm policy add src $here dst $there $selector dir out" \
			"tmpl src $here dst $there proto esp" \
			"reqid $reqid mode transport"
		echo "xfrm policy add src $there dst $here $selector dir in" \
			"tmpl src $there dst $here proto esp" \
			"reqid $reqid mode transport"
	done | ip -n "$ns" -batch -
}

# transport V: ESP in transport mode between the outer addresses. SPIs:
# 0x170V00 from a to b, 0x270V00 from b to a; the reqid is 7V.
transport() {
	local v=$1
	sa_pair a "${outer_a[$v]}" b "${outer_b[$v]}" "0x170${v}00" "7$v" \
		"$key_ab" transport
	sa_pair b "${outer_b[$v]}" a "${outer_a[$v]}" "0x270${v}00" "7$v" \
		"$key_ba" transport
	transport_policies a "${outer_a[$v]}" "${outer_b[$v]}" "7$v"
	transport_policies b "${outer_b[$v]}" "${outer_a[$v]}" "7$v"
}

# xfrm_clear NS...: no SAs, no policies.
xfrm_clear() {
	local ns
	for ns; do
		ip -n "$ns" -batch - <<-'END'
			xfrm state flush
			xfrm policy flush
		END
	done
}

# ctl NS WORDS...: espencapctl in a namespace. Before a port's counters go, they are looked at.
ctl() {
	local ns=$1
	shift
	[[ "$*" != @(flush|port del *) ]] || module_settle "$ns"
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

# How many more pings NS has sent than there were answers.
unanswered() {
	# shellcheck disable=SC2016 # awk has its own $i
	in_ns "$1" awk '
		$1 == "Icmp:" && $2 == "InMsgs" { for (i = 2; i <= NF; i++) column[$i] = i }
		$1 == "Icmp:" && $2 != "InMsgs" {
			sum += $column["OutEchos"] - $column["InEchoReps"] }
		$1 == "Icmp6OutEchos" { sum += $2 }
		$1 == "Icmp6InEchoReplies" { sum -= $2 }
		END { print sum + 0 }' /proc/net/snmp /proc/net/snmp6
}

# answered_late NS COUNT: within 5 s, NS misses no more answers than that.
answered_late() {
	local end=$(($(lab_now) + 5000000))
	until [ "$(unanswered "$1")" -le "$2" ]; do
		! lab_is_past "$end" || return 1
		lab_pause 0.05
	done
}

# pings NS FROM TO [COUNT [MORE...]]: every one of COUNT pings is answered. Once there was
# an answer, ping waits for the last no longer than an interval, or twice as long as the
# slowest took: what comes later is not lost either.
pings() {
	local ns=$1 from=$2 to=$3 count=${4:-3} said interval=0.01 before
	shift $(($# < 4 ? $# : 4))
	[ "$count" -gt 5 ] || interval=0.1
	before=$(unanswered "$ns")
	said=$(in_ns "$ns" ping -q -n -i $interval -W 5 -c "$count" -I "$from" "$@" \
		"$to") || true
	echo "$said"
	case $said in
	*' 0% packet loss'*) ;;
	*' 100% packet loss'*) return 1 ;;
	*) answered_late "$ns" "$before" ;;
	esac
}

# attempts NS FROM TO COUNT: so many pings, answered or not.
attempts() {
	in_ns "$1" ping -q -n -c "$4" -i 0.05 -W 0.3 -I "$2" "$3" > /dev/null || true
}

# counter NS port|peer SELECTOR NAME: one counter.
counter() {
	local said
	said=$(ctl "$1" -j -s "$2" show "$3")
	# without jq, which takes longer than all the rest
	[[ $said =~ \"$4\":([0-9]+) ]]
	echo "${BASH_REMATCH[1]}"
}

# nft_seen NS NAME: packets that this counter in nftables' table "watch" has seen.
nft_seen() {
	local said
	said=$(in_ns "$1" nft list counter inet watch "$2")
	[[ $said =~ packets\ ([0-9]+) ]]
	echo "${BASH_REMATCH[1]}"
}

# test_counter VALUE NS port|peer SELECTOR NAME: it has this value.
test_counter() {
	local value=$1
	shift
	[ "$(counter "$@")" = "$value" ]
}

# xfrm_errors NS: the sum of all XFRM error counters of a namespace, which are left in
# $LAB_OUT/xfrm-NS.
xfrm_errors() {
	# shellcheck disable=SC2016 # awk has its own $2
	in_ns "$1" awk -v left="$LAB_OUT/xfrm-$1" '
		{ sum += $2; if ($2) print > left }
		END { print sum + 0 }' /proc/net/xfrm_stat
}

# xfrm_counter NS NAME: one of XFRM's counters.
xfrm_counter() {
	# shellcheck disable=SC2016 # awk has its own $1
	in_ns "$1" awk -v name="$2" '$1 == name { print $2 }' /proc/net/xfrm_stat
}

# What belongs to no tunnel: ARP, IPv6 neighbour discovery and MLD.
readonly neighbours='(arp or (ip6 and (icmp6 and ip6[40] >= 133 and ip6[40] <= 137)) or (ip6 and ip6[6] = 0))'

# only_udp DESCRIPTION FILE PORT [PORT...]: between the gateways goes UDP on
# these ports and nothing else, and that there is something.
only_udp() {
	local description=$1 file=$2 ports
	shift 2
	ports=$(printf ' or port %s' "$@")
	wire_none "$description: nothing but UDP" "$file" \
		"not $neighbours and not (udp and (${ports# or }))"
	wire_some "$description: UDP" "$file" "udp and (${ports# or })"
}

# sa_packets NS SPI: how many packets an SA has carried.
sa_packets() {
	ip -n "$1" -s xfrm state list proto esp spi "$2" |
		sed -n 's/.*(bytes), \([0-9]*\)(packets)$/\1/p' | sed -n 1p
}

sa_packets_are() {
	[ "$(sa_packets "$1" "$2")" = "$3" ]
}

# packets_of FILE FILTER: each packet from the IP header on, in hexadecimal, a line.
packets_of() {
	wire_bytes "$1" "$2" | awk '
		sub(/^\t0x[0-9a-f]*:/, "") { gsub(/ /, ""); printf "%s", $0; found = 1; next }
		found { print ""; found = 0 }
		END { if (found) print "" }'
}

# payload V FILE FILTER [N]: of the UDP packets, the payload of the Nth (default:
# the last), in hexadecimal. With "esp" for V, of IPv4 packets of protocol 50.
payload() {
	local skip=28 n=${4:-'$'}
	case $1 in
	6) skip=48 ;;
	esp) skip=20 ;;
	esac
	packets_of "$2" "$3" | sed -n "${n}p" | cut -c "$((2 * skip + 1))-"
}

# To be run with -S: to look for site-packages takes longer than all the rest.
readonly datagram=$PWD/datagram.py
readonly packets=$PWD/packets.py

# receiver NS ADDRESS PORT FILE [UDP_ENCAP]: a program with a UDP socket; what it
# gets stands in $LAB_OUT/FILE. Sets spawned.
receiver() {
	# what an earlier one has left would look like this one's
	rm -f "$LAB_OUT/$4"
	spawn "$4.log" ip netns exec "$1" python3 -S "$datagram" receive "$2" "$3" \
		"$LAB_OUT/$4" ${5:+"$5"}
	until_true 20 grep -q ready "$LAB_OUT/$4" ||
		die "the receiver does not start: $(cat "$LAB_OUT/$4.log")"
}

# arrives DESCRIPTION FILE LINE: the receiver gets just this.
arrives() {
	await 10 "$1" grep -qxF -- "$3" "$LAB_OUT/$2"
}

# no_peers NS
no_peers() {
	[ "$(ctl "$1" -j peer show)" = '[]' ]
}

declare -A lab_flows=()

# flow NS FROM TO [SECONDS]: pings without end, every 20 ms or so many seconds;
# returns when the first is answered.
flow() {
	# what an earlier one has left is not counted
	rm -f "$LAB_OUT/flow-$1.log"
	spawn "flow-$1.log" ip netns exec "$1" ping -n -i "${4:-0.02}" -I "$2" "$3"
	lab_flows[$1]=$spawned
	flow_goes_on "$1"
}

# flow_goes_on NS: returns when there is one more answer.
flow_goes_on() {
	local now
	now=$(flow_answers "$1")
	until_true 20 flow_has "$1" $((now + 1)) ||
		die "the flow from $1 is not answered: $(tail -n 3 "$LAB_OUT/flow-$1.log")"
}

flow_answers() {
	grep -sc 'icmp_seq=' "$LAB_OUT/flow-$1.log" || [ $? != 2 ] || echo 0
}

flow_has() {
	[ "$(flow_answers "$1")" -ge "$2" ]
}

# flow_end NS: ends it after one more answer. When ping ends, some pings are under
# way, so that only up to the last answer none must be missing.
flow_end() {
	flow_goes_on "$1"
	stop "${lab_flows[$1]}" INT
}

# flow_gaps NS: the numbers of those without an answer, or with more than one.
flow_gaps() {
	grep -oP 'icmp_seq=\K[0-9]+' "$LAB_OUT/flow-$1.log" | awk '
		{ seen[$1]++; if ($1 > last) last = $1 }
		END { for (i = 1; i <= last; i++) if (seen[i] != 1) print i }'
}

# xfrm_monitor NS FILE: what XFRM has to say, to IKE daemons as well, is in
# $LAB_OUT/FILE. Sets spawned.
xfrm_monitor() {
	spawn "$2" ip netns exec "$1" ip xfrm monitor all
	until_true 20 xfrm_monitored "$spawned" ||
		die "ip xfrm monitor does not start: $(cat "$LAB_OUT/$2")"
}

# Netlink's protocol 6 is XFRM; a socket's port there is its process.
xfrm_monitored() {
	awk -v pid="$1" '$2 == 6 && $3 == pid { found = 1 }
		END { exit !found }' "/proc/$1/net/netlink"
}

# says REGEX FILE: a line of $LAB_OUT/FILE fits.
says() {
	grep -qE -- "$1" "$LAB_OUT/$2"
}
