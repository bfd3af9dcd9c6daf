/* SPDX-License-Identifier: GPL-2.0 */
/* By which route the UDP packet goes. */
#ifndef _ESPENCAP_ROUTE_H
#define _ESPENCAP_ROUTE_H

#include <net/net_namespace.h>

struct sk_buff;

/*
 * XFRM has looked for a route for ESP. Policy rules and multipath routes that look
 * at protocol and ports would choose another one for UDP. The two below are asked
 * for each packet, so that the lookup is not done where neither is used.
 */

static inline bool espencap_route4_has_ports(const struct net *net)
{
	bool has = false;

#ifdef CONFIG_IP_MULTIPLE_TABLES
	has = READ_ONCE(net->ipv4.fib_rules_require_fldissect);
#endif
#ifdef CONFIG_IP_ROUTE_MULTIPATH
	has = has || READ_ONCE(net->ipv4.sysctl_fib_multipath_hash_policy);
#endif
	return has;
}

static inline bool espencap_route6_has_ports(const struct net *net)
{
	bool has = READ_ONCE(net->ipv6.sysctl.multipath_hash_policy);

#ifdef CONFIG_IPV6_MULTIPLE_TABLES
	has = has || READ_ONCE(net->ipv6.fib6_rules_require_fldissect);
#endif
	return has;
}

/**
 * espencap_route4() - look for the route of an IPv4 packet
 * @net: network namespace
 * @skb: the packet with its UDP header; gets another dst
 *
 * Source address, mark, type of service and VRF are those that the packet has; the
 * socket that made what is inside does not matter, nor does any XFRM policy.
 *
 * Context: RCU read side.
 * Return: whether there is one; if not, the packet may still have its old dst.
 */
bool espencap_route4(struct net *net, struct sk_buff *skb);

/**
 * espencap_route6() - the same for IPv6
 * @net: network namespace
 * @skb: the packet with its UDP header; gets another dst
 *
 * Context: RCU read side.
 * Return: whether there is one; if not, the packet may still have its old dst.
 */
bool espencap_route6(struct net *net, struct sk_buff *skb);

#endif /* _ESPENCAP_ROUTE_H */
