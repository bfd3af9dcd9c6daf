/* SPDX-License-Identifier: GPL-2.0 */
/* One request to the kernel module and what comes back, or its events. */
#ifndef NETLINK_H
#define NETLINK_H

#include <libmnl/libmnl.h>
#include <stdbool.h>

#include "espencap.h"

/* Takes what a message says: its attributes by type, or NULL for each. */
typedef void netlink_reader(const struct nlattr **attrs, void *context);

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
 * netlink_try() - send a request and wait until it is answered in full
 * @request: what netlink_request() gave
 * @read: called for each message that comes, as it comes; NULL if none is
 *	expected
 * @context: passed to it
 * @what: what the request is about, for messages: "port 2797"
 * @why: takes the sentence for a refusal, until the next request
 *
 * A note to a request that was done is printed to stderr.
 *
 * Return: 0, or the errno that the kernel answered with.
 */
int netlink_try(struct nlmsghdr *request, netlink_reader *read, void *context,
		const char *what, const char **why);

/**
 * netlink_do() - the same, where a refusal ends the program
 * @request: what netlink_request() gave
 * @read: called for each message that comes, as it comes; NULL if none is
 *	expected
 * @context: passed to it
 * @what: what the request is about, for messages: "port 2797"
 *
 * Return: how many messages came.
 */
unsigned long netlink_do(struct nlmsghdr *request, netlink_reader *read,
			 void *context, const char *what);

/**
 * netlink_is_loaded() - is the module there?
 *
 * Does not load it. Says nothing.
 *
 * Return: whether it is.
 */
bool netlink_is_loaded(void);

/**
 * netlink_look() - send a request whose refusal does not matter
 * @request: what netlink_request() gave
 * @read: called for each message that comes, as it comes
 * @context: passed to it
 *
 * Says nothing.
 */
void netlink_look(struct nlmsghdr *request, netlink_reader *read,
		  void *context);

/**
 * netlink_listen() - join the module's events, and take all that come
 * @read: called for each, as it comes, with NULL for its context
 * @lost: called when events were lost: they came faster than they were read, or there was no
 *	memory for them
 *
 * Loads the module if it is not there. Says on stderr when it has joined. An error
 * ends the program.
 */
void netlink_listen(netlink_reader *read, void (*lost)(void))
	__attribute__((noreturn));

#endif /* NETLINK_H */
