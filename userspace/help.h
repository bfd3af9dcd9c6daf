/* SPDX-License-Identifier: GPL-2.0 */
/* What espencapctl says of itself. */
#ifndef HELP_H
#define HELP_H

/* Prints all of it. */
void help_print(void);

/**
 * help_print_topic() - print what is to be said of one object
 * @word: the object
 */
void help_print_topic(const char *word);

#endif /* HELP_H */
