// SPDX-License-Identifier: GPL-2.0
/* Looking things up in sets and maps of nftables. */
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "walk.h"

/**
 * struct search - what is looked for
 * @set: where
 * @registers: have it
 * @offset: where it begins there
 * @take: takes what is found, or may be it
 * @context: passed to it
 */
struct search {
	const struct set *set;
	const struct registers *registers;
	size_t offset;
	set_taker *take;
	void *context;
};

static bool has_room(const struct search *search, size_t len)
{
	return search->offset + len <= REGISTERS_SIZE;
}

static enum truth take(const struct search *search,
		       const struct element *element, enum truth truth)
{
	if (truth == NO)
		return NO;
	search->take(element, search->context);
	return element->is_conditional ? MAYBE : truth;
}

static enum truth is_between(const struct registers *registers, size_t offset,
			     const uint8_t *from, const uint8_t *to, size_t len)
{
	if (!memcmp(from, to, len))
		return registers_equal(registers, offset, from, len);
	return truth_and(truth_not(registers_less(registers, offset, from, len)),
			 truth_or(registers_less(registers, offset, to, len),
				  registers_equal(registers, offset, to, len)));
}

/* Each field on its own lies between two; it begins at 4 bytes. */
static enum truth are_between(const struct search *search,
			      const struct element *element)
{
	const struct set *set = search->set;
	enum truth truth = YES;
	size_t at = 0;
	uint32_t i;

	for (i = 0; i < set->nr_fields; i++) {
		const size_t len = set->fields[i];

		if (at + len > element->len)
			return MAYBE;
		truth = truth_and(truth, is_between(search->registers,
						    search->offset + at,
						    element->key + at,
						    element->key_end + at,
						    len));
		at += (len + 3) & ~(size_t)3;
	}
	return set->nr_fields ? truth :
	       is_between(search->registers, search->offset, element->key,
			  element->key_end, element->len);
}

static enum truth find_one(const struct search *search)
{
	const struct set *set = search->set;
	enum truth found = NO, truth;
	size_t i;

	for (i = 0; i < set->count && found != YES; i++) {
		const struct element *element = &set->elements[i];

		if (!element->key)
			continue;
		if (!has_room(search, element->len))
			truth = MAYBE;
		else if (element->key_end)
			truth = are_between(search, element);
		else
			truth = registers_equal(search->registers,
						search->offset, element->key,
						element->len);
		found = truth_or(found, take(search, element, truth));
	}
	return found;
}

/*
 * A set of ranges has where each begins, and where it is over; there, another one may
 * begin. What is looked for lies in a range if the last boundary before it, or at it,
 * begins one.
 */
static enum truth find_range(const struct search *search)
{
	const struct set *set = search->set;
	const struct element *last = NULL;
	enum truth found = NO;
	size_t i;

	for (i = 0; i < set->count; i++) {
		const struct element *element = &set->elements[i];
		int order;

		if (!element->key)
			continue;
		if (!has_room(search, element->len) ||
		    !registers_known(search->registers, search->offset,
				     element->len)) {
			if (!element->is_end)
				found = take(search, element, MAYBE);
			continue;
		}
		if (memcmp(element->key,
			   search->registers->value + search->offset,
			   element->len) > 0)
			continue;
		order = !last || last->len != element->len ? 1 :
			memcmp(element->key, last->key, element->len);
		if (order > 0 || (order == 0 && !element->is_end))
			last = element;
	}
	return last && !last->is_end ? take(search, last, YES) : found;
}

/* What stands for all that was not found. */
static enum truth find_rest(const struct search *search)
{
	const struct set *set = search->set;
	enum truth found = NO;
	size_t i;

	for (i = 0; i < set->count; i++)
		if (!set->elements[i].key)
			found = take(search, &set->elements[i], YES);
	return found;
}

static void take_nothing(const struct element *element, void *context)
{
	(void)element;
	(void)context;
}

enum truth set_find(const struct set *set, const struct registers *registers,
		    size_t offset, set_taker *taker, void *context)
{
	const struct search search = {
		.set = set,
		.registers = registers,
		.offset = offset,
		.take = taker ? taker : take_nothing,
		.context = context,
	};
	const bool has_ranges = set->flags & NFT_SET_INTERVAL &&
				(!set->count || !set->elements[0].key_end);
	const enum truth found = has_ranges ? find_range(&search) :
					      find_one(&search);

	return found == YES ? YES : truth_or(found, find_rest(&search));
}
