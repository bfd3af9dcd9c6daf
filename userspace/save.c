// SPDX-License-Identifier: GPL-2.0
/* espencapctl save: the configuration as the commands that make it. */
#include <stdio.h>
#include <string.h>

#include "config.h"
#include "ctl.h"
#include "file.h"
#include "netlink.h"
#include "parse.h"

static void print_peers(const struct peers *peers)
{
	size_t i;

	for (i = 0; i < peers->count; i++) {
		fputs("peer add ", stdout);
		peer_config_print(&peers->list[i]);
		putchar('\n');
	}
}

static void print_all(const struct config *config)
{
	size_t i;

	/* so that even nothing is something: see lines_read() */
	puts("# espencapctl save");
	for (i = 0; i < config->ports.count; i++) {
		fputs("port add ", stdout);
		port_config_print(&config->ports.list[i], true);
		putchar('\n');
	}
	print_peers(&config->peers);
	if (options.learned)
		print_peers(&config->learned);
}

void save(char **argv)
{
	const bool is_file = *argv && strcmp(*argv, "-");
	struct config config;

	if (*argv)
		no_more_words(argv + 1);
	if (options.json)
		usage_error("save prints commands, not JSON");
	/* To load it would be to save that there is nothing. */
	if (!netlink_is_loaded())
		refused("the kernel module espencap is not loaded: there is nothing to save");
	config_read_module(&config);
	if (is_file)
		file_begin(*argv);
	print_all(&config);
	if (is_file)
		file_end();
	config_free(&config);
}
