// SPDX-License-Identifier: GPL-2.0
/* IPv6 extension headers, and the fragments among them. */
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/ipv6_frag.h>
#include <net/netfilter/ipv6/nf_defrag_ipv6.h>
#include "headers.h"

/* More of them are nobody's who means well. */
#define HEADERS_MAX	8

/**
 * union header - as much of an extension header as is looked at
 * @opt: any: what follows, and how long it is
 * @routing: routing header (RFC 8200, section 4.4)
 */
union header {
	struct ipv6_opt_hdr opt;
	struct ipv6_rt_hdr routing;
};

/*
 * Steps over what the stack has processed or, on the way from here to ESP, still
 * will. Returns the first header that is none of these.
 */
static u8 skip(const struct sk_buff *skb, struct espencap_headers *headers)
{
	u8 protocol = ipv6_hdr(skb)->nexthdr;
	int n;

	headers->next = offsetof(struct ipv6hdr, nexthdr);
	headers->udp = sizeof(struct ipv6hdr);
	for (n = 0; n < HEADERS_MAX; n++) {
		const union header *header;
		union header _header;

		if (protocol != NEXTHDR_HOP && protocol != NEXTHDR_DEST &&
		    protocol != NEXTHDR_ROUTING)
			return protocol;
		header = skb_header_pointer(skb, headers->udp, sizeof(_header),
					    &_header);
		if (!header)
			return NEXTHDR_NONE;
		/* It is to go on to another host. */
		if (protocol == NEXTHDR_ROUTING && header->routing.segments_left)
			return NEXTHDR_NONE;
		headers->next = headers->udp;
		headers->udp += ipv6_optlen(&header->opt);
		protocol = header->opt.nexthdr;
	}
	return NEXTHDR_NONE;
}

/*
 * A hop-by-hop header has been processed before LOCAL_IN, and IP6CB tells. The
 * transport header tells as well, until a packet is reassembled: then it still
 * points to where the fragment header was.
 */
static unsigned int first_of(const struct sk_buff *skb)
{
	const unsigned int nhoff = IP6CB(skb)->nhoff;
	const struct ipv6_opt_hdr *hop;
	struct ipv6_opt_hdr _hop;

	if (nhoff == offsetof(struct ipv6hdr, nexthdr))
		return sizeof(struct ipv6hdr);
	hop = skb_header_pointer(skb, nhoff, sizeof(_hop), &_hop);
	return hop ? nhoff + ipv6_optlen(hop) : 0;
}

/* Behind a fragment header, options can stand before UDP as well. */
static bool may_have_udp(const struct sk_buff *skb, unsigned int offset)
{
	const struct frag_hdr *frag;
	struct frag_hdr _frag;

	frag = skb_header_pointer(skb, offset, sizeof(_frag), &_frag);
	return frag && (frag->nexthdr == IPPROTO_UDP ||
			frag->nexthdr == NEXTHDR_DEST);
}

/* 0, or -EINPROGRESS if the fragment is kept, or another error. */
static int gather(struct net *net, struct sk_buff *skb)
{
	unsigned int first;
	int err;

	err = nf_ct_frag6_gather(net, skb, IP6_DEFRAG_LOCAL_DELIVER);
	if (err)
		return err;
	first = first_of(skb);
	if (!first)
		return -EINVAL;
	skb_set_transport_header(skb, first);
	return 0;
}

enum espencap_reach espencap_headers_reach(struct net *net, struct sk_buff *skb,
					   struct espencap_headers *headers)
{
	u8 protocol = skip(skb, headers);
	int err;

	if (protocol == NEXTHDR_FRAGMENT && may_have_udp(skb, headers->udp)) {
		err = gather(net, skb);
		if (err == -EINPROGRESS)
			return ESPENCAP_REACH_GONE;
		if (err) {
			/* No port can count it, so IPv6 does, as for its own. */
			IP6_INC_STATS(net, __in6_dev_get(skb->dev),
				      IPSTATS_MIB_REASMFAILS);
			return ESPENCAP_REACH_BROKEN;
		}
		protocol = skip(skb, headers);
	}
	if (protocol != IPPROTO_UDP)
		return ESPENCAP_REACH_OTHER;
	headers->first = skb_transport_offset(skb);
	return ESPENCAP_REACH_UDP;
}
