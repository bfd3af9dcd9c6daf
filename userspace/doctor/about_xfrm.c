// SPDX-License-Identifier: GPL-2.0
/* doctor: XFRM's counters of what it has dropped on its way in. */
#include <ctype.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "doctor.h"
#include "grow.h"

/* In the network namespace that was entered. */
#define XFRM_STAT	"/proc/thread-self/net/xfrm_stat"

/* What is dropped after espencap has given it to XFRM, or came without UDP. */
static const struct meaning {
	const char *counter;
	struct finding finding;
} meanings[] = {
	{ "XfrmInError", {
		"xfrm-in-error",
		"XFRM drops packets: an error for which there is no other counter.",
		"dmesg; and whether the cipher works: cat /proc/crypto." } },
	{ "XfrmInBufferError", {
		"xfrm-in-buffer-error",
		"XFRM drops packets, as there is no memory for them.",
		"free, and what has eaten it." } },
	{ "XfrmInHdrError", {
		"xfrm-in-hdr-error",
		"XFRM drops packets, as they are too short for ESP.",
		"The sender, or a box between, cuts them off: tcpdump -vv." } },
	{ "XfrmInNoStates", {
		"xfrm-in-no-states",
		"ESP comes with an SPI that no SA has. As espencap takes only known ones, it comes without UDP, or to a socket with UDP_ENCAP.",
		"Compare ip xfrm state with the SPI that tcpdump shows: the peer may hold on to an old SA." } },
	{ "XfrmInStateProtoError", {
		"xfrm-in-state-proto-error",
		"The ICV is wrong: the keys or algorithms of both sides differ, or somebody forges or damages packets.",
		"Compare the keys and algorithms in ip xfrm state on both sides; have IKE start anew." } },
	{ "XfrmInStateModeError", {
		"xfrm-in-state-mode-error",
		"What comes out of an SA is not what its mode says: tunnel on one side, and transport on the other.",
		"Compare the mode in ip xfrm state on both sides." } },
	{ "XfrmInStateSeqError", {
		"xfrm-in-state-seq-error",
		"Packets come a second time, or later than the replay window reaches: somebody replays them, or the way changes their order.",
		"Widen the replay-window; if it goes on, look for who sends them again, or for two peers with the same keys." } },
	{ "XfrmInStateExpired", {
		"xfrm-in-state-expired",
		"Packets come on an SA whose lifetime is over.",
		"See why there is no new one: the IKE daemon's log." } },
	{ "XfrmInStateMismatch", {
		"xfrm-in-state-mismatch",
		"ESP comes without UDP on SAs with a template, or by the kernel's own UDP on SAs without one: not by way of espencap.",
		"Is the port added that the peer sends to? See port show, and in tcpdump what it sends." } },
	{ "XfrmInStateInvalid", {
		"xfrm-in-state-invalid",
		"Packets come on an SA that is about to go, or not yet there.",
		"Nothing, unless it goes on: then the IKE daemon's log." } },
	{ "XfrmInTmplMismatch", {
		"xfrm-in-tmpl-mismatch",
		"Packets were decrypted, but the policy for them wants another SA: other addresses, reqid or mode.",
		"Compare ip xfrm policy (dir in, fwd) with ip xfrm state." } },
	{ "XfrmInNoPols", {
		"xfrm-in-no-pols",
		"Packets were decrypted, but no policy lets them in.",
		"Add policies (dir in, and fwd for what is forwarded) that fit what is inside." } },
	{ "XfrmInPolBlock", {
		"xfrm-in-pol-block",
		"Packets are dropped by a policy that says block.",
		"Look for action block in ip xfrm policy." } },
	{ "XfrmInPolError", {
		"xfrm-in-pol-error",
		"Packets are dropped by a policy that is in error.",
		"ip xfrm policy, and the IKE daemon's log." } },
	{ "XfrmInStateDirError", {
		"xfrm-in-state-dir-error",
		"Packets come on an SA that is only for sending (dir out).",
		"Compare the SPI and dir in ip xfrm state." } },
	{ "XfrmInIptfsError", {
		"xfrm-in-iptfs-error",
		"What comes out of an SA is not IP-TFS as its mode says.",
		"Compare the mode in ip xfrm state on both sides." } },
};

static const struct finding xfrm_in_other = {
	"xfrm-in-other",
	"XFRM drops packets for a reason that is newer than this tool.",
	"The kernel's Documentation/networking/xfrm_proc.rst says what the counter means."
};

static const struct finding xfrm_past = {
	"xfrm-past",
	"XFRM has dropped packets before, but none for this reason while it was looked.",
	"Nothing; if something does not work now and then, ask again while it does not."
};

struct counter {
	char name[48];
	uint64_t value;
};

struct reading {
	struct counter *list;
	size_t count;
	size_t room;
};

static struct reading first;

static struct reading read_counters(void)
{
	FILE *file = fopen(XFRM_STAT, "re");
	struct reading reading = { 0 };
	struct counter counter;

	while (file && fscanf(file, "%47s %" SCNu64, counter.name,
			      &counter.value) == 2) {
		reading.list = grow(reading.list, reading.count, &reading.room,
				    sizeof(counter));
		reading.list[reading.count++] = counter;
	}
	if (file)
		fclose(file);
	return reading;
}

void doctor_xfrm_begin(void)
{
	first = read_counters();
	if (!first.count)
		doctor_blind("XFRM's counters", 0, XFRM_STAT " cannot be read");
}

static uint64_t value_before(const char *name)
{
	size_t i;

	for (i = 0; i < first.count; i++)
		if (!strcmp(first.list[i].name, name))
			return first.list[i].value;
	return 0;
}

static const struct finding *meaning_of(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(meanings) / sizeof(meanings[0]); i++)
		if (!strcmp(meanings[i].counter, name))
			return &meanings[i].finding;
	return &xfrm_in_other;
}

static void examine(const struct counter *counter)
{
	const uint64_t before = value_before(counter->name);

	if (strncmp(counter->name, "XfrmIn", strlen("XfrmIn")))
		return;
	if (counter->value > before)
		found(meaning_of(counter->name), WARNING, "%s: %" PRIu64 " more",
		      counter->name, counter->value - before);
	else if (counter->value && options.details)
		found(&xfrm_past, NOTE, "%s: %" PRIu64, counter->name,
		      counter->value);
}

void doctor_xfrm_end(void)
{
	struct reading last = read_counters();
	size_t i;

	for (i = 0; i < last.count; i++)
		examine(&last.list[i]);
	free(first.list);
	free(last.list);
}
