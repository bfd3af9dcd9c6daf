// SPDX-License-Identifier: GPL-2.0
/* Making and reading counters; counting is in stats.h. */
#include <linux/cpumask.h>
#include <net/netlink.h>
#include "stats.h"

u64 __percpu *espencap_stats_alloc(unsigned int nr, gfp_t gfp)
{
	return __alloc_percpu_gfp(nr * sizeof(u64), sizeof(u64),
				  gfp);
}

u64 espencap_stats_sum(u64 __percpu *stats, enum espencap_stat stat)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(stats, cpu)[stat -
							 ESPENCAP_STAT_FIRST]);
	return sum;
}

static int put_stats(struct sk_buff *msg, u64 __percpu *stats, unsigned int nr)
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

int espencap_stats_put(struct sk_buff *msg, u64 __percpu *stats,
		       unsigned int nr, const atomic_t *drops)
{
	struct nlattr *nest = nla_nest_start(msg, ESPENCAP_A_STATS);

	if (!nest)
		return -EMSGSIZE;
	if (put_stats(msg, stats, nr) || (drops && put_drops(msg, drops))) {
		nla_nest_cancel(msg, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(msg, nest);
	return 0;
}
