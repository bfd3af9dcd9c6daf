// SPDX-License-Identifier: GPL-2.0
/* Placeholders become ESP, and take the way that ESP takes. */
#include <linux/delay.h>
#include <linux/if_arp.h>
#include <linux/netdevice.h>
#include <linux/percpu.h>
#include <linux/skbuff.h>
#include <net/inet_sock.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/xfrm.h>
#include "compat.h"
#include "offload.h"
#include "sa.h"

/*
 * The NIC that XFRM is told of: none of an SA's, so that the CPU encrypts, and
 * where packets arrive whose crypto ends later. It is nobody's else, and is never
 * registered.
 */
static struct net_device *device;

/*
 * Packets with the crypto, by CPU; only the sum means anything. They come back to
 * this module, or are freed.
 */
static DEFINE_PER_CPU(long, with_crypto);

/**
 * struct before - what stands before the IP header meanwhile, in the headroom
 * @destructor: the packet's own, which belongs to its socket
 *
 * XFRM does not tell when it frees a packet, but its destructor does.
 */
struct before {
	void (*destructor)(struct sk_buff *skb);
};

static void take_back(struct sk_buff *skb)
{
	struct before before;

	memcpy(&before, skb_mac_header(skb) - sizeof(before), sizeof(before));
	skb->destructor = before.destructor;
	this_cpu_dec(with_crypto);
}

static void on_free(struct sk_buff *skb)
{
	take_back(skb);
	if (skb->destructor)
		skb->destructor(skb);
}

static void hand_in(struct sk_buff *skb)
{
	const struct before before = { .destructor = skb->destructor };

	memcpy(skb_mac_header(skb) - sizeof(before), &before, sizeof(before));
	skb->destructor = on_free;
	this_cpu_inc(with_crypto);
}

static struct xfrm_state *sa_of(const struct sk_buff *skb)
{
	const struct sec_path *sp = skb_sec_path(skb);

	return sp->xvec[sp->len - 1];
}

/* NULL if XFRM has it, or has freed and counted it. */
static struct sk_buff *encrypt(struct sk_buff *skb)
{
	const bool is_async = espencap_sa_is_async(sa_of(skb));
	struct sk_buff *same;
	bool again = false;

	/* Of a NIC that would have completed it together with ESP. */
	if (skb->ip_summed == CHECKSUM_PARTIAL && skb_checksum_help(skb))
		return ERR_PTR(-ENOMEM);
	if (is_async && skb_cow_head(skb, sizeof(struct before)))
		return ERR_PTR(-ENOMEM);
	skb->dev = device;
	skb_reset_mac_header(skb);
	if (is_async)
		hand_in(skb);
	same = validate_xmit_xfrm(skb, 0, &again);
	if (IS_ERR_OR_NULL(same))
		return NULL;
	if (is_async)
		take_back(skb);
	/* Some other device's packets wait, which XFRM does not overtake. */
	return again || xfrm_offload(skb) ? ERR_PTR(-EBUSY) : skb;
}

void espencap_offload_send(struct sk_buff *skb)
{
	struct dst_entry *dst = skb_dst(skb);
	struct net_device *dev = READ_ONCE(dst->dev);
	struct net *net = dev_net(dev);

	/* Its own has gone meanwhile; this one is in another namespace. */
	if (dev == blackhole_netdev) {
		kfree_skb(skb);
		return;
	}
	skb->dev = dev;
	if (skb->protocol == htons(ETH_P_IP))
		ip_local_out(net, skb_to_full_sk(skb), skb);
	else
		ip6_local_out(net, skb_to_full_sk(skb), skb);
}

/* The crypto of a packet has ended later. */
static netdev_tx_t on_encrypted(struct sk_buff *skb, struct net_device *dev)
{
	take_back(skb);
	if (WARN_ON_ONCE(xfrm_offload(skb)))
		kfree_skb(skb);
	else
		espencap_offload_send(skb);
	return NETDEV_TX_OK;
}

bool espencap_offload_has_template(const struct sk_buff *skb)
{
	return sa_of(skb)->encap;
}

int espencap_offload_prepare(struct sk_buff *skb, unsigned int headroom)
{
	/* XFRM would want to write a UDP header itself, and cannot here. */
	if (espencap_offload_has_template(skb))
		return -EOPNOTSUPP;
	return skb_cow_head(skb, headroom + sizeof(struct before));
}

struct sk_buff *espencap_offload_encrypt(struct sk_buff *skb)
{
	struct net_device *dev = skb->dev;
	struct sk_buff *done = encrypt(skb);

	if (!IS_ERR_OR_NULL(done))
		done->dev = dev;
	return done;
}

/* XFRM has drawn one number for all of them; see set_ident() in encap.c. */
static void number(struct sk_buff *skb)
{
	if (skb->protocol == htons(ETH_P_IP) && !skb->ignore_df &&
	    !(ip_hdr(skb)->frag_off & htons(IP_DF)))
		ip_select_ident(dev_net(skb_dst(skb)->dev), skb, NULL);
}

struct sk_buff *espencap_offload_segments(struct sk_buff *skb,
					  unsigned int *lost)
{
	struct sk_buff *segment, *next, *list = NULL, **end = &list;

	*lost = 0;
	skb->dev = device;
	skb_reset_mac_header(skb);
	segment = skb_gso_segment(skb, 0);
	if (IS_ERR_OR_NULL(segment))
		return ERR_PTR(-ENOMEM);
	skb_list_walk_safe(segment, segment, next) {
		struct sk_buff *done;

		skb_mark_not_on_list(segment);
		number(segment);
		done = encrypt(segment);
		if (IS_ERR(done)) {
			kfree_skb(segment);
			(*lost)++;
		} else if (done) {
			*end = done;
			end = &done->next;
		}
	}
	return list;
}

static const struct net_device_ops device_ops = {
	.ndo_start_xmit = on_encrypted,
};

static void setup(struct net_device *dev)
{
	dev->netdev_ops = &device_ops;
	dev->type = ARPHRD_NONE;
	espencap_set_lockless_xmit(dev);
}

int espencap_offload_init(void)
{
	device = alloc_netdev(0, "espencap", NET_NAME_UNKNOWN, setup);
	return device ? 0 : -ENOMEM;
}

static bool has_crypto_ended(void)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += per_cpu(with_crypto, cpu);
	return !sum;
}

void espencap_offload_exit(void)
{
	while (!has_crypto_ended())
		msleep(20);
	/* The last may still be on its way out of here. */
	synchronize_rcu();
	free_netdev(device);
}
