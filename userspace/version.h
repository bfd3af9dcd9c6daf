/* SPDX-License-Identifier: GPL-2.0 */
/* The versions of the module and of this tool. */
#ifndef VERSION_H
#define VERSION_H

#include <stddef.h>

/* Enough for a sentence of the kernel's, and one of ours. */
#define VERSION_TEXT	512

/**
 * version_of_module() - which module is loaded?
 *
 * Return: its version, until the next call; NULL if that is not known.
 */
const char *version_of_module(void);

/**
 * version_explain() - say why the module may not understand this tool
 * @error: the errno that the module has answered with
 * @why: what it has said
 * @text: takes @why and the versions, if they differ and @error can come of that
 *
 * Return: @text, or @why where there is nothing to add.
 */
const char *version_explain(int error, const char *why, char text[VERSION_TEXT]);

#endif /* VERSION_H */
