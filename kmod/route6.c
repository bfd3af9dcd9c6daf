// SPDX-License-Identifier: GPL-2.0
/* Copies of IPv6 routes, kept with the peers. */
#include <linux/netdevice.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/lwtunnel.h>
#include "compat.h"
#include "peer.h"
#include "route6.h"

static struct rt6_info *rt6_of(struct dst_entry *dst)
{
	return container_of(dst, struct rt6_info, dst);
}

/*
 * The packet's own dst has just been checked by XFRM. A copy made from the same
 * fib entry, for the same next hop, is as valid: it holds a reference to that
 * entry, so that the pointer cannot have come to mean another.
 */
static bool is_copy_of(struct rt6_info *copy, struct rt6_info *rt)
{
	return rcu_access_pointer(copy->from) == rcu_access_pointer(rt->from) &&
	       copy->dst.dev == rt->dst.dev &&
	       ipv6_addr_equal(&copy->rt6i_gateway, &rt->rt6i_gateway);
}

static struct dst_entry *copy_route(struct rt6_info *rt)
{
	struct fib6_info *from = rcu_dereference(rt->from);
	struct net_device *dev = READ_ONCE(rt->dst.dev);
	struct rt6_info *copy;

	/*
	 * A device that is going must not be held by what nobody would free.
	 * Routes to this host itself have no path MTU that would matter.
	 */
	if (!from || rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST) ||
	    dev == blackhole_netdev || !(READ_ONCE(dev->flags) & IFF_UP))
		return NULL;
	/* uncounted, like the kernel's own per-CPU copies */
	copy = ip6_dst_alloc(dev_net(dev), dev, DST_NOCOUNT);
	if (!copy)
		return NULL;
	copy->rt6i_idev = in6_dev_get(dev);
	if (!copy->rt6i_idev || !fib6_info_hold_safe(from)) {
		dst_release(&copy->dst);
		return NULL;
	}
	rcu_assign_pointer(copy->from, from);
	ip_dst_init_metrics(&copy->dst, from->fib6_metrics);
	copy->dst.input = rt->dst.input;
	copy->dst.output = rt->dst.output;
	copy->dst.lwtstate = lwtstate_get(rt->dst.lwtstate);
	copy->rt6i_dst = rt->rt6i_dst;
	copy->rt6i_src = rt->rt6i_src;
	copy->rt6i_gateway = rt->rt6i_gateway;
	copy->rt6i_flags = rt->rt6i_flags &
			   ~(RTF_CACHE | RTF_PCPU | RTF_EXPIRES |
			     RTF_MODIFIED | RTF_DYNAMIC);
	return &copy->dst;
}

static void put(struct espencap_peer *peer, struct dst_entry *dst)
{
	struct dst_entry *old;

	old = unrcu_pointer(xchg(&peer->route6, RCU_INITIALIZER(dst)));
	/* dst_release(), too, frees after a grace period */
	dst_release(old);
}

void espencap_route6_use(struct espencap_peer *peer, struct sk_buff *skb)
{
	struct rt6_info *rt = rt6_of(skb_dst(skb));
	struct dst_entry *copy = rcu_dereference(peer->route6);

	if (!copy || !is_copy_of(rt6_of(copy), rt)) {
		copy = copy_route(rt);
		if (!copy)
			return;
		put(peer, copy);
	}
	/* another CPU can have put its own copy there by now */
	if (!dst_hold_safe(copy))
		return;
	skb_dst_drop(skb);
	skb_dst_set(skb, copy);
}

void espencap_route6_release(struct espencap_peer *peer)
{
	put(peer, NULL);
}

static int on_netdev_event(struct notifier_block *nb, unsigned long event,
			   void *info)
{
	const struct net_device *dev = netdev_notifier_info_to_dev(info);
	struct espencap_net *ns = espencap_net(dev_net(dev));
	struct espencap_peer *peer;
	unsigned long id;

	if (event != NETDEV_DOWN && event != NETDEV_UNREGISTER)
		return NOTIFY_DONE;
	/*
	 * All of the namespace: a copy holds its device, and through its fib
	 * entry perhaps another. Until the device is free, this event comes
	 * again and again, so that a copy made just now does not escape.
	 */
	rcu_read_lock();
	xa_for_each(&ns->peers, id, peer) {
		if (rcu_access_pointer(peer->route6))
			espencap_route6_release(peer);
	}
	rcu_read_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = on_netdev_event,
};

int espencap_route6_init(void)
{
	return register_netdevice_notifier(&notifier);
}

void espencap_route6_exit(void)
{
	unregister_netdevice_notifier(&notifier);
}
