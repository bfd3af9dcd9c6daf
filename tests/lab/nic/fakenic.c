// SPDX-License-Identifier: GPL-2.0
/*
 * Two network devices, nic0 and nic1, with a wire between them, that offer to
 * encrypt ESP, and even to make it ("offload crypto", "offload packet"), which no
 * device that Debian's kernels have without hardware does. They cannot, but count
 * what they are asked for: what is left for them to encrypt is dropped. What they
 * can is checksums.
 */
#include <linux/etherdevice.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/rtnetlink.h>
#include <net/xfrm.h>

static struct net_device *devices[2];

static unsigned int sas, asked;
module_param(sas, uint, 0444);
MODULE_PARM_DESC(sas, "SAs that it was given");
module_param(asked, uint, 0444);
MODULE_PARM_DESC(asked, "packets that it should have encrypted");

#if defined(STATE_HAS_DEV)
static int add_sa(struct net_device *dev, struct xfrm_state *x,
		  struct netlink_ext_ack *extack)
#elif defined(STATE_HAS_EXTACK)
static int add_sa(struct xfrm_state *x, struct netlink_ext_ack *extack)
#else
static int add_sa(struct xfrm_state *x)
#endif
{
	x->xso.offload_handle = 1;
	sas++;
	return 0;
}

#ifdef STATE_HAS_DEV
static void del_sa(struct net_device *dev, struct xfrm_state *x)
#else
static void del_sa(struct xfrm_state *x)
#endif
{
}

static bool takes_packet(struct sk_buff *skb, struct xfrm_state *x)
{
	return true;
}

#ifdef HAS_POLICIES
static int add_policy(struct xfrm_policy *policy,
		      struct netlink_ext_ack *extack)
{
	policy->xdo.offload_handle = 1;
	return 0;
}

static void del_policy(struct xfrm_policy *policy)
{
}
#endif

static const struct xfrmdev_ops ipsec = {
	.xdo_dev_state_add = add_sa,
	.xdo_dev_state_delete = del_sa,
	.xdo_dev_offload_ok = takes_packet,
#ifdef HAS_POLICIES
	.xdo_dev_policy_add = add_policy,
	.xdo_dev_policy_free = del_policy,
#endif
};

/* As if the NIC had summed up all that it has received (CHECKSUM_COMPLETE). */
static void receive(struct net_device *dev, struct sk_buff *skb)
{
	if (__dev_forward_skb(dev, skb))
		return;
	skb->csum = skb_checksum(skb, 0, skb->len, 0);
	skb->ip_summed = CHECKSUM_COMPLETE;
	netif_rx(skb);
}

static netdev_tx_t transmit(struct sk_buff *skb, struct net_device *dev)
{
	struct net_device *other = devices[dev == devices[0]];

	if (xfrm_offload(skb)) {
		asked++;
		kfree_skb(skb);
	} else if (!other || (skb->ip_summed == CHECKSUM_PARTIAL &&
			      skb_checksum_help(skb))) {
		kfree_skb(skb);
	} else {
		receive(other, skb);
	}
	return NETDEV_TX_OK;
}

static const struct net_device_ops ops = {
	.ndo_start_xmit = transmit,
	.ndo_set_mac_address = eth_mac_addr,
};

#define FEATURES (NETIF_F_SG | NETIF_F_HW_CSUM | NETIF_F_HW_ESP | \
		  NETIF_F_HW_ESP_TX_CSUM | NETIF_F_GSO_ESP)

static void setup(struct net_device *dev)
{
	ether_setup(dev);
	eth_hw_addr_random(dev);
	dev->netdev_ops = &ops;
	dev->xfrmdev_ops = &ipsec;
	dev->features |= FEATURES;
	dev->hw_features |= FEATURES;
	dev->hw_enc_features |= FEATURES;
	dev->priv_flags |= IFF_NO_QUEUE;
}

static void remove(void)
{
	int i;

	for (i = 0; i < 2; i++) {
		if (devices[i] && devices[i]->reg_state == NETREG_REGISTERED)
			unregister_netdev(devices[i]);
	}
	for (i = 0; i < 2; i++) {
		if (devices[i])
			free_netdev(devices[i]);
	}
}

static int __init fakenic_init(void)
{
	int i, err;

	for (i = 0; i < 2; i++) {
		devices[i] = alloc_netdev(0, "nic%d", NET_NAME_UNKNOWN, setup);
		err = devices[i] ? register_netdev(devices[i]) : -ENOMEM;
		if (err) {
			remove();
			return err;
		}
	}
	return 0;
}

module_init(fakenic_init);
module_exit(remove);

MODULE_DESCRIPTION("A NIC that says that it does IPsec, for tests");
MODULE_LICENSE("GPL");
