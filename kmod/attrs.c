// SPDX-License-Identifier: GPL-2.0
/* From netlink attributes to values, and back. */
#include <linux/ipv6.h>
#include <net/ipv6.h>
#include <net/netlink.h>
#include "attrs.h"
#include "format.h"
#include "peer.h"
#include "port.h"

/* Attributes to values */

int espencap_parse_port(struct nlattr *attr, u16 *port,
			struct netlink_ext_ack *extack)
{
	if (!attr) {
		NL_SET_ERR_MSG(extack, "A port is missing.");
		return -EINVAL;
	}
	*port = nla_get_u16(attr);
	if (!*port) {
		NL_SET_ERR_MSG_ATTR(extack, attr, "A port cannot be 0.");
		return -EINVAL;
	}
	return 0;
}

int espencap_parse_address(struct nlattr *attr, struct in6_addr *addr,
			   struct netlink_ext_ack *extack)
{
	if (!attr) {
		NL_SET_ERR_MSG(extack, "An address is missing.");
		return -EINVAL;
	}
	if (nla_len(attr) == sizeof(struct in_addr)) {
		const __be32 addr4 = nla_get_in_addr(attr);

		if (ipv4_is_zeronet(addr4) || ipv4_is_multicast(addr4) ||
		    ipv4_is_lbcast(addr4)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "The address is not that of one host.");
			return -EINVAL;
		}
		ipv6_addr_set_v4mapped(addr4, addr);
		return 0;
	}
	if (nla_len(attr) != sizeof(*addr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "An address has 4 bytes (IPv4) or 16 (IPv6).");
		return -EINVAL;
	}
	/* Without IPv6, routing has nothing to be asked, and does not look before. */
	if (!ipv6_mod_enabled()) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "This kernel was started without IPv6 (ipv6.disable=1).");
		return -EAFNOSUPPORT;
	}
	*addr = nla_get_in6_addr(attr);
	if (ipv6_addr_any(addr) || ipv6_addr_is_multicast(addr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "The address is not that of one host.");
		return -EINVAL;
	}
	if (ipv6_addr_v4mapped(addr)) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "An IPv4 address has to be given with its 4 bytes.");
		return -EINVAL;
	}
	return 0;
}

int espencap_parse_key(struct nlattr **attrs, struct espencap_peer_key *key,
		       struct netlink_ext_ack *extack)
{
	struct nlattr *reqid = attrs[ESPENCAP_A_REQID];

	key->reqid = 0;
	if (reqid) {
		key->reqid = nla_get_u32(reqid);
		if (!key->reqid) {
			NL_SET_ERR_MSG_ATTR(extack, reqid,
					    "A reqid cannot be 0: leave it out for any.");
			return -EINVAL;
		}
	}
	return espencap_parse_address(attrs[ESPENCAP_A_ADDRESS], &key->addr,
				      extack);
}

/* By default, the endpoint is the peer's address and the local port. */
static int parse_endpoint(struct nlattr **attrs,
			  const struct espencap_peer_key *key, u16 port,
			  struct espencap_endpoint *endpoint,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *attr = attrs[ESPENCAP_A_ENDPOINT_ADDRESS];
	int err;

	endpoint->addr = key->addr;
	if (attr) {
		err = espencap_parse_address(attr, &endpoint->addr, extack);
		if (err)
			return err;
		if (ipv6_addr_v4mapped(&endpoint->addr) !=
		    ipv6_addr_v4mapped(&key->addr)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "The endpoint is of another address family than the peer.");
			return -EINVAL;
		}
	}
	attr = attrs[ESPENCAP_A_ENDPOINT_PORT];
	if (attr) {
		err = espencap_parse_port(attr, &port, extack);
		if (err)
			return err;
	}
	endpoint->udp_port = htons(port);
	return 0;
}

int espencap_parse_origin(struct nlattr *attr, u8 *origin,
			  struct netlink_ext_ack *extack)
{
	*origin = attr ? nla_get_u8(attr) : ESPENCAP_ORIGIN_UNSPEC;
	if (attr && *origin != ESPENCAP_ORIGIN_STATIC &&
	    *origin != ESPENCAP_ORIGIN_LEARNED) {
		NL_SET_ERR_MSG_ATTR(extack, attr,
				    "This origin is not known to the module.");
		return -EINVAL;
	}
	return 0;
}

int espencap_parse_peer(struct nlattr **attrs, u16 port,
			struct espencap_peer_config *config,
			struct netlink_ext_ack *extack)
{
	u8 origin;
	int err;

	err = espencap_parse_key(attrs, &config->key, extack) ?:
	      espencap_parse_origin(attrs[ESPENCAP_A_ORIGIN], &origin, extack);
	if (err)
		return err;
	config->learned = origin == ESPENCAP_ORIGIN_LEARNED;
	if (config->learned &&
	    (attrs[ESPENCAP_A_PIN] || attrs[ESPENCAP_A_KEEPALIVE])) {
		NL_SET_ERR_MSG(extack,
			       "A learned peer has no pin, and no keepalive but its port's.");
		return -EINVAL;
	}
	config->pin = attrs[ESPENCAP_A_PIN];
	config->moved = attrs[ESPENCAP_A_MOVED];
	config->keepalive = attrs[ESPENCAP_A_KEEPALIVE] ?
			    nla_get_u16(attrs[ESPENCAP_A_KEEPALIVE]) :
			    ESPENCAP_KEEPALIVE_OF_PORT;
	return parse_endpoint(attrs, &config->key, port, &config->endpoint,
			      extack);
}

