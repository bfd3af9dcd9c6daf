// SPDX-License-Identifier: GPL-2.0
/* Talking to the kernel module over generic netlink. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "ctl.h"
#include "netlink.h"
#include "output.h"

#define REQUEST_SIZE	1024

/* As large as the kernel makes a message of a dump. */
#define ANSWER_SIZE	32768

typedef void handler(const struct nlmsghdr *msg, void *context);

static struct mnl_socket *nl;
static unsigned int sequence;
static _Alignas(struct nlmsghdr) char request_buffer[REQUEST_SIZE];

static void open_socket(void)
{
	int on = 1;

	nl = mnl_socket_open(NETLINK_GENERIC);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		refused("no netlink socket: %s", strerror(errno));
	/* Without these, a kernel before 4.12 still answers, in numbers. */
	mnl_socket_setsockopt(nl, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &on, sizeof(on));
}

static struct nlmsghdr *begin(uint16_t type, uint8_t cmd, int flags)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(request_buffer);
	struct genlmsghdr *genl;

	msg->nlmsg_type = type;
	msg->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
	msg->nlmsg_seq = ++sequence;
	genl = mnl_nlmsg_put_extra_header(msg, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = ESPENCAP_GENL_VERSION;
	return msg;
}

/* The sentence in the attributes behind an error or the end of a dump. */
static const char *sentence(const struct nlmsghdr *msg, size_t offset)
{
	const struct nlattr *attr;

	if (!(msg->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	mnl_attr_for_each(attr, msg, offset) {
		if (mnl_attr_get_type(attr) == NLMSGERR_ATTR_MSG &&
		    mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			return mnl_attr_get_str(attr);
	}
	return NULL;
}

/**
 * ended() - is this the message that ends an answer?
 * @msg: the message
 * @error: takes 0 or an errno
 * @text: takes the kernel's sentence, or NULL
 *
 * Return: whether it is.
 */
static bool ended(const struct nlmsghdr *msg, int *error, const char **text)
{
	const size_t len = mnl_nlmsg_get_payload_len(msg);

	*error = EBADMSG;
	*text = NULL;
	if (msg->nlmsg_type == NLMSG_DONE) {
		*error = 0;
		if (len >= sizeof(int)) {
			*error = -*(const int *)mnl_nlmsg_get_payload(msg);
			*text = sentence(msg, sizeof(int));
		}
		return true;
	}
	if (msg->nlmsg_type == NLMSG_ERROR) {
		const struct nlmsgerr *err = mnl_nlmsg_get_payload(msg);
		size_t offset = sizeof(*err);

		if (len < sizeof(*err))
			return true;
		*error = -err->error;
		if (!(msg->nlmsg_flags & NLM_F_CAPPED))
			offset += mnl_nlmsg_get_payload_len(&err->msg);
		if (offset <= len)
			*text = sentence(msg, offset);
		return true;
	}
	return false;
}

/**
 * exchange() - send a request, and take all that comes back
 * @request: the request
 * @handle: called for each message that is neither an error nor an end
 * @context: passed to it
 * @text: takes the kernel's sentence, or NULL; valid until the next exchange
 *
 * Return: 0, or the errno that the kernel answered with.
 */
static int exchange(struct nlmsghdr *request, handler *handle, void *context,
		    const char **text)
{
	static _Alignas(struct nlmsghdr) char buffer[ANSWER_SIZE];
	const struct nlmsghdr *msg;
	int error, left;
	ssize_t len;

	if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
		refused("the request could not be sent: %s", strerror(errno));
	for (;;) {
		len = mnl_socket_recvfrom(nl, buffer, sizeof(buffer));
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			refused("no answer came: %s", strerror(errno));
		left = (int)len;
		for (msg = (const void *)buffer; mnl_nlmsg_ok(msg, left);
		     msg = mnl_nlmsg_next(msg, &left)) {
			if (!mnl_nlmsg_seq_ok(msg, request->nlmsg_seq) ||
			    !mnl_nlmsg_portid_ok(msg, mnl_socket_get_portid(nl)))
				continue;
			if (msg->nlmsg_flags & NLM_F_DUMP_INTR) {
				*text = "The list has changed while it was read: try again.";
				return EINTR;
			}
			if (ended(msg, &error, text))
				return error;
			if (msg->nlmsg_type >= NLMSG_MIN_TYPE)
				handle(msg, context);
		}
	}
}

static void read_family(const struct nlmsghdr *msg, void *context)
{
	uint16_t *family = context;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, msg, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
			*family = mnl_attr_get_u16(attr);
	}
}

/* Asking for a family by name makes the kernel load the module that has it. */
static uint16_t find_family(void)
{
	struct nlmsghdr *msg = begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	struct utsname kernel;
	uint16_t family = 0;
	const char *text;
	int error;

	mnl_attr_put_strz(msg, CTRL_ATTR_FAMILY_NAME, ESPENCAP_GENL_NAME);
	error = exchange(msg, read_family, &family, &text);
	if (!error && family)
		return family;
	if (error != ENOENT)
		refused("the module could not be asked for: %s",
			strerror(error));
	uname(&kernel);
	refused("the kernel module espencap is not loaded, and could not be.\n"
		"Is it built and installed for this kernel (%s)? Does Secure Boot\n"
		"refuse it (see the kernel log)? May you load it (modprobe espencap)?",
		kernel.release);
}

struct nlmsghdr *netlink_request(enum espencap_cmd cmd, int flags)
{
	static uint16_t family;

	if (!nl)
		open_socket();
	if (!family)
		family = find_family();
	return begin(family, (uint8_t)cmd, flags);
}

/* ADDRESS and ENDPOINT_ADDRESS have one of two lengths: their reader looks. */
static const enum mnl_attr_data_type attr_types[ESPENCAP_A_MAX + 1] = {
	[ESPENCAP_A_PORT] = MNL_TYPE_U16,
	[ESPENCAP_A_FORMAT] = MNL_TYPE_U8,
	[ESPENCAP_A_REQID] = MNL_TYPE_U32,
	[ESPENCAP_A_ENDPOINT_PORT] = MNL_TYPE_U16,
	[ESPENCAP_A_ORIGIN] = MNL_TYPE_U8,
	[ESPENCAP_A_STATS] = MNL_TYPE_NESTED,
};

struct answer {
	void (*print)(const struct nlattr **attrs);
	unsigned long messages;
};

static void read_answer(const struct nlmsghdr *msg, void *context)
{
	const struct nlattr *attrs[ESPENCAP_A_MAX + 1] = { NULL };
	struct answer *answer = context;
	const struct nlattr *attr;

	mnl_attr_for_each(attr, msg, sizeof(struct genlmsghdr)) {
		const uint16_t type = mnl_attr_get_type(attr);

		if (type <= ESPENCAP_A_MAX &&
		    mnl_attr_validate(attr, attr_types[type]) >= 0)
			attrs[type] = attr;
	}
	answer->messages++;
	if (answer->print)
		answer->print(attrs);
	check_output();
}

unsigned long netlink_do(struct nlmsghdr *request,
			 void (*print)(const struct nlattr **attrs),
			 const char *what)
{
	struct answer answer = { .print = print };
	const char *text;
	int error = exchange(request, read_answer, &answer, &text);

	if (!error) {
		if (text)
			fprintf(stderr, "espencapctl: note: %s: %s\n", what,
				text);
		return answer.messages;
	}
	fflush(stdout);
	if (text)
		refused("%s: %s", what, text);
	if (error == EPERM)
		refused("%s: this needs CAP_NET_ADMIN in this network namespace.",
			what);
	if (error == EOPNOTSUPP)
		refused("%s: the module is of another version, and does not know this request.",
			what);
	refused("%s: %s", what, strerror(error));
}
