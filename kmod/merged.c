// SPDX-License-Identifier: GPL-2.0
/* Splitting what receive offloads have merged. */
#include <linux/skbuff.h>
#include "compat.h"
#include "merged.h"

/* A list of it begins with the packet itself, with one more reference to it. */
static struct sk_buff *take_apart(struct sk_buff *skb)
{
	struct sk_buff *segment, *next, *segments;

	__skb_push(skb, -skb_mac_offset(skb));
	/* As UDP does it: whoever reads the sums can finish them. */
	segments = __skb_gso_segment(skb, NETIF_F_SG | NETIF_F_IP_CSUM |
					  NETIF_F_IPV6_CSUM, false);
	if (IS_ERR_OR_NULL(segments))
		return NULL;
	skb_list_walk_safe(segments, segment, next)
		__skb_pull(segment, skb_network_offset(segment));
	return segments;
}

/* Another packet becomes what @skb is, the first of a list. */
static struct sk_buff *stand_in(struct sk_buff *skb)
{
	struct sk_buff *first = skb_clone(skb, GFP_ATOMIC);

	if (first)
		first->next = skb->next;
	else
		kfree_skb_list(skb->next);
	skb_mark_not_on_list(skb);
	consume_skb(skb);
	return first;
}

struct sk_buff *espencap_merged_split(struct sk_buff *skb)
{
	struct sk_buff *segments, **last;

	segments = take_apart(skb);
	if (segments == skb)
		segments = stand_in(skb);
	if (!segments)
		return ERR_PTR(-ENOMEM);
	for (last = &segments; (*last)->next; last = &(*last)->next)
		;
	/* Of what @skb was, only what stands in for it has a part then. */
	skb_morph(skb, *last);
	consume_skb(*last);
	*last = NULL;
	return segments;
}
