/* SPDX-License-Identifier: GPL-2.0 */
/*
 * All that is known of differences between kernels. Kbuild looks into the
 * headers of the kernel that is built for and sets ESPENCAP_HAVE_*; there are
 * no version numbers, as distributions move features between them.
 */
#ifndef _ESPENCAP_COMPAT_H
#define _ESPENCAP_COMPAT_H

#include <linux/rcupdate.h>
#include <net/net_namespace.h>
#include <net/udp.h>

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
