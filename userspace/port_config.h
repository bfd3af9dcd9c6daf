/* SPDX-License-Identifier: GPL-2.0 */
/* A port as it is configured: typed, sent, and told by the module. */
#ifndef PORT_CONFIG_H
#define PORT_CONFIG_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

#include "words.h"

enum port_word {
	PORT_LEARN,
	PORT_MAX_LEARNED,
	PORT_KEEPALIVE,
	PORT_KEEPALIVE_BYTES,
	PORT_FORMAT,
};

/* What may stand behind "port add PORT", and behind "port set PORT". */
extern const struct word port_add_words[];
extern const struct word port_set_words[];

/**
 * struct port_config - what is known of a port
 * @number: UDP port, in host byte order
 * @given: a bit for each enum port_word that is known
 * @max_learned: how many learned peers it may have
 * @keepalive: seconds, 0 for none
 * @learn: an enum espencap_learn
 * @keepalive_bytes: an enum espencap_keepalive
 * @format: an enum espencap_format_id
 * @line: of the file that it stands in, 0 for none
 */
struct port_config {
	uint16_t number;
	unsigned int given;
	uint32_t max_learned;
	uint16_t keepalive;
	uint8_t learn;
	uint8_t keepalive_bytes;
	uint8_t format;
	unsigned int line;
};

/**
 * port_config_parse_add() - what stands behind "port add"
 * @argv: the words, ending with NULL
 *
 * Return: the port, with what its preset says.
 */
struct port_config port_config_parse_add(char **argv);

/**
 * port_config_parse_set() - what stands behind "port set"
 * @argv: the words, ending with NULL
 *
 * Return: the port, with at least one setting.
 */
struct port_config port_config_parse_set(char **argv);

/**
 * port_config_read() - what the module says of a port
 * @attrs: attributes by type
 * @port: takes it
 *
 * Return: whether it has a number and a format.
 */
bool port_config_read(const struct nlattr **attrs, struct port_config *port);

/**
 * port_config_complete() - what was not given is as the module has it by default
 * @port: the port, whose format is known
 */
void port_config_complete(struct port_config *port);

/**
 * port_config_equal() - are two ports the same but for their lines?
 * @a: a port with all settings
 * @b: another
 *
 * Return: whether they are.
 */
bool port_config_equal(const struct port_config *a,
		       const struct port_config *b);

/**
 * port_config_put() - write what is given as attributes
 * @msg: request to write to
 * @port: the port
 */
void port_config_put(struct nlmsghdr *msg, const struct port_config *port);

/**
 * port_config_print() - print it as it can be typed behind "port add" or "port set"
 * @port: the port, with all settings
 * @with_format: behind "port add"
 */
void port_config_print(const struct port_config *port, bool with_format);

/**
 * port_title() - what a port is called in messages
 * @number: UDP port, in host byte order
 *
 * Return: "port 2797", until the next call.
 */
const char *port_title(uint16_t number);

#endif /* PORT_CONFIG_H */
