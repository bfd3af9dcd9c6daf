// SPDX-License-Identifier: GPL-2.0
/* The classifier. Compiled into the module and into the unit tests. */
#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif
#include "classify.h"

static const __u8 zeros[ESPENCAP_MARKER_MAX];

static bool is_keepalive(const struct espencap_format *format,
			 const __u8 *payload, unsigned int len)
{
	switch (len) {
	case 0:
		return format->keepalives & ESPENCAP_KNOWS(EMPTY);
	case 1:
		return format->keepalives & ESPENCAP_KNOWS(FF) &&
		       payload[0] == 0xff;
	case 5:
		return format->keepalives & ESPENCAP_KNOWS(00000000FF) &&
		       !memcmp(payload, zeros, 4) && payload[4] == 0xff;
	default:
		return false;
	}
}

enum espencap_class espencap_classify(const struct espencap_format *format,
				      const __u8 *udp, unsigned int room,
				      bool needs_checksum,
				      struct espencap_datagram *out)
{
	const __u8 *payload = udp + ESPENCAP_UDP_HLEN;
	unsigned int udp_len, len;

	if (room < ESPENCAP_UDP_HLEN)
		return ESPENCAP_CLASS_MALFORMED;
	udp_len = (unsigned int)udp[4] << 8 | udp[5];
	if (udp_len < ESPENCAP_UDP_HLEN || udp_len > room)
		return ESPENCAP_CLASS_MALFORMED;
	if (needs_checksum && !udp[6] && !udp[7])
		return ESPENCAP_CLASS_MALFORMED;

	len = udp_len - ESPENCAP_UDP_HLEN;
	if (is_keepalive(format, payload, len))
		return ESPENCAP_CLASS_KEEPALIVE;

	/* ESP is more than its header: a trailer at least follows. */
	if (len <= format->esp_marker + ESPENCAP_ESP_HLEN)
		return ESPENCAP_CLASS_NOT_ESP;
	if (memcmp(payload, zeros, format->esp_marker))
		return ESPENCAP_CLASS_NOT_ESP;
	memcpy(&out->spi, payload + format->esp_marker, sizeof(out->spi));
	if (!out->spi)
		return ESPENCAP_CLASS_NOT_ESP;

	memcpy(&out->seq, payload + format->esp_marker + sizeof(out->spi),
	       sizeof(out->seq));
	out->udp_len = udp_len;
	out->cut = ESPENCAP_UDP_HLEN + format->esp_marker;
	return ESPENCAP_CLASS_ESP;
}
