/* SPDX-License-Identifier: GPL-2.0 */
/* Lists that become longer. */
#ifndef GROW_H
#define GROW_H

#include <stddef.h>

/**
 * grow() - make room for one more in a list
 * @list: the list, NULL at first; it may move
 * @count: how many there are
 * @room: how many there can be; is raised
 * @size: bytes of one
 *
 * Without memory, the program ends.
 *
 * Return: the list.
 */
void *grow(void *list, size_t count, size_t *room, size_t size);

#endif /* GROW_H */
