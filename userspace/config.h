/* SPDX-License-Identifier: GPL-2.0 */
/* A whole configuration: all ports and peers, of a file or of the module. */
#ifndef CONFIG_H
#define CONFIG_H

#include <stddef.h>

#include "peer_config.h"
#include "port_config.h"

/* Each list has all settings, and is sorted by number or by key. */
struct ports {
	struct port_config *list;
	size_t count;
	size_t room;
};

struct peers {
	struct peer_config *list;
	size_t count;
	size_t room;
};

/**
 * struct config - what is, or shall be
 * @ports: all ports
 * @peers: all peers that were added
 * @learned: peers that were not, here or on another gateway
 */
struct config {
	struct ports ports;
	struct peers peers;
	struct peers learned;
};

/**
 * config_read_file() - take a configuration from a file
 * @config: takes it
 * @name: the file's, or "-" for stdin
 *
 * It has one "port add" or "peer add" a line, in any order, as they are typed behind
 * espencapctl; see lines.h. Whatever is wrong ends the program, with file and line.
 *
 * Return: what the file is called in messages.
 */
const char *config_read_file(struct config *config, const char *name);

/**
 * config_read_module() - ask the module for its configuration
 * @config: takes it, as a file could have it
 */
void config_read_module(struct config *config);

/* Forget all of it. */
void config_free(struct config *config);

/* Look for one by its number or its key: it, or NULL. */
const struct port_config *find_port(const struct ports *ports, uint16_t number);
const struct peer_config *find_peer(const struct peers *peers,
				    const struct peer_config *key);

#endif /* CONFIG_H */
