/* SPDX-License-Identifier: GPL-2.0 */
/* What has come to a port, counted in bounded memory. */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>
#include <stdint.h>

#include "distinct.h"
#include "framing.h"
#include "verdict.h"

/* The first bytes of a payload that are shown. */
#define TALLY_BEGINS	32u

/* What came last is kept for so many pairs of a source and an SPI, or fewer. */
#define TALLY_FLOWS	1024u

/**
 * struct flow - the datagrams of one source with one SPI
 * @source: its address and port
 * @spi: the SPI, in host byte order
 * @seq: the number behind it in the last one
 */
struct flow {
	struct key source;
	uint32_t spi;
	uint32_t seq;
};

/**
 * struct tally - the datagrams of one framing
 * @bytes: of their payloads
 * @sources: addresses and ports that they came from
 * @spis: addresses and SPIs that they went to, of framings that have any
 * @last_at: when the last one came: milliseconds of the monotonic clock
 * @last_source: where it came from
 * @begins: the first bytes of its payload
 * @begins_len: how many those are
 */
struct tally {
	uint64_t bytes;
	struct distinct sources;
	struct distinct spis;
	long long last_at;
	struct key last_source;
	uint8_t begins[TALLY_BEGINS];
	size_t begins_len;
};

/**
 * struct tallies - all of them
 * @seen: the numbers of datagrams
 * @fragmented: how many of those came in fragments
 * @flows: of SPIs that are not known, by a hash
 * @of: the rest, by framing
 */
struct tallies {
	struct seen seen;
	uint64_t fragmented;
	struct flow flows[TALLY_FLOWS];
	struct tally of[FRAMINGS];
};

/**
 * tally_add() - count a datagram
 * @tallies: all 0 at first
 * @datagram: the datagram
 * @framed: what it is
 * @now: milliseconds of the monotonic clock
 */
void tally_add(struct tallies *tallies, const struct datagram *datagram,
	       const struct framed *framed, long long now);

/**
 * tally_end() - what can be told of all of them together
 * @tallies: with all that has come
 */
void tally_end(struct tallies *tallies);

/* Does this framing have SPIs? */
bool tally_has_spis(enum framing framing);

/* Forgets all of it. */
void tally_free(struct tallies *tallies);

#endif /* TALLY_H */
