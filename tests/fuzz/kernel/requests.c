// SPDX-License-Identifier: GPL-2.0
/* Making requests: what a command takes, and then something may be wrong. */
#include <arpa/inet.h>
#include <linux/genetlink.h>
#include <string.h>

#include "dice.h"
#include "espencap.h"
#include "requests.h"

#define ARRAY_SIZE(array)	(sizeof(array) / sizeof((array)[0]))

#define ATTRS_MAX	24
#define VALUE_MAX	256

/**
 * struct attr - an attribute before it is written down
 * @type: enum espencap_attr, perhaps with flags
 * @len: bytes of its value
 * @says: the length that it says, if that is another
 * @value: its value
 */
struct attr {
	uint16_t type;
	uint16_t len;
	uint16_t says;
	uint8_t value[VALUE_MAX];
};

struct message {
	struct nlmsghdr header;
	struct genlmsghdr generic;
	unsigned int nr;
	struct attr attrs[ATTRS_MAX];
};

/* What the commands take, ended by 0. */
static const uint8_t takes[][12] = {
	[ESPENCAP_CMD_UNSPEC] = { ESPENCAP_A_PORT },
	[ESPENCAP_CMD_PORT_ADD] = {
		ESPENCAP_A_PORT, ESPENCAP_A_FORMAT, ESPENCAP_A_LEARN, ESPENCAP_A_MAX_LEARNED,
		ESPENCAP_A_KEEPALIVE, ESPENCAP_A_KEEPALIVE_BYTES,
	},
	[ESPENCAP_CMD_PORT_DEL] = { ESPENCAP_A_PORT },
	[ESPENCAP_CMD_PORT_GET] = { ESPENCAP_A_PORT },
	[ESPENCAP_CMD_PEER_ADD] = {
		ESPENCAP_A_PORT, ESPENCAP_A_ADDRESS, ESPENCAP_A_REQID,
		ESPENCAP_A_ENDPOINT_ADDRESS, ESPENCAP_A_ENDPOINT_PORT, ESPENCAP_A_ORIGIN,
		ESPENCAP_A_KEEPALIVE, ESPENCAP_A_PIN, ESPENCAP_A_MOVED,
	},
	[ESPENCAP_CMD_PEER_DEL] = {
		ESPENCAP_A_ADDRESS, ESPENCAP_A_REQID, ESPENCAP_A_ORIGIN,
	},
	[ESPENCAP_CMD_PEER_GET] = { ESPENCAP_A_ADDRESS },
	[ESPENCAP_CMD_FLUSH] = { 0 },
	[ESPENCAP_CMD_PORT_SET] = {
		ESPENCAP_A_PORT, ESPENCAP_A_LEARN, ESPENCAP_A_MAX_LEARNED,
		ESPENCAP_A_KEEPALIVE, ESPENCAP_A_KEEPALIVE_BYTES,
	},
	[ESPENCAP_CMD_EVENT] = { ESPENCAP_A_EVENT },
	[ESPENCAP_CMD_PEER_SET] = {
		ESPENCAP_A_ADDRESS, ESPENCAP_A_REQID, ESPENCAP_A_PORT,
		ESPENCAP_A_ENDPOINT_ADDRESS, ESPENCAP_A_ENDPOINT_PORT, ESPENCAP_A_KEEPALIVE,
		ESPENCAP_A_PIN, ESPENCAP_A_MOVED,
	},
};

