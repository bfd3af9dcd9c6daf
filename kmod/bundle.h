/* SPDX-License-Identifier: GPL-2.0 */
/* Several packets in a row that take the way out as one. */
#ifndef _ESPENCAP_BUNDLE_H
#define _ESPENCAP_BUNDLE_H

struct espencap_path;
struct sk_buff;

/*
 * What TCP hands over in one piece leaves XFRM as some forty packets, of which each
 * would go through netfilter, routing and the qdisc. So they go in one piece again, in
 * the form that GRO gives to the datagrams of a flow that is forwarded (SKB_GSO_FRAGLIST):
 * a list of packets, each with its own headers before it. The kernel takes it apart as
 * late as the device demands. What it carries over from the first to the others then is
 * addresses and ports.
 */

/* Bytes that each has before it, more than it needs: for a tunnel that tc chooses. */
#define ESPENCAP_BUNDLE_SPARE	128

/**
 * espencap_bundle() - let a packet take those with it that follow it
 * @head: the first one: UDP that needs nothing more to be sent
 * @rest: list of those that follow: ESP of the same SA, with the same route before ours
 *	was looked for. The ones that were taken are not in it afterwards.
 * @path: @head's
 * @hlen: bytes of each one's IP header
 * @added: bytes that @head has got behind it: UDP header and marker
 * @bytes: the bytes of the taken ones, IP headers and all, are added to it
 *
 * They have to be as long as @head; a shorter one is the last.
 *
 * Context: softirq or BH disabled; RCU read side.
 * Return: how many were taken; perhaps none, as where they have to be fragmented.
 */
unsigned int espencap_bundle(struct sk_buff *head, struct sk_buff **rest,
			     const struct espencap_path *path,
			     unsigned int hlen, unsigned int added,
			     unsigned int *bytes);

/**
 * espencap_bundle_init() - try how the kernel takes bundles apart: no header tells
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int espencap_bundle_init(void);

#endif /* _ESPENCAP_BUNDLE_H */
