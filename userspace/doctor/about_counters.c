// SPDX-License-Identifier: GPL-2.0
/* doctor: counters of the ports that grow, and should not. */
#include <inttypes.h>

#include "counters.h"
#include "doctor.h"

/* What each means and what to do is said where all counters are explained. */
static struct ill {
	enum espencap_stat stat;
	struct finding finding;
} ills[] = {
	{ ESPENCAP_STAT_RX_UNKNOWN_SPI, { "rx-unknown-spi", NULL, NULL } },
	{ ESPENCAP_STAT_RX_MALFORMED, { "rx-malformed", NULL, NULL } },
	{ ESPENCAP_STAT_TX_UNENCRYPTED, { "tx-unencrypted", NULL, NULL } },
	{ ESPENCAP_STAT_TX_NO_ROUTE, { "tx-no-route", NULL, NULL } },
	{ ESPENCAP_STAT_REFUSED_FULL, { "refused-full", NULL, NULL } },
	{ ESPENCAP_STAT_REFUSED_AMBIGUOUS, { "refused-ambiguous", NULL, NULL } },
	{ ESPENCAP_STAT_REFUSED_UNSAFE, { "refused-unsafe", NULL, NULL } },
};

static void compare(struct ill *ill, const struct patient_port *old,
		    const struct patient_port *new)
{
	if (!old || new->stats[ill->stat] <= old->stats[ill->stat])
		return;
	ill->finding.text = counter_of(ill->stat)->meaning;
	ill->finding.advice = counter_of(ill->stat)->action;
	found(&ill->finding, WARNING, "port %u: %" PRIu64 " more",
	      new->config.number, new->stats[ill->stat] - old->stats[ill->stat]);
}

void doctor_counters(const struct patient_ports *before,
		     const struct patient_ports *after)
{
	size_t i, k;

	for (i = 0; i < sizeof(ills) / sizeof(ills[0]); i++)
		for (k = 0; k < after->count; k++)
			compare(&ills[i],
				patient_port(before,
					     after->list[k].config.number),
				&after->list[k]);
}
