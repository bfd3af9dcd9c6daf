// SPDX-License-Identifier: GPL-2.0
/* espencapctl peer */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "describe.h"
#include "netlink.h"
#include "output.h"
#include "parse.h"

enum { REQID, PORT, ENDPOINT, PIN, KEEPALIVE };

static const char * const add_words[] = {
	[REQID] = "reqid",
	[PORT] = "port",
	[ENDPOINT] = "endpoint",
	[PIN] = "pin",
	[KEEPALIVE] = "keepalive",
	NULL
};

/**
 * struct peer - what was typed of a peer
 * @address: the address that XFRM sends ESP to
 * @endpoint: where the UDP goes, if @endpoint_port is not 0
 * @endpoint_port: UDP port, in host byte order
 * @reqid: 0 for none
 * @port: local UDP port, 0 if it was not named
 * @keepalive: seconds, 0 for none, if @own_keepalive
 * @own_keepalive: it has a @keepalive, not the port's
 * @pin: the endpoint stays as it is
 */
struct peer {
	struct address address;
	struct address endpoint;
	uint16_t endpoint_port;
	uint32_t reqid;
	uint16_t port;
	uint16_t keepalive;
	bool own_keepalive;
	bool pin;
};

static const char *title(const struct peer *peer)
{
	static char name[sizeof("peer  reqid 4294967295") + INET6_ADDRSTRLEN];
	char text[INET6_ADDRSTRLEN];

	address_text(&peer->address, text);
	if (peer->reqid)
		snprintf(name, sizeof(name), "peer %s reqid %u", text,
			 peer->reqid);
	else
		snprintf(name, sizeof(name), "peer %s", text);
	return name;
}

static size_t length(const struct address *address)
{
	return address->family == AF_INET ? 4 : 16;
}

static void put_key(struct nlmsghdr *msg, const struct peer *peer)
{
	mnl_attr_put(msg, ESPENCAP_A_ADDRESS, length(&peer->address),
		     peer->address.bytes);
	if (peer->reqid)
		mnl_attr_put_u32(msg, ESPENCAP_A_REQID, peer->reqid);
}

static void parse_words(char **argv, struct peer *peer)
{
	unsigned int given = 0;

	while (*argv) {
		switch (parse_word(*argv++, add_words, &given)) {
		case REQID:
			peer->reqid = parse_reqid(*argv);
			break;
		case PORT:
			peer->port = parse_port(*argv);
			break;
		case ENDPOINT:
			peer->endpoint_port = parse_endpoint(*argv,
							     &peer->endpoint);
			if (peer->endpoint.family != peer->address.family)
				usage_error("the endpoint \"%s\" is of another address family than the peer",
					    *argv);
			break;
		case KEEPALIVE:
			peer->keepalive = parse_keepalive(*argv);
			peer->own_keepalive = true;
			break;
		case PIN:
			peer->pin = true;
			continue;
		}
		argv++;
	}
}

static void add(char **argv)
{
	struct peer peer = { .address = parse_address(*argv) };
	struct nlmsghdr *msg;

	parse_words(argv + 1, &peer);
	if (!peer.port)
		usage_error("the peer's port is missing: port PORT");

	msg = netlink_request(ESPENCAP_CMD_PEER_ADD, 0);
	put_key(msg, &peer);
	mnl_attr_put_u16(msg, ESPENCAP_A_PORT, peer.port);
	if (peer.endpoint_port) {
		mnl_attr_put(msg, ESPENCAP_A_ENDPOINT_ADDRESS,
			     length(&peer.endpoint), peer.endpoint.bytes);
		mnl_attr_put_u16(msg, ESPENCAP_A_ENDPOINT_PORT,
				 peer.endpoint_port);
	}
	if (peer.pin)
		mnl_attr_put(msg, ESPENCAP_A_PIN, 0, NULL);
	if (peer.own_keepalive)
		mnl_attr_put_u16(msg, ESPENCAP_A_KEEPALIVE, peer.keepalive);
	netlink_do(msg, NULL, title(&peer));
}

static void del(char **argv)
{
	struct peer peer = { .address = parse_address(*argv) };
	struct nlmsghdr *msg;

	argv++;
	if (*argv && !strcmp(*argv, "reqid")) {
		peer.reqid = parse_reqid(argv[1]);
		argv += 2;
	}
	no_more_words(argv);

	msg = netlink_request(ESPENCAP_CMD_PEER_DEL, 0);
	put_key(msg, &peer);
	netlink_do(msg, NULL, title(&peer));
}

static void print_text(const struct nlattr **attrs)
{
	print_peer_key(attrs);
	print_peer_port(attrs);
	fputs(" endpoint ", stdout);
	print_endpoint(attrs[ESPENCAP_A_ENDPOINT_ADDRESS],
		       attrs[ESPENCAP_A_ENDPOINT_PORT]);
	print_peer_origin(attrs);
	putchar('\n');
	if (options.details && has_peer_details(attrs)) {
		fputs("   ", stdout);
		print_peer_details(attrs);
		putchar('\n');
	}
}

static void print(const struct nlattr **attrs)
{
	if (!describes_peer(attrs))
		return;
	list_next();
	if (options.json) {
		putchar('{');
		print_peer_json(attrs);
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
	struct peer peer = { 0 };

	if (*argv) {
		peer.address = parse_address(*argv);
		no_more_words(argv + 1);
		msg = netlink_request(ESPENCAP_CMD_PEER_GET, NLM_F_DUMP);
		put_key(msg, &peer);
		if (!netlink_do(msg, print, title(&peer)))
			refused("%s: There is no such peer.", title(&peer));
	} else {
		msg = netlink_request(ESPENCAP_CMD_PEER_GET, NLM_F_DUMP);
		netlink_do(msg, print, "peers");
	}
	list_end();
}

const struct verb peer_verbs[] = {
	{ "add", NULL, add },
	{ "del", "delete", del },
	{ "show", "list", show },
	{ NULL, NULL, NULL }
};
