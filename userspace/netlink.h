/* SPDX-License-Identifier: GPL-2.0 */
/* One request to the kernel module and what comes back, or its events. */
#ifndef NETLINK_H
#define NETLINK_H

#include <libmnl/libmnl.h>

#include "espencap.h"

/* Prints what a message says: its attributes by type, or NULL for each. */
typedef void netlink_printer(const struct nlattr **attrs);

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
 * @print: called for each message that comes, as it comes; NULL if none is
 *	expected
 * @what: what the request is about, for messages: "port 2797"
 *
 * A refusal ends the program with the kernel's sentence. A note to a request
 * that was done is printed to stderr.
 *
 * Return: how many messages came.
 */
unsigned long netlink_do(struct nlmsghdr *request,
			 netlink_printer *print, const char *what);

/**
 * netlink_listen() - join the module's events, and take all that come
 * @print: called for each, as it comes
 *
 * Loads the module if it is not there. Says on stderr when it has joined, and
 * when events were lost. An error ends the program.
 */
void netlink_listen(netlink_printer *print) __attribute__((noreturn));

#endif /* NETLINK_H */
