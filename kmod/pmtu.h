/* SPDX-License-Identifier: GPL-2.0 */
/* Room for the UDP header: XFRM learns a smaller path MTU before it is missed. */
#ifndef _ESPENCAP_PMTU_H
#define _ESPENCAP_PMTU_H

#include <linux/types.h>

/*
 * As the kernel's own (net.ipv4.route.min_pmtu): less is an attack, and what is
 * smaller is not fragmented.
 */
#define ESPENCAP_PMTU4_MIN	552

struct dst_entry;
struct espencap_path;
struct espencap_peer;
struct sk_buff;

/**
 * espencap_pmtu4() - see to it that a packet, and those after it, fit
 * @peer: whose packet it is
 * @path: where it goes
 * @skb: the packet with its UDP header, endpoint and final dst, IPv4
 * @xdst: the dst that XFRM chose: the same, or that to the address it knows
 * @added: bytes that UDP header and marker take
 * @protocol: what XFRM has asked for a route for: IPPROTO_ESP, or IPPROTO_UDP for an
 *	SA with a template
 *
 * Whoever sends through the SA must keep @added bytes below the path MTU, which is
 * that of the link or one that a router has told (toobig.h). XFRM derives its
 * limit from the path MTU to the address that it sends ESP to; so this is where it
 * is put, at the first packet of any size and again before it expires. The UDP
 * packet itself may then use all of the path MTU. One that is larger nevertheless,
 * as XFRM could not know in time, is fragmented, whatever it says of that.
 *
 * Context: RCU read side.
 * Return: whether the packet may go; otherwise it is too big, as XFRM has known.
 */
bool espencap_pmtu4(struct espencap_peer *peer, const struct espencap_path *path,
		    struct sk_buff *skb, struct dst_entry *xdst,
		    unsigned int added, u8 protocol);

/**
 * espencap_pmtu6() - the same for IPv6
 * @peer: whose packet it is
 * @path: where it goes
 * @skb: the packet with its UDP header, endpoint and final dst, IPv6
 * @xdst: the dst that XFRM chose: the same, or that to the address it knows
 * @added: bytes that UDP header and marker take
 *
 * What IPv6 has learned cannot be renewed before it expires, so that one full-size
 * packet is fragmented each time. Where the path has no room to spare above
 * IPV6_MIN_MTU, XFRM is told that one, and its largest packets are fragmented.
 *
 * Context: RCU read side.
 * Return: whether the packet may go; otherwise it is too big, as XFRM has known.
 */
bool espencap_pmtu6(struct espencap_peer *peer, const struct espencap_path *path,
		    struct sk_buff *skb, struct dst_entry *xdst,
		    unsigned int added);

#endif /* _ESPENCAP_PMTU_H */
