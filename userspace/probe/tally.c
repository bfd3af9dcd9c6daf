// SPDX-License-Identifier: GPL-2.0
/* Counting datagrams by what they are. */
#include <string.h>

#include "tally.h"

#define UDP_HLEN	8u

/* Some packets are lost, or come late. */
#define CLOSE_BY	16u

/*
 * What ESP is not has no numbers that rise packet by packet. Flows that share a
 * place here take it from each other: then it cannot be told of them.
 */
static bool is_in_sequence(struct flow *flows, const struct key *source,
			   const struct framed *framed)
{
	struct flow *flow = &flows[(source->number ^ framed->spi ^
				    framed->spi >> 16) % TALLY_FLOWS];
	const bool is_same = flow->spi == framed->spi &&
			     !compare_keys(&flow->source, source);
	const uint32_t step = framed->seq - flow->seq;

	*flow = (struct flow){
		.source = *source, .spi = framed->spi, .seq = framed->seq,
	};
	return is_same && step && step <= CLOSE_BY;
}

bool tally_has_spis(enum framing framing)
{
	switch (framing) {
	case FRAMING_ESP:
	case FRAMING_NON_IKE:
	case FRAMING_MISPLACED:
	case FRAMING_UNKNOWN_ESP:
	case FRAMING_UNKNOWN_NON_IKE:
		return true;
	default:
		return false;
	}
}

static void keep_begin(struct tally *tally, const struct datagram *datagram,
		       size_t len)
{
	const size_t have = datagram->have - UDP_HLEN;

	if (len > have)
		len = have;
	if (len > TALLY_BEGINS)
		len = TALLY_BEGINS;
	memcpy(tally->begins, datagram->udp + UDP_HLEN, len);
	tally->begins_len = len;
}

void tally_add(struct tallies *tallies, const struct datagram *datagram,
	       const struct framed *framed, long long now)
{
	const struct key source = make_key(&datagram->source,
					   datagram->source_port);
	const struct key sa = make_key(&datagram->destination, framed->spi);
	struct tally *tally = &tallies->of[framed->framing];

	tallies->seen.of[framed->framing]++;
	tallies->fragmented += datagram->is_fragment;
	if (framed->framing == FRAMING_MISPLACED)
		tallies->seen.at[framed->at]++;
	else if (framed->framing == FRAMING_UNKNOWN_ESP ||
		 framed->framing == FRAMING_UNKNOWN_NON_IKE)
		tallies->seen.in_sequence += is_in_sequence(tallies->flows, &source,
							    framed);
	tally->bytes += framed->len;
	tally->last_at = now;
	tally->last_source = source;
	keep_begin(tally, datagram, framed->len);
	distinct_add(&tally->sources, &source);
	if (framed->has_spi)
		distinct_add(&tally->spis, &sa);
}

void tally_end(struct tallies *tallies)
{
	tallies->seen.ike_beside_esp =
		distinct_common(&tallies->of[FRAMING_MARKED_IKE].sources,
				&tallies->of[FRAMING_ESP].sources);
}

void tally_free(struct tallies *tallies)
{
	unsigned int i;

	for (i = 0; i < FRAMINGS; i++) {
		distinct_free(&tallies->of[i].sources);
		distinct_free(&tallies->of[i].spis);
	}
	*tallies = (struct tallies){ 0 };
}
