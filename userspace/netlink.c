// SPDX-License-Identifier: GPL-2.0
/* Talking to the kernel module over generic netlink. */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "ctl.h"
#include "exchange.h"
#include "netlink.h"
#include "output.h"
#include "version.h"

#define REQUEST_SIZE	1024

static struct mnl_socket *nl;
static unsigned int sequence;
static _Alignas(struct nlmsghdr) char request_buffer[REQUEST_SIZE];

static bool try_open_socket(void)
{
	int on = 1;

	nl = mnl_socket_open(NETLINK_GENERIC);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		return false;
	/* Without these, a kernel before 4.12 still answers, in numbers. */
	mnl_socket_setsockopt(nl, NETLINK_CAP_ACK, &on, sizeof(on));
	mnl_socket_setsockopt(nl, NETLINK_EXT_ACK, &on, sizeof(on));
	return true;
}

static void open_socket(void)
{
	if (!try_open_socket())
		refused("no netlink socket: %s", strerror(errno));
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

/**
 * struct family - what the kernel calls this family
 * @id: the type of its messages, 0 while it is not known
 * @events: the multicast group ESPENCAP_GENL_EVENTS, 0 if there is none
 */
static struct family {
	uint16_t id;
	uint32_t events;
} family;

static void read_group(const struct nlattr *group, uint32_t *events)
{
	const struct nlattr *attr;
	bool is_events = false;
	uint32_t id = 0;

	mnl_attr_for_each_nested(attr, group) {
		const uint16_t type = mnl_attr_get_type(attr);

		if (type == CTRL_ATTR_MCAST_GRP_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U32) >= 0)
			id = mnl_attr_get_u32(attr);
		else if (type == CTRL_ATTR_MCAST_GRP_NAME &&
			 mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			is_events = !strcmp(mnl_attr_get_str(attr),
					    ESPENCAP_GENL_EVENTS);
	}
	if (is_events)
		*events = id;
}

static void read_family(const struct nlmsghdr *msg, void *context)
{
	const struct nlattr *attr, *group;
	struct family told = { 0 };
	bool is_ours = false;

	(void)context;
	mnl_attr_for_each(attr, msg, sizeof(struct genlmsghdr)) {
		const uint16_t type = mnl_attr_get_type(attr);

		if (type == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
			told.id = mnl_attr_get_u16(attr);
		else if (type == CTRL_ATTR_FAMILY_NAME &&
			 mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) >= 0)
			is_ours = !strcmp(mnl_attr_get_str(attr),
					  ESPENCAP_GENL_NAME);
		else if (type == CTRL_ATTR_MCAST_GROUPS &&
			 mnl_attr_validate(attr, MNL_TYPE_NESTED) >= 0)
			mnl_attr_for_each_nested(group, attr)
				read_group(group, &told.events);
	}
	if (is_ours)
		family = told;
}

bool netlink_is_loaded(void)
{
	const char *text;

	if (!nl && !try_open_socket())
		return false;
	/* All families: to ask for one by its name would load it. */
	exchange(nl, begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_DUMP),
		 read_family, NULL, &text);
	return family.id;
}

/* Asking for a family by name makes the kernel load the module that has it. */
static void find_family(void)
{
	struct nlmsghdr *msg = begin(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0);
	struct utsname kernel;
	const char *text;
	int error;

	mnl_attr_put_strz(msg, CTRL_ATTR_FAMILY_NAME, ESPENCAP_GENL_NAME);
	error = exchange(nl, msg, read_family, NULL, &text);
	if (!error && family.id)
		return;
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
	if (!nl)
		open_socket();
	if (!family.id)
		find_family();
	return begin(family.id, (uint8_t)cmd, flags);
}

/* Addresses have one of two lengths: their reader looks. */
static const enum mnl_attr_data_type attr_types[ESPENCAP_A_MAX + 1] = {
	[ESPENCAP_A_PORT] = MNL_TYPE_U16,
	[ESPENCAP_A_FORMAT] = MNL_TYPE_U8,
	[ESPENCAP_A_REQID] = MNL_TYPE_U32,
	[ESPENCAP_A_ENDPOINT_PORT] = MNL_TYPE_U16,
	[ESPENCAP_A_ORIGIN] = MNL_TYPE_U8,
	[ESPENCAP_A_STATS] = MNL_TYPE_NESTED,
	[ESPENCAP_A_LEARN] = MNL_TYPE_U8,
	[ESPENCAP_A_MAX_LEARNED] = MNL_TYPE_U32,
	[ESPENCAP_A_LEARNED] = MNL_TYPE_U32,
	[ESPENCAP_A_LINGER] = MNL_TYPE_U32,
	[ESPENCAP_A_CANDIDATES] = MNL_TYPE_U32,
	[ESPENCAP_A_KEEPALIVE] = MNL_TYPE_U16,
	[ESPENCAP_A_KEEPALIVE_BYTES] = MNL_TYPE_U8,
	[ESPENCAP_A_PIN] = MNL_TYPE_FLAG,
	[ESPENCAP_A_EVENT] = MNL_TYPE_U8,
	[ESPENCAP_A_FROM_PORT] = MNL_TYPE_U16,
	[ESPENCAP_A_REASON] = MNL_TYPE_U8,
	[ESPENCAP_A_MTU] = MNL_TYPE_U32,
	[ESPENCAP_A_MTU_LEFT] = MNL_TYPE_U32,
	[ESPENCAP_A_MOVED] = MNL_TYPE_FLAG,
	[ESPENCAP_A_LAST_RX] = MNL_TYPE_U32,
	[ESPENCAP_A_LAST_TX] = MNL_TYPE_U32,
	[ESPENCAP_A_ENCAP_SOCKET] = MNL_TYPE_FLAG,
};

