// SPDX-License-Identifier: GPL-2.0
/* What can be wrong with datagrams that come to a gateway, or to GRO, as one packet. */
#include <string.h>

#include "dice.h"
#include "lies.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* What is wrong with one datagram of a run. */
enum odd {
	NOTHING,
	SHORTER,
	LONGER,
	EMPTY,
	ZEROS,
	OTHER_SPI,
	WRONG_SUM,
	NO_SUM,
	WRONG_LENGTH,
	OTHER_TTL,
	OTHER_PORT,
	IN_FRAGMENTS,
	ODDS,
};

static void make_odd(struct packet *packet, enum odd odd)
{
	uint8_t *udp = packet->bytes + packet->start;

	switch (odd) {
	case SHORTER:
		packet->len -= 1 + dice_below(24);
		packet_set_right(packet);
		break;
	case LONGER:
		packet_lengthen(packet, packet->len + 1 + dice_below(24));
		packet_set_right(packet);
		break;
	case EMPTY:
		packet->len = packet->start + UDP_HLEN + dice_below(6);
		packet_set_right(packet);
		break;
	case ZEROS:
		memset(udp + UDP_HLEN, 0, 8);
		packet_sum(packet);
		break;
	case OTHER_SPI:
		dice_fill(udp + UDP_HLEN, 4);
		packet_sum(packet);
		break;
	case WRONG_SUM:
		udp[6] ^= 0x55;
		break;
	case NO_SUM:
		put16(udp + 6, 0);
		break;
	case WRONG_LENGTH:
		put16(udp + 4, dice_below(256));
		packet_sum(packet);
		break;
	case OTHER_TTL:
		packet->bytes[packet->seed->is_ipv4 ? 8 : 7] = 1;
		packet_sum_ip(packet);
		break;
	case OTHER_PORT:
		udp[3] ^= 1;
		packet_sum(packet);
		break;
	case IN_FRAGMENTS:
		if (packet->seed->is_ipv4)
			packet->bytes[6] = 0x20;
		packet_sum_ip(packet);
		break;
	case NOTHING:
	case ODDS:
		break;
	}
}

/* A sequence number of its own, and a sum that GRO believes. */
static void renumber(struct packet *packet, unsigned int i)
{
	put32(packet->bytes + packet->start + UDP_HLEN + 4, i + 1);
	packet_sum(packet);
}

/* Datagrams of one flow, which GRO can merge, one of which is odd. */
static void run(struct packet *packet, unsigned int n)
{
	static const unsigned int counts[] = { 2, 5, 40 };
	const unsigned int count = counts[n / ODDS % ARRAY_SIZE(counts)];
	const unsigned int which = dice_below(count);
	static struct packet odd;
	unsigned int i;

	if (n / ODDS / ARRAY_SIZE(counts))
		packet_lengthen(packet, 1400);
	packet_set_right(packet);
	for (i = 0; i < count; i++) {
		odd = *packet;
		renumber(&odd, i);
		if (i == which)
			make_odd(&odd, n % ODDS);
		emit(&odd);
	}
}

/* One after the other that GRO has to take for others, though they look alike. */
static void flows(struct packet *packet, unsigned int n)
{
	static struct packet other;
	unsigned int i;

	for (i = 0; i < 8; i++) {
		other = *packet;
		renumber(&other, i);
		make_odd(&other, dice_below(n ? ODDS : SHORTER));
		if (dice_once_in(2))
			other.bytes[other.start + 1] ^= 1;
		emit(&other);
	}
}

/* Nothing is wrong: a packet as it is handed over before it is complete. */
static void partial(struct packet *packet)
{
	packet->vnet.flags = VNET_NEEDS_CSUM;
	packet->vnet.hdr_len = (uint16_t)(packet->start + UDP_HLEN);
	packet->vnet.csum_start = (uint16_t)packet->start;
	packet->vnet.csum_offset = 6;
	packet_sum_partial(packet);
}

