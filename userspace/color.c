// SPDX-License-Identifier: GPL-2.0
/* Printing in colours. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "color.h"
#include "ctl.h"

/* ECMA-48, select graphic rendition */
static const char * const codes[] = {
	[COLOR_GOOD] = "\033[32m",
	[COLOR_BAD] = "\033[31m",
	[COLOR_CHANGED] = "\033[33m",
	[COLOR_PORT] = "\033[36m",
	[COLOR_INET] = "\033[35m",
	[COLOR_INET6] = "\033[34m",
};

static bool is_on;

void color_set(const char *when)
{
	const char *no_color = getenv("NO_COLOR");

	if (!strcmp(when, "auto"))
		is_on = isatty(STDOUT_FILENO) && !(no_color && *no_color);
	else if (!strcmp(when, "always") || !strcmp(when, "never"))
		is_on = !strcmp(when, "always");
	else
		usage_error("\"%s\" is no way to have colours: always, auto or never",
			    when);
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
