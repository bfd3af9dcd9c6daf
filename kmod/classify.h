/* SPDX-License-Identifier: GPL-2.0 */
/* Is this datagram ESP, a keepalive, or somebody else's? No kernel calls. */
#ifndef _ESPENCAP_CLASSIFY_H
#define _ESPENCAP_CLASSIFY_H

#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <stdbool.h>
#include <string.h>
#ifndef __always_inline
#define __always_inline inline
#endif
#endif
#include <linux/types.h>
#include "format.h"

#define ESPENCAP_UDP_HLEN	8u
#define ESPENCAP_ESP_HLEN	8u	/* SPI and sequence number */
#define ESPENCAP_MARKER_MAX	8u

/* As many bytes from the UDP header on as any decision needs. */
#define ESPENCAP_PEEK	(ESPENCAP_UDP_HLEN + ESPENCAP_MARKER_MAX + \
			 ESPENCAP_ESP_HLEN)

/**
 * enum espencap_class - what a datagram is by its looks
 * @ESPENCAP_CLASS_MALFORMED: no receiver may take it
 * @ESPENCAP_CLASS_KEEPALIVE: a keepalive that the format knows
 * @ESPENCAP_CLASS_NOT_ESP: IKE, or another program's
 * @ESPENCAP_CLASS_ESP: ESP, if an SA has its SPI
 */
enum espencap_class {
	ESPENCAP_CLASS_MALFORMED,
	ESPENCAP_CLASS_KEEPALIVE,
	ESPENCAP_CLASS_NOT_ESP,
	ESPENCAP_CLASS_ESP,
};

/**
 * struct espencap_datagram - a datagram of ESPENCAP_CLASS_ESP taken apart
 * @udp_len: bytes from the UDP header to the end of ESP
 * @cut: bytes of UDP header and marker that stand before ESP
 * @spi: SPI, in network byte order, never 0
 * @seq: lower half of the sequence number, in network byte order
 */
struct espencap_datagram {
	unsigned int udp_len;
	unsigned int cut;
	__be32 spi;
	__be32 seq;
};

/**
 * espencap_classify_other() - tell what is too short for ESP
 * @format: the framing
 * @payload: of the datagram
 * @len: its bytes
 *
 * Context: any.
 * Return: ESPENCAP_CLASS_KEEPALIVE or ESPENCAP_CLASS_NOT_ESP.
 */
enum espencap_class espencap_classify_other(const struct espencap_format *format,
					    const __u8 *payload,
					    unsigned int len);

/**
 * espencap_classify() - tell what a datagram is
 * @format: the framing spoken on the port that it came to
 * @udp: the first min(@room, ESPENCAP_PEEK) bytes from the UDP header on
 * @room: bytes that the IP packet has for UDP; what lies beyond the length in
 *	the UDP header is padding
 * @needs_checksum: a zero checksum is an error, as over IPv6 (RFC 8200,
 *	section 8.1); its value is never looked at, for ESP has its own ICV
 *	and RFC 3948, section 2.1, forbids to rely on it
 * @out: filled for ESPENCAP_CLASS_ESP alone
 *
 * Context: any.
 * Return: the class.
 */
static __always_inline enum espencap_class
espencap_classify(const struct espencap_format *format, const __u8 *udp,
		  unsigned int room, bool needs_checksum,
		  struct espencap_datagram *out)
{
	const __u8 *payload = udp + ESPENCAP_UDP_HLEN;
	unsigned int udp_len, len;
	__u64 marker;

	if (room < ESPENCAP_UDP_HLEN)
		return ESPENCAP_CLASS_MALFORMED;
	udp_len = (unsigned int)udp[4] << 8 | udp[5];
	if (udp_len < ESPENCAP_UDP_HLEN || udp_len > room)
		return ESPENCAP_CLASS_MALFORMED;
	if (needs_checksum && !udp[6] && !udp[7])
		return ESPENCAP_CLASS_MALFORMED;

	/*
	 * ESP is more than its header: a trailer at least follows. So no keepalive
	 * is as long.
	 */
	len = udp_len - ESPENCAP_UDP_HLEN;
	if (len <= format->esp_marker + ESPENCAP_ESP_HLEN)
		return espencap_classify_other(format, payload, len);
	if (format->esp_marker) {
		memcpy(&marker, payload, sizeof(marker));
		if (marker)
			return ESPENCAP_CLASS_NOT_ESP;
		payload += sizeof(marker);
	}
	memcpy(&out->spi, payload, sizeof(out->spi));
	if (!out->spi)
		return ESPENCAP_CLASS_NOT_ESP;
	memcpy(&out->seq, payload + sizeof(out->spi), sizeof(out->seq));
	out->udp_len = udp_len;
	out->cut = ESPENCAP_UDP_HLEN + format->esp_marker;
	return ESPENCAP_CLASS_ESP;
}

#endif /* _ESPENCAP_CLASSIFY_H */
