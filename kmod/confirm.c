// SPDX-License-Identifier: GPL-2.0
/*
 * Handlers among XFRM's own for ESP, the first of them. XFRM asks each one who
 * wants a packet (none of ours, with one exception), and tells all of them
 * whether the packet was genuine.
 */
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/xfrm.h>
#include "confirm.h"
#include "learn.h"
#include "memo.h"
#include "peer.h"
#include "port.h"
#include "sa.h"
#include "tag.h"

/* esp4 and esp6 have 0, XFRM interfaces 10, VTIs 100. */
#define PRIORITY	200

/* "Not mine": XFRM asks the next handler. */
#define PASS		(-EINVAL)

/* XFRM tells the next one, too. */
#define NEXT		1

static bool is_served(const struct net *net)
{
	return READ_ONCE(espencap_net(net)->nr_ports);
}

/* The header may not be linear yet. */
static noinline void note_split(struct sk_buff *skb, int offset)
{
	const struct ip_esp_hdr *esph;
	struct ip_esp_hdr _esph;

	esph = skb_header_pointer(skb, offset, sizeof(_esph), &_esph);
	if (esph)
		espencap_tag_native(skb, ntohl(esph->seq_no));
}

/* It has a secpath, which can be empty. */
static noinline void note_nested(struct sk_buff *skb, int offset)
{
	if (!skb_sec_path(skb)->len)
		note_split(skb, offset);
	else if (espencap_tag_is_native(skb))
		/* what a veth has left there is not this packet's */
		espencap_tag_clear(skb);
}

/*
 * A packet that is not ours can end a learned peer, if it is newer than all of
 * ours. Its number is lost by the time when XFRM calls back. Packets that come
 * out of another SA say nothing of where the peer is.
 */
static __always_inline void note_native(struct sk_buff *skb)
{
	const int offset = skb_transport_offset(skb);
	const struct ip_esp_hdr *esph;

	if (unlikely(skb_sec_path(skb))) {
		note_nested(skb, offset);
		return;
	}
	if (likely(skb_headlen(skb) >= offset + sizeof(*esph))) {
		esph = (const struct ip_esp_hdr *)(skb->data + offset);
		espencap_tag_native(skb, ntohl(esph->seq_no));
	} else {
		note_split(skb, offset);
	}
}

/* What UDP's own handler does: @cut bytes, and ESP stands at the beginning. */
static bool uncover(struct sk_buff *skb, unsigned int cut)
{
	if (!pskb_may_pull(skb, cut + sizeof(struct ip_esp_hdr)))
		return false;
	__skb_pull(skb, cut);
	skb_reset_transport_header(skb);
	return true;
}

/* Our packets; those of an SA with a template have to go another way. */
static noinline int on_ours(struct sk_buff *skb, unsigned short family)
{
	unsigned int cut;

	if (espencap_tag_hand_over(skb, &cut) != ESPENCAP_TAG_ENCAP)
		return PASS;
	if (!uncover(skb, cut)) {
		kfree_skb(skb);
		return 0;
	}
	return family == AF_INET ?
	       xfrm4_rcv_encap(skb, IPPROTO_ESP, 0, UDP_ENCAP_ESPINUDP) :
	       xfrm6_rcv_encap(skb, IPPROTO_ESP, 0, UDP_ENCAP_ESPINUDP);
}

static int on_esp4(struct sk_buff *skb)
{
	if (unlikely(espencap_tag_is_ours(skb)))
		return on_ours(skb, AF_INET);
	note_native(skb);
	return PASS;
}

static int on_esp6(struct sk_buff *skb)
{
	if (unlikely(espencap_tag_is_ours(skb)))
		return on_ours(skb, AF_INET6);
	note_native(skb);
	return PASS;
}

/* From the kernel's own UDP encapsulation, or from on_esp4() and on_esp6(). */
static int on_encap(struct sk_buff *skb, int nexthdr, __be32 spi,
		    int encap_type)
{
	if (!espencap_tag_is_noted(skb))
		note_native(skb);
	return PASS;
}

/* Whose packets of this SA are, as far as anybody knows. */
static struct espencap_peer *peer_of(struct espencap_net *ns,
				     struct espencap_memo *memo,
				     const struct espencap_sa *sa)
{
	struct espencap_peer *peer;

	if (memo && memo->peer)
		return memo->peer;
	peer = espencap_peer_find(ns, &sa->src, sa->reqid);
	/* It holds since a generation that this CPU has read before. */
	if (memo)
		memo->peer = peer;
	return peer;
}

