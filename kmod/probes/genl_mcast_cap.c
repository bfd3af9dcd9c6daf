// SPDX-License-Identifier: GPL-2.0
// absent: 'GENL_MCAST_CAP_NET_ADMIN'
#include <net/genetlink.h>

int probe(void);

int probe(void)
{
	return GENL_MCAST_CAP_NET_ADMIN;
}
