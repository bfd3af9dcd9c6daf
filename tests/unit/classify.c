// SPDX-License-Identifier: GPL-2.0
/*
 * The classifier and the table of framings, in user space: whole IPv4 packets
 * as they stand in captures and drafts, and what must not be taken for ESP.
 * Prints KTAP.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "classify.h"
#include "format.h"
#include "uapi/espencap.h"

#define BARE	ESPENCAP_FORMAT_BARE
#define NON_IKE	ESPENCAP_FORMAT_NON_IKE
#define RFC3948	ESPENCAP_FORMAT_RFC3948

#define MALFORMED	ESPENCAP_CLASS_MALFORMED
#define KEEPALIVE	ESPENCAP_CLASS_KEEPALIVE
#define NOT_ESP		ESPENCAP_CLASS_NOT_ESP
#define ESP		ESPENCAP_CLASS_ESP

/* 192.1.2.23 > 192.1.2.45, id a60e, DF, TTL 64; SPI 12345678, sequence 1 */
#define ESP_BYTES	"1234567800000001000102030405060708090a0b0c0d0e0f"
#define HEADER(len, sum) "4500" len "a60e40004011" sum "c0010217c001022d"

struct vector {
	const char *name;
	unsigned int format;
	const char *packet;	/* from the IP header on, in hexadecimal */
	enum espencap_class class;
	unsigned int cut;	/* of ESP: bytes before it, behind the IP header */
};

