// SPDX-License-Identifier: GPL-2.0
/* A request over netlink, of whatever family, and all of its answer. */
#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "exchange.h"

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

ssize_t exchange_receive(const struct mnl_socket *nl, void *buffer)
{
	struct sockaddr_nl from = { .nl_pid = 0 };
	socklen_t size;
	ssize_t len;

	do {
		size = sizeof(from);
		len = recvfrom(mnl_socket_get_fd(nl), buffer, ANSWER_SIZE,
			       MSG_TRUNC, (struct sockaddr *)&from, &size);
	} while (len < 0 ? errno == EINTR : from.nl_pid);
	if (len > ANSWER_SIZE) {
		errno = ENOSPC;
		return -1;
	}
	return len;
}

int exchange(struct mnl_socket *nl, struct nlmsghdr *request,
	     exchange_handler *handle, void *context, const char **text)
{
	static _Alignas(struct nlmsghdr) char buffer[ANSWER_SIZE];
	const struct nlmsghdr *msg;
	int error, left;
	ssize_t len;

	*text = NULL;
	/* ENOBUFS is for an answer that is lost: here, nothing was done. */
	if (mnl_socket_sendto(nl, request, request->nlmsg_len) < 0)
		return errno == ENOBUFS ? ENOMEM : errno;
	for (;;) {
		len = exchange_receive(nl, buffer);
		if (len < 0)
			return errno;
		left = (int)len;
		for (msg = (const void *)buffer; mnl_nlmsg_ok(msg, left);
		     msg = mnl_nlmsg_next(msg, &left)) {
			/* mnl_nlmsg_seq_ok() takes events for answers. */
			if (msg->nlmsg_seq != request->nlmsg_seq ||
			    msg->nlmsg_pid != mnl_socket_get_portid(nl))
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
