// SPDX-License-Identifier: GPL-2.0
/* Peers: from words and from the module, to words and to the module. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "describe.h"
#include "espencap.h"
#include "names.h"
#include "parse.h"
#include "peer_config.h"

/* The last two share a place: one is for add, the other for set. */
enum { REQID, PORT, ENDPOINT, PIN, KEEPALIVE, LEARNED, UNPIN = LEARNED };

/* What sets a peer's keepalive back: only that has any sense. */
static const char * const back_words[] = { NULL, "port" };
static const struct names back_names = { back_words, 2 };

const struct word peer_add_words[] = {
	[REQID] = { "reqid", OPERAND_TYPED, NULL },
	[PORT] = { "port", OPERAND_PORT, NULL },
	[ENDPOINT] = { "endpoint", OPERAND_TYPED, NULL },
	[PIN] = { "pin", OPERAND_NONE, NULL },
	[KEEPALIVE] = { "keepalive", OPERAND_TYPED, NULL },
	[LEARNED] = { "learned", OPERAND_NONE, NULL },
	{ NULL, OPERAND_NONE, NULL }
};

const struct word peer_set_words[] = {
	[REQID] = { "reqid", OPERAND_REQID, NULL },
	[PORT] = { "port", OPERAND_PORT, NULL },
	[ENDPOINT] = { "endpoint", OPERAND_TYPED, NULL },
	[PIN] = { "pin", OPERAND_NONE, NULL },
	[KEEPALIVE] = { "keepalive", OPERAND_TYPED, &back_names },
	[UNPIN] = { "unpin", OPERAND_NONE, NULL },
	{ NULL, OPERAND_NONE, NULL }
};

const struct word peer_key_words[] = {
	[REQID] = { "reqid", OPERAND_REQID, NULL },
	{ NULL, OPERAND_NONE, NULL }
};

static bool is_back(const struct word *keepalive, const char *word)
{
	return keepalive->names && word && number_of(keepalive->names, word);
}

/* @given: takes a bit for each word */
static struct peer_config parse(char **argv, const struct word *words,
				unsigned int *given)
{
	struct peer_config peer = { .address = parse_address(*argv) };

	for (argv++; *argv;) {
		switch (parse_word(*argv++, words, given)) {
		case REQID:
			peer.reqid = parse_reqid(*argv);
			break;
		case PORT:
			peer.port = parse_port(*argv);
			break;
		case ENDPOINT:
			peer.endpoint_port = parse_endpoint(*argv,
							    &peer.endpoint);
			if (peer.endpoint.family != peer.address.family)
				usage_error("the endpoint \"%s\" is of another address family than the peer",
					    *argv);
			break;
		case KEEPALIVE:
			if (is_back(&words[KEEPALIVE], *argv))
				break;
			peer.keepalive = parse_keepalive(*argv);
			peer.own_keepalive = true;
			break;
		case PIN:
			peer.pin = true;
			continue;
		case LEARNED:
			peer.learned = words == peer_add_words;
			continue;
		}
		argv++;
	}
	return peer;
}

struct peer_config peer_config_parse_add(char **argv)
{
	unsigned int given = 0;
	struct peer_config peer = parse(argv, peer_add_words, &given);

	if (!peer.port)
		usage_error("the peer's port is missing: port PORT");
	if (peer.learned && (peer.pin || peer.own_keepalive))
		usage_error("a learned peer has no pin, and no keepalive but its port's");
	return peer;
}

struct peer_config peer_config_parse_set(char **argv, unsigned int *given)
{
	struct peer_config peer;

	*given = 0;
	peer = parse(argv, peer_set_words, given);
	if (*given & 1U << PIN && *given & 1U << UNPIN)
		usage_error("\"pin\" and \"unpin\" are given both");
	if (!(*given & ~(1U << REQID)))
		usage_error("what to set is missing: port, endpoint, pin, unpin or keepalive");
	return peer;
}

void peer_config_change(struct peer_config *peer,
			const struct peer_config *set, unsigned int given)
{
	/* what is not sent stays */
	peer->port = set->port;
	peer->endpoint = set->endpoint;
	peer->endpoint_port = set->endpoint_port;
	peer->moved = false;
	if (given & (1U << PIN | 1U << UNPIN))
		peer->pin = set->pin;
	if (given & 1U << KEEPALIVE) {
		peer->own_keepalive = set->own_keepalive;
		peer->keepalive = set->keepalive;
	}
}

struct peer_config peer_config_parse_key(char **argv)
{
	unsigned int given = 0;

	return parse(argv, peer_key_words, &given);
}

