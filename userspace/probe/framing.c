// SPDX-License-Identifier: GPL-2.0
/* What the module's own classifier says of a datagram, format by format, and IKE. */
#include <arpa/inet.h>
#include <string.h>

#include "classify.h"
#include "framing.h"

/* SPIs up to this are reserved (RFC 4303, section 2.1). */
#define SPI_RESERVED	255u

#define IKE_HLEN	28u
#define IKE_MARKER	4u

static uint32_t be32(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return ntohl(value);
}

/*
 * RFC 2408, section 3.1, and RFC 7296, section 3.1: an initiator's cookie or SPI,
 * which is not 0; version 1 or 2; and the message's length.
 */
static bool is_ike(const uint8_t *payload, size_t have, unsigned int len)
{
	const unsigned int version = have < IKE_HLEN ? 0 : payload[17] >> 4;

	return (version == 1 || version == 2) &&
	       (be32(payload) || be32(payload + 4)) &&
	       be32(payload + 24) == len;
}

/* ESP ends at a multiple of 4 bytes (RFC 4303, section 2.4). */
static bool is_esp_shaped(uint32_t spi, unsigned int len)
{
	return spi > SPI_RESERVED && len % 4 == 0;
}

static enum framing keepalive(unsigned int len)
{
	switch (len) {
	case 0:
		return FRAMING_EMPTY;
	case 1:
		return FRAMING_FF;
	default:
		return FRAMING_00000000FF;
	}
}

static void take_spi(struct framed *framed, const uint8_t *payload,
		     unsigned int at)
{
	framed->has_spi = true;
	framed->at = at;
	framed->spi = be32(payload + at);
	framed->seq = be32(payload + at + 4);
}

/* Looks for the SPI of an SA of this host where no format has it. */
static bool find_spi(struct framed *framed, const uint8_t *payload, size_t have,
		     const struct address *destination,
		     framing_is_known *is_known)
{
	unsigned int at;

	for (at = 2; at <= FRAMING_FARTHEST; at += 2) {
		if (at + ESPENCAP_ESP_HLEN >= have)
			return false;
		if (!is_known(destination, be32(payload + at)))
			continue;
		take_spi(framed, payload, at);
		return true;
	}
	return false;
}

/**
 * read_esp() - is it ESP in this format?
 * @framed: takes the SPI if it is
 * @datagram: the datagram
 * @id: the format
 *
 * Return: what the classifier says.
 */
static enum espencap_class read_esp(struct framed *framed,
				    const struct datagram *datagram,
				    unsigned int id)
{
	const struct espencap_format *format = espencap_format_get(id);
	/* What is missing of a fragment must not be read. */
	uint8_t peek[ESPENCAP_PEEK] = { 0 };
	struct espencap_datagram esp;
	enum espencap_class class;

	memcpy(peek, datagram->udp,
	       datagram->have < sizeof(peek) ? datagram->have : sizeof(peek));
	class = espencap_classify(format, peek, datagram->room,
				  datagram->destination.family == AF_INET6,
				  &esp);
	if (class == ESPENCAP_CLASS_ESP)
		take_spi(framed, peek + ESPENCAP_UDP_HLEN, format->esp_marker);
	return class;
}

static struct framed as(enum framing framing, struct framed framed)
{
	framed.framing = framing;
	return framed;
}

struct framed framing_of(const struct datagram *datagram,
			 framing_is_known *is_known)
{
	const struct address *to = &datagram->destination;
	const uint8_t *payload = datagram->udp + ESPENCAP_UDP_HLEN;
	const unsigned int len = (unsigned int)(datagram->udp[4] << 8 |
						datagram->udp[5]) -
				 ESPENCAP_UDP_HLEN;
	const struct framed none = { .len = len };
	struct framed bare = none, non_ike = none, other = none;
	size_t have = datagram->have - ESPENCAP_UDP_HLEN;

	/* bare has all keepalives; rfc3948 has the same ESP. */
	switch (read_esp(&bare, datagram, ESPENCAP_FORMAT_BARE)) {
	case ESPENCAP_CLASS_MALFORMED:
		return (struct framed){ .framing = FRAMING_MALFORMED };
	case ESPENCAP_CLASS_KEEPALIVE:
		return as(keepalive(len), none);
	default:
		break;
	}
	if (have > len)
		have = len;
	if (have < len && have < ESPENCAP_PEEK - ESPENCAP_UDP_HLEN)
		return as(FRAMING_OTHER, none);
	read_esp(&non_ike, datagram, ESPENCAP_FORMAT_NON_IKE);

	if (bare.has_spi && is_known(to, bare.spi))
		return as(FRAMING_ESP, bare);
	if (non_ike.has_spi && is_known(to, non_ike.spi))
		return as(FRAMING_NON_IKE, non_ike);
	if (is_ike(payload, have, len))
		return as(FRAMING_IKE, none);
	if (len > IKE_MARKER && !be32(payload) &&
	    is_ike(payload + IKE_MARKER, have - IKE_MARKER, len - IKE_MARKER))
		return as(FRAMING_MARKED_IKE, none);
	if (find_spi(&other, payload, have, to, is_known))
		return as(FRAMING_MISPLACED, other);
	if (bare.has_spi && is_esp_shaped(bare.spi, len))
		return as(FRAMING_UNKNOWN_ESP, bare);
	if (non_ike.has_spi && is_esp_shaped(non_ike.spi, len))
		return as(FRAMING_UNKNOWN_NON_IKE, non_ike);
	return as(FRAMING_OTHER, none);
}
