// SPDX-License-Identifier: GPL-2.0
/* Splitting what receive offloads have merged. */
#include <linux/skbuff.h>
#include "compat.h"
#include "merged.h"

struct sk_buff *espencap_merged_split(struct sk_buff *skb)
{
	struct sk_buff *whole, *segment, *next, *segments;

	/* The segments of a list begin with the packet itself. */
	whole = skb_clone(skb, GFP_ATOMIC);
	if (!whole)
		return ERR_PTR(-ENOMEM);
	__skb_push(whole, -skb_mac_offset(whole));
	/* As UDP does it: whoever reads the sums can finish them. */
	segments = __skb_gso_segment(whole, NETIF_F_SG | NETIF_F_IP_CSUM |
					    NETIF_F_IPV6_CSUM, false);
	if (IS_ERR_OR_NULL(segments)) {
		kfree_skb(whole);
		return ERR_PTR(-ENOMEM);
	}
	/* also if it is the first of them, which then has a reference of its own */
	consume_skb(whole);
	skb_list_walk_safe(segments, segment, next)
		__skb_pull(segment, skb_network_offset(segment));
	return segments;
}
