// SPDX-License-Identifier: GPL-2.0
/* The way out: peer, room, header, route, path MTU, checksums. */
#include <linux/netdevice.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/xfrm.h>
#include "classify.h"
#include "encap.h"
#include "peer.h"
#include "pmtu.h"
#include "port.h"
#include "sa.h"

static struct espencap_peer *find_peer(struct net *net,
				       const struct sk_buff *skb,
				       unsigned int hlen, unsigned short family)
{
	struct espencap_net *ns = espencap_net(net);
	struct espencap_dest *dest;
	struct in6_addr addr;
	u32 reqid = 0;

	if (family == AF_INET)
		ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr, &addr);
	else
		addr = ipv6_hdr(skb)->daddr;
	dest = espencap_dest_find(ns, &addr);
	if (likely(!dest))
		return NULL;

	if (READ_ONCE(dest->nr_reqid)) {
		__be32 _spi, *spi;

		spi = skb_header_pointer(skb, hlen, sizeof(_spi), &_spi);
		if (spi)
			reqid = espencap_sa_find(net, skb, *spi, family).reqid;
	}
	return espencap_dest_peer(ns, dest, reqid);
}

/*
 * SAs that were made while esp4_offload or esp6_offload was loaded hand over
 * packets that are still to be encrypted, further down, at places counted from
 * the ESP header that they have now. They must not leave.
 */
static bool is_unencrypted(struct sk_buff *skb,
			   const struct espencap_peer *peer)
{
	if (likely(!xfrm_offload(skb)))
		return false;
	net_warn_ratelimited("ESP for %pI6c is left to be encrypted after netfilter and was dropped: its SA was made while esp4_offload or esp6_offload was loaded; unload them and make the SA anew\n",
			     &peer->key.addr);
	return true;
}

/* Put the header in; IP lengths and checksums are still those of before. */
static int push_header(struct sk_buff *skb, unsigned int hlen,
		       const struct espencap_peer *peer, unsigned int added)
{
	const struct net_device *dev = skb_dst(skb)->dev;
	const struct espencap_port *port = peer->port;
	struct udphdr *uh;

	if (skb_cow_head(skb, added + LL_RESERVED_SPACE(dev)))
		return -ENOMEM;

	skb_push(skb, added);
	memmove(skb->data, skb->data + added, hlen);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, hlen);

	uh = udp_hdr(skb);
	uh->source = htons(port->number);
	uh->dest = peer->endpoint_port;
	uh->len = htons(skb->len - hlen);
	/* RFC 3948, section 2.1: SHOULD be zero; IPv6 sets it further down. */
	uh->check = 0;
	memset(uh + 1, 0, port->format->esp_marker);
	return 0;
}

static enum espencap_stat finish4(struct net *net, struct sk_buff *skb,
				  struct espencap_peer *peer,
				  unsigned int added)
{
	/* under RCU it can still be read when the packet has let go of it */
	struct dst_entry *xdst = skb_dst(skb);
	struct iphdr *iph = ip_hdr(skb);

	iph->protocol = IPPROTO_UDP;
	iph->tot_len = htons(skb->len);
	if (peer->redirected) {
		iph->daddr = peer->endpoint.s6_addr32[3];
		/*
		 * Not by the route of the inner packet's socket, so no sk; and
		 * not into a policy, which would make ESP of it again.
		 */
		if (ip_route_me_harder(net, NULL, skb, RTN_UNSPEC) ||
		    skb_dst(skb)->xfrm)
			return ESPENCAP_STAT_TX_NO_ROUTE;
	}
	if (!espencap_pmtu4(peer, skb, xdst, added))
		return ESPENCAP_STAT_TX_TOO_BIG;

	/* The numbers of two protocols must not meet in one reassembly. */
	ip_select_ident(net, skb, NULL);
	ip_send_check(ip_hdr(skb));
	return ESPENCAP_STAT_TX_PACKETS;
}

static enum espencap_stat finish6(struct net *net, struct sk_buff *skb,
				  struct espencap_peer *peer,
				  unsigned int added)
{
	const struct dst_entry *xdst = skb_dst(skb);
	struct ipv6hdr *ip6h = ipv6_hdr(skb);
	unsigned int len;
	__wsum sum;

	ip6h->nexthdr = IPPROTO_UDP;
	ip6h->payload_len = htons(skb->len - sizeof(*ip6h));
	if (peer->redirected) {
		ip6h->daddr = peer->endpoint;
		if (ip6_route_me_harder(net, NULL, skb) ||
		    skb_dst(skb)->xfrm)
			return ESPENCAP_STAT_TX_NO_ROUTE;
	}
	if (!espencap_pmtu6(net, peer, skb, xdst, added))
		return ESPENCAP_STAT_TX_TOO_BIG;

	/* None of the drafts allows RFC 6935's zero, so that a sum it is. */
	ip6h = ipv6_hdr(skb);
	len = skb->len - sizeof(*ip6h);
	sum = skb_checksum(skb, sizeof(*ip6h), len, 0);
	udp_hdr(skb)->check = csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
					      IPPROTO_UDP, sum) ?:
			      CSUM_MANGLED_0;
	return ESPENCAP_STAT_TX_PACKETS;
}

static enum espencap_stat encap_for_peer(struct net *net, struct sk_buff *skb,
					 unsigned int hlen,
					 unsigned short family,
					 struct espencap_peer *peer)
{
	const unsigned int added = ESPENCAP_UDP_HLEN +
				   peer->port->format->esp_marker;

	if (is_unencrypted(skb, peer))
		return ESPENCAP_STAT_TX_UNENCRYPTED;
	if (skb->len + added > IP_MAX_MTU)
		return ESPENCAP_STAT_TX_TOO_BIG;
	if (push_header(skb, hlen, peer, added))
		return ESPENCAP_STAT_TX_NO_MEMORY;
	if (family == AF_INET)
		return finish4(net, skb, peer, added);
	return finish6(net, skb, peer, added);
}

enum espencap_stat espencap_encap(struct net *net, struct sk_buff *skb,
				  unsigned int hlen, unsigned short family)
{
	const unsigned int esp_len = skb->len - hlen;
	struct espencap_peer *peer = find_peer(net, skb, hlen, family);
	enum espencap_stat end;

	if (!peer)
		return ESPENCAP_STAT_UNSPEC;

	end = encap_for_peer(net, skb, hlen, family, peer);
	espencap_stats_add(peer->stats, end, 1);
	espencap_stats_add(peer->port->stats, end, 1);
	if (end == ESPENCAP_STAT_TX_PACKETS) {
		espencap_stats_add(peer->stats, ESPENCAP_STAT_TX_BYTES, esp_len);
		espencap_stats_add(peer->port->stats, ESPENCAP_STAT_TX_BYTES,
				   esp_len);
	}
	return end;
}
