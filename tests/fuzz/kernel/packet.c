// SPDX-License-Identifier: GPL-2.0
/* Building packets. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "dice.h"
#include "packet.h"

/* What a quoted packet was too big for, and how large it was. */
#define QUOTED_MTU	1300
#define QUOTED_LEN	1480

unsigned int ip_hlen(bool is_ipv4)
{
	return is_ipv4 ? 20 : 40;
}

static size_t read_hex(uint8_t *to, size_t max, const char *hex)
{
	size_t n = 0;
	unsigned int byte;

	while (n < max && sscanf(hex + 2 * n, "%2x", &byte) == 1)
		to[n++] = (uint8_t)byte;
	return n;
}

bool seed_read(struct seed *seed, const char *line)
{
	char what[8], from[48], to[48], payload[2 * sizeof(seed->payload) + 1] = "";

	memset(seed, 0, sizeof(*seed));
	if (sscanf(line, "%7s %47s %hu %47s %hu %3000s", what, from, &seed->from_port, to,
		   &seed->to_port, payload) < 5)
		return false;
	seed->is_error = !strcmp(what, "error");
	seed->is_ipv4 = !strchr(from, ':');
	seed->len = read_hex(seed->payload, sizeof(seed->payload), payload);
	return (seed->is_error || !strcmp(what, "udp")) &&
	       inet_pton(seed->is_ipv4 ? AF_INET : AF_INET6, from, seed->from) == 1 &&
	       inet_pton(seed->is_ipv4 ? AF_INET : AF_INET6, to, seed->to) == 1;
}

/* One's complement sum, not folded yet. */
static uint32_t sum_of(const uint8_t *bytes, size_t len, uint32_t sum)
{
	for (; len > 1; len -= 2, bytes += 2)
		sum += get16(bytes);
	return len ? sum + ((uint32_t)*bytes << 8) : sum;
}

