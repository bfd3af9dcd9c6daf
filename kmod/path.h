/* SPDX-License-Identifier: GPL-2.0 */
/* Paths: where a peer is, and what is known of the way there. */
#ifndef _ESPENCAP_PATH_H
#define _ESPENCAP_PATH_H

#include <linux/in6.h>
#include <linux/rcupdate.h>
#include <linux/rhashtable.h>
#include <linux/types.h>
#include <net/ipv6.h>

struct espencap_net;
struct espencap_peer;
struct espencap_port;

/**
 * struct espencap_endpoint - where a peer is
 * @addr: the address that the UDP packets go to
 * @udp_port: the UDP port that they go to
 */
struct espencap_endpoint {
	struct in6_addr addr;
	__be16 udp_port;
};

/**
 * struct espencap_path - how a peer is reached; the endpoint never changes, but
 *	the path is replaced
 * @node: in espencap_net.paths, by endpoint, which several peers can share
 * @endpoint: where the peer is
 * @redirected: the endpoint has another address than the peer's key, so that
 *	packets need a route of their own
 * @moved: the peer has moved there; nobody has said that it is there
 * @doubts: how many routers could not be believed since @doubted
 * @port: local port that it is served on; lives longer than the path
 * @peer: whose it is
 * @secret: nobody else knows it: see espencap_path_ident()
 * @pmtu: path MTU in bytes that a router has told, 0 for none
 * @doubted: when the first of @doubts was; see age.h
 * @pmtu_until: jiffies when @pmtu is forgotten
 * @rcu: to free it when the last reader has gone
 */
struct espencap_path {
	struct rhlist_head node;
	struct espencap_endpoint endpoint;
	bool redirected;
	bool moved;
	u8 doubts;
	struct espencap_port *port;
	struct espencap_peer *peer;
	u64 secret;
	u32 pmtu;
	u32 doubted;
	unsigned long pmtu_until;
	struct rcu_head rcu;
};

static inline bool
espencap_endpoint_equal(const struct espencap_endpoint *a,
			const struct espencap_endpoint *b)
{
	return a->udp_port == b->udp_port &&
	       ipv6_addr_equal(&a->addr, &b->addr);
}

/**
 * espencap_path_make() - make a path that can be found by its endpoint
 * @ns: network namespace
 * @peer: whose it is
 * @endpoint: where the peer is
 * @port: the port that it is served on
 *
 * Context: espencap_net.peers_lock held.
 * Return: the path, or -ENOMEM, or -ENOSPC if ESPENCAP_MAX_SHARED peers are there.
 */
struct espencap_path *espencap_path_make(struct espencap_net *ns,
					 struct espencap_peer *peer,
					 const struct espencap_endpoint *endpoint,
					 struct espencap_port *port);

/**
 * espencap_path_hide() - it can be found no more
 * @ns: network namespace
 * @path: the path; whoever has found it can still read it under RCU
 *
 * Context: espencap_net.peers_lock held.
 */
void espencap_path_hide(struct espencap_net *ns, struct espencap_path *path);

/**
 * espencap_paths_find() - which peers are there?
 * @ns: network namespace
 * @endpoint: the endpoint
 *
 * Context: RCU read side.
 * Return: a list of paths for rhl_for_each_entry_rcu(), or NULL.
 */
struct rhlist_head *espencap_paths_find(struct espencap_net *ns,
					const struct espencap_endpoint *endpoint);

/**
 * espencap_path_ident() - the IPv4 identification of a packet that must not be
 *	fragmented
 * @path: the packet's path
 * @len: its bytes, from the IP header on
 * @age: 0 for now, 1 for some seconds ago
 *
 * Such a packet may have any (RFC 6864, section 4.1). A router can quote as little
 * as this and the UDP header to tell that it is too big (RFC 792), and somebody
 * who has not seen the packet shall have to guess.
 *
 * Context: any.
 * Return: the identification.
 */
u16 espencap_path_ident(const struct espencap_path *path, unsigned int len,
			unsigned int age);

/**
 * espencap_paths_init() - make a namespace's empty table
 * @ns: network namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int espencap_paths_init(struct espencap_net *ns);

/**
 * espencap_paths_destroy() - free it
 * @ns: network namespace
 *
 * Context: process, no reader left.
 */
void espencap_paths_destroy(struct espencap_net *ns);

#endif /* _ESPENCAP_PATH_H */
