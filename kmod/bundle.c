// SPDX-License-Identifier: GPL-2.0
/* Dressing packets like the first of them, and making a list of all. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/skbuff.h>
#include <linux/udp.h>
#include <net/ip.h>
#include <net/ip6_checksum.h>
#include "bundle.h"
#include "compat.h"
#include "format.h"
#include "iphdr.h"

/*
 * Is what the others weigh still counted as the head's when a bundle has been taken
 * apart? Older kernels give it back to them, which no longer belong to the socket that
 * has been charged with it.
 */
static bool keeps_weight __ro_after_init;

/* IPv4 numbers a bundle's packets from the first on, which only DF leaves free. */
static bool may_lead(const struct sk_buff *head)
{
	if (skb_has_frag_list(head) || head->ignore_df)
		return false;
	if (head->protocol == htons(ETH_P_IP))
		return ip_hdr(head)->frag_off & htons(IP_DF);
	return true;
}

/* The headers of @head, with the lengths and sums of @skb. */
static void dress(struct sk_buff *skb, const struct sk_buff *head,
		  unsigned int hlen, unsigned int added)
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
		ip_hdr(skb)->tot_len = htons(skb->len);
		espencap_set_check(ip_hdr(skb));
		return;
	}
	ipv6_hdr(skb)->payload_len = htons(len);
	uh->check = 0;
	uh->check = csum_ipv6_magic(&ipv6_hdr(skb)->saddr,
				    &ipv6_hdr(skb)->daddr, len, IPPROTO_UDP,
				    skb_checksum(skb, hlen, len, 0)) ?:
		    CSUM_MANGLED_0;
}

/* The weight of a packet that is to follow @head becomes that of @head. */
static void charge(struct sk_buff *head, struct sk_buff *skb)
{
	if (skb->sk == head->sk && skb->destructor == head->destructor) {
		skb->sk = NULL;
		skb->destructor = NULL;
	} else {
		skb_orphan(skb);
	}
	head->truesize += skb->truesize;
}

/* For whoever does not take it apart. */
static void set_lengths(struct sk_buff *head, unsigned int hlen)
{
	const unsigned int len = head->len - hlen;

	udp_hdr(head)->len = htons(len);
	if (head->protocol == htons(ETH_P_IP)) {
		ip_hdr(head)->tot_len = htons(head->len);
		espencap_set_check(ip_hdr(head));
	} else {
		ipv6_hdr(head)->payload_len = htons(len);
	}
}

unsigned int espencap_bundle(struct sk_buff *head, struct sk_buff **rest,
			     unsigned int hlen, unsigned int added,
			     unsigned int *bytes)
{
	const unsigned int headers = hlen + sizeof(struct udphdr);
	const unsigned int whole = head->len;
	unsigned int taken = 0, last = whole;
	struct sk_buff **end, *skb;

	if (!*rest || !may_lead(head) || skb_unclone(head, GFP_ATOMIC))
		return 0;
	if (!keeps_weight)
		skb_orphan(head);
	end = &skb_shinfo(head)->frag_list;
	while ((skb = *rest) && last == whole) {
		last = skb->len + added;
		if (last > whole || skb_has_frag_list(skb) ||
		    head->len + last - headers > IP_MAX_MTU ||
		    !pskb_may_pull(skb, hlen) || skb_cow_head(skb, added))
			break;
		*rest = skb->next;
		skb_mark_not_on_list(skb);
		dress(skb, head, hlen, added);
		*bytes += skb->len;
		__skb_pull(skb, headers);
		charge(head, skb);
		*end = skb;
		end = &skb->next;
		head->len += skb->len;
		head->data_len += skb->len;
		taken++;
	}
	if (!taken)
		return 0;
	skb_shinfo(head)->gso_size = whole - headers;
	skb_shinfo(head)->gso_segs = 1 + taken;
	skb_shinfo(head)->gso_type = SKB_GSO_UDP_L4 | SKB_GSO_FRAGLIST;
	/* Each has its sum, or none. */
	head->ip_summed = CHECKSUM_UNNECESSARY;
	head->csum_level = 0;
	head->encapsulation = 0;
	set_lengths(head, hlen);
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
	return skb;
}

/* No header tells, so that it is tried. */
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
	keeps_weight = !IS_ERR(segments) && head->truesize == weight;
	if (!IS_ERR(segments))
		kfree_skb_list(segments);
	kfree_skb(head);
	return 0;
}
