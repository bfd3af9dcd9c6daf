// SPDX-License-Identifier: GPL-2.0
/* Finding, adding and deleting peers. */
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/ipv6.h>
#include "peer.h"
#include "route6.h"

static const struct rhashtable_params dest_params = {
	.head_offset = offsetof(struct espencap_dest, node),
	.key_offset = offsetof(struct espencap_dest, addr),
	.key_len = sizeof(struct in6_addr),
	.automatic_shrinking = true,
};

static const struct rhashtable_params by_reqid_params = {
	.head_offset = offsetof(struct espencap_peer, node),
	.key_offset = offsetof(struct espencap_peer, key),
	.key_len = sizeof(struct espencap_peer_key),
	.automatic_shrinking = true,
};

struct espencap_dest *espencap_dest_find(struct espencap_net *ns,
					 const struct in6_addr *addr)
{
	return rhashtable_lookup_fast(&ns->dests, addr, dest_params);
}

struct espencap_peer *espencap_dest_peer(struct espencap_net *ns,
					 struct espencap_dest *dest, u32 reqid)
{
	if (reqid && READ_ONCE(dest->nr_reqid)) {
		const struct espencap_peer_key key = {
			.addr = dest->addr,
			.reqid = reqid,
		};
		struct espencap_peer *peer;

		peer = rhashtable_lookup_fast(&ns->by_reqid, &key,
					      by_reqid_params);
		if (peer)
			return peer;
	}
	return rcu_dereference_check(dest->any, lockdep_is_held(&ns->lock));
}

static struct espencap_dest *dest_get(struct espencap_net *ns,
				      const struct in6_addr *addr)
{
	struct espencap_dest *dest = espencap_dest_find(ns, addr);

	if (dest)
		return dest;
	dest = kzalloc(sizeof(*dest), GFP_KERNEL_ACCOUNT);
	if (!dest)
		return NULL;
	dest->addr = *addr;
	if (rhashtable_insert_fast(&ns->dests, &dest->node, dest_params)) {
		kfree(dest);
		return NULL;
	}
	return dest;
}

static void dest_put(struct espencap_net *ns, struct espencap_dest *dest)
{
	if (dest->nr_reqid || rcu_access_pointer(dest->any))
		return;
	rhashtable_remove_fast(&ns->dests, &dest->node, dest_params);
	kfree_rcu(dest, rcu);
}

static void peer_free(struct espencap_peer *peer)
{
	espencap_route6_release(peer);
	free_percpu(peer->stats);
	kfree(peer);
}

static void peer_free_rcu(struct rcu_head *rcu)
{
	peer_free(container_of(rcu, struct espencap_peer, rcu));
}

static struct espencap_peer *peer_alloc(const struct espencap_peer_key *key)
{
	struct espencap_peer *peer = kzalloc(sizeof(*peer),
					     GFP_KERNEL_ACCOUNT);

	if (!peer)
		return NULL;
	peer->key = *key;
	peer->taught = jiffies - HZ;
	peer->stats = espencap_stats_alloc(ESPENCAP_STATS_PEER);
	if (!peer->stats) {
		kfree(peer);
		return NULL;
	}
	return peer;
}

/* Make a peer that has its number and its destination visible to packets. */
static int peer_publish(struct espencap_net *ns, struct espencap_peer *peer)
{
	struct espencap_dest *dest = peer->dest;
	int err;

	if (!peer->key.reqid) {
		rcu_assign_pointer(dest->any, peer);
		return 0;
	}
	err = rhashtable_insert_fast(&ns->by_reqid, &peer->node,
				     by_reqid_params);
	if (!err)
		WRITE_ONCE(dest->nr_reqid, dest->nr_reqid + 1);
	return err;
}

static void peer_remove(struct espencap_net *ns, struct espencap_peer *peer)
{
	struct espencap_dest *dest = peer->dest;

	if (peer->key.reqid) {
		rhashtable_remove_fast(&ns->by_reqid, &peer->node,
				       by_reqid_params);
		WRITE_ONCE(dest->nr_reqid, dest->nr_reqid - 1);
	} else {
		RCU_INIT_POINTER(dest->any, NULL);
	}
	dest_put(ns, dest);
	xa_erase(&ns->peers, peer->id);
	ns->nr_peers--;
	peer->port->nr_peers--;
	/* now, not a grace period later: it holds a device */
	espencap_route6_release(peer);
	call_rcu(&peer->rcu, peer_free_rcu);
}

