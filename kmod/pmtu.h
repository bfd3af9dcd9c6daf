/* SPDX-License-Identifier: GPL-2.0 */
/* Room for the UDP header: XFRM learns a smaller path MTU before it is missed. */
#ifndef _ESPENCAP_PMTU_H
#define _ESPENCAP_PMTU_H

#include <linux/types.h>

struct dst_entry;
struct espencap_peer;
struct net;
struct sk_buff;

/**
 * espencap_pmtu4() - see to it that a packet, and those after it, fit
 * @peer: whose packet it is
 * @skb: the packet with its UDP header, endpoint and final dst, IPv4
 * @xdst: the dst that XFRM chose: the same, or that to the address it knows
 * @added: bytes that UDP header and marker take
 *
 * Whoever sends through the SA must keep @added bytes below the MTU of the
 * link. XFRM derives that limit from the path MTU to the address that it sends
 * ESP to; so this is where it is put, at the first packet of any size and again
 * before it expires. The UDP packet itself may then use the whole link.
 *
 * Context: RCU read side.
 * Return: whether the packet may go; otherwise it is too big.
 */
bool espencap_pmtu4(struct espencap_peer *peer, struct sk_buff *skb,
		    struct dst_entry *xdst, unsigned int added);

/**
 * espencap_pmtu6() - the same for IPv6
 * @net: network namespace
 * @peer: whose packet it is
 * @skb: the packet with its UDP header, endpoint and final dst, IPv6
 * @xdst: the dst that XFRM chose: the same, or that to the address it knows
 * @added: bytes that UDP header and marker take
 *
 * Where the link has no room to spare above IPV6_MIN_MTU, the packet may be
 * fragmented instead.
 *
 * Context: RCU read side.
 * Return: whether the packet may go; otherwise it is too big.
 */
bool espencap_pmtu6(struct net *net, struct espencap_peer *peer,
		    struct sk_buff *skb, const struct dst_entry *xdst,
		    unsigned int added);

#endif /* _ESPENCAP_PMTU_H */
