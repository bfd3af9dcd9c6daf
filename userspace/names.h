/* SPDX-License-Identifier: GPL-2.0 */
/* The words for the numbers of the contract, kmod/uapi/espencap.h. */
#ifndef NAMES_H
#define NAMES_H

#include <stddef.h>
#include <stdint.h>

/**
 * struct names - the words for one enumeration
 * @words: by number; NULL where there is none
 * @count: how long @words is
 */
struct names {
	const char * const *words;
	size_t count;
};

extern const struct names format_names;
extern const struct names learn_names;
extern const struct names keepalive_names;
extern const struct names origin_names;
extern const struct names event_names;
extern const struct names reason_names;

/**
 * name_of() - the word for a number
 * @names: its enumeration
 * @number: the number
 *
 * Return: the word; for a number that only a newer module knows, unknown-N,
 * which is valid until the next call.
 */
const char *name_of(const struct names *names, uint8_t number);

/**
 * number_of() - the number for a word
 * @names: its enumeration
 * @word: the word
 *
 * Return: the number, or 0 if there is none.
 */
uint8_t number_of(const struct names *names, const char *word);

#endif /* NAMES_H */
