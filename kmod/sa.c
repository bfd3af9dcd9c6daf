// SPDX-License-Identifier: GPL-2.0
/* Looking up SAs by SPI. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ipv6.h>
#include <net/xfrm.h>
#include "sa.h"

struct espencap_sa espencap_sa_find(struct net *net, const struct sk_buff *skb,
				    __be32 spi, unsigned short family)
{
	struct espencap_sa sa = { .kind = ESPENCAP_SA_NONE };
	const xfrm_address_t *daddr;
	struct xfrm_state *x;

	daddr = family == AF_INET ?
		(const xfrm_address_t *)&ip_hdr(skb)->daddr :
		(const xfrm_address_t *)&ipv6_hdr(skb)->daddr;
	x = xfrm_state_lookup(net, skb->mark, daddr, spi, IPPROTO_ESP, family);
	if (!x)
		return sa;

	/* A larval SA does not tell yet whether it will have a template. */
	if (READ_ONCE(x->km.state) == XFRM_STATE_VALID) {
		sa.kind = x->encap ? ESPENCAP_SA_ENCAP : ESPENCAP_SA_RAW;
		sa.reqid = x->props.reqid;
		if (family == AF_INET)
			ipv6_addr_set_v4mapped(x->props.saddr.a4, &sa.src);
		else
			sa.src = x->props.saddr.in6;
	}
	xfrm_state_put(x);
	return sa;
}
