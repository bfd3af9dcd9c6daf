/* SPDX-License-Identifier: GPL-2.0 */
/* From words to values. What is wrong with a word ends the program. */
#ifndef PARSE_H
#define PARSE_H

#include <netinet/in.h>
#include <stdint.h>

#include "words.h"

/**
 * struct address - of either family
 * @family: AF_INET or AF_INET6
 * @bytes: 4 or 16 of them, in network byte order
 */
struct address {
	int family;
	unsigned char bytes[16];
};

/* "[2001:db8::1]:65535" is shorter, and so is any other. */
#define ENDPOINT_TEXT	(INET6_ADDRSTRLEN + 9)

/**
 * parse_port() - a UDP port
 * @word: a decimal number from 1 to 65535, or the name of a preset; NULL is an
 *	error
 *
 * Return: the port, in host byte order.
 */
uint16_t parse_port(const char *word);

/**
 * parse_count() - how many
 * @word: a decimal number from 1 to 4294967295; NULL is an error
 * @of: of what, for messages: "seconds"
 *
 * Return: the number.
 */
uint32_t parse_count(const char *word, const char *of);

/**
 * parse_seconds() - how long to look
 * @word: a decimal number from 0 to 3600; NULL is an error
 *
 * Return: the seconds.
 */
uint16_t parse_seconds(const char *word);

/**
 * parse_reqid() - a reqid
 * @word: a decimal number from 1 to 4294967295; NULL is an error
 *
 * Return: the reqid.
 */
uint32_t parse_reqid(const char *word);

/**
 * parse_address() - the address of one host
 * @word: an IPv4 or IPv6 address; NULL is an error
 *
 * Return: the address, neither unspecified nor multicast.
 */
struct address parse_address(const char *word);

/**
 * parse_endpoint() - an address and a UDP port
 * @word: ADDRESS:PORT, or [ADDRESS]:PORT for IPv6; NULL is an error
 * @address: takes the address
 *
 * Return: the port, in host byte order.
 */
uint16_t parse_endpoint(const char *word, struct address *address);

/**
 * parse_format() - a framing
 * @word: bare, non-ike or rfc3948; NULL is an error
 *
 * Return: an enum espencap_format_id.
 */
uint8_t parse_format(const char *word);

/**
 * parse_learn() - how a port makes peers
 * @word: on, off or unsafe; NULL is an error
 *
 * Return: an enum espencap_learn.
 */
uint8_t parse_learn(const char *word);

/**
 * parse_max_learned() - how many learned peers a port may have
 * @word: a decimal number from 0 to ESPENCAP_MAX_PEERS; NULL is an error
 *
 * Return: the number.
 */
uint32_t parse_max_learned(const char *word);

/**
 * parse_keepalive() - how often a keepalive is sent
 * @word: a decimal number from 0 to 65535; NULL is an error
 *
 * Return: the seconds, 0 for none.
 */
uint16_t parse_keepalive(const char *word);

/**
 * parse_keepalive_bytes() - the payload of keepalives
 * @word: empty, ff or 00000000ff; NULL is an error
 *
 * Return: an enum espencap_keepalive.
 */
uint8_t parse_keepalive_bytes(const char *word);

/**
 * parse_word() - which of the words that may stand here, each once, is it?
 * @word: the word
 * @words: those that may; the last has no text
 * @given: a bit for each that has stood here; takes that of @word
 *
 * Return: its place in @words.
 */
unsigned int parse_word(const char *word, const struct word *words,
			unsigned int *given);

/**
 * address_text() - an address as it can be typed
 * @address: the address
 * @text: room for INET6_ADDRSTRLEN bytes
 *
 * Return: @text.
 */
const char *address_text(const struct address *address, char *text);

/**
 * endpoint_text() - an endpoint as it can be typed
 * @address: the address
 * @port: the port, in host byte order
 * @text: room for ENDPOINT_TEXT bytes
 *
 * Return: @text.
 */
const char *endpoint_text(const struct address *address, uint16_t port,
			  char *text);

/**
 * no_more_words() - nothing may follow
 * @argv: the words that are left, ending with NULL
 */
void no_more_words(char **argv);

#endif /* PARSE_H */
