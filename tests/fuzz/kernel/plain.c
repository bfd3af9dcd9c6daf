// SPDX-License-Identifier: GPL-2.0
/* What can be wrong with a datagram itself, and with an ICMP error that quotes one. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "dice.h"
#include "lies.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

/* So far beyond what there is, lengths are tried. */
#define BEYOND	64

static bool is_ipv4(const struct packet *packet)
{
	return packet->seed->is_ipv4;
}

/* 0 to what there is, a little more, and the most: variants @n of a 16-bit length. */
static unsigned int length_of(const struct packet *packet, unsigned int n)
{
	return n < packet->len + BEYOND ? n : 65535 - (n - (unsigned int)packet->len - BEYOND);
}

static void checksums(struct packet *packet, unsigned int n)
{
	static const uint16_t sums[] = { 0, 0xffff, 0xdead };

	if (n < ARRAY_SIZE(sums))
		put16(packet->bytes + packet->start + (packet->seed->is_error ? 2 : 6), sums[n]);
	emit(packet);
}

static void ip_checksum(struct packet *packet, unsigned int n)
{
	packet->bytes[10] ^= 1u << n;
	emit(packet);
}

static void frame_ends(struct packet *packet, unsigned int n)
{
	packet->len = n;
	emit(packet);
}

static void packet_ends(struct packet *packet, unsigned int n)
{
	packet->len = n;
	packet_set_ip_len(packet);
	packet_sum_ip(packet);
	emit(packet);
}

/* As short as that, and nothing else wrong: also with what ICMP quotes. */
static void is_short(struct packet *packet, unsigned int n)
{
	packet->len = n < packet->start ? packet->start : n;
	packet_set_right(packet);
	emit(packet);
}

static void padding(struct packet *packet, unsigned int n)
{
	packet_lengthen(packet, packet->len + n / 2 + 1);
	if (n % 2) {
		packet_set_ip_len(packet);
		packet_sum_ip(packet);
	}
	emit(packet);
}

static void ip_length(struct packet *packet, unsigned int n)
{
	put16(packet->bytes + (is_ipv4(packet) ? 2 : 4), length_of(packet, n));
	packet_sum_ip(packet);
	emit(packet);
}

static void udp_length(struct packet *packet, unsigned int n)
{
	put16(packet->bytes + packet->start + 4, length_of(packet, n));
	emit(packet);
}

/* Without and with room for them: options that do nothing, or anything. */
static void ip_header_length(struct packet *packet, unsigned int n)
{
	const unsigned int ihl = n / 3;
	uint8_t options[40];

	packet->bytes[0] = (uint8_t)(0x40 | ihl);
	if (n % 3 && ihl > 5) {
		memset(options, 1, sizeof(options));
		if (n % 3 == 2)
			dice_fill(options, sizeof(options));
		packet_insert(packet, 20, options, (ihl - 5) * 4);
		packet->start = ihl * 4;
	}
	packet_set_ip_len(packet);
	packet_sum_ip(packet);
	emit(packet);
}

static void ip_version(struct packet *packet, unsigned int n)
{
	packet->bytes[0] = (uint8_t)(n << 4 | (packet->bytes[0] & 15));
	packet_sum_ip(packet);
	emit(packet);
}

static void protocol(struct packet *packet, unsigned int n)
{
	packet->bytes[packet_protocol_at(packet)] = (uint8_t)n;
	packet_sum_ip(packet);
	emit(packet);
}

/* Addresses that no host can send from, or be reached at, or only this one. */
static const char *const odd_addresses4[] = {
	"0.0.0.0", "127.0.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "192.0.2.0",
	"192.0.2.255", "169.254.1.1", "198.51.100.7",
};

static const char *const odd_addresses6[] = {
	"::", "::1", "ff02::1", "ff0e::1", "::ffff:192.0.2.1", "fe80::1", "2001:db8::",
	"::192.0.2.1", "2001:db8:51::7",
};

/* One of these, or after them the packet's other address. */
#define ODD_ADDRESSES	10

static void set_address(struct packet *packet, unsigned int at, unsigned int other,
			unsigned int n)
{
	const size_t len = is_ipv4(packet) ? 4 : 16;

	if (n == ODD_ADDRESSES - 1)
		memcpy(packet->bytes + at, packet->bytes + other, len);
	else if (is_ipv4(packet))
		inet_pton(AF_INET, odd_addresses4[n], packet->bytes + at);
	else
		inet_pton(AF_INET6, odd_addresses6[n], packet->bytes + at);
	packet_set_right(packet);
}

static void source(struct packet *packet, unsigned int n)
{
	static const uint16_t ports[] = { 0, 1, 2797, 65535 };
	const unsigned int at = is_ipv4(packet) ? 12 : 8;

	if (!packet->seed->is_error)
		put16(packet->bytes + packet->start, ports[n % ARRAY_SIZE(ports)]);
	set_address(packet, at, is_ipv4(packet) ? 16 : 24, n / ARRAY_SIZE(ports));
	emit(packet);
}

static void destination(struct packet *packet, unsigned int n)
{
	const unsigned int at = is_ipv4(packet) ? 16 : 24;

	packet->cast = n % CASTS;
	if (n / CASTS < ODD_ADDRESSES)
		set_address(packet, at, is_ipv4(packet) ? 12 : 8, n / CASTS);
	emit(packet);
}

