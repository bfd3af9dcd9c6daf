/* SPDX-License-Identifier: GPL-2.0 */
/* JSON for people. */
#ifndef PRETTY_H
#define PRETTY_H

/* All that is printed between these is JSON, and gets newlines and spaces. */
void pretty_begin(void);
void pretty_end(void);

#endif /* PRETTY_H */
