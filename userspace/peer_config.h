/* SPDX-License-Identifier: GPL-2.0 */
/* A peer as it is configured: typed, sent, and told by the module. */
#ifndef PEER_CONFIG_H
#define PEER_CONFIG_H

#include <libmnl/libmnl.h>
#include <stdbool.h>
#include <stdint.h>

#include "parse.h"
#include "words.h"

/*
 * What may stand behind the address of a peer: to add it, to set it, and where only
 * its key is wanted.
 */
extern const struct word peer_add_words[];
extern const struct word peer_set_words[];
extern const struct word peer_key_words[];

/**
 * struct peer_config - what is known of a peer
 * @address: the address that XFRM sends ESP to
 * @endpoint: where the UDP goes, if @endpoint_port is not 0
 * @endpoint_port: UDP port, in host byte order
 * @reqid: 0 for none
 * @port: local UDP port, 0 if it was not named
 * @keepalive: seconds, 0 for none, if @own_keepalive
 * @own_keepalive: it has a @keepalive, not the port's
 * @pin: the endpoint stays as it is
 * @learned: nobody has added it
 * @moved: the endpoint is where it has moved to
 * @line: of the file that it stands in, 0 for none
 */
struct peer_config {
	struct address address;
	struct address endpoint;
	uint16_t endpoint_port;
	uint32_t reqid;
	uint16_t port;
	uint16_t keepalive;
	bool own_keepalive;
	bool pin;
	bool learned;
	bool moved;
	unsigned int line;
};

/**
 * peer_config_parse_add() - what stands behind "peer add"
 * @argv: the words, ending with NULL
 *
 * Return: the peer.
 */
struct peer_config peer_config_parse_add(char **argv);

/**
 * peer_config_parse_set() - what stands behind "peer set"
 * @argv: the words, ending with NULL
 * @given: takes what was, for peer_config_change()
 *
 * Return: a peer with at least one setting.
 */
struct peer_config peer_config_parse_set(char **argv, unsigned int *given);

/**
 * peer_config_change() - what to send to set a peer
 * @peer: the peer as it is; becomes what to send
 * @set: from peer_config_parse_set()
 * @given: from there, too
 */
void peer_config_change(struct peer_config *peer,
			const struct peer_config *set, unsigned int given);

/**
 * peer_config_parse_key() - what stands behind "peer del"
 * @argv: the words, ending with NULL
 *
 * Return: a peer with an address, and perhaps a reqid.
 */
struct peer_config peer_config_parse_key(char **argv);

/**
 * peer_config_read() - what the module says of a peer
 * @attrs: attributes by type
 * @peer: takes it
 *
 * Return: whether address, port and endpoint are there.
 */
bool peer_config_read(const struct nlattr **attrs, struct peer_config *peer);

/**
 * peer_config_complete() - what was not given is as the module has it by default
 * @peer: the peer
 */
void peer_config_complete(struct peer_config *peer);

/**
 * peer_config_compare() - an order in which each peer has its place
 * @a: a peer
 * @b: another
 *
 * Return: less than 0, 0 if both have the same address and reqid, or more.
 */
int peer_config_compare(const struct peer_config *a,
			const struct peer_config *b);

/**
 * peer_config_equal() - are two peers with the same key configured alike?
 * @a: a peer with all settings
 * @b: another
 * @wherever: their endpoints do not matter
 *
 * Return: whether they are.
 */
bool peer_config_equal(const struct peer_config *a,
		       const struct peer_config *b, bool wherever);

/*
 * Write to a request: the address alone; with the reqid; that it is no other peer; and
 * all that is given.
 */
void peer_config_put_filter(struct nlmsghdr *msg,
			    const struct peer_config *peer);
void peer_config_put_key(struct nlmsghdr *msg, const struct peer_config *peer);
void peer_config_put_origin(struct nlmsghdr *msg,
			    const struct peer_config *peer);
void peer_config_put(struct nlmsghdr *msg, const struct peer_config *peer);

/* Print it as it can be typed behind "peer del", and behind "peer add". */
void peer_config_print_key(const struct peer_config *peer);
void peer_config_print(const struct peer_config *peer);

/**
 * peer_title() - what a peer is called in messages
 * @peer: the peer
 *
 * Return: "peer 192.0.2.1 reqid 7", until the next call.
 */
const char *peer_title(const struct peer_config *peer);

#endif /* PEER_CONFIG_H */
