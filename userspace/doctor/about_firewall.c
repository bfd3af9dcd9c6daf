// SPDX-License-Identifier: GPL-2.0
/* doctor: rules of nftables that drop UDP to or from the ports. */
#include <netinet/in.h>
#include <linux/netfilter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "firewall.h"
#include "grow.h"

static const struct finding drops = {
	"firewall-drops",
	"nftables drops UDP to this port, at least the first packet of a peer that begins.",
	"Accept UDP (not protocol 50) before that: nft insert rule FAMILY TABLE CHAIN udp dport PORT accept, or iptables -I."
};

static const struct finding drops_output = {
	"firewall-drops-output",
	"nftables drops the UDP that goes to the port where peers are.",
	"Accept it before that: nft insert rule FAMILY TABLE CHAIN udp sport PORT accept, or iptables -I."
};

static const struct finding legacy = {
	"firewall-legacy",
	"There are rules of iptables-legacy, at which nobody has looked.",
	"See iptables-legacy-save, ip6tables-legacy-save: UDP to the ports has to be accepted."
};

struct family {
	uint8_t number;
	const char *name;
	const char *iptables;
};

static const struct family families[] = {
	{ NFPROTO_IPV4, "IPv4", "/proc/thread-self/net/ip_tables_names" },
	{ NFPROTO_IPV6, "IPv6", "/proc/thread-self/net/ip6_tables_names" },
};

static int family_of(const struct address *address)
{
	return address->family == AF_INET6 ? NFPROTO_IPV6 : NFPROTO_IPV4;
}

/* Has this host to do with a family, by what peers and SAs it has? */
static bool is_used(const struct patient *patient, const struct family *family)
{
	size_t i;

	for (i = 0; i < patient->nr_peers; i++)
		if (family_of(&patient->peers[i].config.address) ==
		    family->number)
			return true;
	for (i = 0; i < patient->nr_sas; i++)
		if (family_of(&patient->sas[i].destination) == family->number)
			return true;
	return false;
}

/* Is it known of all that send to a port where they are, so that this host can begin? */
static bool can_begin(const struct patient *patient,
		      const struct patient_port *port)
{
	bool has_peers = false;
	size_t i;

	if (port->config.learn != ESPENCAP_LEARN_OFF)
		return false;
	for (i = 0; i < patient->nr_peers; i++) {
		const struct peer_config *peer = &patient->peers[i].config;

		if (peer->port != port->config.number)
			continue;
		if (peer->learned)
			return false;
		has_peers = true;
	}
	return has_peers;
}

/*
 * What comes as an answer may pass, so that something may have come. Without peers and
 * SAs nobody can tell which family will be needed, so that both are.
 */
static enum severity severity_of(const struct patient *patient,
				 const struct patient_port *port,
				 const struct family *family,
				 bool drops_answers)
{
	if (!is_used(patient, family))
		return patient->nr_peers || patient->nr_sas ? NOTE : WARNING;
	if (!drops_answers && can_begin(patient, port))
		return NOTE;
	return port->last_rx < DOCTOR_QUIET ? WARNING : ERROR;
}

static const char *family_word(uint32_t family)
{
	return family == NFPROTO_INET ? "inet" :
	       family == NFPROTO_IPV6 ? "ip6" : "ip";
}

/* "policy of chain inet filter input", "rule 7 of chain ip filter INPUT" */
static const char *culprit_text(const struct culprit *culprit)
{
	static char text[512];
	int used;

	used = culprit->handle ?
	       snprintf(text, sizeof(text), "rule with handle %llu",
			(unsigned long long)culprit->handle) :
	       snprintf(text, sizeof(text), "policy");
	snprintf(text + used, sizeof(text) - (size_t)used, " of chain %s %s %s",
		 family_word(culprit->chain->family), culprit->chain->table,
		 culprit->chain->name);
	return text;
}

static void examine_in(const struct patient *patient,
		       const struct patient_port *port,
		       const struct family *family,
		       const struct ruleset *ruleset)
{
	struct packet packet = {
		.family = family->number,
		.protocol = IPPROTO_UDP,
		.port = port->config.number,
	};
	struct culprit culprit, ignored;
	const char *esp = "";
	bool drops_answers;

	if (!firewall_drops(ruleset, &packet, &culprit))
		return;
	packet.is_answer = true;
	drops_answers = firewall_drops(ruleset, &packet, &ignored);
	packet.is_answer = false;
	packet.protocol = IPPROTO_ESP;
	if (!firewall_drops(ruleset, &packet, &ignored))
		esp = "; protocol 50 may pass, but here ESP comes in UDP";
	found(&drops, severity_of(patient, port, family, drops_answers),
	      "port %u, %s: %s%s", port->config.number, family->name,
	      culprit_text(&culprit), esp);
}

