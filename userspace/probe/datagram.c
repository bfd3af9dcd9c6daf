// SPDX-License-Identifier: GPL-2.0
/* The headers before a UDP datagram. */
#include <netinet/in.h>
#include <string.h>

#include "datagram.h"

#define IPV4_HLEN	20u
#define IPV6_HLEN	40u
#define UDP_HLEN	8u

static unsigned int be16(const uint8_t *bytes)
{
	return (unsigned int)bytes[0] << 8 | bytes[1];
}

static struct address read_address(int family, const uint8_t *bytes)
{
	struct address address = { .family = family };

	memcpy(address.bytes, bytes, family == AF_INET ? 4 : 16);
	return address;
}

/**
 * read_ipv4() - read the IPv4 header
 * @datagram: takes the addresses, @is_fragment and @room
 * @packet: the packet
 * @len: bytes of it that there are
 *
 * Return: where UDP begins, or 0 if it does not.
 */
static size_t read_ipv4(struct datagram *datagram, const uint8_t *packet,
			size_t len)
{
	unsigned int header, total, fragment;

	if (len < IPV4_HLEN)
		return 0;
	header = (packet[0] & 15u) * 4;
	total = be16(packet + 2);
	fragment = be16(packet + 6);
	if (header < IPV4_HLEN || total < header ||
	    packet[9] != IPPROTO_UDP || fragment & 0x1fff)
		return 0;
	datagram->source = read_address(AF_INET, packet + 12);
	datagram->destination = read_address(AF_INET, packet + 16);
	datagram->is_fragment = fragment & 0x2000;
	datagram->room = total - header;
	return header;
}

/* The same of IPv6, whose extension headers come in any order. */
static size_t read_ipv6(struct datagram *datagram, const uint8_t *packet,
			size_t len)
{
	size_t at = IPV6_HLEN, end;
	uint8_t next;

	if (len < IPV6_HLEN)
		return 0;
	end = IPV6_HLEN + be16(packet + 4);
	datagram->source = read_address(AF_INET6, packet + 8);
	datagram->destination = read_address(AF_INET6, packet + 24);
	for (next = packet[6]; next != IPPROTO_UDP;) {
		const uint8_t *header = packet + at;

		if (at + 8 > len)
			return 0;
		switch (next) {
		case IPPROTO_HOPOPTS:
		case IPPROTO_ROUTING:
		case IPPROTO_DSTOPTS:
			at += (header[1] + 1u) * 8;
			break;
		case IPPROTO_FRAGMENT:
			if (be16(header + 2) & 0xfff8)
				return 0;
			datagram->is_fragment |= header[3] & 1;
			at += 8;
			break;
		default:
			return 0;
		}
		next = header[0];
	}
	if (at > end)
		return 0;
	datagram->room = (unsigned int)(end - at);
	return at;
}

bool datagram_read(struct datagram *datagram, const uint8_t *packet,
		   size_t len, uint16_t port)
{
	const unsigned int version = len ? packet[0] >> 4 : 0;
	size_t at = 0;

	*datagram = (struct datagram){ 0 };
	if (version == 4)
		at = read_ipv4(datagram, packet, len);
	else if (version == 6)
		at = read_ipv6(datagram, packet, len);
	if (!at || at + UDP_HLEN > len || be16(packet + at + 2) != port)
		return false;
	datagram->udp = packet + at;
	datagram->have = len - at;
	datagram->source_port = (uint16_t)be16(packet + at);
	if (datagram->is_fragment)
		datagram->room = be16(packet + at + 4);
	return true;
}
