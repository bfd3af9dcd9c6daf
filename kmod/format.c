// SPDX-License-Identifier: GPL-2.0
/* The table of framings. Compiled into the module and into the unit tests. */
#ifdef __KERNEL__
#include <linux/stddef.h>
#else
#include <stddef.h>
#endif
#include "format.h"
#include "uapi/espencap.h"

static const struct espencap_format formats[] = {
	/*
	 * One wire format with three habits of keeping a mapping alive: the
	 * empty datagram (draft-huttunen-ipsec-esp-in-udp-00, section 5), FF
	 * (Shrew Soft) and 00000000FF (vpnc).
	 */
	[ESPENCAP_FORMAT_BARE] = {
		.keepalives = ESPENCAP_KNOWS(EMPTY) |
			      ESPENCAP_KNOWS(FF) |
			      ESPENCAP_KNOWS(00000000FF),
	},
	/* draft-ietf-ipsec-udp-encaps-00, sections 2.1 and 2.3 */
	[ESPENCAP_FORMAT_NON_IKE] = {
		.esp_marker = 8,
		.keepalives = ESPENCAP_KNOWS(FF),
	},
	/* RFC 3948, sections 2.1 and 2.3 */
	[ESPENCAP_FORMAT_RFC3948] = {
		.keepalives = ESPENCAP_KNOWS(FF),
	},
};

const struct espencap_format *espencap_format_get(unsigned int id)
{
	if (id < ESPENCAP_FORMAT_BARE || id > ESPENCAP_FORMAT_MAX)
		return NULL;
	return &formats[id];
}

unsigned int espencap_format_id(const struct espencap_format *format)
{
	return (unsigned int)(format - formats);
}
