/* SPDX-License-Identifier: GPL-2.0 */
/* What a CPU has found out about SPIs lately. */
#ifndef _ESPENCAP_MEMO_H
#define _ESPENCAP_MEMO_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <net/xfrm.h>
#include "netns.h"
#include "sa.h"

struct espencap_peer;

/*
 * Packets of an SA come in numbers. What the first of them had to look up in several
 * tables is kept here, in a place of this CPU that the SPI points to, for those which
 * follow. It holds until any SA or peer of the namespace is made or goes, and a
 * second at most: XFRM does not announce everything.
 *
 * A peer in it is not held by a reference. espencap_memo_forget() comes after the
 * peer cannot be found any more and before the grace period that it is freed after, so
 * that who still finds it here is within RCU since before.
 */

#define ESPENCAP_MEMOS	256

/**
 * struct espencap_memo - what is known of the packets of an SA
 * @table: from espencap_memo_table(); 0 for nothing
 * @spi: their SPI
 * @mark: their mark
 * @daddr: their outer destination address
 * @generation: espencap_net.generation before it was looked up
 * @since: jiffies when it was
 * @x: the SA, inbound: to be compared, never to be read
 * @peer: outbound: whom they are for, or NULL for nobody; inbound: whom they are from, or
 *	NULL if that has not been asked, or is nobody
 * @sa: what was read of the SA, inbound
 */
struct espencap_memo {
	u64 table;
	__be32 spi;
	u32 mark;
	xfrm_address_t daddr;
	unsigned int generation;
	unsigned long since;
	const struct xfrm_state *x;
	struct espencap_peer *peer;
	struct espencap_sa sa;
};

/**
 * struct espencap_memos - those of a CPU
 * @memos: the places
 */
struct espencap_memos {
	struct espencap_memo memos[ESPENCAP_MEMOS];
};

extern struct espencap_memos __percpu *espencap_memos;

/**
 * enum espencap_direction - which of a namespace's packets
 * @ESPENCAP_IN: those that come
 * @ESPENCAP_OUT: those that go
 */
enum espencap_direction {
	ESPENCAP_IN,
	ESPENCAP_OUT,
};

/**
 * espencap_memo_table() - what SPIs are looked up in
 * @ns: network namespace
 * @direction: of the packets
 * @family: AF_INET or AF_INET6
 *
 * Context: any.
 * Return: a number that no other namespace, direction or family has.
 */
static __always_inline u64 espencap_memo_table(const struct espencap_net *ns,
					       enum espencap_direction direction,
					       unsigned short family)
{
	return ns->serial << 2 | direction << 1 | (family == AF_INET6);
}

/**
 * espencap_memo_at() - the place for an SPI
 * @table: from espencap_memo_table()
 * @spi: the SPI, in network byte order
 *
 * Two namespaces of one host can speak with each other, and each with itself: with
 * one SPI for both ends. So the table has a say in it.
 *
 * Context: BH disabled, for as long as the place is looked at.
 * Return: the place, whatever is in it.
 */
static __always_inline struct espencap_memo *espencap_memo_at(u64 table,
							      __be32 spi)
{
	const u32 n = ntohl(spi);

	return &this_cpu_ptr(espencap_memos)->memos[((n ^ n >> 8) + table) %
						    ESPENCAP_MEMOS];
}

/**
 * espencap_memo_holds() - has nothing changed since?
 * @memo: a place with something in it
 * @ns: the network namespace that it is about
 *
 * Context: BH disabled.
 * Return: whether it may be used.
 */
static __always_inline bool espencap_memo_holds(const struct espencap_memo *memo,
						const struct espencap_net *ns)
{
	return memo->generation == (unsigned int)atomic_read(&ns->generation) &&
	       jiffies - memo->since < HZ;
}

/**
 * espencap_memo_fits() - is it about this packet, and does it hold?
 * @memo: the place, from espencap_memo_at()
 * @ns: network namespace
 * @table: from espencap_memo_table()
 * @skb: the packet
 * @spi: its SPI, in network byte order
 * @family: AF_INET or AF_INET6
 *
 * Context: BH disabled.
 * Return: whether it may be used for it.
 */
