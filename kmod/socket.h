/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets of programs that let the kernel decapsulate for them. */
#ifndef _ESPENCAP_SOCKET_H
#define _ESPENCAP_SOCKET_H

#include <linux/types.h>

struct in6_addr;
struct net;

/**
 * espencap_socket_is_on() - does the kernel serve a port itself?
 * @net: network namespace
 * @port: UDP port, in host byte order
 *
 * Context: any; it looks at all sockets of the port.
 * Return: whether any socket on the port has UDP_ENCAP set to one of the ESP framings.
 */
bool espencap_socket_is_on(struct net *net, u16 port);

/**
 * espencap_socket_takes() - does the kernel serve a port and address itself?
 * @net: network namespace
 * @port: UDP port, in host byte order
 * @local: local address
 *
 * Context: RCU read side.
 * Return: whether any such socket is bound to that address or to all.
 */
bool espencap_socket_takes(struct net *net, u16 port,
			   const struct in6_addr *local);

#endif /* _ESPENCAP_SOCKET_H */
