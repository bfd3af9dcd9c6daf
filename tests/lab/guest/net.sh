# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0
# Namespaces, links between them, and processes in them.

# ns_add NAME...: addresses are usable at once (no duplicate address detection).
ns_add() {
	local ns
	for ns; do
		ip netns add "$ns"
		lab_namespaces+=("$ns")
		in_ns "$ns" sysctl -qw net.ipv6.conf.all.accept_dad=0 \
			net.ipv6.conf.default.accept_dad=0
		ip -n "$ns" link set lo up
	done
}

# ns_here NAME: this machine itself, as if it were one.
ns_here() {
	ip netns attach "$1" $$
	lab_namespaces+=("$1")
}

in_ns() {
	ip netns exec "$@"
}

# link NS1 IF1 NS2 IF2: a veth pair.  Checksums are computed in software, and what
# is sent in one piece is taken apart, so that a capture has what a wire would carry.
link() {
	ip link add name "$2" netns "$1" type veth peer name "$4" netns "$3"
	in_ns "$1" ethtool -K "$2" tx off tx-udp-segmentation off > /dev/null
	in_ns "$3" ethtool -K "$4" tx off tx-udp-segmentation off > /dev/null
	ip -n "$1" link set dev "$2" up
	ip -n "$3" link set dev "$4" up
}

# wire NAME NS1 IF1 NS2 IF2: the same with a place between to capture at: the
# namespace NAME joins both sides with a bridge, and its interfaces bear the
# names of NS1 and NS2.  An end of an ESP tunnel itself shows more than a wire
# carries: what it has decrypted passes its interface once more.
wire() {
	local name=$1 port
	ip netns add "$name"
	lab_namespaces+=("$name")
	in_ns "$name" sysctl -qw net.ipv6.conf.all.disable_ipv6=1 \
		net.ipv6.conf.default.disable_ipv6=1
	ip -n "$name" link add bridge up type bridge mcast_snooping 0
	link "$2" "$3" "$name" "$2"
	link "$4" "$5" "$name" "$4"
	for port in "$2" "$4"; do
		ip -n "$name" link set dev "$port" master bridge
	done
}

# addr NS IF ADDRESS/LENGTH...
addr() {
	local ns=$1 interface=$2 address
	shift 2
	for address; do
		case $address in
		*:*) echo "addr add $address dev $interface nodad" ;;
		*) echo "addr add $address dev $interface" ;;
		esac
	done | ip -n "$ns" -batch -
}

# forwarding NS...: makes routers of them.
forwarding() {
	local ns
	for ns; do
		in_ns "$ns" sysctl -qw net.ipv4.ip_forward=1 \
			net.ipv6.conf.all.forwarding=1
	done
}

# spawn LOG COMMAND...: starts a process in the background, with its output in
# $LAB_OUT/LOG; sets spawned to its pid.  To run it in a namespace, begin the
# command with ip netns exec, which becomes the command (in_ns would not).
spawn() {
	local log=$LAB_OUT/$1
	shift
	"$@" < /dev/null > "$log" 2>&1 &
	spawned=$!
	lab_pids+=("$spawned")
}

lab_gone() {
	! kill -0 "$1"
}

# stop PID [SIGNAL]: ends a spawned process and waits for it; one that does not
# obey within 5 s is killed.
stop() {
	local pid=$1 signal=${2:-TERM} kept=() other
	for other in "${lab_pids[@]}"; do
		[ "$other" = "$pid" ] || kept+=("$other")
	done
	lab_pids=("${kept[@]}")
	if kill -s "$signal" "$pid" 2> /dev/null; then
		until_true 5 lab_gone "$pid" || kill -KILL "$pid"
	fi
	wait "$pid" || true
}
