/* SPDX-License-Identifier: GPL-2.0 */
/* The rules by which authenticated packets make, move and end peers. */
#ifndef _ESPENCAP_LEARN_H
#define _ESPENCAP_LEARN_H

#include <linux/types.h>

struct espencap_net;
struct espencap_peer;
struct espencap_port;
struct espencap_sa;
struct espencap_tag;
struct xfrm_state;

/**
 * espencap_learn() - a genuine packet came in UDP
 * @ns: network namespace
 * @port: our port that it came to
 * @x: its SA, which has an ICV
 * @sa: what was read of it
 * @peer: what espencap_peer_find() says for it
 * @tag: where it came from
 *
 * The peer is made, or moves, unless the packet may be an old one that somebody
 * sends again, or late: it must be the newest of its SA, and its SA not older
 * than the one which the peer was confirmed on last.
 *
 * Context: RCU read side.
 * Return: the peer that the packet is from, or NULL.
 */
struct espencap_peer *espencap_learn(struct espencap_net *ns,
				     struct espencap_port *port,
				     struct xfrm_state *x,
				     const struct espencap_sa *sa,
				     struct espencap_peer *peer,
				     const struct espencap_tag *tag);

/**
 * espencap_unlearn() - a genuine packet came without our UDP
 * @ns: network namespace
 * @x: its SA, which has an ICV
 * @seq: the lower half of its sequence number, or NULL if that is lost
 *
 * If it is newer than all others, then a peer that was learned has no need of
 * UDP any more, or has turned to the kernel's own.
 *
 * Without its number, it can be one that somebody held up. But if nothing has come
 * in UDP between two of them that are a second apart, and the SA's highest number
 * has risen, then what is newest comes without UDP. Without a replay window, there
 * is no such number: the peer neither ends nor moves until there is a newer SA, as
 * any number might be used up.
 *
 * Context: RCU read side.
 */
void espencap_unlearn(struct espencap_net *ns, struct xfrm_state *x,
		      const u32 *seq);

#endif /* _ESPENCAP_LEARN_H */
