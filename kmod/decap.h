/* SPDX-License-Identifier: GPL-2.0 */
/* The way in: UDP becomes ESP. */
#ifndef _ESPENCAP_DECAP_H
#define _ESPENCAP_DECAP_H

#include "uapi/espencap.h"

struct espencap_headers;
struct espencap_port;
struct net;
struct sk_buff;

/**
 * espencap_decap_port() - is the port served that a packet came to?
 * @net: network namespace
 * @skb: a whole packet at LOCAL_IN
 * @headers: where it has UDP
 *
 * Context: RCU read side.
 * Return: the port, or NULL.
 */
struct espencap_port *espencap_decap_port(struct net *net,
					  const struct sk_buff *skb,
					  const struct espencap_headers *headers);

/**
 * espencap_decap() - cut UDP header and marker off ESP that is ours
 * @net: network namespace
 * @port: what espencap_decap_port() said
 * @skb: a whole packet at LOCAL_IN, of a single datagram
 * @family: AF_INET or AF_INET6
 * @headers: where it has UDP
 *
 * Context: softirq or BH disabled, or process where user space has held the
 * packet up; RCU read side.
 * Return: how the packet ended; it has been counted under that name. Unless it is
 *	ESPENCAP_STAT_RX_PACKETS or ESPENCAP_STAT_RX_NO_MEMORY, the packet's
 *	bytes are as they were.
 */
enum espencap_stat espencap_decap(struct net *net, struct espencap_port *port,
				  struct sk_buff *skb, unsigned short family,
				  const struct espencap_headers *headers);

#endif /* _ESPENCAP_DECAP_H */
