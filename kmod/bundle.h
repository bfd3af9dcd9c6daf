/* SPDX-License-Identifier: GPL-2.0 */
/* Several packets in a row that take the way out as one. */
#ifndef _ESPENCAP_BUNDLE_H
#define _ESPENCAP_BUNDLE_H

struct sk_buff;

/*
 * What TCP hands over in one piece leaves XFRM as some forty packets, of which each
 * would go through netfilter, routing and the qdisc. So they go in one piece again, in
 * the form that GRO gives to the datagrams of a flow that is forwarded (SKB_GSO_FRAGLIST):
 * a list of packets, each with its own headers before it. The kernel takes it apart as
 * late as the device demands.
 */

/**
 * espencap_bundle() - let a packet take those with it that follow it
 * @head: the first one: UDP that needs nothing more to be sent
 * @rest: list of those that follow, of one length but for the last: ESP of the same
 *	SA. The ones that were taken are not in it afterwards.
 * @hlen: bytes of each one's IP header
 * @added: bytes that @head has got behind it: UDP header and marker
 * @bytes: the bytes of the taken ones, IP headers and all, are added to it
 *
 * Context: softirq or BH disabled.
 * Return: how many were taken; perhaps none, as those that have to be fragmented.
 */
unsigned int espencap_bundle(struct sk_buff *head, struct sk_buff **rest,
			     unsigned int hlen, unsigned int added,
			     unsigned int *bytes);

/**
 * espencap_bundle_init() - find out how the kernel takes bundles apart
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int espencap_bundle_init(void);

#endif /* _ESPENCAP_BUNDLE_H */
