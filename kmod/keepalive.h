/* SPDX-License-Identifier: GPL-2.0 */
/* Keepalives for NATs on the way to a peer. */
#ifndef _ESPENCAP_KEEPALIVE_H
#define _ESPENCAP_KEEPALIVE_H

struct espencap_path;
struct espencap_peer;
struct net;

/**
 * espencap_keepalive_send() - send one (RFC 3948, section 4)
 * @net: network namespace
 * @peer: to whom; the source address is that of its SA, if there was any yet
 * @path: how it is reached; its port says which bytes
 *
 * Context: RCU read side.
 * Return: 0, -ENOMEM, or the error of routing.
 */
int espencap_keepalive_send(struct net *net, struct espencap_peer *peer,
			    const struct espencap_path *path);

#endif /* _ESPENCAP_KEEPALIVE_H */
