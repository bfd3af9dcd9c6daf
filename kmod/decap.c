// SPDX-License-Identifier: GPL-2.0
/*
 * The way in: port, looks, SA, then the cut. Nothing is written before the SA
 * is known, so that whatever is not ours goes on as it came.
 */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/route.h>
#include "classify.h"
#include "decap.h"
#include "peer.h"
#include "port.h"
#include "sa.h"

static bool is_unicast_to_us(const struct sk_buff *skb, unsigned short family)
{
	if (skb->pkt_type != PACKET_HOST)
		return false;
	if (family == AF_INET)
		return skb_rtable(skb)->rt_type == RTN_LOCAL;
	return !ipv6_addr_is_multicast(&ipv6_hdr(skb)->daddr);
}

/* Take @dgram->cut bytes out from behind the IP header. */
static int cut(struct sk_buff *skb, unsigned int hlen, unsigned short family,
	       const struct espencap_datagram *dgram)
{
	if (skb_ensure_writable(skb, hlen + dgram->cut))
		return -ENOMEM;
	/* ESP reads its ICV from the end, so padding behind UDP must go. */
	if (pskb_trim(skb, hlen + dgram->udp_len))
		return -ENOMEM;

	/*
	 * Early demux may have found a UDP socket. From 6.12 on, the inner
	 * packet would be handed to it, whatever its protocol.
	 */
	skb_orphan(skb);

	memmove(skb->data + dgram->cut, skb->data, hlen);
	__skb_pull(skb, dgram->cut);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, hlen);

	/* These spoke of UDP. */
	skb->ip_summed = CHECKSUM_NONE;
	skb->csum_valid = 0;
	skb->encapsulation = 0;

	if (family == AF_INET) {
		struct iphdr *iph = ip_hdr(skb);

		iph->protocol = IPPROTO_ESP;
		iph->tot_len = htons(skb->len);
		ip_send_check(iph);
	} else {
		struct ipv6hdr *ip6h = ipv6_hdr(skb);

		ip6h->nexthdr = IPPROTO_ESP;
		ip6h->payload_len = htons(skb->len - sizeof(*ip6h));
	}
	return 0;
}

/* The packet is ESP of @sa now: count it for the port and its peer, if any. */
static void count_packet(struct espencap_net *ns, struct espencap_port *port,
			 const struct espencap_sa *sa, unsigned int bytes)
{
	struct espencap_dest *dest = espencap_dest_find(ns, &sa->src);
	struct espencap_peer *peer;

	espencap_stats_add(port->stats, ESPENCAP_STAT_RX_BYTES, bytes);
	peer = dest ? espencap_dest_peer(ns, dest, sa->reqid) : NULL;
	if (!peer)
		return;
	espencap_stats_add(peer->stats, ESPENCAP_STAT_RX_PACKETS, 1);
	espencap_stats_add(peer->stats, ESPENCAP_STAT_RX_BYTES, bytes);
}

static enum espencap_stat decap_on_port(struct net *net,
					struct espencap_port *port,
					struct sk_buff *skb, unsigned int hlen,
					unsigned short family)
{
	const unsigned int room = skb->len - hlen;
	struct espencap_datagram dgram;
	u8 peek[ESPENCAP_PEEK];
	struct espencap_sa sa;
	const u8 *udp;

	if (!is_unicast_to_us(skb, family))
		return ESPENCAP_STAT_RX_NOT_UNICAST;
	if (skb_is_gso(skb))
		return ESPENCAP_STAT_RX_AGGREGATED;

	udp = skb_header_pointer(skb, hlen, min(room, ESPENCAP_PEEK), peek);
	if (!udp)
		return ESPENCAP_STAT_RX_MALFORMED;
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

	sa = espencap_sa_find(net, skb, dgram.spi, family);
	if (sa.kind == ESPENCAP_SA_NONE)
		return ESPENCAP_STAT_RX_UNKNOWN_SPI;
	if (sa.kind == ESPENCAP_SA_ENCAP)
		return ESPENCAP_STAT_RX_ENCAP_SA;

	if (cut(skb, hlen, family, &dgram))
		return ESPENCAP_STAT_RX_NO_MEMORY;
	count_packet(espencap_net(net), port, &sa, skb->len - hlen);
	return ESPENCAP_STAT_RX_PACKETS;
}

enum espencap_stat espencap_decap(struct net *net, struct sk_buff *skb,
				  unsigned int hlen, unsigned short family)
{
	struct espencap_port *port;
	const struct udphdr *uh;
	enum espencap_stat end;
	struct udphdr _uh;

	uh = skb_header_pointer(skb, hlen, sizeof(_uh), &_uh);
	if (!uh)
		return ESPENCAP_STAT_UNSPEC;
	port = espencap_port_find(espencap_net(net), ntohs(uh->dest));
	if (likely(!port))
		return ESPENCAP_STAT_UNSPEC;

	end = decap_on_port(net, port, skb, hlen, family);
	espencap_stats_add(port->stats, end, 1);
	return end;
}
