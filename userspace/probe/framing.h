/* SPDX-License-Identifier: GPL-2.0 */
/* Which framing makes sense of a datagram? No system calls. */
#ifndef FRAMING_H
#define FRAMING_H

#include <stdbool.h>
#include <stdint.h>

#include "datagram.h"

/* Bytes of the payload up to which an SPI is looked for. */
#define FRAMING_FARTHEST	32u

/**
 * enum framing - what a datagram is: just one of these
 * @FRAMING_ESP: ESP of an SA of this host
 * @FRAMING_NON_IKE: 8 zero bytes, and then that
 * @FRAMING_MISPLACED: the SPI of an SA of this host, where no format has it
 * @FRAMING_UNKNOWN_ESP: it has the shape of ESP, but no SA of this host its SPI
 * @FRAMING_UNKNOWN_NON_IKE: 8 zero bytes, and then that
 * @FRAMING_IKE: IKE
 * @FRAMING_MARKED_IKE: 4 zero bytes, and then IKE
 * @FRAMING_EMPTY: a keepalive: no payload
 * @FRAMING_FF: a keepalive: FF
 * @FRAMING_00000000FF: a keepalive: 00000000FF
 * @FRAMING_OTHER: none of these, or so small a fragment that nobody can tell
 * @FRAMING_MALFORMED: what no receiver may take
 */
enum framing {
	FRAMING_ESP,
	FRAMING_NON_IKE,
	FRAMING_MISPLACED,
	FRAMING_UNKNOWN_ESP,
	FRAMING_UNKNOWN_NON_IKE,
	FRAMING_IKE,
	FRAMING_MARKED_IKE,
	FRAMING_EMPTY,
	FRAMING_FF,
	FRAMING_00000000FF,
	FRAMING_OTHER,
	FRAMING_MALFORMED,

	FRAMINGS
};

/**
 * struct framed - a datagram as it is understood
 * @framing: what it is
 * @len: bytes of its payload; 0 if it is malformed
 * @has_spi: it has an SPI, and so
 * @at: the bytes that stand before it in the payload
 * @spi: it, in host byte order
 * @seq: what stands behind it, in host byte order
 */
struct framed {
	enum framing framing;
	unsigned int len;
	bool has_spi;
	unsigned int at;
	uint32_t spi;
	uint32_t seq;
};

/* Has this host an SA with this destination and SPI, in host byte order? */
typedef bool framing_is_known(const struct address *destination, uint32_t spi);

/**
 * framing_of() - understand a datagram
 * @datagram: the datagram
 * @is_known: asked for SPIs
 *
 * Return: what it is.
 */
struct framed framing_of(const struct datagram *datagram,
			 framing_is_known *is_known);

#endif /* FRAMING_H */
