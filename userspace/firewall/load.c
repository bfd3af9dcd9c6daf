// SPDX-License-Identifier: GPL-2.0
/* The expressions of nftables that ask what a packet is, or write to it. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <linux/if.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>

#include "walk.h"

/* Of the device lo, in each network namespace. */
#define LO_INDEX	1

#define IPV4_HEADER	20
#define IPV6_HEADER	40
#define UDP_HEADER	8

static unsigned int load(struct walk *walk, size_t at, const void *value,
			 size_t len)
{
	registers_load(&walk->registers, at, value, len);
	return GOES_ON;
}

/* A device by its number, or by its name. The one at the peer's side is not lo. */
static unsigned int load_device(struct walk *walk, size_t at, size_t len,
				bool is_theirs)
{
	const uint32_t lo = LO_INDEX;

	registers_forget(&walk->registers, at, len);
	if (is_theirs && len == IFNAMSIZ)
		registers_never(&walk->registers, at, "lo", sizeof("lo"));
	else if (is_theirs)
		registers_never(&walk->registers, at, &lo, sizeof(lo));
	return GOES_ON;
}

unsigned int load_meta(struct walk *walk, struct nftnl_expr *expr)
{
	const struct packet *packet = walk->packet;
	const uint32_t key = nftnl_expr_get_u32(expr, NFTNL_EXPR_META_KEY);
	const bool is_ipv6 = packet->family == NFPROTO_IPV6;
	const uint16_t ethertype = htons(is_ipv6 ? ETH_P_IPV6 : ETH_P_IP);
	const bool is_name = key == NFT_META_IIFNAME || key == NFT_META_OIFNAME;
	const size_t len = is_name ? IFNAMSIZ : sizeof(uint32_t);
	const uint8_t host = PACKET_HOST, none = 0;
	size_t at;

	/* what is written is nothing that is known, but who is meant */
	if (nftnl_expr_is_set(expr, NFTNL_EXPR_META_SREG))
		return key == NFT_META_PKTTYPE ? anything(walk, expr) : GOES_ON;
	if (!expression_place(expr, NFTNL_EXPR_META_DREG, len, &at))
		return anything(walk, expr);
	switch (key) {
	case NFT_META_NFPROTO:
		return load(walk, at, &packet->family, 1);
	case NFT_META_L4PROTO:
		return load(walk, at, &packet->protocol, 1);
	case NFT_META_PROTOCOL:
		return load(walk, at, &ethertype, 2);
	case NFT_META_IIF:
	case NFT_META_IIFNAME:
		return load_device(walk, at, len, !packet->is_outgoing);
	case NFT_META_OIF:
	case NFT_META_OIFNAME:
		return load_device(walk, at, len, packet->is_outgoing);
	case NFT_META_PKTTYPE:
		if (packet->is_outgoing)
			break;
		return load(walk, at, &host, 1);
	case NFT_META_SECPATH:
		if (packet->is_outgoing)
			break;
		return load(walk, at, &none, 1);
	}
	return may_go_on(walk, expr);
}

/* The headers of a packet, as far as they are known. */
struct header {
	uint8_t value[IPV6_HEADER];
	uint8_t known[IPV6_HEADER];
	size_t len;
};

static void set_byte(struct header *header, size_t at, uint8_t value,
		     uint8_t known)
{
	header->value[at] = value;
	header->known[at] = known;
}

static struct header network_header(const struct packet *packet)
{
	struct header header = { .len = IPV6_HEADER };

	if (packet->family == NFPROTO_IPV6) {
		set_byte(&header, 0, 6 << 4, 0xf0);
		set_byte(&header, 6, packet->protocol, 0xff);
		return header;
	}
	header.len = IPV4_HEADER;
	set_byte(&header, 0, 4 << 4, 0xf0);
	/* a whole packet; DF may be set or not */
	set_byte(&header, 6, 0, 0xbf);
	set_byte(&header, 7, 0, 0xff);
	set_byte(&header, 9, packet->protocol, 0xff);
	return header;
}

static void set_port(struct header *header, size_t at, uint16_t port)
{
	if (!port)
		return;
	set_byte(header, at, port >> 8, 0xff);
	set_byte(header, at + 1, port & 0xff, 0xff);
}