/* How many bytes they have, but addresses. */
static const uint8_t sizes[ESPENCAP_A_MAX + 1] = {
	[ESPENCAP_A_PORT] = 2, [ESPENCAP_A_FORMAT] = 1, [ESPENCAP_A_REQID] = 4,
	[ESPENCAP_A_ENDPOINT_PORT] = 2, [ESPENCAP_A_ORIGIN] = 1, [ESPENCAP_A_LEARN] = 1,
	[ESPENCAP_A_MAX_LEARNED] = 4, [ESPENCAP_A_LEARNED] = 4, [ESPENCAP_A_LINGER] = 4,
	[ESPENCAP_A_CANDIDATES] = 4, [ESPENCAP_A_KEEPALIVE] = 2,
	[ESPENCAP_A_KEEPALIVE_BYTES] = 1, [ESPENCAP_A_EVENT] = 1, [ESPENCAP_A_FROM_PORT] = 2,
	[ESPENCAP_A_REASON] = 1, [ESPENCAP_A_MTU] = 4, [ESPENCAP_A_MTU_LEFT] = 4,
	[ESPENCAP_A_LAST_RX] = 4, [ESPENCAP_A_LAST_TX] = 4,
};

static const uint16_t ports[] = { 1, 500, 2797, 4500, 4501, 10000, 65535 };

/* Few, so that requests meet each other's objects; some that nobody may have. */
static const char *const addresses4[] = {
	"192.0.2.1", "192.0.2.1", "192.0.2.101", "192.0.2.102", "192.0.2.103", "192.0.2.2",
	"0.0.0.0", "224.0.0.1", "255.255.255.255", "127.0.0.1", "240.0.0.1",
};

static const char *const addresses6[] = {
	"2001:db8::1", "2001:db8::1", "2001:db8::101", "2001:db8::102", "2001:db8::103",
	"2001:db8::2", "::", "::1", "ff02::1", "::ffff:192.0.2.1", "fe80::1",
};

static bool is_address(unsigned int type)
{
	return type == ESPENCAP_A_ADDRESS || type == ESPENCAP_A_ENDPOINT_ADDRESS ||
	       type == ESPENCAP_A_FROM_ADDRESS;
}

/* Without it, most commands can do nothing. */
static bool is_needed(unsigned int type)
{
	return type == ESPENCAP_A_PORT || type == ESPENCAP_A_FORMAT || type == ESPENCAP_A_ADDRESS;
}

/* One of the first five, which are good ones; seldom any. */
static unsigned int which_address(void)
{
	return dice_below(dice_once_in(8) ? ARRAY_SIZE(addresses4) : 5);
}

static uint32_t number(unsigned int size)
{
	switch (size) {
	case 1:
		return dice_once_in(8) ? dice_below(256) : 1 + dice_below(3);
	case 2:
		return dice_once_in(8) ? dice_below(65536) : ports[dice_below(ARRAY_SIZE(ports))];
	default:
		return dice_once_in(8) ? (uint32_t)dice_roll() : dice_below(5);
	}
}

/* What most addresses of a message are. */
static bool is_ipv6;

static void fill(struct attr *attr, unsigned int type)
{
	uint32_t value;

	attr->type = (uint16_t)type;
	attr->says = 0;
	if (is_address(type)) {
		attr->len = is_ipv6 == !dice_once_in(16) ? 16 : 4;
		inet_pton(attr->len == 4 ? AF_INET : AF_INET6,
			  (attr->len == 4 ? addresses4 : addresses6)[which_address()],
			  attr->value);
		return;
	}
	attr->len = type <= ESPENCAP_A_MAX ? sizes[type] : 0;
	/* keepalives are sent: not many */
	value = type == ESPENCAP_A_KEEPALIVE ? dice_below(40) : number(attr->len);
	memcpy(attr->value, &value, sizeof(value));
}

static void fill_message(struct message *message, uint8_t cmd)
{
	const uint8_t *type = cmd < ARRAY_SIZE(takes) ? takes[cmd] : takes[0];

	message->nr = 0;
	is_ipv6 = dice_once_in(2);
	for (; *type; type++)
		if (is_needed(*type) ? !dice_once_in(16) : dice_once_in(3))
			fill(&message->attrs[message->nr++], *type);
}

static unsigned int any_type(void)
{
	unsigned int type = dice_below(ESPENCAP_A_MAX + 4);

	if (dice_once_in(8))
		type = dice_below(65536);
	if (dice_once_in(8))
		type |= dice_once_in(2) ? NLA_F_NESTED : NLA_F_NET_BYTEORDER;
	return type;
}

