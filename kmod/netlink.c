// SPDX-License-Identifier: GPL-2.0
/* From netlink attributes to ports and peers, and back. */
#include <net/genetlink.h>
#include <net/ipv6.h>
#include "compat.h"
#include "format.h"
#include "netlink.h"
#include "peer.h"
#include "port.h"
#include "socket.h"

static struct genl_family family;

#define POLICY_ADDRESS { .type = NLA_BINARY, .len = sizeof(struct in6_addr) }

static const struct nla_policy no_policy[ESPENCAP_A_PAD + 1] = {
	[ESPENCAP_A_PAD] = { .type = NLA_REJECT },
};

static const struct nla_policy port_policy[ESPENCAP_A_PORT + 1] = {
	[ESPENCAP_A_PORT] = { .type = NLA_U16 },
};

static const struct nla_policy port_add_policy[ESPENCAP_A_FORMAT + 1] = {
	[ESPENCAP_A_PORT] = { .type = NLA_U16 },
	[ESPENCAP_A_FORMAT] = { .type = NLA_U8 },
};

static const struct nla_policy peer_policy[ESPENCAP_A_REQID + 1] = {
	[ESPENCAP_A_ADDRESS] = POLICY_ADDRESS,
	[ESPENCAP_A_REQID] = { .type = NLA_U32 },
};

static const struct nla_policy peer_get_policy[ESPENCAP_A_ADDRESS + 1] = {
	[ESPENCAP_A_ADDRESS] = POLICY_ADDRESS,
};

static const struct nla_policy
peer_add_policy[ESPENCAP_A_ENDPOINT_PORT + 1] = {
	[ESPENCAP_A_PORT] = { .type = NLA_U16 },
	[ESPENCAP_A_ADDRESS] = POLICY_ADDRESS,
	[ESPENCAP_A_REQID] = { .type = NLA_U32 },
	[ESPENCAP_A_ENDPOINT_ADDRESS] = POLICY_ADDRESS,
	[ESPENCAP_A_ENDPOINT_PORT] = { .type = NLA_U16 },
};

/* Attributes to values */

