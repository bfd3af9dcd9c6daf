// SPDX-License-Identifier: GPL-2.0
/* The tool's command line: words with a line feed behind each. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tool.h"

#define MAX_WORDS	24

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* These open files and namespaces, or replace stdout for good. */
static int is_left_out(const char *word)
{
	return *word == '-' && word[1] != 'j' && word[1] != 's' && word[1] != 'd' &&
	       word[1] != 'o' && word[1] != 't' && strncmp(word, "--", 2);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char * const left_out[] = {
		"--netns", "--batch", "--pretty", "restore",
	};
	char *argv[MAX_WORDS + 2] = { "espencapctl" }, *text, *word, *rest;
	unsigned int argc = 1, i;

	text = malloc(size + 1);
	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = 0;
	for (rest = text; (word = strsep(&rest, "\n")) && argc <= MAX_WORDS;) {
		for (i = 0; i < sizeof(left_out) / sizeof(left_out[0]); i++)
			if (!strncmp(word, left_out[i], strlen(left_out[i])))
				goto out;
		if (is_left_out(word))
			goto out;
		argv[argc++] = word;
	}
	argv[argc] = NULL;
	tool_run(argc, argv);
out:
	free(text);
	return 0;
}
