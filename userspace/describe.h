/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Ports and peers as the module describes them in attributes, for lists and for
 * events. What an attribute would say that is not there is left out.
 */
#ifndef DESCRIBE_H
#define DESCRIBE_H

#include <libmnl/libmnl.h>
#include <stdbool.h>

struct address;

/**
 * read_address() - an address from an attribute
 * @attr: the attribute, or NULL
 * @address: takes it
 *
 * Return: whether there is one.
 */
bool read_address(const struct nlattr *attr, struct address *address);

/**
 * describes_peer() - is there all that a peer is printed with?
 * @attrs: attributes by type
 *
 * Return: whether ADDRESS, PORT and the endpoint are there, and are valid.
 */
bool describes_peer(const struct nlattr **attrs);

/*
 * As text, each with a space before it: what a port is always shown with, the
 * rest of its settings, and whether there is any such rest.
 */
void print_port(const struct nlattr **attrs);
void print_port_details(const struct nlattr **attrs);
bool has_port_details(const struct nlattr **attrs);

/* As text: "192.0.2.1 reqid 7", and " port 2797", and "198.51.100.7:40797". */
void print_peer_key(const struct nlattr **attrs);
void print_peer_port(const struct nlattr **attrs);
void print_endpoint(const struct nlattr *address, const struct nlattr *port);

/* As text, with a space before each: where it comes from, pin, keepalive. */
void print_peer_origin(const struct nlattr **attrs);

/* The path MTU, and whether it is known. */
void print_peer_details(const struct nlattr **attrs);
bool has_peer_details(const struct nlattr **attrs);

/* Of a port: has some socket UDP_ENCAP set there? As text, with a space before it. */
void print_socket(const struct nlattr **attrs);

/* When the last packets passed, a line each; of lists alone, not of events. */
void print_last(const struct nlattr **attrs);

/*
 * As JSON: members without braces, the first without a comma before it; those that
 * only lists have begin with a comma.
 */
void print_port_json(const struct nlattr **attrs);
void print_peer_json(const struct nlattr **attrs);
void print_socket_json(const struct nlattr **attrs);
void print_last_json(const struct nlattr **attrs);

/* As JSON: an object, "{"address":"198.51.100.7","port":40797}". */
void print_endpoint_json(const struct nlattr *address,
			 const struct nlattr *port);

#endif /* DESCRIBE_H */
