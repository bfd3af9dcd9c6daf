/* SPDX-License-Identifier: GPL-2.0 */
/* What espencap keeps for one network namespace. */
#ifndef _ESPENCAP_NETNS_H
#define _ESPENCAP_NETNS_H

#include <linux/mutex.h>
#include <linux/netfilter.h>
#include <linux/rhashtable-types.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>
#include "uapi/espencap.h"

#define ESPENCAP_NR_HOOKS	4

struct espencap_port;

/**
 * struct espencap_port_block - 256 ports that follow each other
 * @ports: those that are served
 */
struct espencap_port_block {
	struct espencap_port __rcu *ports[256];
};

/**
 * struct espencap_net - what one network namespace has
 * @net: the namespace
 * @lock: held by all who configure
 * @ports: struct espencap_port, by the upper half of the port number and then
 *	by the lower; a block stays when its last port has gone
 * @nr_ports: how many
 * @peers_lock: held by all who change peers, which XFRM's softirq does as well
 *	when it has authenticated a packet; taken within @lock; it guards all
 *	from @dests to @nr_learned, which readers find under RCU
 * @dests: struct espencap_dest, by address
 * @exact: struct espencap_peer that serve just one reqid, by address and reqid
 * @paths: struct espencap_path, by endpoint
 * @peers: all struct espencap_peer, by a number that never changes
 * @nr_peers: how many
 * @nr_learned: how many of them were learned
 * @refused_at: jiffies of the last notification of a refusal, by reason
 * @upkeep: what is done from time to time; see upkeep.h
 * @sas_checked: jiffies of the last time that it looked for SAs
 * @ready: false when the namespace begins to go: nothing may be started
 * @hooks: as netfilter has them; see hooks.h
 * @serial: no other namespace has or had it; see memo.h
 * @generation: counts changes of SAs and peers; see memo.h
 * @has_nic: there was an SA with packet offload; see nic.h
 * @marks: SAs that select by a mark; see marks.h
 * @marks_wanted: there is a port, or will be at once, so that SAs matter
 * @marks_missed: SAs have to be looked for that are not in @marks: there was no memory,
 *	or no place and now there may be
 * @marks_left_out: there was no place in @marks for some SA
 */
struct espencap_net {
	struct net *net;
	struct mutex lock;
	struct espencap_port_block __rcu *ports[256];
	unsigned int nr_ports;

	spinlock_t peers_lock;
	struct rhashtable dests;
	struct rhashtable exact;
	struct rhltable paths;
	struct xarray peers;
	unsigned int nr_peers;
	unsigned int nr_learned;
	unsigned long refused_at[ESPENCAP_REASON_MAX + 1];

	struct delayed_work upkeep;
	unsigned long sas_checked;
	bool ready;
	bool has_nic;

	struct nf_hook_ops hooks[ESPENCAP_NR_HOOKS];
	u64 serial;
	atomic_t generation;

	struct rhashtable marks;
	bool marks_wanted;
	bool marks_missed;
	bool marks_left_out;
};

extern unsigned int espencap_net_id;

static inline struct espencap_net *espencap_net(const struct net *net)
{
	return net_generic(net, espencap_net_id);
}

#endif /* _ESPENCAP_NETNS_H */
