// SPDX-License-Identifier: GPL-2.0
/* The table of options. */
#include <stdio.h>
#include <string.h>

#include "color.h"
#include "ctl.h"
#include "help.h"
#include "netns.h"
#include "options.h"

#ifndef ESPENCAP_VERSION
#define ESPENCAP_VERSION "unknown"
#endif

struct options options;

static void take_batch(const char *word)
{
	options.batch = word;
}

static void take_pretty(const char *word)
{
	(void)word;
	options.json = true;
	options.pretty = true;
}

static void take_color(const char *word)
{
	color_set(word ? word : "always");
}

static void print_version(const char *word)
{
	(void)word;
	puts("espencapctl " ESPENCAP_VERSION);
	finish(0);
}

static void print_help(const char *word)
{
	(void)word;
	help_print();
	finish(0);
}

const struct option option_table[] = {
	{ "-j", "json", .flag = &options.json },
	{ "-p", "pretty", .take = take_pretty },
	{ "-o", "oneline", .flag = &options.oneline },
	{ "-c", "color", .take = take_color, .values = &color_names },
	{ "-s", "statistics", .flag = &options.stats },
	{ NULL, "explain", .flag = &options.explain },
	{ "-d", "details", .flag = &options.details },
	{ "-t", "timestamp", .flag = &options.time },
	{ "-n", "netns", .take = netns_enter, .operand = OPERAND_NETNS },
	{ "-b", "batch", .take = take_batch, .operand = OPERAND_FILE },
	{ "-V", "version", .take = print_version },
	{ "-h", "help", .take = print_help },
	{ NULL, "check", .flag = &options.check, .object = "restore" },
	{ NULL, "sync", .flag = &options.sync, .object = "restore" },
	{ NULL, "learned", .flag = &options.learned, .object = "save" },
	{ NULL, NULL, .flag = NULL }
};

/* Behind a word there may be a value. */
static bool is_word(const char *word, const char *arg, bool has_value)
{
	const size_t len = strlen(word);

	return !strncmp(word, arg, len) &&
	       (!arg[len] || (has_value && arg[len] == '='));
}

const struct option *find_option(const char *arg)
{
	const char *name = arg + 1 + (arg[1] == '-');
	const struct option *option;

	for (option = option_table; option->name; option++)
		if ((option->letter &&
		     is_word(option->letter, arg, option->values)) ||
		    is_word(option->name, name, option->values))
			return option;
	return NULL;
}

/* Returns how many words are taken behind it. */
static int take(const struct option *option, char **argv)
{
	const int taken = option->operand != OPERAND_NONE;
	const char *value = option->values ? strchr(argv[0], '=') : NULL;

	if (taken && !argv[1])
		usage_error("the word behind \"%s\" is missing", argv[0]);
	if (option->flag)
		*option->flag = true;
	else
		option->take(taken ? argv[1] : value ? value + 1 : NULL);
	return taken;
}

void options_take(char **argv)
{
	bool only_words = false;
	char **words = argv;

	for (; *argv; argv++) {
		const struct option *option;

		if (only_words || **argv != '-' || !strcmp(*argv, "-")) {
			*words++ = *argv;
			continue;
		}
		if (!strcmp(*argv, "--")) {
			only_words = true;
			continue;
		}
		option = find_option(*argv);
		if (!option)
			usage_error("\"%s\" is no option: see espencapctl help",
				    *argv);
		argv += take(option, argv);
	}
	*words = NULL;
	if (options.explain && !options.stats)
		usage_error("--explain tells what the counters of -s mean: -s is missing");
}

void options_check(const char *object)
{
	const struct option *option;

	for (option = option_table; option->name; option++)
		if (option->object && *option->flag &&
		    (!object || strcmp(object, option->object)))
			usage_error("--%s is for %s", option->name,
				    option->object);
}
