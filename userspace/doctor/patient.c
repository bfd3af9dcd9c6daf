// SPDX-License-Identifier: GPL-2.0
/* Reading what doctor looks at. */
#include <stdlib.h>

#include "grow.h"
#include "netlink.h"
#include "patient.h"

static uint32_t age(const struct nlattr *attr)
{
	return attr ? mnl_attr_get_u32(attr) : ESPENCAP_NEVER;
}

static void read_stats(const struct nlattr *stats, uint64_t *counts)
{
	const struct nlattr *attr;

	if (!stats)
		return;
	mnl_attr_for_each_nested(attr, stats) {
		const uint16_t stat = mnl_attr_get_type(attr);

		if (stat <= ESPENCAP_STAT_MAX &&
		    mnl_attr_validate(attr, MNL_TYPE_U64) >= 0)
			counts[stat] = mnl_attr_get_u64(attr);
	}
}

static void take_port(const struct nlattr **attrs, void *_ports)
{
	struct patient_ports *ports = _ports;
	struct patient_port port = {
		.has_encap_socket = attrs[ESPENCAP_A_ENCAP_SOCKET],
		.last_rx = age(attrs[ESPENCAP_A_LAST_RX]),
	};

	if (!port_config_read(attrs, &port.config))
		return;
	read_stats(attrs[ESPENCAP_A_STATS], port.stats);
	ports->list = grow(ports->list, ports->count, &ports->room,
			   sizeof(port));
	ports->list[ports->count++] = port;
}

static int compare_ports(const void *_a, const void *_b)
{
	const struct patient_port *a = _a, *b = _b;

	return a->config.number - b->config.number;
}

int patient_read_ports(struct patient_ports *ports, const char **why)
{
	struct nlmsghdr *msg = netlink_request(ESPENCAP_CMD_PORT_GET,
					       NLM_F_DUMP);
	const int error = netlink_try(msg, take_port, ports, "ports", why);

	if (ports->count)
		qsort(ports->list, ports->count, sizeof(*ports->list),
		      compare_ports);
	return error;
}

static void take_peer(const struct nlattr **attrs, void *_patient)
{
	struct patient *patient = _patient;
	struct patient_peer peer = {
		.is_told = attrs[ESPENCAP_A_MTU_LEFT],
		.last_rx = age(attrs[ESPENCAP_A_LAST_RX]),
		.last_tx = age(attrs[ESPENCAP_A_LAST_TX]),
	};

	if (!peer_config_read(attrs, &peer.config))
		return;
	if (attrs[ESPENCAP_A_MTU])
		peer.mtu = mnl_attr_get_u32(attrs[ESPENCAP_A_MTU]);
	patient->peers = grow(patient->peers, patient->nr_peers,
			      &patient->peers_room, sizeof(peer));
	patient->peers[patient->nr_peers++] = peer;
}

static int compare_peers(const void *_a, const void *_b)
{
	const struct patient_peer *a = _a, *b = _b;

	return peer_config_compare(&a->config, &b->config);
}

int patient_read_peers(struct patient *patient, const char **why)
{
	struct nlmsghdr *msg = netlink_request(ESPENCAP_CMD_PEER_GET,
					       NLM_F_DUMP);
	const int error = netlink_try(msg, take_peer, patient, "peers", why);

	if (patient->nr_peers)
		qsort(patient->peers, patient->nr_peers,
		      sizeof(*patient->peers), compare_peers);
	return error;
}

const struct patient_port *patient_port(const struct patient_ports *ports,
					uint16_t number)
{
	const struct patient_port key = { .config.number = number };

	return ports->count ? bsearch(&key, ports->list, ports->count,
				      sizeof(key), compare_ports) : NULL;
}

static struct patient_peer *find(const struct patient *patient,
				 const struct address *address, uint32_t reqid)
{
	const struct patient_peer key = {
		.config = { .address = *address, .reqid = reqid },
	};

	return patient->nr_peers ?
	       bsearch(&key, patient->peers, patient->nr_peers, sizeof(key),
		       compare_peers) : NULL;
}

/* An added one without a reqid is for all SAs, and leaves those with a template alone. */
static struct patient_peer *find_for(const struct patient *patient,
				     const struct address *address,
				     const struct sa *sa, bool takes_template)
{
	struct patient_peer *peer = find(patient, address, sa->reqid);

	if (!peer)
		peer = find(patient, address, 0);
	if (!peer || peer->config.reqid)
		return peer;
	if (peer->config.learned)
		return sa->reqid ? NULL : peer;
	return sa->has_encap && !takes_template ? NULL : peer;
}

struct patient_peer *patient_sender(const struct patient *patient,
				    const struct sa *sa)
{
	return find_for(patient, &sa->source, sa, true);
}

struct patient_peer *patient_receiver(const struct patient *patient,
				      const struct sa *sa)
{
	return find_for(patient, &sa->destination, sa, false);
}

static void note_sa(struct patient_peer *peer, const struct sa *sa)
{
	if (peer && (!peer->sa_since || sa->added_at < peer->sa_since))
		peer->sa_since = sa->added_at;
}

static void take_sa(const struct sa *sa, void *_patient)
{
	struct patient *patient = _patient;
	struct patient_peer *sender = patient_sender(patient, sa);

	patient->sas = grow(patient->sas, patient->nr_sas, &patient->sas_room,
			    sizeof(*sa));
	patient->sas[patient->nr_sas++] = *sa;
	note_sa(sender, sa);
	note_sa(patient_receiver(patient, sa), sa);
	if (sender)
		sender->is_authenticated |= sa->has_icv;
}

int patient_read_sas(struct patient *patient, const char **why)
{
	return sas_try(take_sa, patient, why);
}
