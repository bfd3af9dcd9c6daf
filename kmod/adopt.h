/* SPDX-License-Identifier: GPL-2.0 */
/* Learned peers that came from another gateway, and their SAs here. */
#ifndef _ESPENCAP_ADOPT_H
#define _ESPENCAP_ADOPT_H

struct espencap_net;
struct espencap_peer;

/**
 * espencap_adopt_anew() - an adopted peer's SA has gone; it may have another
 * @ns: network namespace
 * @peer: the peer; nothing happens if it was confirmed here
 *
 * Context: RCU read side.
 */
void espencap_adopt_anew(struct espencap_net *ns, struct espencap_peer *peer);

/**
 * espencap_adopt() - find the SAs of learned peers that nothing has confirmed yet
 * @ns: network namespace
 *
 * A peer that was taken over stays as long as it has an SA, like those that were
 * learned here. Which SA it is used on, only its next packet tells.
 *
 * Context: process.
 */
void espencap_adopt(struct espencap_net *ns);

#endif /* _ESPENCAP_ADOPT_H */
