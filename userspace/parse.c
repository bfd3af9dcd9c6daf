// SPDX-License-Identifier: GPL-2.0
/* From words to values, and back. */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "espencap.h"
#include "names.h"
#include "parse.h"
#include "preset.h"

/* As long as anybody waits. */
#define MAX_SECONDS	3600

/* Decimal digits and nothing else: no sign, space or 0x. */
static bool number(const char *word, uint64_t min, uint64_t max,
		   uint64_t *value)
{
	*value = 0;
	if (!*word)
		return false;
	for (; *word; word++) {
		if (*word < '0' || *word > '9')
			return false;
		*value = *value * 10 + (uint64_t)(*word - '0');
		if (*value > max)
			return false;
	}
	return *value >= min;
}

uint16_t parse_port(const char *word)
{
	const struct preset *preset;
	uint64_t port;

	if (!word)
		usage_error("a port is missing");
	preset = preset_by_name(word);
	if (preset)
		return preset->port;
	if (!number(word, 1, UINT16_MAX, &port))
		usage_error("\"%s\" is no port: a number from 1 to 65535, or a preset",
			    word);
	return (uint16_t)port;
}

uint32_t parse_count(const char *word, const char *of)
{
	uint64_t count;

	if (!word)
		usage_error("the number behind %s is missing", of);
	if (!number(word, 1, UINT32_MAX, &count))
		usage_error("\"%s\" is no number of %s: a number from 1 to 4294967295",
			    word, of);
	return (uint32_t)count;
}

uint16_t parse_seconds(const char *word)
{
	uint64_t seconds;

	if (!word)
		usage_error("the number behind seconds is missing");
	if (!number(word, 0, MAX_SECONDS, &seconds))
		usage_error("\"%s\" is no number of seconds: a number from 0 to %u",
			    word, MAX_SECONDS);
	return (uint16_t)seconds;
}

uint32_t parse_reqid(const char *word)
{
	uint64_t reqid;

	if (!word)
		usage_error("the number behind reqid is missing");
	if (!number(word, 1, UINT32_MAX, &reqid))
		usage_error("\"%s\" is no reqid: a number from 1 to 4294967295",
			    word);
	return (uint32_t)reqid;
}

uint32_t parse_max_learned(const char *word)
{
	uint64_t peers;

	if (!word)
		usage_error("the number behind max-learned is missing");
	if (!number(word, 0, ESPENCAP_MAX_PEERS, &peers))
		usage_error("\"%s\" is no number of learned peers: a number from 0 to %u",
			    word, ESPENCAP_MAX_PEERS);
	return (uint32_t)peers;
}

uint16_t parse_keepalive(const char *word)
{
	uint64_t seconds;

	if (!word)
		usage_error("the seconds behind keepalive are missing");
	if (!number(word, 0, UINT16_MAX, &seconds))
		usage_error("\"%s\" is no keepalive interval: seconds from 1 to 65535, or 0 for none",
			    word);
	return (uint16_t)seconds;
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
	uint8_t format;

	if (!word)
		usage_error("the word behind format is missing: bare, non-ike or rfc3948");
	format = number_of(&format_names, word);
	if (!format)
		usage_error("\"%s\" is no format: bare, non-ike or rfc3948",
			    word);
	return format;
}

uint8_t parse_learn(const char *word)
{
	uint8_t learn;

	if (!word)
		usage_error("the word behind learn is missing: on, off or unsafe");
	learn = number_of(&learn_names, word);
	if (!learn)
		usage_error("\"%s\" is no way to learn: on, off or unsafe",
			    word);
	return learn;
}

uint8_t parse_keepalive_bytes(const char *word)
{
	uint8_t bytes;

	if (!word)
		usage_error("the word behind keepalive-bytes is missing: empty, ff or 00000000ff");
	bytes = number_of(&keepalive_names, word);
	if (!bytes)
		usage_error("\"%s\" are no keepalive bytes: empty, ff or 00000000ff",
			    word);
	return bytes;
}

/* "learn, max-learned or keepalive" */
static void list_words(const struct word *words, char *text, size_t size)
{
	const char *separator = "";
	size_t len = 0;

	for (; words->text && len < size; words++) {
		len += (size_t)snprintf(text + len, size - len, "%s%s",
					separator, words->text);
		separator = words[1].text && !words[2].text ? " or " : ", ";
	}
}

unsigned int parse_word(const char *word, const struct word *words,
			unsigned int *given)
{
	const struct word *found = find_word(words, word);
	char text[128] = "";
	unsigned int i;

	if (!found) {
		list_words(words, text, sizeof(text));
		usage_error("\"%s\" is not expected here: %s", word, text);
	}
	i = (unsigned int)(found - words);
	if (*given & 1U << i)
		usage_error("\"%s\" is given twice", word);
	*given |= 1U << i;
	return i;
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
