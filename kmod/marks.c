// SPDX-License-Identifier: GPL-2.0
/* Listening to XFRM for SAs that select by a mark, or leave all to a NIC. */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/xfrm.h>
#include <net/xfrm.h>
#include "address.h"
#include "marks.h"
#include "memo.h"
#include "nic.h"
#include "upkeep.h"
#include "walk.h"

/**
 * struct mark_key - an SA, as far as packets can name it
 * @daddr: destination address
 * @spi: SPI, in network byte order
 */
struct mark_key {
	struct in6_addr daddr;
	__be32 spi;
};

/**
 * struct mark_entry - an SA that selects by a mark
 * @node: in espencap_net.marks
 * @key: which; the last one, should several differ in their marks alone
 * @mark: a mark that it selects
 * @rcu: to free it when the last reader has gone
 */
struct mark_entry {
	struct rhash_head node;
	struct mark_key key;
	u32 mark;
	struct rcu_head rcu;
};

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct mark_entry, node),
	.key_offset = offsetof(struct mark_entry, key),
	.key_len = sizeof(struct mark_key),
	/* Whose SAs are more than twice as many is not found by all of them. */
	.max_size = 32768,
	.automatic_shrinking = true,
};

static bool is_marked_esp(const struct xfrm_state *x)
{
	return x->id.proto == IPPROTO_ESP && x->mark.m;
}

static void key_of(const struct xfrm_state *x, struct mark_key *key)
{
	espencap_address_set(&key->daddr, &x->id.daddr, x->props.family);
	key->spi = x->id.spi;
}

/*
 * There is no place for an SA, until one that has a place goes: forget() looks. One may
 * have gone just before.
 */
static void leave_out(struct espencap_net *ns)
{
	if (READ_ONCE(ns->marks_left_out))
		return;
	WRITE_ONCE(ns->marks_left_out, true);
	WRITE_ONCE(ns->marks_missed, true);
}

static void add(struct espencap_net *ns, const struct xfrm_state *x)
{
	struct mark_entry *entry = kzalloc(sizeof(*entry), GFP_ATOMIC |
					   __GFP_NOWARN | __GFP_ACCOUNT);
	struct mark_entry *old;

	if (!entry) {
		WRITE_ONCE(ns->marks_missed, true);
		return;
	}
	key_of(x, &entry->key);
	entry->mark = x->mark.v;
	old = rhashtable_lookup_get_insert_fast(&ns->marks, &entry->node,
						params);
	if (!old)
		return;
	if (old == ERR_PTR(-E2BIG)) {
		leave_out(ns);
		kfree(entry);
		return;
	}
	/*
	 * One that is there gives way, even with the same mark: it may be left
	 * from an SA that has gone, and about to be forgotten.
	 */
	if (!IS_ERR(old)) {
		if (old->mark != entry->mark)
			leave_out(ns);
		if (!rhashtable_replace_fast(&ns->marks, &old->node,
					     &entry->node, params)) {
			kfree_rcu(old, rcu);
			return;
		}
	}
	kfree(entry);
	WRITE_ONCE(ns->marks_missed, true);
}

static void forget(struct espencap_net *ns, struct mark_entry *entry)
{
	if (rhashtable_remove_fast(&ns->marks, &entry->node, params))
		return;
	kfree_rcu(entry, rcu);
	if (READ_ONCE(ns->marks_left_out))
		WRITE_ONCE(ns->marks_missed, true);
}

static void del(struct espencap_net *ns, const struct xfrm_state *x)
{
	struct mark_entry *entry;
	struct mark_key key;

	key_of(x, &key);
	entry = rhashtable_lookup_fast(&ns->marks, &key, params);
	if (entry && entry->mark == x->mark.v)
		forget(ns, entry);
}

bool espencap_marks_find(struct espencap_net *ns, const struct in6_addr *daddr,
			 __be32 spi, u32 *mark)
{
	const struct mark_key key = { .daddr = *daddr, .spi = spi };
	const struct mark_entry *entry;

	if (likely(!atomic_read(&ns->marks.nelems)))
		return false;
	entry = rhashtable_lookup_fast(&ns->marks, &key, params);
	if (!entry)
		return false;
	*mark = entry->mark;
	return true;
}

static void collect_first(struct espencap_net *ns, const struct xfrm_state *x)
{
	espencap_nic_sa(ns, x);
	if (is_marked_esp(x))
		add(ns, x);
}

/* What has its place keeps it: no more memory is asked for than has to be. */
static void collect_missed(struct espencap_net *ns, const struct xfrm_state *x)
{
	struct mark_key key;
	u32 mark;

	if (!is_marked_esp(x))
		return;
	key_of(x, &key);
	if (!espencap_marks_find(ns, &key.daddr, key.spi, &mark))
		add(ns, x);
	else if (mark != x->mark.v)
		leave_out(ns);
}

