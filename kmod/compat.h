/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that is known of differences between kernels. Kbuild compiles probes/NAME.c for
 * the kernel that is built for, and probed.h has ESPENCAP_HAVE_NAME if that went well;
 * there are no version numbers, as distributions move features between them.
 */
#ifndef _ESPENCAP_COMPAT_H
#define _ESPENCAP_COMPAT_H

#include <linux/netdevice.h>
#include <linux/rcupdate.h>
#include <net/net_namespace.h>
#include <net/route.h>
#include <net/udp.h>
#include <net/xfrm.h>
#include "probed.h"
#ifdef ESPENCAP_HAVE_NET_GSO_H
#include <net/gso.h>
#endif

#ifndef unrcu_pointer
#define unrcu_pointer(p) ((typeof(*(p)) __kernel __force *)(p))
#endif

static inline struct udp_table *espencap_udp_table(struct net *net)
{
#ifdef ESPENCAP_HAVE_NET_UDP_TABLE
	return net->ipv4.udp_table;
#else
	return &udp_table;
#endif
}

/* Before, it took a flag against policies as well. */
static inline struct rtable *espencap_rt_dst_alloc(struct net_device *dev,
						   unsigned int flags, u16 type)
{
#ifdef ESPENCAP_HAVE_RT_DST_NOPOLICY
	return rt_dst_alloc(dev, flags, type, false, false);
#else
	return rt_dst_alloc(dev, flags, type, false);
#endif
}

/* How long IPv4 remembers a path MTU, in jiffies. */
static inline unsigned long espencap_mtu_expires4(const struct net *net)
{
#ifdef ESPENCAP_HAVE_NET_RT_MTU_EXPIRES
	return READ_ONCE(net->ipv4.ip_rt_mtu_expires);
#else
	return 600 * HZ;
#endif
}

/* The type of service: since when it is a type of its own. */
static inline void espencap_flow4_tos(struct flowi4 *fl4,
				      const struct iphdr *iph)
{
#ifdef ESPENCAP_HAVE_FLOWI4_DSCP
	fl4->flowi4_dscp = ip4h_dscp(iph);
#else
	fl4->flowi4_tos = RT_TOS(iph->tos);
#endif
}

/* An outbound SA whose packets the NIC makes and sends. */
static inline bool espencap_is_packet_offload(const struct xfrm_state *x)
{
#ifdef ESPENCAP_HAVE_PACKET_OFFLOAD
	return x->xso.type == XFRM_DEV_OFFLOAD_PACKET &&
	       x->xso.dir == XFRM_DEV_OFFLOAD_OUT;
#else
	return false;
#endif
}

/* Transmit without a lock of the device. */
static inline void espencap_set_lockless_xmit(struct net_device *dev)
{
#ifdef ESPENCAP_HAVE_DEV_LLTX
	dev->lltx = true;
#else
	dev->features |= NETIF_F_LLTX;
#endif
}

/* Since when the reserved bytes of a genetlink header are checked. */
#ifdef ESPENCAP_HAVE_GENL_RESV_START_OP
#define ESPENCAP_GENL_RESV_START_OP .resv_start_op = 1,
#else
#define ESPENCAP_GENL_RESV_START_OP
#endif

/* Who may join a multicast group: before, the flag of a command stood for it. */
#ifdef ESPENCAP_HAVE_GENL_MCAST_CAP
#define ESPENCAP_MCAST_CAP_NET_ADMIN GENL_MCAST_CAP_NET_ADMIN
#else
#define ESPENCAP_MCAST_CAP_NET_ADMIN GENL_UNS_ADMIN_PERM
#endif

#endif /* _ESPENCAP_COMPAT_H */
