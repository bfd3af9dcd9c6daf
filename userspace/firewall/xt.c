// SPDX-License-Identifier: GPL-2.0
/* What iptables-nft leaves as it is: matches and targets of iptables. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_policy.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <string.h>

#include "walk.h"

static bool is_in(uint16_t port, uint16_t from, uint16_t to)
{
	return port >= from && port <= to;
}

/* Of a port that is not known, only what is said of all is true. */
static enum truth match_port(struct walk *walk, bool is_source,
			     const uint16_t *range, bool is_inverted)
{
	const uint16_t port = packet_port(walk->packet, is_source);

	if (!port && (range[0] || range[1] != 0xffff)) {
		walk->asks_port = true;
		return MAYBE;
	}
	return is_in(port, range[0], range[1]) != is_inverted ? YES : NO;
}

static enum truth match_udp(struct walk *walk, const void *info)
{
	struct xt_udp udp;

	if (walk->packet->protocol != IPPROTO_UDP)
		return MAYBE;
	memcpy(&udp, info, sizeof(udp));
	return truth_and(match_port(walk, true, udp.spts,
				    udp.invflags & XT_UDP_INV_SRCPT),
			 match_port(walk, false, udp.dpts,
				    udp.invflags & XT_UDP_INV_DSTPT));
}

static enum truth match_multiport(struct walk *walk, const void *info)
{
	const struct packet *packet = walk->packet;
	struct xt_multiport_v1 multi;
	bool is_wanted = false;
	unsigned int i;
	uint16_t port;

	memcpy(&multi, info, sizeof(multi));
	port = packet_port(packet, multi.flags == XT_MULTIPORT_SOURCE);
	if (packet->protocol != IPPROTO_UDP ||
	    multi.flags == XT_MULTIPORT_EITHER)
		return MAYBE;
	if (!port) {
		walk->asks_port = true;
		return MAYBE;
	}
	for (i = 0; i < multi.count && i < XT_MULTI_PORTS; i++) {
		const uint16_t from = multi.ports[i];
		uint16_t to = from;

		if (multi.pflags[i] && i + 1 < XT_MULTI_PORTS)
			to = multi.ports[++i];
		is_wanted |= is_in(port, from, to);
	}
	return is_wanted != multi.invert ? YES : NO;
}

/* Of the state alone; a packet that a NAT has touched may have two. */
static enum truth match_state(struct walk *walk, unsigned int mask,
			      bool is_inverted)
{
	const uint32_t state = walk_state(walk);

	if (!state)
		return MAYBE;
	if (mask & state)
		return is_inverted ? NO : YES;
	if (mask & (XT_CONNTRACK_STATE_SNAT | XT_CONNTRACK_STATE_DNAT))
		return MAYBE;
	return is_inverted ? YES : NO;
}

static enum truth match_conntrack(struct walk *walk, const void *info)
{
	struct xt_conntrack_mtinfo3 conntrack;

	memcpy(&conntrack, info, sizeof(conntrack));
	if (conntrack.match_flags != XT_CONNTRACK_STATE)
		return MAYBE;
	return match_state(walk, conntrack.state_mask,
			   conntrack.invert_flags & XT_CONNTRACK_STATE);
}

static enum truth match_old_state(struct walk *walk, const void *info)
{
	struct xt_state_info state;

	memcpy(&state, info, sizeof(state));
	return match_state(walk, state.statemask, false);
}

/* On its way in, it has not come out of an SA. */
static enum truth match_policy(struct walk *walk, const void *info)
{
	struct xt_policy_info policy;

	memcpy(&policy, info, sizeof(policy));
	if (walk->packet->is_outgoing || !(policy.flags & XT_POLICY_MATCH_IN))
		return MAYBE;
	return policy.flags & XT_POLICY_MATCH_NONE ? YES : NO;
}

static enum truth match_always(struct walk *walk, const void *info)
{
	(void)walk;
	(void)info;
	return YES;
}

static const struct {
	const char *name;
	uint32_t revision;
	size_t len;
	enum truth (*match)(struct walk *walk, const void *info);
} xt_matches[] = {
	{ "comment", 0, 0, match_always },
	{ "udp", 0, sizeof(struct xt_udp), match_udp },
	{ "multiport", 1, sizeof(struct xt_multiport_v1), match_multiport },
	{ "conntrack", 3, sizeof(struct xt_conntrack_mtinfo3), match_conntrack },
	{ "state", 0, sizeof(struct xt_state_info), match_old_state },
	{ "policy", 0, sizeof(struct xt_policy_info), match_policy },
};

enum truth xt_match(struct walk *walk, const char *name,
		    uint32_t revision, const void *info, size_t len)
{
	size_t i;

	for (i = 0; i < sizeof(xt_matches) / sizeof(xt_matches[0]); i++)
		if (!strcmp(xt_matches[i].name, name) &&
		    xt_matches[i].revision == revision &&
		    xt_matches[i].len <= len)
			return xt_matches[i].match(walk, info);
	return MAYBE;
}

static bool is_one_of(const char *name, const char * const *names)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

unsigned int xt_target(struct walk *walk, const char *name)
{
	static const char * const harmless[] = {
		"LOG", "NFLOG", "MARK", "CONNMARK", "CLASSIFY", "DSCP", "TOS",
		"TTL", "HL", "TCPMSS", "TRACE", "AUDIT", "SECMARK",
		"CONNSECMARK", "CHECKSUM", "SET", NULL
	};

	if (is_one_of(name, harmless))
		return GOES_ON;
	if (!strcmp(name, "REJECT"))
		return DROPS;
	if (!strcmp(name, "CT") || !strcmp(name, "NOTRACK")) {
		walk->meets_notrack = true;
		return GOES_ON;
	}
	walk->is_lost = true;
	return ANYTHING;
}
