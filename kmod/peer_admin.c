// SPDX-License-Identifier: GPL-2.0
/* Peers that an operator adds, and peers that one deletes. */
#include <linux/netlink.h>
#include <linux/sched.h>
#include "address.h"
#include "events.h"
#include "peer.h"
#include "upkeep.h"

/* The peer with just this key; of two without a reqid, the one for any. */
static struct espencap_peer *find(struct espencap_net *ns,
				  const struct espencap_peer_key *key)
{
	struct espencap_dest *dest = espencap_dest_find(ns, &key->addr);
	struct espencap_peer *any;

	if (!dest)
		return NULL;
	any = key->reqid ? NULL : rcu_dereference(dest->any);
	return any ?: espencap_dest_exact(ns, dest, key->reqid);
}

/* Only one of this origin; one that is for any is never learned. */
static struct espencap_peer *find_of(struct espencap_net *ns,
				     const struct espencap_peer_key *key,
				     u8 origin)
{
	const bool learned = origin == ESPENCAP_ORIGIN_LEARNED;
	struct espencap_dest *dest = espencap_dest_find(ns, &key->addr);
	struct espencap_peer *peer;

	if (!dest)
		return NULL;
	peer = learned || key->reqid ?
	       espencap_dest_exact(ns, dest, key->reqid) :
	       rcu_dereference(dest->any);
	return peer && peer->learned == learned ? peer : NULL;
}

/* The learned peer that one with this key would be mistaken for. */
static struct espencap_peer *find_learned(struct espencap_net *ns,
					  const struct espencap_peer_key *key)
{
	return find_of(ns, key, ESPENCAP_ORIGIN_LEARNED);
}

static int check_addresses(struct net *net,
			   const struct espencap_peer_config *config,
			   struct netlink_ext_ack *extack)
{
	if (espencap_address_is_ours(net, &config->key.addr)) {
		NL_SET_ERR_MSG(extack,
			       "The peer's address is one of this host's own.");
		return -EINVAL;
	}
	if (espencap_address_is_ours(net, &config->endpoint.addr)) {
		NL_SET_ERR_MSG(extack,
			       "The endpoint's address is one of this host's own.");
		return -EINVAL;
	}
	return 0;
}

static int no_place(int err, struct netlink_ext_ack *extack)
{
	if (err == -ENOSPC)
		NL_SET_ERR_MSG(extack,
			       "This endpoint has as many peers as it can have.");
	else
		NL_SET_ERR_MSG(extack, "There is no memory for this peer.");
	return err;
}

/* Under espencap_net.peers_lock and RCU. */
static int insert(struct espencap_net *ns, struct espencap_peer *peer,
		  const struct espencap_peer_config *config,
		  struct espencap_port *port, struct netlink_ext_ack *extack)
{
	struct espencap_peer *learned = find_learned(ns, &config->key), *same;
	const bool has_place = learned &&
			       rcu_dereference(learned->path)->port == port;
	int err;

	same = find(ns, &config->key);
	if (same && same != learned) {
		NL_SET_ERR_MSG(extack, "This peer is already added.");
		return -EEXIST;
	}
	if (ns->nr_peers >= ESPENCAP_MAX_PEERS && !learned) {
		NL_SET_ERR_MSG(extack,
			       "This network namespace has as many peers as it can have.");
		return -ENOSPC;
	}
	if (config->learned && !has_place &&
	    port->nr_learned >= READ_ONCE(port->settings.max_learned)) {
		NL_SET_ERR_MSG(extack,
			       "This port has as many learned peers as it may have.");
		return -ENOSPC;
	}
	err = espencap_peer_insert(ns, peer, learned, config, port);
	if (err)
		return no_place(err, extack);
	if (learned)
		espencap_notify_peer(ns, ESPENCAP_EVENT_PEER_DELETED, learned,
				     NULL, ESPENCAP_REASON_UNSPEC);
	espencap_notify_peer(ns, ESPENCAP_EVENT_PEER_ADDED, peer, NULL,
			     ESPENCAP_REASON_UNSPEC);
	return 0;
}

int espencap_peer_add(struct espencap_net *ns,
		      const struct espencap_peer_config *config,
		      u16 port_number, struct netlink_ext_ack *extack)
{
	struct espencap_port *port = espencap_port_find(ns, port_number);
	struct espencap_peer *peer;
	int err;

	if (!port) {
		NL_SET_ERR_MSG(extack,
			       "The peer's port was not added: add it first.");
		return -ENOENT;
	}
	err = check_addresses(ns->net, config, extack);
	if (err)
		return err;
	peer = espencap_peer_alloc(config, GFP_KERNEL_ACCOUNT);
	if (!peer) {
		NL_SET_ERR_MSG(extack, "There is no memory for this peer.");
		return -ENOMEM;
	}

	rcu_read_lock();
	spin_lock_bh(&ns->peers_lock);
	err = insert(ns, peer, config, port, extack);
	spin_unlock_bh(&ns->peers_lock);
	if (err)
		espencap_peer_free(peer);
	rcu_read_unlock();
	if (!err)
		espencap_upkeep_start(ns);
	return err;
}

