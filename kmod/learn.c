// SPDX-License-Identifier: GPL-2.0
/* Making, moving and ending peers after authentication. */
#include <net/xfrm.h>
#include "address.h"
#include "age.h"
#include "events.h"
#include "learn.h"
#include "peer.h"
#include "port.h"
#include "tag.h"
#include "upkeep.h"

/**
 * struct packet - a genuine packet, and where it came from
 * @ns: network namespace
 * @port: our port
 * @x: its SA
 * @sa: what was read of it
 * @endpoint: where it came from
 * @seq: lower half of its number
 */
struct packet {
	struct espencap_net *ns;
	struct espencap_port *port;
	struct xfrm_state *x;
	const struct espencap_sa *sa;
	struct espencap_endpoint endpoint;
	u32 seq;
};

static bool came_along(const struct espencap_path *path,
		       const struct packet *packet)
{
	return path->port == packet->port &&
	       espencap_endpoint_equal(&path->endpoint, &packet->endpoint);
}

/* To another port goes only who was not given one by the operator. */
static bool may_follow(const struct espencap_peer *peer,
		       const struct espencap_path *path,
		       const struct packet *packet)
{
	return peer->learned || (!peer->pin && path->port == packet->port);
}

static bool is_same_sa(const struct espencap_peer *peer,
		       const struct packet *packet)
{
	/* Another SA could have the same address in memory by now. */
	return READ_ONCE(peer->sa.x) == packet->x &&
	       READ_ONCE(peer->sa.spi) == packet->x->id.spi &&
	       READ_ONCE(peer->sa.born) == espencap_sa_born(packet->x);
}

static u64 numbered(const struct packet *packet)
{
	return (u64)be32_to_cpu(packet->x->id.spi) << 32 | packet->seq;
}

/*
 * Without a replay window, nobody but us knows which numbers were used. The
 * highest of the SA that counts is kept together with its SPI, so that it can be
 * raised without a lock. (Not inlined: tests/bench/locks looks at all others.)
 */
static noinline void raise(struct espencap_peer *peer,
			   const struct packet *packet)
{
	const s64 here = numbered(packet);
	s64 highest = atomic64_read(&peer->highest);

	do {
		if ((u64)highest >> 32 != (u64)here >> 32 ||
		    (u64)highest >= (u64)here)
			return;
	} while (!atomic64_try_cmpxchg(&peer->highest, &highest, here));
}

/*
 * An SA that is not the last has been looked at: once a second will do, unless it
 * is newer and was not the one that was looked at.
 */
static bool was_looked_at(const struct espencap_peer *peer,
			  const struct packet *packet)
{
	return espencap_age(READ_ONCE(peer->looked)) < HZ &&
	       (espencap_sa_born(packet->x) <= READ_ONCE(peer->sa.born) ||
		packet->x->id.spi == READ_ONCE(peer->looked_at));
}

/* Everything is as it was at the last packet: no lock, nothing to write. */
static bool is_settled(struct espencap_peer *peer, const struct packet *packet)
{
	const struct espencap_path *path = rcu_dereference(peer->path);
	const bool has_window = espencap_sa_has_window(packet->x);
	const bool along = came_along(path, packet);

	if (!along) {
		if (may_follow(peer, path, packet))
			return false;
		if (has_window || (peer->pin && !is_same_sa(peer, packet)))
			return true;
	}
	if (!is_same_sa(peer, packet))
		return was_looked_at(peer, packet);
	if (!has_window) {
		if (along && !READ_ONCE(peer->anchored))
			return false;
		raise(peer, packet);
	}
	return true;
}

static void refuse(const struct packet *packet, enum espencap_stat stat,
		   enum espencap_reason reason)
{
	const struct espencap_peer_config config = {
		.key = { packet->sa->src, packet->sa->reqid },
		.endpoint = packet->endpoint,
	};

	espencap_stats_add(packet->port->stats, stat, 1);
	espencap_notify_refused(packet->ns, &config, packet->port, reason);
}

static void refuse_full(const struct packet *packet)
{
	refuse(packet, ESPENCAP_STAT_REFUSED_FULL, ESPENCAP_REASON_FULL);
}

static bool port_is_full(const struct espencap_port *port)
{
	return READ_ONCE(port->nr_learned) >=
	       READ_ONCE(port->settings.max_learned);
}

