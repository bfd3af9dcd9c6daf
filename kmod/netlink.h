/* SPDX-License-Identifier: GPL-2.0 */
/* The generic netlink family: uapi/espencap.h says what it speaks. */
#ifndef _ESPENCAP_NETLINK_H
#define _ESPENCAP_NETLINK_H

struct genl_family;

extern struct genl_family espencap_family;

/**
 * espencap_netlink_init() - begin to answer
 *
 * Context: process.
 * Return: 0 or an error.
 */
int espencap_netlink_init(void);

/**
 * espencap_netlink_exit() - answer no more
 *
 * Context: process.
 */
void espencap_netlink_exit(void);

#endif /* _ESPENCAP_NETLINK_H */
