/* SPDX-License-Identifier: GPL-2.0 */
/* Sockets of programs that let the kernel decapsulate for them. */
#ifndef _ESPENCAP_SOCKET_H
#define _ESPENCAP_SOCKET_H

#include <linux/types.h>

struct net;

/**
 * espencap_socket_has_encap() - does the kernel serve a port itself?
 * @net: network namespace
 * @port: UDP port, in host byte order
 *
 * Context: process or softirq.
 * Return: whether any socket on the port, on any local address and of either
 *	family, has UDP_ENCAP set to one of the ESP framings.
 */
bool espencap_socket_has_encap(struct net *net, u16 port);

#endif /* _ESPENCAP_SOCKET_H */
