// SPDX-License-Identifier: GPL-2.0
/* What can be wrong with fragments, and with IPv6 extension headers. */
#include <netinet/in.h>
#include <string.h>

#include "dice.h"
#include "lies.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* IPv6 takes no fragment below 1280 bytes but the last. */
#define LONG		3000
#define MORE		1u

#define HOP		0
#define ROUTING		43
#define FRAGMENT	44
#define OPTIONS		60

static bool is_ipv4(const struct packet *packet)
{
	return packet->seed->is_ipv4;
}

/**
 * struct piece - a fragment of a packet
 * @offset: where it says that it belongs, in bytes
 * @from: where in the packet's payload it really is from
 * @len: its bytes
 * @more: MORE, or 0 if it says that it is the last
 */
struct piece {
	unsigned int offset;
	unsigned int from;
	unsigned int len;
	unsigned int more;
};

/* The fragments of one packet have an identification in common. */
static uint32_t identification;

static void emit_piece4(const struct packet *whole, const struct piece *piece)
{
	struct packet packet = *whole;

	put16(packet.bytes + 4, identification & 0xffff);
	put16(packet.bytes + 6, (piece->more << 13) | (piece->offset >> 3 & 0x1fff));
	packet_cut(&packet, packet.start, piece->from);
	if (packet.len > packet.start + piece->len)
		packet.len = packet.start + piece->len;
	packet_set_ip_len(&packet);
	packet_sum_ip(&packet);
	emit(&packet);
}

/* Behind what stands before UDP, which whole->start tells. */
static void emit_piece6(const struct packet *whole, const struct piece *piece,
			unsigned int naming)
{
	uint8_t header[8] = { whole->bytes[naming] };
	struct packet packet = *whole;

	put16(header + 2, (piece->offset & 0xfff8) | piece->more);
	put32(header + 4, identification);
	packet.bytes[naming] = FRAGMENT;
	packet_cut(&packet, packet.start, piece->from);
	if (packet.len > packet.start + piece->len)
		packet.len = packet.start + piece->len;
	packet_insert(&packet, packet.start, header, sizeof(header));
	packet_set_ip_len(&packet);
	emit(&packet);
}

static void emit_piece(const struct packet *packet, unsigned int offset, unsigned int from,
		       unsigned int len, unsigned int more)
{
	const struct piece piece = { offset, from, len, more };

	if (is_ipv4(packet))
		emit_piece4(packet, &piece);
	else
		emit_piece6(packet, &piece, 6);
}

/* Of a packet that is begun anew, now and then one that others have, too. */
static void begin(void)
{
	identification = dice_once_in(16) ? dice_below(4) : (uint32_t)dice_roll();
}

/* In two at each place where that can be, the first or the second one first. */
static void two(struct packet *packet, unsigned int n)
{
	const unsigned int len = (unsigned int)(packet->len - packet->start);
	const unsigned int at = n / 2 * 8;

	if (at > len)
		return;
	begin();
	if (n % 2)
		emit_piece(packet, at, at, len - at, 0);
	emit_piece(packet, 0, 0, at, MORE);
	if (!(n % 2))
		emit_piece(packet, at, at, len - at, 0);
}

static void two_long(struct packet *packet, unsigned int n)
{
	packet_lengthen(packet, LONG);
	packet_set_right(packet);
	two(packet, n);
}

/* In as many as can be, in any order, with doubles, and sometimes one is missing. */
static void many(struct packet *packet, unsigned int n)
{
	const unsigned int size = is_ipv4(packet) ? 8 * (1 + n % 40) : 1240 + 8 * (n % 8);
	unsigned int order[400], count, i, at, len;

	packet_lengthen(packet, is_ipv4(packet) ? 400 : PACKET_MAX - 200);
	packet_set_right(packet);
	len = (unsigned int)(packet->len - packet->start);
	count = (len + size - 1) / size;
	for (i = 0; i < count; i++)
		order[i] = i;
	for (i = 0; i < count; i++) {
		const unsigned int other = dice_below(count), held = order[i];

		order[i] = order[other];
		order[other] = held;
	}
	begin();
	for (i = 0; i < count; i++) {
		if (n % 5 == 4 && i == count / 2)
			continue;
		at = order[i] * size;
		emit_piece(packet, at, at, size, at + size < len ? MORE : 0);
		if (n % 3 == 2 && dice_once_in(4))
			emit_piece(packet, at, at, size, at + size < len ? MORE : 0);
	}
}

