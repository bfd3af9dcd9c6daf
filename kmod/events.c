// SPDX-License-Identifier: GPL-2.0
/* Notifications: made only if somebody listens. */
#include <net/genetlink.h>
#include "attrs.h"
#include "events.h"
#include "netlink.h"
#include "peer.h"
#include "port.h"

/* Between two that tell of a refusal. */
#define REFUSED_PAUSE	(HZ / 4)

/* The module is going, and its family is the first to go. */
static bool ended;

static struct sk_buff *begin(struct espencap_net *ns, enum espencap_event event,
			     void **hdr)
{
	struct sk_buff *msg;

	/* a namespace that goes has no listeners to look for any more */
	if (READ_ONCE(ended) || !READ_ONCE(ns->ready) ||
	    !genl_has_listeners(&espencap_family, ns->net, 0))
		return NULL;
	msg = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_ATOMIC);
	if (!msg) {
		/* as for what comes faster than it is read */
		genl_set_err(&espencap_family, ns->net, 0, 0, -ENOBUFS);
		return NULL;
	}
	*hdr = genlmsg_put(msg, 0, 0, &espencap_family, 0, ESPENCAP_CMD_EVENT);
	if (!*hdr || nla_put_u8(msg, ESPENCAP_A_EVENT, event)) {
		nlmsg_free(msg);
		return NULL;
	}
	return msg;
}

static void send(struct espencap_net *ns, struct sk_buff *msg, void *hdr)
{
	genlmsg_end(msg, hdr);
	genlmsg_multicast_netns(&espencap_family, ns->net, msg, 0, 0,
				GFP_ATOMIC);
}

void espencap_notify_port(struct espencap_net *ns, enum espencap_event event,
			  const struct espencap_port *port)
{
	struct sk_buff *msg;
	void *hdr;

	msg = begin(ns, event, &hdr);
	if (!msg)
		return;
	if (espencap_put_port(msg, port))
		nlmsg_free(msg);
	else
		send(ns, msg, hdr);
}

static int put_from(struct sk_buff *msg, const struct espencap_endpoint *from)
{
	if (!from)
		return 0;
	return espencap_put_address(msg, ESPENCAP_A_FROM_ADDRESS,
				    &from->addr) ?:
	       nla_put_u16(msg, ESPENCAP_A_FROM_PORT, ntohs(from->udp_port));
}

static int put_reason(struct sk_buff *msg, enum espencap_reason reason)
{
	if (reason == ESPENCAP_REASON_UNSPEC)
		return 0;
	return nla_put_u8(msg, ESPENCAP_A_REASON, reason);
}

void espencap_notify_peer(struct espencap_net *ns, enum espencap_event event,
			  const struct espencap_peer *peer,
			  const struct espencap_endpoint *from,
			  enum espencap_reason reason)
{
	struct sk_buff *msg;
	void *hdr;

	msg = begin(ns, event, &hdr);
	if (!msg)
		return;
	if (espencap_put_peer(msg, peer) || put_from(msg, from) ||
	    put_reason(msg, reason))
		nlmsg_free(msg);
	else
		send(ns, msg, hdr);
}

void espencap_notify_refused(struct espencap_net *ns,
			     const struct espencap_peer_config *config,
			     const struct espencap_port *port,
			     enum espencap_reason reason)
{
	const unsigned long last = READ_ONCE(ns->refused_at[reason]);
	struct sk_buff *msg;
	void *hdr;

	if (time_in_range(jiffies, last, last + REFUSED_PAUSE))
		return;
	WRITE_ONCE(ns->refused_at[reason], jiffies);
	msg = begin(ns, ESPENCAP_EVENT_PEER_REFUSED, &hdr);
	if (!msg)
		return;
	if (espencap_put_key(msg, &config->key) ||
	    nla_put_u16(msg, ESPENCAP_A_PORT, port->number) ||
	    espencap_put_endpoint(msg, &config->endpoint) ||
	    put_reason(msg, reason))
		nlmsg_free(msg);
	else
		send(ns, msg, hdr);
}

void espencap_events_end(void)
{
	WRITE_ONCE(ended, true);
	synchronize_net();
}
