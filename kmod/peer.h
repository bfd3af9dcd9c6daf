/* SPDX-License-Identifier: GPL-2.0 */
/* Peers: which ESP goes into UDP, on which port, and to where. */
#ifndef _ESPENCAP_PEER_H
#define _ESPENCAP_PEER_H

#include <linux/in6.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include "netns.h"
#include "port.h"

struct dst_entry;
struct espencap_peer;

/*
 * An address is a struct in6_addr everywhere, and an IPv4 address in it is
 * mapped (::ffff:a.b.c.d, RFC 4291, section 2.5.5.2). That form is never seen
 * as an IPv6 destination on a wire, so one key serves both families.
 */

/**
 * struct espencap_dest - an address that XFRM sends ESP to
 * @node: in espencap_net.dests
 * @addr: the address
 * @any: the peer that serves all SAs which no other peer serves, or NULL
 * @nr_reqid: peers here that have a reqid; only if there are any, an outbound
 *	packet's SA has to be looked up
 * @rcu: to free it when the last reader has gone
 */
struct espencap_dest {
	struct rhash_head node;
	struct in6_addr addr;
	struct espencap_peer __rcu *any;
	unsigned int nr_reqid;
	struct rcu_head rcu;
};

/**
 * struct espencap_peer_key - who a peer is
 * @addr: the address that XFRM sends ESP to
 * @reqid: the reqid of its SAs, 0 for any
 */
struct espencap_peer_key {
	struct in6_addr addr;
	u32 reqid;
};

/**
 * struct espencap_peer - where the ESP for some SAs goes
 * @node: in espencap_net.by_reqid, if it has a reqid
 * @key: address and reqid
 * @endpoint: the address that the UDP packets go to
 * @endpoint_port: the UDP port that they go to
 * @redirected: @endpoint is another than the address in @key, so that packets
 *	need a route of their own
 * @port: local port that it is served on; lives longer than the peer
 * @dest: its address
 * @stats: ESPENCAP_STATS_PEER counters
 * @taught: jiffies of the last time that XFRM was told a path MTU
 * @route6: see route6.h
 * @id: its place in espencap_net.peers
 * @rcu: to free it when the last reader has gone
 */
struct espencap_peer {
	struct rhash_head node;
	struct espencap_peer_key key;
	struct in6_addr endpoint;
	__be16 endpoint_port;
	bool redirected;
	struct espencap_port *port;
	struct espencap_dest *dest;
	u64 __percpu *stats;
	unsigned long taught;
	struct dst_entry __rcu *route6;
	u32 id;
	struct rcu_head rcu;
};

/**
 * espencap_dest_find() - has this address any peers?
 * @ns: network namespace
 * @addr: address
 *
 * Context: RCU read side, or espencap_net.lock held.
 * Return: the destination, or NULL.
 */
struct espencap_dest *espencap_dest_find(struct espencap_net *ns,
					 const struct in6_addr *addr);

/**
 * espencap_dest_peer() - which of an address's peers serves this SA?
 * @ns: network namespace
 * @dest: the address
 * @reqid: reqid of the SA, 0 for one without
 *
 * Context: RCU read side, or espencap_net.lock held.
 * Return: the peer, or NULL.
 */
struct espencap_peer *espencap_dest_peer(struct espencap_net *ns,
					 struct espencap_dest *dest, u32 reqid);

/**
 * espencap_peer_add() - serve a peer
 * @ns: network namespace
 * @key: who it is
 * @port: local port, in host byte order
 * @endpoint: where the UDP goes, of the family of the address in @key
 * @endpoint_port: UDP port that it goes to
 * @extack: takes the sentence for a refusal
 *
 * Context: process, espencap_net.lock held.
 * Return: 0, -EEXIST, -ENOENT if the port was not added, -ENOSPC or -ENOMEM.
 */
int espencap_peer_add(struct espencap_net *ns,
		      const struct espencap_peer_key *key, u16 port,
		      const struct in6_addr *endpoint, __be16 endpoint_port,
		      struct netlink_ext_ack *extack);

/**
 * espencap_peer_del() - stop serving a peer
 * @ns: network namespace
 * @key: who it is; without a reqid, the peer that has none or, where there is
 *	no such peer, the only one at that address
 * @extack: takes the sentence for a refusal
 *
 * Context: process, espencap_net.lock held.
 * Return: 0, -ENOENT, or -ENOTUNIQ if several peers have that address.
 */
int espencap_peer_del(struct espencap_net *ns,
		      const struct espencap_peer_key *key,
		      struct netlink_ext_ack *extack);

/**
 * espencap_peer_flush() - stop serving all peers
 * @ns: network namespace
 *
 * Context: process, espencap_net.lock held, or nobody else has the namespace.
 */
void espencap_peer_flush(struct espencap_net *ns);

/**
 * espencap_peer_tables_init() - make a namespace's empty tables
 * @ns: network namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int espencap_peer_tables_init(struct espencap_net *ns);

/**
 * espencap_peer_tables_destroy() - free a namespace's empty tables
 * @ns: network namespace
 *
 * Context: process, no reader left.
 */
void espencap_peer_tables_destroy(struct espencap_net *ns);

#endif /* _ESPENCAP_PEER_H */