static __always_inline void
confirm(struct espencap_net *ns, struct xfrm_state *x,
	struct espencap_memo *memo, const struct espencap_sa *sa,
	const struct espencap_tag *tag)
{
	struct espencap_port *port = espencap_port_find(ns, tag->local_port);
	struct espencap_peer *peer;

	if (!port || sa->kind == ESPENCAP_SA_NONE)
		return;
	peer = espencap_learn(ns, port, x, sa, peer_of(ns, memo, sa), tag);
	if (!peer)
		return;
	espencap_stats_add(peer->stats, ESPENCAP_STAT_RX_PACKETS, 1);
	espencap_stats_add(peer->stats, ESPENCAP_STAT_RX_BYTES, tag->len);
	espencap_stats_rx(peer->stats, espencap_seen_now());
}

static noinline void confirm_unkept(struct espencap_net *ns,
				    struct xfrm_state *x,
				    const struct espencap_tag *tag)
{
	const struct espencap_sa sa = espencap_sa_read(x);

	confirm(ns, x, NULL, &sa, tag);
}

static __always_inline void confirm_ours(struct espencap_net *ns,
					 struct xfrm_state *x,
					 const struct espencap_tag *tag)
{
	struct espencap_memo *memo = espencap_memo_of(ns, x);

	if (likely(memo))
		confirm(ns, x, memo, &memo->sa, tag);
	else
		confirm_unkept(ns, x, tag);
}

/*
 * RFC 3948, section 3.1.2: the sums in it are over the addresses that the sender
 * knows. With a template, the kernel says so itself. Where the crypto ends later,
 * a packet can have lost its tag; the ICV has protected its bytes anyway.
 */
static bool has_foreign_sums(struct xfrm_state *x,
			     const struct espencap_tag *tag)
{
	if (x->props.mode != XFRM_MODE_TRANSPORT || x->encap)
		return false;
	if (tag)
		return tag->kind == ESPENCAP_TAG_RAW;
	return espencap_sa_is_async(x) && is_served(xs_net(x));
}

static noinline int judge(struct sk_buff *skb, struct xfrm_state *x)
{
	struct net *net = xs_net(x);
	struct espencap_tag tag;
	bool found;

	found = espencap_tag_take(skb, &tag);
	if (has_foreign_sums(x, found ? &tag : NULL))
		skb->ip_summed = CHECKSUM_UNNECESSARY;
	if (!espencap_sa_has_icv(x))
		return NEXT;
	/* GRO and NICs hand over what is not ours, and no handler is asked. */
	if (!found) {
		if (xfrm_offload(skb) && is_served(net))
			espencap_unlearn(espencap_net(net), x, NULL);
		return NEXT;
	}
	if (tag.net == net && tag.spi == x->id.spi)
		confirm_ours(espencap_net(net), x, &tag);
	return NEXT;
}

/* Its number gets an address here, so that others need no guarded stack. */
static noinline int judge_native(struct xfrm_state *x, u32 seq)
{
	espencap_unlearn(espencap_net(xs_net(x)), x, &seq);
	return NEXT;
}

/* Nothing but jumps from here on: others' ESP pays for no stack. */
static int on_judgement(struct sk_buff *skb, int err)
{
	const struct sec_path *sp = skb_sec_path(skb);
	struct xfrm_state *x;

	if (err || !sp || !sp->len)
		return NEXT;
	/* The outermost SA is the one that UDP carried. */
	x = sp->xvec[0];
	/* No handler sees what a NIC or GRO hands over; the offsets are anybody's then. */
	if (espencap_tag_is_native(skb) && !sp->olen) {
		const u32 seq = espencap_tag_carried(skb);

		espencap_tag_clear(skb);
		return espencap_sa_has_icv(x) ? judge_native(x, seq) : NEXT;
	}
	if (espencap_tag_may_be(skb) || sp->olen ||
	    x->props.mode == XFRM_MODE_TRANSPORT)
		return judge(skb, x);
	return NEXT;
}

static int on_error4(struct sk_buff *skb, u32 info)
{
	return -ENOENT;
}

static int on_error6(struct sk_buff *skb, struct inet6_skb_parm *opt, u8 type,
		     u8 code, int offset, __be32 info)
{
	return -ENOENT;
}

static struct xfrm4_protocol protocol4 = {
	.handler = on_esp4,
	.input_handler = on_encap,
	.cb_handler = on_judgement,
	.err_handler = on_error4,
	.priority = PRIORITY,
};

static struct xfrm6_protocol protocol6 = {
	.handler = on_esp6,
	.input_handler = on_encap,
	.cb_handler = on_judgement,
	.err_handler = on_error6,
	.priority = PRIORITY,
};

int espencap_confirm_init(void)
{
	int err = xfrm4_protocol_register(&protocol4, IPPROTO_ESP);

	if (err)
		return err;
	err = xfrm6_protocol_register(&protocol6, IPPROTO_ESP);
	if (err)
		xfrm4_protocol_deregister(&protocol4, IPPROTO_ESP);
	return err;
}

void espencap_confirm_exit(void)
{
	xfrm6_protocol_deregister(&protocol6, IPPROTO_ESP);
	xfrm4_protocol_deregister(&protocol4, IPPROTO_ESP);
}
