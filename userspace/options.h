/* SPDX-License-Identifier: GPL-2.0 */
/* What can stand anywhere in a command line, and begins with a dash. */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>

#include "words.h"

/**
 * struct options - what was given
 * @json: print JSON
 * @pretty: with newlines and spaces
 * @oneline: one line an object
 * @stats: with counters
 * @explain: and with what they mean
 * @details: with all settings
 * @time: with the time
 * @check: restore: change nothing
 * @sync: restore: change only what differs
 * @learned: save: the learned peers, too
 * @batch: the file to take commands from, or NULL
 */
struct options {
	bool json;
	bool pretty;
	bool oneline;
	bool stats;
	bool explain;
	bool details;
	bool time;
	bool check;
	bool sync;
	bool learned;
	const char *batch;
};

extern struct options options;

/**
 * struct option - one that can be given
 * @letter: its short form, or NULL
 * @name: its long form, which stands behind one dash or two
 * @flag: what it sets, or NULL
 * @take: of all others, takes the word behind it or behind "=", NULL if there is none
 * @operand: what the word behind it is
 * @values: what may stand behind "=", or NULL if nothing may
 * @object: the only object that it is for, or NULL
 */
struct option {
	const char *letter;
	const char *name;
	bool *flag;
	void (*take)(const char *word);
	enum operand operand;
	const struct names *values;
	const char *object;
};

/* The last has no name. */
extern const struct option option_table[];

/**
 * find_option() - look for an option
 * @arg: as it is typed
 *
 * Return: the option, or NULL.
 */
const struct option *find_option(const char *arg);

/**
 * options_take() - take the options out of a command line
 * @argv: what was typed, ending with NULL; the words are left. Behind "--" all are words
 */
void options_take(char **argv);

/**
 * options_check() - are all that were given for this object?
 * @object: the object, or NULL
 *
 * If not, the program ends.
 */
void options_check(const char *object);

#endif /* OPTIONS_H */