/* The second one begins where the first has not ended, or some bytes behind it. */
static void overlap(struct packet *packet, unsigned int n)
{
	const unsigned int at = n % 2 ? 1280 : 48, by = n / 2 % 16 * 8;
	unsigned int begins, len;

	if (n % 2) {
		packet_lengthen(packet, LONG);
		packet_set_right(packet);
	}
	len = (unsigned int)(packet->len - packet->start);
	begins = n / 32 ? at + by : at > by ? at - by : 0;
	if (len <= begins)
		return;
	begin();
	emit_piece(packet, 0, 0, at, MORE);
	emit_piece(packet, begins, begins, len - begins, 0);
	emit_piece(packet, at, at, len - at, 0);
}

/* Alone: the first, the last, one in the middle; at each kind of place. */
static void alone(struct packet *packet, unsigned int n)
{
	static const unsigned int offsets[] = {
		0, 8, 16, 24, 32, 1240, 8192, 32768, 65496, 65520, 65528
	};
	static const unsigned int lengths[] = { 0, 1, 4, 7, 8, 9, 16, 24, 25, 64, 1280, 2900 };
	const unsigned int len = lengths[n / 2 % ARRAY_SIZE(lengths)];

	if (len > 64)
		packet_lengthen(packet, LONG);
	begin();
	emit_piece(packet, offsets[n / 2 / ARRAY_SIZE(lengths)], 0, len, n % 2);
}

/* More than a packet can have, when it is whole. */
static void too_much(struct packet *packet, unsigned int n)
{
	unsigned int at;

	packet_lengthen(packet, PACKET_MAX - 200);
	begin();
	for (at = 0; at < 65536 - 8000; at += 8000)
		emit_piece(packet, at, 0, 8000, MORE);
	emit_piece(packet, at, 0, 1000 + n * 8, 0);
}

/* What follows is said otherwise in the second one than in the first. */
static void other_protocol(struct packet *packet, unsigned int n)
{
	static const uint8_t protocols[] = { HOP, 6, ROUTING, FRAGMENT, 50, 58, 59, OPTIONS };
	const unsigned int at = packet_protocol_at(packet);
	unsigned int len;

	packet_lengthen(packet, LONG);
	packet_set_right(packet);
	len = (unsigned int)(packet->len - packet->start);
	begin();
	if (n % 2)
		packet->bytes[at] = protocols[n / 2];
	emit_piece(packet, 0, 0, 1400, MORE);
	packet->bytes[at] = n % 2 ? IPPROTO_UDP : protocols[n / 2];
	emit_piece(packet, 1400, 1400, len - 1400, 0);
}

/* A header before UDP: @kind, which says @says for its length and has @len bytes. */
static void add_header(struct packet *packet, uint8_t kind, uint8_t says, size_t len,
		       const uint8_t *body)
{
	uint8_t header[2100] = { packet->bytes[6], says };

	if (len > sizeof(header))
		len = sizeof(header);
	if (body)
		memcpy(header + 2, body, len - 2);
	else if (kind == HOP || kind == OPTIONS)
		/* PadN */
		header[2] = 1, header[3] = (uint8_t)(len - 4);
	packet_insert(packet, 40, header, len);
	packet->bytes[6] = kind;
	packet->start += len;
	packet_set_ip_len(packet);
}

static const uint8_t kinds[] = {
	HOP, ROUTING, FRAGMENT, OPTIONS, 50, 51, 59, 135, 139, 140, 253,
};

#define KINDS	ARRAY_SIZE(kinds)

/* One, which says of its length what is so, or is not. */
static void one_header(struct packet *packet, unsigned int n)
{
	static const uint8_t says[] = { 0, 1, 2, 3, 7, 31, 255 };
	const uint8_t said = says[n / 2 / KINDS];

	add_header(packet, kinds[n / 2 % KINDS], said, n % 2 ? (said + 1u) * 8 : 8, NULL);
	emit(packet);
}

static void two_headers(struct packet *packet, unsigned int n)
{
	add_header(packet, kinds[n % KINDS], 0, 8, NULL);
	add_header(packet, kinds[n / KINDS], 0, 8, NULL);
	emit(packet);
}

