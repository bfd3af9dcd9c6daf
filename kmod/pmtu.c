// SPDX-License-Identifier: GPL-2.0
/* Teaching XFRM the path MTU, and sparing our own packets from it. */
#include <linux/jiffies.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include "peer.h"
#include "pmtu.h"
#include "route6.h"

/* What was taught is renewed when it has no longer than this to live. */
#define PMTU_RENEW	(60 * HZ)

/* Where teaching has no effect, try it no more often than this. */
#define PMTU_PAUSE	(HZ / 10)

static bool may_teach(struct espencap_peer *peer)
{
	const unsigned long taught = READ_ONCE(peer->taught);

	if (time_in_range(jiffies, taught, taught + PMTU_PAUSE))
		return false;
	WRITE_ONCE(peer->taught, jiffies);
	return true;
}

/*
 * The link's MTU must be read where no path MTU can be mistaken for it: taught
 * from a value that was itself taught, the limit would sink at each round.
 */
static unsigned int link_mtu4(const struct dst_entry *dst)
{
	unsigned int mtu = dst_metric_raw(dst, RTAX_MTU);

	return min(mtu ?: READ_ONCE(dst->dev->mtu), IP_MAX_MTU);
}

/* The limit of the link itself XFRM can know by itself: nothing expires then. */
static bool knows4(const struct dst_entry *xdst, unsigned int mtu,
		   unsigned int added)
{
	const struct rtable *rt = container_of(xdst, struct rtable, dst);

	if (!added && dst_mtu(xdst) <= mtu)
		return true;
	return rt->rt_pmtu && rt->rt_pmtu <= mtu &&
	       time_before(jiffies + PMTU_RENEW, READ_ONCE(xdst->expires));
}

/*
 * The kernel looks for the route by what the header says, by the mark and by the
 * device; ipv4_update_pmtu() would leave out the mark. At LOCAL_OUT, skb->dev is
 * NULL or that of the inner packet.
 */
static void teach4(struct dst_entry *xdst, const struct espencap_peer *peer,
		   struct sk_buff *skb, unsigned int mtu)
{
	struct iphdr *iph = ip_hdr(skb);
	const __be32 endpoint = iph->daddr;
	struct net_device *dev = skb->dev;

	iph->daddr = peer->key.addr.s6_addr32[3];
	skb->dev = xdst->dev;
	xdst->ops->update_pmtu(xdst, NULL, skb, mtu, false);
	skb->dev = dev;
	iph->daddr = endpoint;
}

bool espencap_pmtu4(struct espencap_peer *peer, struct sk_buff *skb,
		    struct dst_entry *xdst, unsigned int added)
{
	const unsigned int mtu = link_mtu4(skb_dst(skb));

	if (unlikely(!knows4(xdst, mtu - added, added)) && may_teach(peer))
		teach4(xdst, peer, skb, mtu - added);

	/* Measure this packet with the link's MTU: see ip_skb_dst_mtu(). */
	IPCB(skb)->flags |= IPSKB_FORWARDED;
	if (skb->len > mtu)
		return skb->ignore_df ||
		       !(ip_hdr(skb)->frag_off & htons(IP_DF));
	/* ip_forward_use_pmtu, or a locked MTU: fragments are better than none. */
	if (skb->len > mtu - added && skb->len > ip_skb_dst_mtu(NULL, skb))
		skb->ignore_df = 1;
	return true;
}

static unsigned int link_mtu6(const struct dst_entry *dst)
{
	const struct rt6_info *rt = container_of(dst, struct rt6_info, dst);
	const struct fib6_info *from = rcu_dereference(rt->from);
	unsigned int mtu = from ? from->fib6_pmtu : 0;

	if (!mtu && rt->rt6i_idev)
		mtu = READ_ONCE(rt->rt6i_idev->cnf.mtu6);
	return mtu ?: READ_ONCE(dst->dev->mtu);
}

static void teach6(struct net *net, const struct espencap_peer *peer,
		   struct sk_buff *skb, unsigned int mtu)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const struct in6_addr endpoint = ip6h->daddr;

	ip6h->daddr = peer->key.addr;
	ip6_update_pmtu(skb, net, htonl(mtu), 0, skb->mark,
			sock_net_uid(net, NULL));
	ip6h->daddr = endpoint;
}

bool espencap_pmtu6(struct net *net, struct espencap_peer *peer,
		    struct sk_buff *skb, const struct dst_entry *xdst,
		    unsigned int added)
{
	const unsigned int mtu = link_mtu6(skb_dst(skb));
	bool known;

	if (mtu < IPV6_MIN_MTU + added) {
		skb->ignore_df = 1;
		return true;
	}
	known = dst_mtu(xdst) <= mtu - added;
	if (unlikely(!known) && may_teach(peer))
		teach6(net, peer, skb, mtu - added);

	if (skb->len > mtu) {
		/*
		 * What was taught cannot be renewed before it expires. Packets
		 * made just then are fragmented, so that none is lost.
		 */
		if (!known)
			skb->ignore_df = 1;
		return skb->ignore_df;
	}
	if (skb->len > dst_mtu(skb_dst(skb)))
		espencap_route6_use(peer, skb);
	return true;
}
