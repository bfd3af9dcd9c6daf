// SPDX-License-Identifier: GPL-2.0
/* Reading configurations, and finding things in them. */
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "ctl.h"
#include "grow.h"
#include "lines.h"
#include "netlink.h"

/* How often the module is asked for its configuration until it stands still. */
#define READ_TRIES	10

static void add_port(struct ports *ports, struct port_config port)
{
	port_config_complete(&port);
	ports->list = grow(ports->list, ports->count, &ports->room,
			   sizeof(port));
	ports->list[ports->count++] = port;
}

static void add_peer(struct peers *peers, struct peer_config peer)
{
	peer_config_complete(&peer);
	peers->list = grow(peers->list, peers->count, &peers->room,
			   sizeof(peer));
	peers->list[peers->count++] = peer;
}

static int compare_ports(const void *_a, const void *_b)
{
	const struct port_config *a = _a, *b = _b;

	return a->number - b->number;
}

static int compare_peers(const void *a, const void *b)
{
	return peer_config_compare(a, b);
}

static void sort_ports(struct ports *ports)
{
	if (ports->count)
		qsort(ports->list, ports->count, sizeof(*ports->list),
		      compare_ports);
}

static void sort_peers(struct peers *peers)
{
	if (peers->count)
		qsort(peers->list, peers->count, sizeof(*peers->list),
		      compare_peers);
}

const struct port_config *find_port(const struct ports *ports, uint16_t number)
{
	const struct port_config key = { .number = number };

	return ports->count ? bsearch(&key, ports->list, ports->count,
				      sizeof(key), compare_ports) : NULL;
}

const struct peer_config *find_peer(const struct peers *peers,
				    const struct peer_config *key)
{
	return peers->count ? bsearch(key, peers->list, peers->count,
				      sizeof(*key), compare_peers) : NULL;
}

static unsigned int later(unsigned int a, unsigned int b, unsigned int *first)
{
	*first = a < b ? a : b;
	return a < b ? b : a;
}

static void check_ports(const struct ports *ports, const char *name)
{
	unsigned int first;
	size_t i;

	for (i = 1; i < ports->count; i++) {
		const struct port_config *port = &ports->list[i];

		if (port->number != port[-1].number)
			continue;
		at_line(name, later(port->line, port[-1].line, &first));
		usage_error("%s is added twice, also in line %u",
			    port_title(port->number), first);
	}
}

static void check_same(const struct peer_config *a,
		       const struct peer_config *b, const char *name)
{
	unsigned int first;

	if (!b || peer_config_compare(a, b))
		return;
	at_line(name, later(a->line, b->line, &first));
	usage_error("%s is added twice, also in line %u", peer_title(a),
		    first);
}

/* @others: those that it must not be one of */
static void check_peers(const struct peers *peers, const struct peers *others,
			const struct ports *ports, const char *name)
{
	size_t i;

	for (i = 0; i < peers->count; i++) {
		const struct peer_config *peer = &peers->list[i];

		check_same(peer, i ? peer - 1 : NULL, name);
		check_same(peer, find_peer(others, peer), name);
		at_line(name, peer->line);
		if (!find_port(ports, peer->port))
			usage_error("%s: its port %u is not added in this file",
				    peer_title(peer), peer->port);
	}
}

/* What the module would refuse when half of the file is done already. */
static void check(const struct config *config, const char *name)
{
	check_ports(&config->ports, name);
	check_peers(&config->peers, &config->learned, &config->ports, name);
	check_peers(&config->learned, &config->peers, &config->ports, name);
	at_line(NULL, 0);
}

static bool is_command(char **words, const char *object)
{
	return !strcmp(words[0], object) && words[1] &&
	       !strcmp(words[1], "add");
}

static void take_line(char **words, unsigned int line, void *context)
{
	struct config *config = context;
	struct port_config port;
	struct peer_config peer;

	if (is_command(words, "port")) {
		port = port_config_parse_add(words + 2);
		port.line = line;
		add_port(&config->ports, port);
	} else if (is_command(words, "peer")) {
		peer = peer_config_parse_add(words + 2);
		peer.line = line;
		add_peer(peer.learned ? &config->learned : &config->peers,
			 peer);
	} else {
		usage_error("\"%s%s%s\" is nothing that a configuration has: port add or peer add",
			    words[0], words[1] ? " " : "",
			    words[1] ? words[1] : "");
	}
}

const char *config_read_file(struct config *config, const char *name)
{
	*config = (struct config){ 0 };
	name = lines_read(name, take_line, config);
	sort_ports(&config->ports);
	sort_peers(&config->peers);
	sort_peers(&config->learned);
	check(config, name);
	return name;
}

static void take_port(const struct nlattr **attrs, void *context)
{
	struct config *config = context;
	struct port_config port;

	if (port_config_read(attrs, &port))
		add_port(&config->ports, port);
}

static void take_peer(const struct nlattr **attrs, void *context)
{
	struct config *config = context;
	struct peer_config peer;

	if (peer_config_read(attrs, &peer))
		add_peer(peer.learned ? &config->learned : &config->peers,
			 peer);
}

/* @others: those that it must not be one of */
static bool are_peers_consistent(const struct peers *peers,
				 const struct peers *others,
				 const struct ports *ports)
{
	size_t i;

	for (i = 0; i < peers->count; i++) {
		const struct peer_config *peer = &peers->list[i];

		if ((i && !peer_config_compare(peer - 1, peer)) ||
		    find_peer(others, peer) || !find_port(ports, peer->port))
			return false;
	}
	return true;
}

/* Would check() take it? */
static bool is_consistent(const struct config *config)
{
	const struct ports *ports = &config->ports;
	size_t i;

	for (i = 1; i < ports->count; i++)
		if (ports->list[i - 1].number == ports->list[i].number)
			return false;
	return are_peers_consistent(&config->peers, &config->learned, ports) &&
	       are_peers_consistent(&config->learned, &config->peers, ports);
}

static void read_module(struct config *config)
{
	*config = (struct config){ 0 };
	netlink_do(netlink_request(ESPENCAP_CMD_PORT_GET, NLM_F_DUMP),
		   take_port, config, "ports");
	netlink_do(netlink_request(ESPENCAP_CMD_PEER_GET, NLM_F_DUMP),
		   take_peer, config, "peers");
	sort_ports(&config->ports);
	sort_peers(&config->peers);
	sort_peers(&config->learned);
}

/*
 * Peers are read later than ports, and each of them a bit later than the one before: one
 * may be of a port that was not there yet, or come a second time.
 */
void config_read_module(struct config *config)
{
	unsigned int tries = READ_TRIES;

	read_module(config);
	while (!is_consistent(config)) {
		if (!--tries)
			refused("ports and peers change faster than they can be read: try again.");
		config_free(config);
		read_module(config);
	}
}

void config_free(struct config *config)
{
	free(config->ports.list);
	free(config->peers.list);
	free(config->learned.list);
}
