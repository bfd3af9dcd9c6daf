// SPDX-License-Identifier: GPL-2.0
/* Lists that become longer. */
#include <stdlib.h>

#include "ctl.h"
#include "grow.h"

void *grow(void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;
	*room = *room ? *room * 2 : 64;
	list = reallocarray(list, *room, size);
	if (!list)
		refused("there is no memory for so much");
	return list;
}
