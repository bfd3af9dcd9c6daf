// SPDX-License-Identifier: GPL-2.0
/* A hash table that never grows. */
#include <stdlib.h>

#include "distinct.h"

/*
 * Who sends chooses the keys, and so could choose them to collide: no search is
 * longer than this, and a key that finds no room is only one of "at least".
 */
#define LONGEST_SEARCH	32u

static unsigned int hash(const struct key *key)
{
	const unsigned char *byte = (const void *)key;
	uint32_t value = 2166136261u;
	size_t i;

	/* FNV-1a */
	for (i = 0; i < sizeof(*key); i++)
		value = (value ^ byte[i]) * 16777619u;
	return value ^ value >> 16;
}

void distinct_add(struct distinct *set, const struct key *key)
{
	unsigned int i, slot = hash(key);

	if (!set->slots)
		set->slots = calloc(DISTINCT_SLOTS, sizeof(*set->slots));
	for (i = 0; set->slots && i < LONGEST_SEARCH; i++) {
		struct key *other = &set->slots[(slot + i) % DISTINCT_SLOTS];

		if (!compare_keys(other, key))
			return;
		if (!other->address.family) {
			*other = *key;
			set->count++;
			return;
		}
	}
	set->is_more = true;
}

void distinct_free(struct distinct *set)
{
	free(set->slots);
	*set = (struct distinct){ 0 };
}
