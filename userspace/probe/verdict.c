// SPDX-License-Identifier: GPL-2.0
/* One sentence, and a format. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "espencap.h"
#include "names.h"
#include "verdict.h"

static uint64_t sum(const struct seen *seen, enum framing first,
		    enum framing last)
{
	uint64_t total = 0;
	unsigned int i;

	for (i = first; i <= last; i++)
		total += seen->of[i];
	return total;
}

/*
 * Anybody can send something like IKE: it is a peer's if it comes from where ESP comes
 * from, or if it is more than a few, and a part of all that is worth to be named.
 */
#define FEW_IKE		3
#define ESP_PER_IKE	1000

static bool has_marked_ike(const struct seen *seen)
{
	const uint64_t ike = seen->of[FRAMING_MARKED_IKE];

	return seen->ike_beside_esp ||
	       (ike > FEW_IKE && ike >= seen->of[FRAMING_ESP] / ESP_PER_IKE);
}

/*
 * bare and rfc3948 have the same ESP and differ in the keepalives that they
 * swallow; IKE on the same port is what RFC 3948 has its marker for. Which of both it
 * is, a port that was added with one of them knows better.
 */
static uint8_t format_of(const struct seen *seen, uint8_t added)
{
	if (seen->of[FRAMING_NON_IKE] > seen->of[FRAMING_ESP])
		return ESPENCAP_FORMAT_NON_IKE;
	if (added == ESPENCAP_FORMAT_BARE || added == ESPENCAP_FORMAT_RFC3948)
		return added;
	return has_marked_ike(seen) ? ESPENCAP_FORMAT_RFC3948 :
				      ESPENCAP_FORMAT_BARE;
}

static const char *looks(const struct seen *seen, bool is_non_ike)
{
	if (is_non_ike)
		return " behind 8 zero bytes";
	return has_marked_ike(seen) ? ", and IKE stands behind 4 zero bytes" : "";
}

static void to_do(uint8_t format, uint16_t port, uint8_t added, char *text,
		  size_t size)
{
	if (!added)
		snprintf(text, size, ": espencapctl port add %u format %s",
			 port, name_of(&format_names, format));
	else if (added == format)
		snprintf(text, size, ", and the port has it");
	else
		snprintf(text, size, ", but the port was added with format %s",
			 name_of(&format_names, added));
}

static uint8_t fits(const struct seen *seen, uint64_t total, uint16_t port,
		    uint8_t added, char *text)
{
	const uint64_t esp = seen->of[FRAMING_ESP];
	const uint64_t non_ike = seen->of[FRAMING_NON_IKE];
	const uint8_t format = format_of(seen, added);
	char but[128] = "", then[128];

	if (esp && non_ike)
		snprintf(but, sizeof(but),
			 ", another %" PRIu64 " are not, and a port has one format",
			 esp < non_ike ? esp : non_ike);
	to_do(format, port, added, then, sizeof(then));
	snprintf(text, VERDICT_TEXT,
		 "format %s fits: %" PRIu64 " of %" PRIu64
		 " datagrams are ESP of SAs of this host%s%s%s",
		 name_of(&format_names, format), esp > non_ike ? esp : non_ike,
		 total, looks(seen, format == ESPENCAP_FORMAT_NON_IKE), but, then);
	return format;
}

static void misplaced(const struct seen *seen, uint64_t total, char *text)
{
	unsigned int i, at = 0;

	for (i = 1; i <= FRAMING_FARTHEST; i++)
		if (seen->at[i] > seen->at[at])
			at = i;
	snprintf(text, VERDICT_TEXT,
		 "no format fits: in %" PRIu64 " of %" PRIu64
		 " datagrams the SPI of an SA of this host stands behind %u bytes",
		 seen->at[at], total, at);
}

static void unknown(const struct seen *seen, uint64_t total, char *text)
{
	const uint64_t esp = seen->of[FRAMING_UNKNOWN_ESP];
	const uint64_t non_ike = seen->of[FRAMING_UNKNOWN_NON_IKE];

	snprintf(text, VERDICT_TEXT,
		 "%" PRIu64 " of %" PRIu64 " datagrams %s%s, and %" PRIu64
		 " of them follow%s another one in sequence, but no SA of this host has their SPIs",
		 esp + non_ike, total,
		 seen->in_sequence ? "look like ESP" : "could be ESP",
		 non_ike > esp ? looks(seen, true) : "",
		 seen->in_sequence, seen->in_sequence == 1 ? "s" : "");
}

static void nothing(const struct seen *seen, uint16_t port, char *text)
{
	if (seen->not_local)
		snprintf(text, VERDICT_TEXT,
			 "nothing has arrived for an address of this host, but %" PRIu64
			 " datagrams for others",
			 seen->not_local);
	else
		snprintf(text, VERDICT_TEXT,
			 "nothing has arrived: no datagram for port %u has come as far as to the firewall of this host",
			 port);
}

/* The most of what is no proof of anything. */
static void guess(const struct seen *seen, uint64_t total, char *text)
{
	const uint64_t esp = sum(seen, FRAMING_UNKNOWN_ESP,
				 FRAMING_UNKNOWN_NON_IKE);
	const uint64_t ike = sum(seen, FRAMING_IKE, FRAMING_MARKED_IKE);
	const uint64_t keepalives = sum(seen, FRAMING_EMPTY,
					FRAMING_00000000FF);
	const uint64_t other = total - esp - ike - keepalives;

	if (esp >= ike && esp >= keepalives && esp >= other)
		unknown(seen, total, text);
	else if (ike >= keepalives && ike >= other)
		snprintf(text, VERDICT_TEXT,
			 "no ESP of an SA of this host has arrived, but IKE%s in %"
			 PRIu64 " of %" PRIu64 " datagrams",
			 seen->of[FRAMING_MARKED_IKE] ?
			 ", with the marker of RFC 3948," : "",
			 ike, total);
	else if (keepalives >= other)
		snprintf(text, VERDICT_TEXT,
			 "no ESP of an SA of this host has arrived, but keepalives in %"
			 PRIu64 " of %" PRIu64 " datagrams",
			 keepalives, total);
	else
		snprintf(text, VERDICT_TEXT,
			 "%" PRIu64 " of %" PRIu64
			 " datagrams are neither ESP, nor IKE, nor keepalives: the port seems to be something else's",
			 other, total);
}

uint8_t verdict(const struct seen *seen, uint16_t port, uint8_t added,
		char *text)
{
	const uint64_t total = sum(seen, 0, FRAMINGS - 1);

	if (sum(seen, FRAMING_ESP, FRAMING_NON_IKE))
		return fits(seen, total, port, added, text);
	if (!total)
		nothing(seen, port, text);
	else if (seen->of[FRAMING_MISPLACED])
		misplaced(seen, total, text);
	else if (seen->in_sequence)
		unknown(seen, total, text);
	else
		guess(seen, total, text);
	return 0;
}
