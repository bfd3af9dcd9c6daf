// SPDX-License-Identifier: GPL-2.0
/* Sorted lists of addresses and SPIs. */
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "ctl.h"
#include "key.h"
#include "locals.h"
#include "monotonic.h"
#include "ours.h"
#include "sas.h"

#define SECOND	1000	/* milliseconds */

/* Of the time that passes, reading may take one part in so many. */
#define PARTS	20

/**
 * struct list - some keys
 * @keys: sorted
 * @count: how many there are
 * @room: how many there can be
 */
struct list {
	struct key *keys;
	size_t count;
	size_t room;
};

static struct locals addresses;
static struct list spis;

/* Milliseconds of the monotonic clock: when they may be read again. */
static long long addresses_next, spis_next;

static void add(struct list *list, struct key key)
{
	list->keys = grow(list->keys, list->count, &list->room, sizeof(key));
	list->keys[list->count++] = key;
}

/* After so much work. */
static void rest(long long *next, long long begun)
{
	const long long ended = monotonic_ms();
	const long long pause = (ended - begun) * PARTS;

	*next = ended + (pause > SECOND ? pause : SECOND);
}

static void take_sa(const struct sa *sa, void *list)
{
	add(list, make_key(&sa->destination, sa->spi));
}

/* Returns NULL, or why it could not. */
static const char *read_spis(void)
{
	const long long begun = monotonic_ms();
	struct list list = { 0 };
	const char *why;

	if (sas_try(take_sa, &list, &why)) {
		free(list.keys);
		return why;
	}
	if (list.count)
		qsort(list.keys, list.count, sizeof(*list.keys), compare_keys);
	free(spis.keys);
	spis = list;
	rest(&spis_next, begun);
	return NULL;
}

static const char *read_addresses(void)
{
	const long long begun = monotonic_ms();
	const int error = locals_read(&addresses);

	if (error)
		return strerror(error);
	rest(&addresses_next, begun);
	return NULL;
}

/* Returns whether it was read; if it could not be, what is known stays. */
static bool read_again(long long *next, const char *(*read)(void),
		       const char *what)
{
	const char *why;

	if (monotonic_ms() < *next)
		return false;
	why = read();
	if (!why)
		return true;
	*next = monotonic_ms() + SECOND;
	complain("note: the %s could not be read again: %s", what, why);
	return false;
}

void ours_read(void)
{
	const char *why = read_spis();

	if (why)
		refused("%s", why);
	why = read_addresses();
	if (why)
		refused("the addresses of this host could not be read: %s", why);
}

bool ours_has_address(const struct address *address)
{
	return locals_have(&addresses, address) ||
	       (read_again(&addresses_next, read_addresses, "addresses") &&
		locals_have(&addresses, address));
}

bool ours_has_spi(const struct address *destination, uint32_t spi)
{
	const struct key key = make_key(destination, spi);

	return spis.count && bsearch(&key, spis.keys, spis.count, sizeof(key),
				     compare_keys);
}

bool ours_look_again(void)
{
	return read_again(&spis_next, read_spis, "SAs");
}
