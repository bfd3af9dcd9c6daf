/* SPDX-License-Identifier: GPL-2.0 */
/* What doctor looks at: ports, peers and SAs of the network namespace. */
#ifndef PATIENT_H
#define PATIENT_H

#include "peer_config.h"
#include "port_config.h"
#include "sas.h"

#include "espencap.h"

/**
 * struct patient_port - a port
 * @config: what it is; the first, for config.h's order
 * @has_encap_socket: some socket has UDP_ENCAP set on it
 * @last_rx: seconds since ESP has come, or ESPENCAP_NEVER
 * @stats: its counters, by enum espencap_stat
 */
struct patient_port {
	struct port_config config;
	bool has_encap_socket;
	uint32_t last_rx;
	uint64_t stats[ESPENCAP_STAT_MAX + 1];
};

/**
 * struct patient_peer - a peer
 * @config: what it is; the first, for peer_config_compare()
 * @mtu: of the way to it, 0 if it is not known
 * @is_told: a router has told @mtu
 * @last_rx: seconds since something authenticated has come from it, or ESPENCAP_NEVER
 * @last_tx: seconds since something was sent to it, or ESPENCAP_NEVER
 * @sa_since: seconds since the epoch since when it has SAs, 0 if it has none
 * @is_authenticated: one of the SAs from it has an ICV
 */
struct patient_peer {
	struct peer_config config;
	uint32_t mtu;
	bool is_told;
	uint32_t last_rx;
	uint32_t last_tx;
	uint64_t sa_since;
	bool is_authenticated;
};

/* Lists: the ports sorted by number, the peers by peer_config_compare(). */
struct patient_ports {
	struct patient_port *list;
	size_t count;
	size_t room;
};

struct patient {
	struct patient_ports ports;
	struct patient_peer *peers;
	size_t nr_peers;
	size_t peers_room;
	struct sa *sas;
	size_t nr_sas;
	size_t sas_room;
};

/**
 * patient_read_ports() - ask the module for the ports
 * @ports: takes them
 * @why: takes the sentence for a refusal
 *
 * Return: 0, or an errno.
 */
int patient_read_ports(struct patient_ports *ports, const char **why);

/* The same for peers, and for SAs, of which the peers take what is theirs. */
int patient_read_peers(struct patient *patient, const char **why);
int patient_read_sas(struct patient *patient, const char **why);

/**
 * patient_port() - look for a port
 * @ports: all of them
 * @number: UDP port, in host byte order
 *
 * Return: it, or NULL.
 */
const struct patient_port *patient_port(const struct patient_ports *ports,
					uint16_t number);

/**
 * patient_sender() - whose packets come on an SA?
 * @patient: has the peers
 * @sa: the SA
 *
 * Return: a peer that is where the SA's packets come from, or NULL.
 */
struct patient_peer *patient_sender(const struct patient *patient,
				    const struct sa *sa);

/* And to whom does an SA send? */
struct patient_peer *patient_receiver(const struct patient *patient,
				      const struct sa *sa);

#endif /* PATIENT_H */
