// SPDX-License-Identifier: GPL-2.0
/* The tables of peers: finding, making, moving and removing them. */
#include <linux/slab.h>
#include "age.h"
#include "bypass.h"
#include "events.h"
#include "memo.h"
#include "peer.h"

static const struct rhashtable_params dest_params = {
	.head_offset = offsetof(struct espencap_dest, node),
	.key_offset = offsetof(struct espencap_dest, addr),
	.key_len = sizeof(struct in6_addr),
	.automatic_shrinking = true,
};

static const struct rhashtable_params exact_params = {
	.head_offset = offsetof(struct espencap_peer, node),
	.key_offset = offsetof(struct espencap_peer, key),
	.key_len = sizeof(struct espencap_peer_key),
	.automatic_shrinking = true,
};

/* It has the one size that kmalloc() has not. */
static struct kmem_cache *dest_cache;

struct espencap_dest *espencap_dest_find(struct espencap_net *ns,
					 const struct in6_addr *addr)
{
	return rhashtable_lookup(&ns->dests, addr, dest_params);
}

struct espencap_peer *espencap_dest_exact(struct espencap_net *ns,
					  const struct espencap_dest *dest,
					  u32 reqid)
{
	const struct espencap_peer_key key = {
		.addr = dest->addr,
		.reqid = reqid,
	};

	if (!READ_ONCE(dest->nr_exact))
		return NULL;
	return rhashtable_lookup(&ns->exact, &key, exact_params);
}

struct espencap_peer *espencap_peer_find(struct espencap_net *ns,
					 const struct in6_addr *addr, u32 reqid)
{
	const struct espencap_dest *dest = espencap_dest_find(ns, addr);

	if (!dest)
		return NULL;
	return espencap_dest_exact(ns, dest, reqid) ?:
	       rcu_dereference(dest->any);
}

static struct espencap_dest *dest_get(struct espencap_net *ns,
				      const struct in6_addr *addr)
{
	struct espencap_dest *dest = rhashtable_lookup_fast(&ns->dests, addr,
							    dest_params);

	if (dest)
		return dest;
	dest = kmem_cache_zalloc(dest_cache, ESPENCAP_GFP_PEERS);
	if (!dest)
		return NULL;
	dest->addr = *addr;
	if (rhashtable_insert_fast(&ns->dests, &dest->node, dest_params)) {
		kmem_cache_free(dest_cache, dest);
		return NULL;
	}
	return dest;
}

static void dest_free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(dest_cache,
			container_of(rcu, struct espencap_dest, rcu));
}

static void dest_put(struct espencap_net *ns, struct espencap_dest *dest)
{
	if (dest->nr_exact || rcu_access_pointer(dest->any))
		return;
	rhashtable_remove_fast(&ns->dests, &dest->node, dest_params);
	call_rcu(&dest->rcu, dest_free_rcu);
}

static void peer_free_rcu(struct rcu_head *rcu)
{
	struct espencap_peer *peer = container_of(rcu, struct espencap_peer,
						  rcu);

	espencap_bypass_release(peer);
	free_percpu(peer->stats);
	kfree(rcu_dereference_protected(peer->path, true));
	kfree(peer);
}

void espencap_peer_free(struct espencap_peer *peer)
{
	call_rcu(&peer->rcu, peer_free_rcu);
}

void espencap_peer_configure(struct espencap_peer *peer,
			     const struct espencap_peer_config *config)
{
	const bool own = config->keepalive != ESPENCAP_KEEPALIVE_OF_PORT;

	if (own)
		WRITE_ONCE(peer->keepalive, config->keepalive);
	/* pairs with espencap_peer_keepalive() */
	smp_store_release(&peer->own_keepalive, own);
	peer->pin = config->pin;
}

struct espencap_peer *espencap_peer_alloc(const struct espencap_peer_config *config,
					  gfp_t gfp)
{
	struct espencap_peer *peer;

	/* On x86, slab has this size, and the next smaller one for a path. */
	BUILD_BUG_ON(IS_ENABLED(CONFIG_64BIT) && sizeof(*peer) > 192);
	peer = kzalloc(sizeof(*peer), gfp);
	if (!peer)
		return NULL;
	peer->key = config->key;
	peer->learned = config->learned;
	espencap_peer_configure(peer, config);
	peer->taught = espencap_now() - HZ;
	peer->looked = espencap_now() - HZ;
	peer->without.at = espencap_now() - HZ;
	peer->upkeep.sa_seen = espencap_now();
	peer->stats = espencap_stats_alloc(ESPENCAP_STATS_PEER, gfp);
	if (!peer->stats) {
		kfree(peer);
		return NULL;
	}
	return peer;
}

/* How many peers a port has, of those that were learned and of the others. */
static void count_on_port(struct espencap_port *port,
			  const struct espencap_peer *peer, int n)
{
	if (peer->learned)
		WRITE_ONCE(port->nr_learned, port->nr_learned + n);
	else
		port->nr_static += n;
}

int espencap_peer_move(struct espencap_net *ns, struct espencap_peer *peer,
		       const struct espencap_endpoint *endpoint,
		       struct espencap_port *port, bool moved)
{
	struct espencap_path *old, *path = espencap_path_make(ns, peer,
							      endpoint, port);

	if (IS_ERR(path))
		return PTR_ERR(path);
	path->moved = moved;
	old = rcu_replace_pointer(peer->path, path,
				  lockdep_is_held(&ns->peers_lock));
	count_on_port(port, peer, 1);
	if (old) {
		count_on_port(old->port, peer, -1);
		espencap_path_hide(ns, old);
		kfree_rcu(old, rcu);
	}
	return 0;
}

