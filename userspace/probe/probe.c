// SPDX-License-Identifier: GPL-2.0
/* espencapctl probe: watches a port, and says at the end what has come. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "ctl.h"
#include "datagram.h"
#include "framing.h"
#include "monotonic.h"
#include "netlink.h"
#include "ours.h"
#include "parse.h"
#include "port_config.h"
#include "report.h"
#include "tap.h"
#include "words.h"

/* Packets of one socket, before the other one and the signals have their turn. */
#define BATCH	256

/* At least as many as a socket's buffer has room for. */
#define ALL	32768

/* Milliseconds; what poll() takes is an int. */
#define LONGEST_WAIT	1000000

/**
 * struct limits - when it ends, unless it is interrupted before
 * @seconds: after so many, or 0
 * @packets: after so many datagrams, or 0
 */
struct limits {
	uint32_t seconds;
	uint32_t packets;
};

enum { SECONDS, PACKETS };

const struct word probe_words[] = {
	[SECONDS] = { "seconds", OPERAND_TYPED, NULL },
	[PACKETS] = { "packets", OPERAND_TYPED, NULL },
	{ NULL, OPERAND_NONE, NULL }
};

static struct limits parse_limits(char **argv)
{
	struct limits limits = { 0 };
	unsigned int given = 0;

	for (; *argv; argv += 2) {
		if (parse_word(*argv, probe_words, &given) == SECONDS)
			limits.seconds = parse_count(argv[1], *argv);
		else
			limits.packets = parse_count(argv[1], *argv);
	}
	return limits;
}

static void read_port(const struct nlattr **attrs, void *context)
{
	struct port_config port;
	struct probe *probe = context;

	if (port_config_read(attrs, &port) && port.number == probe->port)
		probe->added = port.format;
}

/* To ask would load the module, which is not needed here. */
static void look_for_port(struct probe *probe)
{
	if (!netlink_is_loaded())
		return;
	netlink_look(netlink_request(ESPENCAP_CMD_PORT_GET, NLM_F_DUMP),
		     read_port, probe);
	if (probe->added)
		complain("note: port %u is added: what becomes of its datagrams is counted by espencapctl -s port show %u",
			 probe->port, probe->port);
}

static void take(struct probe *probe, const uint8_t *packet, size_t len,
		 long long now)
{
	struct datagram datagram;
	struct framed framed;

	if (!datagram_read(&datagram, packet, len, probe->port))
		return;
	if (!ours_has_address(&datagram.destination)) {
		probe->tallies.seen.not_local++;
		return;
	}
	framed = framing_of(&datagram, ours_has_spi);
	if ((framed.framing == FRAMING_UNKNOWN_ESP ||
	     framed.framing == FRAMING_UNKNOWN_NON_IKE) && ours_look_again())
		framed = framing_of(&datagram, ours_has_spi);
	tally_add(&probe->tallies, &datagram, &framed, now);
}

static bool is_enough(const struct probe *probe, const struct limits *limits)
{
	return limits->packets && probe_total(probe) >= limits->packets;
}

static void take_all(struct probe *probe, const struct limits *limits, int fd,
		     unsigned int most)
{
	const long long now = monotonic_ms();
	uint8_t packet[TAP_LENGTH];
	size_t len;

	for (; most && !is_enough(probe, limits); most--) {
		len = tap_take(fd, packet);
		if (!len)
			return;
		take(probe, packet, len, now);
	}
}

/* What is in time is counted, and so is what is queued when the time is over. */
static bool watch(struct probe *probe, const struct limits *limits,
		  const struct tap *tap, int signals)
{
	const long long end = probe->began_at + limits->seconds * 1000ll;
	struct pollfd polled[] = {
		{ .fd = tap->fds[0], .events = POLLIN },
		{ .fd = tap->fds[1], .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	bool is_over = false;
	long long left;
	unsigned int i;

	while (!is_over && !is_enough(probe, limits)) {
		left = limits->seconds ? end - monotonic_ms() : LONGEST_WAIT;
		if (left > LONGEST_WAIT)
			left = LONGEST_WAIT;
		if (poll(polled, 3, left > 0 ? (int)left : 0) < 0 &&
		    errno != EINTR)
			refused("probe: packets could not be waited for: %s",
				strerror(errno));
		is_over = polled[2].revents || left <= 0;
		for (i = 0; i < 2; i++)
			if (polled[i].revents)
				take_all(probe, limits, polled[i].fd,
					 is_over ? ALL : BATCH);
	}
	return polled[2].revents;
}

void probe(char **argv)
{
	static struct probe probe;
	struct limits limits;
	bool is_interrupted;
	sigset_t signals;
	struct tap tap;
	int signal_fd;

	probe = (struct probe){ .port = parse_port(*argv) };
	limits = parse_limits(argv + 1);

	sigemptyset(&signals);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGTERM);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	signal_fd = signalfd(-1, &signals, SFD_CLOEXEC);
	if (signal_fd < 0)
		refused("probe: signals could not be waited for: %s",
			strerror(errno));

	tap = tap_open(probe.port);
	ours_read();
	look_for_port(&probe);
	fputs("espencapctl: probing\n", stderr);
	probe.began_at = monotonic_ms();
	is_interrupted = watch(&probe, &limits, &tap, signal_fd);
	probe.ended_at = monotonic_ms();
	probe.lost = tap_close(&tap);
	tally_end(&probe.tallies);
	probe_report(&probe);
	tally_free(&probe.tallies);
	close(signal_fd);
	if (is_interrupted)
		finish(0);
	sigprocmask(SIG_UNBLOCK, &signals, NULL);
}
