// SPDX-License-Identifier: GPL-2.0
/* Ports: from words and from the module, to words and to the module. */
#include <stdio.h>

#include "ctl.h"
#include "espencap.h"
#include "names.h"
#include "parse.h"
#include "port_config.h"
#include "preset.h"

const struct word port_add_words[] = {
	[PORT_LEARN] = { "learn", OPERAND_TYPED, &learn_names },
	[PORT_MAX_LEARNED] = { "max-learned", OPERAND_TYPED, NULL },
	[PORT_KEEPALIVE] = { "keepalive", OPERAND_TYPED, NULL },
	[PORT_KEEPALIVE_BYTES] = { "keepalive-bytes", OPERAND_TYPED,
				   &keepalive_names },
	[PORT_FORMAT] = { "format", OPERAND_TYPED, &format_names },
	{ NULL, OPERAND_NONE, NULL }
};

const struct word port_set_words[] = {
	[PORT_LEARN] = { "learn", OPERAND_TYPED, &learn_names },
	[PORT_MAX_LEARNED] = { "max-learned", OPERAND_TYPED, NULL },
	[PORT_KEEPALIVE] = { "keepalive", OPERAND_TYPED, NULL },
	[PORT_KEEPALIVE_BYTES] = { "keepalive-bytes", OPERAND_TYPED,
				   &keepalive_names },
	{ NULL, OPERAND_NONE, NULL }
};

static bool is_given(const struct port_config *port, enum port_word word)
{
	return port->given & 1U << word;
}

static void give(struct port_config *port, enum port_word word)
{
	port->given |= 1U << word;
}

static struct port_config parse(char **argv, const struct word *words)
{
	struct port_config port = { .number = parse_port(*argv) };

	for (argv++; *argv; argv += 2) {
		switch (parse_word(*argv, words, &port.given)) {
		case PORT_LEARN:
			port.learn = parse_learn(argv[1]);
			break;
		case PORT_MAX_LEARNED:
			port.max_learned = parse_max_learned(argv[1]);
			break;
		case PORT_KEEPALIVE:
			port.keepalive = parse_keepalive(argv[1]);
			break;
		case PORT_KEEPALIVE_BYTES:
			port.keepalive_bytes = parse_keepalive_bytes(argv[1]);
			break;
		case PORT_FORMAT:
			port.format = parse_format(argv[1]);
			break;
		}
	}
	return port;
}

/* In the other formats, all but FF is ESP or IKE, or nothing. */
static bool knows(uint8_t format, uint8_t keepalive_bytes)
{
	return format == ESPENCAP_FORMAT_BARE ||
	       keepalive_bytes == ESPENCAP_KEEPALIVE_FF;
}

static void check_keepalive_bytes(const struct port_config *port)
{
	if (!is_given(port, PORT_KEEPALIVE_BYTES) ||
	    knows(port->format, port->keepalive_bytes))
		return;
	usage_error("keepalive-bytes %s is nothing that format %s knows: it knows ff",
		    keepalive_names.words[port->keepalive_bytes],
		    format_names.words[port->format]);
}

static void fill_from_preset(struct port_config *port)
{
	const struct preset *preset = preset_by_port(port->number);

	if (!is_given(port, PORT_FORMAT)) {
		if (!preset)
			usage_error("port %u has no preset, say how ESP stands in it: format bare, non-ike or rfc3948",
				    port->number);
		port->format = preset->format;
		give(port, PORT_FORMAT);
	}
	check_keepalive_bytes(port);
	if (preset && !is_given(port, PORT_KEEPALIVE_BYTES) &&
	    knows(port->format, preset->keepalive_bytes)) {
		port->keepalive_bytes = preset->keepalive_bytes;
		give(port, PORT_KEEPALIVE_BYTES);
	}
}

struct port_config port_config_parse_add(char **argv)
{
	struct port_config port = parse(argv, port_add_words);

	fill_from_preset(&port);
	return port;
}

struct port_config port_config_parse_set(char **argv)
{
	const struct port_config port = parse(argv, port_set_words);

	if (!port.given)
		usage_error("what to set is missing: learn, max-learned, keepalive or keepalive-bytes");
	return port;
}

