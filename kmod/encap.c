// SPDX-License-Identifier: GPL-2.0
/* The way out: peer, room, header, route, path MTU, checksums. */
#include <linux/netdevice.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ipv6.h>
#include <net/xfrm.h>
#include "address.h"
#include "bundle.h"
#include "classify.h"
#include "encap.h"
#include "iphdr.h"
#include "memo.h"
#include "offload.h"
#include "peer.h"
#include "pmtu.h"
#include "port.h"
#include "route.h"
#include "sa.h"
#include "socket.h"

/*
 * UDP that XFRM made, for an SA with a template: only for a peer that is known
 * to use our port for just these SAs. To anybody else at that address the
 * kernel speaks as it always has.
 */
static struct espencap_peer *find_udp(struct espencap_net *ns,
				      struct sk_buff *skb,
				      unsigned int hlen, unsigned short family,
				      const struct espencap_dest *dest)
{
	struct {
		struct udphdr uh;
		__be32 spi;
	} *header, _header;
	const struct xfrm_state *x;
	const struct espencap_path *path;
	struct espencap_peer *peer;
	struct in6_addr local;
	struct espencap_sa sa;

	header = skb_header_pointer(skb, hlen, sizeof(_header), &_header);
	if (!header)
		return NULL;
	sa = espencap_sa_find(ns->net, skb, header->spi, family, &x);
	if (sa.kind != ESPENCAP_SA_ENCAP ||
	    sa.encap_sport != header->uh.source ||
	    sa.encap_dport != header->uh.dest)
		return NULL;
	peer = espencap_dest_exact(ns, dest, sa.reqid);
	if (!peer)
		return NULL;
	espencap_address_saddr(&local, skb, family);
	path = rcu_dereference(peer->path);
	return espencap_socket_takes(ns->net, path->port->number, &local) ?
		NULL : peer;
}

/* Of ESP without a template. */
static struct espencap_peer *find_esp(struct espencap_net *ns,
				      struct sk_buff *skb, __be32 spi,
				      unsigned short family,
				      const struct espencap_dest *dest)
{
	struct espencap_peer *peer = NULL;
	const struct xfrm_state *x;

	if (READ_ONCE(dest->nr_exact)) {
		const struct espencap_sa sa = espencap_sa_find(ns->net, skb,
							       spi, family,
							       &x);

		if (sa.kind != ESPENCAP_SA_NONE)
			peer = espencap_dest_exact(ns, dest, sa.reqid);
	}
	/* Without a NIC, this would be the kernel's UDP; see find_udp(). */
	if (peer || (unlikely(xfrm_offload(skb)) &&
		     espencap_offload_has_template(skb)))
		return peer;
	return rcu_dereference(dest->any);
}

static noinline struct espencap_peer *
look_up(struct espencap_net *ns, struct sk_buff *skb, unsigned int hlen,
	__be32 spi, unsigned short family, bool is_udp)
{
	struct espencap_dest *dest;
	struct in6_addr addr;

	espencap_address_daddr(&addr, skb, family);
	dest = espencap_dest_find(ns, &addr);
	if (!dest)
		return NULL;
	if (!is_udp)
		return find_esp(ns, skb, spi, family, dest);
	return READ_ONCE(dest->nr_exact) ?
	       find_udp(ns, skb, hlen, family, dest) : NULL;
}

static noinline struct espencap_peer *
look_up_and_keep(struct espencap_net *ns, struct sk_buff *skb,
		 unsigned int hlen, __be32 spi, unsigned short family)
{
	const unsigned int generation = espencap_memo_generation(ns);
	const u64 table = espencap_memo_table(ns, ESPENCAP_OUT, family);
	struct espencap_memo *memo = espencap_memo_at(table, spi);
	struct espencap_peer *peer;

	peer = look_up(ns, skb, hlen, spi, family, false);
	espencap_memo_keep(memo, generation, table, skb, spi, family);
	memo->peer = peer;
	return peer;
}

