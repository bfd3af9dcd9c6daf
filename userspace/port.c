// SPDX-License-Identifier: GPL-2.0
/* espencapctl port */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "netlink.h"
#include "output.h"
#include "parse.h"
#include "preset.h"

static const char *name_of(uint16_t port)
{
	static char name[sizeof("port 65535")];

	snprintf(name, sizeof(name), "port %u", port);
	return name;
}

static uint8_t format_of(uint16_t port)
{
	const struct preset *preset = preset_by_port(port);

	if (!preset)
		usage_error("port %u has no preset, say how ESP stands in it: format bare, non-ike or rfc3948",
			    port);
	return preset->format;
}

static void add(char **argv)
{
	const uint16_t port = parse_port(*argv);
	struct nlmsghdr *msg;
	uint8_t format;

	argv++;
	if (*argv && !strcmp(*argv, "format")) {
		argv++;
		format = parse_format(*argv);
		argv++;
	} else {
		no_more_words(argv);
		format = format_of(port);
	}
	no_more_words(argv);

	msg = netlink_request(ESPENCAP_CMD_PORT_ADD, 0);
	mnl_attr_put_u16(msg, ESPENCAP_A_PORT, port);
	mnl_attr_put_u8(msg, ESPENCAP_A_FORMAT, format);
	netlink_do(msg, NULL, name_of(port));
}

static void del(char **argv)
{
	const uint16_t port = parse_port(*argv);
	struct nlmsghdr *msg;

	no_more_words(argv + 1);
	msg = netlink_request(ESPENCAP_CMD_PORT_DEL, 0);
	mnl_attr_put_u16(msg, ESPENCAP_A_PORT, port);
	netlink_do(msg, NULL, name_of(port));
}

static void print(const struct nlattr **attrs)
{
	uint16_t port;
	uint8_t format;

	if (!attrs[ESPENCAP_A_PORT] || !attrs[ESPENCAP_A_FORMAT])
		return;
	port = mnl_attr_get_u16(attrs[ESPENCAP_A_PORT]);
	format = mnl_attr_get_u8(attrs[ESPENCAP_A_FORMAT]);
	list_next();
	if (options.json)
		printf("{\"port\":%u,\"format\":\"%s\"", port,
		       format_name(format));
	else
		printf("%u format %s\n", port, format_name(format));
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
		netlink_do(msg, print, name_of(port));
	} else {
		msg = netlink_request(ESPENCAP_CMD_PORT_GET, NLM_F_DUMP);
		netlink_do(msg, print, "ports");
	}
	list_end();
}

const struct verb port_verbs[] = {
	{ "add", NULL, add },
	{ "del", "delete", del },
	{ "show", "list", show },
	{ NULL, NULL, NULL }
};
