// SPDX-License-Identifier: GPL-2.0
/* espencapctl port */
#include <stdio.h>

#include "ctl.h"
#include "describe.h"
#include "names.h"
#include "netlink.h"
#include "output.h"
#include "parse.h"
#include "preset.h"

static const char *title(uint16_t port)
{
	static char name[sizeof("port 65535")];

	snprintf(name, sizeof(name), "port %u", port);
	return name;
}

enum { LEARN, MAX_LEARNED, KEEPALIVE, KEEPALIVE_BYTES, FORMAT };

static const char * const add_words[] = {
	[LEARN] = "learn",
	[MAX_LEARNED] = "max-learned",
	[KEEPALIVE] = "keepalive",
	[KEEPALIVE_BYTES] = "keepalive-bytes",
	[FORMAT] = "format",
	NULL
};

static const char * const set_words[] = {
	[LEARN] = "learn",
	[MAX_LEARNED] = "max-learned",
	[KEEPALIVE] = "keepalive",
	[KEEPALIVE_BYTES] = "keepalive-bytes",
	NULL
};

/**
 * struct settings - what was typed of a port
 * @given: a bit for each word that was; what the others stand for is not said
 * @max_learned: how many learned peers it may have
 * @keepalive: seconds, 0 for none
 * @learn: an enum espencap_learn
 * @keepalive_bytes: an enum espencap_keepalive
 * @format: an enum espencap_format_id
 */
struct settings {
	unsigned int given;
	uint32_t max_learned;
	uint16_t keepalive;
	uint8_t learn;
	uint8_t keepalive_bytes;
	uint8_t format;
};

static bool is_given(const struct settings *s, unsigned int word)
{
	return s->given & 1U << word;
}

static struct settings parse_settings(char **argv, const char * const *words)
{
	struct settings s = { 0 };

	for (; *argv; argv += 2) {
		switch (parse_word(*argv, words, &s.given)) {
		case LEARN:
			s.learn = parse_learn(argv[1]);
			break;
		case MAX_LEARNED:
			s.max_learned = parse_max_learned(argv[1]);
			break;
		case KEEPALIVE:
			s.keepalive = parse_keepalive(argv[1]);
			break;
		case KEEPALIVE_BYTES:
			s.keepalive_bytes = parse_keepalive_bytes(argv[1]);
			break;
		case FORMAT:
			s.format = parse_format(argv[1]);
			break;
		}
	}
	return s;
}

/* In the other formats, all but FF is ESP or IKE, or nothing. */
static bool knows(uint8_t format, uint8_t keepalive_bytes)
{
	return format == ESPENCAP_FORMAT_BARE ||
	       keepalive_bytes == ESPENCAP_KEEPALIVE_FF;
}

static void check_keepalive_bytes(const struct settings *s)
{
	if (!is_given(s, KEEPALIVE_BYTES) ||
	    knows(s->format, s->keepalive_bytes))
		return;
	usage_error("keepalive-bytes %s is nothing that format %s knows: it knows ff",
		    keepalive_names.words[s->keepalive_bytes],
		    format_names.words[s->format]);
}

static void fill_from_preset(uint16_t port, struct settings *s)
{
	const struct preset *preset = preset_by_port(port);

	if (!is_given(s, FORMAT)) {
		if (!preset)
			usage_error("port %u has no preset, say how ESP stands in it: format bare, non-ike or rfc3948",
				    port);
		s->format = preset->format;
		s->given |= 1U << FORMAT;
	}
	check_keepalive_bytes(s);
	if (preset && !is_given(s, KEEPALIVE_BYTES) &&
	    knows(s->format, preset->keepalive_bytes)) {
		s->keepalive_bytes = preset->keepalive_bytes;
		s->given |= 1U << KEEPALIVE_BYTES;
	}
}

static void put_settings(struct nlmsghdr *msg, const struct settings *s)
{
	if (is_given(s, FORMAT))
		mnl_attr_put_u8(msg, ESPENCAP_A_FORMAT, s->format);
	if (is_given(s, LEARN))
		mnl_attr_put_u8(msg, ESPENCAP_A_LEARN, s->learn);
	if (is_given(s, MAX_LEARNED))
		mnl_attr_put_u32(msg, ESPENCAP_A_MAX_LEARNED, s->max_learned);
	if (is_given(s, KEEPALIVE))
		mnl_attr_put_u16(msg, ESPENCAP_A_KEEPALIVE, s->keepalive);
	if (is_given(s, KEEPALIVE_BYTES))
		mnl_attr_put_u8(msg, ESPENCAP_A_KEEPALIVE_BYTES,
				s->keepalive_bytes);
}

static void send_settings(enum espencap_cmd cmd, uint16_t port,
			  const struct settings *s)
{
	struct nlmsghdr *msg = netlink_request(cmd, 0);

	mnl_attr_put_u16(msg, ESPENCAP_A_PORT, port);
	put_settings(msg, s);
	netlink_do(msg, NULL, title(port));
}

static void add(char **argv)
{
	const uint16_t port = parse_port(*argv);
	struct settings s = parse_settings(argv + 1, add_words);

	fill_from_preset(port, &s);
	send_settings(ESPENCAP_CMD_PORT_ADD, port, &s);
}

static void set(char **argv)
{
	const uint16_t port = parse_port(*argv);
	const struct settings s = parse_settings(argv + 1, set_words);

	if (!s.given)
		usage_error("what to set is missing: learn, max-learned, keepalive or keepalive-bytes");
	send_settings(ESPENCAP_CMD_PORT_SET, port, &s);
}

static void del(char **argv)
{
	const uint16_t port = parse_port(*argv);
	struct nlmsghdr *msg;

	no_more_words(argv + 1);
	msg = netlink_request(ESPENCAP_CMD_PORT_DEL, 0);
	mnl_attr_put_u16(msg, ESPENCAP_A_PORT, port);
	netlink_do(msg, NULL, title(port));
}

static void print_text(const struct nlattr **attrs)
{
	printf("%u", mnl_attr_get_u16(attrs[ESPENCAP_A_PORT]));
	print_port(attrs);
	putchar('\n');
	if (options.details && has_port_details(attrs)) {
		fputs("   ", stdout);
		print_port_details(attrs);
		putchar('\n');
	}
}

static void print(const struct nlattr **attrs)
{
	if (!attrs[ESPENCAP_A_PORT] || !attrs[ESPENCAP_A_FORMAT])
		return;
	list_next();
	if (options.json) {
		putchar('{');
		print_port_json(attrs);
	} else {
		print_text(attrs);
	}
	print_stats(attrs[ESPENCAP_A_STATS]);
	if (options.json)
		putchar('}');
}

static void show(char **argv)
{
	struct nlmsghdr *msg;
	uint16_t port;

	if (*argv) {
		port = parse_port(*argv);
		no_more_words(argv + 1);
		msg = netlink_request(ESPENCAP_CMD_PORT_GET, 0);
		mnl_attr_put_u16(msg, ESPENCAP_A_PORT, port);
		netlink_do(msg, print, title(port));
	} else {
		msg = netlink_request(ESPENCAP_CMD_PORT_GET, NLM_F_DUMP);
		netlink_do(msg, print, "ports");
	}
	list_end();
}

const struct verb port_verbs[] = {
	{ "add", NULL, add },
	{ "set", NULL, set },
	{ "del", "delete", del },
	{ "show", "list", show },
	{ NULL, NULL, NULL }
};
