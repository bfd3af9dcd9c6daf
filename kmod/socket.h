/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets of programs that let the kernel decapsulate for them. */
#ifndef _ESPENCAP_SOCKET_H
#define _ESPENCAP_SOCKET_H

#include <linux/types.h>

struct in6_addr;
struct net;

/**
 * espencap_socket_has_encap() - does the kernel serve a port itself?
 * @net: network namespace
 * @port: UDP port, in host byte order
 * @local: local address, or NULL for any
 *
 * Context: any.
 * Return: whether any socket on the port that is bound to that address or to
 *	all has UDP_ENCAP set to one of the ESP framings.
 */
bool espencap_socket_has_encap(struct net *net, u16 port,
			       const struct in6_addr *local);

#endif /* _ESPENCAP_SOCKET_H */
