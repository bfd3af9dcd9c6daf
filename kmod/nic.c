// SPDX-License-Identifier: GPL-2.0
/* Finding SAs with packet offload, and the peers that have them. */
#include <linux/net.h>
#include <linux/sched.h>
#include <net/xfrm.h>
#include "address.h"
#include "compat.h"
#include "netns.h"
#include "nic.h"
#include "peer.h"
#include "upkeep.h"
#include "walk.h"

static void explain(struct espencap_peer *peer, const struct xfrm_state *x)
{
	const struct espencap_path *path = rcu_dereference(peer->path);

	espencap_stats_add(path->port->stats, ESPENCAP_STAT_SAS_OFFLOADED, 1);
	net_warn_ratelimited("The SA 0x%08x to %pI6c has packet offload: the NIC sends its ESP without UDP; make the SA without \"offload packet\"\n",
			     ntohl(x->id.spi), &peer->key.addr);
}

static struct espencap_peer *peer_of(struct espencap_net *ns,
				     const struct xfrm_state *x)
{
	struct in6_addr addr;

	espencap_address_set(&addr, &x->id.daddr, x->props.family);
	return espencap_peer_find(ns, &addr, x->props.reqid);
}

void espencap_nic_sa(struct espencap_net *ns, const struct xfrm_state *x)
{
	struct espencap_peer *peer;

	if (likely(!espencap_is_packet_offload(x)) ||
	    x->id.proto != IPPROTO_ESP)
		return;
	WRITE_ONCE(ns->has_nic, true);
	espencap_upkeep_start(ns);
	rcu_read_lock();
	peer = peer_of(ns, x);
	/* one that upkeep has not seen yet, it will see with all its SAs */
	if (peer && READ_ONCE(peer->nic_checked))
		explain(peer, x);
	rcu_read_unlock();
}

static void check(struct espencap_net *ns, const struct xfrm_state *x)
{
	struct espencap_peer *peer;

	if (likely(!espencap_is_packet_offload(x)))
		return;
	WRITE_ONCE(ns->has_nic, true);
	peer = peer_of(ns, x);
	if (peer && READ_ONCE(peer->nic_checked) == ESPENCAP_NIC_NOW)
		explain(peer, x);
}

/* Whoever is at @from is at @to then; returns whether there is any. */
static bool promote(struct espencap_net *ns, enum espencap_nic from,
		    enum espencap_nic to)
{
	struct espencap_peer *peer;
	bool found = false;
	unsigned long id;

	rcu_read_lock();
	xa_for_each(&ns->peers, id, peer) {
		if (READ_ONCE(peer->nic_checked) == from) {
			WRITE_ONCE(peer->nic_checked, to);
			found = true;
		}
		if (need_resched()) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();
	return found;
}

void espencap_nic_check(struct espencap_net *ns)
{
	if (likely(!READ_ONCE(ns->has_nic)))
		return;
	/* Whoever adds the first port looks at all SAs again. */
	if (!READ_ONCE(ns->marks_wanted)) {
		WRITE_ONCE(ns->has_nic, false);
		return;
	}
	if (!promote(ns, ESPENCAP_NIC_NEVER, ESPENCAP_NIC_NOW))
		return;
	/* before the walk, so that one which is made during it is not forgotten */
	WRITE_ONCE(ns->has_nic, false);
	espencap_walk(ns, check);
	promote(ns, ESPENCAP_NIC_NOW, ESPENCAP_NIC_BEFORE);
}
