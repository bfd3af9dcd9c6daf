// SPDX-License-Identifier: GPL-2.0
/* doctor: SAs that cannot be served, or not safely. */
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "grow.h"

static const struct finding sa_offloaded = {
	"sa-offloaded",
	"A NIC has these SAs to peers, and their ESP goes out without UDP, or not at all.",
	"Make these SAs without offload."
};

static const struct finding sa_offload_unused = {
	"sa-offload-unused",
	"A NIC has these SAs to peers, but could not find their ESP in UDP, so that the CPU encrypts.",
	"Nothing; without offload, they would leave their room on the NIC to others."
};

static const struct finding sa_replay_window_0 = {
	"sa-replay-window-0",
	"These SAs have no replay window: packets that somebody has recorded are taken again, and the module believes them less.",
	"Give them a replay-window (ip xfrm state, or your IKE daemon), or pin the peer: peer set ADDRESS pin."
};

static const struct finding sa_no_icv = {
	"sa-no-icv",
	"These SAs have no ICV: anybody can forge packets, and they neither make a peer nor move one.",
	"Give them an authentication (aead, or auth-trunc)."
};

/* This host's addresses. */
struct addresses {
	struct address *list;
	size_t count;
	size_t room;
};

static int compare(const void *_a, const void *_b)
{
	const struct address *a = _a, *b = _b;

	return a->family != b->family ? a->family - b->family :
	       memcmp(a->bytes, b->bytes, sizeof(a->bytes));
}

static void add_address(struct addresses *addresses, const struct sockaddr *from)
{
	const struct sockaddr_in6 *in6 = (const void *)from;
	const struct sockaddr_in *in = (const void *)from;
	struct address address = { .family = from->sa_family };

	if (from->sa_family == AF_INET)
		memcpy(address.bytes, &in->sin_addr, 4);
	else if (from->sa_family == AF_INET6)
		memcpy(address.bytes, &in6->sin6_addr, 16);
	else
		return;
	addresses->list = grow(addresses->list, addresses->count,
			       &addresses->room, sizeof(address));
	addresses->list[addresses->count++] = address;
}

static void read_addresses(struct addresses *addresses)
{
	struct ifaddrs *all = NULL, *one;

	if (getifaddrs(&all))
		all = NULL;
	for (one = all; one; one = one->ifa_next)
		if (one->ifa_addr)
			add_address(addresses, one->ifa_addr);
	if (all)
		freeifaddrs(all);
	if (addresses->count)
		qsort(addresses->list, addresses->count,
		      sizeof(*addresses->list), compare);
}

static bool comes_in(const struct sa *sa, const struct addresses *addresses)
{
	return !sa->is_outbound && addresses->count &&
	       bsearch(&sa->destination, addresses->list, addresses->count,
		       sizeof(sa->destination), compare);
}

/* "SPI 0x00001234, 192.0.2.1 to 192.0.2.2, reqid 7" */
static const char *title(const struct sa *sa)
{
	static char text[2 * INET6_ADDRSTRLEN + 64];
	char from[INET6_ADDRSTRLEN], to[INET6_ADDRSTRLEN];

	snprintf(text, sizeof(text), "SPI 0x%08x, %s to %s, reqid %u", sa->spi,
		 address_text(&sa->source, from),
		 address_text(&sa->destination, to), sa->reqid);
	return text;
}

static void examine_in(const struct patient *patient, const struct sa *sa)
{
	const struct patient_peer *peer = patient_sender(patient, sa);

	if (!sa->has_icv)
		found(&sa_no_icv, WARNING, "%s", title(sa));
	else if (!sa->replay_window && !(peer && peer->config.pin))
		found(&sa_replay_window_0, WARNING, "%s", title(sa));
}

/* A template and an offload go together only where the kernel serves the SA. */
static void examine_out(const struct patient *patient, const struct sa *sa)
{
	if (!sa->is_offloaded || !patient_receiver(patient, sa))
		return;
	if (sa->offload_is_packet)
		found(&sa_offloaded, ERROR, "%s: offload packet", title(sa));
	else if (sa->has_encap)
		found(&sa_offloaded, ERROR, "%s: a template, and offload crypto",
		      title(sa));
	else
		found(&sa_offload_unused, NOTE, "%s", title(sa));
}

void doctor_sas(const struct patient *patient)
{
	struct addresses addresses = { 0 };
	size_t i;

	read_addresses(&addresses);
	for (i = 0; i < patient->nr_sas; i++) {
		if (comes_in(&patient->sas[i], &addresses))
			examine_in(patient, &patient->sas[i]);
		else
			examine_out(patient, &patient->sas[i]);
	}
	free(addresses.list);
}
