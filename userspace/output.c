// SPDX-License-Identifier: GPL-2.0
/* Printing lists and counters. */
#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "espencap.h"
#include "output.h"

static const char * const stat_names[] = {
	[ESPENCAP_STAT_RX_PACKETS] = "rx_packets",
	[ESPENCAP_STAT_RX_BYTES] = "rx_bytes",
	[ESPENCAP_STAT_TX_PACKETS] = "tx_packets",
	[ESPENCAP_STAT_TX_BYTES] = "tx_bytes",
	[ESPENCAP_STAT_TX_UNENCRYPTED] = "tx_unencrypted",
	[ESPENCAP_STAT_TX_TOO_BIG] = "tx_too_big",
	[ESPENCAP_STAT_TX_NO_ROUTE] = "tx_no_route",
	[ESPENCAP_STAT_TX_NO_MEMORY] = "tx_no_memory",
	[ESPENCAP_STAT_RX_KEEPALIVES] = "rx_keepalives",
	[ESPENCAP_STAT_RX_NOT_ESP] = "rx_not_esp",
	[ESPENCAP_STAT_RX_UNKNOWN_SPI] = "rx_unknown_spi",
	[ESPENCAP_STAT_RX_ENCAP_SA] = "rx_encap_sa",
	[ESPENCAP_STAT_RX_MALFORMED] = "rx_malformed",
	[ESPENCAP_STAT_RX_NOT_UNICAST] = "rx_not_unicast",
	[ESPENCAP_STAT_RX_NO_MEMORY] = "rx_no_memory",
	[ESPENCAP_STAT_PEERS_LEARNED] = "peers_learned",
	[ESPENCAP_STAT_PEERS_MOVED] = "peers_moved",
	[ESPENCAP_STAT_PEERS_EXPIRED] = "peers_expired",
	[ESPENCAP_STAT_REFUSED_FULL] = "refused_full",
	[ESPENCAP_STAT_REFUSED_AMBIGUOUS] = "refused_ambiguous",
	[ESPENCAP_STAT_REFUSED_UNSAFE] = "refused_unsafe",
	[ESPENCAP_STAT_REFUSED_NO_MEMORY] = "refused_no_memory",
	[ESPENCAP_STAT_KEEPALIVES_SENT] = "keepalives_sent",
	[ESPENCAP_STAT_TOO_BIG_BELIEVED] = "too_big_believed",
	[ESPENCAP_STAT_TOO_BIG_REFUSED] = "too_big_refused",
	[ESPENCAP_STAT_SAS_OFFLOADED] = "sas_offloaded",
};

#define NR_STATS	(sizeof(stat_names) / sizeof(stat_names[0]))

static bool begun;

void list_next(void)
{
	if (options.json)
		fputs(begun ? ",\n" : "[", stdout);
	begun = true;
}

void list_end(void)
{
	if (options.json)
		fputs(begun ? "]\n" : "[]\n", stdout);
	begun = false;
}

void line_next(void)
{
	fputs(options.oneline ? "\\   " : "\n   ", stdout);
}

void check_output(void)
{
	if (ferror(stdout))
		refused("the output could not be written: %s", strerror(errno));
}

static void print_name(unsigned int stat)
{
	if (stat < NR_STATS && stat_names[stat])
		fputs(stat_names[stat], stdout);
	else
		printf("unknown_%u", stat);
}

static void print_text(unsigned int stat, uint64_t value)
{
	line_next();
	putchar(' ');
	print_name(stat);
	printf(" %" PRIu64, value);
}

static void print_json(unsigned int stat, uint64_t value, bool is_first)
{
	fputs(is_first ? "\"" : ",\"", stdout);
	print_name(stat);
	printf("\":%" PRIu64, value);
}

void print_stats(const struct nlattr *stats)
{
	bool is_first = true;
	struct nlattr *attr;

	if (!options.stats || !stats)
		return;
	if (options.json)
		fputs(",\"stats\":{", stdout);
	mnl_attr_for_each_nested(attr, stats) {
		const unsigned int stat = mnl_attr_get_type(attr);

		if (stat < ESPENCAP_STAT_RX_PACKETS ||
		    mnl_attr_validate(attr, MNL_TYPE_U64) < 0)
			continue;
		if (options.json)
			print_json(stat, mnl_attr_get_u64(attr), is_first);
		else
			print_text(stat, mnl_attr_get_u64(attr));
		is_first = false;
	}
	if (options.json)
		putchar('}');
}
