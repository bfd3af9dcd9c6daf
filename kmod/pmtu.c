// SPDX-License-Identifier: GPL-2.0
/* Teaching XFRM the path MTU, and sparing our own packets from it. */
#include <linux/jiffies.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/lwtunnel.h>
#include <net/route.h>
#include "age.h"
#include "bypass.h"
#include "path.h"
#include "peer.h"
#include "pmtu.h"

/* What was taught is renewed when it has no longer than this to live. */
#define PMTU_RENEW	(60 * HZ)

/* Where teaching has no effect, try it no more often than this. */
#define PMTU_PAUSE	(HZ / 10)

static bool may_teach(struct espencap_peer *peer)
{
	if (espencap_age(READ_ONCE(peer->taught)) <= PMTU_PAUSE)
		return false;
	WRITE_ONCE(peer->taught, espencap_now());
	return true;
}

/* What a router has told of the path, if that is less. */
static unsigned int path_mtu(const struct espencap_path *path,
			     unsigned int link_mtu)
{
	unsigned int pmtu;

	if (likely(!READ_ONCE(path->pmtu)))
		return link_mtu;
	/* pairs with lower() in toobig.c: with a new time goes no old value */
	if (!time_before(jiffies, smp_load_acquire(&path->pmtu_until)))
		return link_mtu;
	pmtu = READ_ONCE(path->pmtu);
	return min(pmtu, link_mtu);
}

/* For who asks; a write only if it changes. */
static void show(struct espencap_peer *peer, unsigned int mtu)
{
	if (unlikely(READ_ONCE(peer->mtu) != mtu))
		WRITE_ONCE(peer->mtu, mtu);
}

/*
 * The link's MTU must be read where no path MTU can be mistaken for it: taught
 * from a value that was itself taught, the limit would sink at each round.
 *
 * A locked MTU cannot be lowered, and is the limit for ESP that XFRM keeps to. So
 * the UDP packet may have more, if the device allows.
 */
static unsigned int link_mtu4(const struct dst_entry *dst, unsigned int added)
{
	const unsigned int of_device = min(READ_ONCE(dst->dev->mtu), IP_MAX_MTU);
	const unsigned int of_route = dst_metric_raw(dst, RTAX_MTU);
	unsigned int mtu = of_device;

	if (unlikely(of_route))
		mtu = dst_metric_locked(dst, RTAX_MTU) ?
		      min(of_route + added, of_device) :
		      min(of_route, IP_MAX_MTU);
	return mtu - lwtunnel_headroom(dst->lwtstate, mtu);
}

/*
 * What XFRM need not be taught does not expire either. What a router has told is not
 * renewed: it shall be forgotten.
 */
static bool knows4(const struct dst_entry *xdst, unsigned int mtu,
		   unsigned int added, bool told)
{
	const struct rtable *rt = container_of(xdst, struct rtable, dst);
	const unsigned long until = jiffies + (told ? 0 : PMTU_RENEW);

	if (likely(rt->rt_pmtu && rt->rt_pmtu <= mtu &&
		   time_before(until, READ_ONCE(xdst->expires))))
		return true;
	return dst_mtu(xdst) <= mtu &&
	       (!added || dst_metric_locked(xdst, RTAX_MTU));
}

/*
 * The kernel looks for the route by what the header says, by the mark and by the
 * device, so that for the moment it has to be ESP's (@protocol is UDP for an SA with
 * a template). ipv4_update_pmtu() would leave out the mark. At LOCAL_OUT, skb->dev is
 * NULL or that of the inner packet.
 */
static void teach4(struct dst_entry *xdst, const struct espencap_peer *peer,
		   struct sk_buff *skb, unsigned int mtu, u8 protocol)
{
	struct iphdr *iph = ip_hdr(skb);
	const __be32 endpoint = iph->daddr;
	struct net_device *dev = skb->dev;

	iph->daddr = peer->key.addr.s6_addr32[3];
	iph->protocol = protocol;
	skb->dev = xdst->dev;
	xdst->ops->update_pmtu(xdst, NULL, skb, mtu, false);
	skb->dev = dev;
	iph->protocol = IPPROTO_UDP;
	iph->daddr = endpoint;
}