static const struct vector vectors[] = {
	{ "2797: ESP", BARE,
	  HEADER("0034", "1064") "0aed0aed00200000" ESP_BYTES, ESP, 8 },
	{ "2797: ESP, source port changed by a NAT", BARE,
	  HEADER("0034", "1064") "9c410aed00200000" ESP_BYTES, ESP, 8 },
	{ "2797: ESP with a real checksum", BARE,
	  HEADER("0034", "1064") "0aed0aed0020c49f" ESP_BYTES, ESP, 8 },
	{ "2797: ESP with a wrong checksum, which ESP's ICV makes up for", BARE,
	  HEADER("0034", "1064") "0aed0aed002091c4" ESP_BYTES, ESP, 8 },
	{ "2797: empty keepalive", BARE,
	  HEADER("001c", "107c") "0aed0aed00080000", KEEPALIVE, 0 },
	{ "2746: ESP (layout assumed)", BARE,
	  HEADER("0034", "1064") "0aba0aba00200000" ESP_BYTES, ESP, 8 },
	{ "500: ESP behind 8 zero bytes", NON_IKE,
	  HEADER("003c", "105c") "01f401f400280000" "0000000000000000"
	  ESP_BYTES, ESP, 16 },
	{ "500: FF keepalive", NON_IKE,
	  HEADER("001d", "107b") "01f401f400090000" "ff", KEEPALIVE, 0 },
	{ "500: FF keepalive with its checksum", NON_IKE,
	  HEADER("001d", "107b") "01f401f4000978ac" "ff", KEEPALIVE, 0 },
	{ "4500: ESP", RFC3948,
	  HEADER("0034", "1064") "1194119400200000" ESP_BYTES, ESP, 8 },
	{ "4500: FF keepalive", RFC3948,
	  HEADER("001d", "107b") "119411940009589b" "ff", KEEPALIVE, 0 },
	{ "10000: ESP", BARE,
	  HEADER("0034", "1064") "2710271000200000" ESP_BYTES, ESP, 8 },
	{ "10000: vpnc's keepalive", BARE,
	  HEADER("0021", "1077") "27102710000d2e6c" "00000000ff", KEEPALIVE, 0 },
	{ "10000: FF keepalive", BARE,
	  HEADER("001d", "107b") "2710271000090000" "ff", KEEPALIVE, 0 },
	{ "padding behind the UDP datagram is not part of ESP", BARE,
	  HEADER("0038", "1060") "0aed0aed00200000" ESP_BYTES "00000000",
	  ESP, 8 },

	{ "500: IKE, whose cookie is not 0", NON_IKE,
	  HEADER("0034", "1064") "01f401f400200000"
	  "a1b2c3d4e5f60718000000000000000001100200", NOT_ESP, 0 },
	{ "500: 7 zero bytes and one that is not", NON_IKE,
	  HEADER("003c", "105c") "01f401f400280000" "0000000000000001"
	  ESP_BYTES, NOT_ESP, 0 },
	{ "500: 8 zero bytes and no more than an ESP header", NON_IKE,
	  HEADER("002c", "106c") "01f401f400180000" "0000000000000000"
	  "1234567800000001", NOT_ESP, 0 },
	{ "500: 8 zero bytes, an ESP header and one byte", NON_IKE,
	  HEADER("002d", "106b") "01f401f400190000" "0000000000000000"
	  "123456780000000100", ESP, 16 },
	{ "500: 8 zero bytes alone", NON_IKE,
	  HEADER("0024", "1074") "01f401f400100000" "0000000000000000",
	  NOT_ESP, 0 },
	{ "500: 16 zero bytes: SPI 0", NON_IKE,
	  HEADER("003c", "105c") "01f401f400280000" "0000000000000000"
	  "00000000" "00000001" "000102030405060708090a0b0c0d0e0f",
	  NOT_ESP, 0 },
	{ "500: the empty datagram is not a keepalive there", NON_IKE,
	  HEADER("001c", "107c") "01f401f400080000", NOT_ESP, 0 },
	{ "500: vpnc's keepalive is not one there", NON_IKE,
	  HEADER("0021", "1077") "01f401f4000d0000" "00000000ff", NOT_ESP, 0 },
	{ "500: ESP without the marker", NON_IKE,
	  HEADER("0034", "1064") "01f401f400200000" ESP_BYTES, NOT_ESP, 0 },
	{ "4500: IKE behind 4 zero bytes", RFC3948,
	  HEADER("0034", "1064") "1194119400200000" "00000000"
	  "a1b2c3d4e5f6071800000000000000000110", NOT_ESP, 0 },
	{ "4500: the empty datagram is not a keepalive there", RFC3948,
	  HEADER("001c", "107c") "1194119400080000", NOT_ESP, 0 },
	{ "4500: vpnc's keepalive is not one there", RFC3948,
	  HEADER("0021", "1077") "11941194000d0000" "00000000ff", NOT_ESP, 0 },
	{ "4500: one byte that is not FF", RFC3948,
	  HEADER("001d", "107b") "1194119400090000" "fe", NOT_ESP, 0 },
	{ "4500: an ESP header and nothing behind it", RFC3948,
	  HEADER("0024", "1074") "1194119400100000" "1234567800000001",
	  NOT_ESP, 0 },
	{ "2797: an ESP header and nothing behind it", BARE,
	  HEADER("0024", "1074") "0aed0aed00100000" "1234567800000001",
	  NOT_ESP, 0 },
	{ "2797: first word 0", BARE,
	  HEADER("0034", "1064") "0aed0aed00200000" "00000000" "00000001"
	  "000102030405060708090a0b0c0d0e0f", NOT_ESP, 0 },
	{ "2797: five bytes that end in another than FF", BARE,
	  HEADER("0021", "1077") "0aed0aed000d0000" "00000000fe", NOT_ESP, 0 },
	{ "2797: five bytes that do not begin with zeros", BARE,
	  HEADER("0021", "1077") "0aed0aed000d0000" "00000100ff", NOT_ESP, 0 },
	{ "1293: PacketCable looks like ESP, only its SPI tells", BARE,
	  HEADER("0034", "1064") "050d050d00200000" "02011000" "00000001"
	  "000102030405060708090a0b0c0d0e0f", ESP, 8 },

	{ "UDP length below 8", BARE,
	  HEADER("0034", "1064") "0aed0aed00070000" ESP_BYTES, MALFORMED, 0 },
	{ "UDP length 0", BARE,
	  HEADER("0034", "1064") "0aed0aed00000000" ESP_BYTES, MALFORMED, 0 },
	{ "UDP length beyond the IP packet", BARE,
	  HEADER("0034", "1064") "0aed0aed00210000" ESP_BYTES, MALFORMED, 0 },
	{ "an IP packet too short for a UDP header", BARE,
	  HEADER("001b", "107d") "0aed0aed000800", MALFORMED, 0 },
};

