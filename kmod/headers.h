/* SPDX-License-Identifier: GPL-2.0 */
/* Where UDP stands in a packet: behind IPv6 extension headers, in fragments. */
#ifndef _ESPENCAP_HEADERS_H
#define _ESPENCAP_HEADERS_H

#include <linux/types.h>

struct net;
struct sk_buff;

/**
 * struct espencap_headers - what stands before UDP, in bytes from the IP header on
 * @next: where the byte is that says that UDP follows
 * @first: where the stack goes on reading, the first header after IP's own that
 *	it has not processed yet
 * @udp: where the UDP header is
 */
struct espencap_headers {
	unsigned int next;
	unsigned int first;
	unsigned int udp;
};

/**
 * enum espencap_reach - what was found behind the IPv6 header
 * @ESPENCAP_REACH_UDP: UDP
 * @ESPENCAP_REACH_OTHER: something else, left as it was; or what was UDP in
 *	fragments, and is whole now
 * @ESPENCAP_REACH_GONE: a fragment, which is kept until the others are there
 * @ESPENCAP_REACH_BROKEN: a fragment that belongs to no packet
 */
enum espencap_reach {
	ESPENCAP_REACH_UDP,
	ESPENCAP_REACH_OTHER,
	ESPENCAP_REACH_GONE,
	ESPENCAP_REACH_BROKEN,
};

/**
 * espencap_headers_reach() - look for UDP behind IPv6 extension headers
 * @net: network namespace
 * @skb: an IPv6 packet at LOCAL_IN, not necessarily ours
 * @headers: is filled for ESPENCAP_REACH_UDP
 *
 * IPv6 puts fragments together after LOCAL_IN only. Those that can have UDP in
 * them are gathered here, by the reassembly of nf_defrag_ipv6; to switch that on
 * as a whole would have transit traffic gathered as well.
 *
 * Context: RCU read side.
 * Return: what was found.
 */
enum espencap_reach espencap_headers_reach(struct net *net, struct sk_buff *skb,
					   struct espencap_headers *headers);

#endif /* _ESPENCAP_HEADERS_H */
