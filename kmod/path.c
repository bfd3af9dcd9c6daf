// SPDX-License-Identifier: GPL-2.0
/* Making paths, and finding them by their endpoints. */
#include <linux/jiffies.h>
#include <linux/random.h>
#include <linux/slab.h>
#include "netns.h"
#include "path.h"
#include "peer.h"

/* How long a packet's identification can be known by it: twice that at most. */
#define IDENT_LIFE	(30 * HZ)

static const struct rhashtable_params params = {
	.head_offset = offsetof(struct espencap_path, node),
	.key_offset = offsetof(struct espencap_path, endpoint),
	/* not what pads it */
	.key_len = offsetofend(struct espencap_endpoint, udp_port),
	.automatic_shrinking = true,
};

/* Peers at one endpoint are in one list, which is gone through to remove one. */
static bool is_crowded(struct espencap_net *ns,
		       const struct espencap_endpoint *endpoint)
{
	struct rhlist_head *pos = espencap_paths_find(ns, endpoint);
	unsigned int n = 0;

	for (; pos; pos = rcu_dereference(pos->next)) {
		if (++n >= ESPENCAP_MAX_SHARED)
			return true;
	}
	return false;
}

struct espencap_path *espencap_path_make(struct espencap_net *ns,
					 struct espencap_peer *peer,
					 const struct espencap_endpoint *endpoint,
					 struct espencap_port *port)
{
	struct espencap_path *path;
	bool crowded;

	rcu_read_lock();
	path = rcu_dereference(peer->path);
	/* who is there already, and changes the port, takes no other place */
	crowded = !(path && espencap_endpoint_equal(&path->endpoint, endpoint)) &&
		  is_crowded(ns, endpoint);
	rcu_read_unlock();
	if (crowded)
		return ERR_PTR(-ENOSPC);
	/* see espencap_peer_alloc() */
	BUILD_BUG_ON(IS_ENABLED(CONFIG_64BIT) && sizeof(*path) > 96);
	path = kzalloc(sizeof(*path), ESPENCAP_GFP_PEERS);
	if (!path)
		return ERR_PTR(-ENOMEM);
	path->endpoint = *endpoint;
	path->redirected = !ipv6_addr_equal(&endpoint->addr, &peer->key.addr);
	path->port = port;
	path->peer = peer;
	path->secret = get_random_u64();
	if (rhltable_insert(&ns->paths, &path->node, params)) {
		kfree(path);
		return ERR_PTR(-ENOMEM);
	}
	return path;
}

void espencap_path_hide(struct espencap_net *ns, struct espencap_path *path)
{
	rhltable_remove(&ns->paths, &path->node, params);
}

struct rhlist_head *espencap_paths_find(struct espencap_net *ns,
					const struct espencap_endpoint *endpoint)
{
	return rhltable_lookup(&ns->paths, endpoint, params);
}

u16 espencap_path_ident(const struct espencap_path *path, unsigned int len,
			unsigned int age)
{
	const u32 era = (u32)jiffies / IDENT_LIFE - age;

	/* The upper bits of a product with an odd number depend on all others. */
	return (path->secret | 1) * ((u64)era << 16 | len) >> 48;
}

int espencap_paths_init(struct espencap_net *ns)
{
	return rhltable_init(&ns->paths, &params);
}

void espencap_paths_destroy(struct espencap_net *ns)
{
	rhltable_destroy(&ns->paths);
}
