// SPDX-License-Identifier: GPL-2.0
/* Loading, unloading, and the beginning and end of network namespaces. */
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include "netlink.h"
#include "netns.h"
#include "peer.h"
#include "port.h"
#include "route6.h"
#include "uapi/espencap.h"

unsigned int espencap_net_id __ro_after_init;

static int __net_init net_init(struct net *net)
{
	struct espencap_net *ns = espencap_net(net);

	mutex_init(&ns->lock);
	xa_init_flags(&ns->ports, XA_FLAGS_ACCOUNT);
	return espencap_peer_tables_init(ns);
}

/* Nobody can ask for anything any more, but packets may still come... */
static void __net_exit net_pre_exit(struct net *net)
{
	espencap_peer_flush(espencap_net(net));
	espencap_port_flush(net);
}

/* ...while here, after a grace period, none does. */
static void __net_exit net_exit(struct net *net)
{
	struct espencap_net *ns = espencap_net(net);

	espencap_peer_tables_destroy(ns);
	xa_destroy(&ns->ports);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.pre_exit = net_pre_exit,
	.exit = net_exit,
	.id = &espencap_net_id,
	.size = sizeof(struct espencap_net),
};

static int __init espencap_init(void)
{
	int err = register_pernet_subsys(&net_ops);

	if (err)
		return err;
	err = espencap_route6_init();
	if (err)
		goto err_net;
	err = espencap_netlink_init();
	if (err)
		goto err_route6;
	return 0;

err_route6:
	espencap_route6_exit();
err_net:
	unregister_pernet_subsys(&net_ops);
	return err;
}

static void __exit espencap_exit(void)
{
	espencap_netlink_exit();
	espencap_route6_exit();
	unregister_pernet_subsys(&net_ops);
	/* for what was freed through call_rcu() */
	rcu_barrier();
}

module_init(espencap_init);
module_exit(espencap_exit);

MODULE_DESCRIPTION("ESP in UDP on the ports and in the framings from before RFC 3948");
MODULE_LICENSE("GPL");
MODULE_VERSION(ESPENCAP_VERSION);
MODULE_ALIAS_GENL_FAMILY(ESPENCAP_GENL_NAME);
