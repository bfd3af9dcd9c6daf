/* SPDX-License-Identifier: GPL-2.0 */
/* What XFRM knows of an SPI: the only file that looks into its SAs. */
#ifndef _ESPENCAP_SA_H
#define _ESPENCAP_SA_H

#include <linux/in6.h>
#include <linux/types.h>

struct net;
struct sk_buff;

/**
 * enum espencap_sa_kind - what an SPI stands for
 * @ESPENCAP_SA_NONE: no SA that could take a packet now
 * @ESPENCAP_SA_RAW: an ESP SA without an encapsulation template
 * @ESPENCAP_SA_ENCAP: one with a template (``encap espinudp``); XFRM drops
 *	what reaches it as raw ESP and counts XfrmInStateMismatch
 */
enum espencap_sa_kind {
	ESPENCAP_SA_NONE,
	ESPENCAP_SA_RAW,
	ESPENCAP_SA_ENCAP,
};

/**
 * struct espencap_sa - an SA as it was when it was looked up
 * @kind: the other members are set unless it is ESPENCAP_SA_NONE
 * @reqid: its reqid, 0 for none
 * @src: the address that XFRM knows its sender by
 */
struct espencap_sa {
	enum espencap_sa_kind kind;
	u32 reqid;
	struct in6_addr src;
};

/**
 * espencap_sa_find() - look up the ESP SA of a packet
 * @net: network namespace
 * @skb: the packet, for its mark and its outer destination address
 * @spi: SPI, network byte order
 * @family: AF_INET or AF_INET6
 *
 * Inbound SAs are found as XFRM itself will find them. An outbound SA that
 * selects by a mark and sets another (``output-mark``) is not found.
 *
 * Context: any; the network header is in the linear part of @skb.
 * Return: a copy of what matters here.
 */
struct espencap_sa espencap_sa_find(struct net *net, const struct sk_buff *skb,
				    __be32 spi, unsigned short family);

#endif /* _ESPENCAP_SA_H */
