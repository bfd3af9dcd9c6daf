/* SPDX-License-Identifier: GPL-2.0 */
/* The SAs of the network namespace, as XFRM tells them. */
#ifndef SAS_H
#define SAS_H

#include <stdbool.h>
#include <stdint.h>

#include "parse.h"

/**
 * struct sa - an ESP SA
 * @destination: where its packets go; with @spi, it names the SA, unless @mark does
 * @source: where they come from, by what XFRM knows; a NAT may change that
 * @spi: SPI, in host byte order
 * @reqid: its reqid, 0 for none
 * @mark: it is only for packets whose mark, as far as @mask goes, is this
 * @mask: 0 if it is for any
 * @mode: XFRM_MODE_*
 * @is_outbound: it was made for sending only; before Linux 6.10, it cannot be known
 * @has_encap: it has an encapsulation template, of which are
 * @encap_type: UDP_ENCAP_*
 * @encap_sport: the source port of its packets, in host byte order
 * @encap_dport: their destination port, in host byte order
 * @has_icv: its packets are authenticated
 * @replay_window: packets, 0 for none
 * @is_offloaded: a device has it
 * @offload_is_packet: which makes all of ESP, not the cryptography alone
 * @offload_ifindex: the device's number, 0 if it is not known
 * @packets: how many it has carried
 * @added_at: seconds since the epoch: when it was made
 * @used_at: seconds since the epoch: when its first packet came, 0 for never
 */
struct sa {
	struct address destination;
	struct address source;
	uint32_t spi;
	uint32_t reqid;
	uint32_t mark;
	uint32_t mask;
	uint8_t mode;
	bool is_outbound;
	bool has_encap;
	uint16_t encap_type;
	uint16_t encap_sport;
	uint16_t encap_dport;
	bool has_icv;
	uint32_t replay_window;
	bool is_offloaded;
	bool offload_is_packet;
	unsigned int offload_ifindex;
	uint64_t packets;
	uint64_t added_at;
	uint64_t used_at;
};

/* Takes one SA, valid until it returns; it must not ask the kernel for anything. */
typedef void sas_reader(const struct sa *sa, void *context);

/**
 * sas_try() - read all ESP SAs
 * @take: called for each. One that exists from begin to end comes exactly once.
 * @context: passed to it
 * @why: takes the sentence for a refusal
 *
 * The answer has the keys in it: the caller needs CAP_NET_ADMIN.
 *
 * Return: 0, or an errno, if not all came.
 */
int sas_try(sas_reader *take, void *context, const char **why);

/**
 * sas_read() - the same, where a refusal ends the program
 * @take: called for each
 * @context: passed to it
 */
void sas_read(sas_reader *take, void *context);

#endif /* SAS_H */