bool port_config_read(const struct nlattr **attrs, struct port_config *port)
{
	*port = (struct port_config){ 0 };
	if (!attrs[ESPENCAP_A_PORT] || !attrs[ESPENCAP_A_FORMAT])
		return false;
	port->number = mnl_attr_get_u16(attrs[ESPENCAP_A_PORT]);
	port->format = mnl_attr_get_u8(attrs[ESPENCAP_A_FORMAT]);
	give(port, PORT_FORMAT);
	if (attrs[ESPENCAP_A_LEARN]) {
		port->learn = mnl_attr_get_u8(attrs[ESPENCAP_A_LEARN]);
		give(port, PORT_LEARN);
	}
	if (attrs[ESPENCAP_A_MAX_LEARNED]) {
		port->max_learned =
			mnl_attr_get_u32(attrs[ESPENCAP_A_MAX_LEARNED]);
		give(port, PORT_MAX_LEARNED);
	}
	if (attrs[ESPENCAP_A_KEEPALIVE]) {
		port->keepalive = mnl_attr_get_u16(attrs[ESPENCAP_A_KEEPALIVE]);
		give(port, PORT_KEEPALIVE);
	}
	if (attrs[ESPENCAP_A_KEEPALIVE_BYTES]) {
		port->keepalive_bytes =
			mnl_attr_get_u8(attrs[ESPENCAP_A_KEEPALIVE_BYTES]);
		give(port, PORT_KEEPALIVE_BYTES);
	}
	return true;
}

void port_config_complete(struct port_config *port)
{
	if (!is_given(port, PORT_LEARN))
		port->learn = ESPENCAP_LEARN_ON;
	if (!is_given(port, PORT_MAX_LEARNED))
		port->max_learned = ESPENCAP_MAX_LEARNED;
	if (!is_given(port, PORT_KEEPALIVE))
		port->keepalive = 0;
	if (!is_given(port, PORT_KEEPALIVE_BYTES))
		port->keepalive_bytes = port->format == ESPENCAP_FORMAT_BARE ?
					ESPENCAP_KEEPALIVE_EMPTY :
					ESPENCAP_KEEPALIVE_FF;
	port->given = (1U << (PORT_FORMAT + 1)) - 1;
}

bool port_config_equal(const struct port_config *a,
		       const struct port_config *b)
{
	return a->number == b->number && a->format == b->format &&
	       a->learn == b->learn && a->max_learned == b->max_learned &&
	       a->keepalive == b->keepalive &&
	       a->keepalive_bytes == b->keepalive_bytes;
}

void port_config_put(struct nlmsghdr *msg, const struct port_config *port)
{
	mnl_attr_put_u16(msg, ESPENCAP_A_PORT, port->number);
	if (is_given(port, PORT_FORMAT))
		mnl_attr_put_u8(msg, ESPENCAP_A_FORMAT, port->format);
	if (is_given(port, PORT_LEARN))
		mnl_attr_put_u8(msg, ESPENCAP_A_LEARN, port->learn);
	if (is_given(port, PORT_MAX_LEARNED))
		mnl_attr_put_u32(msg, ESPENCAP_A_MAX_LEARNED,
				 port->max_learned);
	if (is_given(port, PORT_KEEPALIVE))
		mnl_attr_put_u16(msg, ESPENCAP_A_KEEPALIVE, port->keepalive);
	if (is_given(port, PORT_KEEPALIVE_BYTES))
		mnl_attr_put_u8(msg, ESPENCAP_A_KEEPALIVE_BYTES,
				port->keepalive_bytes);
}

void port_config_print(const struct port_config *port, bool with_format)
{
	printf("%u", port->number);
	if (with_format)
		printf(" format %s", name_of(&format_names, port->format));
	printf(" learn %s max-learned %u", name_of(&learn_names, port->learn),
	       port->max_learned);
	printf(" keepalive %u keepalive-bytes %s", port->keepalive,
	       name_of(&keepalive_names, port->keepalive_bytes));
}

const char *port_title(uint16_t number)
{
	static char name[sizeof("port 65535")];

	snprintf(name, sizeof(name), "port %u", number);
	return name;
}
