/* SPDX-License-Identifier: GPL-2.0 */
/* Going through all SAs. */
#ifndef _ESPENCAP_WALK_H
#define _ESPENCAP_WALK_H

struct espencap_net;
struct xfrm_state;

/**
 * espencap_walk() - look at all ESP SAs of a namespace
 * @ns: network namespace
 * @look_at: is called for each, with XFRM's lock held and within RCU
 *
 * SAs that are made meanwhile may be left out.
 *
 * Context: process.
 */
void espencap_walk(struct espencap_net *ns,
		   void (*look_at)(struct espencap_net *ns,
				   const struct xfrm_state *x));

#endif /* _ESPENCAP_WALK_H */
