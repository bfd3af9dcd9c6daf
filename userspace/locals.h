/* SPDX-License-Identifier: GPL-2.0 */
/* The addresses of this host, in the network namespace that was entered. */
#ifndef LOCALS_H
#define LOCALS_H

#include <stdbool.h>
#include <stddef.h>

#include "parse.h"

/**
 * struct locals - a sorted list; all 0 at first
 * @list: the addresses
 * @count: how many
 * @room: how many there can be
 */
struct locals {
	struct address *list;
	size_t count;
	size_t room;
};

/**
 * locals_read() - ask for the addresses of all interfaces
 * @locals: takes them in the place of those that it has; if it fails, they stay
 *
 * Return: 0, or an errno.
 */
int locals_read(struct locals *locals);

/* Is this one of them? */
bool locals_have(const struct locals *locals, const struct address *address);

/* Forget all of them. */
void locals_free(struct locals *locals);

#endif /* LOCALS_H */
