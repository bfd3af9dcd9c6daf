// SPDX-License-Identifier: GPL-2.0
/* Judging answers. Each request gets one end, and each sentence is one. */
#include <ctype.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "answers.h"
#include "espencap.h"

#ifndef NLM_F_CAPPED
#define NLM_F_CAPPED	0x100
#endif

#define HLEN	(sizeof(struct nlmsghdr) + sizeof(struct genlmsghdr))

unsigned long long errors_seen[ERRORS_MAX], messages_seen;

static void show(const char *what, const uint8_t *bytes, size_t len)
{
	size_t i;

	fprintf(stderr, "%s, %zu bytes:", what, len);
	for (i = 0; i < len && i < 400; i++)
		fprintf(stderr, " %02x", bytes[i]);
	fputc('\n', stderr);
}

static const struct datagram *last_datagram;

__attribute__((format(printf, 3, 4), noreturn))
static void wrong(const uint8_t *bytes, size_t len, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	if (bytes)
		show("answer", bytes, len);
	if (last_datagram)
		show("request", last_datagram->bytes, last_datagram->len);
	exit(1);
}

/* Do attributes fill this place, and nothing else? Calls for each. */
static void walk_attrs(const uint8_t *at, size_t len,
		       void (*each)(uint16_t type, const uint8_t *value, size_t len, void *data),
		       void *data)
{
	const struct nlattr *attr;

	while (len) {
		attr = (const struct nlattr *)at;
		if (len < sizeof(*attr) || attr->nla_len < sizeof(*attr) || attr->nla_len > len)
			wrong(at, len, "an attribute that does not fit");
		each(attr->nla_type, at + sizeof(*attr), attr->nla_len - sizeof(*attr), data);
		if ((size_t)NLA_ALIGN(attr->nla_len) >= len)
			break;
		at += NLA_ALIGN(attr->nla_len);
		len -= NLA_ALIGN(attr->nla_len);
	}
}

static const int8_t sizes[ESPENCAP_A_MAX + 1] = {
	[ESPENCAP_A_UNSPEC] = -1, [ESPENCAP_A_PAD] = -1, [ESPENCAP_A_PORT] = 2,
	[ESPENCAP_A_FORMAT] = 1, [ESPENCAP_A_ADDRESS] = 16, [ESPENCAP_A_REQID] = 4,
	[ESPENCAP_A_ENDPOINT_ADDRESS] = 16, [ESPENCAP_A_ENDPOINT_PORT] = 2,
	[ESPENCAP_A_ORIGIN] = 1, [ESPENCAP_A_LEARN] = 1, [ESPENCAP_A_MAX_LEARNED] = 4,
	[ESPENCAP_A_LEARNED] = 4, [ESPENCAP_A_LINGER] = 4, [ESPENCAP_A_CANDIDATES] = 4,
	[ESPENCAP_A_KEEPALIVE] = 2, [ESPENCAP_A_KEEPALIVE_BYTES] = 1,
	[ESPENCAP_A_EVENT] = 1, [ESPENCAP_A_FROM_ADDRESS] = 16, [ESPENCAP_A_FROM_PORT] = 2,
	[ESPENCAP_A_REASON] = 1, [ESPENCAP_A_MTU] = 4, [ESPENCAP_A_MTU_LEFT] = 4,
	[ESPENCAP_A_LAST_RX] = 4, [ESPENCAP_A_LAST_TX] = 4,
};

static void judge_stat(uint16_t type, const uint8_t *value, size_t len, void *data)
{
	const uint64_t bit = 1ull << (type & 63);
	uint64_t *seen = data;

	if (type == ESPENCAP_STAT_PAD)
		return;
	if (!type || type > ESPENCAP_STAT_MAX || len != 8)
		wrong(value, len, "a counter %u of %zu bytes", type, len);
	if (*seen & bit)
		wrong(value, len, "two counters %u", type);
	*seen |= bit;
}

/**
 * struct object - what is found in a port or a peer
 * @seen: attributes, as bits
 * @port: ESPENCAP_A_PORT
 */
struct object {
	uint64_t seen;
	uint16_t port;
};

static void judge_attr(uint16_t type, const uint8_t *value, size_t len, void *data)
{
	struct object *object = data;
	uint64_t counters = 0;

	if (type == (ESPENCAP_A_STATS | NLA_F_NESTED)) {
		walk_attrs(value, len, judge_stat, &counters);
		return;
	}
	if (type > ESPENCAP_A_MAX)
		wrong(value, len, "an attribute %u", type);
	if (object->seen & 1ull << type)
		wrong(value, len, "two attributes %u", type);
	object->seen |= 1ull << type;
	if ((int)len != sizes[type] && !(sizes[type] == 16 && len == 4))
		wrong(value, len, "an attribute %u of %zu bytes", type, len);
	if (type == ESPENCAP_A_PORT)
		memcpy(&object->port, value, sizeof(object->port));
}

/* Flags have no bytes, which is what the table says of all others. */
static struct object judge_object(const struct nlmsghdr *header)
{
	const uint8_t *bytes = (const uint8_t *)header;
	struct object object = { 0 };

	messages_seen++;
	if (header->nlmsg_len < HLEN)
		wrong(bytes, header->nlmsg_len, "a message without a command");
	walk_attrs(bytes + HLEN, header->nlmsg_len - HLEN, judge_attr, &object);
	return object;
}

/**
 * struct told - what an error tells
 * @has_sentence: it has one
 * @request_len: of what it is about
 */
struct told {
	bool has_sentence;
	size_t request_len;
};

static void judge_sentence(const uint8_t *value, size_t len)
{
	size_t i;

	if (len < 2 || value[len - 1])
		wrong(value, len, "a sentence without an end");
	for (i = 0; i < len - 1; i++)
		if (!isprint(value[i]))
			wrong(value, len, "a sentence with the byte %02x", value[i]);
}

