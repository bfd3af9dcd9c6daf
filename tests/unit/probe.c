// SPDX-License-Identifier: GPL-2.0
/*
 * What probe makes of packets: headers, framings and counts, without a
 * socket. Each packet stands alone in memory, so that the sanitizer
 * sees whoever reads beyond its end. Prints KTAP.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "datagram.h"
#include "distinct.h"
#include "espencap.h"
#include "framing.h"
#include "tally.h"

/* SPI 12345678 is known at these addresses, and no other. */
#define OURS		"192.0.2.1"
#define OURS6		"2001:db8::1"
#define KNOWN		0x12345678u

#define ESP(spi)	spi "00000007" "000102030405060708090a0b"
#define IKE1		"a1b2c3d4e5f60718" "0000000000000000" "01100200" "00000000"
#define IKE2		"a1b2c3d4e5f60718" "18e5f607a1b2c3d4" "2e202308" "00000001"
#define ZEROS4		"00000000"
#define ZEROS8		ZEROS4 ZEROS4

static unsigned int tests, failures;

static void result(bool ok, const char *name)
{
	tests++;
	failures += !ok;
	printf("%sok %u - %s\n", ok ? "" : "not ", tests, name);
}

static size_t unhex(const char *hex, uint8_t *bytes)
{
	size_t len = 0;
	unsigned int byte;

	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		bytes[len++] = (uint8_t)byte;
	return len;
}

static bool is_known(const struct address *destination, uint32_t spi)
{
	char text[INET6_ADDRSTRLEN];

	inet_ntop(destination->family, destination->bytes, text, sizeof(text));
	return spi == KNOWN && (!strcmp(text, OURS) || !strcmp(text, OURS6));
}

/* Reads a copy of @packet that ends where @len says. */
static bool read_packet(const char *hex, size_t cut, struct datagram *datagram,
			struct framed *framed)
{
	uint8_t all[2048], *packet;
	size_t len = unhex(hex, all);
	bool ok;

	if (len > cut)
		len = cut;
	packet = malloc(len ? len : 1);
	memcpy(packet, all, len);
	ok = datagram_read(datagram, len ? packet : NULL, len, 2797);
	if (ok)
		*framed = framing_of(datagram, is_known);
	free(packet);
	return ok;
}

/* c0000201 is OURS, and so is 2001:db8::1. */
#define IPV4(length, flags, protocol) \
	"4500" length "a60e" flags "40" protocol "0000" "c6336407" "c0000201"
#define IPV6(length, next) \
	"60000000" length next "40" \
	"20010db8000000000000000000000007" "20010db8000000000000000000000001"
#define UDP(length)	"9f4d" "0aed" length "0000"
#define UDP6(length)	"9f4d" "0aed" length "1234"

