// SPDX-License-Identifier: GPL-2.0
// absent: no member named 'flowi4_dscp'
#include <net/flow.h>

void probe(struct flowi4 *fl4, const struct flowi4 *from);

void probe(struct flowi4 *fl4, const struct flowi4 *from)
{
	fl4->flowi4_dscp = from->flowi4_dscp;
}
