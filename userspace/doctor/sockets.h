/* SPDX-License-Identifier: GPL-2.0 */
/* Who has a socket? */
#ifndef SOCKETS_H
#define SOCKETS_H

#include <stddef.h>
#include <stdint.h>

/**
 * sockets_owners() - the programs that have UDP sockets on a port
 * @port: UDP port, in host byte order
 * @text: takes them: "charon (812), socat (4711)"; empty, if none can be seen
 * @size: its room
 */
void sockets_owners(uint16_t port, char *text, size_t size);

#endif /* SOCKETS_H */
