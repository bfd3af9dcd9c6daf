// SPDX-License-Identifier: GPL-2.0
/* Going through all SAs. */
#include <linux/sched.h>
#include <net/xfrm.h>
#include "netns.h"
#include "walk.h"

/* XFRM's lock is held all the while, and this CPU receives nothing. */
#define SAS_AT_ONCE	256

/**
 * struct walk - going through all SAs
 * @ns: network namespace
 * @look_at: what is to be done with each
 * @left: how many may be looked at before the lock is released
 */
struct walk {
	struct espencap_net *ns;
	void (*look_at)(struct espencap_net *ns, const struct xfrm_state *x);
	unsigned int left;
};

/* One that is refused is the first when the walk goes on. */
static int next(struct xfrm_state *x, int count, void *_walk)
{
	struct walk *walk = _walk;

	if (!walk->left)
		return -EAGAIN;
	walk->left--;
	rcu_read_lock();
	walk->look_at(walk->ns, x);
	rcu_read_unlock();
	return 0;
}

void espencap_walk(struct espencap_net *ns,
		   void (*look_at)(struct espencap_net *ns,
				   const struct xfrm_state *x))
{
	struct walk walk = { .ns = ns, .look_at = look_at };
	struct xfrm_state_walk place;
	int err;

	xfrm_state_walk_init(&place, IPPROTO_ESP, NULL);
	do {
		walk.left = SAS_AT_ONCE;
		err = xfrm_state_walk(ns->net, &place, next, &walk);
		cond_resched();
	} while (err == -EAGAIN);
	xfrm_state_walk_done(&place, ns->net);
}
