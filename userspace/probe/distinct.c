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

/* Where a key is, or would be; NULL if there is no room. */
static struct key *find(const struct distinct *set, const struct key *key)
{
	unsigned int i, slot = hash(key);

	for (i = 0; set->slots && i < LONGEST_SEARCH; i++) {
		struct key *other = &set->slots[(slot + i) % DISTINCT_SLOTS];

		if (!other->address.family || !compare_keys(other, key))
			return other;
	}
	return NULL;
}

void distinct_add(struct distinct *set, const struct key *key)
{
	struct key *place;

	if (!set->slots)
		set->slots = calloc(DISTINCT_SLOTS, sizeof(*set->slots));
	place = find(set, key);
	if (!place) {
		set->is_more = true;
	} else if (!place->address.family) {
		*place = *key;
		set->count++;
	}
}

size_t distinct_common(const struct distinct *a, const struct distinct *b)
{
	const struct key *place;
	size_t i, common = 0;

	for (i = 0; a->slots && i < DISTINCT_SLOTS; i++) {
		if (!a->slots[i].address.family)
			continue;
		place = find(b, &a->slots[i]);
		common += place && place->address.family;
	}
	return common;
}

void distinct_free(struct distinct *set)
{
	free(set->slots);
	*set = (struct distinct){ 0 };
}
