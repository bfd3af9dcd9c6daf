// SPDX-License-Identifier: GPL-2.0
/*
 * A fake kernel, preloaded: it stands for libmnl's sockets, writes down what
 * the tool sends, and answers with what a file says. No module is asked, nor XFRM, nor
 * nftables, in which there is nothing.
 *
 * FAKE_LOG takes a line for each request, and for the group that is joined:
 *	port-add port=2797 format=1
 * FAKE_ANSWER has lines of the same form, for messages that are sent back: to
 * the request, or to all if the command is "event". Others are
 *	error ERRNO [SENTENCE]	ends the answer; otherwise it ends well
 *	lost			some messages were
 *	gone ID			the family with this number is no more
 *	signal NUMBER		comes while the tool waits
 *	forged LINE		one of them that the kernel has not sent
 * FAKE_VERSION is the version of the module that is loaded, if there is one.
 * FAKE_XFRM are counters of XFRM; each is as large as how often they were read.
 * FAKE is "old" for a module without events, "eperm" if none may be joined,
 * "absent" for no module, which nobody may ask for by its name.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "espencap.h"

enum { FAMILY = 29, GROUP = 17, PORTID = 4711, SIZE = 4096 };

static const char * const commands[] = {
	[ESPENCAP_CMD_PORT_ADD] = "port-add",
	[ESPENCAP_CMD_PORT_DEL] = "port-del",
	[ESPENCAP_CMD_PORT_GET] = "port-get",
	[ESPENCAP_CMD_PEER_ADD] = "peer-add",
	[ESPENCAP_CMD_PEER_DEL] = "peer-del",
	[ESPENCAP_CMD_PEER_GET] = "peer-get",
	[ESPENCAP_CMD_FLUSH] = "flush",
	[ESPENCAP_CMD_PORT_SET] = "port-set",
	[ESPENCAP_CMD_EVENT] = "event",
	[ESPENCAP_CMD_PEER_SET] = "peer-set",
};

enum kind { NONE, U8, U16, U32, FLAG, ADDRESS, STATS };

static const struct {
	const char *name;
	enum kind kind;
} attributes[ESPENCAP_A_MAX + 1] = {
	[ESPENCAP_A_PORT] = { "port", U16 },
	[ESPENCAP_A_FORMAT] = { "format", U8 },
	[ESPENCAP_A_ADDRESS] = { "address", ADDRESS },
	[ESPENCAP_A_REQID] = { "reqid", U32 },
	[ESPENCAP_A_ENDPOINT_ADDRESS] = { "endpoint-address", ADDRESS },
	[ESPENCAP_A_ENDPOINT_PORT] = { "endpoint-port", U16 },
	[ESPENCAP_A_ORIGIN] = { "origin", U8 },
	[ESPENCAP_A_STATS] = { "stats", STATS },
	[ESPENCAP_A_LEARN] = { "learn", U8 },
	[ESPENCAP_A_MAX_LEARNED] = { "max-learned", U32 },
	[ESPENCAP_A_LEARNED] = { "learned", U32 },
	[ESPENCAP_A_LINGER] = { "linger", U32 },
	[ESPENCAP_A_CANDIDATES] = { "candidates", U32 },
	[ESPENCAP_A_KEEPALIVE] = { "keepalive", U16 },
	[ESPENCAP_A_KEEPALIVE_BYTES] = { "keepalive-bytes", U8 },
	[ESPENCAP_A_PIN] = { "pin", FLAG },
	[ESPENCAP_A_EVENT] = { "event", U8 },
	[ESPENCAP_A_FROM_ADDRESS] = { "from-address", ADDRESS },
	[ESPENCAP_A_FROM_PORT] = { "from-port", U16 },
	[ESPENCAP_A_REASON] = { "reason", U8 },
	[ESPENCAP_A_MTU] = { "mtu", U32 },
	[ESPENCAP_A_MTU_LEFT] = { "mtu-left", U32 },
	[ESPENCAP_A_MOVED] = { "moved", FLAG },
	[ESPENCAP_A_LAST_RX] = { "last-rx", U32 },
	[ESPENCAP_A_LAST_TX] = { "last-tx", U32 },
	[ESPENCAP_A_ENCAP_SOCKET] = { "encap-socket", FLAG },
};

static enum { TELL_FAMILY, END, ANSWER, TELL_EVENTS } state;
static struct nlmsghdr request;
static uint32_t sender;
static FILE *answers;

static void __attribute__((noreturn)) bad(const char *what)
{
	fprintf(stderr, "fake: bad: %s\n", what);
	abort();
}

static int is_set(const char *word)
{
	return getenv("FAKE") && !strcmp(getenv("FAKE"), word);
}

static FILE *open_log(void)
{
	FILE *log = fopen(getenv("FAKE_LOG"), "a");

	if (!log)
		bad("FAKE_LOG");
	return log;
}

static void log_attribute(FILE *log, const struct nlattr *attr)
{
	const uint16_t type = mnl_attr_get_type(attr);
	const uint16_t len = mnl_attr_get_payload_len(attr);
	char text[INET6_ADDRSTRLEN];

	if (type > ESPENCAP_A_MAX || !attributes[type].name)
		bad("an attribute");
	fprintf(log, " %s", attributes[type].name);
	switch (attributes[type].kind) {
	case U8:
		fprintf(log, "=%u", mnl_attr_get_u8(attr));
		break;
	case U16:
		fprintf(log, "=%u", mnl_attr_get_u16(attr));
		break;
	case U32:
		fprintf(log, "=%u", mnl_attr_get_u32(attr));
		break;
	case ADDRESS:
		fprintf(log, "=%s", inet_ntop(len == 4 ? AF_INET : AF_INET6,
					      mnl_attr_get_payload(attr), text,
					      sizeof(text)));
		break;
	default:
		break;
	}
}

static void put_stats(struct nlmsghdr *msg, char *text)
{
	struct nlattr *nest = mnl_attr_nest_start(msg, ESPENCAP_A_STATS);
	unsigned int stat, value;
	char *end;

	for (text = strtok_r(text, ",", &end); text;
	     text = strtok_r(NULL, ",", &end)) {
		if (sscanf(text, "%u:%u", &stat, &value) != 2)
			bad(text);
		mnl_attr_put_u64(msg, (uint16_t)stat, value);
	}
	mnl_attr_nest_end(msg, nest);
}

static void put_attribute(struct nlmsghdr *msg, char *word)
{
	char *value = strchr(word, '=');
	unsigned char bytes[16];
	uint16_t type;
	int family;

	if (value)
		*value++ = 0;
	/* one that the tool cannot know: its number */
	if (value && word[0] >= '0' && word[0] <= '9') {
		mnl_attr_put_strz(msg, (uint16_t)atol(word), value);
		return;
	}
	for (type = 0; type <= ESPENCAP_A_MAX; type++)
		if (attributes[type].name &&
		    !strcmp(attributes[type].name, word))
			break;
	if (type > ESPENCAP_A_MAX ||
	    !value != (attributes[type].kind == FLAG))
		bad(word);
	switch (attributes[type].kind) {
	case U8:
		mnl_attr_put_u8(msg, type, (uint8_t)atol(value));
		break;
	case U16:
		mnl_attr_put_u16(msg, type, (uint16_t)atol(value));
		break;
	case U32:
		mnl_attr_put_u32(msg, type, (uint32_t)atoll(value));
		break;
	case ADDRESS:
		family = strchr(value, ':') ? AF_INET6 : AF_INET;
		if (inet_pton(family, value, bytes) != 1)
			bad(value);
		mnl_attr_put(msg, type, family == AF_INET ? 4 : 16, bytes);
		break;
	case STATS:
		put_stats(msg, value);
		break;
	default:
		mnl_attr_put(msg, type, 0, NULL);
	}
}

