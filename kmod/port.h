/* SPDX-License-Identifier: GPL-2.0 */
/* Local UDP ports and the framing spoken on each. */
#ifndef _ESPENCAP_PORT_H
#define _ESPENCAP_PORT_H

#include <linux/rcupdate.h>
#include "format.h"
#include "netns.h"
#include "stats.h"

struct netlink_ext_ack;

/**
 * struct espencap_port_settings - what can be set of a port, also later
 * @learn: enum espencap_learn
 * @keepalive_bytes: enum espencap_keepalive
 * @keepalive: seconds of silence before a keepalive, 0 for none
 * @max_learned: how many learned peers it may have
 */
struct espencap_port_settings {
	u8 learn;
	u8 keepalive_bytes;
	u16 keepalive;
	u32 max_learned;
};

/**
 * struct espencap_port - a UDP port that is served
 * @format: its framing
 * @stats: ESPENCAP_STATS_PORT counters
 * @settings: each member may change at any time
 * @nr_static: peers that were added and are served on it; this one and the two
 *	below under espencap_net.peers_lock
 * @nr_learned: peers that were learned and are served on it
 * @closed: it is being deleted: no peer may come any more
 * @number: the port, in host byte order
 * @rcu: to free it when the last reader has gone
 */
struct espencap_port {
	const struct espencap_format *format;
	struct espencap_stats __percpu *stats;
	struct espencap_port_settings settings;
	unsigned int nr_static;
	unsigned int nr_learned;
	bool closed;
	u16 number;
	struct rcu_head rcu;
};

/**
 * espencap_port_find() - is this port served?
 * @ns: network namespace
 * @number: port, in host byte order
 *
 * Context: RCU read side, or espencap_net.lock held.
 * Return: the port, or NULL.
 */
static inline struct espencap_port *
espencap_port_find(const struct espencap_net *ns, u16 number)
{
	const struct espencap_port_block *block;

	block = rcu_dereference_check(ns->ports[number >> 8],
				      lockdep_is_held(&ns->lock));
	if (!block)
		return NULL;
	return rcu_dereference_check(block->ports[number & 0xff],
				     lockdep_is_held(&ns->lock));
}

/**
 * espencap_port_next() - go through all ports
 * @ns: network namespace
 * @number: port to begin with, in host byte order
 *
 * Context: RCU read side, or espencap_net.lock held.
 * Return: the port with the lowest number from there on, or NULL.
 */
struct espencap_port *espencap_port_next(const struct espencap_net *ns,
					 unsigned int number);

/**
 * espencap_ports_destroy() - free what ports were kept in
 * @ns: network namespace, which has no port and no reader left
 *
 * Context: process.
 */
void espencap_ports_destroy(struct espencap_net *ns);

/**
 * espencap_port_add() - serve a port
 * @net: network namespace
 * @number: port, in host byte order, not 0
 * @format: its framing
 * @settings: the rest
 * @extack: takes the sentence for a refusal
 *
 * The first port of a namespace puts the hooks in place.
 *
 * Context: process, espencap_net.lock held.
 * Return: 0, -EEXIST, -ENOSPC or -ENOMEM, or an error of the hooks.
 */
int espencap_port_add(struct net *net, u16 number,
		      const struct espencap_format *format,
		      const struct espencap_port_settings *settings,
		      struct netlink_ext_ack *extack);

/**
 * espencap_port_set() - change a port
 * @ns: network namespace
 * @port: the port
 * @settings: all of them
 *
 * Context: process, espencap_net.lock held.
 */
void espencap_port_set(struct espencap_net *ns, struct espencap_port *port,
		       const struct espencap_port_settings *settings);

/**
 * espencap_port_del() - stop serving a port
 * @net: network namespace
 * @number: port, in host byte order
 * @extack: takes the sentence for a refusal
 *
 * Its learned peers go with it. The last port of a namespace takes the hooks
 * away.
 *
 * Context: process, espencap_net.lock held.
 * Return: 0, -ENOENT, or -EBUSY if peers that were added use it.
 */
int espencap_port_del(struct net *net, u16 number,
		      struct netlink_ext_ack *extack);

/**
 * espencap_port_flush() - stop serving all ports and their peers
 * @net: network namespace
 *
 * Context: process, espencap_net.lock held.
 */
void espencap_port_flush(struct net *net);

#endif /* _ESPENCAP_PORT_H */
