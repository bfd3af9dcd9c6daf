// SPDX-License-Identifier: GPL-2.0
/* ICMP "fragmentation needed", and ICMPv6 "packet too big". */
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include "address.h"
#include "age.h"
#include "classify.h"
#include "compat.h"
#include "path.h"
#include "peer.h"
#include "pmtu.h"
#include "port.h"
#include "sa.h"
#include "toobig.h"

/* Guesses at an identification in a while; then nobody is believed for the rest. */
#define DOUBTS_MAX	4
#define DOUBTS_LIFE	(600 * HZ)

/* For who has many peers at one endpoint, ICMP must not be expensive. */
#define PATHS_MAX	64

/**
 * struct complaint - what an ICMP error says
 * @mtu: the path MTU that it tells, in bytes
 * @lifetime: how long to remember it, in jiffies
 * @port: our port that the packet was sent from
 * @endpoint: where it was sent to
 * @len: its bytes, from the IP header on
 * @ident: its IPv4 identification
 * @has_ident: it has one
 * @payload: where in the ICMP packet its UDP payload is
 */
struct complaint {
	unsigned int mtu;
	unsigned long lifetime;
	struct espencap_port *port;
	struct espencap_endpoint endpoint;
	unsigned int len;
	u16 ident;
	bool has_ident;
	unsigned int payload;
};

/**
 * struct quoted_esp - the beginning of ESP
 * @spi: SPI, in network byte order
 * @seq: lower half of the sequence number, in network byte order
 */
struct quoted_esp {
	__be32 spi;
	__be32 seq;
};

/* Is that what we have sent to this peer lately? */
static bool fits_sa(struct net *net, const struct espencap_path *path,
		    const struct quoted_esp *esp)
{
	const struct espencap_peer *peer = path->peer;

	return espencap_sa_has_sent(net, &peer->key.addr,
				    espencap_peer_is_exact(peer),
				    peer->key.reqid, esp->spi,
				    ntohl(esp->seq));
}

static bool fits_ident(struct espencap_path *path,
		       const struct complaint *complaint)
{
	if (!complaint->has_ident)
		return false;
	if (!READ_ONCE(path->doubts) ||
	    espencap_age(READ_ONCE(path->doubted)) > DOUBTS_LIFE) {
		WRITE_ONCE(path->doubted, espencap_now());
		WRITE_ONCE(path->doubts, 0);
	}
	if (READ_ONCE(path->doubts) >= DOUBTS_MAX)
		return false;
	if (complaint->ident == espencap_path_ident(path, complaint->len, 0) ||
	    complaint->ident == espencap_path_ident(path, complaint->len, 1))
		return true;
	WRITE_ONCE(path->doubts, READ_ONCE(path->doubts) + 1);
	return false;
}

/* IKE goes the same way; about it, nobody need be right. */
static bool is_of_ike(const struct sk_buff *skb,
		      const struct espencap_path *path,
		      const struct complaint *complaint)
{
	const unsigned int len = path->port->format->esp_marker + sizeof(u32);
	u8 _bytes[ESPENCAP_MARKER_MAX + sizeof(u32)];
	const u8 *bytes = skb_header_pointer(skb, complaint->payload, len,
					     _bytes);

	if (!bytes)
		return false;
	return memchr_inv(bytes, 0, len - sizeof(u32)) ||
	       !memchr_inv(bytes + len - sizeof(u32), 0, sizeof(u32));
}

static bool is_believable(struct net *net, const struct sk_buff *skb,
			  struct espencap_path *path,
			  const struct complaint *complaint)
{
	const unsigned int offset = complaint->payload +
				    path->port->format->esp_marker;
	const struct quoted_esp *esp;
	struct quoted_esp _esp;

	/* Who complains of a packet that would fit is not right in his mind. */
	if (complaint->len <= complaint->mtu)
		return false;
	esp = skb_header_pointer(skb, offset, sizeof(_esp), &_esp);
	return esp ? fits_sa(net, path, esp) : fits_ident(path, complaint);
}

/* As with the kernel, the least that was told holds until it is forgotten. */
static void lower(struct espencap_path *path, const struct complaint *complaint)
{
	const unsigned int old = READ_ONCE(path->pmtu);

	if (old && old < complaint->mtu &&
	    time_before(jiffies, READ_ONCE(path->pmtu_until)))
		return;
	WRITE_ONCE(path->pmtu, complaint->mtu);
	/* pairs with path_mtu() in pmtu.c */
	smp_store_release(&path->pmtu_until, jiffies + complaint->lifetime);
}