/* Within each other, each with as much as fits. */
static void nest(struct attr *attr)
{
	unsigned int depth = 1 + dice_below(40), i;

	attr->type |= NLA_F_NESTED;
	attr->len = (uint16_t)(depth * 4);
	for (i = 0; i < depth; i++) {
		const uint16_t header[] = { (uint16_t)((depth - i) * 4),
					    (uint16_t)(any_type() | NLA_F_NESTED) };

		memcpy(attr->value + i * 4, header, sizeof(header));
	}
}

static void spoil_attrs(struct message *message)
{
	static const uint16_t lengths[] = { 0, 1, 2, 3, 4, 5, 8, 15, 16, 17, 20, 255 };
	static const uint16_t says[] = { 1, 2, 3, 4, 5, 8, 24, 255, 32767, 65535 };
	struct attr *attr, held;
	unsigned int other;

	if (!message->nr || (message->nr < ATTRS_MAX && dice_once_in(6))) {
		attr = &message->attrs[message->nr++];
		fill(attr, any_type());
		return;
	}
	attr = &message->attrs[dice_below(message->nr)];
	switch (dice_below(8)) {
	case 0:
		*attr = message->attrs[--message->nr];
		break;
	case 1:
		if (message->nr < ATTRS_MAX)
			message->attrs[message->nr++] = *attr;
		break;
	case 2:
		attr->len = lengths[dice_below(ARRAY_SIZE(lengths))];
		break;
	case 3:
		dice_fill(attr->value, attr->len);
		break;
	case 4:
		attr->type = (uint16_t)any_type();
		break;
	case 5:
		attr->says = says[dice_below(ARRAY_SIZE(says))];
		break;
	case 6:
		nest(attr);
		break;
	case 7:
		other = dice_below(message->nr);
		held = *attr;
		*attr = message->attrs[other];
		message->attrs[other] = held;
		break;
	}
}

static void spoil_header(struct message *message, uint16_t family)
{
	struct nlmsghdr *header = &message->header;

	switch (dice_below(8)) {
	case 0:
		header->nlmsg_flags |= NLM_F_DUMP;
		break;
	case 1:
		header->nlmsg_flags ^= (uint16_t)(1u << dice_below(16));
		break;
	case 2:
		message->generic.version = (uint8_t)dice_roll();
		break;
	case 3:
		message->generic.reserved = (uint16_t)dice_roll();
		break;
	case 4:
		message->generic.cmd = (uint8_t)dice_roll();
		break;
	case 5:
		header->nlmsg_pid = (uint32_t)dice_roll();
		break;
	case 6:
		/* not any: other families are none of ours */
		header->nlmsg_type = (uint16_t)(dice_once_in(2) ? dice_below(16) : family);
		break;
	case 7:
		/* flags of their own to some kernels: to replace, to exclude, to create */
		header->nlmsg_flags |= (uint16_t)(dice_below(16) << 8);
		break;
	}
}

static void make_message(struct message *message, struct datagram *datagram)
{
	unsigned int wrong = dice_once_in(2) ? 0 : dice_below(4);
	uint8_t cmd = (uint8_t)(1 + dice_below(ESPENCAP_CMD_PEER_SET));

	/* All gone, too often, is dull. */
	if (cmd == ESPENCAP_CMD_FLUSH && !dice_once_in(32))
		cmd = ESPENCAP_CMD_PEER_ADD;
	message->header = (struct nlmsghdr){
		.nlmsg_type = datagram->family,
		.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK,
		.nlmsg_seq = ++datagram->seq,
	};
	message->generic = (struct genlmsghdr){ .cmd = cmd, .version = 1 };
	fill_message(message, cmd);
	if ((cmd == ESPENCAP_CMD_PORT_GET && dice_once_in(2)) || cmd == ESPENCAP_CMD_PEER_GET) {
		message->header.nlmsg_flags |= NLM_F_DUMP;
		if (dice_once_in(2))
			message->nr = 0;
	}
	while (wrong--) {
		if (dice_once_in(4))
			spoil_header(message, datagram->family);
		else
			spoil_attrs(message);
	}
}

