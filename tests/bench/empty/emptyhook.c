// SPDX-License-Identifier: GPL-2.0
/*
 * What it costs to be asked: hooks where espencap has its own, which let every
 * packet pass.
 */
#include <linux/module.h>
#include <linux/netfilter.h>
#include <net/net_namespace.h>

static unsigned int pass(void *priv, struct sk_buff *skb,
			 const struct nf_hook_state *state)
{
	return NF_ACCEPT;
}

static const struct nf_hook_ops ops[] = {
	{ .hook = pass, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_IN },
	{ .hook = pass, .pf = NFPROTO_IPV6, .hooknum = NF_INET_LOCAL_IN },
	{ .hook = pass, .pf = NFPROTO_IPV4, .hooknum = NF_INET_LOCAL_OUT },
	{ .hook = pass, .pf = NFPROTO_IPV6, .hooknum = NF_INET_LOCAL_OUT },
};

static int __net_init begin(struct net *net)
{
	return nf_register_net_hooks(net, ops, ARRAY_SIZE(ops));
}

static void __net_exit end(struct net *net)
{
	nf_unregister_net_hooks(net, ops, ARRAY_SIZE(ops));
}

static struct pernet_operations in_each_namespace = {
	.init = begin,
	.exit = end,
};

static int __init load(void)
{
	return register_pernet_subsys(&in_each_namespace);
}
module_init(load);

static void __exit unload(void)
{
	unregister_pernet_subsys(&in_each_namespace);
}
module_exit(unload);

MODULE_DESCRIPTION("Netfilter hooks that do nothing, for a benchmark");
MODULE_LICENSE("GPL");
