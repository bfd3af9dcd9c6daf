/* SPDX-License-Identifier: GPL-2.0 */
/* Which mark finds an SA that selects by one. */
#ifndef _ESPENCAP_MARKS_H
#define _ESPENCAP_MARKS_H

#include <linux/in6.h>
#include "netns.h"

/*
 * XFRM finds such an SA only for the mark that a packet will have, or has had:
 * a VTI sets it after LOCAL_IN, and output-mark replaces it before LOCAL_OUT.
 * So the marks of the few SAs that have one are kept, as XFRM announces them.
 */

/**
 * espencap_marks_find() - the mark of an SA
 * @ns: network namespace
 * @daddr: its destination address
 * @spi: SPI, in network byte order
 * @mark: is set
 *
 * Context: RCU read side.
 * Return: whether it has one.
 */
bool espencap_marks_find(struct espencap_net *ns, const struct in6_addr *daddr,
			 __be32 spi, u32 *mark);

/**
 * espencap_marks_collect() - take in SAs that are older than this module
 * @ns: network namespace
 *
 * Context: process.
 */
void espencap_marks_collect(struct espencap_net *ns);

/**
 * espencap_marks_unwanted() - there is no port any more to look for SAs
 * @ns: network namespace
 *
 * What was taken in goes with the next espencap_marks_clean().
 *
 * Context: any.
 */
void espencap_marks_unwanted(struct espencap_net *ns);

/**
 * espencap_marks_are_missed() - are there some that were not taken in, and can be?
 * @ns: network namespace
 *
 * Context: any.
 * Return: whether espencap_marks_clean() has to look for them.
 */
bool espencap_marks_are_missed(const struct espencap_net *ns);

/**
 * espencap_marks_clean() - forget those whose SA has gone unannounced, and take in
 * those for which there was no memory or no place
 * @ns: network namespace
 *
 * Context: process.
 */
void espencap_marks_clean(struct espencap_net *ns);

/**
 * espencap_marks_init() - make a namespace's empty table
 * @ns: network namespace
 *
 * Context: process.
 * Return: 0 or -ENOMEM.
 */
int espencap_marks_init(struct espencap_net *ns);

/**
 * espencap_marks_destroy() - free a namespace's table
 * @ns: network namespace
 *
 * Context: process, no reader left.
 */
void espencap_marks_destroy(struct espencap_net *ns);

/**
 * espencap_marks_register() - begin to listen to XFRM
 *
 * Context: process.
 */
void espencap_marks_register(void);

/**
 * espencap_marks_unregister() - end what espencap_marks_register() began
 *
 * Context: process.
 */
void espencap_marks_unregister(void);

#endif /* _ESPENCAP_MARKS_H */