bool peer_config_read(const struct nlattr **attrs, struct peer_config *peer)
{
	*peer = (struct peer_config){ 0 };
	if (!describes_peer(attrs))
		return false;
	read_address(attrs[ESPENCAP_A_ADDRESS], &peer->address);
	read_address(attrs[ESPENCAP_A_ENDPOINT_ADDRESS], &peer->endpoint);
	peer->endpoint_port = mnl_attr_get_u16(attrs[ESPENCAP_A_ENDPOINT_PORT]);
	peer->port = mnl_attr_get_u16(attrs[ESPENCAP_A_PORT]);
	if (attrs[ESPENCAP_A_REQID])
		peer->reqid = mnl_attr_get_u32(attrs[ESPENCAP_A_REQID]);
	if (attrs[ESPENCAP_A_KEEPALIVE]) {
		peer->keepalive = mnl_attr_get_u16(attrs[ESPENCAP_A_KEEPALIVE]);
		peer->own_keepalive = true;
	}
	peer->pin = attrs[ESPENCAP_A_PIN];
	peer->moved = attrs[ESPENCAP_A_MOVED];
	peer->learned = attrs[ESPENCAP_A_ORIGIN] &&
			mnl_attr_get_u8(attrs[ESPENCAP_A_ORIGIN]) ==
				ESPENCAP_ORIGIN_LEARNED;
	return true;
}

void peer_config_complete(struct peer_config *peer)
{
	if (peer->endpoint_port)
		return;
	peer->endpoint = peer->address;
	peer->endpoint_port = peer->port;
}

static int compare_numbers(uint32_t a, uint32_t b)
{
	return (a > b) - (a < b);
}

static int compare_addresses(const struct address *a, const struct address *b)
{
	if (a->family != b->family)
		return a->family == AF_INET ? -1 : 1;
	return memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

int peer_config_compare(const struct peer_config *a,
			const struct peer_config *b)
{
	const int order = compare_addresses(&a->address, &b->address);

	return order ? order : compare_numbers(a->reqid, b->reqid);
}

bool peer_config_equal(const struct peer_config *a,
		       const struct peer_config *b, bool wherever)
{
	return a->port == b->port && a->pin == b->pin &&
	       a->own_keepalive == b->own_keepalive &&
	       a->keepalive == b->keepalive &&
	       (wherever || (a->endpoint_port == b->endpoint_port &&
			     !compare_addresses(&a->endpoint, &b->endpoint)));
}

static size_t length(const struct address *address)
{
	return address->family == AF_INET ? 4 : 16;
}

void peer_config_put_filter(struct nlmsghdr *msg,
			    const struct peer_config *peer)
{
	mnl_attr_put(msg, ESPENCAP_A_ADDRESS, length(&peer->address),
		     peer->address.bytes);
}

void peer_config_put_key(struct nlmsghdr *msg, const struct peer_config *peer)
{
	peer_config_put_filter(msg, peer);
	if (peer->reqid)
		mnl_attr_put_u32(msg, ESPENCAP_A_REQID, peer->reqid);
}

void peer_config_put_origin(struct nlmsghdr *msg,
			    const struct peer_config *peer)
{
	mnl_attr_put_u8(msg, ESPENCAP_A_ORIGIN,
			peer->learned ? ESPENCAP_ORIGIN_LEARNED :
					ESPENCAP_ORIGIN_STATIC);
}

void peer_config_put(struct nlmsghdr *msg, const struct peer_config *peer)
{
	peer_config_put_key(msg, peer);
	if (peer->port)
		mnl_attr_put_u16(msg, ESPENCAP_A_PORT, peer->port);
	if (peer->endpoint_port) {
		mnl_attr_put(msg, ESPENCAP_A_ENDPOINT_ADDRESS,
			     length(&peer->endpoint), peer->endpoint.bytes);
		mnl_attr_put_u16(msg, ESPENCAP_A_ENDPOINT_PORT,
				 peer->endpoint_port);
		if (peer->moved)
			mnl_attr_put(msg, ESPENCAP_A_MOVED, 0, NULL);
	}
	if (peer->pin)
		mnl_attr_put(msg, ESPENCAP_A_PIN, 0, NULL);
	if (peer->own_keepalive)
		mnl_attr_put_u16(msg, ESPENCAP_A_KEEPALIVE, peer->keepalive);
	if (peer->learned)
		peer_config_put_origin(msg, peer);
}

void peer_config_print_key(const struct peer_config *peer)
{
	char text[INET6_ADDRSTRLEN];

	fputs(address_text(&peer->address, text), stdout);
	if (peer->reqid)
		printf(" reqid %u", peer->reqid);
}

void peer_config_print(const struct peer_config *peer)
{
	char text[ENDPOINT_TEXT];

	peer_config_print_key(peer);
	printf(" port %u", peer->port);
	if (peer->endpoint_port)
		printf(" endpoint %s",
		       endpoint_text(&peer->endpoint, peer->endpoint_port,
				     text));
	if (peer->pin)
		fputs(" pin", stdout);
	if (peer->own_keepalive)
		printf(" keepalive %u", peer->keepalive);
	if (peer->learned)
		fputs(" learned", stdout);
}

const char *peer_title(const struct peer_config *peer)
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
