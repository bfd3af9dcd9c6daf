// SPDX-License-Identifier: GPL-2.0
/* Making and reading counters; counting is in stats.h. */
#include <linux/cpumask.h>
#include <linux/math64.h>
#include <linux/overflow.h>
#include <net/netlink.h>
#include "stats.h"

struct espencap_stats __percpu *espencap_stats_alloc(unsigned int nr, gfp_t gfp)
{
	struct espencap_stats __percpu *stats;

	return __alloc_percpu_gfp(struct_size(stats, counts, nr),
				  __alignof__(*stats), gfp);
}

u64 espencap_stats_sum(const struct espencap_stats __percpu *stats,
		       enum espencap_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats, cpu)->counts[stat -
							ESPENCAP_STAT_FIRST]);
	return sum;
}

/* The later one on any CPU. */
static u32 later(u32 a, u32 b)
{
	return !a || (b && (s32)(b - a) > 0) ? b : a;
}

static int put_last(struct sk_buff *msg, int type, u32 moment)
{
	const u64 since = (u64)(espencap_seen_now() - moment) <<
			  ESPENCAP_SEEN_SHIFT;

	return nla_put_u32(msg, type,
			   moment ? div_u64(since, HZ) : ESPENCAP_NEVER);
}

static int put_seen(struct sk_buff *msg,
		    const struct espencap_stats __percpu *stats)
{
	struct espencap_seen last = { 0 };
	int cpu;

	for_each_possible_cpu(cpu) {
		const struct espencap_seen *seen =
			&per_cpu_ptr(stats, cpu)->seen;

		last.rx = later(last.rx, READ_ONCE(seen->rx));
		last.tx = later(last.tx, READ_ONCE(seen->tx));
	}
	return put_last(msg, ESPENCAP_A_LAST_RX, last.rx) ?:
	       put_last(msg, ESPENCAP_A_LAST_TX, last.tx);
}

static int put_counts(struct sk_buff *msg,
		      const struct espencap_stats __percpu *stats,
		      unsigned int nr)
{
	unsigned int i;

	for (i = ESPENCAP_STAT_FIRST; i < ESPENCAP_STAT_FIRST + nr; i++) {
		if (nla_put_u64_64bit(msg, i, espencap_stats_sum(stats, i),
				      ESPENCAP_STAT_PAD))
			return -EMSGSIZE;
	}
	return 0;
}

static int put_drops(struct sk_buff *msg, const atomic_t *drops)
{
	unsigned int i;

	for (i = 0; i < ESPENCAP_DROPS_PEER; i++) {
		if (nla_put_u64_64bit(msg, ESPENCAP_DROPS_FIRST + i,
				      (u32)atomic_read(&drops[i]),
				      ESPENCAP_STAT_PAD))
			return -EMSGSIZE;
	}
	return 0;
}

int espencap_stats_put(struct sk_buff *msg,
		       const struct espencap_stats __percpu *stats,
		       unsigned int nr, const atomic_t *drops)
{
	struct nlattr *nest;

	if (put_seen(msg, stats))
		return -EMSGSIZE;
	nest = nla_nest_start(msg, ESPENCAP_A_STATS);
	if (!nest)
		return -EMSGSIZE;
	if (put_counts(msg, stats, nr) || (drops && put_drops(msg, drops))) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}