static const struct {
	const char *name;
	const char *payload;
	enum framing framing;
	unsigned int at;
} payloads[] = {
	{ "ESP", ESP("12345678"), FRAMING_ESP, 0 },
	{ "ESP with one byte more than its header", "123456780000000700",
	  FRAMING_ESP, 0 },
	{ "an ESP header alone", "1234567800000007", FRAMING_OTHER, 0 },
	{ "ESP behind 8 zero bytes", ZEROS8 ESP("12345678"), FRAMING_NON_IKE, 8 },
	{ "8 zero bytes and an ESP header alone",
	  ZEROS8 "1234567800000007", FRAMING_OTHER, 0 },
	{ "IKE version 1", IKE1 "0000001c", FRAMING_IKE, 0 },
	{ "IKE version 2, encrypted", IKE2 "00000020" "2b000004", FRAMING_IKE, 0 },
	{ "IKE with a wrong length is only like ESP", IKE1 "0000001d",
	  FRAMING_UNKNOWN_ESP, 0 },
	{ "IKE with bytes behind it is only like ESP", IKE1 "0000001c" "00000000",
	  FRAMING_UNKNOWN_ESP, 0 },
	{ "IKE version 3 is none",
	  "a1b2c3d4e5f60718" ZEROS8 "01300200" ZEROS4 "0000001c",
	  FRAMING_UNKNOWN_ESP, 0 },
	{ "IKE behind 4 zero bytes", ZEROS4 IKE2 "0000001c", FRAMING_MARKED_IKE,
	  0 },
	{ "IKE behind 4 zero bytes, with the length of both",
	  ZEROS4 IKE2 "00000020", FRAMING_OTHER, 0 },
	{ "empty keepalive", "", FRAMING_EMPTY, 0 },
	{ "FF keepalive", "ff", FRAMING_FF, 0 },
	{ "00000000FF keepalive", "00000000ff", FRAMING_00000000FF, 0 },
	{ "one byte that is not FF", "fe", FRAMING_OTHER, 0 },
	{ "00000000FE", "00000000fe", FRAMING_OTHER, 0 },
	{ "FFFF", "ffff", FRAMING_OTHER, 0 },
	{ "a known SPI behind 2 bytes", "0014" ESP("12345678"),
	  FRAMING_MISPLACED, 2 },
	{ "a known SPI behind 4 bytes", "01020304" ESP("12345678"),
	  FRAMING_MISPLACED, 4 },
	{ "a known SPI behind 8 bytes that are not zero",
	  "0000000000000100" ESP("12345678"), FRAMING_MISPLACED, 8 },
	{ "a known SPI behind 4 zero bytes", ZEROS4 ESP("12345678"),
	  FRAMING_MISPLACED, 4 },
	{ "a known SPI behind 32 bytes",
	  "0101010101010101010101010101010101010101010101010101010101010101"
	  ESP("12345678"), FRAMING_MISPLACED, 32 },
	{ "a known SPI behind 34 bytes",
	  "01010101010101010101010101010101010101010101010101010101010101010101"
	  "12345678" "0000000700", FRAMING_OTHER, 0 },
	{ "an unknown SPI", ESP("12345679"), FRAMING_UNKNOWN_ESP, 0 },
	{ "an unknown SPI behind 8 zero bytes", ZEROS8 ESP("12345679"),
	  FRAMING_UNKNOWN_NON_IKE, 8 },
	{ "an unknown SPI, and a length that ESP never has",
	  ESP("12345679") "00", FRAMING_OTHER, 0 },
	{ "an SPI that is reserved", ESP("000000ff"), FRAMING_OTHER, 0 },
	{ "12 zero bytes, and more", ZEROS8 ZEROS4 ESP("12345679"),
	  FRAMING_OTHER, 0 },
	{ "a word", "48454c4c4f", FRAMING_OTHER, 0 },
};

static void test_payload(unsigned int i)
{
	const unsigned int bytes = (unsigned int)strlen(payloads[i].payload) / 2;
	struct framed framed[3];
	struct datagram datagram;
	char packet[512], name[128];
	unsigned int j;
	bool ok;

	snprintf(packet, sizeof(packet), IPV4("%04x", "4000", "11") UDP("%04x")
		 "%s", 28 + bytes, 8 + bytes, payloads[i].payload);
	ok = read_packet(packet, ~0u, &datagram, &framed[0]) &&
	     datagram.source_port == 0x9f4d && datagram.room == 8 + bytes;
	/* an Ethernet frame has 46 bytes at least */
	snprintf(packet, sizeof(packet), IPV4("%04x", "4000", "11") UDP("%04x")
		 "%s" ZEROS8 ZEROS8 ZEROS8, 28 + bytes, 8 + bytes,
		 payloads[i].payload);
	ok &= read_packet(packet, ~0u, &datagram, &framed[1]);
	snprintf(packet, sizeof(packet), IPV6("%04x", "11") UDP6("%04x") "%s",
		 8 + bytes, 8 + bytes, payloads[i].payload);
	ok &= read_packet(packet, ~0u, &datagram, &framed[2]);

	for (j = 0; ok && j < 3; j++)
		ok = framed[j].framing == payloads[i].framing &&
		     framed[j].len == bytes && framed[j].at == payloads[i].at &&
		     (payloads[i].framing > FRAMING_MISPLACED ||
		      (framed[j].has_spi && framed[j].spi == KNOWN &&
		       framed[j].seq == 7));
	snprintf(name, sizeof(name), "payload: %s", payloads[i].name);
	result(ok, name);
}