static int parse_port(struct nlattr *attr, u16 *port,
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

static int parse_address(struct nlattr *attr, struct in6_addr *addr,
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

static int parse_peer_key(struct nlattr **attrs, struct espencap_peer_key *key,
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
	return parse_address(attrs[ESPENCAP_A_ADDRESS], &key->addr, extack);
}

/* By default, the endpoint is the peer's address and the local port. */
static int parse_endpoint(struct nlattr **attrs,
			  const struct espencap_peer_key *key, u16 local_port,
			  struct in6_addr *addr, __be16 *be_port,
			  struct netlink_ext_ack *extack)
{
	struct nlattr *attr = attrs[ESPENCAP_A_ENDPOINT_ADDRESS];
	u16 port = local_port;
	int err;

	*addr = key->addr;
	if (attr) {
		err = parse_address(attr, addr, extack);
		if (err)
			return err;
		if (ipv6_addr_v4mapped(addr) != ipv6_addr_v4mapped(&key->addr)) {
			NL_SET_ERR_MSG_ATTR(extack, attr,
					    "The endpoint is of another address family than the peer.");
			return -EINVAL;
		}
	}
	attr = attrs[ESPENCAP_A_ENDPOINT_PORT];
	if (attr) {
		err = parse_port(attr, &port, extack);
		if (err)
			return err;
	}
	*be_port = htons(port);
	return 0;
}

/* Values to attributes */

static int put_address(struct sk_buff *msg, int type,
		       const struct in6_addr *addr)
{
	if (ipv6_addr_v4mapped(addr))
		return nla_put_in_addr(msg, type, addr->s6_addr32[3]);
	return nla_put_in6_addr(msg, type, addr);
}

static int put_port(struct sk_buff *msg, u32 portid, u32 seq, int flags,
		    const struct espencap_port *port)
{
	void *hdr = genlmsg_put(msg, portid, seq, &family, flags,
				ESPENCAP_CMD_PORT_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (nla_put_u16(msg, ESPENCAP_A_PORT, port->number) ||
	    nla_put_u8(msg, ESPENCAP_A_FORMAT,
		       espencap_format_id(port->format)) ||
	    espencap_stats_put(msg, port->stats, ESPENCAP_STATS_PORT)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static int put_peer(struct sk_buff *msg, u32 portid, u32 seq, int flags,
		    const struct espencap_peer *peer)
{
	void *hdr = genlmsg_put(msg, portid, seq, &family, flags,
				ESPENCAP_CMD_PEER_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (put_address(msg, ESPENCAP_A_ADDRESS, &peer->key.addr) ||
	    (peer->key.reqid &&
	     nla_put_u32(msg, ESPENCAP_A_REQID, peer->key.reqid)) ||
	    nla_put_u16(msg, ESPENCAP_A_PORT, peer->port->number) ||
	    put_address(msg, ESPENCAP_A_ENDPOINT_ADDRESS, &peer->endpoint) ||
	    nla_put_u16(msg, ESPENCAP_A_ENDPOINT_PORT,
			ntohs(peer->endpoint_port)) ||
	    nla_put_u8(msg, ESPENCAP_A_ORIGIN, ESPENCAP_ORIGIN_STATIC) ||
	    espencap_stats_put(msg, peer->stats, ESPENCAP_STATS_PEER)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

/* Commands */

static int cmd_port_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[ESPENCAP_A_FORMAT];
	struct net *net = genl_info_net(info);
	const struct espencap_format *format;
	u16 port;
	int err;

	err = parse_port(info->attrs[ESPENCAP_A_PORT], &port, info->extack);
	if (err)
		return err;
	if (!attr) {
		NL_SET_ERR_MSG(info->extack, "A format is missing.");
		return -EINVAL;
	}
	format = espencap_format_get(nla_get_u8(attr));
	if (!format) {
		NL_SET_ERR_MSG_ATTR(info->extack, attr,
				    "This format is not known to the module.");
		return -EINVAL;
	}

	mutex_lock(&espencap_net(net)->lock);
	err = espencap_port_add(net, port, format, info->extack);
	mutex_unlock(&espencap_net(net)->lock);
	if (!err && espencap_socket_has_encap(net, port))
		NL_SET_ERR_MSG(info->extack,
			       "A socket on this port has UDP_ENCAP set: SAs with encap stay with the kernel here, only SAs without it are served.");
	return err;
}

static int cmd_port_del(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	u16 port;
	int err;

	err = parse_port(info->attrs[ESPENCAP_A_PORT], &port, info->extack);
	if (err)
		return err;
	mutex_lock(&espencap_net(net)->lock);
	err = espencap_port_del(net, port, info->extack);
	mutex_unlock(&espencap_net(net)->lock);
	return err;
}

static int cmd_port_get(struct sk_buff *skb, struct genl_info *info)
{
	struct espencap_net *ns = espencap_net(genl_info_net(info));
	struct espencap_port *port;
	struct sk_buff *msg;
	u16 number;
	int err;

	err = parse_port(info->attrs[ESPENCAP_A_PORT], &number, info->extack);
	if (err)
		return err;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!msg) {
		NL_SET_ERR_MSG(info->extack, "There is no memory for the answer.");
		return -ENOMEM;
	}

	rcu_read_lock();
	port = espencap_port_find(ns, number);
	if (port) {
		err = put_port(msg, info->snd_portid, info->snd_seq, 0, port);
	} else {
		NL_SET_ERR_MSG(info->extack, "This port was not added.");
		err = -ENOENT;
	}
	rcu_read_unlock();
	if (err) {
		nlmsg_free(msg);
		return err;
	}
	return genlmsg_reply(msg, info);
}

static int dump_ports(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct espencap_net *ns = espencap_net(sock_net(msg->sk));
	struct nlattr *attrs[ESPENCAP_A_PORT + 1];
	struct espencap_port *port;
	unsigned long number;
	int err;

	err = genlmsg_parse(cb->nlh, &family, attrs, ESPENCAP_A_PORT,
			    port_policy, cb->extack);
	if (err)
		return err;
	if (attrs[ESPENCAP_A_PORT]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[ESPENCAP_A_PORT],
				    "A dump lists all ports: ask for one without it.");
		return -EINVAL;
	}

	rcu_read_lock();
	xa_for_each_start(&ns->ports, number, port, cb->args[0]) {
		if (put_port(msg, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, NLM_F_MULTI, port))
			break;
		cb->args[0] = number + 1;
	}
	rcu_read_unlock();
	return msg->len;
}

static int cmd_peer_add(struct sk_buff *skb, struct genl_info *info)
{
	struct espencap_net *ns = espencap_net(genl_info_net(info));
	struct espencap_peer_key key;
	struct in6_addr endpoint;
	__be16 endpoint_port;
	u16 port;
	int err;

	err = parse_peer_key(info->attrs, &key, info->extack);
	if (err)
		return err;
	err = parse_port(info->attrs[ESPENCAP_A_PORT], &port, info->extack);
	if (err)
		return err;
	err = parse_endpoint(info->attrs, &key, port, &endpoint,
			     &endpoint_port, info->extack);
	if (err)
		return err;

	mutex_lock(&ns->lock);
	err = espencap_peer_add(ns, &key, port, &endpoint, endpoint_port,
				info->extack);
	mutex_unlock(&ns->lock);
	return err;
}

static int cmd_peer_del(struct sk_buff *skb, struct genl_info *info)
{
	struct espencap_net *ns = espencap_net(genl_info_net(info));
	struct espencap_peer_key key;
	int err;

	err = parse_peer_key(info->attrs, &key, info->extack);
	if (err)
		return err;
	mutex_lock(&ns->lock);
	err = espencap_peer_del(ns, &key, info->extack);
	mutex_unlock(&ns->lock);
	return err;
}

static int dump_peers(struct sk_buff *msg, struct netlink_callback *cb)
{
	struct espencap_net *ns = espencap_net(sock_net(msg->sk));
	struct nlattr *attrs[ESPENCAP_A_ADDRESS + 1];
	struct espencap_peer *peer;
	struct in6_addr filter;
	unsigned long id;
	int err;

	err = genlmsg_parse(cb->nlh, &family, attrs, ESPENCAP_A_ADDRESS,
			    peer_get_policy, cb->extack);
	if (!err && attrs[ESPENCAP_A_ADDRESS])
		err = parse_address(attrs[ESPENCAP_A_ADDRESS], &filter,
				    cb->extack);
	if (err)
		return err;

	rcu_read_lock();
	xa_for_each_start(&ns->peers, id, peer, cb->args[0]) {
		if ((!attrs[ESPENCAP_A_ADDRESS] ||
		     ipv6_addr_equal(&peer->key.addr, &filter)) &&
		    put_peer(msg, NETLINK_CB(cb->skb).portid,
			     cb->nlh->nlmsg_seq, NLM_F_MULTI, peer))
			break;
		cb->args[0] = id + 1;
	}
	rcu_read_unlock();
	return msg->len;
}

static int cmd_flush(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	struct espencap_net *ns = espencap_net(net);

	mutex_lock(&ns->lock);
	espencap_peer_flush(ns);
	espencap_port_flush(net);
	mutex_unlock(&ns->lock);
	return 0;
}

/* Addresses and endpoints are nobody's business but the administrator's. */
static const struct genl_ops ops[] = {
	{
		.cmd = ESPENCAP_CMD_PORT_ADD,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = port_add_policy,
		.maxattr = ARRAY_SIZE(port_add_policy) - 1,
		.doit = cmd_port_add,
	}, {
		.cmd = ESPENCAP_CMD_PORT_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = port_policy,
		.maxattr = ARRAY_SIZE(port_policy) - 1,
		.doit = cmd_port_del,
	}, {
		.cmd = ESPENCAP_CMD_PORT_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = port_policy,
		.maxattr = ARRAY_SIZE(port_policy) - 1,
		.doit = cmd_port_get,
		.dumpit = dump_ports,
	}, {
		.cmd = ESPENCAP_CMD_PEER_ADD,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = peer_add_policy,
		.maxattr = ARRAY_SIZE(peer_add_policy) - 1,
		.doit = cmd_peer_add,
	}, {
		.cmd = ESPENCAP_CMD_PEER_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = peer_policy,
		.maxattr = ARRAY_SIZE(peer_policy) - 1,
		.doit = cmd_peer_del,
	}, {
		.cmd = ESPENCAP_CMD_PEER_GET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = peer_get_policy,
		.maxattr = ARRAY_SIZE(peer_get_policy) - 1,
		.dumpit = dump_peers,
	}, {
		.cmd = ESPENCAP_CMD_FLUSH,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = no_policy,
		.maxattr = ARRAY_SIZE(no_policy) - 1,
		.doit = cmd_flush,
	},
};

static struct genl_family family __ro_after_init = {
	.name = ESPENCAP_GENL_NAME,
	.version = ESPENCAP_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	ESPENCAP_GENL_RESV_START_OP
};

int __init espencap_netlink_init(void)
{
	return genl_register_family(&family);
}

void espencap_netlink_exit(void)
{
	genl_unregister_family(&family);
}
