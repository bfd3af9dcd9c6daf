/* SPDX-License-Identifier: GPL-2.0 */
/* Lists, as text or as one JSON array, and the counters in them. */
#ifndef OUTPUT_H
#define OUTPUT_H

struct nlattr;

/*
 * Before each object of a list, and after the last. Until there is an object,
 * nothing is printed, so that a refusal leaves no half of a list behind. In
 * text, both print nothing.
 */
void list_next(void);
void list_end(void);

/*
 * What belongs to an object goes on in another line, whose words begin with a space
 * each; or, with -o, in the same one, where a backslash stands for the newline.
 */
void line_next(void);

/* Ends the program if stdout could not be written: a full disk, a closed pipe. */
void check_output(void);

/**
 * print_stats() - print counters
 * @stats: an attribute ESPENCAP_A_STATS, or NULL for none
 *
 * As text: one line for each, from line_next() on. As JSON: the member "stats" with a
 * comma before it. With what they mean, if that was asked for: below each, and in
 * the member "explain".
 */
void print_stats(const struct nlattr *stats);

#endif /* OUTPUT_H */
