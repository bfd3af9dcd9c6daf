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
 * espencap_offload_prepare() - before a packet is encrypted
 * @skb: a packet at LOCAL_OUT that has an xfrm_offload()
 * @headroom: bytes that will be needed before its IP header
 *
 * Context: softirq or BH disabled.
 * Return: 0; -EOPNOTSUPP if its SA has a template; -ENOMEM.
 */
int espencap_offload_prepare(struct sk_buff *skb, unsigned int headroom);

/**
 * espencap_offload_encrypt() - have XFRM finish a packet now
 * @skb: a packet that was prepared, and is not GSO
 *
 * Context: softirq or BH disabled; RCU read side.
 * Return: the packet, which is ESP now; or NULL if it is somebody else's: it comes to
 * LOCAL_OUT as ESP when the crypto has ended; or an error, with the packet still the
 * caller's, and only fit to be dropped: -EBUSY if XFRM cannot do it now, -ENOMEM.
 */
struct sk_buff *espencap_offload_encrypt(struct sk_buff *skb);

/**
 * espencap_offload_segments() - have XFRM make packets of a large one, and finish them
 * @skb: a packet that was prepared, and is GSO; stays the caller's
 * @lost: is set to how many of its packets had to be dropped
 *
 * Context: softirq or BH disabled; RCU read side.
 * Return: a list of packets that are ESP now, NULL if there is none: those whose crypto
 * ends later come to LOCAL_OUT; or -ENOMEM.
 */
struct sk_buff *espencap_offload_segments(struct sk_buff *skb,
					  unsigned int *lost);

/**
 * espencap_offload_send() - to LOCAL_OUT once more
 * @skb: what has become of a packet, with its dst
 *
 * Context: softirq or BH disabled; RCU read side.
 */
void espencap_offload_send(struct sk_buff *skb);

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
