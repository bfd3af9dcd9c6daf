// SPDX-License-Identifier: GPL-2.0
/* From words to values, and back. */
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "espencap.h"
#include "parse.h"
#include "preset.h"

static const char * const format_names[] = {
	[ESPENCAP_FORMAT_BARE] = "bare",
	[ESPENCAP_FORMAT_NON_IKE] = "non-ike",
	[ESPENCAP_FORMAT_RFC3948] = "rfc3948",
};

#define NR_FORMATS	(sizeof(format_names) / sizeof(format_names[0]))

/* Decimal digits and nothing else: no sign, space or 0x. 0 if it is none. */
static uint64_t number(const char *word, uint64_t max)
{
	uint64_t value = 0;

	for (; *word; word++) {
		if (*word < '0' || *word > '9')
			return 0;
		value = value * 10 + (uint64_t)(*word - '0');
		if (value > max)
			return 0;
	}
	return value;
}

uint16_t parse_port(const char *word)
{
	const struct preset *preset;
	uint16_t port;

	if (!word)
		usage_error("a port is missing");
	preset = preset_by_name(word);
	if (preset)
		return preset->port;
	port = (uint16_t)number(word, UINT16_MAX);
	if (!port)
		usage_error("\"%s\" is no port: a number from 1 to 65535, or a preset",
			    word);
	return port;
}

uint32_t parse_reqid(const char *word)
{
	uint32_t reqid;

	if (!word)
		usage_error("the number behind reqid is missing");
	reqid = (uint32_t)number(word, UINT32_MAX);
	if (!reqid)
		usage_error("\"%s\" is no reqid: a number from 1 to 4294967295",
			    word);
	return reqid;
}

static bool is_one_host(const struct address *address)
{
	static const unsigned char none[16], mapped[] = {
		0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff
	};
	const unsigned char *bytes = address->bytes;

	if (address->family == AF_INET)
		return memcmp(bytes, none, 4) && (bytes[0] & 0xf0) != 0xe0 &&
		       memcmp(bytes, "\xff\xff\xff\xff", 4);
	return memcmp(bytes, none, sizeof(none)) && bytes[0] != 0xff &&
	       memcmp(bytes, mapped, sizeof(mapped));
}

struct address parse_address(const char *word)
{
	struct address address = { 0 };

	if (!word)
		usage_error("an address is missing");
	address.family = strchr(word, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(address.family, word, address.bytes) != 1)
		usage_error("\"%s\" is no IPv4 or IPv6 address", word);
	if (!is_one_host(&address))
		usage_error("\"%s\" is not the address of one host", word);
	return address;
}

uint16_t parse_endpoint(const char *word, struct address *address)
{
	char host[INET6_ADDRSTRLEN] = "";
	const char *begin, *end;
	size_t len;

	if (!word)
		usage_error("the address and port behind endpoint are missing");
	begin = *word == '[' ? word + 1 : word;
	end = *word == '[' ? strstr(word, "]:") : strchr(word, ':');
	len = end ? (size_t)(end - begin) : 0;
	if (!len || len >= sizeof(host) ||
	    (*word != '[' && strchr(end + 1, ':')))
		usage_error("\"%s\" is no endpoint: ADDRESS:PORT, or [ADDRESS]:PORT for IPv6",
			    word);
	memcpy(host, begin, len);
	*address = parse_address(host);
	if ((*word == '[') != (address->family == AF_INET6))
		usage_error("\"%s\" is no endpoint: ADDRESS:PORT, or [ADDRESS]:PORT for IPv6",
			    word);
	return parse_port(end + (*word == '[' ? 2 : 1));
}

uint8_t parse_format(const char *word)
{
	uint8_t i;

	if (!word)
		usage_error("the word behind format is missing: bare, non-ike or rfc3948");
	for (i = ESPENCAP_FORMAT_BARE; i < NR_FORMATS; i++)
		if (!strcmp(word, format_names[i]))
			return i;
	usage_error("\"%s\" is no format: bare, non-ike or rfc3948", word);
}

const char *format_name(uint8_t format)
{
	static char unknown[sizeof("unknown-255")];

	if (format >= ESPENCAP_FORMAT_BARE && format < NR_FORMATS)
		return format_names[format];
	snprintf(unknown, sizeof(unknown), "unknown-%u", format);
	return unknown;
}

const char *address_text(const struct address *address, char *text)
{
	return inet_ntop(address->family, address->bytes, text,
			 INET6_ADDRSTRLEN);
}

const char *endpoint_text(const struct address *address, uint16_t port,
			  char *text)
{
	char host[INET6_ADDRSTRLEN];

	address_text(address, host);
	snprintf(text, ENDPOINT_TEXT,
		 address->family == AF_INET6 ? "[%s]:%u" : "%s:%u", host, port);
	return text;
}

void no_more_words(char **argv)
{
	if (*argv)
		usage_error("\"%s\" is not expected here", *argv);
}
