/* SPDX-License-Identifier: GPL-2.0 */
/* What XFRM knows of an SPI. */
#ifndef _ESPENCAP_SA_H
#define _ESPENCAP_SA_H

#include <crypto/aead.h>
#include <linux/in6.h>
#include <linux/types.h>
#include <net/xfrm.h>

struct net;
struct sk_buff;

/**
 * enum espencap_sa_kind - what an SPI stands for
 * @ESPENCAP_SA_NONE: no SA that could take a packet now
 * @ESPENCAP_SA_RAW: an ESP SA without an encapsulation template
 * @ESPENCAP_SA_ENCAP: one with ``encap espinudp``: XFRM drops what reaches it
 *	as raw ESP and counts XfrmInStateMismatch, and sends UDP itself
 * @ESPENCAP_SA_OTHER: one with another template
 */
enum espencap_sa_kind {
	ESPENCAP_SA_NONE,
	ESPENCAP_SA_RAW,
	ESPENCAP_SA_ENCAP,
	ESPENCAP_SA_OTHER,
};

/**
 * struct espencap_sa - an SA as it was when it was looked at
 * @kind: the other members are set unless it is ESPENCAP_SA_NONE
 * @reqid: its reqid, 0 for none
 * @src: the address that XFRM knows its sender by
 * @encap_sport: of its template, the UDP source port, for ESPENCAP_SA_ENCAP
 * @encap_dport: of its template, the UDP destination port
 * @is_judged: when XFRM has judged a packet of it, there is something to do: the
 *	packet can prove whose it is, or it has sums of other addresses in it, or
 *	there is a UDP header left to cut
 */
struct espencap_sa {
	enum espencap_sa_kind kind;
	u32 reqid;
	struct in6_addr src;
	__be16 encap_sport;
	__be16 encap_dport;
	bool is_judged;
};

/**
 * struct espencap_sa_id - enough of an inbound SA to find it, or its siblings
 * @x: the SA itself, which may have been freed: to be compared, never to be read
 * @local: its destination address, which is ours
 * @born: when it was made, from espencap_sa_born()
 * @spi: SPI, in network byte order, 0 for none
 * @reqid: its reqid
 * @mark: what finds it, if it selects by a mark
 * @if_id: its XFRM interface
 * @mode: XFRM_MODE_*
 */
struct espencap_sa_id {
	const struct xfrm_state *x;
	struct in6_addr local;
	u32 born;
	__be32 spi;
	u32 reqid;
	u32 mark;
	u32 if_id;
	u8 mode;
};

/* One that was adopted has no SPI, but an address. */
static inline bool espencap_sa_id_is_known(const struct espencap_sa_id *id)
{
	return !ipv6_addr_any(&id->local);
}

/**
 * espencap_sa_find() - look up the ESP SA of a packet
 * @net: network namespace
 * @skb: the packet, for its mark and its outer destination address
 * @spi: SPI, network byte order
 * @family: AF_INET or AF_INET6
 * @found: is set to the SA, to be compared, never to be read
 *
 * An SA that selects by another mark than the packet has is found as well: a
 * VTI sets it only further up, and ``output-mark`` has overwritten it.
 *
 * Context: RCU read side; the network header is in the linear part of @skb.
 * Return: a copy of what matters here.
 */
struct espencap_sa espencap_sa_find(struct net *net, const struct sk_buff *skb,
				    __be32 spi, unsigned short family,
				    const struct xfrm_state **found);

/**
 * espencap_sa_read() - the same of an SA that is at hand
 * @x: the SA
 *
 * Context: any.
 * Return: a copy of what matters here.
 */
struct espencap_sa espencap_sa_read(const struct xfrm_state *x);

/**
 * espencap_sa_has_sent() - is a packet one of the latest to a peer?
 * @net: network namespace
 * @dst: the address that XFRM sends ESP to
 * @only_reqid: the SA must have this reqid
 * @reqid: this one
 * @spi: SPI of the packet, in network byte order
 * @seq: lower half of its sequence number, in host byte order
 *
 * Context: RCU read side.
 * Return: whether there is such an SA, and it has used the number lately.
 */
bool espencap_sa_has_sent(struct net *net, const struct in6_addr *dst,
			  bool only_reqid, u32 reqid, __be32 spi, u32 seq);

/**
 * espencap_sa_born() - when was it made?
 * @x: the SA
 *
 * Context: any.
 * Return: seconds of the wall clock since the epoch, for the next eighty years.
 */
