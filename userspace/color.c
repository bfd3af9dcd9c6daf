// SPDX-License-Identifier: GPL-2.0
/* Printing in colours. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "color.h"
#include "ctl.h"
#include "names.h"

/* ECMA-48, select graphic rendition */
static const char * const codes[] = {
	[COLOR_GOOD] = "\033[32m",
	[COLOR_BAD] = "\033[31m",
	[COLOR_CHANGED] = "\033[33m",
	[COLOR_PORT] = "\033[36m",
	[COLOR_INET] = "\033[35m",
	[COLOR_INET6] = "\033[34m",
};

enum { ALWAYS = 1, AUTO, NEVER };

static const char * const when_words[] = {
	[ALWAYS] = "always",
	[AUTO] = "auto",
	[NEVER] = "never",
};

const struct names color_names = {
	when_words, sizeof(when_words) / sizeof(when_words[0])
};

static bool is_on;

void color_set(const char *when)
{
	const char *no_color = getenv("NO_COLOR");

	switch (number_of(&color_names, when)) {
	case ALWAYS:
		is_on = true;
		break;
	case AUTO:
		is_on = isatty(STDOUT_FILENO) && !(no_color && *no_color);
		break;
	case NEVER:
		is_on = false;
		break;
	default:
		usage_error("\"%s\" is no way to have colours: always, auto or never",
			    when);
	}
}

void color_begin(enum color color)
{
	if (is_on && !options.json)
		fputs(codes[color], stdout);
}

void color_end(void)
{
	if (is_on && !options.json)
		fputs("\033[0m", stdout);
}
