// SPDX-License-Identifier: GPL-2.0
/*
 * The way in: port, looks, SA, then a note and the cut. Nothing is written
 * before the SA is known, so that whatever is not ours goes on as it came.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>
#include <net/xfrm.h>
#include "address.h"
#include "classify.h"
#include "decap.h"
#include "headers.h"
#include "iphdr.h"
#include "memo.h"
#include "port.h"
#include "sa.h"
#include "socket.h"
#include "tag.h"

static __always_inline bool is_unicast_to_us(const struct sk_buff *skb,
					     unsigned short family)
{
	if (skb->pkt_type != PACKET_HOST)
		return false;
	if (family == AF_INET)
		return skb_rtable(skb)->rt_type == RTN_LOCAL;
	return !ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr);
}

/*
 * The packet comes from whom XFRM knows: in transport mode, the source is part
 * of what it carries; a VTI looks for it; and the IKE daemon would take another
 * one for the mapping of its own port.
 */
static __always_inline void set_source(struct sk_buff *skb,
				       unsigned short family,
				       const struct in6_addr *src)
{
	if (espencap_address_is_any(src))
		return;
	if (family == AF_INET)
		ip_hdr(skb)->saddr = src->s6_addr32[3];
	else
		ipv6_hdr(skb)->saddr = *src;
}

static __always_inline void set_protocol(struct sk_buff *skb,
					 unsigned short family,
					 unsigned int next, unsigned int len)
{
	skb->data[next] = IPPROTO_ESP;
	if (family == AF_INET) {
		struct iphdr *iph = ip_hdr(skb);

		iph->tot_len = htons(len);
		espencap_set_check(iph);
	} else {
		ipv6_hdr(skb)->payload_len = htons(len - sizeof(struct ipv6hdr));
	}
}

/* Take @dgram->cut bytes out from behind all IP headers. */
static __always_inline void cut(struct sk_buff *skb,
				const struct espencap_headers *headers,
				const struct espencap_datagram *dgram)
{
	espencap_move_header(skb->data + dgram->cut, skb->data, headers->udp);
	__skb_pull(skb, dgram->cut);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, headers->first);
}

/*
 * For an SA with a template, they stay until XFRM is about to take the packet
 * (confirm.c): it wants to see UDP before ESP, and from the port that the template
 * says, or it tells the IKE daemon of another.
 */
static void disguise(struct sk_buff *skb,
		     const struct espencap_headers *headers, __be16 sport)
{
	struct udphdr *uh = (struct udphdr *)(skb->data + headers->udp);

	uh->source = sport;
}

/* Make the ESP packet of @sa of it that IP will deliver to XFRM. */
static __always_inline int make_esp(struct sk_buff *skb, unsigned short family,
				    const struct espencap_headers *headers,
				    const struct espencap_sa *sa,
				    const struct espencap_datagram *dgram)
{
	/* That much is linear: see take(). */
	if (unlikely(skb_cloned(skb)) &&
	    skb_ensure_writable(skb, headers->udp + dgram->cut))
		return -ENOMEM;
	/* ESP reads its ICV from the end, so padding behind UDP must go. */
	if (pskb_trim(skb, headers->udp + dgram->udp_len))
		return -ENOMEM;

	/*
	 * Early demux may have found a UDP socket. From 6.12 on, the inner
	 * packet would be handed to it, whatever its protocol.
	 */
	skb_orphan(skb);

	if (sa->kind == ESPENCAP_SA_ENCAP)
		disguise(skb, headers, sa->encap_sport);
	else
		cut(skb, headers, dgram);

	/* These spoke of UDP. */
	skb->ip_summed = CHECKSUM_NONE;
	skb->csum_valid = 0;
	skb->encapsulation = 0;
	skb_gso_reset(skb);

	set_source(skb, family, &sa->src);
	set_protocol(skb, family, headers->next,
		     headers->udp + dgram->udp_len - dgram->cut);
	return 0;
}

/* Did it come out of another SA? Then it may come from anybody who has keys. */
static bool is_nested(const struct sk_buff *skb)
{
	const struct sec_path *sp = skb_sec_path(skb);

	return sp && sp->len;
}

