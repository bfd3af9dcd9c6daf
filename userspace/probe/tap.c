// SPDX-License-Identifier: GPL-2.0
/* Two packet sockets, with a filter that passes little else. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ctl.h"
#include "tap.h"

/* Some thousand packets, for the time that reading the SAs takes. */
#define BUFFER_SIZE	(8 << 20)

#define LOAD8(at)	BPF_STMT(BPF_LD | BPF_B | BPF_ABS, (at))
#define LOAD16(at)	BPF_STMT(BPF_LD | BPF_H | BPF_ABS, (at))
#define LOAD32(at)	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (at))
#define IF(op, value, yes, no) \
	BPF_JUMP(BPF_JMP | BPF_K | (op), (value), (yes), (no))
#define RETURN(bytes)	BPF_STMT(BPF_RET | BPF_K, (bytes))

/* Later fragments do not pass: the first says the port and the whole length. */
static const struct sock_filter ipv4_filter[] = {
	LOAD32((__u32)SKF_AD_OFF + SKF_AD_PKTTYPE),
	IF(BPF_JEQ, PACKET_HOST, 0, 7),
	LOAD8(9),			/* the protocol */
	IF(BPF_JEQ, IPPROTO_UDP, 0, 5),
	LOAD16(6),			/* the fragment offset */
	IF(BPF_JSET, 0x1fff, 3, 0),
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
	BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
#define IPV4_PORT	8
	IF(BPF_JEQ, 0, 1, 0),
	RETURN(0),
	RETURN(TAP_LENGTH),
};

/* There are no loops in this language: extension headers are for who takes it. */
static const struct sock_filter ipv6_filter[] = {
	LOAD32((__u32)SKF_AD_OFF + SKF_AD_PKTTYPE),
	IF(BPF_JEQ, PACKET_HOST, 0, 8),
	LOAD8(6),			/* the next header */
	IF(BPF_JEQ, IPPROTO_HOPOPTS, 7, 0),
	IF(BPF_JEQ, IPPROTO_ROUTING, 6, 0),
	IF(BPF_JEQ, IPPROTO_FRAGMENT, 5, 0),
	IF(BPF_JEQ, IPPROTO_DSTOPTS, 4, 0),
	IF(BPF_JEQ, IPPROTO_UDP, 0, 2),
	LOAD16(42),
#define IPV6_PORT	9
	IF(BPF_JEQ, 0, 1, 0),
	RETURN(0),
	RETURN(TAP_LENGTH),
};

#define FILTER_LENGTH	(sizeof(ipv6_filter) / sizeof(ipv6_filter[0]))

static void __attribute__((noreturn)) no_tap(void)
{
	if (errno == EPERM)
		refused("probe: this needs CAP_NET_RAW in this network namespace.");
	if (errno == EAFNOSUPPORT)
		refused("probe: this kernel has no packet sockets, and its module af_packet could not be loaded.");
	refused("probe: the packets could not be listened to: %s",
		strerror(errno));
}

/*
 * A socket for one protocol sees a packet where IP gets it: once, and not on each
 * of the bridges and VLANs before. Until it is bound it sees none, and then only
 * what its filter passes.
 */
static int open_socket(uint16_t protocol, const struct sock_filter *filter,
		       size_t len, size_t port_at, uint16_t port)
{
	const struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_protocol = htons(protocol),
	};
	const int fd = socket(AF_PACKET,
			      SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	struct sock_filter copy[FILTER_LENGTH];
	const struct sock_fprog program = {
		.len = (unsigned short)len, .filter = copy,
	};
	const int size = BUFFER_SIZE;

	if (fd < 0)
		no_tap();
	memcpy(copy, filter, len * sizeof(*filter));
	copy[port_at].k = port;
	if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program,
		       sizeof(program)) ||
	    bind(fd, (const void *)&address, sizeof(address)))
		no_tap();
	return fd;
}

struct tap tap_open(uint16_t port)
{
	return (struct tap){ {
		open_socket(ETH_P_IP, ipv4_filter,
			    sizeof(ipv4_filter) / sizeof(ipv4_filter[0]),
			    IPV4_PORT, port),
		open_socket(ETH_P_IPV6, ipv6_filter, FILTER_LENGTH, IPV6_PORT,
			    port),
	} };
}

size_t tap_take(int fd, uint8_t *packet)
{
	ssize_t len;

	do
		len = recv(fd, packet, TAP_LENGTH, 0);
	while (len < 0 && errno == EINTR);
	if (len >= 0)
		return (size_t)len;
	if (errno != EAGAIN)
		refused("probe: no packet could be read: %s", strerror(errno));
	return 0;
}

uint64_t tap_close(struct tap *tap)
{
	struct tpacket_stats stats;
	socklen_t size = sizeof(stats);
	uint64_t lost = 0;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		if (!getsockopt(tap->fds[i], SOL_PACKET, PACKET_STATISTICS,
				&stats, &size))
			lost += stats.tp_drops;
		close(tap->fds[i]);
	}
	return lost;
}
