/* SPDX-License-Identifier: GPL-2.0 */
/* Full-size IPv6 packets to an address whose path MTU we lowered ourselves. */
#ifndef _ESPENCAP_ROUTE6_H
#define _ESPENCAP_ROUTE6_H

struct espencap_peer;
struct sk_buff;

/*
 * The path MTU that XFRM is taught (pmtu.h) lies in the route to the address
 * that it sends ESP to, and the UDP packet takes that same route, so that it
 * would be measured with the lowered MTU too. IPv4 has IPSKB_FORWARDED against
 * that. For IPv6, a peer keeps a copy of the route without the lowered MTU.
 */

/**
 * espencap_route6_use() - send a packet by the route, not by its exception
 * @peer: whose packet it is; keeps the copy
 * @skb: the packet; its dst is replaced if a copy can be had
 *
 * Context: RCU read side. The copy is allocated when a peer comes to use another
 * route, not for each packet, unless its packets alternate between two.
 */
void espencap_route6_use(struct espencap_peer *peer, struct sk_buff *skb);

/**
 * espencap_route6_release() - give up a peer's copy
 * @peer: the peer
 *
 * Context: any.
 */
void espencap_route6_release(struct espencap_peer *peer);

/**
 * espencap_route6_init() - begin to give up copies whose device goes away
 *
 * Context: process.
 * Return: 0 or an error.
 */
int espencap_route6_init(void);

/**
 * espencap_route6_exit() - end what espencap_route6_init() began
 *
 * Context: process.
 */
void espencap_route6_exit(void);

#endif /* _ESPENCAP_ROUTE6_H */
