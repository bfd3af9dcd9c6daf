/* SPDX-License-Identifier: GPL-2.0 */
/* What each framing of ESP in UDP looks like: data, and no kernel calls. */
#ifndef _ESPENCAP_FORMAT_H
#define _ESPENCAP_FORMAT_H

#include <linux/types.h>
#include "uapi/espencap.h"

/* A keepalive as a bit: ESPENCAP_KNOWS(EMPTY) */
#define ESPENCAP_KNOWS(keepalive)	(1u << ESPENCAP_KEEPALIVE_##keepalive)

/**
 * struct espencap_format - one framing
 * @esp_marker: zero bytes that stand before ESP, 0 or 8
 * @keepalives: ESPENCAP_KNOWS() bits of those that are swallowed when they arrive
 *
 * The four zero bytes that RFC 3948 puts before IKE need no field: an SPI is
 * never 0, so that what begins with four zero bytes is ESP in no framing that
 * has no marker before ESP.
 */
struct espencap_format {
	__u8 esp_marker;
	__u8 keepalives;
};

/**
 * espencap_format_get() - the framing that belongs to a number
 * @id: an enum espencap_format_id
 *
 * Context: any.
 * Return: the format, or NULL if no format has that number.
 */
const struct espencap_format *espencap_format_get(unsigned int id);

/**
 * espencap_format_id() - the number that belongs to a framing
 * @format: what espencap_format_get() gave
 *
 * Context: any.
 * Return: an enum espencap_format_id.
 */
unsigned int espencap_format_id(const struct espencap_format *format);

#endif /* _ESPENCAP_FORMAT_H */
