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
 * nobody reads on the way in, though a veth may leave old ones there. An address
 * alone would not do: XFRM does not call back for each packet that it frees, and
 * the next one can have the address. With asynchronous crypto, who comes too late
 * finds the place taken by another, and is nobody's candidate.
 *
 * Of a packet that is not ours, only its number matters, which fits into the offsets.
 *
 * The secpath, which could carry it all the way, cannot be touched before XFRM
 * does: raw sockets and VTIs check policies, and these expect an SA in it.
 */

/**
 * enum espencap_tag_kind - how one of our packets came
 * @ESPENCAP_TAG_RAW: in UDP on one of our ports, for an SA without a template
 * @ESPENCAP_TAG_ENCAP: the same, for an SA with one; UDP still stands before it
 */
enum espencap_tag_kind {
	ESPENCAP_TAG_RAW,
	ESPENCAP_TAG_ENCAP,
};

/**
 * struct espencap_tag - what is remembered
 * @kind: how the packet came
 * @net: network namespace, NULL if all but the kind is lost: to be compared
 * @spi: SPI, in network byte order
 * @seq: the lower half of its sequence number, in host byte order
 * @addr: where it came from
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
 * struct espencap_note - in skb->cb, behind what IP and XFRM's handlers have there
 * @magic: ESPENCAP_NOTE_MAGIC, which others' leftovers are not, unless somebody means them
 *	to be: where GRO has it, it is the sum of a datagram (5.10 and 6.1), so that
 *	whatever else stands here can be anything. @number and @cpu are looked at before
 *	they are used; with the rest, it is cut elsewhere, and XFRM judges what is there
 * @number: of the candidate
 * @cpu: whose ring it is in
 * @kind: enum espencap_tag_kind
 * @cut: bytes of UDP header and marker before ESP
 */
struct espencap_note {
	u32 magic;
	u32 number;
	u16 cpu;
	u8 kind;
	u8 cut;
};

#define ESPENCAP_NOTE_MAGIC	0x45735570u

/**
 * espencap_note() - where a packet's note is
 * @skb: the packet
 *
 * Context: any.
 * Return: the place, whatever is in it.
 */
static inline struct espencap_note *espencap_note(struct sk_buff *skb)
{
	return (struct espencap_note *)(skb->cb + sizeof(skb->cb) -
					sizeof(struct espencap_note));
}

/**
 * espencap_tag_is_ours() - XFRM is about to take the packet: is it ours?
 * @skb: the packet
 *
 * Context: any.
 * Return: whether it is for espencap_tag_hand_over().
 */
static inline bool espencap_tag_is_ours(struct sk_buff *skb)
{
	return espencap_note(skb)->magic == ESPENCAP_NOTE_MAGIC;
}

/**
 * espencap_tag_hand_over() - XFRM is about to take the packet
 * @skb: the packet, for which espencap_tag_is_ours()
 * @cut: is set to what was noted as such
 *
 * Context: BH disabled.
 * Return: the kind that was noted at LOCAL_IN.
 */
enum espencap_tag_kind espencap_tag_hand_over(struct sk_buff *skb,
					      unsigned int *cut);

/**
 * espencap_tag_is_noted() - is the packet remembered as ours already?
 * @skb: the packet, which XFRM has
 *
 * Context: BH disabled.
 * Return: whether it is.
 */
bool espencap_tag_is_noted(const struct sk_buff *skb);

/* No CPU has this number: tag.c. */
#define ESPENCAP_TAG_NATIVE	U16_MAX

/**
 * espencap_tag_carry() - let a packet carry something in the offsets of inner headers
 * @skb: the packet, which XFRM has or is about to take
 * @who: the CPU and 1, ESPENCAP_TAG_NATIVE, or 0 for nothing
 * @number: of a candidate, or of a packet that is not ours
 *
 * Context: any.
 */
static inline void espencap_tag_carry(struct sk_buff *skb, u16 who, u32 number)
{
	skb->inner_mac_header = who;
	skb->inner_network_header = number >> 16;
	skb->inner_transport_header = number;
}

/**
 * espencap_tag_carried() - what a packet carries in the offsets of inner headers
 * @skb: the packet
 *
 * Context: any.
 * Return: the number of a candidate, or of a packet that is not ours.
 */
static inline u32 espencap_tag_carried(const struct sk_buff *skb)
{
	return (u32)skb->inner_network_header << 16 |
	       skb->inner_transport_header;
}

/**
 * espencap_tag_clear() - what it carries is taken
 * @skb: the packet
 *
 * Context: any.
 */
static inline void espencap_tag_clear(struct sk_buff *skb)
{
	espencap_tag_carry(skb, 0, 0);
}

/**
 * espencap_tag_native() - remember a packet that is not ours
 * @skb: the packet, which XFRM is about to take
 * @seq: the lower half of its sequence number
 *
 * Context: any.
 */
static inline void espencap_tag_native(struct sk_buff *skb, u32 seq)
{
	/* A veth leaves it from the way out, where XFRM has set it for offloads. */
	skb->encapsulation = 0;
	espencap_tag_carry(skb, ESPENCAP_TAG_NATIVE, seq);
}

/**
 * espencap_tag_is_native() - XFRM has judged: was the packet remembered as not ours?
 * @skb: the packet
 *
 * Context: any.
 * Return: whether espencap_tag_carried() is its number; to be asked only if a handler
 *	has seen it, as else the offsets can be what was left by who sent it.
 */
static inline bool espencap_tag_is_native(const struct sk_buff *skb)
{
	return skb->inner_mac_header == ESPENCAP_TAG_NATIVE;
}

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
 * espencap_tag_take() - XFRM has judged: what was remembered of one of ours?
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