static bool is_full(const struct packet *packet)
{
	return port_is_full(packet->port) ||
	       READ_ONCE(packet->ns->nr_peers) >= ESPENCAP_MAX_PEERS;
}

static void remember(struct espencap_peer *peer, const struct packet *packet,
		     bool anchored)
{
	WRITE_ONCE(peer->anchored, anchored);
	atomic64_set(&peer->highest, numbered(packet));
	espencap_sa_identify(packet->x, &peer->sa);
}

/* Can anything be sent there? */
static bool is_usable(const struct packet *packet)
{
	return packet->endpoint.udp_port &&
	       !espencap_address_is_ours(packet->ns->net,
					 &packet->endpoint.addr);
}

/* May this packet make a peer, as far as can be told without the lock? */
static bool may_make(const struct packet *packet)
{
	const u8 learn = READ_ONCE(packet->port->settings.learn);

	if (learn == ESPENCAP_LEARN_OFF)
		return false;
	if (espencap_sa_has_window(packet->x)) {
		if (!espencap_sa_is_newest(packet->x, packet->seq))
			return false;
	} else if (learn != ESPENCAP_LEARN_UNSAFE) {
		refuse(packet, ESPENCAP_STAT_REFUSED_UNSAFE,
		       ESPENCAP_REASON_UNSAFE);
		return false;
	}
	if (is_full(packet)) {
		refuse_full(packet);
		return false;
	}
	/* XFRM would send it to ourselves, or nowhere. */
	return !espencap_address_is_any(&packet->sa->src) &&
	       !espencap_address_is_ours(packet->ns->net, &packet->sa->src);
}

/* Under espencap_net.peers_lock. */
static int insert(const struct packet *packet, struct espencap_peer *peer,
		  const struct espencap_peer_config *config)
{
	struct espencap_net *ns = packet->ns;
	struct espencap_dest *dest = espencap_dest_find(ns, &peer->key.addr);

	/* Another CPU may have made it, or deleted the port. */
	if (packet->port->closed ||
	    (dest && espencap_dest_exact(ns, dest, peer->key.reqid)))
		return -EEXIST;
	if (is_full(packet))
		return -ENOSPC;
	return espencap_peer_insert(ns, peer, NULL, config, packet->port);
}

static struct espencap_peer *make(const struct packet *packet)
{
	const struct espencap_peer_config config = {
		.key = { packet->sa->src, packet->sa->reqid },
		.endpoint = packet->endpoint,
		.learned = true,
		.keepalive = ESPENCAP_KEEPALIVE_OF_PORT,
	};
	struct espencap_net *ns = packet->ns;
	struct espencap_peer *peer;
	int err = -ENOMEM;

	peer = espencap_peer_alloc(&config, GFP_ATOMIC | __GFP_NOWARN);
	if (peer) {
		remember(peer, packet, true);
		spin_lock_bh(&ns->peers_lock);
		err = insert(packet, peer, &config);
		if (!err)
			espencap_notify_peer(ns, ESPENCAP_EVENT_PEER_LEARNED,
					     peer, NULL, ESPENCAP_REASON_UNSPEC);
		spin_unlock_bh(&ns->peers_lock);
	}
	if (!err) {
		espencap_stats_add(packet->port->stats,
				   ESPENCAP_STAT_PEERS_LEARNED, 1);
		espencap_upkeep_start(ns);
		return peer;
	}
	if (peer)
		espencap_peer_free(peer);
	if (err == -ENOSPC)
		refuse_full(packet);
	else if (err == -ENOMEM)
		refuse(packet, ESPENCAP_STAT_REFUSED_NO_MEMORY,
		       ESPENCAP_REASON_NO_MEMORY);
	return NULL;
}

static bool is_above(const struct espencap_peer *peer,
		     const struct packet *packet)
{
	const u64 highest = atomic64_read(&peer->highest);

	return is_same_sa(peer, packet) &&
	       highest >> 32 == numbered(packet) >> 32 &&
	       numbered(packet) > highest;
}

/*
 * Without a replay window, only a number above the highest is no replay, and only
 * once a first one has come from where the peer is.
 */
static bool is_newest(const struct espencap_peer *peer,
		      const struct packet *packet)
{
	if (espencap_sa_has_window(packet->x))
		return espencap_sa_is_newest(packet->x, packet->seq);
	return READ_ONCE(peer->anchored) && is_above(peer, packet);
}