/* The peer with just this key; a key without a reqid finds no other. */
static struct espencap_peer *peer_exact(struct espencap_net *ns,
					const struct espencap_peer_key *key)
{
	struct espencap_dest *dest = espencap_dest_find(ns, &key->addr);
	struct espencap_peer *peer;

	if (!dest)
		return NULL;
	peer = espencap_dest_peer(ns, dest, key->reqid);
	return peer && peer->key.reqid == key->reqid ? peer : NULL;
}

/* The only peer at an address. Rare: the scan is for the operator's comfort. */
static struct espencap_peer *peer_only(struct espencap_net *ns,
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

int espencap_peer_add(struct espencap_net *ns,
		      const struct espencap_peer_key *key, u16 port_number,
		      const struct in6_addr *endpoint, __be16 endpoint_port,
		      struct netlink_ext_ack *extack)
{
	struct espencap_port *port = espencap_port_find(ns, port_number);
	struct espencap_peer *peer;
	int err;

	if (!port) {
		NL_SET_ERR_MSG(extack,
			       "The peer's port was not added: add it first.");
		return -ENOENT;
	}
	if (peer_exact(ns, key)) {
		NL_SET_ERR_MSG(extack, "This peer is already added.");
		return -EEXIST;
	}
	if (ns->nr_peers >= ESPENCAP_MAX_PEERS) {
		NL_SET_ERR_MSG(extack,
			       "This network namespace has as many peers as it can have.");
		return -ENOSPC;
	}

	peer = peer_alloc(key);
	if (!peer) {
		err = -ENOMEM;
		goto err_say;
	}
	peer->port = port;
	peer->endpoint = *endpoint;
	peer->endpoint_port = endpoint_port;
	peer->redirected = !ipv6_addr_equal(endpoint, &key->addr);

	err = xa_alloc(&ns->peers, &peer->id, peer, xa_limit_31b,
		       GFP_KERNEL_ACCOUNT);
	if (err)
		goto err_free;
	peer->dest = dest_get(ns, &key->addr);
	if (!peer->dest) {
		err = -ENOMEM;
		goto err_id;
	}
	err = peer_publish(ns, peer);
	if (err)
		goto err_dest;
	ns->nr_peers++;
	port->nr_peers++;
	return 0;

err_dest:
	dest_put(ns, peer->dest);
err_id:
	xa_erase(&ns->peers, peer->id);
err_free:
	/* a dump may have seen it */
	call_rcu(&peer->rcu, peer_free_rcu);
err_say:
	NL_SET_ERR_MSG(extack, "There is no memory for this peer.");
	return err;
}

int espencap_peer_del(struct espencap_net *ns,
		      const struct espencap_peer_key *key,
		      struct netlink_ext_ack *extack)
{
	struct espencap_peer *peer = peer_exact(ns, key);
	bool several = false;

	if (!peer && !key->reqid)
		peer = peer_only(ns, &key->addr, &several);
	if (several) {
		NL_SET_ERR_MSG(extack,
			       "Several peers have this address: name the reqid.");
		return -ENOTUNIQ;
	}
	if (!peer) {
		NL_SET_ERR_MSG(extack, "This peer was not added.");
		return -ENOENT;
	}
	peer_remove(ns, peer);
	return 0;
}

void espencap_peer_flush(struct espencap_net *ns)
{
	struct espencap_peer *peer;
	unsigned long id;

	xa_for_each(&ns->peers, id, peer) {
		peer_remove(ns, peer);
		cond_resched();
	}
}

int espencap_peer_tables_init(struct espencap_net *ns)
{
	int err = rhashtable_init(&ns->dests, &dest_params);

	if (err)
		return err;
	err = rhashtable_init(&ns->by_reqid, &by_reqid_params);
	if (err) {
		rhashtable_destroy(&ns->dests);
		return err;
	}
	xa_init_flags(&ns->peers, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	return 0;
}

void espencap_peer_tables_destroy(struct espencap_net *ns)
{
	rhashtable_destroy(&ns->by_reqid);
	rhashtable_destroy(&ns->dests);
	xa_destroy(&ns->peers);
}
