/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets enter, and where their end becomes an NF_* verdict. */
#ifndef _ESPENCAP_HOOKS_H
#define _ESPENCAP_HOOKS_H

struct net;

/**
 * espencap_hooks_register() - let a namespace's packets in
 * @net: network namespace
 *
 * Context: process.
 * Return: 0 or an error.
 */
int espencap_hooks_register(struct net *net);

/**
 * espencap_hooks_unregister() - keep them out again
 * @net: network namespace
 *
 * Packets that are in a hook already are gone after an RCU grace period.
 *
 * Context: process.
 */
void espencap_hooks_unregister(struct net *net);

#endif /* _ESPENCAP_HOOKS_H */
