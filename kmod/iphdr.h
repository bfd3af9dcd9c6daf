/* SPDX-License-Identifier: GPL-2.0 */
/* Writing IP headers, for each packet. */
#ifndef _ESPENCAP_IPHDR_H
#define _ESPENCAP_IPHDR_H

#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/string.h>
#include <net/checksum.h>

/**
 * espencap_move_header() - move an IP header
 * @to: where to
 * @from: where it is; the places may overlap
 * @len: its bytes
 *
 * A header without options fits into registers, where memmove() would ask for its
 * length.
 *
 * Context: any.
 */
static __always_inline void espencap_move_header(void *to, const void *from,
						 unsigned int len)
{
	if (likely(len == sizeof(struct iphdr))) {
		const struct iphdr header = *(const struct iphdr *)from;

		*(struct iphdr *)to = header;
	} else if (len == sizeof(struct ipv6hdr)) {
		const struct ipv6hdr header = *(const struct ipv6hdr *)from;

		*(struct ipv6hdr *)to = header;
	} else {
		memmove(to, from, len);
	}
}

/**
 * espencap_set_check() - ip_send_check(), without the call
 * @iph: the header; gets its checksum
 *
 * Context: any.
 */
static __always_inline void espencap_set_check(struct iphdr *iph)
{
	iph->check = 0;
	iph->check = ip_fast_csum((u8 *)iph, iph->ihl);
}

#endif /* _ESPENCAP_IPHDR_H */
