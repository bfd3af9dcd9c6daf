/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What nftables does with a packet of which not all is known, as far as that is
 * certain.
 */
#ifndef FIREWALL_H
#define FIREWALL_H

#include <stdbool.h>
#include <stdint.h>

#include "ruleset.h"

/**
 * struct packet - a packet between this host and a peer, the first of its flow
 * @family: NFPROTO_IPV4 or NFPROTO_IPV6
 * @protocol: IPPROTO_UDP or IPPROTO_ESP
 * @port: this host's UDP port, in host byte order
 * @their_port: the peer's, 0 if it is not known
 * @is_outgoing: it goes to the peer
 * @is_answer: it is not the first, but the answer to one
 *
 * It is whole and unicast, has no extension headers, and has not come out of an SA.
 * Nothing is known of interfaces, but that they are not lo, of addresses and of marks.
 */
struct packet {
	uint8_t family;
	uint8_t protocol;
	uint16_t port;
	uint16_t their_port;
	bool is_outgoing;
	bool is_answer;
};

/**
 * struct culprit - what drops a packet
 * @chain: the chain
 * @handle: the rule; 0 if it is the chain's policy
 * @needs_port: of one that is not dropped for certain: with the peer's port, it may be
 */
struct culprit {
	const struct chain *chain;
	uint64_t handle;
	bool needs_port;
};

/**
 * firewall_drops() - is a packet dropped for certain?
 * @ruleset: all rules
 * @packet: the packet
 * @culprit: takes what drops it, or what would have to be known
 *
 * It passes the hooks prerouting and input, before espencap takes it; or output and
 * postrouting, after espencap has made UDP of it.
 *
 * Return: whether it is, whatever is not known of it. That may be wrong where somebody
 * rewrites rules meanwhile, and for chains at an interface's ingress or egress, which
 * are not looked at.
 */
bool firewall_drops(const struct ruleset *ruleset, const struct packet *packet,
		    struct culprit *culprit);

#endif /* FIREWALL_H */
