// SPDX-License-Identifier: GPL-2.0
/* The SAs of the network namespace: a dump over NETLINK_XFRM. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netlink.h>
#include <linux/xfrm.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "exchange.h"
#include "sas.h"

/* Headers before Linux 6.2 lack it. */
#ifndef XFRM_OFFLOAD_PACKET
#define XFRM_OFFLOAD_PACKET	4
#endif

/* Headers before Linux 6.10 lack XFRMA_SA_DIR, and XFRM_SA_DIR_OUT. */
enum { SA_DIR = 33, SA_DIR_OUT = 2 };

struct reader {
	sas_reader *take;
	void *context;
};

/* Copies, as netlink aligns to 4 bytes only; false for what is too short. */
static bool get(const struct nlattr *attr, void *value, size_t size)
{
	if (mnl_attr_get_payload_len(attr) < size)
		return false;
	memcpy(value, mnl_attr_get_payload(attr), size);
	return true;
}

static struct address read_address(uint16_t family, const xfrm_address_t *from)
{
	struct address address = { .family = family };

	memcpy(address.bytes, from, family == AF_INET ? 4 : 16);
	return address;
}

static void read_encap(struct sa *sa, const struct nlattr *attr)
{
	struct xfrm_encap_tmpl encap;

	if (!get(attr, &encap, sizeof(encap)))
		return;
	sa->has_encap = true;
	sa->encap_type = encap.encap_type;
	sa->encap_sport = ntohs(encap.encap_sport);
	sa->encap_dport = ntohs(encap.encap_dport);
}

static void read_offload(struct sa *sa, const struct nlattr *attr)
{
	struct xfrm_user_offload offload;

	if (!get(attr, &offload, sizeof(offload)))
		return;
	sa->is_offloaded = true;
	sa->offload_is_packet = offload.flags & XFRM_OFFLOAD_PACKET;
	sa->offload_ifindex = (unsigned int)offload.ifindex;
}

static void read_attr(struct sa *sa, const struct nlattr *attr)
{
	struct xfrm_replay_state_esn replay;
	struct xfrm_algo_auth auth;
	struct xfrm_algo_aead aead;
	struct xfrm_mark mark;
	uint8_t direction;

	switch (mnl_attr_get_type(attr)) {
	case SA_DIR:
		if (get(attr, &direction, sizeof(direction)))
			sa->is_outbound = direction == SA_DIR_OUT;
		break;
	case XFRMA_ENCAP:
		read_encap(sa, attr);
		break;
	case XFRMA_OFFLOAD_DEV:
		read_offload(sa, attr);
		break;
	case XFRMA_MARK:
		if (get(attr, &mark, sizeof(mark))) {
			sa->mark = mark.v;
			sa->mask = mark.m;
		}
		break;
	case XFRMA_ALG_AEAD:
		if (get(attr, &aead, sizeof(aead)))
			sa->has_icv |= aead.alg_icv_len > 0;
		break;
	case XFRMA_ALG_AUTH_TRUNC:
		/* of digest_null, 0 */
		if (get(attr, &auth, sizeof(auth)))
			sa->has_icv |= auth.alg_trunc_len > 0;
		break;
	case XFRMA_REPLAY_ESN_VAL:
		if (get(attr, &replay, sizeof(replay)))
			sa->replay_window = replay.replay_window;
		break;
	}
}

static void read_sa(const struct nlmsghdr *msg, void *_reader)
{
	const struct reader *reader = _reader;
	struct xfrm_usersa_info info;
	const struct nlattr *attr;
	struct sa sa = { 0 };

	if (msg->nlmsg_type != XFRM_MSG_NEWSA ||
	    mnl_nlmsg_get_payload_len(msg) < sizeof(info))
		return;
	memcpy(&info, mnl_nlmsg_get_payload(msg), sizeof(info));
	if (info.id.proto != IPPROTO_ESP ||
	    (info.family != AF_INET && info.family != AF_INET6))
		return;

	sa.destination = read_address(info.family, &info.id.daddr);
	sa.source = read_address(info.family, &info.saddr);
	sa.spi = ntohl(info.id.spi);
	sa.reqid = info.reqid;
	sa.mode = info.mode;
	sa.replay_window = info.replay_window;
	sa.packets = info.curlft.packets;
	sa.added_at = info.curlft.add_time;
	sa.used_at = info.curlft.use_time;
	mnl_attr_for_each(attr, msg, sizeof(info))
		read_attr(&sa, attr);
	reader->take(&sa, reader->context);
}

/* For ESP alone: the kernel leaves the others out. */
static struct nlmsghdr *request_sas(char *buffer)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buffer);

	msg->nlmsg_type = XFRM_MSG_GETSA;
	msg->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	msg->nlmsg_seq = 1;
	mnl_attr_put_u8(msg, XFRMA_PROTO, IPPROTO_ESP);
	return msg;
}

static const char *refusal(int error)
{
	switch (error) {
	case EPERM:
		return "to read the SAs needs CAP_NET_ADMIN in this network namespace.";
	case EPROTONOSUPPORT:
		return "the SAs could not be read: this kernel has no XFRM, or its module xfrm_user could not be loaded.";
	default:
		return strerror(error);
	}
}

int sas_try(sas_reader *take, void *context, const char **why)
{
	_Alignas(struct nlmsghdr) char buffer[MNL_NLMSG_HDRLEN + 64];
	struct reader reader = { .take = take, .context = context };
	/* One of its own: what is left of a dump that was not read to its end goes with it. */
	struct mnl_socket *nl = mnl_socket_open(NETLINK_XFRM);
	int error;

	*why = NULL;
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		error = errno;
	else
		error = exchange(nl, request_sas(buffer), read_sa, &reader, why);
	if (nl)
		mnl_socket_close(nl);
	if (error && !*why)
		*why = refusal(error);
	return error;
}

void sas_read(sas_reader *take, void *context)
{
	const char *why;

	if (!sas_try(take, context, &why))
		return;
	fflush(stdout);
	refused("%s", why);
}