/* What sockets or a NIC have a say in is looked up each time: see encap.h. */
static struct espencap_peer *find_peer(struct espencap_net *ns,
				       struct sk_buff *skb, unsigned int hlen,
				       unsigned short family, bool is_udp)
{
	const __be32 *spi;
	__be32 _spi;

	spi = skb_header_pointer(skb, hlen, sizeof(_spi), &_spi);
	if (!spi)
		return NULL;
	if (is_udp || xfrm_offload(skb))
		return look_up(ns, skb, hlen, *spi, family, is_udp);
	return look_up_and_keep(ns, skb, hlen, *spi, family);
}

static __always_inline void count_sent(const struct espencap_peer *peer,
				       const struct espencap_path *path,
				       unsigned int n, unsigned int bytes)
{
	const u32 now = espencap_seen_now();

	espencap_stats_add(peer->stats, ESPENCAP_STAT_TX_PACKETS, n);
	espencap_stats_add(path->port->stats, ESPENCAP_STAT_TX_PACKETS, n);
	espencap_stats_add(peer->stats, ESPENCAP_STAT_TX_BYTES, bytes);
	espencap_stats_add(path->port->stats, ESPENCAP_STAT_TX_BYTES, bytes);
	espencap_stats_tx(peer->stats, now);
	espencap_stats_tx(path->port->stats, now);
}

static noinline void count_dropped(struct espencap_peer *peer,
				   const struct espencap_path *path,
				   enum espencap_stat why, unsigned int n)
{
	atomic_add(n, &peer->drops[why - ESPENCAP_DROPS_FIRST]);
	espencap_stats_add(path->port->stats, why, n);
}

/*
 * Put the header in, or write over the one that XFRM has made; IP lengths and
 * checksums are still those of before.
 */
static __always_inline int push_header(struct sk_buff *skb, unsigned int hlen,
				       const struct espencap_path *path,
				       unsigned int added)
{
	const struct net_device *dev = skb_dst(skb)->dev;
	const struct espencap_port *port = path->port;
	struct udphdr *uh;

	if (!pskb_may_pull(skb, hlen + ESPENCAP_UDP_HLEN) ||
	    skb_cow_head(skb, added + LL_RESERVED_SPACE(dev)))
		return -ENOMEM;

	__skb_push(skb, added);
	espencap_move_header(skb->data, skb->data + added, hlen);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, hlen);

	uh = udp_hdr(skb);
	uh->source = htons(port->number);
	uh->dest = path->endpoint.udp_port;
	uh->len = htons(skb->len - hlen);
	/* RFC 3948, section 2.1: SHOULD be zero; IPv6 sets it further down. */
	uh->check = 0;
	if (port->format->esp_marker)
		memset(uh + 1, 0, ESPENCAP_MARKER_MAX);
	return 0;
}

/*
 * What may be fragmented keeps the number that it would have as ESP; but not what was
 * not to be fragmented when it got it; and numbers for two addresses must not meet in a
 * reassembly at one.
 */
static __always_inline void set_ident(struct net *net, struct sk_buff *skb,
				      const struct espencap_path *path)
{
	struct iphdr *iph = ip_hdr(skb);

	if (iph->frag_off & htons(IP_DF) && !skb->ignore_df)
		iph->id = htons(espencap_path_ident(path, skb->len, 0));
	else if (unlikely(path->redirected || skb->ignore_df) &&
		 skb->len > ESPENCAP_PMTU4_MIN)
		ip_select_ident(net, skb, NULL);
}

static __always_inline enum espencap_stat
finish4(struct net *net, struct sk_buff *skb, struct espencap_peer *peer,
	const struct espencap_path *path, unsigned int added, bool is_udp)
{
	/* under RCU it can still be read when the packet has let go of it */
	struct dst_entry *xdst = skb_dst(skb);
	struct iphdr *iph = ip_hdr(skb);

	iph->protocol = IPPROTO_UDP;
	iph->tot_len = htons(skb->len);
	if (path->redirected)
		iph->daddr = path->endpoint.addr.s6_addr32[3];
	if ((path->redirected || espencap_route4_has_ports(net)) &&
	    !espencap_route4(net, skb))
		return ESPENCAP_STAT_TX_NO_ROUTE;
	if (!espencap_pmtu4(peer, path, skb, xdst, added,
			    is_udp ? IPPROTO_UDP : IPPROTO_ESP))
		return ESPENCAP_STAT_TX_TOO_BIG;
	set_ident(net, skb, path);
	espencap_set_check(iph);
	return ESPENCAP_STAT_TX_PACKETS;
}

