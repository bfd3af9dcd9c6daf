// SPDX-License-Identifier: GPL-2.0
/* One work for each namespace, which goes through all peers. */
#include <linux/sched.h>
#include "adopt.h"
#include "age.h"
#include "events.h"
#include "keepalive.h"
#include "marks.h"
#include "nic.h"
#include "peer.h"
#include "port.h"
#include "upkeep.h"

/* Keepalives are due to the second; SAs are looked for less often. */
#define ROUND		HZ
#define ROUNDS_SA	10

static unsigned int keepalive_of(const struct espencap_peer *peer,
				 const struct espencap_port *port)
{
	const int own = espencap_peer_keepalive(peer);

	return own == ESPENCAP_KEEPALIVE_OF_PORT ?
	       READ_ONCE(port->settings.keepalive) : own;
}

/* A NAT forgets its mapping after silence, so that silence is what counts. */
static void keep_alive(struct espencap_net *ns, struct espencap_peer *peer,
		       const struct espencap_path *path, unsigned int seconds)
{
	const u32 sent = espencap_stats_sum(peer->stats,
					    ESPENCAP_STAT_TX_PACKETS);

	if (sent != peer->upkeep.sent) {
		peer->upkeep.sent = sent;
		peer->upkeep.since = espencap_now();
		return;
	}
	/* Nothing was ever sent: there is no mapping. */
	if (!sent)
		return;
	/* Another round would be too late. */
	if (espencap_age(peer->upkeep.since) + ROUND <= seconds * HZ)
		return;
	peer->upkeep.since = espencap_now();
	if (!espencap_keepalive_send(ns->net, peer, path))
		espencap_stats_add(path->port->stats,
				   ESPENCAP_STAT_KEEPALIVES_SENT, 1);
}

/*
 * A new SA may still be negotiated when the old one has gone. Returns whether it is not
 * known where the peer's SAs are.
 */
static bool expire(struct espencap_net *ns, struct espencap_peer *peer,
		   const struct espencap_path *path)
{
	struct espencap_sa_id sa;

	spin_lock_bh(&ns->peers_lock);
	sa = peer->sa;
	spin_unlock_bh(&ns->peers_lock);
	if (espencap_sa_id_is_known(&sa) &&
	    espencap_sa_has_sibling(ns->net, &sa, &peer->key.addr)) {
		peer->upkeep.sa_seen = espencap_now();
		return false;
	}
	if (espencap_age(peer->upkeep.sa_seen) < ESPENCAP_LINGER * HZ) {
		espencap_adopt_anew(ns, peer);
		return !sa.spi;
	}

	if (espencap_peer_end(ns, peer, ESPENCAP_EVENT_PEER_EXPIRED,
			      ESPENCAP_REASON_SA_GONE))
		espencap_stats_add(path->port->stats,
				   ESPENCAP_STAT_PEERS_EXPIRED, 1);
	return false;
}

/**
 * struct round - what a round has found
 * @with_sas: SAs are looked for
 * @keepalives: some peer has a keepalive
 * @strangers: of some learned peer it is not known where its SAs are
 */
struct round {
	bool with_sas;
	bool keepalives;
	bool strangers;
};

static void go_round(struct espencap_net *ns, struct round *round)
{
	struct espencap_peer *peer;
	unsigned long id;

	rcu_read_lock();
	xa_for_each(&ns->peers, id, peer) {
		const struct espencap_path *path = rcu_dereference(peer->path);
		const unsigned int seconds = keepalive_of(peer, path->port);

		if (seconds) {
			round->keepalives = true;
			keep_alive(ns, peer, path, seconds);
		}
		if (peer->learned && round->with_sas)
			round->strangers |= expire(ns, peer, path);
		/* The next one is looked for after that. */
		if (need_resched()) {
			rcu_read_unlock();
			cond_resched();
			rcu_read_lock();
		}
	}
	rcu_read_unlock();
}

static void upkeep(struct work_struct *work)
{
	struct espencap_net *ns = container_of(to_delayed_work(work),
					       struct espencap_net, upkeep);
	struct round round = { 0 };

	round.with_sas = !time_before(jiffies,
				      ns->sas_checked + ROUNDS_SA * ROUND);
	if (round.with_sas) {
		ns->sas_checked = jiffies;
		espencap_marks_clean(ns);
	}
	espencap_nic_check(ns);
	go_round(ns, &round);
	if (round.strangers)
		espencap_adopt(ns);

	if (round.keepalives || READ_ONCE(ns->nr_learned) || READ_ONCE(ns->has_nic) ||
	    atomic_read(&ns->marks.nelems) || espencap_marks_are_missed(ns))
		espencap_upkeep_start(ns);
}

void espencap_upkeep_start(struct espencap_net *ns)
{
	if (READ_ONCE(ns->ready))
		schedule_delayed_work(&ns->upkeep, ROUND);
}

void espencap_upkeep_init(struct espencap_net *ns)
{
	INIT_DELAYED_WORK(&ns->upkeep, upkeep);
	ns->sas_checked = jiffies;
	WRITE_ONCE(ns->ready, true);
}

void espencap_upkeep_stop(struct espencap_net *ns)
{
	WRITE_ONCE(ns->ready, false);
}

void espencap_upkeep_exit(struct espencap_net *ns)
{
	cancel_delayed_work_sync(&ns->upkeep);
}