static int publish(struct espencap_net *ns, struct espencap_dest *dest,
		   struct espencap_peer *peer, struct espencap_peer *old)
{
	int err;

	if (!espencap_peer_is_exact(peer)) {
		rcu_assign_pointer(dest->any, peer);
		return 0;
	}
	err = old ? rhashtable_replace_fast(&ns->exact, &old->node, &peer->node,
					    exact_params) :
		    rhashtable_insert_fast(&ns->exact, &peer->node,
					   exact_params);
	if (!err)
		WRITE_ONCE(dest->nr_exact, dest->nr_exact + 1);
	return err;
}

static bool is_where(const struct espencap_net *ns,
		     const struct espencap_peer *peer,
		     const struct espencap_peer_config *config,
		     const struct espencap_port *port)
{
	const struct espencap_path *path = espencap_peer_path(ns, peer);

	return path->port == port &&
	       espencap_endpoint_equal(&path->endpoint, &config->endpoint);
}

int espencap_peer_insert(struct espencap_net *ns, struct espencap_peer *peer,
			 struct espencap_peer *old,
			 const struct espencap_peer_config *config,
			 struct espencap_port *port)
{
	int err = espencap_peer_move(ns, peer, &config->endpoint, port,
				     config->moved);
	struct espencap_dest *dest;

	if (err)
		return err;
	if (old) {
		peer->sa = old->sa;
		peer->anchored = old->anchored && is_where(ns, old, config, port);
		atomic64_set(&peer->highest, atomic64_read(&old->highest));
	}
	if (xa_alloc(&ns->peers, &peer->id, peer, xa_limit_31b, ESPENCAP_GFP_PEERS))
		goto err_port;
	dest = dest_get(ns, &peer->key.addr);
	if (!dest)
		goto err_id;
	if (publish(ns, dest, peer, old))
		goto err_dest;
	if (old)
		espencap_peer_remove(ns, old);
	WRITE_ONCE(ns->nr_peers, ns->nr_peers + 1);
	if (peer->learned)
		WRITE_ONCE(ns->nr_learned, ns->nr_learned + 1);
	espencap_memo_forget(ns);
	return 0;

err_dest:
	dest_put(ns, dest);
err_id:
	xa_erase(&ns->peers, peer->id);
err_port:
	count_on_port(port, peer, -1);
	espencap_path_hide(ns, espencap_peer_path(ns, peer));
	return -ENOMEM;
}

void espencap_peer_remove(struct espencap_net *ns, struct espencap_peer *peer)
{
	struct espencap_path *path = espencap_peer_path(ns, peer);
	struct espencap_dest *dest;

	rcu_read_lock();
	dest = espencap_dest_find(ns, &peer->key.addr);
	if (espencap_peer_is_exact(peer)) {
		/* it is not there if another has its place */
		rhashtable_remove_fast(&ns->exact, &peer->node, exact_params);
		WRITE_ONCE(dest->nr_exact, dest->nr_exact - 1);
	} else {
		RCU_INIT_POINTER(dest->any, NULL);
	}
	dest_put(ns, dest);
	rcu_read_unlock();
	xa_erase(&ns->peers, peer->id);
	WRITE_ONCE(ns->nr_peers, ns->nr_peers - 1);
	if (peer->learned)
		WRITE_ONCE(ns->nr_learned, ns->nr_learned - 1);
	count_on_port(path->port, peer, -1);
	espencap_path_hide(ns, path);
	espencap_memo_forget(ns);
	/* now, not a grace period later: it holds a device */
	espencap_bypass_release(peer);
	espencap_peer_free(peer);
}

bool espencap_peer_end(struct espencap_net *ns, struct espencap_peer *peer,
		       enum espencap_event event, enum espencap_reason reason)
{
	bool found;

	spin_lock_bh(&ns->peers_lock);
	found = xa_load(&ns->peers, peer->id) == peer;
	if (found) {
		espencap_notify_peer(ns, event, peer, NULL, reason);
		espencap_peer_remove(ns, peer);
	}
	spin_unlock_bh(&ns->peers_lock);
	return found;
}

int espencap_peer_init(void)
{
	dest_cache = KMEM_CACHE(espencap_dest, SLAB_ACCOUNT);
	return dest_cache ? 0 : -ENOMEM;
}

void espencap_peer_exit(void)
{
	kmem_cache_destroy(dest_cache);
}

int espencap_peer_tables_init(struct espencap_net *ns)
{
	int err = rhashtable_init(&ns->dests, &dest_params);

	if (err)
		return err;
	err = rhashtable_init(&ns->exact, &exact_params);
	if (err)
		goto err_dests;
	err = espencap_paths_init(ns);
	if (err)
		goto err_exact;
	spin_lock_init(&ns->peers_lock);
	xa_init_flags(&ns->peers, XA_FLAGS_ALLOC1 | XA_FLAGS_ACCOUNT);
	return 0;

err_exact:
	rhashtable_destroy(&ns->exact);
err_dests:
	rhashtable_destroy(&ns->dests);
	return err;
}

void espencap_peer_tables_destroy(struct espencap_net *ns)
{
	espencap_paths_destroy(ns);
	rhashtable_destroy(&ns->exact);
	rhashtable_destroy(&ns->dests);
	xa_destroy(&ns->peers);
}
