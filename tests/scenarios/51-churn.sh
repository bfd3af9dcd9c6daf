#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# cpus: 2
# time limit: 900 s
# Everything that an operator can do, all at once, under traffic.
#
#      a ════ pings through two tunnels ════ b
#
#   the module goes and comes, with its configuration; ports and peers come and go, from
#   two processes in each gateway; SAs are made anew; links go down; namespaces with ports
#   and peers end; the state is read, saved and watched; a capture has its own copy of all
#   packets
#
# Afterwards it serves as if nothing had been. CHURN=N: for so many seconds, or for as long
# as the slowest of these takes for three times.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

seconds=${CHURN:-20}
actors=()

# again NAME COMMAND...: does it over and over until there is no $LAB_OUT/churning, and
# writes down how often that went well. What it says goes to NAME.log.
again() {
	local name=$1 round=0 rounds=0
	shift
	while [ -e "$LAB_OUT/churning" ]; do
		round=$((round + 1))
		"$@" $round || continue
		rounds=$((rounds + 1))
		echo $rounds > "$LAB_OUT/$name.rounds"
	done
}

# The slowest has done so three times.
all_have_acted() {
	[ "$(cat "$LAB_OUT"/*.rounds | wc -l)" = ${#actors[@]} ] &&
		[ "$(sort -n "$LAB_OUT"/*.rounds | head -n 1)" -ge 3 ]
}

act() {
	spawn "$1.log" again "$@"
	actors+=("$1:$spawned")
}

configured() {
	cat "$LAB_OUT"/configure-*.rounds 2> /dev/null | paste -sd ' '
}

# A module that is being used cannot go, and tries again. It stays until somebody has done
# something with it.
reload() {
	local before
	module_unload || return
	before=$(configured)
	module_load
	for ns in a b; do
		ctl $ns restore "$LAB_OUT/$ns.conf" || true
	done
	while [ -e "$LAB_OUT/churning" ] && [ "$(configured)" = "$before" ]; do
		lab_pause 0.05
	done
}

# configure NS FIRST: ports from FIRST on and their peers, added, changed, deleted. Who comes
# upon the other one's is refused on the way, and takes back what he has added.
configure() {
	local ns=$1 first=$2 n
	{
		echo "port add $first format bare"
		echo "port add $((first + 1)) format non-ike keepalive 1"
		for n in 1 2 3 4 5 6 7 8 9; do
			echo "peer add 198.51.100.$n reqid $first port $first"
			echo "peer add 2001:db8:1::$n reqid $first port $((first + 1)) pin"
		done
		for n in 1 2 3 4 5 6 7 8 9; do
			echo "peer set 198.51.100.$n reqid $first port $((first + 1)) keepalive 1"
		done
		for n in 1 2 3 4 5 6 7 8 9; do
			echo "peer del 198.51.100.$n reqid $first"
			echo "peer del 2001:db8:1::$n reqid $first"
		done
		echo "port del $first"
		echo "port del $((first + 1))"
	} > "$LAB_OUT/batch-$ns-$first"
	ctl "$ns" -b "$LAB_OUT/batch-$ns-$first" && return
	ctl "$ns" save | awk -v first="$first" '
		$1 == "peer" && $4 == "reqid" && $5 == first { print "peer del", $3, "reqid", $5 }
		$1 == "port" && ($3 == first || $3 == first + 1) { ports = ports "\nport del " $3 }
		END { print ports }' > "$LAB_OUT/left-$ns-$first"
	! grep -q . "$LAB_OUT/left-$ns-$first" || ctl "$ns" -b "$LAB_OUT/left-$ns-$first"
	return 1
}

# rekey V ROUND: SAs with the next SPIs, and those of the last round go.
rekey() {
	local v=$1 new=$(($2 % 200 + 1)) old=$((($2 + 199) % 200 + 1)) ns status=0
	for ns in a b; do
		{
			sa_line "${outer_a[$v]}" "${outer_b[$v]}" "0x10${v}${v}$(printf %02x $new)" \
				"$v$v" "$key_ab" tunnel
			sa_line "${outer_b[$v]}" "${outer_a[$v]}" "0x20${v}${v}$(printf %02x $new)" \
				"$v$v" "$key_ba" tunnel
		} | ip -n $ns -batch - || status=1
	done
	for ns in a b; do
		ip -n $ns -force -batch - <<-END || true
			xfrm state delete src ${outer_a[$v]} dst ${outer_b[$v]} proto esp spi 0x10${v}${v}$(printf %02x $old)
			xfrm state delete src ${outer_b[$v]} dst ${outer_a[$v]} proto esp spi 0x20${v}${v}$(printf %02x $old)
		END
	done 2> /dev/null
	return $status
}

# link_flaps ROUND: the wire's end, and every other time the gateway's own, whose routes
# go with it.
link_flaps() {
	if [ $(($1 % 2)) = 0 ]; then
		ip -n w link set dev b down
		ip -n w link set dev b up
		return
	fi
	ip -n a link set dev a down
	ip -n a link set dev a up
	inner_routes
}

inner_routes() {
	local v
	for v in 4 6; do
		ip -n a -"$v" route replace "${inner_b[$v]}" dev a src "${inner_a[$v]}"
	done
}

# namespace_ends ROUND: with ports, peers, and SAs.
namespace_ends() {
	ip netns add gone
	ctl gone -b - <<-'END' || true
		port add 2797 keepalive 1
		port add 500 format non-ike
		peer add 192.0.2.1 port 2797
		peer add 2001:db8::1 port 500
	END
	sa gone 192.0.2.7 192.0.2.1 0x7000 7 "$key_ab" tunnel
	ip netns del gone
}

read_all() {
	ctl a -j -s -d peer show > /dev/null || true
	ctl b -j -s -d port show > /dev/null || true
	ctl a save "$LAB_OUT/saved" || true
	timeout 1 ip netns exec b espencapctl monitor > /dev/null || true
}

# The debug kernel would do nothing else, and RCU would have to wait for minutes.
interval=0.02
[ ! -e /sys/kernel/debug/kmemleak ] || interval=0.2

module_load
gateways
for ns in a b; do
	in_ns $ns sysctl -qw net.ipv6.conf.all.keep_addr_on_down=1
done
for v in 4 6; do
	policies $v $v
	rekey $v 0
done
serve 2797
for ns in a b; do
	ctl $ns save "$LAB_OUT/$ns.conf"
	for v in 4 6; do
		from=inner_$ns to=inner_b
		[ $ns = a ] || to=inner_a
		declare -n from_=$from to_=$to
		spawn "flood-$ns-$v.log" ip netns exec $ns ping -n -i $interval -s 100 \
			-I "${from_[$v]}" "${to_[$v]}"
	done
done
spawn capture.log ip netns exec b tcpdump -n -i b -w /dev/null udp
: > "$LAB_OUT/churning"
act reload reload
act configure-a-1 configure a 3000
act configure-a-2 configure a 3001
act configure-b-1 configure b 3000
act configure-b-2 configure b 4000
act rekey-4 rekey 4
act rekey-6 rekey 6
act link link_flaps
act namespaces namespace_ends
act read read_all
sleep "$seconds"
await 800 'all have done so again and again' all_have_acted
rm "$LAB_OUT/churning"
for actor in "${actors[@]}"; do
	name=${actor%:*}
	await 60 "$name has come to its end" lab_gone "${actor#*:}"
	note "churned, for $seconds s: $name, $(cat "$LAB_OUT/$name.rounds") rounds"
	note "$name: $(grep -c . "$LAB_OUT/$name.log" || true) lines, of which: $(
		sed 's/[0-9][0-9.:a-f]*/N/g' "$LAB_OUT/$name.log" | sort | uniq -c | sort -rn | head -n 4)"
done
# Of what two do at once, one is refused, for a reason; nothing else goes wrong.
check_eq 'the tool has said nothing but what is' '' "$(cat "$LAB_OUT"/{reload,configure-*,namespaces,read,rekey-*,link}.log |
	grep -vE 'already added|not added|no such peer|delete them first|not loaded|was unloaded|in use|^Is it built|^refuse it|: monitoring|nothing was changed' |
	sort | uniq -c)"
