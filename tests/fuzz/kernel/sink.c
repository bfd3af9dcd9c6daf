// SPDX-License-Identifier: GPL-2.0
/* Frames out of an interface, many at once, or into a TAP device in pieces of any size. */
#define _GNU_SOURCE
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "dice.h"
#include "sink.h"

#define BATCH		64
/* Of the kernel: MAX_SKB_FRAGS, and a page each at the most. */
#define PIECES_MAX	16
#define PIECE_MAX	4096
#define ROOM_USECS	1000
#define ROOM_WAITS	10000

struct frame {
	uint8_t bytes[ETH_HLEN + PACKET_MAX];
	size_t len;
};

unsigned long long sink_taken, sink_refused, sink_repeated;

static int fd;
static bool is_tap;
static uint8_t host[ETH_ALEN];
static struct frame frames[BATCH];
static unsigned int waiting;

static void open_veth(const char *interface)
{
	struct sockaddr_ll address = {
		.sll_family = AF_PACKET,
		.sll_ifindex = (int)if_nametoindex(interface),
	};
	const int on = 1;

	fd = socket(AF_PACKET, SOCK_RAW, 0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    setsockopt(fd, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on)))
		err(1, "%s", interface);
}

static void open_tap(const char *interface)
{
	struct ifreq request = {
		.ifr_flags = IFF_TAP | IFF_NO_PI | IFF_NAPI | IFF_NAPI_FRAGS | IFF_VNET_HDR,
	};

	snprintf(request.ifr_name, sizeof(request.ifr_name), "%s", interface);
	fd = open("/dev/net/tun", O_RDWR);
	if (fd < 0 || ioctl(fd, TUNSETIFF, &request))
		err(1, "%s", interface);
}

void sink_open(const char *interface, bool tap, const char *mac)
{
	is_tap = tap;
	if (sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &host[0], &host[1], &host[2], &host[3],
		   &host[4], &host[5]) != ETH_ALEN)
		errx(1, "%s is no Ethernet address", mac);
	if (is_tap)
		open_tap(interface);
	else
		open_veth(interface);
}

static void count(bool taken)
{
	if (taken)
		sink_taken++;
	else
		sink_refused++;
}

static void write_ether(uint8_t *ether, const struct packet *packet)
{
	static const uint8_t self[ETH_ALEN] = { 2, 0, 0, 0, 0, 1 };

	memcpy(ether, host, ETH_ALEN);
	if (packet->cast == CAST_BROADCAST)
		memset(ether, 0xff, ETH_ALEN);
	else if (packet->cast == CAST_MULTICAST)
		ether[0] |= 1;
	else if (packet->cast == CAST_OTHER)
		ether[5] ^= 1;
	memcpy(ether + ETH_ALEN, self, ETH_ALEN);
	put16(ether + 2 * ETH_ALEN, packet->seed->is_ipv4 ? ETH_P_IP : ETH_P_IPV6);
}

/* The kernel does not put them together: each piece stays one. */
static void write_pieces(const struct packet *packet)
{
	struct vnet vnet = packet->vnet;
	uint8_t ether[ETH_HLEN];
	struct iovec pieces[PIECES_MAX + 1] = {
		{ .iov_base = &vnet, .iov_len = sizeof(vnet) },
		{ .iov_base = ether, .iov_len = sizeof(ether) },
	};
	size_t at = 0, len;
	int n = 2;

	if (vnet.flags & VNET_NEEDS_CSUM)
		vnet.csum_start = (uint16_t)(vnet.csum_start + ETH_HLEN);
	if (vnet.hdr_len)
		vnet.hdr_len = (uint16_t)(vnet.hdr_len + ETH_HLEN);
	write_ether(ether, packet);
	while (at < packet->len && n <= PIECES_MAX) {
		len = packet->len - at;
		if (len > PIECE_MAX)
			len = PIECE_MAX;
		if (n < PIECES_MAX && !dice_once_in(3))
			len = 1 + dice_below(at < 100 && len > 40 ? 40 : (unsigned int)len);
		pieces[n++] = (struct iovec){ (void *)(packet->bytes + at), len };
		at += len;
	}
	count(writev(fd, pieces, n) > 0);
}

void sink_flush(void)
{
	struct mmsghdr messages[BATCH] = { 0 };
	struct iovec pieces[BATCH];
	unsigned int i, done = 0, waits = 0;
	bool some = false;
	int n;

	for (i = 0; i < waiting; i++) {
		pieces[i] = (struct iovec){ frames[i].bytes, frames[i].len };
		messages[i].msg_hdr.msg_iov = &pieces[i];
		messages[i].msg_hdr.msg_iovlen = 1;
	}
	while (done < waiting) {
		n = sendmmsg(fd, messages + done, waiting - done, 0);
		/* If only some were taken before, the first one now was refused, and why is
		 * not told: for want of room, unless it is now refused for something else.
		 */
		if (some && (n >= 0 || errno == ENOBUFS))
			sink_repeated++;
		some = n >= 0 && done + (unsigned int)n < waiting;
		/* The first of them was refused then: by the other end's ring, which is full
		 * while others have the CPU, or by the socket.
		 */
		if (n < 0 && errno == ENOBUFS) {
			sink_repeated++;
			if (++waits > ROOM_WAITS)
				errx(1, "there is no room for packets, and there comes none");
			usleep(ROOM_USECS);
			continue;
		}
		waits = 0;
		if (n < 0)
			count(false);
		else
			sink_taken += (unsigned int)n;
		done += n < 0 ? 1 : (unsigned int)n;
	}
	waiting = 0;
}

void sink_send(const struct packet *packet)
{
	struct frame *frame = &frames[waiting];

	if (is_tap) {
		write_pieces(packet);
		return;
	}
	write_ether(frame->bytes, packet);
	memcpy(frame->bytes + ETH_HLEN, packet->bytes, packet->len);
	frame->len = ETH_HLEN + packet->len;
	if (++waiting == BATCH)
		sink_flush();
}