/*
 * XFRM could not know in time: better in fragments than not at all. If it could,
 * then whoever sends is told by the loss, as with ESP (IPv6 in transport mode).
 */
static bool may_go_in_fragments(struct sk_buff *skb, bool known)
{
	if (!known)
		skb->ignore_df = 1;
	return skb->ignore_df;
}

bool espencap_pmtu4(struct espencap_peer *peer, const struct espencap_path *path,
		    struct sk_buff *skb, struct dst_entry *xdst,
		    unsigned int added, u8 protocol)
{
	const unsigned int link_mtu = link_mtu4(skb_dst(skb), added);
	const unsigned int mtu = path_mtu(path, link_mtu);
	const bool known = knows4(xdst, mtu - added, added, mtu < link_mtu);

	show(peer, mtu);
	if (unlikely(!known) && may_teach(peer))
		teach4(xdst, peer, skb, mtu - added, protocol);

	/* Measure this packet with the link's MTU: see ip_skb_dst_mtu(). */
	IPCB(skb)->flags |= IPSKB_FORWARDED;
	if (unlikely(skb->len > mtu)) {
		if (mtu < link_mtu)
			IPCB(skb)->frag_max_size =
				min(mtu, ip_skb_dst_mtu(NULL, skb));
		return !(ip_hdr(skb)->frag_off & htons(IP_DF)) ||
		       may_go_in_fragments(skb, known);
	}
	/* ip_forward_use_pmtu, or a locked MTU */
	if (skb->len > mtu - added && skb->len > ip_skb_dst_mtu(NULL, skb))
		espencap_bypass4(peer, skb);
	return true;
}

static unsigned int link_mtu6(const struct dst_entry *dst)
{
	const struct rt6_info *rt = container_of(dst, struct rt6_info, dst);
	const struct fib6_info *from = rcu_dereference(rt->from);
	unsigned int mtu = from ? from->fib6_pmtu : 0;

	if (!mtu && rt->rt6i_idev)
		mtu = READ_ONCE(rt->rt6i_idev->cnf.mtu6);
	if (!mtu)
		mtu = READ_ONCE(dst->dev->mtu);
	/* nothing larger is ever sent: see make_udp() */
	mtu = min(mtu, IP_MAX_MTU);
	return mtu - lwtunnel_headroom(dst->lwtstate, mtu);
}

/* Of the route that XFRM has taken, whatever rule or VRF has led to it. */
static void teach6(struct dst_entry *xdst, const struct espencap_peer *peer,
		   struct sk_buff *skb, unsigned int mtu)
{
	struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const struct in6_addr endpoint = ip6h->daddr;

	ip6h->daddr = peer->key.addr;
	xdst->ops->update_pmtu(xdst, NULL, skb, mtu, false);
	ip6h->daddr = endpoint;
}

bool espencap_pmtu6(struct espencap_peer *peer, const struct espencap_path *path,
		    struct sk_buff *skb, struct dst_entry *xdst,
		    unsigned int added)
{
	const unsigned int link_mtu = link_mtu6(skb_dst(skb));
	const unsigned int mtu = path_mtu(path, link_mtu);
	const unsigned int limit = max_t(unsigned int, mtu - added,
					 IPV6_MIN_MTU);
	const bool known = dst_mtu(xdst) <= limit;

	show(peer, mtu);
	if (unlikely(!known) && may_teach(peer))
		teach6(xdst, peer, skb, limit);

	if (skb->len > dst_mtu(skb_dst(skb)))
		espencap_bypass6(peer, skb);
	if (likely(skb->len <= mtu))
		return true;
	if (mtu < link_mtu)
		IP6CB(skb)->frag_max_size = min(mtu, dst_mtu(skb_dst(skb)));
	/* XFRM cannot be told less than IPv6 guarantees. */
	return may_go_in_fragments(skb, known && skb->len > limit + added);
}
