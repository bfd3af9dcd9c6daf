// SPDX-License-Identifier: GPL-2.0
/* Collecting what doctor has found, and printing it. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "color.h"
#include "ctl.h"
#include "findings.h"
#include "grow.h"
#include "output.h"

/* So many of those that are ill in the same way are named without -d. */
#define NAMED	3

/**
 * struct found - what was found of one kind
 * @finding: the kind
 * @severity: of the worst
 * @count: how many are ill
 * @names: those that are to be named
 * @named: how many
 * @room: how many there can be
 */
struct found {
	const struct finding *finding;
	enum severity severity;
	size_t count;
	char **names;
	size_t named;
	size_t room;
};

static struct found *list;
static size_t count, room;

static const char * const severity_words[] = {
	[NOTE] = "note",
	[WARNING] = "warning",
	[ERROR] = "error",
};

static const enum color severity_colors[] = {
	[NOTE] = COLOR_GOOD,
	[WARNING] = COLOR_CHANGED,
	[ERROR] = COLOR_BAD,
};

static struct found *of_kind(const struct finding *finding)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i].finding == finding)
			return &list[i];
	list = grow(list, count, &room, sizeof(*list));
	list[count] = (struct found){ .finding = finding };
	return &list[count++];
}

static char *printable(char *text)
{
	char *c;

	if (!text)
		refused("there is no memory for what was found");
	for (c = text; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	return text;
}

void found(const struct finding *finding, enum severity severity,
	   const char *format, ...)
{
	struct found *found = of_kind(finding);
	va_list args;
	char *name;

	found->count++;
	if (severity > found->severity)
		found->severity = severity;
	if (found->named == NAMED && !options.details)
		return;
	va_start(args, format);
	if (vasprintf(&name, format, args) < 0)
		name = NULL;
	va_end(args);
	found->names = grow(found->names, found->named, &found->room,
			    sizeof(name));
	found->names[found->named++] = printable(name);
}

static void print_string(const char *text)
{
	putchar('"');
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			putchar('\\');
		putchar(*text);
	}
	putchar('"');
}

static void print_json(const struct found *found)
{
	size_t i;

	printf("{\"id\":\"%s\",\"severity\":\"%s\",\"about\":[",
	       found->finding->id, severity_words[found->severity]);
	for (i = 0; i < found->named; i++) {
		if (i)
			putchar(',');
		print_string(found->names[i]);
	}
	printf("],\"count\":%zu,\"text\":", found->count);
	print_string(found->finding->text);
	fputs(",\"do\":", stdout);
	print_string(found->finding->advice);
	putchar('}');
}

static void print_text(const struct found *found)
{
	size_t i;

	color_begin(severity_colors[found->severity]);
	fputs(severity_words[found->severity], stdout);
	color_end();
	printf(" %s: %s", found->finding->id, found->finding->text);
	for (i = 0; i < found->named; i++) {
		line_next();
		printf(" %s", found->names[i]);
	}
	if (found->count > found->named) {
		line_next();
		printf(" and %zu more, which -d names",
		       found->count - found->named);
	}
	line_next();
	printf(" do: %s\n", found->finding->advice);
}

void findings_print(void)
{
	int severity;
	size_t i;

	for (severity = ERROR; severity >= NOTE; severity--) {
		for (i = 0; i < count; i++) {
			if ((int)list[i].severity != severity)
				continue;
			list_next();
			if (options.json)
				print_json(&list[i]);
			else
				print_text(&list[i]);
		}
	}
	list_end();
}

int findings_status(void)
{
	enum severity worst = NOTE;
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i].severity > worst)
			worst = list[i].severity;
	return worst == ERROR ? EXIT_ERRORS :
	       worst == WARNING ? EXIT_WARNINGS : 0;
}

void findings_free(void)
{
	size_t i, k;

	for (i = 0; i < count; i++) {
		for (k = 0; k < list[i].named; k++)
			free(list[i].names[k]);
		free(list[i].names);
	}
	free(list);
	list = NULL;
	count = 0;
	room = 0;
}
