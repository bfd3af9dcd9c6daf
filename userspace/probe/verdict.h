/* SPDX-License-Identifier: GPL-2.0 */
/* What the datagrams of a port say of its format. No system calls. */
#ifndef VERDICT_H
#define VERDICT_H

#include <stdint.h>

#include "framing.h"

#define VERDICT_TEXT	512

/**
 * struct seen - what has come to a port, in datagrams
 * @of: by what they are
 * @at: those of FRAMING_MISPLACED, by the bytes before the SPI
 * @in_sequence: those of FRAMING_UNKNOWN_ESP and FRAMING_UNKNOWN_NON_IKE that come
 *	just behind another one of the same source and SPI, by their numbers
 * @ike_beside_esp: sources of FRAMING_MARKED_IKE that send FRAMING_ESP, too
 * @not_local: others, for addresses that are not ours
 */
struct seen {
	uint64_t of[FRAMINGS];
	uint64_t at[FRAMING_FARTHEST + 1];
	uint64_t in_sequence;
	uint64_t ike_beside_esp;
	uint64_t not_local;
};

/**
 * verdict() - sum it up
 * @seen: what has come
 * @port: where to, in host byte order
 * @added: the enum espencap_format_id that the port was added with, or 0
 * @text: takes a sentence, of at most VERDICT_TEXT bytes
 *
 * Return: the enum espencap_format_id that fits best, or 0 for none. Of two that fit
 * the same ESP, it is the one that the port has.
 */
uint8_t verdict(const struct seen *seen, uint16_t port, uint8_t added,
		char *text);

#endif /* VERDICT_H */
