/* SPDX-License-Identifier: GPL-2.0 */
/* A file in the place of stdout: all of it, or what it was. */
#ifndef FILE_H
#define FILE_H

/**
 * file_begin() - what is printed from now on shall be a file
 * @name: its name, until file_end()
 *
 * If there is one already, it stays until then, and its mode later on, too. An error ends
 * the program.
 */
void file_begin(const char *name);

/* It is; stdout is what it was. An error ends the program, and leaves the file alone. */
void file_end(void);

#endif /* FILE_H */
