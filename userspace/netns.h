/* SPDX-License-Identifier: GPL-2.0 */
/* Which network namespace it is about. */
#ifndef NETNS_H
#define NETNS_H

#include <stdbool.h>

/* Where ip netns keeps those that have a name. */
#define NETNS_DIR	"/run/netns/"

/**
 * netns_enter() - go on in another network namespace
 * @name: its name, as ip netns knows it, or a path such as /proc/PID/ns/net
 *
 * If that fails, the program ends.
 */
void netns_enter(const char *name);

/**
 * netns_try() - the same, where a failure does not matter
 * @name: its name
 *
 * Says nothing.
 *
 * Return: whether it did.
 */
bool netns_try(const char *name);

#endif /* NETNS_H */
