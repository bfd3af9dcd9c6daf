// SPDX-License-Identifier: GPL-2.0
/* Sorted lists of addresses and SPIs. */
#include <errno.h>
#include <ifaddrs.h>
#include <stdlib.h>

#include "grow.h"
#include "ctl.h"
#include "key.h"
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
 * @next: milliseconds of the monotonic clock: when it may be read again
 */
struct list {
	struct key *keys;
	size_t count;
	size_t room;
	long long next;
};

static struct list addresses, spis;

static void add(struct list *list, struct key key)
{
	list->keys = grow(list->keys, list->count, &list->room, sizeof(key));
	list->keys[list->count++] = key;
}

static bool has(const struct list *list, struct key key)
{
	return list->count &&
	       bsearch(&key, list->keys, list->count, sizeof(key),
		       compare_keys);
}

/* Puts what was read into the place of what is known. */
static void replace(struct list *old, struct list *new, long long begun)
{
	const long long ended = monotonic_ms();
	const long long pause = (ended - begun) * PARTS;

	if (new->count)
		qsort(new->keys, new->count, sizeof(*new->keys), compare_keys);
	free(old->keys);
	*old = *new;
	old->next = ended + (pause > SECOND ? pause : SECOND);
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
	replace(&spis, &list, begun);
	return NULL;
}

static void take_address(struct list *list, const struct sockaddr *from)
{
	struct address address = { 0 };

	if (!from)
		return;
	address.family = from->sa_family;
	if (from->sa_family == AF_INET)
		memcpy(address.bytes,
		       &((const struct sockaddr_in *)from)->sin_addr, 4);
	else if (from->sa_family == AF_INET6)
		memcpy(address.bytes,
		       &((const struct sockaddr_in6 *)from)->sin6_addr, 16);
	else
		return;
	add(list, make_key(&address, 0));
}

static const char *read_addresses(void)
{
	const long long begun = monotonic_ms();
	struct ifaddrs *all, *one;
	struct list list = { 0 };

	if (getifaddrs(&all))
		return strerror(errno);
	for (one = all; one; one = one->ifa_next)
		take_address(&list, one->ifa_addr);
	freeifaddrs(all);
	replace(&addresses, &list, begun);
	return NULL;
}

/* Returns whether it was read; if it could not be, what is known stays. */
static bool read_again(struct list *list, const char *(*read)(void),
		       const char *what)
{
	const char *why;

	if (monotonic_ms() < list->next)
		return false;
	why = read();
	if (!why)
		return true;
	list->next = monotonic_ms() + SECOND;
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
	const struct key key = make_key(address, 0);

	return has(&addresses, key) ||
	       (read_again(&addresses, read_addresses, "addresses") &&
		has(&addresses, key));
}

bool ours_has_spi(const struct address *destination, uint32_t spi)
{
	return has(&spis, make_key(destination, spi));
}

bool ours_look_again(void)
{
	return read_again(&spis, read_spis, "SAs");
}