static struct nlmsghdr *begin(void *buffer, uint16_t type)
{
	struct nlmsghdr *msg;

	memset(buffer, 0, SIZE);
	msg = mnl_nlmsg_put_header(buffer);
	msg->nlmsg_type = type;
	msg->nlmsg_seq = request.nlmsg_seq;
	msg->nlmsg_pid = PORTID;
	return msg;
}

static ssize_t end(void *buffer, int error, const char *sentence)
{
	struct nlmsghdr *msg = begin(buffer, NLMSG_ERROR);
	struct nlmsgerr *err = mnl_nlmsg_put_extra_header(msg, sizeof(*err));

	err->error = -error;
	err->msg = request;
	msg->nlmsg_flags = NLM_F_CAPPED;
	if (sentence) {
		msg->nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(msg, NLMSGERR_ATTR_MSG, sentence);
	}
	return msg->nlmsg_len;
}

static void put_group(struct nlmsghdr *msg, const char *name, uint32_t id)
{
	struct nlattr *group = mnl_attr_nest_start(msg, 1);

	mnl_attr_put_u32(msg, CTRL_ATTR_MCAST_GRP_ID, id);
	mnl_attr_put_strz(msg, CTRL_ATTR_MCAST_GRP_NAME, name);
	mnl_attr_nest_end(msg, group);
}

