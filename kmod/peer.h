/* SPDX-License-Identifier: GPL-2.0 */
/* Peers: which ESP goes into UDP, on which port, and to where. */
#ifndef _ESPENCAP_PEER_H
#define _ESPENCAP_PEER_H

#include <linux/in6.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <net/ipv6.h>
#include "netns.h"
#include "path.h"
#include "port.h"
#include "sa.h"

struct dst_entry;
struct espencap_peer;

/* In a softirq nobody is charged: there is nobody to charge. */
#define ESPENCAP_GFP_PEERS	(GFP_ATOMIC | __GFP_NOWARN | __GFP_ACCOUNT)

/**
 * struct espencap_dest - an address that XFRM sends ESP to
 * @node: in espencap_net.dests
 * @addr: the address
 * @any: the peer that serves all SAs which no other peer serves, or NULL
 * @nr_exact: peers here that serve just one reqid; only if there are any, an
 *	outbound packet's SA has to be looked up
 * @rcu: to free it when the last reader has gone
 */
struct espencap_dest {
	struct rhash_head node;
	struct in6_addr addr;
	struct espencap_peer __rcu *any;
	unsigned int nr_exact;
	struct rcu_head rcu;
};

/**
 * struct espencap_peer_key - who a peer is
 * @addr: the address that XFRM sends ESP to
 * @reqid: the reqid of its SAs; 0 is any for a peer that was added, and SAs
 *	without one for a peer that was learned
 */
struct espencap_peer_key {
	struct in6_addr addr;
	u32 reqid;
};

/**
 * struct espencap_peer_config - what can be said of a peer when it is made or set
 * @key: who it is
 * @endpoint: where it is
 * @learned: nobody has added it
 * @pin: nobody can move it
 * @moved: it has moved to @endpoint
 * @keepalive: seconds, 0 for none, or ESPENCAP_KEEPALIVE_OF_PORT
 */
struct espencap_peer_config {
	struct espencap_peer_key key;
	struct espencap_endpoint endpoint;
	bool learned;
	bool pin;
	bool moved;
	int keepalive;
};

#define ESPENCAP_KEEPALIVE_OF_PORT	(-1)

/**
 * enum espencap_nic - were a peer's SAs looked at? See nic.c
 * @ESPENCAP_NIC_NEVER: no
 * @ESPENCAP_NIC_NOW: just now
 * @ESPENCAP_NIC_BEFORE: yes; those that are made are looked at by themselves
 */
enum espencap_nic {
	ESPENCAP_NIC_NEVER,
	ESPENCAP_NIC_NOW,
	ESPENCAP_NIC_BEFORE,
};

/**
 * struct espencap_peer - where the ESP for some SAs goes
 * @node: in espencap_net.exact, if it serves just one reqid
 * @key: address and reqid
 * @id: its place in espencap_net.peers
 * @path: how it is reached; replaced under espencap_net.peers_lock
 * @stats: ESPENCAP_STATS_PEER counters
 * @bypass: see bypass.h
 * @sa: the SA that it was confirmed on last, if any; under peers_lock, but for
 *	a look at the SPI
 * @highest: its SPI, and the highest number confirmed on it, in the lower half;
 *	for SAs without a replay window; also while it is pinned, for later
 * @drops: ESPENCAP_DROPS_PEER counters of packets to it that were dropped; after 2^32
 *	they begin anew
 * @learned: nobody has added it
 * @pin: nobody can move it; can change, under peers_lock
 * @own_keepalive: @keepalive counts, not that of the port; both can change, under
 *	peers_lock: see espencap_peer_keepalive()
 * @anchored: a number of @highest has come from where the peer is
 * @nic_checked: enum espencap_nic
 * @keepalive: seconds, 0 for none
 * @mtu: the path MTU that its last packet was measured with, 0 before it
 * @taught: when XFRM was last told a path MTU; see age.h, as for all moments here
 * @looked: when a packet was last compared with it all
 * @looked_at: the SPI of this packet
 * @without: the last time that a packet came without UDP and without a number, its
 *	SPI, and what had come until then; under peers_lock, but for a look at @at
 * @upkeep: what upkeep.c remembers from one round to the next
 * @rcu: to free it when the last reader has gone
 *
 * A gateway can have 100,000 of them: tests/bench/README says what one takes.
 */
