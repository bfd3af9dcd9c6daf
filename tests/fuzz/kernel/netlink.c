// SPDX-License-Identifier: GPL-2.0
/*
 * Netlink requests to the family espencap, right and wrong: fuzz-netlink SEED COUNT
 *
 * All answers are read and judged, but those of sockets that are not read in time, or
 * closed before. SEED repeats it, as far as nobody else asks at the same time.
 */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <linux/capability.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "answers.h"
#include "dice.h"
#include "espencap.h"
#include "requests.h"

#define SOCKETS	4

uint64_t dice;

static struct datagram datagram;
static struct asked asked;
static uint8_t buffer[1 << 18];
static int sockets[SOCKETS], listener;
static unsigned long long sent, unread;

static int open_socket(void)
{
	struct sockaddr_nl self = { .nl_family = AF_NETLINK };
	const int on = 1, room = 1 << 20;
	int fd;

	fd = socket(AF_NETLINK, SOCK_RAW | SOCK_NONBLOCK, NETLINK_GENERIC);
	if (fd < 0 || bind(fd, (struct sockaddr *)&self, sizeof(self)) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof(room)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)))
		err(1, "a netlink socket");
	return fd;
}

/* The next datagram, or 0 bytes if there is none now. */
static size_t read_one(int fd, bool may_be_lost)
{
	ssize_t len;

	do
		len = recv(fd, buffer, sizeof(buffer), 0);
	while (len < 0 && errno == ENOBUFS && may_be_lost);
	if (len < 0 && errno != EAGAIN)
		err(1, "reading an answer");
	return len < 0 ? 0 : (size_t)len;
}

static const struct nlattr *find(const uint8_t *at, size_t len, uint16_t type)
{
	const struct nlattr *attr;

	for (; len >= sizeof(*attr); len -= NLA_ALIGN(attr->nla_len),
				     at += NLA_ALIGN(attr->nla_len)) {
		attr = (const struct nlattr *)at;
		if ((attr->nla_type & NLA_TYPE_MASK) == type)
			return attr;
		if ((size_t)NLA_ALIGN(attr->nla_len) >= len)
			break;
	}
	errx(1, "the kernel's answer has no attribute %u", type);
}

static const struct nlattr *find_in(const struct nlattr *outer, uint16_t type)
{
	return find((const uint8_t *)(outer + 1), outer->nla_len - sizeof(*outer), type);
}

/* Asks for the family, and listens to its events. */
static void find_family(void)
{
	static const struct {
		struct nlmsghdr header;
		struct genlmsghdr generic;
		struct nlattr attr;
		char name[12];
	} request = {
		{ sizeof(request), GENL_ID_CTRL, NLM_F_REQUEST, 1, 0 },
		{ .cmd = CTRL_CMD_GETFAMILY, .version = 1 },
		{ sizeof(request.attr) + sizeof(ESPENCAP_GENL_NAME), CTRL_ATTR_FAMILY_NAME },
		ESPENCAP_GENL_NAME,
	};
	const size_t hlen = sizeof(struct nlmsghdr) + sizeof(struct genlmsghdr);
	const struct nlattr *group;
	size_t len;
	int number;

	if (send(listener, &request, sizeof(request), 0) < 0)
		err(1, "asking for the family");
	len = read_one(listener, false);
	if (len < hlen || ((struct nlmsghdr *)buffer)->nlmsg_type != GENL_ID_CTRL)
		errx(1, "there is no family " ESPENCAP_GENL_NAME);
	memcpy(&datagram.family, find(buffer + hlen, len - hlen, CTRL_ATTR_FAMILY_ID) + 1,
	       sizeof(datagram.family));
	group = find_in(find(buffer + hlen, len - hlen, CTRL_ATTR_MCAST_GROUPS), 1);
	memcpy(&number, find_in(group, CTRL_ATTR_MCAST_GRP_ID) + 1, sizeof(number));
	if (setsockopt(listener, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &number, sizeof(number)))
		err(1, "listening to events");
}

/* Gives CAP_NET_ADMIN up for a while, or takes it back. */
static void set_right(bool has_right)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];
	const uint32_t bit = 1u << CAP_NET_ADMIN;

	if (syscall(SYS_capget, &header, data))
		err(1, "capget");
	data[0].effective = has_right ? data[0].effective | bit : data[0].effective & ~bit;
	if (syscall(SYS_capset, &header, data))
		err(1, "capset");
}

/* Returns whether the socket has taken it. */
static bool send_datagram(int fd)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	sent++;
	return sendto(fd, datagram.bytes, datagram.len, 0, (struct sockaddr *)&kernel,
		      sizeof(kernel)) >= 0;
}

/* The kernel has answered, or begun to, when it has taken the request. */
static void ask(int fd, bool has_right)
{
	size_t len;

	request_make(&datagram);
	asked_begin(&asked, &datagram, !has_right);
	if (!has_right)
		set_right(false);
	if (!send_datagram(fd))
		err(1, "sending a request of %zu bytes", datagram.len);
	while ((len = read_one(fd, false)))
		answers_judge(&asked, buffer, len);
	if (!has_right)
		set_right(true);
	asked_end(&asked);
}

/* Many requests, until there is no room for the answers; then it is read, or is not. */
static void ask_and_not_read(void)
{
	const int room = 1 << (8 + dice_below(8));
	int fd = open_socket();
	unsigned int n = 1 + dice_below(60);

	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)))
		err(1, "a small buffer");
	unread += n;
	while (n--) {
		if (dice_once_in(4))
			request_dump(&datagram);
		else
			request_make(&datagram);
		send_datagram(fd);
		if (dice_once_in(16))
			read_one(fd, true);
	}
	if (dice_once_in(2))
		while (read_one(fd, true))
			;
	close(fd);
}

/* A list is read in part; meanwhile others change what it lists. */
static void ask_within_list(int fd)
{
	int lists = open_socket();
	size_t len;

	request_dump(&datagram);
	send_datagram(lists);
	len = read_one(lists, false);
	unread++;
	ask(fd, true);
	while (len && !dice_once_in(3))
		len = read_one(lists, false);
	close(lists);
}

static void hear_events(void)
{
	size_t len;

	while ((len = read_one(listener, true)))
		event_judge(buffer, len, datagram.family);
}

static void print_errors(void)
{
	unsigned int i;

	for (i = 0; i < ERRORS_MAX; i++)
		if (errors_seen[i])
			printf("%llu: %s\n", errors_seen[i], i ? strerror((int)i) : "done");
}

int main(int argc, char **argv)
{
	unsigned long long count;
	unsigned int i, which;

	if (argc != 3)
		errx(2, "SEED COUNT");
	dice = strtoull(argv[1], NULL, 0);
	count = strtoull(argv[2], NULL, 0);
	listener = open_socket();
	find_family();
	for (i = 0; i < SOCKETS; i++)
		sockets[i] = open_socket();
	while (sent < count) {
		which = dice_below(SOCKETS);
		if (dice_once_in(512))
			ask_and_not_read();
		else if (dice_once_in(64))
			ask_within_list(sockets[which]);
		else
			ask(sockets[which], !dice_once_in(16));
		if (dice_once_in(1024))
			hear_events();
		if (dice_once_in(4096)) {
			close(sockets[which]);
			sockets[which] = open_socket();
		}
	}
	hear_events();
	print_errors();
	printf("%llu messages in answers\n", messages_seen);
	printf("%llu datagrams, of these %llu not read to the end, seed %s\n", sent, unread,
	       argv[1]);
	return 0;
}
