// SPDX-License-Identifier: GPL-2.0
/* Reading configurations, and finding things in them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "ctl.h"
#include "netlink.h"

/* More than any line can use. */
#define MAX_WORDS	32
#define MAX_LINE	4096

/* Room for one more; the list may move. */
static void *grow(void *list, size_t count, size_t *room, size_t size)
{
	if (count < *room)
		return list;
	*room = *room ? *room * 2 : 64;
	list = reallocarray(list, *room, size);
	if (!list)
		refused("there is no memory for so many ports and peers");
	return list;
}

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

/* What the module would refuse when half of the file is done already. */
static void check(const struct config *config, const char *name)
{
	const struct ports *ports = &config->ports;
	const struct peers *peers = &config->peers;
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
	for (i = 0; i < peers->count; i++) {
		const struct peer_config *peer = &peers->list[i];

		if (i && !peer_config_compare(peer, peer - 1)) {
			at_line(name, later(peer->line, peer[-1].line, &first));
			usage_error("%s is added twice, also in line %u",
				    peer_title(peer), first);
		}
		at_line(name, peer->line);
		if (!find_port(ports, peer->port))
			usage_error("%s: its port %u is not added in this file",
				    peer_title(peer), peer->port);
	}
	at_line(NULL, 0);
}

/* Into words, of which the last is NULL; a comment ends them. */
static void split(char *text, char **words)
{
	unsigned int count = 0;
	char *word, *end;

	for (word = strtok_r(text, " \t\r\n", &end); word && *word != '#';
	     word = strtok_r(NULL, " \t\r\n", &end)) {
		if (count == MAX_WORDS)
			usage_error("\"%s\" is one word too many", word);
		words[count++] = word;
	}
	words[count] = NULL;
}

static void read_words(struct config *config, char **words, unsigned int line)
{
	if (!words[0])
		return;
	if (words[1] && !strcmp(words[0], "port") && !strcmp(words[1], "add")) {
		struct port_config port = port_config_parse_add(words + 2);

		port.line = line;
		add_port(&config->ports, port);
	} else if (words[1] && !strcmp(words[0], "peer") &&
		   !strcmp(words[1], "add")) {
		struct peer_config peer = peer_config_parse_add(words + 2);

		peer.line = line;
		add_peer(&config->peers, peer);
	} else {
		usage_error("\"%s%s%s\" is nothing that a configuration has: port add or peer add",
			    words[0], words[1] ? " " : "",
			    words[1] ? words[1] : "");
	}
}

/* Half of a line must not be taken for another: 279 for 2797. */
static void check_line(const char *text)
{
	const size_t len = strlen(text);

	if (!len || text[len - 1] != '\n')
		usage_error("this line does not end, is longer than %u bytes, or has a zero byte in it",
			    MAX_LINE - 2);
}

static void read_lines(struct config *config, FILE *file, const char *name)
{
	char text[MAX_LINE], *words[MAX_WORDS + 1];
	unsigned int line = 0;

	while (fgets(text, sizeof(text), file)) {
		at_line(name, ++line);
		check_line(text);
		split(text, words);
		read_words(config, words, line);
	}
	at_line(NULL, 0);
	if (!feof(file))
		usage_error("%s could not be read: %s", name, strerror(errno));
	/* What stands before the pipe may have failed. */
	if (!line && file == stdin)
		usage_error("%s is empty: to remove everything, say flush",
			    name);
}

const char *config_read_file(struct config *config, const char *name)
{
	const bool is_stdin = !strcmp(name, "-");
	FILE *file = is_stdin ? stdin : fopen(name, "r");

	if (!file)
		usage_error("\"%s\" could not be opened: %s", name,
			    strerror(errno));
	name = is_stdin ? "stdin" : name;
	*config = (struct config){ 0 };
	read_lines(config, file, name);
	if (!is_stdin)
		fclose(file);
	sort_ports(&config->ports);
	sort_peers(&config->peers);
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

void config_read_module(struct config *config)
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

void config_free(struct config *config)
{
	free(config->ports.list);
	free(config->peers.list);
	free(config->learned.list);
}
