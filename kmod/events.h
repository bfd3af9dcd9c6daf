/* SPDX-License-Identifier: GPL-2.0 */
/* Telling who listens what has happened. */
#ifndef _ESPENCAP_EVENTS_H
#define _ESPENCAP_EVENTS_H

#include "netns.h"
#include "uapi/espencap.h"

struct espencap_endpoint;
struct espencap_peer;
struct espencap_peer_config;
struct espencap_port;

/**
 * espencap_notify_port() - something has happened to a port
 * @ns: network namespace
 * @event: ESPENCAP_EVENT_PORT_*
 * @port: the port
 *
 * Context: process.
 */
void espencap_notify_port(struct espencap_net *ns, enum espencap_event event,
			  const struct espencap_port *port);

/**
 * espencap_notify_peer() - something has happened to a peer
 * @ns: network namespace
 * @event: ESPENCAP_EVENT_PEER_*, but not that one was refused
 * @peer: the peer; one that was removed is told of as it was
 * @from: where it was before, if it has moved, or NULL
 * @reason: why, or ESPENCAP_REASON_UNSPEC
 *
 * Context: RCU read side.
 */
void espencap_notify_peer(struct espencap_net *ns, enum espencap_event event,
			  const struct espencap_peer *peer,
			  const struct espencap_endpoint *from,
			  enum espencap_reason reason);

/**
 * espencap_notify_refused() - a packet could have made or moved a peer
 * @ns: network namespace
 * @config: who and where the peer would be
 * @port: the port that the packet came to
 * @reason: why not
 *
 * Whoever has keys can provoke as many as packets, so that few are told of.
 *
 * Context: RCU read side.
 */
void espencap_notify_refused(struct espencap_net *ns,
			     const struct espencap_peer_config *config,
			     const struct espencap_port *port,
			     enum espencap_reason reason);

/**
 * espencap_events_end() - tell nobody of anything any more
 *
 * Packets still come while the module goes, and its multicast group can have become
 * another family's by then.
 *
 * Context: process, before the family goes.
 */
void espencap_events_end(void);

#endif /* _ESPENCAP_EVENTS_H */