static __always_inline bool
espencap_memo_fits(const struct espencap_memo *memo,
		   const struct espencap_net *ns, u64 table,
		   const struct sk_buff *skb, __be32 spi,
		   unsigned short family)
{
	if (memo->table != table || memo->spi != spi ||
	    memo->mark != skb->mark || !espencap_memo_holds(memo, ns))
		return false;
	if (family == AF_INET)
		return memo->daddr.a4 == ip_hdr(skb)->daddr;
	return ipv6_addr_equal(&memo->daddr.in6, &ipv6_hdr(skb)->daddr);
}

/**
 * espencap_memo_generation() - before what is to be kept is looked up
 * @ns: network namespace
 *
 * Context: any.
 * Return: the generation, for espencap_memo_keep().
 */
static inline unsigned int espencap_memo_generation(const struct espencap_net *ns)
{
	const unsigned int generation = atomic_read(&ns->generation);

	/* pairs with espencap_memo_forget() */
	smp_rmb();
	return generation;
}

/**
 * espencap_memo_keep() - give a place to a packet
 * @memo: the place, from espencap_memo_at()
 * @generation: from espencap_memo_generation()
 * @table: from espencap_memo_table()
 * @skb: the packet
 * @spi: its SPI, in network byte order
 * @family: AF_INET or AF_INET6
 *
 * What was there has gone; what was found out is still to be filled in.
 *
 * Context: BH disabled.
 */
void espencap_memo_keep(struct espencap_memo *memo, unsigned int generation,
			u64 table, const struct sk_buff *skb, __be32 spi,
			unsigned short family);

/**
 * espencap_memo_look_up() - what espencap_memo_sa() does when it does not know
 * @memo: the place
 * @ns: network namespace
 * @skb: the packet
 * @spi: its SPI, in network byte order
 * @family: AF_INET or AF_INET6
 * @room: is set to the SA
 *
 * Context: BH disabled, and like espencap_sa_find().
 */
void espencap_memo_look_up(struct espencap_memo *memo, struct espencap_net *ns,
			   const struct sk_buff *skb, __be32 spi,
			   unsigned short family, struct espencap_sa *room);

/**
 * espencap_memo_sa() - the SA of an inbound packet
 * @ns: network namespace
 * @skb: the packet
 * @spi: its SPI, in network byte order
 * @family: AF_INET or AF_INET6
 * @room: for what is not kept
 *
 * Context: BH disabled, and like espencap_sa_find().
 * Return: what espencap_sa_find() says: in @room, or kept until BH are enabled.
 */
static __always_inline const struct espencap_sa *
espencap_memo_sa(struct espencap_net *ns, const struct sk_buff *skb, __be32 spi,
		 unsigned short family, struct espencap_sa *room)
{
	const u64 table = espencap_memo_table(ns, ESPENCAP_IN, family);
	struct espencap_memo *memo = espencap_memo_at(table, spi);

	if (likely(espencap_memo_fits(memo, ns, table, skb, spi, family)))
		return &memo->sa;
	espencap_memo_look_up(memo, ns, skb, spi, family, room);
	return room;
}

/**
 * espencap_memo_of() - what is kept about an inbound SA
 * @ns: network namespace
 * @x: the SA
 *
 * Context: BH disabled.
 * Return: it, or NULL.
 */
static __always_inline struct espencap_memo *
espencap_memo_of(const struct espencap_net *ns, const struct xfrm_state *x)
{
	const u64 table = espencap_memo_table(ns, ESPENCAP_IN,
					      x->props.family);
	struct espencap_memo *memo = espencap_memo_at(table, x->id.spi);

	return memo->table == table && memo->x == x && memo->spi == x->id.spi &&
	       espencap_memo_holds(memo, ns) ? memo : NULL;
}

/**
 * espencap_memo_forget() - nothing that was kept for a namespace holds any more
 * @ns: network namespace
 *
 * To be called when the tables have changed: after something was put in or taken
 * out, before it is freed.
 *
 * Context: any.
 */
static inline void espencap_memo_forget(struct espencap_net *ns)
{
	/* pairs with espencap_memo_generation() */
	smp_mb__before_atomic();
	atomic_inc(&ns->generation);
}

/**
 * espencap_memo_init() - make the places of all CPUs
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int espencap_memo_init(void);

/**
 * espencap_memo_exit() - free them
 *
 * Context: process, when no packet can come any more.
 */
void espencap_memo_exit(void);

/**
 * espencap_memo_init_net() - what a namespace is told apart by
 * @ns: network namespace
 *
 * Another can get the memory of one that has gone.
 *
 * Context: process.
 */
void espencap_memo_init_net(struct espencap_net *ns);

#endif /* _ESPENCAP_MEMO_H */
