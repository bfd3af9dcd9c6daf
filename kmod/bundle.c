// SPDX-License-Identifier: GPL-2.0
/* Dressing packets like the first of them, and making a list of all. */
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/dst.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include "bundle.h"
#include "compat.h"
#include "iphdr.h"
#include "path.h"

/*
 * Is what the others weigh still counted as the head's when a bundle has been taken
 * apart? Older kernels give it back to them, which no longer belong to the socket that
 * has been charged with it, so that it would never be free: there, a socket's packets
 * go alone.
 */
static bool keeps_weight __ro_after_init;

/*
 * Before a bundle is taken apart, only the first of it is asked whether there is room for
 * one more header; and tunnels that compute a sum expect to find the parts of it that
 * another way of taking apart leaves behind. So this is for devices that take it apart
 * at once, or are none of these.
 */
static bool leads_straight_out(const struct dst_entry *dst)
{
	const struct net_device *dev = dst->dev;

	return !dst->lwtstate &&
	       (!(dev->features & NETIF_F_GSO_FRAGLIST) ||
		(dev->type == ARPHRD_ETHER && !dev->needed_headroom));
}

/*
 * Not what is going to be fragmented. To number IPv4 packets as we do, they must not be;
 * XFRM lets all of IPv6's be.
 */
static bool may_lead(const struct sk_buff *head)
{
	if ((head->sk && !keeps_weight) || skb_has_frag_list(head) ||
	    !leads_straight_out(skb_dst(head)))
		return false;
	if (head->protocol == htons(ETH_P_IP))
		return ip_hdr(head)->frag_off & htons(IP_DF) &&
		       !head->ignore_df;
	return head->len <= dst_mtu(skb_dst(head));
}

static bool may_follow(const struct sk_buff *skb, const struct sk_buff *head)
{
	return skb->sk == head->sk && skb->destructor == head->destructor &&
	       !skb_has_frag_list(skb);
}

/* The headers of @head, with the lengths and sums of @skb. */
static void dress(struct sk_buff *skb, const struct sk_buff *head,
		  const struct espencap_path *path, unsigned int hlen,
		  unsigned int added)
{
	struct udphdr *uh;
	unsigned int len;

	__skb_push(skb, added);
	memcpy(skb->data, head->data, hlen + added);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, hlen);
	len = skb->len - hlen;
	uh = udp_hdr(skb);
	uh->len = htons(len);
	if (head->protocol == htons(ETH_P_IP)) {
		struct iphdr *iph = ip_hdr(skb);

		iph->tot_len = htons(skb->len);
		iph->id = htons(espencap_path_ident(path, skb->len, 0));
		espencap_set_check(iph);
		return;
	}
	ipv6_hdr(skb)->payload_len = htons(len);
	uh->check = 0;
	uh->check = csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
				    &ipv6_hdr(skb)->daddr, len, IPPROTO_UDP,
				    skb_checksum(skb, hlen, len, 0)) ?:
		    CSUM_MANGLED_0;
}

/* Whoever is charged with the head is so with this one, which gets the head's rest. */
static void strip(struct sk_buff *skb)
{
	skb->sk = NULL;
	skb->destructor = NULL;
	skb->dev = NULL;
	skb_dst_drop(skb);
	skb_ext_reset(skb);
}

/* The form that GRO gives to what is forwarded. */
static void tie(struct sk_buff *head, unsigned int hlen, unsigned int size,
		unsigned int segments)
{
	struct skb_shared_info *shinfo = skb_shinfo(head);

	shinfo->gso_size = size;
	shinfo->gso_segs = segments;
	shinfo->gso_type = SKB_GSO_UDP_L4 | SKB_GSO_FRAGLIST;
	/* Each keeps its number, by which toobig.c knows it. */
	if (head->protocol == htons(ETH_P_IP))
		shinfo->gso_type |= SKB_GSO_TCP_FIXEDID;
	/* For whoever does not take it apart; ip_local_out() sets IP's lengths. */
	udp_hdr(head)->len = htons(head->len - hlen);
	/* Each has its sum, or none; nobody need look at that of the whole. */
	head->ip_summed = CHECKSUM_UNNECESSARY;
	head->csum_level = 0;
	/* XFRM has set it for offloads; GSO would look for headers inside. */
	head->encapsulation = 0;
}

unsigned int espencap_bundle(struct sk_buff *head, struct sk_buff **rest,
			     const struct espencap_path *path,
			     unsigned int hlen, unsigned int added,
			     unsigned int *bytes)
{
	const unsigned int headers = hlen + sizeof(struct udphdr);
	const unsigned int whole = head->len;
	unsigned int room, last = whole, taken = 0;
	struct sk_buff **end, *skb;

	if (!*rest || !may_lead(head) || skb_unclone(head, GFP_ATOMIC))
		return 0;
	/* It may not be XFRM's device, and tc may know another one. */
	room = added + LL_RESERVED_SPACE(skb_dst(head)->dev) +
	       ESPENCAP_BUNDLE_SPARE;
	end = &skb_shinfo(head)->frag_list;
	while ((skb = *rest) && last == whole) {
		last = skb->len + added;
		if (last > whole || head->len + last - headers > IP_MAX_MTU ||
		    !may_follow(skb, head) || !pskb_may_pull(skb, hlen) ||
		    skb_cow_head(skb, room))
			break;
		*rest = skb->next;
		skb_mark_not_on_list(skb);
		dress(skb, head, path, hlen, added);
		*bytes += skb->len;
		__skb_pull(skb, headers);
		strip(skb);
		*end = skb;
		end = &skb->next;
		head->len += skb->len;
		head->data_len += skb->len;
		head->truesize += skb->truesize;
		taken++;
	}
	if (taken)
		tie(head, hlen, whole - headers, 1 + taken);
	return taken;
}

static struct sk_buff * __init make_packet(void)
{
	struct sk_buff *skb = alloc_skb(2 * sizeof(struct iphdr), GFP_KERNEL);

	if (!skb)
		return NULL;
	skb_reserve(skb, sizeof(struct iphdr));
	skb_put_zero(skb, sizeof(struct iphdr));
	skb_reset_mac_header(skb);
	skb_reset_network_header(skb);
	skb_set_transport_header(skb, sizeof(struct iphdr));
	return skb;
}

int __init espencap_bundle_init(void)
{
	struct sk_buff *head = make_packet(), *skb = make_packet(), *segments;
	unsigned int weight;

	if (!head || !skb) {
		kfree_skb(head);
		kfree_skb(skb);
		return -ENOMEM;
	}
	skb_shinfo(head)->frag_list = skb;
	skb_shinfo(head)->gso_type = SKB_GSO_FRAGLIST;
	head->len += skb->len;
	head->data_len += skb->len;
	head->truesize += skb->truesize;
	weight = head->truesize;
	SKB_GSO_CB(head)->mac_offset = skb_headroom(head);
	segments = skb_segment_list(head, NETIF_F_SG | NETIF_F_FRAGLIST, 0);
	if (IS_ERR(segments)) {
		kfree_skb(head);
		return PTR_ERR(segments);
	}
	keeps_weight = head->truesize == weight;
	/* The list begins with the head, and a reference of its own. */
	kfree_skb_list(segments);
	kfree_skb(head);
	return 0;
}
