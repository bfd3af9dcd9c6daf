// SPDX-License-Identifier: GPL-2.0
// absent: no member named 'lltx'
#include <linux/netdevice.h>

bool probe(struct net_device *dev);

bool probe(struct net_device *dev)
{
	return dev->lltx;
}
