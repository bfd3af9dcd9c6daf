/* SPDX-License-Identifier: GPL-2.0 */
/* What probe prints at its end. */
#ifndef REPORT_H
#define REPORT_H

#include "tally.h"

/**
 * struct probe - a port that was watched
 * @port: it, in host byte order
 * @added: the enum espencap_format_id that it was added with, or 0
 * @tallies: what has come
 * @began_at: milliseconds of the monotonic clock
 * @ended_at: the same
 * @lost: packets that came too fast to be counted
 */
struct probe {
	uint16_t port;
	uint8_t added;
	struct tallies tallies;
	long long began_at;
	long long ended_at;
	uint64_t lost;
};

/**
 * probe_total() - how many datagrams have come
 * @probe: the port
 *
 * Return: their number.
 */
uint64_t probe_total(const struct probe *probe);

/* As text, or as JSON, one object of a list. */
void probe_report(const struct probe *probe);

#endif /* REPORT_H */
