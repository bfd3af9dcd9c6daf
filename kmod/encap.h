/* SPDX-License-Identifier: GPL-2.0 */
/* The way out: ESP becomes UDP. */
#ifndef _ESPENCAP_ENCAP_H
#define _ESPENCAP_ENCAP_H

#include "uapi/espencap.h"

struct espencap_net;
struct sk_buff;

/**
 * espencap_encap() - put a UDP header and a marker before a peer's ESP
 * @ns: network namespace
 * @skb: a packet at LOCAL_OUT that XFRM has finished with: an IP header, then
 *	ESP, or the UDP header and ESP of an SA with a template; it can get
 *	another dst
 * @hlen: bytes of its IP header
 * @family: AF_INET or AF_INET6
 * @is_udp: UDP stands before ESP already
 *
 * Context: BH disabled, RCU read side.
 * Return: how the packet ended; it has been counted under that name.
 *	ESPENCAP_STAT_UNSPEC: no peer's; its bytes are as they were.
 *	ESPENCAP_GONE: not counted, and not the caller's any more.
 */
enum espencap_stat espencap_encap(struct espencap_net *ns, struct sk_buff *skb,
				  unsigned int hlen, unsigned short family,
				  bool is_udp);

#endif /* _ESPENCAP_ENCAP_H */
