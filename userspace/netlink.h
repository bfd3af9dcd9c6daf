/* SPDX-License-Identifier: GPL-2.0 */
/* One request to the kernel module, and what comes back. */
#ifndef NETLINK_H
#define NETLINK_H

#include <libmnl/libmnl.h>

#include "espencap.h"

/**
 * netlink_request() - begin a request
 * @cmd: an enum espencap_cmd
 * @flags: NLM_F_DUMP, or 0
 *
 * Loads the module if it is not there. If that fails, the program ends.
 *
 * Return: the message, to add attributes to.
 */
struct nlmsghdr *netlink_request(enum espencap_cmd cmd, int flags);

/**
 * netlink_do() - send a request and wait until it is answered in full
 * @request: what netlink_request() gave
 * @print: called with the attributes of each message that comes, by type, as
 *	it comes; NULL if none is expected
 * @what: what the request is about, for messages: "port 2797"
 *
 * A refusal ends the program with the kernel's sentence. A note to a request
 * that was done is printed to stderr.
 *
 * Return: how many messages came.
 */
unsigned long netlink_do(struct nlmsghdr *request,
			 void (*print)(const struct nlattr **attrs),
			 const char *what);

#endif /* NETLINK_H */