static void judge_tlv(uint16_t type, const uint8_t *value, size_t len, void *data)
{
	struct told *told = data;
	uint32_t offset;

	if (type == NLMSGERR_ATTR_MSG) {
		judge_sentence(value, len);
		told->has_sentence = true;
	} else if (type == NLMSGERR_ATTR_OFFS) {
		memcpy(&offset, value, sizeof(offset));
		if (len != sizeof(offset) || offset < sizeof(struct nlmsghdr) ||
		    offset >= told->request_len)
			wrong(value, len, "an attribute outside of the request");
	}
}

/* The module's own refusals have a sentence each; that a list is under way is netlink's. */
static bool needs_sentence(const struct walked *about, int error)
{
	if (!about->is_request || about->header->nlmsg_flags & NLM_F_DUMP)
		return false;
	return error == EEXIST || error == EBUSY || error == ENOSPC || error == ENOTUNIQ ||
	       error == ENOENT;
}

static void judge_end(const struct asked *asked, const struct walked *about,
		      const struct nlmsghdr *header)
{
	const uint8_t *bytes = (const uint8_t *)header;
	const size_t len = header->nlmsg_len;
	struct told told = { .request_len = about->header->nlmsg_len };
	size_t at = sizeof(*header) + sizeof(int);
	int error;

	if (len < at)
		wrong(bytes, len, "an end without an error");
	memcpy(&error, bytes + sizeof(*header), sizeof(error));
	if (error > 0 || -error >= ERRORS_MAX)
		wrong(bytes, len, "the error %d", error);
	errors_seen[-error]++;
	if (header->nlmsg_type == NLMSG_ERROR) {
		const size_t quoted = header->nlmsg_flags & NLM_F_CAPPED ?
				      sizeof(*header) : NLMSG_ALIGN(told.request_len);

		if (len < at + quoted || memcmp(bytes + at, about->header, sizeof(*header)) ||
		    (!(header->nlmsg_flags & NLM_F_CAPPED) &&
		     memcmp(bytes + at, about->header, told.request_len)))
			wrong(bytes, len, "what it is about is quoted otherwise");
		at += quoted;
	}
	if (header->nlmsg_flags & NLM_F_ACK_TLVS)
		walk_attrs(bytes + at, len - at, judge_tlv, &told);
	if (needs_sentence(about, -error) && !told.has_sentence)
		wrong(bytes, len, "no sentence says why: %s", strerror(-error));
	if (asked->refused_all && about->is_request && !error)
		wrong(bytes, len, "who may not has been obeyed");
}

static unsigned int which(const struct asked *asked, const struct nlmsghdr *header)
{
	unsigned int i;

	for (i = 0; i < asked->nr; i++)
		if (asked->walked[i].header->nlmsg_seq == header->nlmsg_seq)
			return i;
	wrong((const uint8_t *)header, header->nlmsg_len, "nobody has asked for this");
}

static void judge_answer(struct asked *asked, const struct nlmsghdr *header)
{
	const unsigned int i = which(asked, header);
	struct object object;

	if (asked->ends[i])
		wrong((const uint8_t *)header, header->nlmsg_len, "it was ended already");
	if (header->nlmsg_type == NLMSG_ERROR || header->nlmsg_type == NLMSG_DONE) {
		asked->ends[i]++;
		judge_end(asked, &asked->walked[i], header);
		return;
	}
	if (asked->refused_all || header->nlmsg_type != asked->datagram->family)
		wrong((const uint8_t *)header, header->nlmsg_len, "not the family's");
	object = judge_object(header);
	if (((const struct genlmsghdr *)(header + 1))->cmd != ESPENCAP_CMD_PORT_GET ||
	    !(header->nlmsg_flags & NLM_F_MULTI))
		return;
	if (object.port <= asked->last_ports[i])
		wrong((const uint8_t *)header, header->nlmsg_len, "a port after port %u",
		      asked->last_ports[i]);
	asked->last_ports[i] = object.port;
}

static void judge_all(struct asked *asked, const uint8_t *bytes, size_t len, uint16_t family)
{
	const struct nlmsghdr *header;

	while (len) {
		header = (const struct nlmsghdr *)bytes;
		if (len < sizeof(*header) || header->nlmsg_len < sizeof(*header) ||
		    header->nlmsg_len > len)
			wrong(bytes, len, "a message that does not fit");
		if (asked)
			judge_answer(asked, header);
		else if (header->nlmsg_type == family)
			judge_object(header);
		if (NLMSG_ALIGN(header->nlmsg_len) >= len)
			break;
		len -= NLMSG_ALIGN(header->nlmsg_len);
		bytes += NLMSG_ALIGN(header->nlmsg_len);
	}
}

void answers_judge(struct asked *asked, const uint8_t *bytes, size_t len)
{
	judge_all(asked, bytes, len, asked->datagram->family);
}

void event_judge(const uint8_t *bytes, size_t len, uint16_t family)
{
	judge_all(NULL, bytes, len, family);
}

void asked_begin(struct asked *asked, const struct datagram *datagram, bool refused_all)
{
	memset(asked, 0, sizeof(*asked));
	asked->datagram = datagram;
	asked->nr = request_walk(datagram, asked->walked);
	asked->refused_all = refused_all;
	last_datagram = datagram;
}

void asked_end(const struct asked *asked)
{
	unsigned int i;

	for (i = 0; i < asked->nr; i++)
		if (asked->walked[i].wants_end && !asked->ends[i])
			wrong(NULL, 0, "message %u of %u is not answered", i + 1, asked->nr);
}
