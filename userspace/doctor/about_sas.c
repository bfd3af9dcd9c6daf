// SPDX-License-Identifier: GPL-2.0
/* doctor: SAs that cannot be served, or not safely. */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "doctor.h"
#include "locals.h"

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

static bool comes_in(const struct sa *sa, const struct locals *locals)
{
	return !sa->is_outbound && locals_have(locals, &sa->destination);
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
	struct locals locals = { 0 };
	const int error = locals_read(&locals);
	size_t i;

	if (error) {
		doctor_blind("the addresses of this host", error,
			     strerror(error));
		return;
	}
	for (i = 0; i < patient->nr_sas; i++) {
		if (comes_in(&patient->sas[i], &locals))
			examine_in(patient, &patient->sas[i]);
		else
			examine_out(patient, &patient->sas[i]);
	}
	locals_free(&locals);
}
