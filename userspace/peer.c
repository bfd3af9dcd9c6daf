// SPDX-License-Identifier: GPL-2.0
/* espencapctl peer */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "netlink.h"
#include "output.h"
#include "parse.h"

/**
 * struct peer - what was typed of a peer
 * @address: the address that XFRM sends ESP to
 * @endpoint: where the UDP goes, if @endpoint_port is not 0
 * @endpoint_port: UDP port, in host byte order
 * @reqid: 0 for none
 * @port: local UDP port, 0 if it was not named
 */
struct peer {
	struct address address;
	struct address endpoint;
	uint16_t endpoint_port;
	uint32_t reqid;
	uint16_t port;
};

static const char *name_of(const struct peer *peer)
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
	for (; *argv; argv += 2) {
		const bool again = (!strcmp(*argv, "reqid") && peer->reqid) ||
				   (!strcmp(*argv, "port") && peer->port) ||
				   (!strcmp(*argv, "endpoint") &&
				    peer->endpoint_port);

		if (again)
			usage_error("\"%s\" is given twice", *argv);
		if (!strcmp(*argv, "reqid"))
			peer->reqid = parse_reqid(argv[1]);
		else if (!strcmp(*argv, "port"))
			peer->port = parse_port(argv[1]);
		else if (!strcmp(*argv, "endpoint"))
			peer->endpoint_port = parse_endpoint(argv[1],
							     &peer->endpoint);
		else
			usage_error("\"%s\" is not expected here: reqid, port or endpoint",
				    *argv);
		if (peer->endpoint_port &&
		    peer->endpoint.family != peer->address.family)
			usage_error("the endpoint \"%s\" is of another address family than the peer",
				    argv[1]);
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
	netlink_do(msg, NULL, name_of(&peer));
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
	netlink_do(msg, NULL, name_of(&peer));
}

static bool read_address(const struct nlattr *attr, struct address *address)
{
	const uint16_t len = attr ? mnl_attr_get_payload_len(attr) : 0;

	if (len != 4 && len != 16)
		return false;
	address->family = len == 4 ? AF_INET : AF_INET6;
	memcpy(address->bytes, mnl_attr_get_payload(attr), len);
	return true;
}

static const char *origin_name(uint8_t origin)
{
	static char unknown[sizeof("unknown-255")];

	if (origin == ESPENCAP_ORIGIN_STATIC)
		return "static";
	snprintf(unknown, sizeof(unknown), "unknown-%u", origin);
	return unknown;
}

static void print_json(const struct peer *peer, uint8_t origin)
{
	char text[INET6_ADDRSTRLEN];

	printf("{\"address\":\"%s\",\"reqid\":",
	       address_text(&peer->address, text));
	if (peer->reqid)
		printf("%u", peer->reqid);
	else
		printf("null");
	printf(",\"port\":%u,\"endpoint\":{\"address\":\"%s\",\"port\":%u},\"origin\":\"%s\"",
	       peer->port, address_text(&peer->endpoint, text),
	       peer->endpoint_port, origin_name(origin));
}

static void print_text(const struct peer *peer)
{
	char text[ENDPOINT_TEXT];

	printf("%s", address_text(&peer->address, text));
	if (peer->reqid)
		printf(" reqid %u", peer->reqid);
	printf(" port %u endpoint %s\n", peer->port,
	       endpoint_text(&peer->endpoint, peer->endpoint_port, text));
}

static void print(const struct nlattr **attrs)
{
	struct peer peer = { 0 };
	uint8_t origin = ESPENCAP_ORIGIN_UNSPEC;

	if (!read_address(attrs[ESPENCAP_A_ADDRESS], &peer.address) ||
	    !read_address(attrs[ESPENCAP_A_ENDPOINT_ADDRESS],
			  &peer.endpoint) ||
	    !attrs[ESPENCAP_A_PORT] || !attrs[ESPENCAP_A_ENDPOINT_PORT])
		return;
	peer.port = mnl_attr_get_u16(attrs[ESPENCAP_A_PORT]);
	peer.endpoint_port = mnl_attr_get_u16(attrs[ESPENCAP_A_ENDPOINT_PORT]);
	if (attrs[ESPENCAP_A_REQID])
		peer.reqid = mnl_attr_get_u32(attrs[ESPENCAP_A_REQID]);
	if (attrs[ESPENCAP_A_ORIGIN])
		origin = mnl_attr_get_u8(attrs[ESPENCAP_A_ORIGIN]);

	list_next();
	if (options.json)
		print_json(&peer, origin);
	else
		print_text(&peer);
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
		if (!netlink_do(msg, print, name_of(&peer)))
			refused("%s: This peer was not added.",
				name_of(&peer));
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
