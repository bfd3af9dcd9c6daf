/* SPDX-License-Identifier: GPL-2.0 */
/* From an IP packet to the UDP datagram in it. No system calls. */
#ifndef DATAGRAM_H
#define DATAGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parse.h"

/**
 * struct datagram - a UDP datagram, or the first fragment of one
 * @source: where it comes from
 * @destination: where it goes
 * @source_port: in host byte order
 * @udp: from the UDP header on
 * @have: bytes of it that there are, 8 or more
 * @room: bytes that the IP packet has for it; of a fragment, the whole
 *	datagram's length, as the UDP header says it
 * @is_fragment: the rest is in other packets
 */
struct datagram {
	struct address source;
	struct address destination;
	uint16_t source_port;
	const uint8_t *udp;
	size_t have;
	unsigned int room;
	bool is_fragment;
};

/**
 * datagram_read() - find it
 * @datagram: is filled; it points into @packet
 * @packet: from the IP header on, of either version; its end may be missing
 * @len: bytes of @packet that there are
 * @port: the UDP port that it must go to, in host byte order
 *
 * Return: false if it is none to that port, or a fragment other than the first.
 */
bool datagram_read(struct datagram *datagram, const uint8_t *packet,
		   size_t len, uint16_t port);

#endif /* DATAGRAM_H */
