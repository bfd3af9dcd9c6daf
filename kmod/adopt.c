// SPDX-License-Identifier: GPL-2.0
/* Finding the SAs of learned peers that came from another gateway. */
#include <net/ipv6.h>
#include <net/xfrm.h>
#include "adopt.h"
#include "netns.h"
#include "peer.h"
#include "sa.h"
#include "walk.h"

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

	peer = espencap_peer_find(ns, &sa.src, sa.reqid);
	if (peer && peer->learned) {
		spin_lock_bh(&ns->peers_lock);
		if (!espencap_sa_id_is_known(&peer->sa))
			peer->sa = id;
		spin_unlock_bh(&ns->peers_lock);
	}
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
	espencap_walk(ns, adopt);
}
