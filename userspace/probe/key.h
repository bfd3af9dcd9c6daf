/* SPDX-License-Identifier: GPL-2.0 */
/* An address and a number: an endpoint by its port, an SA by its SPI. */
#ifndef KEY_H
#define KEY_H

#include <string.h>

#include "parse.h"

/**
 * struct key - compared byte by byte, so that what an address does not use is 0
 * @address: the address
 * @number: a UDP port or an SPI, in host byte order
 */
struct key {
	struct address address;
	uint32_t number;
};

_Static_assert(sizeof(struct key) == 24, "there is no padding in it");

static inline struct key make_key(const struct address *address,
				  uint32_t number)
{
	return (struct key){ .address = *address, .number = number };
}

static inline int compare_keys(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct key));
}

#endif /* KEY_H */
