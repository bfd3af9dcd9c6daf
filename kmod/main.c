// SPDX-License-Identifier: GPL-2.0
/* Loading, unloading, and the beginning and end of network namespaces. */
#include <linux/module.h>
#include <net/genetlink.h>
#include <net/net_namespace.h>
#include "bundle.h"
#include "bypass.h"
#include "confirm.h"
#include "events.h"
#include "marks.h"
#include "memo.h"
#include "netlink.h"
#include "netns.h"
#include "offload.h"
#include "peer.h"
#include "port.h"
#include "tag.h"
#include "uapi/espencap.h"
#include "upkeep.h"

unsigned int espencap_net_id __ro_after_init;

static int __net_init net_init(struct net *net)
{
	struct espencap_net *ns = espencap_net(net);
	int err;

	ns->net = net;
	espencap_memo_init_net(ns);
	mutex_init(&ns->lock);
	err = espencap_peer_tables_init(ns);
	if (err)
		return err;
	err = espencap_marks_init(ns);
	if (err) {
		espencap_peer_tables_destroy(ns);
		return err;
	}
	espencap_upkeep_init(ns);
	return 0;
}

/* Nobody can ask for anything any more, but packets may still come... */
static void __net_exit net_pre_exit(struct net *net)
{
	struct espencap_net *ns = espencap_net(net);

	espencap_upkeep_stop(ns);
	mutex_lock(&ns->lock);
	espencap_port_flush(net);
	mutex_unlock(&ns->lock);
}

/* ...while here, after a grace period, none does. */
static void __net_exit net_exit(struct net *net)
{
	struct espencap_net *ns = espencap_net(net);

	espencap_upkeep_exit(ns);
	espencap_marks_destroy(ns);
	espencap_peer_tables_destroy(ns);
	espencap_ports_destroy(ns);
}

static struct pernet_operations net_ops = {
	.init = net_init,
	.exit = net_exit,
	.id = &espencap_net_id,
	.size = sizeof(struct espencap_net),
};

/* Apart, so that the hooks go before what they need, in all namespaces. */
static struct pernet_operations ports_ops = {
	.pre_exit = net_pre_exit,
};

static int __init espencap_init(void)
{
	int err = espencap_tag_init();

	if (err)
		return err;
	err = espencap_bundle_init();
	if (err)
		goto err_tag;
	err = espencap_memo_init();
	if (err)
		goto err_tag;
	err = espencap_peer_init();
	if (err)
		goto err_memo;
	err = espencap_offload_init();
	if (err)
		goto err_peer;
	err = register_pernet_subsys(&net_ops);
	if (err)
		goto err_offload;
	err = espencap_bypass_init();
	if (err)
		goto err_net;
	err = espencap_confirm_init();
	if (err)
		goto err_bypass;
	espencap_marks_register();
	err = register_pernet_subsys(&ports_ops);
	if (err)
		goto err_marks;
	err = espencap_netlink_init();
	if (err)
		goto err_ports;
	return 0;

err_ports:
	unregister_pernet_subsys(&ports_ops);
err_marks:
	espencap_marks_unregister();
	espencap_confirm_exit();
err_bypass:
	espencap_bypass_exit();
err_net:
	unregister_pernet_subsys(&net_ops);
	rcu_barrier();
err_offload:
	espencap_offload_exit();
err_peer:
	espencap_peer_exit();
err_memo:
	espencap_memo_exit();
err_tag:
	espencap_tag_exit();
	return err;
}

static void __exit espencap_exit(void)
{
	espencap_events_end();
	espencap_netlink_exit();
	unregister_pernet_subsys(&ports_ops);
	espencap_offload_exit();
	espencap_marks_unregister();
	espencap_confirm_exit();
	espencap_bypass_exit();
	unregister_pernet_subsys(&net_ops);
	/* for what was freed through call_rcu() */
	rcu_barrier();
	espencap_peer_exit();
	espencap_memo_exit();
	espencap_tag_exit();
}

module_init(espencap_init);
module_exit(espencap_exit);

MODULE_DESCRIPTION("ESP in UDP on the ports and in the framings from before RFC 3948");
MODULE_LICENSE("GPL");
MODULE_VERSION(ESPENCAP_VERSION);
MODULE_ALIAS_GENL_FAMILY(ESPENCAP_GENL_NAME);