static void append(struct datagram *datagram, const void *bytes, size_t len)
{
	const size_t padded = NLMSG_ALIGN(len);

	memcpy(datagram->bytes + datagram->len, bytes, len);
	memset(datagram->bytes + datagram->len + len, 0, padded - len);
	datagram->len += padded;
}

static void append_attr(struct datagram *datagram, const struct attr *attr)
{
	const uint16_t header[] = { attr->says ?: (uint16_t)(4 + attr->len), attr->type };

	append(datagram, header, sizeof(header));
	append(datagram, attr->value, attr->len);
}

/* So long that it does not fit into a page, or a socket's first buffer. */
static void append_much(struct datagram *datagram)
{
	const uint16_t len = (uint16_t)(4 + dice_below(65000));
	const uint16_t header[] = { len, (uint16_t)any_type() };

	append(datagram, header, sizeof(header));
	memset(datagram->bytes + datagram->len, 0x5a, len);
	datagram->len += NLMSG_ALIGN(len - 4u);
}

static void append_message(struct datagram *datagram, const struct message *message)
{
	const size_t at = datagram->len;
	struct nlmsghdr *header = (struct nlmsghdr *)(datagram->bytes + at);
	unsigned int i;

	append(datagram, &message->header, sizeof(message->header));
	append(datagram, &message->generic, sizeof(message->generic));
	for (i = 0; i < message->nr; i++)
		append_attr(datagram, &message->attrs[i]);
	if (datagram->len < 4096 && dice_once_in(256))
		append_much(datagram);
	header->nlmsg_len = (uint32_t)(datagram->len - at);
	/* where the next one begins, moves with it */
	if (dice_once_in(32))
		header->nlmsg_len = dice_once_in(2) ? dice_below(header->nlmsg_len + 8) :
				    (uint32_t)dice_roll();
}

void request_make(struct datagram *datagram)
{
	unsigned int nr = dice_once_in(8) ? 1 + dice_below(MESSAGES_MAX) : 1;
	static struct message message;

	datagram->len = 0;
	while (nr--) {
		make_message(&message, datagram);
		append_message(datagram, &message);
	}
	if (dice_once_in(32))
		datagram->len = 1 + dice_below((unsigned int)datagram->len);
}

void request_dump(struct datagram *datagram)
{
	struct message message = {
		.header = {
			.nlmsg_len = sizeof(message.header) + sizeof(message.generic),
			.nlmsg_type = datagram->family,
			.nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP,
			.nlmsg_seq = ++datagram->seq,
		},
		.generic = {
			.cmd = dice_once_in(2) ? ESPENCAP_CMD_PORT_GET : ESPENCAP_CMD_PEER_GET,
			.version = 1,
		},
	};

	datagram->len = 0;
	append(datagram, &message.header, sizeof(message.header));
	append(datagram, &message.generic, sizeof(message.generic));
}

/* netlink_rcv_skb() of Linux. */
unsigned int request_walk(const struct datagram *datagram, struct walked *walked)
{
	const uint8_t *at = datagram->bytes, *end = at + datagram->len;
	const struct nlmsghdr *header;
	unsigned int nr = 0;
	size_t left;

	while ((left = (size_t)(end - at)) >= sizeof(*header) && nr < WALKED_MAX) {
		header = (const struct nlmsghdr *)at;
		if (header->nlmsg_len < sizeof(*header) || header->nlmsg_len > left)
			break;
		walked[nr++] = (struct walked){
			.header = header,
			.is_request = header->nlmsg_flags & NLM_F_REQUEST &&
				      header->nlmsg_type == datagram->family,
			.wants_end = header->nlmsg_flags & NLM_F_ACK,
		};
		at += NLMSG_ALIGN((size_t)header->nlmsg_len) < left ?
		      NLMSG_ALIGN((size_t)header->nlmsg_len) : left;
	}
	return nr;
}
