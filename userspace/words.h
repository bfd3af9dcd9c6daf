/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The words of the command line, as tables: for who runs commands, for who parses what
 * stands behind them, and for who completes either.
 */
#ifndef WORDS_H
#define WORDS_H

#include <stdbool.h>

struct names;

/**
 * enum operand - what stands behind a word
 * @OPERAND_NONE: nothing
 * @OPERAND_TYPED: what nobody knows before: a number, a new address
 * @OPERAND_PRESET: the name of a preset, or any port
 * @OPERAND_PORT: a port that was added
 * @OPERAND_PEER: the address of a peer
 * @OPERAND_ADDED_PEER: of one that was added
 * @OPERAND_REQID: the reqid of a peer, whose address stands before
 * @OPERAND_FILE: a file
 * @OPERAND_NETNS: a network namespace
 */
enum operand {
	OPERAND_NONE,
	OPERAND_TYPED,
	OPERAND_PRESET,
	OPERAND_PORT,
	OPERAND_PEER,
	OPERAND_ADDED_PEER,
	OPERAND_REQID,
	OPERAND_FILE,
	OPERAND_NETNS,
};

/**
 * struct word - one that may stand in a command, once
 * @text: the word
 * @operand: what stands behind it
 * @names: words that can stand for the operand, or NULL
 */
struct word {
	const char *text;
	enum operand operand;
	const struct names *names;
};

/**
 * struct command - an object, or what can be done with one
 * @word: its name
 * @alias: another name, or NULL
 * @verbs: of an object with verbs, those; the last has no word
 * @run: of all others, does it, with the words behind it; argv ends with NULL
 * @operand: what stands behind it first
 * @words: those that may follow; the last has no text. Or NULL
 * @hidden: for programs: it is offered to nobody, and has no help
 */
struct command {
	const char *word;
	const char *alias;
	const struct command *verbs;
	void (*run)(char **argv);
	enum operand operand;
	const struct word *words;
	bool hidden;
};

/* The last has no word. */
extern const struct command objects[];

/**
 * find_command() - look for a command by its name or its alias
 * @commands: where; the last has no word
 * @word: the name
 *
 * Return: the command, or NULL.
 */
const struct command *find_command(const struct command *commands,
				   const char *word);

/**
 * find_word() - look for a word
 * @words: where; the last has no text
 * @text: the word
 *
 * Return: the word, or NULL.
 */
const struct word *find_word(const struct word *words, const char *text);

#endif /* WORDS_H */