for ns in a b; do
	for v in 4 6; do
		check "$ns, IPv$v: some of the pings were answered" \
			grep -q 'bytes from' "$LAB_OUT/flood-$ns-$v.log"
	done
done

# As after a power-on: the routes, the ports and the peers that there were.
inner_routes
module_unload
module_load
for ns in a b; do
	check "$ns: what was saved is restored" ctl $ns restore "$LAB_OUT/$ns.conf"
done
for v in 4 6; do
	await 20 "IPv$v: traffic resumes" pings a "${inner_a[$v]}" "${inner_b[$v]}" 1
done
await 20 'the floods are answered again' pings b "${inner_b[6]}" "${inner_a[6]}" 5
for pid in "${lab_pids[@]}"; do
	stop "$pid" INT
done
# What is counted, once more: by the other side, and by somebody else.
in_ns b nft -f - <<-'END'
	table inet other {
		chain in {
			type filter hook input priority 0;
			udp dport 2797 counter name came
		}
		counter came { }
	}
END
sent=$(counter a port 2797 tx_packets)
come=$(counter b port 2797 rx_datagrams)
taken=$(counter b port 2797 rx_packets)
for v in 4 6; do
	check "IPv$v: none of 100 pings is lost" pings a "${inner_a[$v]}" "${inner_b[$v]}" 100
done
sent=$(($(counter a port 2797 tx_packets) - sent))
check_eq 'what one side has sent, the other one has taken' \
	"$sent $sent $sent" "$(($(counter b port 2797 rx_datagrams) - come)) $(($(
		counter b port 2797 rx_packets) - taken)) $(in_ns b nft -j list counters |
		jq '.nftables[] | .counter? | select(. != null) | .packets')"
check 'and that is not nothing' [ "$sent" -ge 200 ]

plan_done
