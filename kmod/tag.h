/* SPDX-License-Identifier: GPL-2.0 */
/* What is remembered of an ESP packet until XFRM has judged it. */
#ifndef _ESPENCAP_TAG_H
#define _ESPENCAP_TAG_H

#include <linux/in6.h>
#include <linux/skbuff.h>
#include <linux/types.h>

struct net;

/*
 * Candidates lie in a ring of each CPU, so that they take no other memory, and
 * whatever happens to their packets. A packet carries along which candidate it
 * is: from LOCAL_IN to XFRM, where hooks may hold it up or drop it, in skb->cb,
 * which XFRM needs from there on; and then in the offsets of inner headers, which
 * nobody sets on the way in. An address alone would not do: XFRM does not call
 * back for each packet that it frees, and the next one can have the address.
 * With asynchronous crypto, who comes too late finds the place taken by another,
 * and is nobody's candidate.
 *
 * The secpath, which could carry it all the way, cannot be touched before XFRM
 * does: raw sockets and VTIs check policies, and these expect an SA in it.
 */

/**
 * enum espencap_tag_kind - how a packet came
 * @ESPENCAP_TAG_NONE: not by us
 * @ESPENCAP_TAG_NATIVE: as ESP, or through the kernel's own UDP encapsulation
 * @ESPENCAP_TAG_RAW: in UDP on one of our ports, for an SA without a template
 * @ESPENCAP_TAG_ENCAP: the same, for an SA with one; UDP still stands before it
 */
enum espencap_tag_kind {
	ESPENCAP_TAG_NONE,
	ESPENCAP_TAG_NATIVE,
	ESPENCAP_TAG_RAW,
	ESPENCAP_TAG_ENCAP,
};

/**
 * struct espencap_tag - what is remembered
 * @kind: how the packet came
 * @net: network namespace, NULL if all but the kind is lost: to be compared
 * @spi: SPI, in network byte order
 * @seq: the lower half of its sequence number, in host byte order
 * @addr: where it came from, like all below not for ESPENCAP_TAG_NATIVE
 * @udp_port: UDP port that it came from
 * @local_port: our port that it came to, in host byte order
 * @len: bytes of ESP
 * @cut: bytes of UDP header and marker before it
 */
struct espencap_tag {
	enum espencap_tag_kind kind;
	const struct net *net;
	__be32 spi;
	u32 seq;
	struct in6_addr addr;
	__be16 udp_port;
	u16 local_port;
	u32 len;
	u8 cut;
};

/**
 * espencap_tag_begin() - a place to remember a packet in
 *
 * Context: BH disabled until espencap_tag_note().
 * Return: what to fill in, all of it.
 */
struct espencap_tag *espencap_tag_begin(void);

/**
 * espencap_tag_note() - remember a packet that goes on to XFRM
 * @skb: the packet, at LOCAL_IN
 * @tag: what espencap_tag_begin() gave
 *
 * Context: BH disabled.
 */
void espencap_tag_note(struct sk_buff *skb, const struct espencap_tag *tag);

/**
 * espencap_tag_pass() - remember no more of a packet than that it is ours
 * @skb: the packet, at LOCAL_IN, on its way to XFRM, for an SA without a template
 *
 * Context: any.
 */
void espencap_tag_pass(struct sk_buff *skb);

/**
 * espencap_tag_hand_over() - XFRM is about to take the packet
 * @skb: the packet
 * @cut: what was noted as such; set unless ESPENCAP_TAG_NONE is returned
 *
 * Context: BH disabled.
 * Return: the kind that was noted at LOCAL_IN, or ESPENCAP_TAG_NONE.
 */
enum espencap_tag_kind espencap_tag_hand_over(struct sk_buff *skb,
					      unsigned int *cut);

/**
 * espencap_tag_is_noted() - is the packet remembered already?
 * @skb: the packet, which XFRM has
 *
 * Context: BH disabled.
 * Return: whether it is.
 */
bool espencap_tag_is_noted(const struct sk_buff *skb);

/**
 * espencap_tag_native() - remember a packet that is not ours
 * @skb: the packet, which XFRM is about to take
 * @tag: what to remember
 *
 * Context: BH disabled.
 */
void espencap_tag_native(struct sk_buff *skb, const struct espencap_tag *tag);

/**
 * espencap_tag_may_be() - can anything be remembered of it at all?
 * @skb: a packet that XFRM has judged
 *
 * Context: any.
 * Return: false if not; if true, espencap_tag_take() knows.
 */
static inline bool espencap_tag_may_be(const struct sk_buff *skb)
{
	return skb->inner_mac_header;
}

/**
 * espencap_tag_take() - XFRM has judged: what was remembered?
 * @skb: the packet
 * @tag: is filled if there is something
 *
 * Context: BH disabled.
 * Return: whether there is.
 */
bool espencap_tag_take(struct sk_buff *skb, struct espencap_tag *tag);

/**
 * espencap_tag_init() - make the rings
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int espencap_tag_init(void);

/**
 * espencap_tag_exit() - free the rings
 *
 * Context: process, when no packet can be remembered or taken any more.
 */
void espencap_tag_exit(void);

#endif /* _ESPENCAP_TAG_H */
