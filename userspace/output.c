// SPDX-License-Identifier: GPL-2.0
/* Printing lists and counters. */
#include <errno.h>
#include <inttypes.h>
#include <libmnl/libmnl.h>
#include <stdio.h>
#include <string.h>

#include "counters.h"
#include "ctl.h"
#include "espencap.h"
#include "output.h"

/* Where an explanation stands, and where its lines end. */
#define INDENT	8
#define WIDTH	80

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

/* Words in lines, below the counter that they are about. */
static void print_paragraph(const char *text)
{
	int column = WIDTH, len;

	for (; *text; text += len + (text[len] == ' ')) {
		len = (int)strcspn(text, " ");
		if (column + 1 + len > WIDTH) {
			line_next();
			column = INDENT - 1;
			printf("%*s", INDENT - 4, "");
		}
		printf(" %.*s", len, text);
		/* a line has no end there */
		if (!options.oneline)
			column += 1 + len;
	}
}

static void print_stat(const struct counter *counter, uint64_t value)
{
	line_next();
	printf(" %s %" PRIu64, counter->name, value);
	if (options.explain) {
		print_paragraph(counter->meaning);
		print_paragraph(counter->action);
	}
}

static bool is_stat(const struct nlattr *attr)
{
	return mnl_attr_get_type(attr) >= ESPENCAP_STAT_RX_PACKETS &&
	       mnl_attr_validate(attr, MNL_TYPE_U64) >= 0;
}

static void print_stats_json(const struct nlattr *stats)
{
	const char *separator = "";
	struct nlattr *attr;

	fputs(",\"stats\":{", stdout);
	mnl_attr_for_each_nested(attr, stats) {
		if (!is_stat(attr))
			continue;
		printf("%s\"%s\":%" PRIu64, separator,
		       counter_of(mnl_attr_get_type(attr))->name,
		       mnl_attr_get_u64(attr));
		separator = ",";
	}
	putchar('}');
}

static void print_explanations_json(const struct nlattr *stats)
{
	const struct counter *counter;
	const char *separator = "";
	struct nlattr *attr;

	fputs(",\"explain\":{", stdout);
	mnl_attr_for_each_nested(attr, stats) {
		if (!is_stat(attr))
			continue;
		counter = counter_of(mnl_attr_get_type(attr));
		printf("%s\"%s\":{\"meaning\":\"%s\",\"action\":\"%s\"}",
		       separator, counter->name, counter->meaning,
		       counter->action);
		separator = ",";
	}
	putchar('}');
}

void print_stats(const struct nlattr *stats)
{
	struct nlattr *attr;

	if (!options.stats || !stats)
		return;
	if (options.json) {
		print_stats_json(stats);
		if (options.explain)
			print_explanations_json(stats);
		return;
	}
	mnl_attr_for_each_nested(attr, stats)
		if (is_stat(attr))
			print_stat(counter_of(mnl_attr_get_type(attr)),
				   mnl_attr_get_u64(attr));
}
