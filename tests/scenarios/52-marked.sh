#!/bin/bash
# SPDX-License-Identifier: GPL-2.0
# time limit: 300 s
# SAs that select by a mark: the module keeps one mark for a destination and SPI, of so many
# SAs, and what had no place gets one when another one goes.
#
#      u: all to itself
#
# FULL=yes: also more SAs than there are places, which take minutes to make.
# shellcheck source=../lab/guest/lib.sh
. "$LAB/lib.sh"
# shellcheck source=gateways.sh
. ./gateways.sh

readonly places=65536

# sas FIRST N MARK: N SAs, the SPIs from FIRST on, for packets with this mark.
sas() {
	seq "$1" $(($1 + $2 - 1)) | sed "s/.*/xfrm state add src 10.0.0.1 dst 10.0.0.9 proto esp \
spi & reqid & mode tunnel mark $3 mask 0xff enc ecb(cipher_null) '' auth digest_null ''/" |
		ip -n u -batch -
}

# are_found FIRST N: a packet to each is taken for one of an SA; the packets have no mark.
are_found() {
	local before esp
	mapfile -t esp < <(seq "$1" $(($1 + $2 - 1)) |
		awk '{ printf "%08x00000001%080d\n", $1, 0 }')
	before=$(counter u port 2797 rx_packets)
	in_ns u python3 -S "$datagram" send 10.0.0.9 7000 10.0.0.9 2797 "${esp[@]}"
	until_true 5 test_counter $((before + $2)) u port 2797 rx_packets
}

module_load
ns_add u
addr u lo 10.0.0.9/32
ctl u port add 2797
sas 1000 10 7
check 'an SA with a mark is found' are_found 1000 10

# Two that differ in nothing else: whichever goes, the other one stays.
sas 2000 1 1
sas 2000 1 2
check 'of two with different marks, one is found' are_found 2000 1
ip -n u xfrm state del src 10.0.0.1 dst 10.0.0.9 proto esp spi 2000 mark 2 mask 0xff
await 30 'the newer one goes: the older one is found' are_found 2000 1
sas 2000 1 2
ip -n u xfrm state del src 10.0.0.1 dst 10.0.0.9 proto esp spi 2000 mark 1 mask 0xff
await 30 'the older one goes: the newer one is found' are_found 2000 1
# which has happened before
sas 2000 1 1
ip -n u xfrm state del src 10.0.0.1 dst 10.0.0.9 proto esp spi 2000 mark 1 mask 0xff
await 30 'another one comes and goes: it is found again' are_found 2000 1
check 'and the others still are' are_found 1000 10

# What is gone for XFRM, which does not say so of a flush, has a place for a while.
ip -n u xfrm state flush
sas 1000 10 7
check 'after a flush, new ones are found' are_found 1000 10
if [ "${FULL-}" = yes ]; then
	sas 100000 $places 7
	check 'more than there are places: some are found' are_found 100000 10
	ip -n u xfrm state flush
	sas 500000 200 7
	await 30 'those that came when there was no place are found when there is' are_found 500000 200
fi

plan_done
