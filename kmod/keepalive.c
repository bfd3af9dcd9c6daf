// SPDX-License-Identifier: GPL-2.0
/* Making and sending a keepalive. */
#include <linux/udp.h>
#include <net/addrconf.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include <net/ip6_route.h>
#include <net/ipv6.h>
#include <net/route.h>
#include "keepalive.h"
#include "peer.h"
#include "port.h"
#include "sa.h"

static const struct {
	u8 bytes[5];
	u8 len;
} payloads[] = {
	[ESPENCAP_KEEPALIVE_EMPTY] = { { 0 }, 0 },
	[ESPENCAP_KEEPALIVE_FF] = { { 0xff }, 1 },
	[ESPENCAP_KEEPALIVE_00000000FF] = { { 0, 0, 0, 0, 0xff }, 5 },
};

/* A UDP packet with room before it; the IP header is the caller's. */
static struct sk_buff *make(const struct espencap_path *path,
			    const struct dst_entry *dst, unsigned int hlen)
{
	const u8 bytes = READ_ONCE(path->port->settings.keepalive_bytes);
	const unsigned int len = payloads[bytes].len;
	struct sk_buff *skb;
	struct udphdr *uh;

	skb = alloc_skb(LL_RESERVED_SPACE(dst->dev) + hlen + sizeof(*uh) +
			sizeof(payloads[0].bytes), GFP_ATOMIC);
	if (!skb)
		return NULL;
	skb_reserve(skb, LL_RESERVED_SPACE(dst->dev) + hlen);
	uh = skb_put(skb, sizeof(*uh));
	skb_reset_transport_header(skb);
	uh->source = htons(path->port->number);
	uh->dest = path->endpoint.udp_port;
	uh->len = htons(sizeof(*uh) + len);
	uh->check = 0;
	skb_put_data(skb, payloads[bytes].bytes, len);
	return skb;
}

static int send4(struct net *net, const struct espencap_path *path,
		 const struct in6_addr *local, u32 mark)
{
	struct flowi4 fl4 = {
		.daddr = path->endpoint.addr.s6_addr32[3],
		.saddr = local->s6_addr32[3],
		.flowi4_proto = IPPROTO_UDP,
		.flowi4_mark = mark,
		.fl4_sport = htons(path->port->number),
		.fl4_dport = path->endpoint.udp_port,
	};
	/* not ip_route_output_flow(): no policy shall make ESP of it */
	struct rtable *rt = __ip_route_output_key(net, &fl4);
	struct sk_buff *skb;
	struct iphdr *iph;

	if (IS_ERR(rt))
		return PTR_ERR(rt);
	skb = make(path, &rt->dst, sizeof(*iph));
	if (!skb) {
		ip_rt_put(rt);
		return -ENOMEM;
	}
	skb_dst_set(skb, &rt->dst);
	skb->mark = mark;
	iph = skb_push(skb, sizeof(*iph));
	skb_reset_network_header(skb);
	memset(iph, 0, sizeof(*iph));
	iph->version = 4;
	iph->ihl = sizeof(*iph) / 4;
	iph->ttl = ip4_dst_hoplimit(&rt->dst);
	iph->protocol = IPPROTO_UDP;
	iph->saddr = fl4.saddr;
	iph->daddr = fl4.daddr;
	ip_select_ident(net, skb, NULL);
	/* it sets the length and the checksum */
	ip_local_out(net, NULL, skb);
	return 0;
}

static int send6(struct net *net, const struct espencap_path *path,
		 const struct in6_addr *local, u32 mark)
{
	struct flowi6 fl6 = {
		.daddr = path->endpoint.addr,
		.saddr = *local,
		.flowi6_proto = IPPROTO_UDP,
		.flowi6_mark = mark,
		.fl6_sport = htons(path->port->number),
		.fl6_dport = path->endpoint.udp_port,
	};
	struct dst_entry *dst = ip6_route_output(net, NULL, &fl6);
	int err = dst->error;
	struct ipv6hdr *ip6h;
	struct sk_buff *skb;
	unsigned int len;

	if (!err && ipv6_addr_any(&fl6.saddr))
		err = ipv6_dev_get_saddr(net, dst->dev, &fl6.daddr, 0,
					 &fl6.saddr);
	if (err)
		goto err_dst;
	skb = make(path, dst, sizeof(*ip6h));
	if (!skb) {
		err = -ENOMEM;
		goto err_dst;
	}
	skb_dst_set(skb, dst);
	skb->mark = mark;
	len = skb->len;
	udp_hdr(skb)->check = csum_ipv6_magic(&fl6.saddr, &fl6.daddr, len,
					      IPPROTO_UDP,
					      skb_checksum(skb, 0, len, 0)) ?:
			      CSUM_MANGLED_0;
	ip6h = skb_push(skb, sizeof(*ip6h));
	skb_reset_network_header(skb);
	ip6_flow_hdr(ip6h, 0, 0);
	ip6h->nexthdr = IPPROTO_UDP;
	ip6h->hop_limit = ip6_dst_hoplimit(dst);
	ip6h->saddr = fl6.saddr;
	ip6h->daddr = fl6.daddr;
	skb->protocol = htons(ETH_P_IPV6);
	/* it sets the length */
	ip6_local_out(net, NULL, skb);
	return 0;

err_dst:
	dst_release(dst);
	return err;
}

int espencap_keepalive_send(struct net *net, struct espencap_peer *peer,
			    const struct espencap_path *path)
{
	struct espencap_net *ns = espencap_net(net);
	struct espencap_sa_id sa;
	u32 mark = 0;

	spin_lock_bh(&ns->peers_lock);
	sa = peer->sa;
	spin_unlock_bh(&ns->peers_lock);
	/* The NAT knows us by the address that ESP leaves with. */
	if (espencap_sa_id_is_known(&sa))
		mark = espencap_sa_output_mark(net, &sa, &peer->key.addr);
	if (ipv6_addr_v4mapped(&path->endpoint.addr))
		return send4(net, path, &sa.local, mark);
	return send6(net, path, &sa.local, mark);
}
