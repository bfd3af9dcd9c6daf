/* SPDX-License-Identifier: GPL-2.0 */
/* What the module counts, for people. */
#ifndef COUNTERS_H
#define COUNTERS_H

/**
 * struct counter - one of enum espencap_stat
 * @name: what it is called
 * @meaning: a sentence: what is counted
 * @action: a sentence: what to do where it grows and should not
 */
struct counter {
	const char *name;
	const char *meaning;
	const char *action;
};

/**
 * counter_of() - the name and the meaning of a counter
 * @stat: an enum espencap_stat
 *
 * Return: the counter; one that only a newer module knows is called unknown_N, and is
 * valid until the next call.
 */
const struct counter *counter_of(unsigned int stat);

#endif /* COUNTERS_H */
