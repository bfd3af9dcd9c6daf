/* SPDX-License-Identifier: GPL-2.0 */
/* Files of commands, one a line. */
#ifndef LINES_H
#define LINES_H

/**
 * lines_read() - take a file apart into lines and words
 * @name: the file's name, or "-" for stdin
 * @take: called for each line with words in it, which end with NULL and last until it
 *	returns; messages are about that line then
 * @context: passed to it
 *
 * A word that begins with # begins a comment. Whatever is wrong with the file ends the
 * program: a line that does not end may be half of another one (279 of 2797), and
 * a file without any line is the output of what has failed.
 *
 * Return: what the file is called in messages.
 */
const char *lines_read(const char *name,
		       void (*take)(char **words, unsigned int line,
				    void *context),
		       void *context);

#endif /* LINES_H */
