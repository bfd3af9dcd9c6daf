// SPDX-License-Identifier: GPL-2.0
// absent: 'XFRM_DEV_OFFLOAD_PACKET'
#include <net/xfrm.h>

int probe(void);

int probe(void)
{
	return XFRM_DEV_OFFLOAD_PACKET;
}
