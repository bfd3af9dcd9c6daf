/* SPDX-License-Identifier: GPL-2.0 */
/* Netlink datagrams with requests to the family espencap, right and wrong ones. */
#ifndef FUZZ_REQUESTS_H
#define FUZZ_REQUESTS_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DATAGRAM_MAX	80000
#define MESSAGES_MAX	8
/* One whose length is wrong can have others within it. */
#define WALKED_MAX	64

/**
 * struct datagram - one or several messages
 * @family: the family's number
 * @seq: the sequence number of the last message
 * @len: its bytes
 * @bytes: these
 */
struct datagram {
	uint16_t family;
	uint32_t seq;
	size_t len;
	uint8_t bytes[DATAGRAM_MAX] __attribute__((aligned(NLMSG_ALIGNTO)));
};

/* Any messages. Numbers go on where they were. */
void request_make(struct datagram *datagram);

/* One that is right: to list all ports, or all peers. */
void request_dump(struct datagram *datagram);

/**
 * struct walked - one of those messages that the kernel finds in a datagram
 * @header: it, within the datagram
 * @is_request: it is one, and to the family
 * @wants_end: there must be an answer that ends it, whatever comes of it
 */
struct walked {
	const struct nlmsghdr *header;
	bool is_request;
	bool wants_end;
};

/* What the kernel finds. Returns how many. */
unsigned int request_walk(const struct datagram *datagram, struct walked *walked);

#endif /* FUZZ_REQUESTS_H */
