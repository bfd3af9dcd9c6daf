/* SPDX-License-Identifier: GPL-2.0 */
/* What espencap keeps for one network namespace. */
#ifndef _ESPENCAP_NETNS_H
#define _ESPENCAP_NETNS_H

#include <linux/mutex.h>
#include <linux/rhashtable-types.h>
#include <linux/xarray.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

/**
 * struct espencap_net - the configuration of one network namespace
 * @lock: held by all writers; readers use RCU
 * @ports: struct espencap_port, by port number
 * @nr_ports: how many
 * @dests: struct espencap_dest, by address
 * @by_reqid: struct espencap_peer that have a reqid, by address and reqid
 * @peers: all struct espencap_peer, by a number that never changes
 * @nr_peers: how many
 */
struct espencap_net {
	struct mutex lock;
	struct xarray ports;
	unsigned int nr_ports;
	struct rhashtable dests;
	struct rhashtable by_reqid;
	struct xarray peers;
	unsigned int nr_peers;
};

extern unsigned int espencap_net_id;

static inline struct espencap_net *espencap_net(const struct net *net)
{
	return net_generic(net, espencap_net_id);
}

#endif /* _ESPENCAP_NETNS_H */
