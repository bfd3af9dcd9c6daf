// SPDX-License-Identifier: GPL-2.0
/* What stands on the wire, for the module's classifier and for probe. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdlib.h>

#include "classify.h"
#include "datagram.h"
#include "framing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool is_so)
{
	if (!is_so)
		abort();
}

static bool is_known(const struct address *destination, uint32_t spi)
{
	(void)destination;
	return spi & 1;
}

/* The module has @room bytes of a datagram, and the first of them in one piece. */
static void classify(const struct espencap_format *format, const uint8_t *data,
		     size_t size, unsigned int room, bool needs_checksum)
{
	const size_t have = size < ESPENCAP_PEEK ? size : ESPENCAP_PEEK;
	struct espencap_datagram out = { 0 };
	enum espencap_class class;
	uint8_t *udp;

	/* what stands behind it must not be looked at */
	udp = malloc(have ?: 1);
	expect(udp);
	memcpy(udp, data, have);
	if (have < ESPENCAP_PEEK)
		room = have;
	class = espencap_classify(format, udp, room, needs_checksum, &out);
	expect(class <= ESPENCAP_CLASS_ESP);
	if (class == ESPENCAP_CLASS_ESP) {
		expect(out.spi && out.udp_len <= room);
		expect(out.cut == ESPENCAP_UDP_HLEN + format->esp_marker);
		/* something remains, and what is cut off is no part of it */
		expect(out.udp_len > out.cut + ESPENCAP_ESP_HLEN);
		expect(!memcmp(udp + out.cut, &out.spi, sizeof(out.spi)));
	}
	free(udp);
}

static void probe(const uint8_t *data, size_t size)
{
	const uint16_t port = size > 24 ? data[22] << 8 | data[23] : 0;
	struct datagram datagram;
	struct framed framed;
	uint8_t *packet;

	packet = malloc(size ?: 1);
	expect(packet);
	memcpy(packet, data, size);
	if (datagram_read(&datagram, packet, size, port)) {
		expect(datagram.udp >= packet && datagram.have >= 8 &&
		       datagram.udp + datagram.have <= packet + size);
		framed = framing_of(&datagram, is_known);
		expect(framed.framing < FRAMINGS);
		expect(!framed.has_spi || framed.at <= FRAMING_FARTHEST);
	}
	free(packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct espencap_format *format;

	if (size < 3)
		return 0;
	format = espencap_format_get(data[0] & 3);
	if (format)
		classify(format, data + 3, size - 3, data[1] << 8 | data[2],
			 data[0] & 4);
	else
		probe(data + 3, size - 3);
	return 0;
}
