// SPDX-License-Identifier: GPL-2.0
/* The commands of the netlink family. */
#include <net/genetlink.h>
#include "attrs.h"
#include "compat.h"
#include "format.h"
#include "netlink.h"
#include "peer.h"
#include "port.h"
#include "socket.h"

#define POLICY_ADDRESS { .type = NLA_BINARY, .len = sizeof(struct in6_addr) }

static const struct nla_policy no_policy[ESPENCAP_A_PAD + 1] = {
	[ESPENCAP_A_PAD] = { .type = NLA_REJECT },
};

static const struct nla_policy port_policy[ESPENCAP_A_PORT + 1] = {
	[ESPENCAP_A_PORT] = { .type = NLA_U16 },
};

static const struct nla_policy
port_add_policy[ESPENCAP_A_KEEPALIVE_BYTES + 1] = {
	[ESPENCAP_A_PORT] = { .type = NLA_U16 },
	[ESPENCAP_A_FORMAT] = { .type = NLA_U8 },
	[ESPENCAP_A_LEARN] = { .type = NLA_U8 },
	[ESPENCAP_A_MAX_LEARNED] = { .type = NLA_U32 },
	[ESPENCAP_A_KEEPALIVE] = { .type = NLA_U16 },
	[ESPENCAP_A_KEEPALIVE_BYTES] = { .type = NLA_U8 },
};

static const struct nla_policy
port_set_policy[ESPENCAP_A_KEEPALIVE_BYTES + 1] = {
	[ESPENCAP_A_PORT] = { .type = NLA_U16 },
	[ESPENCAP_A_LEARN] = { .type = NLA_U8 },
	[ESPENCAP_A_MAX_LEARNED] = { .type = NLA_U32 },
	[ESPENCAP_A_KEEPALIVE] = { .type = NLA_U16 },
	[ESPENCAP_A_KEEPALIVE_BYTES] = { .type = NLA_U8 },
};

static const struct nla_policy peer_del_policy[ESPENCAP_A_ORIGIN + 1] = {
	[ESPENCAP_A_ADDRESS] = POLICY_ADDRESS,
	[ESPENCAP_A_REQID] = { .type = NLA_U32 },
	[ESPENCAP_A_ORIGIN] = { .type = NLA_U8 },
};

static const struct nla_policy peer_get_policy[ESPENCAP_A_ADDRESS + 1] = {
	[ESPENCAP_A_ADDRESS] = POLICY_ADDRESS,
};

#define POLICY_PEER_CONFIG						\
	[ESPENCAP_A_PORT] = { .type = NLA_U16 },			\
	[ESPENCAP_A_ADDRESS] = POLICY_ADDRESS,				\
	[ESPENCAP_A_REQID] = { .type = NLA_U32 },			\
	[ESPENCAP_A_ENDPOINT_ADDRESS] = POLICY_ADDRESS,			\
	[ESPENCAP_A_ENDPOINT_PORT] = { .type = NLA_U16 },		\
	[ESPENCAP_A_KEEPALIVE] = { .type = NLA_U16 },			\
	[ESPENCAP_A_PIN] = { .type = NLA_FLAG },			\
	[ESPENCAP_A_MOVED] = { .type = NLA_FLAG }

static const struct nla_policy peer_set_policy[ESPENCAP_A_MOVED + 1] = {
	POLICY_PEER_CONFIG,
};

static const struct nla_policy peer_add_policy[ESPENCAP_A_MOVED + 1] = {
	POLICY_PEER_CONFIG,
	[ESPENCAP_A_ORIGIN] = { .type = NLA_U8 },
};

