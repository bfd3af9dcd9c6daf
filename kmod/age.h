/* SPDX-License-Identifier: GPL-2.0 */
/* Moments in half the memory, for what is kept of each peer. */
#ifndef _ESPENCAP_AGE_H
#define _ESPENCAP_AGE_H

#include <linux/jiffies.h>
#include <linux/types.h>

/**
 * espencap_now() - this moment, to be kept
 *
 * Context: any.
 * Return: the lower half of jiffies.
 */
static inline u32 espencap_now(void)
{
	return (u32)jiffies;
}

/**
 * espencap_age() - how long ago was it?
 * @moment: from espencap_now()
 *
 * After 2^32 jiffies, which are 49 days at least, it begins anew: what is very old can
 * look young for a moment, and whoever asks must be able to bear that.
 *
 * Context: any.
 * Return: jiffies since then.
 */
static inline u32 espencap_age(u32 moment)
{
	return espencap_now() - moment;
}

#endif /* _ESPENCAP_AGE_H */
