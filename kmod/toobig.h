/* SPDX-License-Identifier: GPL-2.0 */
/* Routers that tell of a packet of ours that was too big for them. */
#ifndef _ESPENCAP_TOOBIG_H
#define _ESPENCAP_TOOBIG_H

struct net;
struct sk_buff;

/*
 * They tell whoever has sent UDP; only we know which SA that was. What they tell
 * is the path MTU of the peer from then on (pmtu.h), until it is forgotten as the
 * kernel forgets its own.
 *
 * An ICMP error can be forged by anybody who knows the two addresses and ports. It is
 * believed only if it quotes what somebody who does not see our packets cannot know:
 * SPI and a recent sequence number, or, from IPv4 routers that quote no more than
 * the UDP header, the packet's identification: of 65536, four
 * guesses are free in ten minutes.
 */

/**
 * espencap_toobig4() - look at an ICMP message
 * @net: network namespace
 * @skb: an ICMP packet at LOCAL_IN, any; it is left as it is
 *
 * Context: RCU read side.
 */
void espencap_toobig4(struct net *net, struct sk_buff *skb);

/**
 * espencap_toobig6() - look at an ICMPv6 message
 * @net: network namespace
 * @skb: an ICMPv6 packet at LOCAL_IN, any; it is left as it is
 *
 * Context: RCU read side.
 */
void espencap_toobig6(struct net *net, struct sk_buff *skb);

#endif /* _ESPENCAP_TOOBIG_H */
