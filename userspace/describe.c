// SPDX-License-Identifier: GPL-2.0
/* Printing what the module says of a port or a peer. */
#include <stdio.h>
#include <string.h>

#include "color.h"
#include "describe.h"
#include "espencap.h"
#include "names.h"
#include "output.h"
#include "parse.h"

bool read_address(const struct nlattr *attr, struct address *address)
{
	const uint16_t len = attr ? mnl_attr_get_payload_len(attr) : 0;

	if (len != 4 && len != 16)
		return false;
	address->family = len == 4 ? AF_INET : AF_INET6;
	memcpy(address->bytes, mnl_attr_get_payload(attr), len);
	return true;
}

bool describes_peer(const struct nlattr **attrs)
{
	struct address address;

	return read_address(attrs[ESPENCAP_A_ADDRESS], &address) &&
	       read_address(attrs[ESPENCAP_A_ENDPOINT_ADDRESS], &address) &&
	       attrs[ESPENCAP_A_PORT] && attrs[ESPENCAP_A_ENDPOINT_PORT];
}

/* Each format has one conversion. */
static void print_word(const char *format, const struct names *names,
		       const struct nlattr *attr)
{
	if (attr)
		printf(format, name_of(names, mnl_attr_get_u8(attr)));
}

static void print_u32(const char *format, const struct nlattr *attr)
{
	if (attr)
		printf(format, mnl_attr_get_u32(attr));
}

static void print_u16(const char *format, const struct nlattr *attr)
{
	if (attr)
		printf(format, mnl_attr_get_u16(attr));
}

static enum color color_of(const struct address *address)
{
	return address->family == AF_INET ? COLOR_INET : COLOR_INET6;
}

static void print_address(const struct nlattr *attr)
{
	char text[INET6_ADDRSTRLEN];
	struct address address;

	if (!read_address(attr, &address))
		return;
	color_begin(color_of(&address));
	fputs(address_text(&address, text), stdout);
	color_end();
}

void print_endpoint(const struct nlattr *address, const struct nlattr *port)
{
	struct address host;
	char text[ENDPOINT_TEXT];

	if (!read_address(address, &host) || !port)
		return;
	color_begin(color_of(&host));
	fputs(endpoint_text(&host, mnl_attr_get_u16(port), text), stdout);
	color_end();
}

void print_endpoint_json(const struct nlattr *address,
			 const struct nlattr *port)
{
	fputs("{\"address\":\"", stdout);
	print_address(address);
	putchar('"');
	print_u16(",\"port\":%u", port);
	putchar('}');
}

/* What is not as by default, so that the line can be typed back. */
void print_port(const struct nlattr **attrs)
{
	const struct nlattr *max = attrs[ESPENCAP_A_MAX_LEARNED];
	const struct nlattr *keepalive = attrs[ESPENCAP_A_KEEPALIVE];

	print_word(" format %s", &format_names, attrs[ESPENCAP_A_FORMAT]);
	print_word(" learn %s", &learn_names, attrs[ESPENCAP_A_LEARN]);
	if (max && mnl_attr_get_u32(max) != ESPENCAP_MAX_LEARNED)
		print_u32(" max-learned %u", max);
	if (keepalive && mnl_attr_get_u16(keepalive)) {
		print_u16(" keepalive %u", keepalive);
		print_word(" keepalive-bytes %s", &keepalive_names,
			   attrs[ESPENCAP_A_KEEPALIVE_BYTES]);
	}
}

bool has_port_details(const struct nlattr **attrs)
{
	return attrs[ESPENCAP_A_MAX_LEARNED] || attrs[ESPENCAP_A_LINGER] ||
	       attrs[ESPENCAP_A_ENCAP_SOCKET] ||
	       attrs[ESPENCAP_A_KEEPALIVE] || attrs[ESPENCAP_A_KEEPALIVE_BYTES];
}

void print_port_details(const struct nlattr **attrs)
{
	const struct nlattr *keepalive = attrs[ESPENCAP_A_KEEPALIVE];

	print_u32(" learned %u", attrs[ESPENCAP_A_LEARNED]);
	print_u32(" max-learned %u", attrs[ESPENCAP_A_MAX_LEARNED]);
	print_u32(" linger %u s", attrs[ESPENCAP_A_LINGER]);
	print_u32(" candidates %u", attrs[ESPENCAP_A_CANDIDATES]);
	if (keepalive && !mnl_attr_get_u16(keepalive))
		fputs(" keepalive off", stdout);
	else
		print_u16(" keepalive %u s", keepalive);
	print_word(" keepalive-bytes %s", &keepalive_names,
		   attrs[ESPENCAP_A_KEEPALIVE_BYTES]);
}

