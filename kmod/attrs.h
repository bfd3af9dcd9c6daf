/* SPDX-License-Identifier: GPL-2.0 */
/* From netlink attributes to values, and back. */
#ifndef _ESPENCAP_ATTRS_H
#define _ESPENCAP_ATTRS_H

#include <linux/types.h>

struct espencap_endpoint;
struct espencap_format;
struct espencap_peer;
struct espencap_peer_config;
struct espencap_peer_key;
struct espencap_port;
struct espencap_port_settings;
struct in6_addr;
struct netlink_ext_ack;
struct nlattr;
struct sk_buff;

/**
 * espencap_parse_port() - read a port
 * @attr: ESPENCAP_A_PORT or ESPENCAP_A_ENDPOINT_PORT, or NULL
 * @port: is set, in host byte order
 * @extack: takes the sentence for a refusal
 *
 * Context: any.
 * Return: 0, or -EINVAL if it is missing or 0.
 */
int espencap_parse_port(struct nlattr *attr, u16 *port,
			struct netlink_ext_ack *extack);

/**
 * espencap_parse_address() - read the address of a host
 * @attr: ESPENCAP_A_ADDRESS or ESPENCAP_A_ENDPOINT_ADDRESS, or NULL
 * @addr: is set; an IPv4 address is mapped, see address.h
 * @extack: takes the sentence for a refusal
 *
 * Context: any.
 * Return: 0, or -EINVAL if it is missing, or not one that a host can have.
 */
int espencap_parse_address(struct nlattr *attr, struct in6_addr *addr,
			   struct netlink_ext_ack *extack);

/**
 * espencap_parse_key() - read who a peer is
 * @attrs: the request's attributes, by enum espencap_attr
 * @key: is set
 * @extack: takes the sentence for a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int espencap_parse_key(struct nlattr **attrs, struct espencap_peer_key *key,
		       struct netlink_ext_ack *extack);

/**
 * espencap_parse_origin() - read where a peer comes from
 * @attr: ESPENCAP_A_ORIGIN, or NULL
 * @origin: is set: enum espencap_origin, or ESPENCAP_ORIGIN_UNSPEC if it is missing
 * @extack: takes the sentence for a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int espencap_parse_origin(struct nlattr *attr, u8 *origin,
			  struct netlink_ext_ack *extack);

/**
 * espencap_parse_peer() - read all that can be said of a peer
 * @attrs: the request's attributes, by enum espencap_attr
 * @port: what the peer's UDP port is by default, in host byte order
 * @config: is set
 * @extack: takes the sentence for a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int espencap_parse_peer(struct nlattr **attrs, u16 port,
			struct espencap_peer_config *config,
			struct netlink_ext_ack *extack);

/**
 * espencap_parse_settings() - read the settings of a port
 * @attrs: the request's attributes, by enum espencap_attr
 * @format: the port's format, which does not know all keepalives
 * @settings: only those that have an attribute are set
 * @extack: takes the sentence for a refusal
 *
 * Context: any.
 * Return: 0 or -EINVAL.
 */
int espencap_parse_settings(struct nlattr **attrs,
			    const struct espencap_format *format,
			    struct espencap_port_settings *settings,
			    struct netlink_ext_ack *extack);

/**
 * espencap_put_address() - write an address, with 4 bytes or 16
 * @msg: the message
 * @type: enum espencap_attr
 * @addr: address
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int espencap_put_address(struct sk_buff *msg, int type,
			 const struct in6_addr *addr);

/**
 * espencap_put_endpoint() - write where a peer is
 * @msg: the message
 * @endpoint: where it is
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int espencap_put_endpoint(struct sk_buff *msg,
			  const struct espencap_endpoint *endpoint);

/**
 * espencap_put_key() - write who a peer is
 * @msg: the message
 * @key: who it is
 *
 * Context: any.
 * Return: 0 or -EMSGSIZE.
 */
int espencap_put_key(struct sk_buff *msg, const struct espencap_peer_key *key);

/**
 * espencap_put_port() - write all that is to be said of a port but its counters
 * @msg: the message
 * @port: the port
 *
 * Context: RCU read side, or espencap_net.lock held.
 * Return: 0 or -EMSGSIZE.
 */
int espencap_put_port(struct sk_buff *msg, const struct espencap_port *port);

/**
 * espencap_put_peer() - write all that is to be said of a peer but its counters
 * @msg: the message
 * @peer: the peer
 *
 * Context: RCU read side.
 * Return: 0 or -EMSGSIZE.
 */
int espencap_put_peer(struct sk_buff *msg, const struct espencap_peer *peer);

#endif /* _ESPENCAP_ATTRS_H */
