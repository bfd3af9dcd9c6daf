// SPDX-License-Identifier: GPL-2.0
/* doctor: peers that do not answer, and narrow ways to them. */
#include <stdio.h>
#include <time.h>

#include "doctor.h"

#define IPV6_MIN_MTU	1280

/* What net.ipv4.route.min_pmtu is by default: XFRM is told no less. */
#define IPV4_MIN_PMTU	552

#define UDP_HEADER	8
#define NON_IKE_MARKER	8

static const struct finding peer_unanswered = {
	"peer-unanswered",
	"UDP goes to these peers, but nothing authenticated has come from them for some minutes.",
	"tcpdump tells whether they answer, and to which port; see their keys, their firewall, and the NAT between."
};

static const struct finding peer_silent = {
	"peer-silent",
	"These peers have SAs, but nothing has come from them or was sent to them for some minutes.",
	"Nothing, if there is nothing to say; else see ip xfrm policy, and whether the peer reaches this port."
};

static const struct finding peer_mtu = {
	"peer-mtu",
	"A router on the way to these peers has told a smaller MTU than that of the link.",
	"Nothing: XFRM knows it, and it is forgotten after some minutes; if all peers have it, see the MTU of your uplink."
};

static const struct finding peer_mtu_small = {
	"peer-mtu-small",
	"The way to these peers is so narrow that XFRM cannot make packets small enough: the largest go in fragments.",
	"Raise the MTU of the tunnel or link on the way, to 1296 or more for IPv6."
};

static const char *since(uint32_t seconds, char *text, size_t size)
{
	if (seconds == ESPENCAP_NEVER)
		return "never";
	snprintf(text, size, "%u s ago", seconds);
	return text;
}

static void examine_traffic(const struct patient_peer *peer, uint64_t now)
{
	char rx[32], tx[32];

	if (!peer->sa_since || peer->sa_since + DOCTOR_QUIET > now ||
	    peer->last_rx < DOCTOR_QUIET)
		return;
	if (peer->last_tx >= DOCTOR_QUIET)
		found(&peer_silent, NOTE, "%s: last heard %s, last sent %s",
		      peer_title(&peer->config),
		      since(peer->last_rx, rx, sizeof(rx)),
		      since(peer->last_tx, tx, sizeof(tx)));
	else if (peer->is_authenticated)
		found(&peer_unanswered, WARNING,
		      "%s: last heard %s, last sent %s",
		      peer_title(&peer->config),
		      since(peer->last_rx, rx, sizeof(rx)),
		      since(peer->last_tx, tx, sizeof(tx)));
}

static uint32_t added(const struct patient_port *port)
{
	return port && port->config.format == ESPENCAP_FORMAT_NON_IKE ?
	       UDP_HEADER + NON_IKE_MARKER : UDP_HEADER;
}

static void examine_mtu(const struct patient_peer *peer,
			const struct patient_ports *ports)
{
	const uint32_t least = peer->config.address.family == AF_INET6 ?
			       IPV6_MIN_MTU : IPV4_MIN_PMTU;
	const char *told = peer->is_told ? ", told by a router" : "";

	if (!peer->mtu)
		return;
	if (peer->mtu < least + added(patient_port(ports, peer->config.port)))
		found(&peer_mtu_small, WARNING, "%s: MTU %u%s",
		      peer_title(&peer->config), peer->mtu, told);
	else if (peer->is_told)
		found(&peer_mtu, NOTE, "%s: MTU %u%s",
		      peer_title(&peer->config), peer->mtu, told);
}

void doctor_peers(const struct patient *patient)
{
	const uint64_t now = (uint64_t)time(NULL);
	size_t i;

	for (i = 0; i < patient->nr_peers; i++) {
		examine_traffic(&patient->peers[i], now);
		examine_mtu(&patient->peers[i], &patient->ports);
	}
}