void print_port_json(const struct nlattr **attrs)
{
	print_u16("\"port\":%u", attrs[ESPENCAP_A_PORT]);
	print_word(",\"format\":\"%s\"", &format_names,
		   attrs[ESPENCAP_A_FORMAT]);
	print_word(",\"learn\":\"%s\"", &learn_names, attrs[ESPENCAP_A_LEARN]);
	print_u32(",\"learned\":%u", attrs[ESPENCAP_A_LEARNED]);
	print_u32(",\"max_learned\":%u", attrs[ESPENCAP_A_MAX_LEARNED]);
	print_u32(",\"linger\":%u", attrs[ESPENCAP_A_LINGER]);
	print_u32(",\"candidates\":%u", attrs[ESPENCAP_A_CANDIDATES]);
	print_u16(",\"keepalive\":%u", attrs[ESPENCAP_A_KEEPALIVE]);
	print_word(",\"keepalive_bytes\":\"%s\"", &keepalive_names,
		   attrs[ESPENCAP_A_KEEPALIVE_BYTES]);
}

void print_socket(const struct nlattr **attrs)
{
	if (attrs[ESPENCAP_A_ENCAP_SOCKET])
		fputs(" encap-socket", stdout);
}

void print_socket_json(const struct nlattr **attrs)
{
	printf(",\"encap_socket\":%s",
	       attrs[ESPENCAP_A_ENCAP_SOCKET] ? "true" : "false");
}

static bool is_never(const struct nlattr *attr)
{
	return mnl_attr_get_u32(attr) == ESPENCAP_NEVER;
}

static void print_age(const char *name, const struct nlattr *attr)
{
	if (!attr)
		return;
	line_next();
	printf(" %s ", name);
	if (is_never(attr))
		fputs("never", stdout);
	else
		print_u32("%u s ago", attr);
}

void print_last(const struct nlattr **attrs)
{
	print_age("last_rx", attrs[ESPENCAP_A_LAST_RX]);
	print_age("last_tx", attrs[ESPENCAP_A_LAST_TX]);
}

static void print_age_json(const char *name, const struct nlattr *attr)
{
	if (!attr)
		return;
	printf(",\"%s\":", name);
	if (is_never(attr))
		fputs("null", stdout);
	else
		print_u32("%u", attr);
}

void print_last_json(const struct nlattr **attrs)
{
	print_age_json("last_rx", attrs[ESPENCAP_A_LAST_RX]);
	print_age_json("last_tx", attrs[ESPENCAP_A_LAST_TX]);
}

void print_peer_key(const struct nlattr **attrs)
{
	print_address(attrs[ESPENCAP_A_ADDRESS]);
	print_u32(" reqid %u", attrs[ESPENCAP_A_REQID]);
}

void print_peer_port(const struct nlattr **attrs)
{
	print_u16(" port %u", attrs[ESPENCAP_A_PORT]);
}

/* One that was added is the rule, so that its line can be typed back. */
void print_peer_origin(const struct nlattr **attrs)
{
	const struct nlattr *origin = attrs[ESPENCAP_A_ORIGIN];

	if (origin && mnl_attr_get_u8(origin) != ESPENCAP_ORIGIN_STATIC)
		print_word(" %s", &origin_names, origin);
	if (attrs[ESPENCAP_A_PIN])
		fputs(" pin", stdout);
	print_u16(" keepalive %u", attrs[ESPENCAP_A_KEEPALIVE]);
}

bool has_peer_details(const struct nlattr **attrs)
{
	return attrs[ESPENCAP_A_MTU];
}

void print_peer_details(const struct nlattr **attrs)
{
	print_u32(" mtu %u", attrs[ESPENCAP_A_MTU]);
	print_u32(" told by a router, for %u s", attrs[ESPENCAP_A_MTU_LEFT]);
}

void print_peer_json(const struct nlattr **attrs)
{
	fputs("\"address\":\"", stdout);
	print_address(attrs[ESPENCAP_A_ADDRESS]);
	putchar('"');
	if (attrs[ESPENCAP_A_REQID])
		print_u32(",\"reqid\":%u", attrs[ESPENCAP_A_REQID]);
	else
		fputs(",\"reqid\":null", stdout);
	print_u16(",\"port\":%u", attrs[ESPENCAP_A_PORT]);
	fputs(",\"endpoint\":", stdout);
	print_endpoint_json(attrs[ESPENCAP_A_ENDPOINT_ADDRESS],
			    attrs[ESPENCAP_A_ENDPOINT_PORT]);
	print_word(",\"origin\":\"%s\"", &origin_names,
		   attrs[ESPENCAP_A_ORIGIN]);
	printf(",\"pin\":%s", attrs[ESPENCAP_A_PIN] ? "true" : "false");
	if (attrs[ESPENCAP_A_KEEPALIVE])
		print_u16(",\"keepalive\":%u", attrs[ESPENCAP_A_KEEPALIVE]);
	else
		fputs(",\"keepalive\":null", stdout);
	if (attrs[ESPENCAP_A_MTU])
		print_u32(",\"mtu\":%u", attrs[ESPENCAP_A_MTU]);
	else
		fputs(",\"mtu\":null", stdout);
	if (attrs[ESPENCAP_A_MTU_LEFT])
		print_u32(",\"mtu_left\":%u", attrs[ESPENCAP_A_MTU_LEFT]);
	else
		fputs(",\"mtu_left\":null", stdout);
}
