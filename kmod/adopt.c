// SPDX-License-Identifier: GPL-2.0
/* Finding the SAs of learned peers that came from another gateway. */
#include <linux/sched.h>
#include <net/ipv6.h>
#include <net/xfrm.h>
#include "adopt.h"
#include "netns.h"
#include "peer.h"
#include "sa.h"

/* XFRM's lock is held all the while, and this CPU receives nothing. */
#define SAS_AT_ONCE	256

/**
 * struct walk - going through all SAs
 * @ns: network namespace
 * @left: how many may be looked at before the lock is released
 */
struct walk {
	struct espencap_net *ns;
	unsigned int left;
};

static void adopt(struct espencap_net *ns, const struct xfrm_state *x)
{
	const struct espencap_sa sa = espencap_sa_read(x);
	struct espencap_peer *peer;
	struct espencap_sa_id id;

	if (sa.kind == ESPENCAP_SA_NONE)
		return;
	espencap_sa_identify(x, &id);
	/* nothing has come on it yet, and it may be another one's turn */
	id.x = NULL;
	id.born = 0;
	id.spi = 0;

	rcu_read_lock();
	peer = espencap_peer_find(ns, &sa.src, sa.reqid);
	if (peer && peer->learned) {
		spin_lock_bh(&ns->peers_lock);
		if (!espencap_sa_id_is_known(&peer->sa))
			peer->sa = id;
		spin_unlock_bh(&ns->peers_lock);
	}
	rcu_read_unlock();
}

/* One that is refused is the first when the walk goes on. */
static int look_at(struct xfrm_state *x, int count, void *_walk)
{
	struct walk *walk = _walk;

	if (!walk->left)
		return -EAGAIN;
	walk->left--;
	adopt(walk->ns, x);
	return 0;
}

void espencap_adopt_anew(struct espencap_net *ns, struct espencap_peer *peer)
{
	spin_lock_bh(&ns->peers_lock);
	/* what was confirmed meanwhile, is known better */
	if (!peer->sa.spi)
		peer->sa.local = in6addr_any;
	spin_unlock_bh(&ns->peers_lock);
}

void espencap_adopt(struct espencap_net *ns)
{
	struct walk walk = { .ns = ns };
	struct xfrm_state_walk place;
	int err;

	xfrm_state_walk_init(&place, IPPROTO_ESP, NULL);
	do {
		walk.left = SAS_AT_ONCE;
		err = xfrm_state_walk(ns->net, &place, look_at, &walk);
		cond_resched();
	} while (err == -EAGAIN);
	xfrm_state_walk_done(&place, ns->net);
}
