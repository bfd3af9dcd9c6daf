/* SPDX-License-Identifier: GPL-2.0 */
/* Full-size packets to an address whose path MTU we lowered ourselves. */
#ifndef _ESPENCAP_BYPASS_H
#define _ESPENCAP_BYPASS_H

struct espencap_peer;
struct sk_buff;

/*
 * The path MTU that XFRM is taught (pmtu.h) lies in the route to the address
 * that it sends ESP to, and the UDP packet takes that same route, so that it
 * would be measured with the lowered MTU too. For IPv4 there is usually a flag
 * against that; else, and for IPv6, a peer keeps a copy of the route that has not
 * the lowered MTU.
 */

/**
 * espencap_bypass4() - send a packet by its route, but without any limit of it
 * @peer: whose packet it is; keeps the copy
 * @skb: the packet, which fits the device; its dst is replaced if a copy can be had
 *
 * Context: RCU read side. The copy is allocated when a peer comes to use another
 * route, not for each packet, unless its packets alternate between two.
 */
void espencap_bypass4(struct espencap_peer *peer, struct sk_buff *skb);

/**
 * espencap_bypass6() - send a packet by its route, not by the route's exception
 * @peer: whose packet it is; keeps the copy
 * @skb: the packet; its dst is replaced if a copy can be had
 *
 * Context: as espencap_bypass4().
 */
void espencap_bypass6(struct espencap_peer *peer, struct sk_buff *skb);

/**
 * espencap_bypass_release() - give up a peer's copy
 * @peer: the peer
 *
 * Context: any.
 */
void espencap_bypass_release(struct espencap_peer *peer);

/**
 * espencap_bypass_init() - begin to give up copies whose device goes away
 *
 * Context: process.
 * Return: 0 or an error.
 */
int espencap_bypass_init(void);

/**
 * espencap_bypass_exit() - end what espencap_bypass_init() began
 *
 * Context: process.
 */
void espencap_bypass_exit(void);

#endif /* _ESPENCAP_BYPASS_H */
