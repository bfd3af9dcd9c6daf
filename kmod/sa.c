// SPDX-License-Identifier: GPL-2.0
/* Looking up SAs, and into them. */
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <net/ipv6.h>
#include <net/xfrm.h>
#include "address.h"
#include "marks.h"
#include "sa.h"

struct espencap_sa espencap_sa_read(const struct xfrm_state *x)
{
	const struct xfrm_encap_tmpl *encap = x->encap;
	struct espencap_sa sa = { .kind = ESPENCAP_SA_NONE };

	/* A larval SA does not tell yet whether it will have a template. */
	if (READ_ONCE(x->km.state) != XFRM_STATE_VALID)
		return sa;

	sa.kind = ESPENCAP_SA_RAW;
	if (encap) {
		sa.kind = encap->encap_type == UDP_ENCAP_ESPINUDP ?
			  ESPENCAP_SA_ENCAP : ESPENCAP_SA_OTHER;
		sa.encap_sport = encap->encap_sport;
		sa.encap_dport = encap->encap_dport;
	}
	sa.reqid = x->props.reqid;
	espencap_address_set(&sa.src, &x->props.saddr, x->props.family);
	sa.is_judged = encap || x->props.mode != XFRM_MODE_TUNNEL ||
		       espencap_sa_has_icv(x);
	return sa;
}

static struct xfrm_state *lookup(struct net *net, u32 mark,
				 const xfrm_address_t *daddr, __be32 spi,
				 unsigned short family)
{
	struct in6_addr addr;
	struct xfrm_state *x;

	x = xfrm_state_lookup(net, mark, daddr, spi, IPPROTO_ESP, family);
	if (x)
		return x;
	espencap_address_set(&addr, daddr, family);
	if (!espencap_marks_find(espencap_net(net), &addr, spi, &mark))
		return NULL;
	return xfrm_state_lookup(net, mark, daddr, spi, IPPROTO_ESP, family);
}

struct espencap_sa espencap_sa_find(struct net *net, const struct sk_buff *skb,
				    __be32 spi, unsigned short family,
				    const struct xfrm_state **found)
{
	struct espencap_sa sa = { .kind = ESPENCAP_SA_NONE };
	const xfrm_address_t *daddr;
	struct xfrm_state *x;

	daddr = family == AF_INET ?
		(const xfrm_address_t *)&ip_hdr(skb)->daddr :
		(const xfrm_address_t *)&ipv6_hdr(skb)->daddr;
	x = lookup(net, skb->mark, daddr, spi, family);
	*found = x;
	if (!x)
		return sa;
	sa = espencap_sa_read(x);
	xfrm_state_put(x);
	return sa;
}

/* Of so many packets, one can still be answered by a router. */
#define SEQ_RECENT	BIT(16)

bool espencap_sa_has_sent(struct net *net, const struct in6_addr *dst,
			  bool only_reqid, u32 reqid, __be32 spi, u32 seq)
{
	unsigned short family;
	xfrm_address_t daddr;
	struct xfrm_state *x;
	bool found;
	u32 last;

	family = espencap_address_get(dst, &daddr);
	x = lookup(net, 0, &daddr, spi, family);
	if (!x)
		return false;
	last = x->replay_esn ? READ_ONCE(x->replay_esn->oseq) :
			       READ_ONCE(x->replay.oseq);
	found = (!only_reqid || x->props.reqid == reqid) &&
		seq && last - seq < SEQ_RECENT;
	xfrm_state_put(x);
	return found;
}

bool espencap_sa_is_async(const struct xfrm_state *x)
{
	struct crypto_aead *aead = espencap_sa_aead(x);

	return aead && crypto_aead_alg(aead)->base.cra_flags & CRYPTO_ALG_ASYNC;
}

bool espencap_sa_has_window(const struct xfrm_state *x)
{
	return x->replay_esn ? x->replay_esn->replay_window :
			       x->props.replay_window;
}

u32 espencap_sa_highest(const struct xfrm_state *x)
{
	return x->replay_esn ? READ_ONCE(x->replay_esn->seq) :
			       READ_ONCE(x->replay.seq);
}

bool espencap_sa_is_newest(const struct xfrm_state *x, u32 seq)
{
	return seq == espencap_sa_highest(x);
}

void espencap_sa_identify(const struct xfrm_state *x,
			  struct espencap_sa_id *id)
{
	espencap_address_set(&id->local, &x->id.daddr, x->props.family);
	id->reqid = x->props.reqid;
	id->mark = x->mark.v;
	id->if_id = x->if_id;
	id->mode = x->props.mode;
	/* read without a lock, to see whether anything has changed */
	WRITE_ONCE(id->x, x);
	WRITE_ONCE(id->born, espencap_sa_born(x));
	WRITE_ONCE(id->spi, x->id.spi);
}

static struct xfrm_state *find_again(struct net *net,
				     const struct espencap_sa_id *id)
{
	unsigned short family;
	xfrm_address_t daddr;
	struct xfrm_state *x;

	if (!id->spi)
		return NULL;
	family = espencap_address_get(&id->local, &daddr);
	x = xfrm_state_lookup(net, id->mark, &daddr, id->spi, IPPROTO_ESP,
			      family);
	if (x && READ_ONCE(x->km.state) != XFRM_STATE_VALID) {
		xfrm_state_put(x);
		return NULL;
	}
	return x;
}

bool espencap_sa_is_alive(struct net *net, const struct espencap_sa_id *id)
{
	struct xfrm_state *x = find_again(net, id);

	if (!x)
		return false;
	xfrm_state_put(x);
	return true;
}

bool espencap_sa_is_older(struct net *net, const struct xfrm_state *x,
			  const struct espencap_sa_id *id)
{
	struct xfrm_state *other = find_again(net, id);
	bool older;

	if (!other)
		return false;
	/*
	 * Seconds of the wall clock, which may have been set back; unless both
	 * were made in the same one: to add an SA increases the genid of those
	 * that it could take the place of.
	 */
	if (x->curlft.add_time != other->curlft.add_time)
		older = x->curlft.add_time < other->curlft.add_time;
	else
		older = x->genid > other->genid;
	older = older && x != other;
	xfrm_state_put(other);
	return older;
}

static struct xfrm_state *find_pair(struct net *net,
				    const struct espencap_sa_id *id,
				    const struct in6_addr *from,
				    const struct in6_addr *to)
{
	xfrm_address_t saddr, daddr;
	unsigned short family;

	espencap_address_get(from, &saddr);
	family = espencap_address_get(to, &daddr);
	return xfrm_stateonly_find(net, id->mark, id->if_id, &daddr, &saddr,
				   family, id->mode, IPPROTO_ESP, id->reqid);
}

bool espencap_sa_has_sibling(struct net *net, const struct espencap_sa_id *id,
			     const struct in6_addr *src)
{
	struct xfrm_state *x = find_pair(net, id, src, &id->local);

	if (!x)
		return false;
	xfrm_state_put(x);
	return true;
}

u32 espencap_sa_output_mark(struct net *net, const struct espencap_sa_id *id,
			    const struct in6_addr *dst)
{
	struct xfrm_state *x = find_pair(net, id, &id->local, dst);
	u32 mark = 0;

	if (x) {
		mark = xfrm_smark_get(0, x);
		xfrm_state_put(x);
	}
	return mark;
}