/*
 * Take note of an SA that is not older, and of its number. An SA without a window
 * must be newer beyond doubt: what was confirmed on the one before is forgotten,
 * and if we came back to that, replays would look new.
 */
static void note_sa(struct espencap_peer *peer, const struct packet *packet,
		    bool along)
{
	if (is_same_sa(peer, packet)) {
		if (along && is_above(peer, packet))
			WRITE_ONCE(peer->anchored, true);
		raise(peer, packet);
		return;
	}
	if (espencap_sa_has_window(packet->x) ?
	    !espencap_sa_is_older(packet->ns->net, packet->x, &peer->sa) :
	    espencap_sa_born(packet->x) > peer->sa.born)
		remember(peer, packet, along);
}

/*
 * Is this another client, which has nothing but the address in common with the
 * one that the peer was confirmed for? As long as that one's SA lives, SAs of
 * another reqid are another's; SAs without any reqid can be anybody's.
 */
static bool is_another(const struct espencap_peer *peer,
		       const struct packet *packet)
{
	if (espencap_peer_is_exact(peer) && peer->key.reqid)
		return false;
	if (is_same_sa(peer, packet))
		return false;
	if (peer->sa.reqid == packet->sa->reqid && packet->sa->reqid)
		return false;
	return espencap_sa_is_alive(packet->ns->net, &peer->sa);
}

enum outcome {
	STAYS,
	MOVES,
	IS_ANOTHER,
	PORT_IS_FULL,
};

/* Under espencap_net.peers_lock. */
static enum outcome move(struct espencap_peer *peer,
			 const struct packet *packet)
{
	const struct espencap_path *path = espencap_peer_path(packet->ns, peer);
	const struct espencap_endpoint from = path->endpoint;

	if (path->port != packet->port) {
		if (READ_ONCE(packet->port->settings.learn) ==
		    ESPENCAP_LEARN_OFF)
			return STAYS;
		if (port_is_full(packet->port))
			return PORT_IS_FULL;
	}
	if (espencap_peer_move(packet->ns, peer, &packet->endpoint,
			       packet->port, true))
		return STAYS;
	remember(peer, packet, true);
	espencap_notify_peer(packet->ns, ESPENCAP_EVENT_PEER_MOVED, peer, &from,
			     ESPENCAP_REASON_UNSPEC);
	return MOVES;
}

/* Under espencap_net.peers_lock. */
static enum outcome follow(struct espencap_peer *peer,
			   const struct packet *packet)
{
	const struct espencap_path *path = espencap_peer_path(packet->ns, peer);
	const bool along = came_along(path, packet);

	/* Another CPU may have removed the peer, or deleted the port. */
	if (xa_load(&packet->ns->peers, peer->id) != peer ||
	    packet->port->closed)
		return STAYS;
	WRITE_ONCE(peer->looked_at, packet->x->id.spi);
	WRITE_ONCE(peer->looked, espencap_now());
	/* Who comes along may be another nevertheless, with a forged source. */
	if (is_another(peer, packet))
		return along ? STAYS : IS_ANOTHER;
	if (!along && may_follow(peer, path, packet) &&
	    is_newest(peer, packet) && is_usable(packet) &&
	    !espencap_sa_is_older(packet->ns->net, packet->x, &peer->sa))
		return move(peer, packet);
	/* Without a window, all numbers count, wherever they came from. */
	if (along || !espencap_sa_has_window(packet->x))
		note_sa(peer, packet, along);
	return STAYS;
}

static struct espencap_peer *learn(const struct packet *packet)
{
	if (!is_usable(packet) || !may_make(packet))
		return NULL;
	return make(packet);
}

struct espencap_peer *espencap_learn(struct espencap_net *ns,
				     struct espencap_port *port,
				     struct xfrm_state *x,
				     const struct espencap_sa *sa,
				     struct espencap_peer *peer,
				     const struct espencap_tag *tag)
{
	const struct packet packet = {
		.ns = ns,
		.port = port,
		.x = x,
		.sa = sa,
		.endpoint = { tag->addr, tag->udp_port },
		.seq = tag->seq,
	};
	enum outcome outcome;

	if (!peer)
		return learn(&packet);
	if (likely(is_settled(peer, &packet)))
		return peer;

	spin_lock_bh(&ns->peers_lock);
	outcome = follow(peer, &packet);
	spin_unlock_bh(&ns->peers_lock);

	switch (outcome) {
	case STAYS:
		break;
	case MOVES:
		espencap_stats_add(port->stats, ESPENCAP_STAT_PEERS_MOVED, 1);
		break;
	case PORT_IS_FULL:
		refuse_full(&packet);
		break;
	case IS_ANOTHER:
		if (sa->reqid &&
		    READ_ONCE(port->settings.learn) != ESPENCAP_LEARN_OFF)
			return learn(&packet);
		refuse(&packet, ESPENCAP_STAT_REFUSED_AMBIGUOUS,
		       ESPENCAP_REASON_AMBIGUOUS);
		return NULL;
	}
	return peer;
}