static __always_inline enum espencap_stat
finish6(struct net *net, struct sk_buff *skb, struct espencap_peer *peer,
	const struct espencap_path *path, unsigned int added)
{
	struct dst_entry *xdst = skb_dst(skb);
	struct ipv6hdr *ip6h = ipv6_hdr(skb);
	unsigned int len = skb->len - sizeof(*ip6h);
	__wsum sum;

	ip6h->nexthdr = IPPROTO_UDP;
	ip6h->payload_len = htons(len);
	if (path->redirected)
		ip6h->daddr = path->endpoint.addr;
	if ((path->redirected || espencap_route6_has_ports(net)) &&
	    !espencap_route6(net, skb))
		return ESPENCAP_STAT_TX_NO_ROUTE;
	if (!espencap_pmtu6(peer, path, skb, xdst, added))
		return ESPENCAP_STAT_TX_TOO_BIG;

	/* None of the drafts allows RFC 6935's zero, so that a sum it is. */
	sum = skb_checksum(skb, sizeof(*ip6h), len, 0);
	udp_hdr(skb)->check = csum_ipv6_magic(&ip6h->saddr, &ip6h->daddr, len,
					      IPPROTO_UDP, sum) ?:
			      CSUM_MANGLED_0;
	return ESPENCAP_STAT_TX_PACKETS;
}

/* ESP, or UDP that XFRM made, becomes our UDP. */
static __always_inline enum espencap_stat
make_udp(struct net *net, struct sk_buff *skb, unsigned int hlen,
	 unsigned short family, struct espencap_peer *peer,
	 const struct espencap_path *path, unsigned int added, bool is_udp)
{
	if (skb->len + added > IP_MAX_MTU)
		return ESPENCAP_STAT_TX_TOO_BIG;
	if (push_header(skb, hlen, path, added))
		return ESPENCAP_STAT_TX_NO_MEMORY;
	if (family == AF_INET)
		return finish4(net, skb, peer, path, added, is_udp);
	return finish6(net, skb, peer, path, added);
}

static enum espencap_stat not_encrypted(const struct espencap_peer *peer,
					int err)
{
	if (err == -ENOMEM)
		return ESPENCAP_STAT_TX_NO_MEMORY;
	if (err == -EOPNOTSUPP)
		net_warn_ratelimited("ESP for %pI6c was dropped: its SA has a template and an offload, so that a NIC would have to encrypt it; make the SA without one of them\n",
				     &peer->key.addr);
	return ESPENCAP_STAT_TX_UNENCRYPTED;
}

/* What is a single packet for whoever handed it over leaves as several. */
static enum espencap_stat
encap_segments(struct net *net, struct sk_buff *skb, unsigned int hlen,
	       unsigned short family, struct espencap_peer *peer,
	       const struct espencap_path *path, unsigned int added)
{
	struct sk_buff *segments, *segment;
	unsigned int lost;

	segments = espencap_offload_segments(skb, &lost);
	if (IS_ERR(segments))
		return not_encrypted(peer, PTR_ERR(segments));
	if (lost)
		count_dropped(peer, path, ESPENCAP_STAT_TX_UNENCRYPTED, lost);
	while ((segment = segments)) {
		enum espencap_stat end;
		unsigned int n, bytes;

		segments = segment->next;
		skb_mark_not_on_list(segment);
		end = make_udp(net, segment, hlen, family, peer, path, added,
			       false);
		if (end != ESPENCAP_STAT_TX_PACKETS) {
			count_dropped(peer, path, end, 1);
			kfree_skb(segment);
			continue;
		}
		bytes = segment->len;
		n = 1 + espencap_bundle(segment, &segments, path, hlen, added,
					&bytes);
		count_sent(peer, path, n, bytes - n * (hlen + added));
		espencap_offload_send(segment);
	}
	consume_skb(skb);
	return ESPENCAP_GONE;
}

