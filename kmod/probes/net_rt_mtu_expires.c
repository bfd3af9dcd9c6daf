// SPDX-License-Identifier: GPL-2.0
// absent: no member named 'ip_rt_mtu_expires'
#include <net/net_namespace.h>

int probe(struct net *net);

int probe(struct net *net)
{
	return net->ipv4.ip_rt_mtu_expires;
}
