/* SPDX-License-Identifier: GPL-2.0 */
/* The seam with XFRM: before it looks for the SA, and after it has judged. */
#ifndef _ESPENCAP_CONFIRM_H
#define _ESPENCAP_CONFIRM_H

/**
 * espencap_confirm_init() - begin to see what XFRM receives
 *
 * Context: process.
 * Return: 0 or an error.
 */
int espencap_confirm_init(void);

/**
 * espencap_confirm_exit() - end what espencap_confirm_init() began
 *
 * Context: process. No callback runs any more when it returns.
 */
void espencap_confirm_exit(void);

#endif /* _ESPENCAP_CONFIRM_H */
