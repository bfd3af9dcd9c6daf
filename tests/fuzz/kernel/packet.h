/* SPDX-License-Identifier: GPL-2.0 */
/* Packets, as they are made of seeds before anything is wrong with them. */
#ifndef FUZZ_PACKET_H
#define FUZZ_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A few bytes more, so that whoever changes the last one may write beyond it. */
#define PACKET_MAX	9000
#define PACKET_SLACK	64
#define UDP_HLEN	8

/* Whom a frame is for, by its Ethernet destination. */
enum cast {
	CAST_HOST,
	CAST_BROADCAST,
	CAST_MULTICAST,
	CAST_OTHER,
	CASTS,
};

/**
 * struct vnet - what a virtual machine says of a packet that it hands over
 *	(struct virtio_net_hdr of linux/virtio_net.h, whose newer values not all headers
 *	know)
 * @flags: VNET_NEEDS_CSUM and others
 * @gso_type: VNET_GSO_UDP_L4 and others
 * @hdr_len: bytes of the headers
 * @gso_size: bytes of each part of it
 * @csum_start: from where on the checksum goes
 * @csum_offset: where it is written, from there on
 */
struct vnet {
	uint8_t flags;
	uint8_t gso_type;
	uint16_t hdr_len;
	uint16_t gso_size;
	uint16_t csum_start;
	uint16_t csum_offset;
};

#define VNET_NEEDS_CSUM		1
#define VNET_DATA_VALID		2
#define VNET_GSO_UDP		3
#define VNET_GSO_UDP_L4		5

/**
 * struct seed - a datagram with nothing wrong
 * @is_error: not the datagram itself, but an ICMP error that quotes it
 * @is_ipv4: or else IPv6
 * @from: source address; its first 4 bytes for IPv4
 * @to: destination address
 * @from_port: source port
 * @to_port: destination port
 * @len: bytes of payload
 * @payload: what the datagram carries
 */
struct seed {
	bool is_error;
	bool is_ipv4;
	uint8_t from[16];
	uint8_t to[16];
	uint16_t from_port;
	uint16_t to_port;
	size_t len;
	uint8_t payload[1500];
};

/**
 * struct packet - an IP packet, and how it is handed over
 * @seed: what it was made of
 * @cast: whom its frame is for
 * @vnet: what is said of it
 * @start: where UDP or ICMP begins
 * @len: its bytes, from the IP header on
 * @bytes: these
 */
struct packet {
	const struct seed *seed;
	enum cast cast;
	struct vnet vnet;
	size_t start;
	size_t len;
	uint8_t bytes[PACKET_MAX + PACKET_SLACK];
};

static inline void put16(uint8_t *at, unsigned int value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static inline void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

static inline unsigned int get16(const uint8_t *at)
{
	return (unsigned int)at[0] << 8 | at[1];
}

/* The seed that a line describes: see packets.c. False if it describes none. */
bool seed_read(struct seed *seed, const char *line);

void packet_make(struct packet *packet, const struct seed *seed);

/* Where the IP header says what follows; for IPv6, without extension headers. */
unsigned int packet_protocol_at(const struct packet *packet);

/* The length of an IP header of this family without anything else. */
unsigned int ip_hlen(bool is_ipv4);

/* Lengths that are true: of IP, and of the UDP datagram that goes to the end. */
void packet_set_ip_len(struct packet *packet);
void packet_set_udp_len(struct packet *packet);

/* Checksums that are right: of an IPv4 header, and of UDP or ICMP. */
void packet_sum_ip(struct packet *packet);
void packet_sum(struct packet *packet);

/* UDP's checksum as who hands a packet over leaves it: the pseudo header's alone. */
void packet_sum_partial(struct packet *packet);

/* All of these. */
void packet_set_right(struct packet *packet);

/* Make room for bytes, or cut them out. Lengths are as they were. */
void packet_insert(struct packet *packet, size_t at, const uint8_t *bytes, size_t len);
void packet_cut(struct packet *packet, size_t at, size_t len);

/* Makes it @len bytes long, with random ones at its end. */
void packet_lengthen(struct packet *packet, size_t len);

#endif /* FUZZ_PACKET_H */