struct espencap_peer {
	struct rhash_head node;
	struct espencap_peer_key key;
	u32 id;
	struct espencap_path __rcu *path;
	struct espencap_stats __percpu *stats;
	struct dst_entry __rcu *bypass;
	struct espencap_sa_id sa;
	atomic64_t highest;
	atomic_t drops[ESPENCAP_DROPS_PEER];
	bool learned : 1;
	bool pin : 1;
	bool own_keepalive;
	bool anchored;
	u8 nic_checked;
	u16 keepalive;
	u16 mtu;
	u32 taught;
	u32 looked;
	__be32 looked_at;
	struct {
		u32 at;
		__be32 spi;
		u32 highest;
		u32 received;
	} without;
	struct {
		u32 sent;
		u32 since;
		u32 sa_seen;
	} upkeep;
	struct rcu_head rcu;
};

/**
 * espencap_peer_keepalive() - its own keepalive
 * @peer: the peer
 *
 * Context: any.
 * Return: seconds, 0 for none, or ESPENCAP_KEEPALIVE_OF_PORT.
 */
static inline int espencap_peer_keepalive(const struct espencap_peer *peer)
{
	/* pairs with espencap_peer_configure() */
	return smp_load_acquire(&peer->own_keepalive) ?
	       READ_ONCE(peer->keepalive) : ESPENCAP_KEEPALIVE_OF_PORT;
}

/**
 * espencap_peer_path() - how it is reached
 * @ns: network namespace
 * @peer: the peer
 *
 * Context: under espencap_net.peers_lock; others dereference it under RCU.
 * Return: the path; NULL while the peer is being made.
 */
static inline struct espencap_path *
espencap_peer_path(const struct espencap_net *ns,
		   const struct espencap_peer *peer)
{
	return rcu_dereference_protected(peer->path,
					 lockdep_is_held(&ns->peers_lock));
}

/* Does it serve the SAs of one reqid, and no others? */
static inline bool espencap_peer_is_exact(const struct espencap_peer *peer)
{
	return peer->learned || peer->key.reqid;
}

/**
 * espencap_dest_find() - has this address any peers?
 * @ns: network namespace
 * @addr: address
 *
 * Context: RCU read side.
 * Return: the destination, or NULL.
 */
struct espencap_dest *espencap_dest_find(struct espencap_net *ns,
					 const struct in6_addr *addr);

/**
 * espencap_dest_exact() - which peer serves just this reqid?
 * @ns: network namespace
 * @dest: the address
 * @reqid: reqid of the SA, 0 for one without
 *
 * Context: RCU read side.
 * Return: the peer, or NULL.
 */
struct espencap_peer *espencap_dest_exact(struct espencap_net *ns,
					  const struct espencap_dest *dest,
					  u32 reqid);

/**
 * espencap_peer_find() - which peer serves these SAs?
 * @ns: network namespace
 * @addr: the address that XFRM knows the peer by
 * @reqid: reqid of the SAs, 0 for SAs without
 *
 * Context: RCU read side.
 * Return: the one for just this reqid, or the one for any, or NULL.
 */
struct espencap_peer *espencap_peer_find(struct espencap_net *ns,
					 const struct in6_addr *addr,
					 u32 reqid);

/**
 * espencap_peer_configure() - take what can be changed of a peer at any time
 * @peer: the peer
 * @config: what it shall be; who and where it is, and on which port, do not matter
 *
 * Context: espencap_net.peers_lock held, or nobody sees the peer yet.
 */
void espencap_peer_configure(struct espencap_peer *peer,
			     const struct espencap_peer_config *config);

/**
 * espencap_peer_alloc() - make a peer that nobody sees yet
 * @config: what it shall be
 * @gfp: how to allocate
 *
 * Context: any that @gfp allows.
 * Return: the peer, or NULL.
 */
struct espencap_peer *espencap_peer_alloc(const struct espencap_peer_config *config,
					  gfp_t gfp);

/**
 * espencap_peer_free() - free a peer that packets may have seen
 * @peer: the peer
 *
 * Context: any.
 */
void espencap_peer_free(struct espencap_peer *peer);

