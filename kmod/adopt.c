// SPDX-License-Identifier: GPL-2.0
/* Finding the SAs of learned peers that came from another gateway. */
#include <net/ipv6.h>
#include <net/xfrm.h>
#include "adopt.h"
#include "netns.h"
#include "peer.h"
#include "sa.h"

/* Under espencap_net.peers_lock. */
static bool is_adopted(const struct espencap_peer *peer)
{
	return !ipv6_addr_any(&peer->sa.local);
}

bool espencap_is_adopted(struct espencap_net *ns,
			 const struct espencap_peer *peer)
{
	bool yes;

	spin_lock_bh(&ns->peers_lock);
	yes = is_adopted(peer);
	spin_unlock_bh(&ns->peers_lock);
	return yes;
}

static int adopt(struct xfrm_state *x, int count, void *_ns)
{
	struct espencap_net *ns = _ns;
	const struct espencap_sa sa = espencap_sa_read(x);
	struct espencap_peer *peer;
	struct espencap_sa_id id;

	if (sa.kind == ESPENCAP_SA_NONE)
		return 0;
	espencap_sa_identify(x, &id);
	/* nothing has come on it yet, and it may be another one's turn */
	id.x = NULL;
	id.born = 0;
	id.spi = 0;

	rcu_read_lock();
	peer = espencap_peer_find(ns, &sa.src, sa.reqid);
	if (peer && peer->learned) {
		spin_lock_bh(&ns->peers_lock);
		if (!is_adopted(peer))
			peer->sa = id;
		spin_unlock_bh(&ns->peers_lock);
	}
	rcu_read_unlock();
	return 0;
}

void espencap_adopt(struct espencap_net *ns)
{
	struct xfrm_state_walk walk;

	xfrm_state_walk_init(&walk, IPPROTO_ESP, NULL);
	xfrm_state_walk(ns->net, &walk, adopt, ns);
	xfrm_state_walk_done(&walk, ns->net);
}
