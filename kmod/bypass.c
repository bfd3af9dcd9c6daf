// SPDX-License-Identifier: GPL-2.0
/* Copies of routes, kept with the peers. */
#include <linux/netdevice.h>
#include <net/ip.h>
#include <net/ip6_fib.h>
#include <net/ip6_route.h>
#include <net/lwtunnel.h>
#include <net/route.h>
#include "bypass.h"
#include "compat.h"
#include "peer.h"

static void put(struct espencap_peer *peer, struct dst_entry *dst)
{
	struct dst_entry *old;

	old = unrcu_pointer(xchg(&peer->bypass, RCU_INITIALIZER(dst)));
	/* dst_release(), too, frees after a grace period */
	dst_release(old);
}

static void use(struct sk_buff *skb, struct dst_entry *copy)
{
	/*
	 * A reference, which all CPUs share: what the packet goes through from here
	 * on need not be within RCU. Another CPU can have put its own copy there by now.
	 */
	if (!dst_hold_safe(copy))
		return;
	skb_dst_drop(skb);
	skb_dst_set(skb, copy);
}

/* A device that is going must not be held by what nobody would free. */
static bool is_going(const struct net_device *dev)
{
	return dev == blackhole_netdev || !(READ_ONCE(dev->flags) & IFF_UP);
}

static struct rtable *rt4_of(struct dst_entry *dst)
{
	return container_of(dst, struct rtable, dst);
}

/*
 * The packet's own dst has just been checked. One that was copied from such a dst
 * since routes last changed, for the same next hop, is as valid.
 */
static bool is_copy4_of(const struct rtable *copy, const struct rtable *rt)
{
	if (copy->rt_genid != rt->rt_genid || copy->dst.dev != rt->dst.dev ||
	    copy->rt_gw_family != rt->rt_gw_family ||
	    copy->dst.output != rt->dst.output ||
	    copy->dst.lwtstate != rt->dst.lwtstate)
		return false;
	if (rt->rt_gw_family == AF_INET6)
		return ipv6_addr_equal(&copy->rt_gw6, &rt->rt_gw6);
	return copy->rt_gw4 == rt->rt_gw4;
}

static struct dst_entry *copy4(const struct rtable *rt)
{
	struct net_device *dev = READ_ONCE(rt->dst.dev);
	struct rtable *copy;

	if (is_going(dev))
		return NULL;
	copy = espencap_rt_dst_alloc(dev, rt->rt_flags, rt->rt_type);
	if (!copy)
		return NULL;
	/* without its metrics, of which only the MTU would matter here */
	copy->rt_genid = rt->rt_genid;
	copy->rt_iif = rt->rt_iif;
	copy->rt_uses_gateway = rt->rt_uses_gateway;
	copy->rt_gw_family = rt->rt_gw_family;
	if (rt->rt_gw_family == AF_INET6)
		copy->rt_gw6 = rt->rt_gw6;
	else
		copy->rt_gw4 = rt->rt_gw4;
	copy->dst.input = rt->dst.input;
	copy->dst.output = rt->dst.output;
	copy->dst.lwtstate = lwtstate_get(rt->dst.lwtstate);
	return &copy->dst;
}

void espencap_bypass4(struct espencap_peer *peer, struct sk_buff *skb)
{
	const struct rtable *rt = rt4_of(skb_dst(skb));
	struct dst_entry *copy = rcu_dereference(peer->bypass);

	if (!copy || !is_copy4_of(rt4_of(copy), rt)) {
		copy = copy4(rt);
		if (!copy)
			return;
		put(peer, copy);
	}
	use(skb, copy);
}

static struct rt6_info *rt6_of(struct dst_entry *dst)
{
	return container_of(dst, struct rt6_info, dst);
}

/*
 * A copy made from the same fib entry, for the same next hop, is as valid: it holds
 * a reference to that entry, so that the pointer cannot have come to mean another.
 */
static bool is_copy6_of(struct rt6_info *copy, struct rt6_info *rt)
{
	return rcu_access_pointer(copy->from) == rcu_access_pointer(rt->from) &&
	       copy->dst.dev == rt->dst.dev &&
	       copy->dst.lwtstate == rt->dst.lwtstate &&
	       ipv6_addr_equal(&copy->rt6i_gateway, &rt->rt6i_gateway);
}

static struct dst_entry *copy6(struct rt6_info *rt)
{
	struct fib6_info *from = rcu_dereference(rt->from);
	struct net_device *dev = READ_ONCE(rt->dst.dev);
	struct rt6_info *copy;

	/* Routes to this host itself have no path MTU that would matter. */
	if (!from || rt->rt6i_flags & (RTF_LOCAL | RTF_ANYCAST) ||
	    is_going(dev))
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

void espencap_bypass6(struct espencap_peer *peer, struct sk_buff *skb)
{
	struct rt6_info *rt = rt6_of(skb_dst(skb));
	struct dst_entry *copy = rcu_dereference(peer->bypass);

	if (!copy || !is_copy6_of(rt6_of(copy), rt)) {
		copy = copy6(rt);
		if (!copy)
			return;
		put(peer, copy);
	}
	use(skb, copy);
}

void espencap_bypass_release(struct espencap_peer *peer)
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
		if (rcu_access_pointer(peer->bypass))
			espencap_bypass_release(peer);
	}
	rcu_read_unlock();
	return NOTIFY_DONE;
}

static struct notifier_block notifier = {
	.notifier_call = on_netdev_event,
};

int espencap_bypass_init(void)
{
	return register_netdevice_notifier(&notifier);
}

void espencap_bypass_exit(void)
{
	unregister_netdevice_notifier(&notifier);
}
