/* SPDX-License-Identifier: GPL-2.0 */
/* The way in: UDP becomes ESP. */
#ifndef _ESPENCAP_DECAP_H
#define _ESPENCAP_DECAP_H

#include "uapi/espencap.h"

struct espencap_headers;
struct espencap_net;
struct espencap_port;
struct sk_buff;

/**
 * espencap_decap() - cut UDP header and marker off ESP that is ours
 * @ns: network namespace
 * @port: the port that it came to
 * @skb: a whole packet at LOCAL_IN, of a single datagram
 * @family: AF_INET or AF_INET6
 * @headers: where it has UDP
 *
 * Context: BH disabled, RCU read side.
 * Return: how the packet ended; it has been counted under that name. Unless it is
 *	ESPENCAP_STAT_RX_PACKETS or ESPENCAP_STAT_RX_NO_MEMORY, the packet's
 *	bytes are as they were.
 */
enum espencap_stat espencap_decap(struct espencap_net *ns,
				  struct espencap_port *port,
				  struct sk_buff *skb, unsigned short family,
				  const struct espencap_headers *headers);

#endif /* _ESPENCAP_DECAP_H */