/* The seed's payload again and again, all of @size bytes. */
static void repeat_payload(struct packet *packet, unsigned int size, unsigned int count)
{
	uint8_t payload[1500];
	size_t len = packet->seed->len, at;

	if (size < len)
		len = size;
	memcpy(payload, packet->seed->payload, len);
	packet_lengthen(packet, packet->start + UDP_HLEN + (size_t)size * count);
	for (at = packet->start + UDP_HLEN; at + len <= packet->len; at += size)
		memcpy(packet->bytes + at, payload, len);
	packet_set_right(packet);
}

/* What is said of its parts: how large they are, and of which kind. */
static void parts(struct packet *packet, unsigned int n)
{
	static const uint8_t types[] = {
		VNET_GSO_UDP_L4, VNET_GSO_UDP, 1, 4, VNET_GSO_UDP_L4 | 0x80, 0x7f, 0,
	};
	static const uint16_t sizes[] = { 200, 0, 1, 8, 9, 17, 150, 1472, 2000, 65535 };
	static const uint8_t counts[] = { 1, 2, 12 };

	repeat_payload(packet, 200, counts[n / 70 % 3]);
	partial(packet);
	packet->vnet.gso_type = types[n % 7];
	packet->vnet.gso_size = sizes[n / 7 % 10];
	emit(packet);
}

/* What is said of its checksum: where it is, and from where on. */
static void sums(struct packet *packet, unsigned int n)
{
	static const uint16_t starts[] = { 0, 1, 7, 20, 28, 39, 40, 48, 60, 1000, 65521 };
	static const uint16_t offsets[] = { 6, 0, 1, 2, 16, 100, 65535 };

	repeat_payload(packet, 200, n / 77 % 2 ? 5 : 1);
	partial(packet);
	packet->vnet.csum_start = n % 11 ? starts[n % 11] : (uint16_t)packet->start;
	packet->vnet.csum_offset = offsets[n / 11 % 7];
	if (n / 77 % 2) {
		packet->vnet.gso_type = n / 154 ? VNET_GSO_UDP : VNET_GSO_UDP_L4;
		packet->vnet.gso_size = 200;
	}
	emit(packet);
}

/* Merged datagrams, one of which is odd; with how much of them said to be headers. */
static void one_of_parts(struct packet *packet, unsigned int n)
{
	static const uint16_t hdr_lens[] = { 0, 1, 28, 48, 100, 2000, 65521 };
	static const uint8_t bytes[] = { 0x00, 0xff };
	const unsigned int size = 200, count = 5;
	uint8_t *at;

	repeat_payload(packet, size, count);
	at = packet->bytes + packet->start + UDP_HLEN + n / 7 % count * size;
	memset(at, bytes[n / 35 % 2], 8);
	if (n / 70)
		packet->len -= 1 + dice_below(size);
	packet_set_right(packet);
	partial(packet);
	packet->vnet.gso_type = VNET_GSO_UDP_L4;
	packet->vnet.gso_size = size;
	if (n % 7)
		packet->vnet.hdr_len = hdr_lens[n % 7];
	emit(packet);
}

/* Whole, and said to be right or to be checked. */
static void whole(struct packet *packet, unsigned int n)
{
	if (n % 3 == 1)
		packet->vnet.flags = VNET_DATA_VALID;
	if (n % 3 == 2)
		packet->bytes[packet->start + 6] ^= 1;
	packet_lengthen(packet, packet->len + n / 3 * 100);
	packet_set_ip_len(packet);
	packet_sum_ip(packet);
	emit(packet);
}

const struct lie merged[] = {
	{ OF_UDP, ODDS * 3 * 2, 0, run },
	{ OF_UDP, 2, 0, flows },
	{ 0 },
};

const struct lie handed[] = {
	{ OF_UDP, 7 * 10 * 3, 0, parts },
	{ OF_UDP, 11 * 7 * 3, 0, sums },
	{ OF_UDP, 7 * 5 * 2 * 2, 0, one_of_parts },
	{ OF_UDP, 3 * 40, 0, whole },
	{ 0 },
};
