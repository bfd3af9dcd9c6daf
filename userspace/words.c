// SPDX-License-Identifier: GPL-2.0
/* Looking for words in tables. */
#include <stddef.h>
#include <string.h>

#include "words.h"

const struct command *find_command(const struct command *commands,
				   const char *word)
{
	for (; commands->word; commands++)
		if (!strcmp(commands->word, word) ||
		    (commands->alias && !strcmp(commands->alias, word)))
			return commands;
	return NULL;
}

const struct word *find_word(const struct word *words, const char *text)
{
	for (; words->text; words++)
		if (!strcmp(words->text, text))
			return words;
	return NULL;
}
