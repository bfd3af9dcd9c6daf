/* SPDX-License-Identifier: GPL-2.0 */
/* What is done from time to time: keepalives, and peers whose SAs have gone. */
#ifndef _ESPENCAP_UPKEEP_H
#define _ESPENCAP_UPKEEP_H

struct espencap_net;

/**
 * espencap_upkeep_start() - there may be something to be done from now on
 * @ns: network namespace
 *
 * It ends by itself when there is nothing any more.
 *
 * Context: RCU read side, or espencap_net.lock held.
 */
void espencap_upkeep_start(struct espencap_net *ns);

/**
 * espencap_upkeep_init() - make it possible to start
 * @ns: network namespace
 *
 * Context: process.
 */
void espencap_upkeep_init(struct espencap_net *ns);

/**
 * espencap_upkeep_stop() - start no more
 * @ns: network namespace
 *
 * Context: any.
 */
void espencap_upkeep_stop(struct espencap_net *ns);

/**
 * espencap_upkeep_exit() - wait for its end
 * @ns: network namespace, for which it was stopped a grace period ago
 *
 * Context: process.
 */
void espencap_upkeep_exit(struct espencap_net *ns);

#endif /* _ESPENCAP_UPKEEP_H */
