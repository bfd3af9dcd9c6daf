/* SPDX-License-Identifier: GPL-2.0 */
/* Colours, as iproute2 has them. */
#ifndef COLOR_H
#define COLOR_H

struct names;

enum color {
	COLOR_GOOD,	/* what has come, or works */
	COLOR_BAD,	/* what has gone, or was refused */
	COLOR_CHANGED,
	COLOR_PORT,
	COLOR_INET,
	COLOR_INET6,
};

extern const struct names color_names;

/**
 * color_set() - shall there be any?
 * @when: a word of color_names: always; auto, which is if stdout is a terminal, unless
 *	NO_COLOR is in the environment; or never. Any other ends the program
 */
void color_set(const char *when);

/* Around what is printed in a colour. */
void color_begin(enum color color);
void color_end(void);

#endif /* COLOR_H */
