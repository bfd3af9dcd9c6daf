// SPDX-License-Identifier: GPL-2.0
/* From files to words. */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "lines.h"

/* More than any line can use. */
#define MAX_WORDS	32
#define MAX_LINE	4096

static void check_end(const char *text)
{
	const size_t len = strlen(text);

	if (!len || text[len - 1] != '\n')
		usage_error("this line does not end, is longer than %u bytes, or has a zero byte in it",
			    MAX_LINE - 2);
}

/* Into words, of which the last is NULL; a comment ends them. */
static void split(char *text, char **words)
{
	unsigned int count = 0;
	char *word, *end;

	for (word = strtok_r(text, " \t\r\n", &end); word && *word != '#';
	     word = strtok_r(NULL, " \t\r\n", &end)) {
		if (count == MAX_WORDS)
			usage_error("\"%s\" is one word too many", word);
		words[count++] = word;
	}
	words[count] = NULL;
}

/* Editors of other systems mark with it that a file is UTF-8. */
static char *behind_mark(char *text)
{
	static const char mark[] = "\xef\xbb\xbf";
	const size_t len = strlen(mark);

	return strncmp(text, mark, len) ? text : text + len;
}

const char *lines_read(const char *name,
		       void (*take)(char **words, unsigned int line,
				    void *context),
		       void *context)
{
	char text[MAX_LINE], *words[MAX_WORDS + 1];
	const bool is_stdin = !strcmp(name, "-");
	FILE *file = is_stdin ? stdin : fopen(name, "r");
	unsigned int line = 0;

	if (!file)
		usage_error("\"%s\" could not be opened: %s", name,
			    strerror(errno));
	name = is_stdin ? "stdin" : name;
	while (fgets(text, sizeof(text), file)) {
		at_line(name, ++line);
		check_end(text);
		split(line == 1 ? behind_mark(text) : text, words);
		if (words[0])
			take(words, line, context);
	}
	at_line(NULL, 0);
	if (!feof(file))
		usage_error("%s could not be read: %s", name, strerror(errno));
	if (!line)
		usage_error("%s is empty: nothing was done", name);
	if (!is_stdin)
		fclose(file);
	return name;
}