static inline u32 espencap_sa_born(const struct xfrm_state *x)
{
	return x->curlft.add_time;
}

/**
 * espencap_sa_may_offload() - can xfrm_offload() say anything of a packet?
 * @skb: the packet
 *
 * xfrm_offload() looks into an array, which the kernel's UBSAN checks: whoever
 * inlines that needs a stack.
 *
 * Context: any.
 * Return: false if it would say NULL.
 */
static inline bool espencap_sa_may_offload(const struct sk_buff *skb)
{
	const struct sec_path *sp = skb_sec_path(skb);

	return sp && sp->olen;
}

/**
 * espencap_sa_aead() - an SA's crypto
 * @x: the SA
 *
 * Both esp4 and esp6 keep it there; AH and IPComp, other things.
 *
 * Context: any.
 * Return: it, or NULL if it is no ESP SA.
 */
static inline struct crypto_aead *espencap_sa_aead(const struct xfrm_state *x)
{
	return x->id.proto == IPPROTO_ESP ? x->data : NULL;
}

/**
 * espencap_sa_has_icv() - do its packets prove that they are the peer's?
 * @x: the SA
 *
 * Context: any.
 * Return: whether it is an ESP SA that checks an ICV.
 */
static inline bool espencap_sa_has_icv(const struct xfrm_state *x)
{
	struct crypto_aead *aead = espencap_sa_aead(x);

	return aead && crypto_aead_authsize(aead);
}

/**
 * espencap_sa_is_async() - can its crypto end later, or on another CPU?
 * @x: the SA
 *
 * Context: any.
 * Return: whether it can.
 */
bool espencap_sa_is_async(const struct xfrm_state *x);

/**
 * espencap_sa_has_window() - does it refuse replayed packets?
 * @x: an ESP SA
 *
 * Context: any.
 * Return: whether its replay window is not 0.
 */
bool espencap_sa_has_window(const struct xfrm_state *x);

/**
 * espencap_sa_highest() - the highest number that XFRM has accepted
 * @x: an SA with a replay window
 *
 * Context: any.
 * Return: its lower half, in host byte order.
 */
u32 espencap_sa_highest(const struct xfrm_state *x);

/**
 * espencap_sa_is_newest() - is this the packet with the highest number so far?
 * @x: an SA with a replay window, which has accepted the packet
 * @seq: lower half of the packet's sequence number, in host byte order
 *
 * XFRM accepts each number once, and those that are 2^32 apart do not fit into
 * one window, so that equal lower halves are equal numbers.
 *
 * Context: any.
 * Return: whether it is; false also if another CPU was faster with the next.
 */
bool espencap_sa_is_newest(const struct xfrm_state *x, u32 seq);

/**
 * espencap_sa_identify() - remember an inbound SA
 * @x: the SA
 * @id: is filled
 *
 * Context: any.
 */
void espencap_sa_identify(const struct xfrm_state *x,
			  struct espencap_sa_id *id);

/**
 * espencap_sa_is_alive() - is it still there, and valid?
 * @net: network namespace
 * @id: the SA
 *
 * Context: RCU read side.
 * Return: whether it is.
 */
bool espencap_sa_is_alive(struct net *net, const struct espencap_sa_id *id);

/**
 * espencap_sa_is_older() - was this SA made before the one that is remembered?
 * @net: network namespace
 * @x: the SA at hand
 * @id: the one that is remembered
 *
 * Context: RCU read side.
 * Return: whether it was; false also if the remembered one has gone.
 */
bool espencap_sa_is_older(struct net *net, const struct xfrm_state *x,
			  const struct espencap_sa_id *id);

/**
 * espencap_sa_has_sibling() - is there any inbound SA of this peer?
 * @net: network namespace
 * @id: an SA that there was
 * @src: the address that XFRM knows the peer by
 *
 * Context: any; takes XFRM's lock.
 * Return: whether a valid one has the same addresses, reqid, mode and mark.
 */
bool espencap_sa_has_sibling(struct net *net, const struct espencap_sa_id *id,
			     const struct in6_addr *src);

/**
 * espencap_sa_output_mark() - the mark that packets to this peer are given
 * @net: network namespace
 * @id: an inbound SA of the peer
 * @dst: the address that XFRM sends ESP to
 *
 * Context: any; takes XFRM's lock.
 * Return: the output-mark of an outbound SA of the same reqid, or 0.
 */
u32 espencap_sa_output_mark(struct net *net, const struct espencap_sa_id *id,
			    const struct in6_addr *dst);

#endif /* _ESPENCAP_SA_H */
