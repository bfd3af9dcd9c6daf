// SPDX-License-Identifier: GPL-2.0
/* The four hooks: what is worth a closer look, and what becomes of it. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/ip.h>
#include "decap.h"
#include "encap.h"
#include "headers.h"
#include "hooks.h"
#include "merged.h"
#include "port.h"
#include "toobig.h"

/*
 * Outside is UDP, to everybody else in both directions. So the way in comes
 * after filter and NAT, and before conntrack confirms the entry, which it must
 * see with its UDP ports. The way out comes after raw and before conntrack.
 */
#define PRIORITY_IN	(NF_IP_PRI_CONNTRACK_HELPER - 1)
#define PRIORITY_OUT	(NF_IP_PRI_CONNTRACK - 50)

/* The one place where the end of a packet becomes a verdict. */
static __always_inline unsigned int verdict(struct sk_buff *skb,
					    enum espencap_stat end)
{
	/* the others' packets pay for no more */
	if (end == ESPENCAP_STAT_UNSPEC)
		return NF_ACCEPT;
	switch (end) {
	case ESPENCAP_GONE:
		return NF_STOLEN;
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

/* The rest of the way that a packet takes from a hook on. */
static void go_on(struct sk_buff *skb, const struct nf_hook_state *state,
		  unsigned int what)
{
	if (what == NF_ACCEPT) {
		/* behind a queue to user space, they are enabled here */
		local_bh_disable();
		state->okfn(state->net, state->sk, skb);
		local_bh_enable();
	} else if (what != NF_STOLEN) {
		kfree_skb(skb);
	}
}

static __always_inline unsigned int
in_datagram(struct espencap_net *ns, struct sk_buff *skb,
	    const struct nf_hook_state *state, struct espencap_port *port,
	    const struct espencap_headers *headers)
{
	espencap_stats_add(port->stats, ESPENCAP_STAT_RX_DATAGRAMS, 1);
	return verdict(skb, espencap_decap(ns, port, skb, state->pf, headers));
}

/*
 * The last datagram goes on to the hooks that come after us, where conntrack confirms
 * the flow; the others go before it.
 */
static unsigned int in_merged(struct espencap_net *ns, struct sk_buff *skb,
			      const struct nf_hook_state *state,
			      struct espencap_port *port,
			      const struct espencap_headers *headers)
{
	struct sk_buff *segment, *next, *others = espencap_merged_split(skb);

	if (IS_ERR(others)) {
		espencap_stats_add(port->stats, ESPENCAP_STAT_RX_DATAGRAMS, 1);
		espencap_stats_add(port->stats, ESPENCAP_STAT_RX_NO_MEMORY, 1);
		return verdict(skb, ESPENCAP_STAT_RX_NO_MEMORY);
	}
	skb_list_walk_safe(others, segment, next) {
		skb_mark_not_on_list(segment);
		skb_set_transport_header(segment, headers->first);
		go_on(segment, state,
		      in_datagram(ns, segment, state, port, headers));
	}
	skb_set_transport_header(skb, headers->first);
	return in_datagram(ns, skb, state, port, headers);
}

/* To which of our ports did it come? */
static struct espencap_port *port_of(const struct espencap_net *ns,
				     const struct sk_buff *skb,
				     const struct espencap_headers *headers)
{
	const struct udphdr *uh;
	struct udphdr _uh;

	uh = skb_header_pointer(skb, headers->udp, sizeof(_uh), &_uh);
	return uh ? espencap_port_find(ns, ntohs(uh->dest)) : NULL;
}

static __always_inline unsigned int
in_port(struct espencap_net *ns, struct sk_buff *skb,
	const struct nf_hook_state *state, struct espencap_port *port,
	const struct espencap_headers *headers)
{
	if (unlikely(espencap_is_merged(skb)))
		return in_merged(ns, skb, state, port, headers);
	return in_datagram(ns, skb, state, port, headers);
}

static __always_inline unsigned int in(struct espencap_net *ns,
				       struct sk_buff *skb,
				       const struct nf_hook_state *state,
				       const struct espencap_headers *headers)
{
	struct espencap_port *port = port_of(ns, skb, headers);
	unsigned int what;

	if (likely(!port))
		return NF_ACCEPT;
	if (likely(softirq_count()))
		return in_port(ns, skb, state, port, headers);
	/* Behind a queue to user space, a softirq could come in between. */
	local_bh_disable();
	what = in_port(ns, skb, state, port, headers);
	local_bh_enable();
	return what;
}

static noinline unsigned int in4_udp(struct espencap_net *ns,
				     struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	const unsigned int hlen = ip_hdrlen(skb);
	const struct espencap_headers headers = {
		.next = offsetof(struct iphdr, protocol),
		.first = hlen,
		.udp = hlen,
	};

	return in(ns, skb, state, &headers);
}

static unsigned int in4(void *ns, struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	const struct iphdr *iph = ip_hdr(skb);

	if (ip_is_fragment(iph))
		return NF_ACCEPT;
	switch (iph->protocol) {
	case IPPROTO_UDP:
		return in4_udp(ns, skb, state);
	case IPPROTO_ICMP:
		espencap_toobig4(state->net, skb);
		return NF_ACCEPT;
	default:
		return NF_ACCEPT;
	}
}

static noinline unsigned int in6_behind(struct espencap_net *ns,
					struct sk_buff *skb,
					const struct nf_hook_state *state)
{
	struct espencap_headers headers;

	switch (espencap_headers_reach(state->net, skb, &headers)) {
	case ESPENCAP_REACH_UDP:
		return in(ns, skb, state, &headers);
	case ESPENCAP_REACH_GONE:
		return NF_STOLEN;
	case ESPENCAP_REACH_BROKEN:
		return NF_DROP;
	default:
		return NF_ACCEPT;
	}
}

static noinline unsigned int in6_udp(struct espencap_net *ns,
				     struct sk_buff *skb,
				     const struct nf_hook_state *state)
{
	static const struct espencap_headers headers = {
		.next = offsetof(struct ipv6hdr, nexthdr),
		.first = sizeof(struct ipv6hdr),
		.udp = sizeof(struct ipv6hdr),
	};

	return in(ns, skb, state, &headers);
}

static unsigned int in6(void *ns, struct sk_buff *skb,
			const struct nf_hook_state *state)
{
	switch (ipv6_hdr(skb)->nexthdr) {
	case IPPROTO_UDP:
		return in6_udp(ns, skb, state);
	case IPPROTO_ICMPV6:
		espencap_toobig6(state->net, skb);
		return NF_ACCEPT;
	case NEXTHDR_HOP:
	case NEXTHDR_DEST:
	case NEXTHDR_ROUTING:
	case NEXTHDR_FRAGMENT:
		return in6_behind(ns, skb, state);
	default:
		return NF_ACCEPT;
	}
}

static noinline unsigned int out4_peer(struct espencap_net *ns,
				       struct sk_buff *skb, unsigned int hlen,
				       struct espencap_peer *peer)
{
	return verdict(skb, espencap_encap4(ns->net, skb, hlen, peer));
}

static noinline unsigned int out6_peer(struct espencap_net *ns,
				       struct sk_buff *skb,
				       struct espencap_peer *peer)
{
	return verdict(skb, espencap_encap6(ns->net, skb, peer));
}

static noinline unsigned int out_unknown(struct espencap_net *ns,
					 struct sk_buff *skb, unsigned int hlen,
					 unsigned short family, bool is_udp)
{
	return verdict(skb, espencap_encap_unknown(ns, skb, hlen, family,
						   is_udp));
}

static __always_inline unsigned int
out_here(struct espencap_net *ns, struct sk_buff *skb, unsigned int hlen,
	 unsigned short family, bool is_udp)
{
	const struct espencap_memo *memo = espencap_encap_memo(ns, skb, hlen,
							       family, is_udp);

	if (unlikely(!memo))
		return out_unknown(ns, skb, hlen, family, is_udp);
	if (!memo->peer)
		return NF_ACCEPT;
	return family == AF_INET ? out4_peer(ns, skb, hlen, memo->peer) :
				   out6_peer(ns, skb, memo->peer);
}

/* Where a process sends, a softirq could come in between. */
static noinline unsigned int out_process(struct espencap_net *ns,
					 struct sk_buff *skb, unsigned int hlen,
					 unsigned short family, bool is_udp)
{
	unsigned int what;

	local_bh_disable();
	what = family == AF_INET ?
	       out_here(ns, skb, hlen, AF_INET, is_udp) :
	       out_here(ns, skb, hlen, AF_INET6, is_udp);
	local_bh_enable();
	return what;
}

/* Nothing but jumps from here on: others' ESP pays for no stack. */
static __always_inline unsigned int out(struct espencap_net *ns,
					struct sk_buff *skb, unsigned int hlen,
					unsigned short family, bool is_udp)
{
	if (!READ_ONCE(ns->nr_peers))
		return NF_ACCEPT;
	if (likely(softirq_count()))
		return out_here(ns, skb, hlen, family, is_udp);
	return out_process(ns, skb, hlen, family, is_udp);
}

/*
 * What XFRM made, and no further transform awaits: ESP, or UDP if the SA has a
 * template. Programs with raw sockets make ESP as well; it is not ours.
 */
static unsigned int out4(void *ns, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	const u8 protocol = ip_hdr(skb)->protocol;

	if (!(IPCB(skb)->flags & IPSKB_XFRM_TRANSFORMED) ||
	    (protocol != IPPROTO_ESP && protocol != IPPROTO_UDP) ||
	    skb_dst(skb)->xfrm)
		return NF_ACCEPT;
	return out(ns, skb, ip_hdrlen(skb), AF_INET, protocol == IPPROTO_UDP);
}

static unsigned int out6(void *ns, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	const u8 protocol = ipv6_hdr(skb)->nexthdr;

	if (!(IP6CB(skb)->flags & IP6SKB_XFRM_TRANSFORMED) ||
	    (protocol != IPPROTO_ESP && protocol != IPPROTO_UDP) ||
	    skb_dst(skb)->xfrm)
		return NF_ACCEPT;
	return out(ns, skb, sizeof(struct ipv6hdr), AF_INET6,
		   protocol == IPPROTO_UDP);
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
	struct espencap_net *ns = espencap_net(net);
	unsigned int i;

	BUILD_BUG_ON(ARRAY_SIZE(ops) != ESPENCAP_NR_HOOKS);
	for (i = 0; i < ARRAY_SIZE(ops); i++) {
		ns->hooks[i] = ops[i];
		ns->hooks[i].priv = ns;
	}
	return nf_register_net_hooks(net, ns->hooks, ARRAY_SIZE(ops));
}

void espencap_hooks_unregister(struct net *net)
{
	nf_unregister_net_hooks(net, espencap_net(net)->hooks,
				ARRAY_SIZE(ops));
}
