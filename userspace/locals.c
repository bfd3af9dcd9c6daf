// SPDX-License-Identifier: GPL-2.0
/* The addresses of this host. */
#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "grow.h"
#include "locals.h"

static int compare(const void *_a, const void *_b)
{
	const struct address *a = _a, *b = _b;

	return a->family != b->family ? a->family - b->family :
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static void add(struct locals *locals, const struct sockaddr *from)
{
	const struct sockaddr_in6 *in6 = (const void *)from;
	const struct sockaddr_in *in = (const void *)from;
	struct address address = { 0 };

	if (from && from->sa_family == AF_INET)
		memcpy(address.bytes, &in->sin_addr, 4);
	else if (from && from->sa_family == AF_INET6)
		memcpy(address.bytes, &in6->sin6_addr, 16);
	else
		return;
	address.family = from->sa_family;
	locals->list = grow(locals->list, locals->count, &locals->room,
			    sizeof(address));
	locals->list[locals->count++] = address;
}

int locals_read(struct locals *locals)
{
	struct locals found = { 0 };
	struct ifaddrs *all, *one;

	if (getifaddrs(&all))
		return errno;
	for (one = all; one; one = one->ifa_next)
		add(&found, one->ifa_addr);
	freeifaddrs(all);
	if (found.count)
		qsort(found.list, found.count, sizeof(*found.list), compare);
	locals_free(locals);
	*locals = found;
	return 0;
}

bool locals_have(const struct locals *locals, const struct address *address)
{
	return locals->count &&
	       bsearch(address, locals->list, locals->count, sizeof(*address),
		       compare);
}

void locals_free(struct locals *locals)
{
	free(locals->list);
	*locals = (struct locals){ 0 };
}
