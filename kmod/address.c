// SPDX-License-Identifier: GPL-2.0
/* Asking routing about addresses. */
#include <net/addrconf.h>
#include <net/route.h>
#include "address.h"

bool espencap_address_is_ours(struct net *net, const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		return inet_addr_type(net, addr->s6_addr32[3]) == RTN_LOCAL;
	return ipv6_addr_loopback(addr) || ipv6_chk_addr(net, addr, NULL, 0);
}