/**
 * espencap_peer_insert() - make a peer visible to packets
 * @ns: network namespace
 * @peer: the peer; on failure still the caller's, for espencap_peer_free()
 * @old: a learned peer whose place it takes, with what was confirmed, or NULL;
 *	it is removed
 * @config: what it was made of, for its endpoint
 * @port: the port that it is served on, not closed
 *
 * Context: espencap_net.peers_lock held.
 * Return: 0, -ENOMEM, or -ENOSPC if too many share the endpoint.
 */
int espencap_peer_insert(struct espencap_net *ns, struct espencap_peer *peer,
			 struct espencap_peer *old,
			 const struct espencap_peer_config *config,
			 struct espencap_port *port);

/**
 * espencap_peer_move() - the peer is elsewhere now
 * @ns: network namespace
 * @peer: the peer
 * @endpoint: where it is
 * @port: the port that it is served on, not closed
 * @moved: it has moved there by itself
 *
 * Context: espencap_net.peers_lock held.
 * Return: 0, -ENOMEM, or -ENOSPC if too many share the endpoint.
 */
int espencap_peer_move(struct espencap_net *ns, struct espencap_peer *peer,
		       const struct espencap_endpoint *endpoint,
		       struct espencap_port *port, bool moved);

/**
 * espencap_peer_remove() - hide a peer from packets, and free it
 * @ns: network namespace
 * @peer: the peer; under RCU it can still be read
 *
 * Context: espencap_net.peers_lock held.
 */
void espencap_peer_remove(struct espencap_net *ns, struct espencap_peer *peer);

/**
 * espencap_peer_end() - tell of a peer's end, and remove it
 * @ns: network namespace
 * @peer: the peer, which others may have removed already
 * @event: what is told
 * @reason: why, or ESPENCAP_REASON_UNSPEC
 *
 * Context: RCU read side.
 * Return: false if others have removed it.
 */
bool espencap_peer_end(struct espencap_net *ns, struct espencap_peer *peer,
		       enum espencap_event event, enum espencap_reason reason);

/**
 * espencap_peer_add() - serve a peer
 * @ns: network namespace
 * @config: what it shall be
 * @port: local port, in host byte order
 * @extack: takes the sentence for a refusal
 *
 * Context: process, espencap_net.lock held.
 * Return: 0, -EEXIST, -ENOENT if the port was not added, -ENOSPC, -EINVAL if an
 * address is ours, or -ENOMEM.
 */
int espencap_peer_add(struct espencap_net *ns,
		      const struct espencap_peer_config *config, u16 port,
		      struct netlink_ext_ack *extack);

/**
 * espencap_peer_set() - change a peer that was added
 * @ns: network namespace
 * @config: who it is, and what it shall be
 * @port: local port, in host byte order, or 0 if it stays
 * @has_endpoint: it shall be where @config says; else it stays
 * @extack: takes the sentence for a refusal
 *
 * Context: process, espencap_net.lock held.
 * Return: 0, -ENOENT if it or the port was not added, -ENOSPC, -EINVAL if an
 * address is ours, or -ENOMEM; then nothing has changed.
 */
int espencap_peer_set(struct espencap_net *ns,
		      const struct espencap_peer_config *config, u16 port,
		      bool has_endpoint, struct netlink_ext_ack *extack);

/**
 * espencap_peer_del() - stop serving a peer
 * @ns: network namespace
 * @key: who it is; without a reqid, the peer that was added without one, or
 *	was learned from SAs without one, or else the only one at that address
 * @origin: enum espencap_origin: it has to be of this one and of just this key;
 *	ESPENCAP_ORIGIN_UNSPEC for any
 * @extack: takes the sentence for a refusal
 *
 * Context: process, espencap_net.lock held.
 * Return: 0, -ENOENT, or -ENOTUNIQ if several peers have that address.
 */
int espencap_peer_del(struct espencap_net *ns,
		      const struct espencap_peer_key *key, u8 origin,
		      struct netlink_ext_ack *extack);

/**
 * espencap_peer_flush() - stop serving all peers of a port, or all
 * @ns: network namespace
 * @port: the port, or NULL
 *
 * Context: process, espencap_net.lock held, or nobody else has the namespace.
 */
void espencap_peer_flush(struct espencap_net *ns,
			 const struct espencap_port *port);

/**
 * espencap_peer_init() - make what peers of all namespaces lie in
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int espencap_peer_init(void);

/**
 * espencap_peer_exit() - free it
 *
 * Context: process, when no peer is left, not even for a reader.
 */
void espencap_peer_exit(void);

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
