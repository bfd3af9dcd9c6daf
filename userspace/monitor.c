// SPDX-License-Identifier: GPL-2.0
/* espencapctl monitor: what happens, one line for each event. */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "color.h"
#include "ctl.h"
#include "describe.h"
#include "names.h"
#include "netlink.h"
#include "output.h"
#include "parse.h"

/* "2026-01-02T03:04:05.678901+01:00": RFC 3339 and ISO 8601 alike. */
static void print_time(const char *format)
{
	char date[sizeof("2147485547-12-31T23:59:60")], offset[sizeof("+hhmm")];
	char text[64];
	struct timespec now;
	struct tm tm;

	clock_gettime(CLOCK_REALTIME, &now);
	localtime_r(&now.tv_sec, &tm);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%S", &tm);
	strftime(offset, sizeof(offset), "%z", &tm);
	snprintf(text, sizeof(text), "%s.%06ld%.3s:%s", date,
		 now.tv_nsec / 1000, offset, offset + 3);
	printf(format, text);
}

static enum color color_of(uint8_t event)
{
	switch (event) {
	case ESPENCAP_EVENT_PORT_ADDED:
	case ESPENCAP_EVENT_PEER_ADDED:
	case ESPENCAP_EVENT_PEER_LEARNED:
		return COLOR_GOOD;
	case ESPENCAP_EVENT_PORT_DELETED:
	case ESPENCAP_EVENT_PEER_DELETED:
	case ESPENCAP_EVENT_PEER_EXPIRED:
	case ESPENCAP_EVENT_PEER_REFUSED:
		return COLOR_BAD;
	default:
		return COLOR_CHANGED;
	}
}

/* The object comes before the event: "port-added" is "port 2797 added". */
static const char *without_object(const char *event)
{
	if (!strncmp(event, "port-", 5) || !strncmp(event, "peer-", 5))
		return event + 5;
	return event;
}

static void print_event(uint8_t event)
{
	color_begin(color_of(event));
	fputs(without_object(name_of(&event_names, event)), stdout);
	color_end();
}

static void print_port_text(const struct nlattr **attrs, uint8_t event)
{
	printf("port %u ", mnl_attr_get_u16(attrs[ESPENCAP_A_PORT]));
	print_event(event);
	if (event == ESPENCAP_EVENT_PORT_DELETED)
		return;
	print_port(attrs);
	if (options.details)
		print_port_details(attrs);
}

static void print_peer_text(const struct nlattr **attrs, uint8_t event)
{
	fputs("peer ", stdout);
	print_peer_key(attrs);
	putchar(' ');
	print_event(event);
	print_peer_port(attrs);
	if (attrs[ESPENCAP_A_FROM_ADDRESS] && attrs[ESPENCAP_A_FROM_PORT]) {
		fputs(" from ", stdout);
		print_endpoint(attrs[ESPENCAP_A_FROM_ADDRESS],
			       attrs[ESPENCAP_A_FROM_PORT]);
		fputs(" to ", stdout);
	} else {
		fputs(" endpoint ", stdout);
	}
	print_endpoint(attrs[ESPENCAP_A_ENDPOINT_ADDRESS],
		       attrs[ESPENCAP_A_ENDPOINT_PORT]);
	if (attrs[ESPENCAP_A_REASON])
		printf(" reason %s",
		       name_of(&reason_names,
			       mnl_attr_get_u8(attrs[ESPENCAP_A_REASON])));
}

static void print_json(const struct nlattr **attrs, uint8_t event)
{
	putchar('{');
	if (options.time)
		print_time("\"time\":\"%s\",");
	printf("\"event\":\"%s\",", name_of(&event_names, event));
	if (attrs[ESPENCAP_A_ADDRESS])
		print_peer_json(attrs);
	else
		print_port_json(attrs);
	if (attrs[ESPENCAP_A_FROM_ADDRESS] && attrs[ESPENCAP_A_FROM_PORT]) {
		fputs(",\"from\":", stdout);
		print_endpoint_json(attrs[ESPENCAP_A_FROM_ADDRESS],
				    attrs[ESPENCAP_A_FROM_PORT]);
	}
	if (attrs[ESPENCAP_A_REASON])
		printf(",\"reason\":\"%s\"",
		       name_of(&reason_names,
			       mnl_attr_get_u8(attrs[ESPENCAP_A_REASON])));
	fputs("}\n", stdout);
}

static void print(const struct nlattr **attrs, void *context)
{
	const bool is_peer = attrs[ESPENCAP_A_ADDRESS];
	uint8_t event;

	(void)context;
	if (!attrs[ESPENCAP_A_EVENT] || !attrs[ESPENCAP_A_PORT] ||
	    (is_peer && !describes_peer(attrs)))
		return;
	event = mnl_attr_get_u8(attrs[ESPENCAP_A_EVENT]);
	if (options.json) {
		print_json(attrs, event);
	} else {
		if (options.time)
			print_time("%s ");
		if (is_peer)
			print_peer_text(attrs, event);
		else
			print_port_text(attrs, event);
		putchar('\n');
	}
	fflush(stdout);
}

/* Whoever reads only one of them is told all the same. */
static void print_lost(void)
{
	fputs("espencapctl: note: events were lost: they came faster than they were read, or there was no memory\n",
	      stderr);
	if (!options.json)
		return;
	putchar('{');
	if (options.time)
		print_time("\"time\":\"%s\",");
	fputs("\"event\":\"lost\"}\n", stdout);
	fflush(stdout);
	check_output();
}

/* All lines that were printed are out already; half of one is left behind. */
static void stop(int signal_number)
{
	(void)signal_number;
	_exit(0);
}

void monitor(char **argv)
{
	const struct sigaction action = { .sa_handler = stop };

	no_more_words(argv);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	netlink_listen(print, print_lost);
}
