// SPDX-License-Identifier: GPL-2.0
/* Standing between what prints JSON and stdout. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>

#include "ctl.h"
#include "output.h"
#include "pretty.h"

#define INDENT	4

/**
 * struct pretty - where in the JSON we are
 * @out: where it goes
 * @depth: how many brackets are open
 * @is_open: the last thing was an opening bracket
 * @in_string: between quotes
 * @is_escaped: behind a backslash
 */
static struct pretty {
	FILE *out;
	int depth;
	bool is_open;
	bool in_string;
	bool is_escaped;
} pretty;

static void new_line(void)
{
	fprintf(pretty.out, "\n%*s", pretty.depth * INDENT, "");
}

static void put_in_string(char c)
{
	putc(c, pretty.out);
	if (pretty.is_escaped)
		pretty.is_escaped = false;
	else if (c == '\\')
		pretty.is_escaped = true;
	else if (c == '"')
		pretty.in_string = false;
}

static void put(char c)
{
	const bool was_open = pretty.is_open;

	if (pretty.in_string) {
		put_in_string(c);
		return;
	}
	if (c == '\n' && pretty.depth)
		return;
	pretty.is_open = c == '{' || c == '[';
	if (c == '}' || c == ']') {
		pretty.depth--;
		if (!was_open)
			new_line();
	} else if (was_open) {
		new_line();
	}
	putc(c, pretty.out);
	if (pretty.is_open)
		pretty.depth++;
	else if (c == ',')
		new_line();
	else if (c == ':')
		putc(' ', pretty.out);
	pretty.in_string = c == '"';
}

static ssize_t take(void *cookie, const char *text, size_t len)
{
	size_t i;

	(void)cookie;
	for (i = 0; i < len; i++)
		put(text[i]);
	/* 0 is an error here */
	return fflush(pretty.out) ? 0 : (ssize_t)len;
}

void pretty_begin(void)
{
	const cookie_io_functions_t functions = { .write = take };

	pretty.out = stdout;
	stdout = fopencookie(NULL, "w", functions);
	if (!stdout) {
		stdout = pretty.out;
		refused("there is no memory to print JSON");
	}
}

void pretty_end(void)
{
	FILE *json = stdout;

	fflush(json);
	check_output();
	stdout = pretty.out;
	fclose(json);
}
