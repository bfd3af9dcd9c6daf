/* SPDX-License-Identifier: GPL-2.0 */
/* A request over netlink, of whatever family, and all of its answer. */
#ifndef EXCHANGE_H
#define EXCHANGE_H

#include <libmnl/libmnl.h>

/* As large as the kernel makes a message of a dump. */
#define ANSWER_SIZE	32768

/* Takes one message, valid until it returns; it must not begin an exchange. */
typedef void exchange_handler(const struct nlmsghdr *msg, void *context);

/**
 * exchange_receive() - wait for what the kernel sends
 * @nl: a socket that is bound
 * @buffer: takes it, %ANSWER_SIZE bytes
 *
 * Whoever is root in a network namespace can send to all sockets there, also to that of
 * somebody who has come from outside: only the kernel is listened to.
 *
 * Return: its length, or -1 with errno.
 */
ssize_t exchange_receive(const struct mnl_socket *nl, void *buffer);

/**
 * exchange() - send a request, and take all that comes back
 * @nl: a socket that is bound
 * @request: the request, with NLM_F_ACK or NLM_F_DUMP and a number that no other
 *	request on this socket has
 * @handle: called for each message that is neither an error nor an end
 * @context: passed to it
 * @text: takes the kernel's sentence, or NULL; valid until the next exchange
 *
 * Return: 0, or the errno that the kernel answered with.
 */
int exchange(struct mnl_socket *nl, struct nlmsghdr *request,
	     exchange_handler *handle, void *context, const char **text);

#endif /* EXCHANGE_H */
