// SPDX-License-Identifier: GPL-2.0
/*
 * Malformed datagrams: fuzz-packets TABLE SEED COUNT veth|tap INTERFACE MAC < LINES
 *
 * Each line is a datagram with nothing wrong, "udp FROM PORT TO PORT PAYLOAD" with the
 * payload in hexadecimal, or "error" and the same for an ICMP error that quotes it. Each lie of
 * TABLE (see lies.h) is told about each of them in all its variants, and then, until
 * COUNT packets were sent so, any of them at random, and with more that is wrong. SEED
 * repeats it.
 */
#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dice.h"
#include "lies.h"
#include "sink.h"

#define SEEDS_MAX	256

uint64_t dice;

static struct seed seeds[SEEDS_MAX];
static unsigned int nr_seeds;
static bool is_random;

/* A place in the packet: mostly where headers are. */
static size_t place(const struct packet *packet)
{
	const unsigned int len = (unsigned int)packet->len;

	return dice_below(len > 80 && !dice_once_in(4) ? 80 : len);
}

static uint8_t any_byte(void)
{
	static const uint8_t bytes[] = { 0, 1, 0x7f, 0x80, 0xff, 4, 17, 44, 50, 60 };

	return dice_once_in(2) ? (uint8_t)dice_roll() : bytes[dice_below(sizeof(bytes))];
}

static void change(struct packet *packet)
{
	const size_t at = place(packet);
	uint8_t bytes[16];

	switch (dice_below(8)) {
	case 0:
	case 1:
		packet->bytes[at] ^= (uint8_t)(1u << dice_below(8));
		break;
	case 2:
		packet->bytes[at] = any_byte();
		break;
	case 3:
		put16(packet->bytes + at, dice_below(dice_once_in(2) ? 65536 : 2000));
		break;
	case 4:
		dice_fill(bytes, sizeof(bytes));
		packet_insert(packet, at, bytes, 1 + dice_below(sizeof(bytes)));
		break;
	case 5:
		packet_cut(packet, at, 1 + dice_below(16));
		break;
	case 6:
		memmove(packet->bytes + place(packet), packet->bytes + at, 4);
		break;
	case 7:
		/* SPI or sequence number, where they are with and without a marker */
		put32(packet->bytes + packet->start + UDP_HLEN + 4 * dice_below(4),
		      dice_once_in(2) ? (uint32_t)dice_roll() : dice_below(1000));
		break;
	}
}

static void change_more(struct packet *packet)
{
	unsigned int n = 1 + dice_below(4);

	while (n-- && packet->len)
		change(packet);
	if (packet->len > PACKET_MAX - 16)
		packet->len = PACKET_MAX - 16;
	if (dice_once_in(16))
		packet->cast = dice_below(CASTS);
	/* so that most of them pass who looks first */
	if (dice_once_in(2))
		packet_set_ip_len(packet);
	if (!dice_once_in(8))
		packet_sum_ip(packet);
	if (dice_once_in(2))
		packet_sum(packet);
}

void emit(struct packet *packet)
{
	if (is_random && !dice_once_in(4))
		change_more(packet);
	sink_send(packet);
}

static bool is_of(const struct lie *lie, const struct seed *seed)
{
	return lie->of & (seed->is_error ? seed->is_ipv4 ? OF_ERROR4 : OF_ERROR6 :
					   seed->is_ipv4 ? OF_UDP4 : OF_UDP6);
}

static unsigned int variants(const struct lie *lie, const struct seed *seed)
{
	static struct packet packet;

	packet_make(&packet, seed);
	return lie->fixed + lie->per_byte * (unsigned int)packet.len;
}

static void tell(const struct lie *lie, const struct seed *seed, unsigned int n)
{
	static struct packet packet;

	packet_make(&packet, seed);
	lie->tell(&packet, n);
}

static void tell_all(const struct lie *lie)
{
	unsigned int i, n;

	for (; lie->tell; lie++)
		for (i = 0; i < nr_seeds; i++)
			for (n = is_of(lie, &seeds[i]) ? variants(lie, &seeds[i]) : 0; n--;)
				tell(lie, &seeds[i], n);
}

static void tell_any(const struct lie *lies, unsigned long long until)
{
	const struct seed *seed;
	const struct lie *lie;
	unsigned int nr = 0;

	while (lies[nr].tell)
		nr++;
	is_random = true;
	while (sink_taken < until) {
		lie = &lies[dice_below(nr)];
		seed = &seeds[dice_below(nr_seeds)];
		if (is_of(lie, seed))
			tell(lie, seed, dice_below(variants(lie, seed)));
	}
}

static const struct lie *table(const char *name)
{
	static const struct {
		const char *name;
		const struct lie *lies;
	} tables[] = {
		{ "plain", plain }, { "pieces", pieces }, { "merged", merged },
		{ "handed", handed },
	};
	unsigned int i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++)
		if (!strcmp(name, tables[i].name))
			return tables[i].lies;
	errx(1, "there is no table %s", name);
}

static void read_seeds(void)
{
	char line[4096];

	while (fgets(line, sizeof(line), stdin)) {
		if (nr_seeds == SEEDS_MAX || !seed_read(&seeds[nr_seeds++], line))
			errx(1, "not a datagram, or too many: %s", line);
	}
	if (!nr_seeds)
		errx(1, "there is no datagram");
}

int main(int argc, char **argv)
{
	unsigned long long in_order;
	const struct lie *lies;

	if (argc != 7)
		errx(2, "TABLE SEED COUNT veth|tap INTERFACE MAC");
	lies = table(argv[1]);
	dice = strtoull(argv[2], NULL, 0);
	read_seeds();
	sink_open(argv[5], !strcmp(argv[4], "tap"), argv[6]);
	tell_all(lies);
	sink_flush();
	in_order = sink_taken;
	tell_any(lies, in_order + strtoull(argv[3], NULL, 0));
	sink_flush();
	printf("%s: %llu packets in order, %llu at random, and %llu that %s did not take, %llu waits, seed %s\n",
	       argv[1], in_order, sink_taken - in_order, sink_refused, argv[5], sink_repeated,
	       argv[2]);
	return 0;
}
