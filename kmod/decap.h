/* SPDX-License-Identifier: GPL-2.0 */
/* The way in: UDP becomes ESP. */
#ifndef _ESPENCAP_DECAP_H
#define _ESPENCAP_DECAP_H

#include "uapi/espencap.h"

struct net;
struct sk_buff;

/**
 * espencap_decap() - cut UDP header and marker off ESP that is ours
 * @net: network namespace
 * @skb: a whole packet at LOCAL_IN whose IP header is followed by UDP
 * @hlen: bytes of its IP header
 * @family: AF_INET or AF_INET6
 *
 * Context: softirq or BH disabled, RCU read side.
 * Return: how the packet ended; it has been counted under that name.
 *	ESPENCAP_STAT_UNSPEC: it came to a port that is not served. Unless it
 *	is ESPENCAP_STAT_RX_PACKETS or ESPENCAP_STAT_RX_NO_MEMORY, the packet's
 *	bytes are as they were.
 */
enum espencap_stat espencap_decap(struct net *net, struct sk_buff *skb,
				  unsigned int hlen, unsigned short family);

#endif /* _ESPENCAP_DECAP_H */