static int answer_port(struct net *net, struct sk_buff *msg, u32 portid,
		       u32 seq, int flags, const struct espencap_port *port)
{
	void *hdr = genlmsg_put(msg, portid, seq, &espencap_family, flags,
				ESPENCAP_CMD_PORT_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (espencap_put_port(msg, port) ||
	    (espencap_socket_is_on(net, port->number) &&
	     nla_put_flag(msg, ESPENCAP_A_ENCAP_SOCKET)) ||
	    espencap_stats_put(msg, port->stats, ESPENCAP_STATS_PORT,
			       NULL)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static int answer_peer(struct sk_buff *msg, u32 portid, u32 seq, int flags,
		       const struct espencap_peer *peer)
{
	void *hdr = genlmsg_put(msg, portid, seq, &espencap_family, flags,
				ESPENCAP_CMD_PEER_GET);

	if (!hdr)
		return -EMSGSIZE;
	if (espencap_put_peer(msg, peer) ||
	    espencap_stats_put(msg, peer->stats, ESPENCAP_STATS_PEER,
			       peer->drops)) {
		genlmsg_cancel(msg, hdr);
		return -EMSGSIZE;
	}
	genlmsg_end(msg, hdr);
	return 0;
}

static u8 default_keepalive(const struct espencap_format *format)
{
	return format->keepalives & ESPENCAP_KNOWS(EMPTY) ?
	       ESPENCAP_KEEPALIVE_EMPTY : ESPENCAP_KEEPALIVE_FF;
}

static int cmd_port_add(struct sk_buff *skb, struct genl_info *info)
{
	struct nlattr *attr = info->attrs[ESPENCAP_A_FORMAT];
	struct espencap_port_settings settings = {
		.learn = ESPENCAP_LEARN_ON,
		.max_learned = ESPENCAP_MAX_LEARNED,
	};
	struct net *net = genl_info_net(info);
	const struct espencap_format *format;
	u16 port;
	int err;

	err = espencap_parse_port(info->attrs[ESPENCAP_A_PORT], &port, info->extack);
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
	settings.keepalive_bytes = default_keepalive(format);
	err = espencap_parse_settings(info->attrs, format, &settings,
				      info->extack);
	if (err)
		return err;

	mutex_lock(&espencap_net(net)->lock);
	err = espencap_port_add(net, port, format, &settings, info->extack);
	mutex_unlock(&espencap_net(net)->lock);
	if (!err && espencap_socket_is_on(net, port))
		NL_SET_ERR_MSG(info->extack,
			       "A socket on this port has UDP_ENCAP set: SAs with encap stay with the kernel here, only SAs without it are served.");
	return err;
}

static int cmd_port_set(struct sk_buff *skb, struct genl_info *info)
{
	struct espencap_net *ns = espencap_net(genl_info_net(info));
	struct espencap_port_settings settings;
	struct espencap_port *port;
	u16 number;
	int err;

	err = espencap_parse_port(info->attrs[ESPENCAP_A_PORT], &number,
				  info->extack);
	if (err)
		return err;

	mutex_lock(&ns->lock);
	port = espencap_port_find(ns, number);
	if (port) {
		settings = port->settings;
		err = espencap_parse_settings(info->attrs, port->format,
					      &settings, info->extack);
		if (!err)
			espencap_port_set(ns, port, &settings);
	} else {
		NL_SET_ERR_MSG(info->extack, "This port was not added.");
		err = -ENOENT;
	}
	mutex_unlock(&ns->lock);
	return err;
}

static int cmd_port_del(struct sk_buff *skb, struct genl_info *info)
{
	struct net *net = genl_info_net(info);
	u16 port;
	int err;

	err = espencap_parse_port(info->attrs[ESPENCAP_A_PORT], &port, info->extack);
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

	err = espencap_parse_port(info->attrs[ESPENCAP_A_PORT], &number, info->extack);
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
		err = answer_port(ns->net, msg, info->snd_portid,
				  info->snd_seq, 0, port);
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
	int err;

	err = genlmsg_parse(cb->nlh, &espencap_family, attrs, ESPENCAP_A_PORT,
			    port_policy, cb->extack);
	if (err)
		return err;
	if (attrs[ESPENCAP_A_PORT]) {
		NL_SET_ERR_MSG_ATTR(cb->extack, attrs[ESPENCAP_A_PORT],
				    "A dump lists all ports: ask for one without it.");
		return -EINVAL;
	}

	rcu_read_lock();
	while ((port = espencap_port_next(ns, cb->args[0]))) {
		if (answer_port(ns->net, msg, NETLINK_CB(cb->skb).portid,
				cb->nlh->nlmsg_seq, NLM_F_MULTI, port))
			break;
		cb->args[0] = port->number + 1;
	}
	rcu_read_unlock();
	return msg->len;
}

static int cmd_peer_add(struct sk_buff *skb, struct genl_info *info)
{
	struct espencap_net *ns = espencap_net(genl_info_net(info));
	struct espencap_peer_config config;
	u16 port;
	int err;

	err = espencap_parse_port(info->attrs[ESPENCAP_A_PORT], &port,
				  info->extack);
	if (err)
		return err;
	err = espencap_parse_peer(info->attrs, port, &config, info->extack);
	if (err)
		return err;

	mutex_lock(&ns->lock);
	err = espencap_peer_add(ns, &config, port, info->extack);
	mutex_unlock(&ns->lock);
	return err;
}

static int cmd_peer_set(struct sk_buff *skb, struct genl_info *info)
{
	struct espencap_net *ns = espencap_net(genl_info_net(info));
	struct nlattr *attr = info->attrs[ESPENCAP_A_PORT];
	struct espencap_peer_config config;
	bool has_endpoint;
	u16 port = 0;
	int err = 0;

	if (attr)
		err = espencap_parse_port(attr, &port, info->extack);
	if (!err)
		err = espencap_parse_peer(info->attrs, port, &config,
					  info->extack);
	if (err)
		return err;
	has_endpoint = info->attrs[ESPENCAP_A_ENDPOINT_ADDRESS];
	if (has_endpoint != !!info->attrs[ESPENCAP_A_ENDPOINT_PORT] ||
	    (config.moved && !has_endpoint)) {
		NL_SET_ERR_MSG(info->extack,
			       "An endpoint is an address and a port.");
		return -EINVAL;
	}

	mutex_lock(&ns->lock);
	err = espencap_peer_set(ns, &config, port, has_endpoint, info->extack);
	mutex_unlock(&ns->lock);
	return err;
}

static int cmd_peer_del(struct sk_buff *skb, struct genl_info *info)
{
	struct espencap_net *ns = espencap_net(genl_info_net(info));
	struct espencap_peer_key key;
	u8 origin;
	int err;

	err = espencap_parse_key(info->attrs, &key, info->extack) ?:
	      espencap_parse_origin(info->attrs[ESPENCAP_A_ORIGIN], &origin,
				    info->extack);
	if (err)
		return err;
	mutex_lock(&ns->lock);
	err = espencap_peer_del(ns, &key, origin, info->extack);
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

	err = genlmsg_parse(cb->nlh, &espencap_family, attrs, ESPENCAP_A_ADDRESS,
			    peer_get_policy, cb->extack);
	if (!err && attrs[ESPENCAP_A_ADDRESS])
		err = espencap_parse_address(attrs[ESPENCAP_A_ADDRESS], &filter,
					     cb->extack);
	if (err)
		return err;

	rcu_read_lock();
	xa_for_each_start(&ns->peers, id, peer, cb->args[0]) {
		if ((!attrs[ESPENCAP_A_ADDRESS] ||
		     ipv6_addr_equal(&peer->key.addr, &filter)) &&
		    answer_peer(msg, NETLINK_CB(cb->skb).portid,
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

	mutex_lock(&espencap_net(net)->lock);
	espencap_port_flush(net);
	mutex_unlock(&espencap_net(net)->lock);
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
		.cmd = ESPENCAP_CMD_PEER_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = peer_set_policy,
		.maxattr = ARRAY_SIZE(peer_set_policy) - 1,
		.doit = cmd_peer_set,
	}, {
		.cmd = ESPENCAP_CMD_PEER_DEL,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = peer_del_policy,
		.maxattr = ARRAY_SIZE(peer_del_policy) - 1,
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
	}, {
		.cmd = ESPENCAP_CMD_PORT_SET,
		.flags = GENL_UNS_ADMIN_PERM,
		.policy = port_set_policy,
		.maxattr = ARRAY_SIZE(port_set_policy) - 1,
		.doit = cmd_port_set,
	},
};

static const struct genl_multicast_group groups[] = {
	{
		.name = ESPENCAP_GENL_EVENTS,
		.flags = ESPENCAP_MCAST_CAP_NET_ADMIN,
	},
};

struct genl_family espencap_family __ro_after_init = {
	.name = ESPENCAP_GENL_NAME,
	.version = ESPENCAP_GENL_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = ARRAY_SIZE(groups),
	ESPENCAP_GENL_RESV_START_OP
};

int __init espencap_netlink_init(void)
{
	return genl_register_family(&espencap_family);
}

void espencap_netlink_exit(void)
{
	genl_unregister_family(&espencap_family);
}