/* The same payload in each: ESP of 20 bytes. */
#define BEHIND_UDP	ESP("12345678")

enum { NONE = FRAMINGS };

static const struct {
	const char *name;
	const char *packet;
	unsigned int framing;	/* or NONE: it is not for the port */
	bool is_fragment;
} packets[] = {
	{ "IPv4", IPV4("0030", "4000", "11") UDP("001c") BEHIND_UDP,
	  FRAMING_ESP, false },
	{ "IPv4 with options",
	  "4700" "0038" "a60e" "0000" "4011" "0000" "c6336407" "c0000201"
	  "0101010101010100" UDP("001c") BEHIND_UDP, FRAMING_ESP, false },
	{ "IPv4 to another address",
	  "4500" "0030" "a60e" "0000" "4011" "0000" "c6336407" "c0000202"
	  UDP("001c") BEHIND_UDP, FRAMING_UNKNOWN_ESP, false },
	{ "IPv4 to another port",
	  IPV4("0030", "4000", "11") "0aed9f4d001c0000" BEHIND_UDP, NONE, false },
	{ "IPv4 with another protocol",
	  IPV4("0030", "4000", "06") UDP("001c") BEHIND_UDP, NONE, false },
	{ "IPv4: the first fragment",
	  IPV4("0030", "2000", "11") UDP("05dc") BEHIND_UDP, FRAMING_ESP, true },
	{ "IPv4: a first fragment without the SPI",
	  IPV4("001c", "2000", "11") UDP("05dc"), FRAMING_OTHER, true },
	{ "IPv4: a first fragment with 8 zero bytes alone",
	  IPV4("0024", "2000", "11") UDP("05dc") ZEROS8, FRAMING_OTHER, true },
	{ "IPv4: a later fragment",
	  IPV4("0030", "2001", "11") UDP("001c") BEHIND_UDP, NONE, false },
	{ "IPv4: the last fragment",
	  IPV4("0030", "0001", "11") UDP("001c") BEHIND_UDP, NONE, false },
	{ "IPv4: a fragment of the other half",
	  IPV4("0030", "1000", "11") UDP("001c") BEHIND_UDP, NONE, false },
	{ "IPv4: a header that is too short",
	  "4400" "0030" "a60e" "0000" "4011" "0000" "c6336407" "c0000aed"
	  UDP("001c") BEHIND_UDP, NONE, false },
	{ "IPv4: a total length below the header's",
	  IPV4("0013", "4000", "11") UDP("001c") BEHIND_UDP, NONE, false },
	{ "IPv4: UDP is longer than its packet",
	  IPV4("0030", "4000", "11") UDP("001d") BEHIND_UDP, FRAMING_MALFORMED,
	  false },
	{ "IPv4: UDP is shorter than its header",
	  IPV4("0030", "4000", "11") UDP("0007") BEHIND_UDP, FRAMING_MALFORMED,
	  false },
	{ "IPv4: UDP has no room for its header",
	  IPV4("0018", "4000", "11") UDP("001c") BEHIND_UDP, FRAMING_MALFORMED,
	  false },
	{ "IPv4: a first fragment whose UDP is shorter than its header",
	  IPV4("0030", "2000", "11") UDP("0000") BEHIND_UDP, FRAMING_MALFORMED,
	  true },
	{ "IPv6", IPV6("001c", "11") UDP6("001c") BEHIND_UDP, FRAMING_ESP,
	  false },
	{ "IPv6 without a checksum", IPV6("001c", "11") UDP("001c") BEHIND_UDP,
	  FRAMING_MALFORMED, false },
	{ "IPv6 to another port",
	  IPV6("001c", "11") "0aed9f4d001c1234" BEHIND_UDP, NONE, false },
	{ "IPv6 with a hop-by-hop header",
	  IPV6("0024", "00") "1100010400000000" UDP6("001c") BEHIND_UDP,
	  FRAMING_ESP, false },
	{ "IPv6 with hop-by-hop, two options and a routing header",
	  IPV6("004c", "00") "3c00010400000000" "2b00010400000000"
	  "3c020000000000000000000000000000" "0000000000000000"
	  "1100010400000000" UDP6("001c") BEHIND_UDP, FRAMING_ESP, false },
	{ "IPv6: an extension header beyond the end",
	  IPV6("0024", "00") "11ff010400000000" UDP6("001c") BEHIND_UDP, NONE,
	  false },
	{ "IPv6: the first fragment",
	  IPV6("0024", "2c") "1100000112345678" UDP6("05dc") BEHIND_UDP,
	  FRAMING_ESP, true },
	{ "IPv6: the only fragment",
	  IPV6("0024", "2c") "1100000012345678" UDP6("001c") BEHIND_UDP,
	  FRAMING_ESP, false },
	{ "IPv6: a later fragment",
	  IPV6("0024", "2c") "1100000912345678" UDP6("001c") BEHIND_UDP, NONE,
	  false },
	{ "IPv6: a fragment behind a hop-by-hop header",
	  IPV6("002c", "00") "2c00010400000000" "1100000112345678" UDP6("05dc")
	  BEHIND_UDP, FRAMING_ESP, true },
	{ "IPv6: ESP itself", IPV6("001c", "32") UDP6("001c") BEHIND_UDP, NONE,
	  false },
	{ "IPv6: no next header",
	  IPV6("0024", "3b") "1100010400000000" UDP6("001c") BEHIND_UDP, NONE,
	  false },
	{ "IPv6: a payload that ends before UDP",
	  IPV6("0004", "00") "1100010400000000" UDP6("001c") BEHIND_UDP, NONE,
	  false },
	{ "another version", "5500" "0030" "a60e" "0000" "4011" "0000"
	  "c6336407" "c0000201" UDP("001c") BEHIND_UDP, NONE, false },
	{ "nothing", "", NONE, false },
};

