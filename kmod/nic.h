/* SPDX-License-Identifier: GPL-2.0 */
/* SAs whose ESP a NIC makes and sends by itself: "offload packet". */
#ifndef _ESPENCAP_NIC_H
#define _ESPENCAP_NIC_H

struct espencap_net;
struct xfrm_state;

/*
 * Packets of such an SA never are ESP as long as Linux has them, so that no UDP
 * header can be put before it. All that can be done is to say so, when such an SA
 * and a peer that has it come together.
 */

/**
 * espencap_nic_sa() - an SA has been made, or is there already
 * @ns: network namespace
 * @x: the SA, of any kind
 *
 * Context: any, but not when the namespace goes.
 */
void espencap_nic_sa(struct espencap_net *ns, const struct xfrm_state *x);

/**
 * espencap_nic_check() - look at the SAs of all peers that are new
 * @ns: network namespace
 *
 * Context: process.
 */
void espencap_nic_check(struct espencap_net *ns);

#endif /* _ESPENCAP_NIC_H */
