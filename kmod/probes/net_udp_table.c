// SPDX-License-Identifier: GPL-2.0
// absent: no member named 'udp_table'
#include <net/net_namespace.h>

struct udp_table *probe(struct net *net);

struct udp_table *probe(struct net *net)
{
	return net->ipv4.udp_table;
}