static void test_packet(unsigned int i)
{
	const size_t len = strlen(packets[i].packet) / 2;
	struct datagram datagram;
	struct framed framed;
	char name[128];
	size_t cut;
	bool ok;

	ok = read_packet(packets[i].packet, len, &datagram, &framed) ?
	     framed.framing == packets[i].framing &&
	     datagram.is_fragment == packets[i].is_fragment :
	     packets[i].framing == NONE;
	/* Cut short, it is nothing else; the sanitizer sees what is read. */
	for (cut = 0; cut < len; cut++)
		if (read_packet(packets[i].packet, cut, &datagram, &framed) &&
		    framed.framing != packets[i].framing)
			ok &= framed.framing == FRAMING_OTHER;
	snprintf(name, sizeof(name), "packet: %s", packets[i].name);
	result(ok, name);
}

/* Whatever comes, nothing is read beyond its end. */
static void test_garbage(void)
{
	static const char * const begins[] = {
		IPV4("0100", "0000", "11") "00000aed", IPV6("0100", "00"),
		IPV6("0100", "2c"), IPV6("0100", "11") "00000aed",
	};
	unsigned int i, found = 0;

	srandom(1);
	for (i = 0; i < 200000; i++) {
		const size_t len = (size_t)random() % 96;
		uint8_t begin[64], *packet = malloc(len + 1);
		const size_t known = unhex(begins[i % 4], begin);
		struct datagram datagram;
		size_t at;

		for (at = 0; at < len; at++)
			packet[at] = at < known && random() % 64 ? begin[at] :
				     random() % 3 ? 0 : (uint8_t)random();
		if (datagram_read(&datagram, packet, len, 2797))
			found += framing_of(&datagram, is_known).framing <
				 FRAMINGS;
		free(packet);
	}
	result(found > 1000, "200,000 packets of garbage");
}

static struct datagram from(unsigned int source, uint16_t port,
			    const uint8_t *udp, size_t have)
{
	struct datagram datagram = {
		.source = { .family = AF_INET },
		.destination = { .family = AF_INET },
		.source_port = port, .udp = udp, .have = have,
	};

	memcpy(datagram.source.bytes, &source, sizeof(source));
	return datagram;
}