/* So many bytes of the payload are zero, or all ones, or zero up to the last. */
static void beginning(struct packet *packet, unsigned int n)
{
	uint8_t *payload = packet->bytes + packet->start + UDP_HLEN;
	const size_t len = n / 3;

	memset(payload, n % 3 == 1 ? 0xff : 0, len);
	if (n % 3 == 2 && len)
		payload[len - 1] = 0xff;
	packet_set_right(packet);
	emit(packet);
}

/* The same, and that is all of it: keepalives, and what is nearly one. */
static void short_beginning(struct packet *packet, unsigned int n)
{
	packet->len = packet->start + UDP_HLEN + n / 3;
	beginning(packet, n);
}

static void fragment_flags(struct packet *packet, unsigned int n)
{
	static const uint16_t words[] = { 0x4000, 0x8000, 0xc000, 0xe000 };

	put16(packet->bytes + 6, words[n]);
	packet_sum_ip(packet);
	emit(packet);
}

/* ICMP errors: the rest is right, its checksum as well. */
static void emit_error(struct packet *packet)
{
	packet_sum(packet);
	emit(packet);
}

static void error_mtu(struct packet *packet, unsigned int n)
{
	static const uint32_t mtus[] = {
		0, 1, 8, 20, 28, 67, 68, 551, 552, 575, 576, 1279, 1280, 1281, 1479, 1480, 1481,
		1500, 9000, 65535, 65536, 0x7fffffff, 0x80000000, 0xffffffff,
	};

	put32(packet->bytes + packet->start + 4, mtus[n]);
	emit_error(packet);
}

static void error_type(struct packet *packet, unsigned int n)
{
	packet->bytes[packet->start] = (uint8_t)n;
	emit_error(packet);
}

static void error_code(struct packet *packet, unsigned int n)
{
	packet->bytes[packet->start + 1] = (uint8_t)n;
	emit_error(packet);
}

static uint8_t *quoted(struct packet *packet)
{
	return packet->bytes + packet->start + 8;
}

static void quoted_version(struct packet *packet, unsigned int n)
{
	quoted(packet)[0] = (uint8_t)n;
	emit_error(packet);
}

static void quoted_protocol(struct packet *packet, unsigned int n)
{
	quoted(packet)[packet_protocol_at(packet)] = (uint8_t)n;
	emit_error(packet);
}

static void quoted_length(struct packet *packet, unsigned int n)
{
	put16(quoted(packet) + (is_ipv4(packet) ? 2 : 4), length_of(packet, n));
	emit_error(packet);
}

static void quoted_offset(struct packet *packet, unsigned int n)
{
	put16(quoted(packet) + 6, 1u << n);
	emit_error(packet);
}

/* Every byte of what is quoted, once. */
static void quoted_byte(struct packet *packet, unsigned int n)
{
	const size_t at = packet->start + 8 + n;

	if (at >= packet->len)
		return;
	packet->bytes[at] ^= (uint8_t)(1 + dice_below(255));
	emit_error(packet);
}

/* Extension headers, from which nobody knows where they end. */
static void quoted_headers(struct packet *packet, unsigned int n)
{
	static const uint8_t kinds[] = { 0, 43, 44, 60, 51, 50, 59, 135 };
	static const uint8_t lengths[] = { 0, 1, 2, 31, 255 };
	uint8_t header[8] = { IPPROTO_UDP, lengths[n % ARRAY_SIZE(lengths)] };
	unsigned int i, more = n / ARRAY_SIZE(lengths) / ARRAY_SIZE(kinds);
	const uint8_t kind = kinds[n / ARRAY_SIZE(lengths) % ARRAY_SIZE(kinds)];
	const size_t at = packet->start + 8 + 40;

	for (i = 0; i <= more; i++) {
		header[0] = i ? kind : IPPROTO_UDP;
		packet_insert(packet, at, header, sizeof(header));
	}
	quoted(packet)[6] = kind;
	packet_set_ip_len(packet);
	emit_error(packet);
}

const struct lie plain[] = {
	{ OF_ALL, 4, 0, checksums },
	{ OF_IPV4, 8, 0, ip_checksum },
	{ OF_ALL, 0, 1, frame_ends },
	{ OF_ALL, 0, 1, packet_ends },
	{ OF_ALL, 0, 1, is_short },
	{ OF_ALL, 2 * BEYOND, 0, padding },
	{ OF_ALL, BEYOND + 8, 1, ip_length },
	{ OF_UDP, BEYOND + 8, 1, udp_length },
	{ OF_IPV4, 16 * 3, 0, ip_header_length },
	{ OF_ALL, 16, 0, ip_version },
	{ OF_UDP, 256, 0, protocol },
	{ OF_ALL, 4 * ODD_ADDRESSES, 0, source },
	{ OF_ALL, CASTS * (ODD_ADDRESSES + 1), 0, destination },
	{ OF_UDP, 3 * 24, 0, beginning },
	{ OF_UDP, 3 * 24, 0, short_beginning },
	{ OF_UDP4, 4, 0, fragment_flags },
	{ OF_ERRORS, 24, 0, error_mtu },
	{ OF_ERRORS, 256, 0, error_type },
	{ OF_ERRORS, 256, 0, error_code },
	{ OF_ERRORS, 256, 0, quoted_version },
	{ OF_ERRORS, 256, 0, quoted_protocol },
	{ OF_ERRORS, BEYOND + 8, 1, quoted_length },
	{ OF_ERROR4, 16, 0, quoted_offset },
	{ OF_ERRORS, 0, 1, quoted_byte },
	{ OF_ERROR6, 8 * 5 * 12, 0, quoted_headers },
	{ 0 },
};
