/* SPDX-License-Identifier: GPL-2.0 */
/* How many different ones have there been? In bounded memory, whoever asks. */
#ifndef DISTINCT_H
#define DISTINCT_H

#include <stdbool.h>
#include <stddef.h>

#include "key.h"

/* Room for the peers of a large gateway, 768 KiB, as far as it is used. */
#define DISTINCT_SLOTS	32768u

/**
 * struct distinct - a set of keys; all 0 at first
 * @slots: DISTINCT_SLOTS of them, or NULL while there is no key
 * @count: how many keys are in it
 * @is_more: there were others, for which there was no room
 */
struct distinct {
	struct key *slots;
	size_t count;
	bool is_more;
};

/**
 * distinct_add() - one that may have been there
 * @set: the set
 * @key: the key, whose address has a family
 */
void distinct_add(struct distinct *set, const struct key *key);

/**
 * distinct_common() - how many keys are in both sets?
 * @a: a set
 * @b: another one
 *
 * Return: so many.
 */
size_t distinct_common(const struct distinct *a, const struct distinct *b);

/* Forgets all of it. */
void distinct_free(struct distinct *set);

#endif /* DISTINCT_H */