static ssize_t tell_family(void *buffer)
{
	struct nlmsghdr *msg = begin(buffer, GENL_ID_CTRL);
	struct nlattr *groups;

	if (is_set("absent") && !(request.nlmsg_flags & NLM_F_DUMP))
		bad("the module would be loaded");
	mnl_nlmsg_put_extra_header(msg, sizeof(struct genlmsghdr));
	mnl_attr_put_u16(msg, CTRL_ATTR_FAMILY_ID, FAMILY);
	mnl_attr_put_strz(msg, CTRL_ATTR_FAMILY_NAME,
			  is_set("absent") ? "another" : ESPENCAP_GENL_NAME);
	if (!is_set("old")) {
		groups = mnl_attr_nest_start(msg, CTRL_ATTR_MCAST_GROUPS);
		put_group(msg, "before", GROUP - 1);
		put_group(msg, ESPENCAP_GENL_EVENTS, GROUP);
		put_group(msg, "behind", GROUP + 1);
		mnl_attr_nest_end(msg, groups);
	}
	return msg->nlmsg_len;
}

static ssize_t tell(void *buffer, const char *command, char *rest)
{
	struct nlmsghdr *msg = begin(buffer, FAMILY);
	struct genlmsghdr *genl =
		mnl_nlmsg_put_extra_header(msg, sizeof(*genl));

	while (!commands[genl->cmd] || strcmp(commands[genl->cmd], command))
		if (++genl->cmd > ESPENCAP_CMD_EVENT)
			bad(command);
	if (genl->cmd == ESPENCAP_CMD_EVENT)
		msg->nlmsg_seq = msg->nlmsg_pid = 0;
	for (command = strtok_r(NULL, " ", &rest); command;
	     command = strtok_r(NULL, " ", &rest))
		put_attribute(msg, (char *)command);
	return msg->nlmsg_len;
}

static ssize_t tell_gone(void *buffer, int id)
{
	struct nlmsghdr *msg = begin(buffer, GENL_ID_CTRL);
	struct genlmsghdr *genl =
		mnl_nlmsg_put_extra_header(msg, sizeof(*genl));

	genl->cmd = CTRL_CMD_DELFAMILY;
	msg->nlmsg_seq = msg->nlmsg_pid = 0;
	mnl_attr_put_u16(msg, CTRL_ATTR_FAMILY_ID, (uint16_t)id);
	return msg->nlmsg_len;
}

/* What a shell has started in the background ignores some. */
static void signal_us(int number)
{
	struct sigaction action;

	if (!sigaction(number, NULL, &action) && action.sa_handler == SIG_IGN)
		signal(number, SIG_DFL);
	raise(number);
}

/* Negative, with errno, if there is nothing to tell. */
static ssize_t next_line(void *buffer)
{
	char line[1024], *command, *rest;

	sender = 0;
	if (!answers)
		answers = fopen(getenv("FAKE_ANSWER"), "r");
	if (!answers || !fgets(line, sizeof(line), answers)) {
		if (state == ANSWER)
			return end(buffer, 0, NULL);
		errno = EBADF;
		return -1;
	}
	line[strcspn(line, "\n")] = 0;
	command = strtok_r(line, " ", &rest);
	if (!strcmp(command, "forged")) {
		sender = PORTID + 1;
		command = strtok_r(NULL, " ", &rest);
	}
	if (!strcmp(command, "error")) {
		const int error = (int)strtol(rest, &rest, 10);

		return end(buffer, error, *rest ? rest + 1 : NULL);
	}
	if (!strcmp(command, "lost")) {
		errno = ENOBUFS;
		return -1;
	}
	if (!strcmp(command, "gone"))
		return tell_gone(buffer, atoi(rest));
	if (!strcmp(command, "signal")) {
		signal_us(atoi(rest));
		errno = EINTR;
		return -1;
	}
	return tell(buffer, command, rest);
}

