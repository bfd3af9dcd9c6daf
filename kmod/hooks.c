// SPDX-License-Identifier: GPL-2.0
/* The four hooks: what is worth a closer look, and what becomes of it. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/dst.h>
#include <net/ip.h>
#include "decap.h"
#include "encap.h"
#include "hooks.h"

/*
 * Outside is UDP, to everybody else in both directions. So the way in comes
 * after filter and NAT, and before conntrack confirms the entry, which it must
 * see with its UDP ports. The way out comes after raw and before conntrack.
 */
#define PRIORITY_IN	(NF_IP_PRI_CONNTRACK_HELPER - 1)
#define PRIORITY_OUT	(NF_IP_PRI_CONNTRACK - 50)

/* The one place where the end of a packet becomes a verdict. */
static unsigned int verdict(struct sk_buff *skb, enum espencap_stat end)
{
	switch (end) {
	case ESPENCAP_STAT_RX_KEEPALIVES:
		consume_skb(skb);
		return NF_STOLEN;
	case ESPENCAP_STAT_RX_NO_MEMORY:
	case ESPENCAP_STAT_TX_UNENCRYPTED:
		return NF_DROP;
	case ESPENCAP_STAT_TX_NO_MEMORY:
		return NF_DROP_ERR(-ENOBUFS);
	case ESPENCAP_STAT_TX_NO_ROUTE:
		return NF_DROP_ERR(-EHOSTUNREACH);
	case ESPENCAP_STAT_TX_TOO_BIG:
		return NF_DROP_ERR(-EMSGSIZE);
	default:
		return NF_ACCEPT;
	}
}

static unsigned int in4(void *priv, struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (iph->protocol != IPPROTO_UDP || ip_is_fragment(iph))
		return NF_ACCEPT;
	return verdict(skb, espencap_decap(state->net, skb, ip_hdrlen(skb),
					   AF_INET));
}

static unsigned int in6(void *priv, struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	if (ipv6_hdr(skb)->nexthdr != IPPROTO_UDP)
		return NF_ACCEPT;
	return verdict(skb, espencap_decap(state->net, skb,
					   sizeof(struct ipv6hdr), AF_INET6));
}

/*
 * What XFRM made, and no further transform awaits: ESP, or UDP if the SA has a
 * template. Programs with raw sockets make ESP as well; it is not ours.
 */
static unsigned int out4(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	const u8 protocol = ip_hdr(skb)->protocol;

	if (!(IPCB(skb)->flags & IPSKB_XFRM_TRANSFORMED) ||
	    (protocol != IPPROTO_ESP && protocol != IPPROTO_UDP) ||
	    skb_dst(skb)->xfrm)
		return NF_ACCEPT;
	return verdict(skb, espencap_encap(state->net, skb, ip_hdrlen(skb),
					   AF_INET, protocol == IPPROTO_UDP));
}

static unsigned int out6(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	const u8 protocol = ipv6_hdr(skb)->nexthdr;

	if (!(IP6CB(skb)->flags & IP6SKB_XFRM_TRANSFORMED) ||
	    (protocol != IPPROTO_ESP && protocol != IPPROTO_UDP) ||
	    skb_dst(skb)->xfrm)
		return NF_ACCEPT;
	return verdict(skb, espencap_encap(state->net, skb,
					   sizeof(struct ipv6hdr), AF_INET6,
					   protocol == IPPROTO_UDP));
}

static const struct nf_hook_ops ops[] = {
	{
		.hook = in4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = PRIORITY_IN,
	}, {
		.hook = in6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_IN,
		.priority = PRIORITY_IN,
	}, {
		.hook = out4,
		.pf = NFPROTO_IPV4,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = PRIORITY_OUT,
	}, {
		.hook = out6,
		.pf = NFPROTO_IPV6,
		.hooknum = NF_INET_LOCAL_OUT,
		.priority = PRIORITY_OUT,
	},
};

int espencap_hooks_register(struct net *net)
{
	return nf_register_net_hooks(net, ops, ARRAY_SIZE(ops));
}

void espencap_hooks_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, ops, ARRAY_SIZE(ops));
}
