/* SPDX-License-Identifier: GPL-2.0 */
/* Which network namespace it is about. */
#ifndef NETNS_H
#define NETNS_H

/**
 * netns_enter() - go on in another network namespace
 * @name: its name, as ip netns knows it, or a path such as /proc/PID/ns/net
 *
 * If that fails, the program ends.
 */
void netns_enter(const char *name);

#endif /* NETNS_H */
