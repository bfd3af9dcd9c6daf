// SPDX-License-Identifier: GPL-2.0
/* espencapctl peer */
#include <stdio.h>

#include "ctl.h"
#include "describe.h"
#include "netlink.h"
#include "output.h"
#include "parse.h"
#include "peer_config.h"

static void add(char **argv)
{
	const struct peer_config peer = peer_config_parse_add(argv);
	struct nlmsghdr *msg = netlink_request(ESPENCAP_CMD_PEER_ADD, 0);

	peer_config_put(msg, &peer);
	netlink_do(msg, NULL, NULL, peer_title(&peer));
}

/* A peer that is looked for by its key, among those that were added. */
struct search {
	struct peer_config peer;
	bool is_found;
};

static void look_at(const struct nlattr **attrs, void *context)
{
	struct search *search = context;
	struct peer_config peer;

	if (!peer_config_read(attrs, &peer) || peer.learned ||
	    peer_config_compare(&peer, &search->peer))
		return;
	search->peer = peer;
	search->is_found = true;
}

/* The module sets pin and keepalive both: the other one as it is. */
static void set(char **argv)
{
	unsigned int given;
	const struct peer_config settings = peer_config_parse_set(argv, &given);
	struct search search = { .peer = settings };
	struct nlmsghdr *msg = netlink_request(ESPENCAP_CMD_PEER_GET,
					       NLM_F_DUMP);

	peer_config_put_filter(msg, &settings);
	netlink_do(msg, look_at, &search, peer_title(&settings));
	if (!search.is_found)
		refused("%s: There is no such peer that was added.",
			peer_title(&settings));
	peer_config_change(&search.peer, &settings, given);
	msg = netlink_request(ESPENCAP_CMD_PEER_SET, 0);
	peer_config_put(msg, &search.peer);
	netlink_do(msg, NULL, NULL, peer_title(&settings));
}

static void del(char **argv)
{
	const struct peer_config peer = peer_config_parse_key(argv);
	struct nlmsghdr *msg = netlink_request(ESPENCAP_CMD_PEER_DEL, 0);

	peer_config_put_key(msg, &peer);
	netlink_do(msg, NULL, NULL, peer_title(&peer));
}

static void print_text(const struct nlattr **attrs)
{
	print_peer_key(attrs);
	print_peer_port(attrs);
	fputs(" endpoint ", stdout);
	print_endpoint(attrs[ESPENCAP_A_ENDPOINT_ADDRESS],
		       attrs[ESPENCAP_A_ENDPOINT_PORT]);
	print_peer_origin(attrs);
	if (options.details && has_peer_details(attrs)) {
		line_next();
		print_peer_details(attrs);
	}
}

static void print(const struct nlattr **attrs, void *context)
{
	(void)context;
	if (!describes_peer(attrs))
		return;
	list_next();
	if (options.json) {
		putchar('{');
		print_peer_json(attrs);
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
	struct peer_config peer = { 0 };
	struct nlmsghdr *msg;

	if (*argv) {
		peer.address = parse_address(*argv);
		no_more_words(argv + 1);
		msg = netlink_request(ESPENCAP_CMD_PEER_GET, NLM_F_DUMP);
		peer_config_put_filter(msg, &peer);
		if (!netlink_do(msg, print, NULL, peer_title(&peer)))
			refused("%s: There is no such peer.",
				peer_title(&peer));
	} else {
		msg = netlink_request(ESPENCAP_CMD_PEER_GET, NLM_F_DUMP);
		netlink_do(msg, print, NULL, "peers");
	}
	list_end();
}

const struct command peer_verbs[] = {
	{ "add", .run = add, .operand = OPERAND_TYPED,
	  .words = peer_add_words },
	{ "set", .run = set, .operand = OPERAND_ADDED_PEER,
	  .words = peer_set_words },
	{ "del", "delete", .run = del, .operand = OPERAND_PEER,
	  .words = peer_key_words },
	{ "show", "list", .run = show, .operand = OPERAND_PEER },
	{ NULL, .run = NULL }
};