static struct header transport_header(const struct packet *packet)
{
	struct header header = { .len = UDP_HEADER };

	if (packet->protocol == IPPROTO_UDP) {
		set_port(&header, 0, packet_port(packet, true));
		set_port(&header, 2, packet_port(packet, false));
	}
	return header;
}

/* Changes of what nobody looks at here: TOS, length, id, TTL; traffic class, hop limit. */
static unsigned int payload_write(struct walk *walk, struct nftnl_expr *expr,
				  uint32_t base, uint32_t end)
{
	const uint32_t harmless = walk->packet->family == NFPROTO_IPV6 ? 6 : 9;

	if (base == NFT_PAYLOAD_LL_HEADER ||
	    (base == NFT_PAYLOAD_NETWORK_HEADER && end <= harmless))
		return GOES_ON;
	return anything(walk, expr);
}

unsigned int load_payload(struct walk *walk, struct nftnl_expr *expr)
{
	const uint32_t base = nftnl_expr_get_u32(expr, NFTNL_EXPR_PAYLOAD_BASE);
	const uint32_t from = nftnl_expr_get_u32(expr,
						 NFTNL_EXPR_PAYLOAD_OFFSET);
	const uint32_t len = nftnl_expr_get_u32(expr, NFTNL_EXPR_PAYLOAD_LEN);
	/* where the peer's port stands */
	const uint32_t theirs = walk->packet->is_outgoing ? 2 : 0;
	struct header header = { .len = 0 };
	size_t at;

	if (nftnl_expr_is_set(expr, NFTNL_EXPR_PAYLOAD_SREG))
		return payload_write(walk, expr, base, from + len);
	if (!len || !expression_place(expr, NFTNL_EXPR_PAYLOAD_DREG, len, &at))
		return anything(walk, expr);
	if (base == NFT_PAYLOAD_NETWORK_HEADER)
		header = network_header(walk->packet);
	else if (base == NFT_PAYLOAD_TRANSPORT_HEADER)
		header = transport_header(walk->packet);
	if (from > header.len || len > header.len - from)
		return may_go_on(walk, expr);
	walk->asks_port |= base == NFT_PAYLOAD_TRANSPORT_HEADER &&
			   !walk->packet->their_port && from < theirs + 2 &&
			   from + len > theirs;
	registers_load_known(&walk->registers, at, header.value + from,
			     header.known + from, len);
	return GOES_ON;
}

unsigned int load_ct(struct walk *walk, struct nftnl_expr *expr)
{
	const uint32_t state = walk_state(walk);
	size_t at;

	if (nftnl_expr_is_set(expr, NFTNL_EXPR_CT_SREG))
		return GOES_ON;
	if (nftnl_expr_get_u32(expr, NFTNL_EXPR_CT_KEY) != NFT_CT_STATE ||
	    !state)
		return may_go_on(walk, expr);
	if (!expression_place(expr, NFTNL_EXPR_CT_DREG, sizeof(state), &at))
		return anything(walk, expr);
	return load(walk, at, &state, sizeof(state));
}

/* What comes in is for an address of this host. */
unsigned int load_fib(struct walk *walk, struct nftnl_expr *expr)
{
	const uint32_t local = RTN_LOCAL;
	size_t at;

	if (walk->packet->is_outgoing ||
	    nftnl_expr_get_u32(expr, NFTNL_EXPR_FIB_RESULT) !=
	    NFT_FIB_RESULT_ADDRTYPE ||
	    nftnl_expr_get_u32(expr, NFTNL_EXPR_FIB_FLAGS) != NFTA_FIB_F_DADDR ||
	    !expression_place(expr, NFTNL_EXPR_FIB_DREG, sizeof(local), &at))
		return may_go_on(walk, expr);
	return load(walk, at, &local, sizeof(local));
}

/* What has not come out of an SA has none to ask for. */
unsigned int load_xfrm(struct walk *walk, struct nftnl_expr *expr)
{
	if (!walk->packet->is_outgoing &&
	    nftnl_expr_get_u8(expr, NFTNL_EXPR_XFRM_DIR) == 0)
		return PASSES;
	return may_go_on(walk, expr);
}