/* XFRM's counters, which grow by one between two readings. */
static FILE *open_counters(const char *names)
{
	static char text[4096];
	static int readings;
	size_t used = 0;
	int len;

	readings++;
	for (; *names; names += len + !!names[len]) {
		len = (int)strcspn(names, " ");
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%-24.*s\t%d\n", len, names, readings);
		if (used >= sizeof(text))
			bad("FAKE_XFRM");
	}
	return fmemopen(text, used, "r");
}

/* The module's version and XFRM's counters are files; others are what they are. */
FILE *fopen(const char *name, const char *mode)
{
	FILE *(*next)(const char *name, const char *mode) = dlsym(RTLD_NEXT, "fopen");
	char *version = getenv("FAKE_VERSION");

	if (getenv("FAKE_XFRM") && !strcmp(name, "/proc/thread-self/net/xfrm_stat"))
		return open_counters(getenv("FAKE_XFRM"));
	if (strcmp(name, "/sys/module/espencap/version"))
		return next(name, mode);
	if (!version) {
		errno = ENOENT;
		return NULL;
	}
	return fmemopen(version, strlen(version), "r");
}

/* Of all others but the module, nothing is there. */
static int generic, other;

struct mnl_socket *mnl_socket_open(int bus)
{
	return (struct mnl_socket *)(bus == NETLINK_GENERIC ? &generic : &other);
}

int mnl_socket_close(struct mnl_socket *nl)
{
	(void)nl;
	return 0;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl, (void)groups, (void)pid;
	return 0;
}

int mnl_socket_get_fd(const struct mnl_socket *nl)
{
	(void)nl;
	return -1;
}

unsigned int mnl_socket_get_portid(const struct mnl_socket *nl)
{
	(void)nl;
	return PORTID;
}

int mnl_socket_setsockopt(const struct mnl_socket *nl, int type, void *value,
			  socklen_t len)
{
	FILE *log;

	(void)nl, (void)len;
	if (type != NETLINK_ADD_MEMBERSHIP)
		return 0;
	if (is_set("eperm")) {
		errno = EPERM;
		return -1;
	}
	log = open_log();
	fprintf(log, "join %d\n", *(const int *)value);
	fclose(log);
	return 0;
}

ssize_t mnl_socket_sendto(const struct mnl_socket *nl, const void *buffer,
			  size_t len)
{
	const struct nlmsghdr *msg = buffer;
	const struct genlmsghdr *genl = mnl_nlmsg_get_payload(msg);
	const struct nlattr *attr;
	FILE *log;

	request = *msg;
	state = (const void *)nl == &other ? END :
		msg->nlmsg_type == GENL_ID_CTRL ? TELL_FAMILY : ANSWER;
	if (state != ANSWER)
		return (ssize_t)len;
	log = open_log();
	fputs(commands[genl->cmd], log);
	mnl_attr_for_each(attr, msg, sizeof(*genl))
		log_attribute(log, attr);
	fputc('\n', log);
	fclose(log);
	return (ssize_t)len;
}

ssize_t recvfrom(int fd, void *buffer, size_t len, int flags,
		 struct sockaddr *from, socklen_t *size)
{
	(void)fd, (void)flags;
	if (len < SIZE)
		bad("the buffer");
	if (*size < sizeof(struct sockaddr_nl))
		bad("the address");
	switch (state) {
	case TELL_FAMILY:
		state = END;
		return tell_family(buffer);
	case END:
		state = TELL_EVENTS;
		return end(buffer, 0, NULL);
	default:
		len = (size_t)next_line(buffer);
		*(struct sockaddr_nl *)from = (struct sockaddr_nl){
			.nl_family = AF_NETLINK, .nl_pid = sender,
		};
		return (ssize_t)len;
	}
}
