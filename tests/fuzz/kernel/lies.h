/* SPDX-License-Identifier: GPL-2.0 */
/* What can be wrong with a packet: tables of lies, each in all its variants. */
#ifndef FUZZ_LIES_H
#define FUZZ_LIES_H

#include "packet.h"

/* Which seeds a lie can be told about. */
#define OF_UDP4		1u
#define OF_UDP6		2u
#define OF_ERROR4	4u
#define OF_ERROR6	8u
#define OF_UDP		(OF_UDP4 | OF_UDP6)
#define OF_ERRORS	(OF_ERROR4 | OF_ERROR6)
#define OF_IPV4		(OF_UDP4 | OF_ERROR4)
#define OF_ALL		(OF_UDP | OF_ERRORS)

/**
 * struct lie - one thing that is wrong
 * @of: OF_* bits
 * @fixed: how many variants it has, and
 * @per_byte: how many more for each byte of the packet
 * @tell: makes the Nth variant of the right packet, and emits what becomes of it
 */
struct lie {
	unsigned int of;
	unsigned int fixed;
	unsigned int per_byte;
	void (*tell)(struct packet *packet, unsigned int n);
};

/* Each ends with one that cannot be told. */
extern const struct lie plain[];	/* in the datagram itself, or in an ICMP error */
extern const struct lie pieces[];	/* in fragments, and in IPv6 extension headers */
extern const struct lie merged[];	/* in one of many that follow each other, for GRO */
extern const struct lie handed[];	/* in what a virtual machine hands over, and says of it */

/* In packets.c: the packet goes out, when it is random with more that is wrong. */
void emit(struct packet *packet);

#endif /* FUZZ_LIES_H */
