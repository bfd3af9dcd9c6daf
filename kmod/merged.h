/* SPDX-License-Identifier: GPL-2.0 */
/* Datagrams that receive offloads have merged into one packet. */
#ifndef _ESPENCAP_MERGED_H
#define _ESPENCAP_MERGED_H

#include <linux/skbuff.h>

/*
 * GRO merges the datagrams of a flow if a socket with UDP_GRO has the port, or
 * with rx-gro-list or rx-udp-gro-forwarding; and what another namespace has sent with
 * UDP_SEGMENT comes in one piece through veth. UFO (SKB_GSO_UDP) is no such thing,
 * but one large datagram.
 */
static inline bool espencap_is_merged(const struct sk_buff *skb)
{
	return skb_is_gso(skb) && skb_shinfo(skb)->gso_type &
				  (SKB_GSO_UDP_L4 | SKB_GSO_FRAGLIST);
}

/**
 * espencap_merged_split() - make single datagrams of it again
 * @skb: the packet at LOCAL_IN; becomes the last of them
 *
 * Context: any.
 * Return: a list of those before it, perhaps NULL; or -ENOMEM, and @skb is only fit to be
 * dropped.
 */
struct sk_buff *espencap_merged_split(struct sk_buff *skb);

#endif /* _ESPENCAP_MERGED_H */
