/* SPDX-License-Identifier: GPL-2.0 */
/* ESP that is left to be encrypted after netfilter. */
#ifndef _ESPENCAP_OFFLOAD_H
#define _ESPENCAP_OFFLOAD_H

#include <linux/types.h>

struct sk_buff;

/*
 * An SA without a template that is made while esp4_offload or esp6_offload is
 * loaded, be there a NIC for it or not, hands placeholders to LOCAL_OUT: an ESP
 * header and plaintext, perhaps so much that it becomes many packets. XFRM finishes
 * them when they are handed to a device, at places counted from the headers that
 * they have had; so a UDP header can only come after that.
 */

/**
 * espencap_offload_has_template() - will XFRM write a UDP header of its own?
 * @skb: a packet at LOCAL_OUT that has an xfrm_offload()
 *
 * Context: any.
 * Return: whether its SA has a template, and an offload, which newer kernels allow.
 */
bool espencap_offload_has_template(const struct sk_buff *skb);

/**
 * espencap_offload_encrypt() - have XFRM finish a packet now
 * @skb: a packet at LOCAL_OUT that has an xfrm_offload()
 * @headroom: bytes that will be needed before its IP header
 * @lost: how many packets of it had to be dropped
 *
 * Context: process with BH enabled, or softirq; RCU read side.
 * Return: the packet, which is ESP now; or NULL if it is somebody else's: what
 * becomes of it comes to LOCAL_OUT as ESP, now or when the crypto has ended; or
 * an error, with the packet still the caller's, and only fit to be dropped:
 * -EOPNOTSUPP if its SA has a template, -EBUSY if XFRM cannot do it now, -ENOMEM.
 */
struct sk_buff *espencap_offload_encrypt(struct sk_buff *skb,
					 unsigned int headroom,
					 unsigned int *lost);

/**
 * espencap_offload_init() - make what packets are encrypted for
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int espencap_offload_init(void);

/**
 * espencap_offload_exit() - wait for the crypto to end, and undo the above
 *
 * Context: process, when no packet can be handed in any more.
 */
void espencap_offload_exit(void);

#endif /* _ESPENCAP_OFFLOAD_H */
