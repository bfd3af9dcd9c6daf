/* SPDX-License-Identifier: GPL-2.0 */
/* What the files of espencapctl share: ends, and the objects. */
#ifndef CTL_H
#define CTL_H

#include "options.h"
#include "words.h"

enum {
	EXIT_USAGE = 1,		/* wrong without asking the kernel */
	EXIT_REFUSED = 2,	/* the kernel or the system refused */
	EXIT_DIFFERS = 3,	/* restore --check: something would change */
	EXIT_WARNINGS = 3,	/* doctor: found what is worth a warning */
	EXIT_ERRORS = 4,	/* doctor: found what is not served */
};

extern const struct command port_verbs[];
extern const struct command peer_verbs[];
extern const struct command preset_verbs[];
extern const struct word probe_words[];

/* Prints what happens, until a signal. */
void monitor(char **argv);

/* Watches a port, and prints what has come. */
void probe(char **argv);

/* Forgets all ports and peers. */
void flush(char **argv);

/* Looks for what is wrong, and says what to do; and what may stand behind it. */
void doctor(char **argv);
extern const struct word doctor_words[];

/* Prints the configuration; and makes it that of a file. */
void save(char **argv);
void restore(char **argv);

/* Prints what can be typed next. */
void complete(char **argv);

/**
 * at_line() - messages are about this line from now on
 * @file: its name, or NULL when they are about none
 * @line: its number, from 1 on
 */
void at_line(const char *file, unsigned int line);

/* Prints "espencapctl: ", the message and a newline to stderr. */
void complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* What was printed is out, or that it could not be is an error; then exits. */
void finish(int status) __attribute__((noreturn));

/* Both complain, and exit. */
void usage_error(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));
void refused(const char *format, ...)
	__attribute__((format(printf, 1, 2), noreturn));

#endif /* CTL_H */