/* ESPENCAP_STAT_UNSPEC if it is ESP now, and goes on like all ESP. */
static noinline enum espencap_stat
have_encrypted(struct net *net, struct sk_buff *skb, unsigned int hlen,
	       unsigned short family, struct espencap_peer *peer,
	       const struct espencap_path *path, unsigned int added)
{
	unsigned int headroom = added + LL_RESERVED_SPACE(skb_dst(skb)->dev);
	struct sk_buff *done;
	int err;

	/* Each segment gets as much as the whole has. */
	if (skb_is_gso(skb))
		headroom += ESPENCAP_BUNDLE_SPARE;
	err = espencap_offload_prepare(skb, headroom);
	if (err)
		return not_encrypted(peer, err);
	if (skb_is_gso(skb))
		return encap_segments(net, skb, hlen, family, peer, path,
				      added);
	done = espencap_offload_encrypt(skb);
	if (IS_ERR(done))
		return not_encrypted(peer, PTR_ERR(done));
	return done ? ESPENCAP_STAT_UNSPEC : ESPENCAP_GONE;
}

static __always_inline enum espencap_stat
encap_for_peer(struct net *net, struct sk_buff *skb, unsigned int hlen,
	       unsigned short family, struct espencap_peer *peer,
	       const struct espencap_path *path, bool is_udp, bool may_offload)
{
	unsigned int added = path->port->format->esp_marker;

	if (!is_udp)
		added += ESPENCAP_UDP_HLEN;
	if (unlikely(may_offload && xfrm_offload(skb))) {
		const enum espencap_stat end = have_encrypted(net, skb, hlen,
							      family, peer,
							      path, added);

		if (end != ESPENCAP_STAT_UNSPEC)
			return end;
	}
	return make_udp(net, skb, hlen, family, peer, path, added, is_udp);
}

static __always_inline enum espencap_stat
encap_any(struct net *net, struct sk_buff *skb, unsigned int hlen,
	  unsigned short family, struct espencap_peer *peer, bool is_udp,
	  bool may_offload)
{
	const struct espencap_path *path = rcu_dereference(peer->path);
	const enum espencap_stat end = encap_for_peer(net, skb, hlen, family,
						      peer, path, is_udp,
						      may_offload);

	if (likely(end == ESPENCAP_STAT_TX_PACKETS))
		count_sent(peer, path, 1,
			   skb->len - hlen - ESPENCAP_UDP_HLEN -
			   path->port->format->esp_marker);
	else if (end != ESPENCAP_GONE)
		count_dropped(peer, path, end, 1);
	return end;
}

enum espencap_stat espencap_encap4(struct net *net, struct sk_buff *skb,
				   unsigned int hlen,
				   struct espencap_peer *peer)
{
	return encap_any(net, skb, hlen, AF_INET, peer, false, false);
}

enum espencap_stat espencap_encap6(struct net *net, struct sk_buff *skb,
				   struct espencap_peer *peer)
{
	return encap_any(net, skb, sizeof(struct ipv6hdr), AF_INET6, peer,
			 false, false);
}

enum espencap_stat espencap_encap_unknown(struct espencap_net *ns,
					  struct sk_buff *skb,
					  unsigned int hlen,
					  unsigned short family, bool is_udp)
{
	struct espencap_peer *peer = find_peer(ns, skb, hlen, family, is_udp);

	if (!peer)
		return ESPENCAP_STAT_UNSPEC;
	return family == AF_INET ?
	       encap_any(ns->net, skb, hlen, AF_INET, peer, is_udp, true) :
	       encap_any(ns->net, skb, hlen, AF_INET6, peer, is_udp, true);
}
