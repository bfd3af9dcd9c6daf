// SPDX-License-Identifier: GPL-2.0
/* The memory that memo.h keeps things in. */
#include <linux/jiffies.h>
#include <linux/percpu.h>
#include "memo.h"

struct espencap_memos __percpu *espencap_memos;

void espencap_memo_keep(struct espencap_memo *memo, unsigned int generation,
			u64 table, const struct sk_buff *skb, __be32 spi,
			unsigned short family)
{
	memo->table = table;
	memo->spi = spi;
	memo->mark = skb->mark;
	if (family == AF_INET)
		memo->daddr.a4 = ip_hdr(skb)->daddr;
	else
		memo->daddr.in6 = ipv6_hdr(skb)->daddr;
	memo->generation = generation;
	memo->since = jiffies;
	memo->x = NULL;
	memo->peer = NULL;
}

void espencap_memo_look_up(struct espencap_memo *memo, struct espencap_net *ns,
			   const struct sk_buff *skb, __be32 spi,
			   unsigned short family, struct espencap_sa *room)
{
	const unsigned int generation = espencap_memo_generation(ns);
	const struct xfrm_state *x;

	*room = espencap_sa_find(ns->net, skb, spi, family, &x);
	/*
	 * Whoever sends any SPI shall not make us forget. And a migration is not
	 * announced: with a template from before it, XFRM would tell the IKE daemon of
	 * a mapping that is none.
	 */
	if (room->kind != ESPENCAP_SA_RAW)
		return;
	espencap_memo_keep(memo, generation,
			   espencap_memo_table(ns, ESPENCAP_IN, family), skb,
			   spi, family);
	memo->x = x;
	memo->sa = *room;
}

int espencap_memo_init(void)
{
	/* else there is no such memory */
	BUILD_BUG_ON(sizeof(struct espencap_memos) > PCPU_MIN_UNIT_SIZE);
	espencap_memos = alloc_percpu(struct espencap_memos);
	return espencap_memos ? 0 : -ENOMEM;
}

void espencap_memo_exit(void)
{
	free_percpu(espencap_memos);
}

void espencap_memo_init_net(struct espencap_net *ns)
{
	static atomic64_t serials;

	/* from 1 on: empty places have 0 */
	ns->serial = atomic64_inc_return(&serials);
}
