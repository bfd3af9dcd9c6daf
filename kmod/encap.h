/* SPDX-License-Identifier: GPL-2.0 */
/* The way out: ESP becomes UDP. */
#ifndef _ESPENCAP_ENCAP_H
#define _ESPENCAP_ENCAP_H

#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include "memo.h"
#include "sa.h"
#include "uapi/espencap.h"

struct espencap_net;
struct espencap_peer;
struct net;

/**
 * espencap_encap4() - put a UDP header and a marker before a peer's ESP over IPv4
 * @net: network namespace
 * @skb: a packet at LOCAL_OUT that XFRM has finished with: an IP header, then
 *	ESP; it can get another dst
 * @hlen: bytes of its IP header
 * @peer: whom it is for: espencap_encap_memo() has said it
 *
 * Context: BH disabled, RCU read side.
 * Return: how the packet ended; it has been counted under that name.
 *	ESPENCAP_GONE: not counted, and not the caller's any more.
 */
enum espencap_stat espencap_encap4(struct net *net, struct sk_buff *skb,
				   unsigned int hlen,
				   struct espencap_peer *peer);

/**
 * espencap_encap6() - the same over IPv6
 * @net: network namespace
 * @skb: the packet
 * @peer: whom it is for
 *
 * Context: BH disabled, RCU read side.
 * Return: like espencap_encap4().
 */
enum espencap_stat espencap_encap6(struct net *net, struct sk_buff *skb,
				   struct espencap_peer *peer);

/**
 * espencap_encap_unknown() - the same where it has to be looked up whose it is
 * @ns: network namespace
 * @skb: the packet; with @is_udp, the UDP header and ESP of an SA with a template
 * @hlen: bytes of its IP header
 * @family: AF_INET or AF_INET6
 * @is_udp: UDP stands before ESP already
 *
 * Context: BH disabled, RCU read side.
 * Return: like espencap_encap4(); or ESPENCAP_STAT_UNSPEC: no peer's; its bytes are as
 *	they were.
 */
enum espencap_stat espencap_encap_unknown(struct espencap_net *ns,
					  struct sk_buff *skb,
					  unsigned int hlen,
					  unsigned short family, bool is_udp);

/**
 * espencap_encap_memo() - what is kept of a packet's SPI
 * @ns: network namespace
 * @skb: the packet
 * @hlen: bytes of its IP header
 * @family: AF_INET or AF_INET6
 * @is_udp: UDP stands before ESP already
 *
 * Context: BH disabled for as long as it is looked at, RCU read side for its peer.
 * Return: it, or NULL if espencap_encap_unknown() has to say, as it has always of what
 *	sockets or a NIC have a say in.
 */
static __always_inline const struct espencap_memo *
espencap_encap_memo(const struct espencap_net *ns, const struct sk_buff *skb,
		    unsigned int hlen, unsigned short family, bool is_udp)
{
	const u64 table = espencap_memo_table(ns, ESPENCAP_OUT, family);
	const struct espencap_memo *memo;
	__be32 spi;

	if (unlikely(is_udp || espencap_sa_may_offload(skb) ||
		     skb_headlen(skb) < hlen + sizeof(spi)))
		return NULL;
	spi = *(const __be32 *)(skb->data + hlen);
	memo = espencap_memo_at(table, spi);
	return likely(espencap_memo_fits(memo, ns, table, skb, spi, family)) ?
	       memo : NULL;
}

#endif /* _ESPENCAP_ENCAP_H */
