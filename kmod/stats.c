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

int espencap_stats_put(struct sk_buff *msg, u64 __percpu *stats,
		       unsigned int nr)
{
	struct nlattr *nest = nla_nest_start(msg, ESPENCAP_A_STATS);
	unsigned int i;

	if (!nest)
		return -EMSGSIZE;
	for (i = ESPENCAP_STAT_FIRST; i < ESPENCAP_STAT_FIRST + nr; i++) {
		if (nla_put_u64_64bit(msg, i, espencap_stats_sum(stats, i),
				      ESPENCAP_STAT_PAD)) {
			nla_nest_cancel(msg, nest);
			return -EMSGSIZE;
		}
	}
	nla_nest_end(msg, nest);
	return 0;
}