static void read_attrs(const struct nlmsghdr *msg, netlink_reader *read,
		       void *context)
{
	const struct nlattr *attrs[ESPENCAP_A_MAX + 1] = { NULL };
	const struct nlattr *attr;

	mnl_attr_for_each(attr, msg, sizeof(struct genlmsghdr)) {
		const uint16_t type = mnl_attr_get_type(attr);

		if (type <= ESPENCAP_A_MAX &&
		    mnl_attr_validate(attr, attr_types[type]) >= 0)
			attrs[type] = attr;
	}
	read(attrs, context);
	check_output();
}

struct answer {
	netlink_reader *read;
	void *context;
	unsigned long messages;
};

static void read_answer(const struct nlmsghdr *msg, void *_answer)
{
	struct answer *answer = _answer;

	answer->messages++;
	if (answer->read)
		read_attrs(msg, answer->read, answer->context);
}

/* Like netlink_try(), with what comes back. */
static int ask(struct nlmsghdr *request, struct answer *answer,
	       const char *what, const char **why)
{
	static char text[VERSION_TEXT];
	int error = exchange(nl, request, read_answer, answer, why);

	if (!error && *why)
		complain("note: %s: %s", what, *why);
	if (!*why && error == EPERM)
		*why = "this needs CAP_NET_ADMIN in this network namespace.";
	else if (!*why && error == EOPNOTSUPP)
		*why = "the module is of another version, and does not know this request.";
	/* generic netlink has none any more, or one that is going */
	else if (!*why && (error == ENOENT || error == EPROTONOSUPPORT))
		*why = "the module was unloaded meanwhile.";
	else if (!*why)
		*why = strerror(error);
	*why = version_explain(error, *why, text);
	return error;
}

int netlink_try(struct nlmsghdr *request, netlink_reader *read, void *context,
		const char *what, const char **why)
{
	struct answer answer = { .read = read, .context = context };

	return ask(request, &answer, what, why);
}

void netlink_look(struct nlmsghdr *request, netlink_reader *read,
		  void *context)
{
	struct answer answer = { .read = read, .context = context };
	const char *text;

	exchange(nl, request, read_answer, &answer, &text);
}

unsigned long netlink_do(struct nlmsghdr *request, netlink_reader *read,
			 void *context, const char *what)
{
	struct answer answer = { .read = read, .context = context };
	const char *why;

	if (!ask(request, &answer, what, &why))
		return answer.messages;
	fflush(stdout);
	refused("%s: %s", what, why);
}

static void join(uint32_t group)
{
	if (mnl_socket_setsockopt(nl, NETLINK_ADD_MEMBERSHIP, &group,
				  sizeof(group)) >= 0)
		return;
	if (errno == EPERM)
		refused("monitor: this needs CAP_NET_ADMIN in this network namespace.");
	refused("monitor: the events could not be joined: %s", strerror(errno));
}

static void join_events(void)
{
	/* A burst of events is kept while the reader of stdout is slow. */
	const int size = 8 << 20;
	const int fd = mnl_socket_get_fd(nl);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));

	/* Families that go are told to this one; first, so that none goes unheard. */
	join(GENL_ID_CTRL);
	find_family();
	if (!family.events)
		refused("monitor: the module is of another version, and tells no events.");
	join(family.events);
}

static bool is_gone(const struct nlmsghdr *msg)
{
	const struct nlattr *attr;

	mnl_attr_for_each(attr, msg, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(attr) == CTRL_ATTR_FAMILY_ID &&
		    mnl_attr_validate(attr, MNL_TYPE_U16) >= 0)
			return mnl_attr_get_u16(attr) == family.id;
	}
	return false;
}

static void take_event(const struct nlmsghdr *msg, netlink_reader *read)
{
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(msg);

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(*genl))
		return;
	if (msg->nlmsg_type == family.id && genl->cmd == ESPENCAP_CMD_EVENT)
		read_attrs(msg, read, NULL);
	/* One that is loaded after it is another: it would not be heard. */
	if (msg->nlmsg_type == GENL_ID_CTRL &&
	    genl->cmd == CTRL_CMD_DELFAMILY && is_gone(msg))
		refused("monitor: the module was unloaded");
}

void netlink_listen(netlink_reader *read, void (*lost)(void))
{
	static _Alignas(struct nlmsghdr) char buffer[ANSWER_SIZE];
	const struct nlmsghdr *msg;
	ssize_t len;
	int left;

	open_socket();
	join_events();
	fputs("espencapctl: monitoring\n", stderr);

	for (;;) {
		len = exchange_receive(nl, buffer);
		if (len < 0 && errno == ENOBUFS) {
			lost();
			continue;
		}
		if (len < 0)
			refused("monitor: no event could be read: %s",
				strerror(errno));
		left = (int)len;
		for (msg = (const void *)buffer; mnl_nlmsg_ok(msg, left);
		     msg = mnl_nlmsg_next(msg, &left))
			take_event(msg, read);
	}
}