/* Under espencap_net.peers_lock: another CPU may have removed the peer. */
static bool is_meant(const struct espencap_peer *peer,
		     const struct packet *packet)
{
	return xa_load(&packet->ns->peers, peer->id) == peer &&
	       !is_another(peer, packet);
}

/* Under espencap_net.peers_lock: has the peer turned to native ESP? */
static bool has_left(struct espencap_peer *peer, const struct packet *packet)
{
	if (!is_meant(peer, packet))
		return false;
	if (peer->learned && is_newest(peer, packet) &&
	    !espencap_sa_is_older(packet->ns->net, packet->x, &peer->sa))
		return true;
	/* Without a window, all numbers count, however they came. */
	if (!espencap_sa_has_window(packet->x))
		note_sa(peer, packet, false);
	return false;
}

static bool is_due(const struct espencap_peer *peer)
{
	return espencap_age(READ_ONCE(peer->without.at)) >= HZ;
}

/* The same once a second, with the highest number of the SA for the packet's. */
static bool has_left_since(struct espencap_peer *peer,
			   const struct packet *packet)
{
	const u32 received = espencap_stats_sum(peer->stats,
						ESPENCAP_STAT_RX_PACKETS);
	const bool has_window = espencap_sa_has_window(packet->x);
	bool alone;

	if (has_window && !is_due(peer))
		return false;
	WRITE_ONCE(peer->without.at, espencap_now());
	if (!is_meant(peer, packet))
		return false;
	if (!has_window) {
		/* Any number may be used up, so that none is above. */
		note_sa(peer, packet, true);
		return false;
	}
	if (espencap_sa_is_older(packet->ns->net, packet->x, &peer->sa))
		return false;
	alone = peer->without.spi == packet->x->id.spi &&
		peer->without.received == received &&
		(s32)(packet->seq - peer->without.highest) > 0;
	peer->without.spi = packet->x->id.spi;
	peer->without.received = received;
	peer->without.highest = packet->seq;
	return alone;
}

/* Is it worth the lock? Without a window, each new number is to be noted. */
static bool may_matter(const struct espencap_peer *peer,
		       const struct packet *packet, bool has_number)
{
	if (!espencap_sa_has_window(packet->x))
		return !is_same_sa(peer, packet) || is_above(peer, packet);
	return peer->learned &&
	       (has_number ? is_newest(peer, packet) : is_due(peer));
}

void espencap_unlearn(struct espencap_net *ns, struct xfrm_state *x,
		      const u32 *seq)
{
	const bool has_window = espencap_sa_has_window(x);
	struct espencap_sa sa;
	struct packet packet = { .ns = ns, .x = x, .sa = &sa };
	struct espencap_peer *peer;

	/* Of a peer that was added, only numbers without a window matter. */
	if (!(has_window ? READ_ONCE(ns->nr_learned) : READ_ONCE(ns->nr_peers)))
		return;
	sa = espencap_sa_read(x);
	if (sa.kind == ESPENCAP_SA_NONE)
		return;
	packet.seq = seq ? *seq : has_window ? espencap_sa_highest(x) : U32_MAX;
	peer = espencap_peer_find(ns, &sa.src, sa.reqid);
	if (!peer || !may_matter(peer, &packet, seq))
		return;
	spin_lock_bh(&ns->peers_lock);
	if (seq ? has_left(peer, &packet) : has_left_since(peer, &packet)) {
		espencap_stats_add(rcu_dereference(peer->path)->port->stats,
				   ESPENCAP_STAT_PEERS_EXPIRED, 1);
		espencap_notify_peer(ns, ESPENCAP_EVENT_PEER_EXPIRED, peer,
				     NULL, ESPENCAP_REASON_NATIVE);
		espencap_peer_remove(ns, peer);
	}
	spin_unlock_bh(&ns->peers_lock);
}