/* Under espencap_net.peers_lock and RCU. */
static int change(struct espencap_net *ns,
		  const struct espencap_peer_config *config,
		  struct espencap_port *port, bool has_endpoint,
		  struct netlink_ext_ack *extack)
{
	struct espencap_peer *peer = find_of(ns, &config->key,
					     ESPENCAP_ORIGIN_STATIC);
	struct espencap_endpoint endpoint;
	struct espencap_path *path;
	bool moved;
	int err;

	if (!peer) {
		NL_SET_ERR_MSG(extack, "There is no such peer that was added.");
		return -ENOENT;
	}
	path = rcu_dereference(peer->path);
	endpoint = has_endpoint ? config->endpoint : path->endpoint;
	port = port ?: path->port;
	moved = has_endpoint ? config->moved : path->moved;
	if (port != path->port ||
	    !espencap_endpoint_equal(&endpoint, &path->endpoint)) {
		err = espencap_peer_move(ns, peer, &endpoint, port, moved);
		if (err)
			return no_place(err, extack);
		WRITE_ONCE(peer->anchored, false);
	} else {
		WRITE_ONCE(path->moved, moved);
	}
	espencap_peer_configure(peer, config);
	espencap_notify_peer(ns, ESPENCAP_EVENT_PEER_CHANGED, peer, NULL,
			     ESPENCAP_REASON_UNSPEC);
	return 0;
}

int espencap_peer_set(struct espencap_net *ns,
		      const struct espencap_peer_config *config,
		      u16 port_number, bool has_endpoint,
		      struct netlink_ext_ack *extack)
{
	struct espencap_port *port = espencap_port_find(ns, port_number);
	int err;

	if (port_number && !port) {
		NL_SET_ERR_MSG(extack,
			       "The peer's port was not added: add it first.");
		return -ENOENT;
	}
	if (has_endpoint) {
		err = check_addresses(ns->net, config, extack);
		if (err)
			return err;
	}
	rcu_read_lock();
	spin_lock_bh(&ns->peers_lock);
	err = change(ns, config, port, has_endpoint, extack);
	spin_unlock_bh(&ns->peers_lock);
	rcu_read_unlock();
	if (!err)
		espencap_upkeep_start(ns);
	return err;
}

/* The only peer at an address. Rare: the scan is for the operator's comfort. */
static struct espencap_peer *find_only(struct espencap_net *ns,
				       const struct in6_addr *addr,
				       bool *several)
{
	struct espencap_peer *peer, *only = NULL;
	unsigned long id;

	xa_for_each(&ns->peers, id, peer) {
		if (!ipv6_addr_equal(&peer->key.addr, addr))
			continue;
		if (only) {
			*several = true;
			return NULL;
		}
		only = peer;
	}
	return only;
}

static bool take_out(struct espencap_net *ns, struct espencap_peer *peer)
{
	return espencap_peer_end(ns, peer, ESPENCAP_EVENT_PEER_DELETED,
				 ESPENCAP_REASON_UNSPEC);
}

int espencap_peer_del(struct espencap_net *ns,
		      const struct espencap_peer_key *key, u8 origin,
		      struct netlink_ext_ack *extack)
{
	struct espencap_peer *peer;
	bool several = false;
	int err = 0;

	rcu_read_lock();
	peer = origin ? find_of(ns, key, origin) : find(ns, key);
	if (!peer && !key->reqid && !origin)
		peer = find_only(ns, &key->addr, &several);
	if (several) {
		NL_SET_ERR_MSG(extack,
			       "Several peers have this address: name the reqid.");
		err = -ENOTUNIQ;
	} else if (!peer || !take_out(ns, peer)) {
		NL_SET_ERR_MSG(extack, "There is no such peer.");
		err = -ENOENT;
	}
	rcu_read_unlock();
	return err;
}

void espencap_peer_flush(struct espencap_net *ns,
			 const struct espencap_port *port)
{
	struct espencap_peer *peer;
	unsigned long id;

	xa_for_each(&ns->peers, id, peer) {
		rcu_read_lock();
		/* again, for now it cannot be freed */
		peer = xa_load(&ns->peers, id);
		if (peer &&
		    (!port || rcu_dereference(peer->path)->port == port))
			take_out(ns, peer);
		rcu_read_unlock();
		cond_resched();
	}
}
