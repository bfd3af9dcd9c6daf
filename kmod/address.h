/* SPDX-License-Identifier: GPL-2.0 */
/* One form for addresses of both families. */
#ifndef _ESPENCAP_ADDRESS_H
#define _ESPENCAP_ADDRESS_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ipv6.h>
#include <net/xfrm.h>

/*
 * An address is a struct in6_addr everywhere, and an IPv4 address in it is
 * mapped (::ffff:a.b.c.d, RFC 4291, section 2.5.5.2). That form is never seen
 * as an IPv6 destination on a wire, so one key serves both families.
 */

static inline void espencap_address_set(struct in6_addr *addr,
					const xfrm_address_t *from,
					unsigned short family)
{
	if (family == AF_INET)
		ipv6_addr_set_v4mapped(from->a4, addr);
	else
		*addr = from->in6;
}

/* Those of a packet */
static inline void espencap_address_saddr(struct in6_addr *addr,
					  const struct sk_buff *skb,
					  unsigned short family)
{
	if (family == AF_INET)
		ipv6_addr_set_v4mapped(ip_hdr(skb)->saddr, addr);
	else
		*addr = ipv6_hdr(skb)->saddr;
}

static inline void espencap_address_daddr(struct in6_addr *addr,
					  const struct sk_buff *skb,
					  unsigned short family)
{
	if (family == AF_INET)
		ipv6_addr_set_v4mapped(ip_hdr(skb)->daddr, addr);
	else
		*addr = ipv6_hdr(skb)->daddr;
}

/* What XFRM takes, and the family through the return value. */
static inline unsigned short espencap_address_get(const struct in6_addr *addr,
						  xfrm_address_t *to)
{
	if (ipv6_addr_v4mapped(addr)) {
		to->a4 = addr->s6_addr32[3];
		return AF_INET;
	}
	to->in6 = *addr;
	return AF_INET6;
}

/* 0.0.0.0 or ::, which stand for none, or any. */
static inline bool espencap_address_is_any(const struct in6_addr *addr)
{
	return ipv6_addr_any(addr) ||
	       (ipv6_addr_v4mapped(addr) && !addr->s6_addr32[3]);
}

/**
 * espencap_address_is_ours() - has this host the address?
 * @net: network namespace
 * @addr: address
 *
 * Context: any.
 * Return: whether it has.
 */
bool espencap_address_is_ours(struct net *net, const struct in6_addr *addr);

#endif /* _ESPENCAP_ADDRESS_H */
