// SPDX-License-Identifier: GPL-2.0
/* The classifier. Compiled into the module and into the unit tests. */
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

enum espencap_class espencap_classify_other(const struct espencap_format *format,
					    const __u8 *payload,
					    unsigned int len)
{
	return is_keepalive(format, payload, len) ? ESPENCAP_CLASS_KEEPALIVE :
						    ESPENCAP_CLASS_NOT_ESP;
}
