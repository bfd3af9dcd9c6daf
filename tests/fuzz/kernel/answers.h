/* SPDX-License-Identifier: GPL-2.0 */
/* What the module answers, and whether it may. */
#ifndef FUZZ_ANSWERS_H
#define FUZZ_ANSWERS_H

#include <stdio.h>

#include "requests.h"

/* As many different errors are told apart. */
#define ERRORS_MAX	134

/* How often a request ended with each error, and how many messages told more. */
extern unsigned long long errors_seen[ERRORS_MAX], messages_seen;

/**
 * struct asked - the requests of a datagram that wait for answers
 * @datagram: it
 * @walked: what the kernel finds in it
 * @nr: how many
 * @ends: how many ends each one has got
 * @last_ports: the last one that each one's list of ports has had
 * @refused_all: none of them may have been done: whoever asks has no right to
 */
struct asked {
	const struct datagram *datagram;
	struct walked walked[WALKED_MAX];
	unsigned int nr;
	unsigned int ends[WALKED_MAX];
	unsigned int last_ports[WALKED_MAX];
	bool refused_all;
};

void asked_begin(struct asked *asked, const struct datagram *datagram, bool refused_all);

/* What has come from the family's socket. Does not return if it is wrong. */
void answers_judge(struct asked *asked, const uint8_t *bytes, size_t len);

/* Nothing more has come: does not return if something must have. */
void asked_end(const struct asked *asked);

/* An event, or what else nobody has asked for. */
void event_judge(const uint8_t *bytes, size_t len, uint16_t family);

#endif /* FUZZ_ANSWERS_H */