/* Note where the packet came from, for the time when it is authenticated. */
static __always_inline void note(const struct espencap_net *ns,
				 struct sk_buff *skb, unsigned short family,
				 const struct espencap_port *port,
				 const struct espencap_sa *sa,
				 const struct espencap_datagram *dgram,
				 __be16 sport)
{
	struct espencap_tag *tag;

	if (is_nested(skb))
		return;
	if (!sa->is_judged) {
		espencap_tag_pass(skb);
		return;
	}
	tag = espencap_tag_begin();
	tag->kind = sa->kind == ESPENCAP_SA_ENCAP ? ESPENCAP_TAG_ENCAP :
						    ESPENCAP_TAG_RAW;
	tag->net = ns->net;
	tag->spi = dgram->spi;
	tag->seq = ntohl(dgram->seq);
	espencap_address_saddr(&tag->addr, skb, family);
	tag->udp_port = sport;
	tag->local_port = port->number;
	tag->len = dgram->udp_len - dgram->cut;
	tag->cut = dgram->cut;
	espencap_tag_note(skb, tag);
}

/* Has a socket with UDP_ENCAP the port, where this datagram goes to? */
static noinline bool is_the_kernels(struct net *net,
				    const struct espencap_port *port,
				    const struct sk_buff *skb,
				    unsigned short family)
{
	struct in6_addr local;

	espencap_address_daddr(&local, skb, family);
	return espencap_socket_takes(net, port->number, &local);
}

static __always_inline enum espencap_stat
take(struct espencap_net *ns, struct espencap_port *port, struct sk_buff *skb,
     unsigned short family, const struct espencap_headers *headers)
{
	const unsigned int room = skb->len - headers->udp;
	struct espencap_datagram dgram;
	const struct espencap_sa *sa;
	struct espencap_sa _sa;
	const u8 *udp;

	if (!is_unicast_to_us(skb, family))
		return ESPENCAP_STAT_RX_NOT_UNICAST;

	/* that much is there */
	if (!pskb_may_pull(skb, headers->udp + min(room, ESPENCAP_PEEK)))
		return ESPENCAP_STAT_RX_NO_MEMORY;
	udp = skb->data + headers->udp;
	switch (espencap_classify(port->format, udp, room, family == AF_INET6,
				  &dgram)) {
	case ESPENCAP_CLASS_MALFORMED:
		return ESPENCAP_STAT_RX_MALFORMED;
	case ESPENCAP_CLASS_KEEPALIVE:
		return ESPENCAP_STAT_RX_KEEPALIVES;
	case ESPENCAP_CLASS_NOT_ESP:
		return ESPENCAP_STAT_RX_NOT_ESP;
	case ESPENCAP_CLASS_ESP:
		break;
	}

	sa = espencap_memo_sa(ns, skb, dgram.spi, family, &_sa);
	if (sa->kind == ESPENCAP_SA_NONE)
		return ESPENCAP_STAT_RX_UNKNOWN_SPI;
	if (unlikely(sa->kind != ESPENCAP_SA_RAW) &&
	    (sa->kind == ESPENCAP_SA_OTHER || is_nested(skb) ||
	     is_the_kernels(ns->net, port, skb, family)))
		return ESPENCAP_STAT_RX_ENCAP_SA;

	note(ns, skb, family, port, sa, &dgram,
	     ((const struct udphdr *)udp)->source);
	if (make_esp(skb, family, headers, sa, &dgram))
		return ESPENCAP_STAT_RX_NO_MEMORY;
	espencap_stats_add(port->stats, ESPENCAP_STAT_RX_BYTES,
			   dgram.udp_len - dgram.cut);
	espencap_stats_rx(port->stats, espencap_seen_now());
	return ESPENCAP_STAT_RX_PACKETS;
}

enum espencap_stat espencap_decap(struct espencap_net *ns,
				  struct espencap_port *port,
				  struct sk_buff *skb, unsigned short family,
				  const struct espencap_headers *headers)
{
	const enum espencap_stat end =
		family == AF_INET ? take(ns, port, skb, AF_INET, headers) :
				    take(ns, port, skb, AF_INET6, headers);

	espencap_stats_add(port->stats, end, 1);
	return end;
}