/* So many ports of peers are looked at, each by a way through all rules. */
#define PORTS_TRIED	64

static const struct finding ports_untried = {
	"firewall-ports-untried",
	"Rules of nftables ask for the port where a peer is, and not all of these ports were looked at.",
	"Nothing, if these peers answer; see the rules of the hooks output and postrouting."
};

/* Where peers are. Those who share a port are shown the same way. */
struct direction {
	const struct family *family;
	uint16_t port;
	uint16_t their_port;
};

static int compare(const void *_a, const void *_b)
{
	const struct direction *a = _a, *b = _b;

	return a->family != b->family ? (a->family > b->family) * 2 - 1 :
	       a->port != b->port ? a->port - b->port :
	       a->their_port - b->their_port;
}

static bool is_same_way(const struct direction *a, const struct direction *b)
{
	return a->family == b->family && a->port == b->port;
}

/* Of the same family and port: once for all, or, if that cannot be, one by one. */
static void examine_out(const struct direction *direction, size_t count,
			const struct ruleset *ruleset)
{
	const char *family = direction->family->name;
	struct packet packet = {
		.family = direction->family->number,
		.protocol = IPPROTO_UDP,
		.port = direction->port,
		.is_outgoing = true,
	};
	struct culprit culprit;
	size_t i;

	if (firewall_drops(ruleset, &packet, &culprit))
		found(&drops_output, ERROR, "port %u, %s: %s", packet.port,
		      family, culprit_text(&culprit));
	if (!culprit.needs_port)
		return;
	for (i = 0; i < count && i < PORTS_TRIED; i++) {
		packet.their_port = direction[i].their_port;
		if (firewall_drops(ruleset, &packet, &culprit))
			found(&drops_output, ERROR, "port %u to %u, %s: %s",
			      packet.port, packet.their_port, family,
			      culprit_text(&culprit));
	}
	if (i < count)
		found(&ports_untried, NOTE,
		      "port %u, %s: %zu of the %zu ports of peers",
		      packet.port, family, i, count);
}

static void examine_all_out(const struct patient *patient,
			    const struct ruleset *ruleset)
{
	struct direction *directions = NULL;
	size_t i, next, count = 0, room = 0;

	for (i = 0; i < patient->nr_peers; i++) {
		const struct peer_config *peer = &patient->peers[i].config;

		directions = grow(directions, i, &room, sizeof(*directions));
		directions[i] = (struct direction){
			.family = &families[peer->address.family == AF_INET6],
			.port = peer->port,
			.their_port = peer->endpoint_port,
		};
	}
	if (i)
		qsort(directions, i, sizeof(*directions), compare);
	for (i = 0; i < patient->nr_peers; i++)
		if (!i || compare(&directions[i], &directions[i - 1]))
			directions[count++] = directions[i];
	for (i = 0; i < count; i = next) {
		next = i + 1;
		while (next < count &&
		       is_same_way(&directions[i], &directions[next]))
			next++;
		examine_out(&directions[i], next - i, ruleset);
	}
	free(directions);
}

/* Its tables are listed once they were used, by the same modules for all. */
static void look_for_legacy(const struct family *family)
{
	FILE *file = fopen(family->iptables, "re");
	char table[64];

	while (file && fgets(table, sizeof(table), file)) {
		table[strcspn(table, "\n")] = 0;
		found(&legacy, NOTE, "%s: table %s", family->name,
		      table);
	}
	if (file)
		fclose(file);
}

unsigned long doctor_firewall(const struct patient *patient)
{
	struct ruleset ruleset;
	unsigned long rules;
	const char *why;
	size_t i, k;
	int error;

	for (k = 0; k < sizeof(families) / sizeof(families[0]); k++)
		look_for_legacy(&families[k]);
	error = ruleset_read(&ruleset, &why);
	if (error) {
		doctor_blind("rules of nftables", error, why);
		return 0;
	}
	for (i = 0; i < patient->ports.count; i++)
		for (k = 0; k < sizeof(families) / sizeof(families[0]); k++)
			examine_in(patient, &patient->ports.list[i],
				   &families[k], &ruleset);
	examine_all_out(patient, &ruleset);
	error = ruleset_unread(&why);
	if (error)
		doctor_blind("sets of nftables", error, why);
	rules = ruleset.rules;
	ruleset_free(&ruleset);
	return rules;
}