static void test_distinct(void)
{
	struct distinct set = { 0 };
	struct key key = { .address = { .family = AF_INET } };
	unsigned int i, j;
	bool ok;

	for (j = 0; j < 2; j++) {
		for (i = 0; i < 12000; i++) {
			memcpy(key.address.bytes, &i, sizeof(i));
			key.number = 40000 + i % 7;
			distinct_add(&set, &key);
		}
	}
	result(set.count == 12000 && !set.is_more,
	       "12,000 sources, each twice, are 12,000");
	for (i = 0; i < 1000000; i++) {
		key.number = 70000 + i;
		distinct_add(&set, &key);
	}
	ok = set.count > DISTINCT_SLOTS * 3 / 4 && set.count <= DISTINCT_SLOTS;
	result(ok && set.is_more, "of a million, as many as there is room for");
	distinct_free(&set);
	result(!set.count && !set.slots && !set.is_more, "and none again");
}

/* Adds a datagram with an unknown SPI. */
static void add_unknown(struct tallies *tallies, unsigned int source,
			uint16_t port, uint32_t spi, uint32_t seq)
{
	static const uint8_t udp[24];
	const struct datagram datagram = from(source, port, udp, sizeof(udp));
	const struct framed framed = {
		.framing = FRAMING_UNKNOWN_ESP, .len = 100, .has_spi = true,
		.spi = spi, .seq = seq,
	};

	tally_add(tallies, &datagram, &framed, 5000);
}

static void test_tally(void)
{
	static struct tallies tallies;
	const struct tally *esp = &tallies.of[FRAMING_UNKNOWN_ESP];

	add_unknown(&tallies, 1, 500, 0x1000, 1);
	add_unknown(&tallies, 1, 500, 0x1000, 2);
	add_unknown(&tallies, 2, 500, 0x1001, 3);	/* another source */
	add_unknown(&tallies, 1, 500, 0x1000, 2);	/* sent again */
	add_unknown(&tallies, 1, 500, 0x1000, 5);	/* two are lost */
	add_unknown(&tallies, 1, 500, 0x1000, 0x80000005);
	add_unknown(&tallies, 2, 500, 0x1001, 4);
	add_unknown(&tallies, 2, 501, 0x1001, 5);	/* another port */
	result(tallies.seen.of[FRAMING_UNKNOWN_ESP] == 8 &&
	       tallies.seen.in_sequence == 3, "sequence numbers that rise");
	result(esp->bytes == 800 && esp->sources.count == 3 &&
	       esp->spis.count == 2 && esp->last_at == 5000 &&
	       esp->begins_len == 16 && esp->last_source.number == 501,
	       "bytes, sources and SPIs are counted");
	tally_free(&tallies);
}

static void add_of(struct tallies *tallies, enum framing framing,
		   unsigned int source, uint16_t port)
{
	static const uint8_t udp[24];
	const struct datagram datagram = from(source, port, udp, sizeof(udp));
	const struct framed framed = { .framing = framing, .len = 100 };

	tally_add(tallies, &datagram, &framed, 5000);
}

/* Whoever comes first, and however often. */
static void test_beside(void)
{
	static struct tallies tallies;

	add_of(&tallies, FRAMING_MARKED_IKE, 1, 4500);
	add_of(&tallies, FRAMING_MARKED_IKE, 2, 4500);
	add_of(&tallies, FRAMING_MARKED_IKE, 1, 4501);
	tally_end(&tallies);
	result(!tallies.seen.ike_beside_esp, "IKE alone");
	add_of(&tallies, FRAMING_ESP, 1, 4500);
	add_of(&tallies, FRAMING_ESP, 3, 4500);
	add_of(&tallies, FRAMING_MARKED_IKE, 3, 4500);
	add_of(&tallies, FRAMING_MARKED_IKE, 3, 4500);
	tally_end(&tallies);
	result(tallies.seen.ike_beside_esp == 2,
	       "IKE of sources that send ESP, too");
	tally_free(&tallies);
}

#define COUNT(list)	(sizeof(list) / sizeof((list)[0]))

int main(void)
{
	unsigned int i;

	printf("KTAP version 1\n");
	for (i = 0; i < COUNT(payloads); i++)
		test_payload(i);
	for (i = 0; i < COUNT(packets); i++)
		test_packet(i);
	test_garbage();
	test_distinct();
	test_tally();
	test_beside();
	printf("1..%u\n", tests);
	return failures ? 1 : 0;
}
