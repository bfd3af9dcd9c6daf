// SPDX-License-Identifier: GPL-2.0
/* Adding and deleting ports. */
#include <linux/netlink.h>
#include <linux/slab.h>
#include "hooks.h"
#include "port.h"

static void port_free_rcu(struct rcu_head *rcu)
{
	struct espencap_port *port = container_of(rcu, struct espencap_port,
						  rcu);

	free_percpu(port->stats);
	kfree(port);
}

static struct espencap_port *port_alloc(u16 number,
					const struct espencap_format *format)
{
	struct espencap_port *port = kzalloc(sizeof(*port),
					     GFP_KERNEL_ACCOUNT);

	if (!port)
		return NULL;
	port->number = number;
	port->format = format;
	port->stats = espencap_stats_alloc(ESPENCAP_STATS_PORT);
	if (!port->stats) {
		kfree(port);
		return NULL;
	}
	return port;
}

static void port_remove(struct net *net, struct espencap_port *port)
{
	struct espencap_net *ns = espencap_net(net);

	xa_erase(&ns->ports, port->number);
	if (!--ns->nr_ports)
		espencap_hooks_unregister(net);
	call_rcu(&port->rcu, port_free_rcu);
}

int espencap_port_add(struct net *net, u16 number,
		      const struct espencap_format *format,
		      struct netlink_ext_ack *extack)
{
	struct espencap_net *ns = espencap_net(net);
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

	port = port_alloc(number, format);
	if (!port) {
		NL_SET_ERR_MSG(extack, "There is no memory for this port.");
		return -ENOMEM;
	}
	if (!ns->nr_ports) {
		err = espencap_hooks_register(net);
		if (err) {
			NL_SET_ERR_MSG(extack,
				       "The netfilter hooks could not be registered.");
			goto err_free;
		}
	}
	err = xa_insert(&ns->ports, number, port, GFP_KERNEL_ACCOUNT);
	if (err) {
		NL_SET_ERR_MSG(extack, "There is no memory for this port.");
		goto err_hooks;
	}
	ns->nr_ports++;
	return 0;

err_hooks:
	if (!ns->nr_ports)
		espencap_hooks_unregister(net);
err_free:
	port_free_rcu(&port->rcu);
	return err;
}

int espencap_port_del(struct net *net, u16 number,
		      struct netlink_ext_ack *extack)
{
	struct espencap_port *port = espencap_port_find(espencap_net(net),
							number);

	if (!port) {
		NL_SET_ERR_MSG(extack, "This port was not added.");
		return -ENOENT;
	}
	if (port->nr_peers) {
		NL_SET_ERR_MSG(extack,
			       "This port still has peers: delete them first.");
		return -EBUSY;
	}
	port_remove(net, port);
	return 0;
}

void espencap_port_flush(struct net *net)
{
	struct espencap_port *port;
	unsigned long number;

	xa_for_each(&espencap_net(net)->ports, number, port)
		port_remove(net, port);
}