/* One after the other, of one kind or of any. */
static void chain(struct packet *packet, unsigned int n)
{
	unsigned int i;

	for (i = 0; i <= n / 4; i++)
		add_header(packet, n % 4 == 3 ? kinds[dice_below(4)] :
			   kinds[n % 4 == 2 ? 3 : n % 4], 0, 8, NULL);
	emit(packet);
}

static void routing(struct packet *packet, unsigned int n)
{
	static const uint8_t types[] = { 0, 1, 2, 3, 4, 253 }, left[] = { 0, 1, 2, 127, 255 };
	uint8_t body[62] = { types[n % 6], left[n / 6 % 5] };
	const uint8_t says = (uint8_t)(n / 30);

	memcpy(body + 6, packet->bytes + 24, 16);
	add_header(packet, ROUTING, says, (says + 1u) * 8, body);
	emit(packet);
}

/* Options of each type, whose length is right or too long, hop by hop or at the end. */
static void options(struct packet *packet, unsigned int n)
{
	uint8_t body[6] = { (uint8_t)(n / 4), n % 2 ? 200 : 4 };

	add_header(packet, n & 2 ? HOP : OPTIONS, 0, 8, body);
	emit(packet);
}

static void jumbo(struct packet *packet, unsigned int n)
{
	static const uint32_t lengths[] = { 0, 8, 1280, 65535, 65536, 0xffffffff };
	uint8_t body[6] = { 0xc2, 4 };

	put32(body + 2, n / 2 < 6 ? lengths[n / 2] : (uint32_t)packet->len - 40 + 8);
	add_header(packet, HOP, 0, 8, body);
	if (n % 2)
		put16(packet->bytes + 4, 0);
	emit(packet);
}

/* The packet ends within the headers. */
static void cut_headers(struct packet *packet, unsigned int n)
{
	add_header(packet, kinds[n / 64 % 4], 1, 16, NULL);
	add_header(packet, kinds[n / 64 / 4], 1, 16, NULL);
	packet->len = 40 + n % 64;
	packet_set_ip_len(packet);
	emit(packet);
}

/* Headers before the fragment header, and behind it; UDP is in the first or is not. */
static void headers_and_pieces(struct packet *packet, unsigned int n)
{
	static const uint8_t before[] = { HOP, ROUTING, OPTIONS };
	const unsigned int at = n % 3 ? 1400 : 1280;
	unsigned int behind = n / 3 % 4, len;
	struct piece piece;

	/* so large that UDP is not in the first, or is only in part */
	while (behind--)
		add_header(packet, OPTIONS, 80, 81 * 8, NULL);
	packet->start = 40;
	packet_lengthen(packet, 4000);
	len = (unsigned int)(packet->len - packet->start);
	if (n / 12) {
		add_header(packet, before[n / 12 - 1], 0, 8, NULL);
		packet->start = 48;
	}
	packet_set_ip_len(packet);
	begin();
	piece = (struct piece){ at, at, len - at, 0 };
	if (n % 2)
		emit_piece6(packet, &piece, n / 12 ? 40 : 6);
	emit_piece6(packet, &(struct piece){ 0, 0, at, MORE }, n / 12 ? 40 : 6);
	if (!(n % 2))
		emit_piece6(packet, &piece, n / 12 ? 40 : 6);
}

const struct lie pieces[] = {
	{ OF_UDP, 40, 0, two },
	{ OF_UDP, 2 * LONG / 8, 0, two_long },
	{ OF_UDP, 120, 0, many },
	{ OF_UDP, 64, 0, overlap },
	{ OF_UDP, 2 * 12 * 11, 0, alone },
	{ OF_UDP, 16, 0, too_much },
	{ OF_UDP, 2 * 8, 0, other_protocol },
	{ OF_UDP6, 2 * KINDS * 7, 0, one_header },
	{ OF_UDP6, KINDS * KINDS, 0, two_headers },
	{ OF_UDP6, 4 * 64, 0, chain },
	{ OF_UDP6, 6 * 5 * 8, 0, routing },
	{ OF_UDP6, 4 * 256, 0, options },
	{ OF_UDP6, 2 * 7, 0, jumbo },
	{ OF_UDP6, 64 * 4 * 4, 0, cut_headers },
	{ OF_UDP6, 3 * 4 * 4, 0, headers_and_pieces },
	{ 0 },
};