int espencap_parse_settings(struct nlattr **attrs,
			    const struct espencap_format *format,
			    struct espencap_port_settings *settings,
			    struct netlink_ext_ack *extack)
{
	struct nlattr *attr = attrs[ESPENCAP_A_LEARN];

	if (attr) {
		settings->learn = nla_get_u8(attr);
		if (settings->learn < ESPENCAP_LEARN_OFF ||
		    settings->learn > ESPENCAP_LEARN_MAX) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "To learn is off, on or unsafe: nothing else is known to the module.");
			return -EINVAL;
		}
	}
	attr = attrs[ESPENCAP_A_MAX_LEARNED];
	if (attr) {
		settings->max_learned = nla_get_u32(attr);
		if (settings->max_learned > ESPENCAP_MAX_PEERS) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "There cannot be so many learned peers: 262144 is the most.");
			return -EINVAL;
		}
	}
	attr = attrs[ESPENCAP_A_KEEPALIVE];
	if (attr)
		settings->keepalive = nla_get_u16(attr);
	attr = attrs[ESPENCAP_A_KEEPALIVE_BYTES];
	if (attr) {
		settings->keepalive_bytes = nla_get_u8(attr);
		if (settings->keepalive_bytes > ESPENCAP_KEEPALIVE_MAX ||
		    !(format->keepalives & 1u << settings->keepalive_bytes)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "The port's format does not know this keepalive.");
			return -EINVAL;
		}
	}
	return 0;
}

/* Values to attributes */

int espencap_put_address(struct sk_buff *msg, int type,
			 const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		return nla_put_in_addr(msg, type, addr->s6_addr32[3]);
	return nla_put_in6_addr(msg, type, addr);
}

int espencap_put_endpoint(struct sk_buff *msg,
			  const struct espencap_endpoint *endpoint)
{
	if (espencap_put_address(msg, ESPENCAP_A_ENDPOINT_ADDRESS,
				 &endpoint->addr) ||
	    nla_put_u16(msg, ESPENCAP_A_ENDPOINT_PORT,
			ntohs(endpoint->udp_port)))
		return -EMSGSIZE;
	return 0;
}

int espencap_put_key(struct sk_buff *msg, const struct espencap_peer_key *key)
{
	if (espencap_put_address(msg, ESPENCAP_A_ADDRESS, &key->addr) ||
	    (key->reqid && nla_put_u32(msg, ESPENCAP_A_REQID, key->reqid)))
		return -EMSGSIZE;
	return 0;
}

int espencap_put_port(struct sk_buff *msg, const struct espencap_port *port)
{
	const struct espencap_port_settings *settings = &port->settings;

	if (nla_put_u16(msg, ESPENCAP_A_PORT, port->number) ||
	    nla_put_u8(msg, ESPENCAP_A_FORMAT,
		       espencap_format_id(port->format)) ||
	    nla_put_u8(msg, ESPENCAP_A_LEARN, READ_ONCE(settings->learn)) ||
	    nla_put_u32(msg, ESPENCAP_A_MAX_LEARNED,
			READ_ONCE(settings->max_learned)) ||
	    nla_put_u32(msg, ESPENCAP_A_LEARNED,
			READ_ONCE(port->nr_learned)) ||
	    nla_put_u32(msg, ESPENCAP_A_LINGER, ESPENCAP_LINGER) ||
	    nla_put_u32(msg, ESPENCAP_A_CANDIDATES, ESPENCAP_CANDIDATES) ||
	    nla_put_u16(msg, ESPENCAP_A_KEEPALIVE,
			READ_ONCE(settings->keepalive)) ||
	    nla_put_u8(msg, ESPENCAP_A_KEEPALIVE_BYTES,
		       READ_ONCE(settings->keepalive_bytes)))
		return -EMSGSIZE;
	return 0;
}

static int put_mtu(struct sk_buff *msg, const struct espencap_peer *peer,
		   const struct espencap_path *path)
{
	const unsigned int mtu = READ_ONCE(peer->mtu);
	const long left = READ_ONCE(path->pmtu_until) - jiffies;

	if (!mtu)
		return 0;
	if (nla_put_u32(msg, ESPENCAP_A_MTU, mtu))
		return -EMSGSIZE;
	if (READ_ONCE(path->pmtu) != mtu || left <= 0)
		return 0;
	return nla_put_u32(msg, ESPENCAP_A_MTU_LEFT, left / HZ);
}

int espencap_put_peer(struct sk_buff *msg, const struct espencap_peer *peer)
{
	const struct espencap_path *path = rcu_dereference(peer->path);
	const int keepalive = espencap_peer_keepalive(peer);

	if (espencap_put_key(msg, &peer->key) ||
	    nla_put_u16(msg, ESPENCAP_A_PORT, path->port->number) ||
	    espencap_put_endpoint(msg, &path->endpoint) ||
	    nla_put_u8(msg, ESPENCAP_A_ORIGIN,
		       peer->learned ? ESPENCAP_ORIGIN_LEARNED :
				       ESPENCAP_ORIGIN_STATIC) ||
	    (peer->pin && nla_put_flag(msg, ESPENCAP_A_PIN)) ||
	    (READ_ONCE(path->moved) && nla_put_flag(msg, ESPENCAP_A_MOVED)) ||
	    (keepalive != ESPENCAP_KEEPALIVE_OF_PORT &&
	     nla_put_u16(msg, ESPENCAP_A_KEEPALIVE, keepalive)) ||
	    put_mtu(msg, peer, path))
		return -EMSGSIZE;
	return 0;
}
