// SPDX-License-Identifier: GPL-2.0
/* Route lookups with the new header. */
#include <linux/udp.h>
#include <net/flow.h>
#include <net/ip.h>
#include <net/ip6_route.h>
#include <net/l3mdev.h>
#include <net/route.h>
#include "compat.h"
#include "route.h"

bool espencap_route4(struct net *net, struct sk_buff *skb)
{
	const struct iphdr *iph = ip_hdr(skb);
	const struct udphdr *uh = udp_hdr(skb);
	struct flowi4 fl4 = {
		.flowi4_oif = l3mdev_master_ifindex(skb_dst(skb)->dev),
		.flowi4_mark = skb->mark,
		.flowi4_uid = sock_net_uid(net, NULL),
		/* The SA's address need not be here any more. */
		.flowi4_flags = FLOWI_FLAG_ANYSRC,
		.flowi4_proto = IPPROTO_UDP,
		.saddr = iph->saddr,
		.daddr = iph->daddr,
		.fl4_sport = uh->source,
		.fl4_dport = uh->dest,
	};
	struct rtable *rt;

	espencap_flow4_tos(&fl4, iph);
	/* not ip_route_output_key(): it would ask XFRM */
	rt = __ip_route_output_key(net, &fl4);
	if (IS_ERR(rt))
		return false;
	skb_dst_drop(skb);
	skb_dst_set(skb, &rt->dst);
	return !rt->dst.error;
}

bool espencap_route6(struct net *net, struct sk_buff *skb)
{
	const struct ipv6hdr *ip6h = ipv6_hdr(skb);
	const struct udphdr *uh = udp_hdr(skb);
	struct net_device *dev = skb_dst(skb)->dev;
	struct flowi6 fl6 = {
		.flowi6_oif = l3mdev_master_ifindex(dev),
		.flowi6_mark = skb->mark,
		.flowi6_uid = sock_net_uid(net, NULL),
		.flowi6_proto = IPPROTO_UDP,
		.flowlabel = ip6_flowinfo(ip6h),
		.saddr = ip6h->saddr,
		.daddr = ip6h->daddr,
		.fl6_sport = uh->source,
		.fl6_dport = uh->dest,
	};
	struct dst_entry *dst;

	if (ipv6_addr_type(&ip6h->daddr) & IPV6_ADDR_LINKLOCAL)
		fl6.flowi6_oif = dev->ifindex;
	dst = ip6_route_output(net, NULL, &fl6);
	if (dst->error) {
		dst_release(dst);
		return false;
	}
	skb_dst_drop(skb);
	skb_dst_set(skb, dst);
	return true;
}
