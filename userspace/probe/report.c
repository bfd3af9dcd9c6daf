// SPDX-License-Identifier: GPL-2.0
/* A line for each framing that was seen, and what that says. */
#include <inttypes.h>
#include <stdio.h>

#include "color.h"
#include "ctl.h"
#include "names.h"
#include "output.h"
#include "report.h"

static const struct {
	const char *name;
	const char *text;
} framings[FRAMINGS] = {
	[FRAMING_ESP] = { "esp", "ESP of SAs of this host" },
	[FRAMING_NON_IKE] = {
		"non_ike_esp", "ESP of SAs of this host, behind 8 zero bytes"
	},
	[FRAMING_MISPLACED] = {
		"misplaced_esp", "ESP of SAs of this host, behind other bytes"
	},
	[FRAMING_UNKNOWN_ESP] = {
		"unknown_esp", "like ESP, but of no SA of this host"
	},
	[FRAMING_UNKNOWN_NON_IKE] = {
		"unknown_non_ike_esp",
		"like ESP behind 8 zero bytes, but of no SA of this host"
	},
	[FRAMING_IKE] = { "ike", "IKE" },
	[FRAMING_MARKED_IKE] = { "marked_ike", "IKE behind 4 zero bytes" },
	[FRAMING_EMPTY] = { "keepalive_empty", "empty keepalives" },
	[FRAMING_FF] = { "keepalive_ff", "keepalives FF" },
	[FRAMING_00000000FF] = {
		"keepalive_00000000ff", "keepalives 00000000FF"
	},
	[FRAMING_OTHER] = { "other", "other" },
	[FRAMING_MALFORMED] = { "malformed", "malformed" },
};

static long long seconds(long long from, long long to)
{
	return (to - from) / 1000;
}

static void print_begins(const struct tally *tally)
{
	size_t i;

	for (i = 0; i < tally->begins_len; i++)
		printf("%02x", tally->begins[i]);
}

static void print_distinct_text(const struct distinct *set, const char *what)
{
	printf(", %s%zu %s%s", set->is_more ? "at least " : "", set->count,
	       what, set->count == 1 && !set->is_more ? "" : "s");
}

static void print_framing_text(const struct probe *probe, enum framing framing)
{
	const struct tally *tally = &probe->tallies.of[framing];
	char source[ENDPOINT_TEXT];

	if (!probe->tallies.seen.of[framing])
		return;
	line_next();
	printf(" %" PRIu64 " %s: %" PRIu64 " bytes",
	       probe->tallies.seen.of[framing], framings[framing].text,
	       tally->bytes);
	if (tally_has_spis(framing))
		print_distinct_text(&tally->spis, "SPI");
	print_distinct_text(&tally->sources, "source");
	printf(", last seen %lld s before the end from %s",
	       seconds(tally->last_at, probe->ended_at),
	       endpoint_text(&tally->last_source.address,
			     (uint16_t)tally->last_source.number, source));
	if (!options.details || !tally->begins_len)
		return;
	line_next();
	fputs("     begins with ", stdout);
	print_begins(tally);
}

static void print_count_text(uint64_t count, const char *of)
{
	if (!count)
		return;
	line_next();
	printf(" %" PRIu64 " %s", count, of);
}

static void print_text(const struct probe *probe, uint8_t format,
		       const char *says)
{
	const uint64_t total = probe_total(probe);
	unsigned int i;

	fputs("port ", stdout);
	color_begin(COLOR_PORT);
	printf("%u", probe->port);
	color_end();
	printf(": %" PRIu64 " datagram%s in %lld s", total,
	       total == 1 ? "" : "s",
	       seconds(probe->began_at, probe->ended_at));
	for (i = 0; i < FRAMINGS; i++)
		print_framing_text(probe, i);
	print_count_text(probe->tallies.fragmented, "of them in fragments");
	print_count_text(probe->tallies.seen.not_local,
			 "more for addresses that this host does not have");
	print_count_text(probe->lost,
			 "packets, at most, came too fast to be counted");
	line_next();
	putchar(' ');
	color_begin(format ? COLOR_GOOD : COLOR_CHANGED);
	fputs(says, stdout);
	color_end();
	putchar('\n');
}

static void print_distinct_json(const struct distinct *set, const char *what)
{
	printf(",\"%s\":%zu,\"more_%s\":%s", what, set->count, what,
	       set->is_more ? "true" : "false");
}

static void print_offsets_json(const struct seen *seen)
{
	const char *separator = "";
	unsigned int at;

	fputs(",\"behind\":{", stdout);
	for (at = 0; at <= FRAMING_FARTHEST; at++) {
		if (!seen->at[at])
			continue;
		printf("%s\"%u\":%" PRIu64, separator, at, seen->at[at]);
		separator = ",";
	}
	putchar('}');
}

static void print_last_json(const struct probe *probe,
			    const struct tally *tally)
{
	char address[INET6_ADDRSTRLEN];

	if (!tally->last_source.address.family) {
		fputs(",\"last_seen\":null,\"last_source\":null", stdout);
		return;
	}
	printf(",\"last_seen\":%lld,\"last_source\":{\"address\":\"%s\",\"port\":%" PRIu32 "}",
	       seconds(tally->last_at, probe->ended_at),
	       address_text(&tally->last_source.address, address),
	       tally->last_source.number);
}

static void print_framing_json(const struct probe *probe, enum framing framing)
{
	const struct tally *tally = &probe->tallies.of[framing];

	printf("\"%s\":{\"datagrams\":%" PRIu64 ",\"bytes\":%" PRIu64,
	       framings[framing].name, probe->tallies.seen.of[framing],
	       tally->bytes);
	if (tally_has_spis(framing))
		print_distinct_json(&tally->spis, "spis");
	print_distinct_json(&tally->sources, "sources");
	if (framing == FRAMING_MISPLACED)
		print_offsets_json(&probe->tallies.seen);
	print_last_json(probe, tally);
	if (options.details) {
		fputs(",\"begins\":\"", stdout);
		print_begins(tally);
		putchar('"');
	}
	putchar('}');
}

static void print_json(const struct probe *probe, uint8_t format,
		       const char *says)
{
	const char *separator = "";
	unsigned int i;

	printf("{\"port\":%u,\"seconds\":%lld,\"datagrams\":%" PRIu64
	       ",\"fragmented\":%" PRIu64 ",\"in_sequence\":%" PRIu64
	       ",\"not_local\":%" PRIu64 ",\"lost\":%" PRIu64 ",\"framings\":{",
	       probe->port, seconds(probe->began_at, probe->ended_at),
	       probe_total(probe), probe->tallies.fragmented,
	       probe->tallies.seen.in_sequence, probe->tallies.seen.not_local,
	       probe->lost);
	for (i = 0; i < FRAMINGS; i++) {
		fputs(separator, stdout);
		print_framing_json(probe, i);
		separator = ",";
	}
	fputs("},\"format\":", stdout);
	if (format)
		printf("\"%s\"", name_of(&format_names, format));
	else
		fputs("null", stdout);
	printf(",\"verdict\":\"%s\"}", says);
}

uint64_t probe_total(const struct probe *probe)
{
	uint64_t total = 0;
	unsigned int i;

	for (i = 0; i < FRAMINGS; i++)
		total += probe->tallies.seen.of[i];
	return total;
}

void probe_report(const struct probe *probe)
{
	char says[VERDICT_TEXT];
	const uint8_t format = verdict(&probe->tallies.seen, probe->port,
				       probe->added, says);

	list_next();
	if (options.json)
		print_json(probe, format, says);
	else
		print_text(probe, format, says);
	list_end();
}
