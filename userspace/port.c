// SPDX-License-Identifier: GPL-2.0
/* espencapctl port */
#include <stdio.h>

#include "color.h"
#include "ctl.h"
#include "describe.h"
#include "netlink.h"
#include "output.h"
#include "parse.h"
#include "port_config.h"

static void send_port(enum espencap_cmd cmd, const struct port_config *port)
{
	struct nlmsghdr *msg = netlink_request(cmd, 0);

	port_config_put(msg, port);
	netlink_do(msg, NULL, NULL, port_title(port->number));
}

static void add(char **argv)
{
	const struct port_config port = port_config_parse_add(argv);

	send_port(ESPENCAP_CMD_PORT_ADD, &port);
}

static void set(char **argv)
{
	const struct port_config port = port_config_parse_set(argv);

	send_port(ESPENCAP_CMD_PORT_SET, &port);
}

static void del(char **argv)
{
	const struct port_config port = { .number = parse_port(*argv) };

	no_more_words(argv + 1);
	send_port(ESPENCAP_CMD_PORT_DEL, &port);
}

static void print_text(const struct nlattr **attrs)
{
	color_begin(COLOR_PORT);
	printf("%u", mnl_attr_get_u16(attrs[ESPENCAP_A_PORT]));
	color_end();
	print_port(attrs);
	if (options.details && has_port_details(attrs)) {
		line_next();
		print_port_details(attrs);
		print_socket(attrs);
	}
}

static void print(const struct nlattr **attrs, void *context)
{
	(void)context;
	if (!attrs[ESPENCAP_A_PORT] || !attrs[ESPENCAP_A_FORMAT])
		return;
	list_next();
	if (options.json) {
		putchar('{');
		print_port_json(attrs);
		print_socket_json(attrs);
		print_last_json(attrs);
	} else {
		print_text(attrs);
		if (options.stats)
			print_last(attrs);
	}
	print_stats(attrs[ESPENCAP_A_STATS]);
	putchar(options.json ? '}' : '\n');
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
		netlink_do(msg, print, NULL, port_title(port));
	} else {
		msg = netlink_request(ESPENCAP_CMD_PORT_GET, NLM_F_DUMP);
		netlink_do(msg, print, NULL, "ports");
	}
	list_end();
}

const struct command port_verbs[] = {
	{ "add", .run = add, .operand = OPERAND_PRESET,
	  .words = port_add_words },
	{ "set", .run = set, .operand = OPERAND_PORT,
	  .words = port_set_words },
	{ "del", "delete", .run = del, .operand = OPERAND_PORT },
	{ "show", "list", .run = show, .operand = OPERAND_PORT },
	{ NULL, .run = NULL }
};
