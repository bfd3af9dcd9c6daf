/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Per-CPU counters of ports and peers, named by enum espencap_stat, and when the
 * last packets passed.
 */
#ifndef _ESPENCAP_STATS_H
#define _ESPENCAP_STATS_H

#include <linux/atomic.h>
#include <linux/gfp.h>
#include <linux/jiffies.h>
#include <linux/percpu.h>
#include <linux/types.h>
#include "uapi/espencap.h"

#define ESPENCAP_STAT_FIRST	ESPENCAP_STAT_RX_PACKETS
/* A peer has the first of them: what it takes in memory is taken per CPU. */
#define ESPENCAP_STATS_PEER	(ESPENCAP_STAT_TX_BYTES + 1 - ESPENCAP_STAT_FIRST)
#define ESPENCAP_STATS_PORT	(ESPENCAP_STAT_MAX + 1 - ESPENCAP_STAT_FIRST)
/* What follows these, a peer has once for all CPUs: nobody is in a hurry to drop. */
#define ESPENCAP_DROPS_FIRST	ESPENCAP_STAT_TX_UNENCRYPTED
#define ESPENCAP_DROPS_PEER	(ESPENCAP_STAT_TX_NO_MEMORY + 1 - ESPENCAP_DROPS_FIRST)

/*
 * Moments are counted in 2^8 jiffies, about a second with Debian's 250 of them in one,
 * so that 32 bits do not begin anew within a gateway's life. 0 is never.
 */
#define ESPENCAP_SEEN_SHIFT	8

/**
 * struct espencap_seen - when packets have passed, on one CPU
 * @rx: when the last one came
 * @tx: when the last one was sent
 */
struct espencap_seen {
	u32 rx;
	u32 tx;
};

/**
 * struct espencap_stats - what one CPU keeps of a port or a peer
 * @seen: when packets have passed
 * @counts: ESPENCAP_STATS_PEER or ESPENCAP_STATS_PORT counters
 */
struct espencap_stats {
	struct espencap_seen seen;
	u64 counts[];
};

/* No counter: the end of a packet that somebody else has now. */
#define ESPENCAP_GONE		((enum espencap_stat)__ESPENCAP_STAT_MAX)

struct sk_buff;

/**
 * espencap_stats_alloc() - make a set of counters, all 0, that has seen no packet
 * @nr: ESPENCAP_STATS_PEER or ESPENCAP_STATS_PORT
 * @gfp: how to allocate
 *
 * Context: any that @gfp allows.
 * Return: the counters, for free_percpu(), or NULL.
 */
struct espencap_stats __percpu *espencap_stats_alloc(unsigned int nr,
						     gfp_t gfp);

/**
 * espencap_stats_sum() - read one counter
 * @stats: the counters
 * @stat: which
 *
 * Where an unsigned long has 32 bits, a counter that wraps its lower half at
 * this very moment can be read wrongly once.
 *
 * Context: any.
 * Return: its sum over all CPUs.
 */
u64 espencap_stats_sum(const struct espencap_stats __percpu *stats,
		       enum espencap_stat stat);

/**
 * espencap_stats_put() - write a set of counters as ESPENCAP_A_STATS, and how long
 *	ago packets have passed as ESPENCAP_A_LAST_RX and ESPENCAP_A_LAST_TX
 * @msg: netlink message to write to
 * @stats: the counters
 * @nr: how many
 * @drops: those of a peer that follow them, or NULL
 *
 * Context: any.
 * Return: 0, or -EMSGSIZE.
 */
int espencap_stats_put(struct sk_buff *msg,
		       const struct espencap_stats __percpu *stats,
		       unsigned int nr, const atomic_t *drops);

static inline void espencap_stats_add(struct espencap_stats __percpu *stats,
				      enum espencap_stat stat, unsigned int n)
{
	this_cpu_add(stats->counts[stat - ESPENCAP_STAT_FIRST], n);
}

static inline u32 espencap_seen_now(void)
{
	const u64 now = get_jiffies_64();

	return now >> ESPENCAP_SEEN_SHIFT;
}

/* A packet has come, or was sent, at a moment from espencap_seen_now(). */
static inline void espencap_stats_rx(struct espencap_stats __percpu *stats,
				     u32 now)
{
	this_cpu_write(stats->seen.rx, now);
}

static inline void espencap_stats_tx(struct espencap_stats __percpu *stats,
				     u32 now)
{
	this_cpu_write(stats->seen.tx, now);
}

#endif /* _ESPENCAP_STATS_H */