static unsigned int tests, failures;

static void result(bool ok, const char *name)
{
	tests++;
	if (!ok)
		failures++;
	printf("%sok %u - %s\n", ok ? "" : "not ", tests, name);
}

/* Memory of just the right size, so that a sanitizer sees a byte too many. */
static unsigned char *from_hex(const char *hex, unsigned int *len)
{
	unsigned char *bytes;
	unsigned int i;

	*len = strlen(hex) / 2;
	bytes = malloc(*len);
	if (!bytes)
		abort();
	for (i = 0; i < *len; i++)
		if (sscanf(hex + 2 * i, "%2hhx", &bytes[i]) != 1)
			abort();
	return bytes;
}

static unsigned char *copy_of(const unsigned char *bytes, unsigned int len)
{
	unsigned char *copy = malloc(len);

	if (!copy)
		abort();
	return memcpy(copy, bytes, len);
}

/* What the kernel shows to the classifier, and nothing behind it. */
static enum espencap_class classify(const struct vector *v, bool needs_checksum,
				    struct espencap_datagram *dgram)
{
	unsigned int len, room, seen;
	unsigned char *packet = from_hex(v->packet, &len);
	unsigned char *peek;
	enum espencap_class class;

	room = ((unsigned int)packet[2] << 8 | packet[3]) - 20;
	seen = room < ESPENCAP_PEEK ? room : ESPENCAP_PEEK;
	peek = copy_of(packet + 20, seen);
	free(packet);
	class = espencap_classify(espencap_format_get(v->format), peek, room,
				  needs_checksum, dgram);
	free(peek);
	return class;
}

static void test_vector(const struct vector *v)
{
	struct espencap_datagram dgram = { 0 };
	bool ok = classify(v, false, &dgram) == v->class;

	if (ok && v->class == ESP && !strstr(v->name, "PacketCable"))
		ok = dgram.cut == v->cut && dgram.spi == htonl(0x12345678) &&
		     dgram.udp_len >= v->cut + 9;
	result(ok, v->name);
}

static void test_checksums(void)
{
	static const struct vector with = {
		NULL, BARE,
		HEADER("0034", "1064") "0aed0aed0020c49f" ESP_BYTES, ESP, 8
	}, without = {
		NULL, BARE,
		HEADER("0034", "1064") "0aed0aed00200000" ESP_BYTES, ESP, 8
	};
	struct espencap_datagram dgram;

	result(classify(&with, true, &dgram) == ESP,
	       "IPv6: ESP with a checksum");
	result(classify(&without, true, &dgram) == MALFORMED,
	       "IPv6: no checksum");
}

static void test_trim(void)
{
	static const struct vector padded = {
		NULL, BARE,
		HEADER("0038", "1060") "0aed0aed00200000" ESP_BYTES "00000000",
		ESP, 8
	};
	struct espencap_datagram dgram = { 0 };

	result(classify(&padded, false, &dgram) == ESP && dgram.udp_len == 32,
	       "the length is that of UDP, not that of IP");
}

static void test_formats(void)
{
	unsigned int id;
	bool ok = true;

	for (id = BARE; id <= ESPENCAP_FORMAT_MAX; id++)
		ok &= espencap_format_id(espencap_format_get(id)) == id;
	result(ok, "each format is found by its number");
	result(!espencap_format_get(0) &&
	       !espencap_format_get(ESPENCAP_FORMAT_MAX + 1) &&
	       !espencap_format_get(~0u),
	       "no format has another number");
}

int main(void)
{
	const unsigned int nr = sizeof(vectors) / sizeof(vectors[0]);
	unsigned int i;

	printf("KTAP version 1\n1..%u\n", nr + 5);
	for (i = 0; i < nr; i++)
		test_vector(&vectors[i]);
	test_checksums();
	test_trim();
	test_formats();
	return failures ? 1 : 0;
}