static unsigned int fold(uint32_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static bool is_ipv4(const struct packet *packet)
{
	return packet->seed->is_ipv4;
}

unsigned int packet_protocol_at(const struct packet *packet)
{
	return is_ipv4(packet) ? 9 : 6;
}

static void write_ip(uint8_t *ip, const struct seed *seed, const uint8_t *from,
		     const uint8_t *to, uint8_t protocol)
{
	if (seed->is_ipv4) {
		memset(ip, 0, 20);
		ip[0] = 0x45;
		put16(ip + 4, dice_below(65536));
		ip[8] = 64;
		ip[9] = protocol;
		memcpy(ip + 12, from, 4);
		memcpy(ip + 16, to, 4);
	} else {
		put32(ip, 0x60000000);
		ip[6] = protocol;
		ip[7] = 64;
		memcpy(ip + 8, from, 16);
		memcpy(ip + 24, to, 16);
	}
}

static void write_udp(uint8_t *udp, const struct seed *seed)
{
	put16(udp, seed->from_port);
	put16(udp + 2, seed->to_port);
	put16(udp + 4, (unsigned int)(UDP_HLEN + seed->len));
	put16(udp + 6, 0);
	memcpy(udp + UDP_HLEN, seed->payload, seed->len);
}

static void make_datagram(struct packet *packet, const struct seed *seed)
{
	write_ip(packet->bytes, seed, seed->from, seed->to, IPPROTO_UDP);
	write_udp(packet->bytes + packet->start, seed);
	packet->len = packet->start + UDP_HLEN + seed->len;
}

/* From where the quoted packet was going to. */
static void make_error(struct packet *packet, const struct seed *seed)
{
	const unsigned int hlen = ip_hlen(seed->is_ipv4);
	uint8_t *icmp = packet->bytes + packet->start, *quote = icmp + 8;

	write_ip(packet->bytes, seed, seed->to, seed->from,
		 seed->is_ipv4 ? IPPROTO_ICMP : IPPROTO_ICMPV6);
	icmp[0] = seed->is_ipv4 ? 3 : 2;
	icmp[1] = seed->is_ipv4 ? 4 : 0;
	put16(icmp + 2, 0);
	put32(icmp + 4, QUOTED_MTU);
	write_ip(quote, seed, seed->from, seed->to, IPPROTO_UDP);
	put16(quote + (seed->is_ipv4 ? 2 : 4),
	      seed->is_ipv4 ? QUOTED_LEN : QUOTED_LEN - hlen);
	write_udp(quote + hlen, seed);
	packet->len = packet->start + 8 + hlen + UDP_HLEN + seed->len;
}

void packet_make(struct packet *packet, const struct seed *seed)
{
	packet->seed = seed;
	packet->cast = CAST_HOST;
	memset(&packet->vnet, 0, sizeof(packet->vnet));
	packet->start = ip_hlen(seed->is_ipv4);
	if (seed->is_error)
		make_error(packet, seed);
	else
		make_datagram(packet, seed);
	packet_set_right(packet);
}

void packet_set_ip_len(struct packet *packet)
{
	if (is_ipv4(packet))
		put16(packet->bytes + 2, (unsigned int)packet->len);
	else
		put16(packet->bytes + 4, (unsigned int)(packet->len - 40));
}

void packet_set_udp_len(struct packet *packet)
{
	if (!packet->seed->is_error)
		put16(packet->bytes + packet->start + 4,
		      (unsigned int)(packet->len - packet->start));
}

void packet_sum_ip(struct packet *packet)
{
	const size_t hlen = (packet->bytes[0] & 15) * 4u;

	if (!is_ipv4(packet) || hlen < 20 || hlen > packet->len)
		return;
	put16(packet->bytes + 10, 0);
	put16(packet->bytes + 10, ~fold(sum_of(packet->bytes, hlen, 0)));
}

static uint32_t pseudo(const struct packet *packet)
{
	const unsigned int at = is_ipv4(packet) ? 12 : 8;
	const uint32_t len = (uint32_t)(packet->len - packet->start);

	if (is_ipv4(packet) && packet->seed->is_error)
		return 0;
	return sum_of(packet->bytes + at, is_ipv4(packet) ? 8 : 32,
		      len + (packet->seed->is_error ? IPPROTO_ICMPV6 : IPPROTO_UDP));
}

static uint8_t *sum_at(struct packet *packet)
{
	const unsigned int at = packet->seed->is_error ? 2 : 6;

	return packet->start + at + 2 <= packet->len ?
	       packet->bytes + packet->start + at : NULL;
}

void packet_sum(struct packet *packet)
{
	uint8_t *at = sum_at(packet);
	unsigned int sum;

	if (!at)
		return;
	put16(at, 0);
	sum = ~fold(sum_of(packet->bytes + packet->start, packet->len - packet->start,
			   pseudo(packet))) & 0xffff;
	put16(at, sum ?: 0xffff);
}

void packet_sum_partial(struct packet *packet)
{
	uint8_t *at = sum_at(packet);

	if (at)
		put16(at, fold(pseudo(packet)));
}

void packet_set_right(struct packet *packet)
{
	packet_set_ip_len(packet);
	packet_set_udp_len(packet);
	packet_sum_ip(packet);
	packet_sum(packet);
}

void packet_insert(struct packet *packet, size_t at, const uint8_t *bytes, size_t len)
{
	if (at > packet->len || packet->len + len > PACKET_MAX)
		return;
	memmove(packet->bytes + at + len, packet->bytes + at, packet->len - at);
	memcpy(packet->bytes + at, bytes, len);
	packet->len += len;
}

void packet_cut(struct packet *packet, size_t at, size_t len)
{
	if (at >= packet->len)
		return;
	if (len > packet->len - at)
		len = packet->len - at;
	memmove(packet->bytes + at, packet->bytes + at + len, packet->len - at - len);
	packet->len -= len;
}

void packet_lengthen(struct packet *packet, size_t len)
{
	if (len <= packet->len)
		return;
	dice_fill(packet->bytes + packet->len, len - packet->len);
	packet->len = len;
}
