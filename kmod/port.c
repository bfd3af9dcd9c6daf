// SPDX-License-Identifier: GPL-2.0
/* Adding and deleting ports. */
#include <linux/netlink.h>
#include <linux/slab.h>
#include "events.h"
#include "hooks.h"
#include "marks.h"
#include "peer.h"
#include "port.h"
#include "upkeep.h"

static void port_free_rcu(struct rcu_head *rcu)
{
	struct espencap_port *port = container_of(rcu, struct espencap_port,
						  rcu);

	free_percpu(port->stats);
	kfree(port);
}

static struct espencap_port *port_alloc(u16 number,
					const struct espencap_format *format,
					const struct espencap_port_settings *settings)
{
	struct espencap_port *port = kzalloc(sizeof(*port),
					     GFP_KERNEL_ACCOUNT);

	if (!port)
		return NULL;
	port->number = number;
	port->format = format;
	port->settings = *settings;
	port->stats = espencap_stats_alloc(ESPENCAP_STATS_PORT,
					   GFP_KERNEL_ACCOUNT);
	if (!port->stats) {
		kfree(port);
		return NULL;
	}
	return port;
}

struct espencap_port *espencap_port_next(const struct espencap_net *ns,
					 unsigned int number)
{
	struct espencap_port *port;

	while (number <= U16_MAX) {
		if (!rcu_access_pointer(ns->ports[number >> 8])) {
			number = (number | 0xff) + 1;
			continue;
		}
		port = espencap_port_find(ns, number);
		if (port)
			return port;
		number++;
	}
	return NULL;
}

/* Where a port has its place; made if need be. Under espencap_net.lock. */
static struct espencap_port __rcu **place_of(struct espencap_net *ns,
					     u16 number)
{
	struct espencap_port_block *block;

	block = rcu_dereference_protected(ns->ports[number >> 8],
					  lockdep_is_held(&ns->lock));
	if (!block) {
		block = kzalloc(sizeof(*block), GFP_KERNEL_ACCOUNT);
		if (!block)
			return NULL;
		rcu_assign_pointer(ns->ports[number >> 8], block);
	}
	return &block->ports[number & 0xff];
}

void espencap_ports_destroy(struct espencap_net *ns)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ns->ports); i++)
		kfree(rcu_dereference_protected(ns->ports[i], true));
}

static void port_remove(struct net *net, struct espencap_port *port)
{
	struct espencap_net *ns = espencap_net(net);

	RCU_INIT_POINTER(*place_of(ns, port->number), NULL);
	WRITE_ONCE(ns->nr_ports, ns->nr_ports - 1);
	if (!ns->nr_ports) {
		espencap_hooks_unregister(net);
		espencap_marks_unwanted(ns);
	}
	espencap_notify_port(ns, ESPENCAP_EVENT_PORT_DELETED, port);
	call_rcu(&port->rcu, port_free_rcu);
}

int espencap_port_add(struct net *net, u16 number,
		      const struct espencap_format *format,
		      const struct espencap_port_settings *settings,
		      struct netlink_ext_ack *extack)
{
	struct espencap_net *ns = espencap_net(net);
	struct espencap_port __rcu **place;
	struct espencap_port *port;
	int err;

	if (espencap_port_find(ns, number)) {
		NL_SET_ERR_MSG(extack, "This port is already added.");
		return -EEXIST;
	}
	if (ns->nr_ports >= ESPENCAP_MAX_PORTS) {
		NL_SET_ERR_MSG(extack,
			       "This network namespace has as many ports as it can have.");
		return -ENOSPC;
	}

	place = place_of(ns, number);
	port = place ? port_alloc(number, format, settings) : NULL;
	if (!port) {
		NL_SET_ERR_MSG(extack, "There is no memory for this port.");
		return -ENOMEM;
	}
	if (!ns->nr_ports) {
		err = espencap_hooks_register(net);
		if (err) {
			NL_SET_ERR_MSG(extack,
				       "The netfilter hooks could not be registered.");
			port_free_rcu(&port->rcu);
			return err;
		}
		espencap_marks_collect(ns);
	}
	rcu_assign_pointer(*place, port);
	WRITE_ONCE(ns->nr_ports, ns->nr_ports + 1);
	espencap_notify_port(ns, ESPENCAP_EVENT_PORT_ADDED, port);
	espencap_upkeep_start(ns);
	return 0;
}

void espencap_port_set(struct espencap_net *ns, struct espencap_port *port,
		       const struct espencap_port_settings *settings)
{
	WRITE_ONCE(port->settings.learn, settings->learn);
	WRITE_ONCE(port->settings.max_learned, settings->max_learned);
	WRITE_ONCE(port->settings.keepalive, settings->keepalive);
	WRITE_ONCE(port->settings.keepalive_bytes, settings->keepalive_bytes);
	espencap_notify_port(ns, ESPENCAP_EVENT_PORT_CHANGED, port);
	espencap_upkeep_start(ns);
}

/* From here on, the port gets no peers; does it have any that were added? */
static bool port_close(struct espencap_net *ns, struct espencap_port *port)
{
	bool closed;

	spin_lock_bh(&ns->peers_lock);
	closed = !port->nr_static;
	port->closed = closed;
	spin_unlock_bh(&ns->peers_lock);
	return closed;
}

int espencap_port_del(struct net *net, u16 number,
		      struct netlink_ext_ack *extack)
{
	struct espencap_net *ns = espencap_net(net);
	struct espencap_port *port = espencap_port_find(ns, number);

	if (!port) {
		NL_SET_ERR_MSG(extack, "This port was not added.");
		return -ENOENT;
	}
	if (!port_close(ns, port)) {
		NL_SET_ERR_MSG(extack,
			       "Peers that were added use this port: delete them first.");
		return -EBUSY;
	}
	espencap_peer_flush(ns, port);
	port_remove(net, port);
	return 0;
}

void espencap_port_flush(struct net *net)
{
	struct espencap_net *ns = espencap_net(net);
	struct espencap_port *port;
	unsigned int number;

	/* First of all, so that none is learned any more. */
	spin_lock_bh(&ns->peers_lock);
	for (number = 0; (port = espencap_port_next(ns, number));
	     number = port->number + 1)
		port->closed = true;
	spin_unlock_bh(&ns->peers_lock);

	espencap_peer_flush(ns, NULL);
	while ((port = espencap_port_next(ns, 0)))
		port_remove(net, port);
}