/* Each path for itself: whoever is at the same endpoint may be somebody else. */
static void believe(struct net *net, const struct sk_buff *skb,
		    const struct complaint *complaint)
{
	struct espencap_net *ns = espencap_net(net);
	bool is_ours = false, believed = false;
	struct rhlist_head *list, *pos;
	struct espencap_path *path;
	unsigned int n = 0;

	list = espencap_paths_find(ns, &complaint->endpoint);
	rhl_for_each_entry_rcu(path, pos, list, node) {
		if (n++ == PATHS_MAX)
			break;
		if (path->port != complaint->port ||
		    is_of_ike(skb, path, complaint))
			continue;
		is_ours = true;
		if (is_believable(net, skb, path, complaint)) {
			believed = true;
			lower(path, complaint);
		}
	}
	if (is_ours)
		espencap_stats_add(complaint->port->stats,
				   believed ? ESPENCAP_STAT_TOO_BIG_BELIEVED :
					      ESPENCAP_STAT_TOO_BIG_REFUSED, 1);
}

/* The UDP header that is quoted: was it sent from a port of ours? */
static bool read_udp(struct net *net, const struct sk_buff *skb,
		     unsigned int udp_at, struct complaint *complaint)
{
	const struct udphdr *uh;
	struct udphdr _uh;

	uh = skb_header_pointer(skb, udp_at, sizeof(_uh), &_uh);
	if (!uh)
		return false;
	complaint->port = espencap_port_find(espencap_net(net),
					     ntohs(uh->source));
	complaint->endpoint.udp_port = uh->dest;
	complaint->payload = udp_at + sizeof(*uh);
	return complaint->port;
}

void espencap_toobig4(struct net *net, struct sk_buff *skb)
{
	const unsigned int icmp_at = ip_hdrlen(skb);
	const unsigned int quote_at = icmp_at + sizeof(struct icmphdr);
	struct complaint complaint = { .has_ident = true };
	const struct icmphdr *icmp;
	const struct iphdr *iph;
	struct icmphdr _icmp;
	struct iphdr _iph;
	unsigned int udp_at;

	icmp = skb_header_pointer(skb, icmp_at, sizeof(_icmp), &_icmp);
	if (!icmp || icmp->type != ICMP_DEST_UNREACH ||
	    icmp->code != ICMP_FRAG_NEEDED)
		return;
	complaint.mtu = max_t(unsigned int, ntohs(icmp->un.frag.mtu),
			      ESPENCAP_PMTU4_MIN);

	iph = skb_header_pointer(skb, quote_at, sizeof(_iph), &_iph);
	if (!iph || iph->version != 4 || iph->ihl < 5 ||
	    iph->protocol != IPPROTO_UDP || iph->frag_off & htons(IP_OFFSET))
		return;
	udp_at = quote_at + iph->ihl * 4;
	complaint.len = ntohs(iph->tot_len);
	complaint.ident = ntohs(iph->id);
	ipv6_addr_set_v4mapped(iph->daddr, &complaint.endpoint.addr);

	if (!read_udp(net, skb, udp_at, &complaint))
		return;
	complaint.lifetime = espencap_mtu_expires4(net);
	if (!nf_ip_checksum(skb, NF_INET_LOCAL_IN, icmp_at, IPPROTO_ICMP))
		believe(net, skb, &complaint);
}

void espencap_toobig6(struct net *net, struct sk_buff *skb)
{
	const unsigned int icmp_at = sizeof(struct ipv6hdr);
	const unsigned int quote_at = icmp_at + sizeof(struct icmp6hdr);
	struct complaint complaint = {};
	const struct icmp6hdr *icmp;
	const struct ipv6hdr *ip6h;
	struct icmp6hdr _icmp;
	struct ipv6hdr _ip6h;
	__be16 frag_off;
	u8 protocol;
	int udp_at;

	icmp = skb_header_pointer(skb, icmp_at, sizeof(_icmp), &_icmp);
	if (!icmp || icmp->icmp6_type != ICMPV6_PKT_TOOBIG)
		return;
	complaint.mtu = max_t(u32, ntohl(icmp->icmp6_mtu), IPV6_MIN_MTU);

	ip6h = skb_header_pointer(skb, quote_at, sizeof(_ip6h), &_ip6h);
	if (!ip6h || ip6h->version != 6)
		return;
	complaint.len = sizeof(*ip6h) + ntohs(ip6h->payload_len);
	complaint.endpoint.addr = ip6h->daddr;
	protocol = ip6h->nexthdr;
	/* The first fragment of ours that was too big has UDP as well. */
	udp_at = ipv6_skip_exthdr(skb, quote_at + sizeof(*ip6h), &protocol,
				  &frag_off);
	if (udp_at < 0 || protocol != IPPROTO_UDP ||
	    frag_off & htons(IP6_OFFSET))
		return;

	if (!read_udp(net, skb, udp_at, &complaint))
		return;
	complaint.lifetime = READ_ONCE(net->ipv6.sysctl.ip6_rt_mtu_expires);
	if (!nf_ip6_checksum(skb, NF_INET_LOCAL_IN, icmp_at, IPPROTO_ICMPV6))
		believe(net, skb, &complaint);
}