void espencap_marks_collect(struct espencap_net *ns)
{
	WRITE_ONCE(ns->marks_left_out, false);
	/* Before the walk, so that none is missed that comes during it. */
	smp_store_mb(ns->marks_wanted, true);
	espencap_walk(ns, collect_first);
}

bool espencap_marks_are_missed(const struct espencap_net *ns)
{
	return READ_ONCE(ns->marks_missed) && READ_ONCE(ns->marks_wanted);
}

static bool has_gone(struct net *net, const struct mark_entry *entry)
{
	unsigned short family;
	xfrm_address_t daddr;
	struct xfrm_state *x;

	family = espencap_address_get(&entry->key.daddr, &daddr);
	x = xfrm_state_lookup(net, entry->mark, &daddr, entry->key.spi,
			      IPPROTO_ESP, family);
	if (!x)
		return true;
	xfrm_state_put(x);
	return false;
}

void espencap_marks_unwanted(struct espencap_net *ns)
{
	WRITE_ONCE(ns->marks_wanted, false);
}

/* XFRM announces a flush without names, and a migration not at all. */
static void forget_gone(struct espencap_net *ns)
{
	struct rhashtable_iter iter;
	struct mark_entry *entry;
	unsigned int n = 0;

	if (!atomic_read(&ns->marks.nelems))
		return;
	rhashtable_walk_enter(&ns->marks, &iter);
	rhashtable_walk_start(&iter);
	while ((entry = rhashtable_walk_next(&iter))) {
		/* -EAGAIN: the table was resized; what is missed comes later */
		if (!IS_ERR(entry) && (!READ_ONCE(ns->marks_wanted) ||
				       has_gone(ns->net, entry)))
			forget(ns, entry);
		if (++n % 64 == 0) {
			rhashtable_walk_stop(&iter);
			cond_resched();
			rhashtable_walk_start(&iter);
		}
	}
	rhashtable_walk_stop(&iter);
	rhashtable_walk_exit(&iter);
}

void espencap_marks_clean(struct espencap_net *ns)
{
	forget_gone(ns);
	if (espencap_marks_are_missed(ns)) {
		/* before the walk, which may miss one again */
		WRITE_ONCE(ns->marks_missed, false);
		espencap_walk(ns, collect_missed);
		espencap_memo_forget(ns);
	}
}

static void on_marked_sa(struct espencap_net *ns, struct xfrm_state *x,
			 const struct km_event *event)
{
	switch (event->event) {
	case XFRM_MSG_NEWSA:
	case XFRM_MSG_UPDSA:
		add(ns, x);
		break;
	case XFRM_MSG_DELSA:
		del(ns, x);
		break;
	case XFRM_MSG_EXPIRE:
		if (event->data.hard)
			del(ns, x);
		break;
	}
	espencap_upkeep_start(ns);
}

static int on_sa(struct xfrm_state *x, const struct km_event *event)
{
	struct espencap_net *ns;

	/* XFRM tells this of each few packets of an SA. */
	if (event->event == XFRM_MSG_NEWAE)
		return 0;
	/* a flush has no SA; others do not always have a namespace */
	ns = espencap_net(x ? xs_net(x) : event->net);
	/* not while the namespace goes: its table may have gone */
	if (!READ_ONCE(ns->ready))
		return 0;
	if (x && READ_ONCE(ns->marks_wanted)) {
		if (event->event == XFRM_MSG_NEWSA ||
		    event->event == XFRM_MSG_UPDSA)
			espencap_nic_sa(ns, x);
		if (is_marked_esp(x))
			on_marked_sa(ns, x, event);
	}
	/* after all tables have changed */
	espencap_memo_forget(ns);
	return 0;
}

/*
 * XFRM calls these two unasked; the answers leave it to the key managers, and
 * whatever they have answered before us.
 */

static int on_acquire(struct xfrm_state *x, struct xfrm_tmpl *tmpl,
		      struct xfrm_policy *policy)
{
	return -ESRCH;
}

static struct xfrm_policy *on_compile_policy(struct sock *sk, int opt, u8 *data,
					     int len, int *dir)
{
	return NULL;
}

static struct xfrm_mgr manager = {
	.notify = on_sa,
	.acquire = on_acquire,
	.compile_policy = on_compile_policy,
};

int espencap_marks_init(struct espencap_net *ns)
{
	return rhashtable_init(&ns->marks, &params);
}

static void free_entry(void *entry, void *unused)
{
	kfree(entry);
}

void espencap_marks_destroy(struct espencap_net *ns)
{
	rhashtable_free_and_destroy(&ns->marks, free_entry, NULL);
}

void espencap_marks_register(void)
{
	xfrm_register_km(&manager);
}

void espencap_marks_unregister(void)
{
	xfrm_unregister_km(&manager);
}
