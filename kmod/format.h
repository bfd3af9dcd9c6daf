/* SPDX-License-Identifier: GPL-2.0 */
/* What each framing of ESP in UDP looks like: data, and no kernel calls. */
#ifndef _ESPENCAP_FORMAT_H
#define _ESPENCAP_FORMAT_H

#include <linux/types.h>

/* The keepalives that a receiver can know, as bits. */
#define ESPENCAP_KEEPALIVE_EMPTY	0x1	/* no payload at all */
#define ESPENCAP_KEEPALIVE_FF		0x2	/* FF */
#define ESPENCAP_KEEPALIVE_00000000FF	0x4	/* 00 00 00 00 FF */

/**
 * struct espencap_format - one framing
 * @esp_marker: zero bytes that stand before ESP, 0 or 8
 * @keepalives: ESPENCAP_KEEPALIVE_* that are swallowed when they arrive
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
