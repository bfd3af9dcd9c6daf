/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * The generic netlink family "espencap": ESP inside UDP on the ports and in
 * the framings from before RFC 3948.
 *
 * Every command needs CAP_NET_ADMIN over the network namespace of the socket
 * and acts on that namespace alone. All integers are in host byte order;
 * addresses are in network byte order. Each refusal carries one English
 * sentence in NLMSGERR_ATTR_MSG; a command that is refused changes nothing.
 */
#ifndef _UAPI_ESPENCAP_H
#define _UAPI_ESPENCAP_H

#define ESPENCAP_GENL_NAME	"espencap"
#define ESPENCAP_GENL_VERSION	1

/* The most ports and peers that one network namespace can have. */
#define ESPENCAP_MAX_PORTS	4096
#define ESPENCAP_MAX_PEERS	262144

/**
 * enum espencap_cmd - what can be asked of the family
 * @ESPENCAP_CMD_UNSPEC: never sent
 * @ESPENCAP_CMD_PORT_ADD: start to serve a local UDP port.
 *	Needs PORT and FORMAT. Errors: EEXIST, ENOSPC (ESPENCAP_MAX_PORTS),
 *	EINVAL, ENOMEM. A successful answer can carry a note in
 *	NLMSGERR_ATTR_MSG: some socket has UDP_ENCAP set on that port.
 * @ESPENCAP_CMD_PORT_DEL: stop serving it. Needs PORT. Errors: ENOENT, EBUSY
 *	(it still has peers).
 * @ESPENCAP_CMD_PORT_GET: answers with a message of this command that carries
 *	PORT, FORMAT and STATS. Needs PORT, or NLM_F_DUMP without it.
 *	Errors: ENOENT.
 * @ESPENCAP_CMD_PEER_ADD: put the ESP for a destination into UDP.
 *	Needs ADDRESS and PORT; takes REQID, ENDPOINT_ADDRESS, ENDPOINT_PORT.
 *	Errors: EEXIST, ENOENT (the port was not added), ENOSPC
 *	(ESPENCAP_MAX_PEERS), EINVAL, ENOMEM.
 * @ESPENCAP_CMD_PEER_DEL: stop it. Needs ADDRESS; takes REQID, without which
 *	it is the peer that has none or, where there is no such peer, the only
 *	one at that address. Errors: ENOENT, ENOTUNIQ.
 * @ESPENCAP_CMD_PEER_GET: only with NLM_F_DUMP; takes ADDRESS as a filter.
 *	Answers with messages of this command that carry ADDRESS, REQID (if
 *	the peer has one), PORT, ENDPOINT_ADDRESS, ENDPOINT_PORT, ORIGIN and
 *	STATS.
 * @ESPENCAP_CMD_FLUSH: remove all peers, then all ports.
 *
 * An object that exists from a dump's begin to its end is listed exactly once,
 * whatever else is added or deleted meanwhile.
 */
enum espencap_cmd {
	ESPENCAP_CMD_UNSPEC,
	ESPENCAP_CMD_PORT_ADD,
	ESPENCAP_CMD_PORT_DEL,
	ESPENCAP_CMD_PORT_GET,
	ESPENCAP_CMD_PEER_ADD,
	ESPENCAP_CMD_PEER_DEL,
	ESPENCAP_CMD_PEER_GET,
	ESPENCAP_CMD_FLUSH,
};

/**
 * enum espencap_attr - attributes of every command
 * @ESPENCAP_A_UNSPEC: never sent
 * @ESPENCAP_A_PAD: padding before 64-bit values
 * @ESPENCAP_A_PORT: u16, 1 to 65535: the local UDP port
 * @ESPENCAP_A_FORMAT: u8, enum espencap_format_id
 * @ESPENCAP_A_ADDRESS: binary, 4 bytes (IPv4) or 16 (IPv6): where XFRM sends
 *	ESP to, which is the destination address of the outbound SA
 * @ESPENCAP_A_REQID: u32, from 1: the peer serves only SAs of this reqid;
 *	without it, all SAs to that address that no other peer serves
 * @ESPENCAP_A_ENDPOINT_ADDRESS: binary, of ADDRESS's length: where the UDP
 *	packets go; by default ADDRESS
 * @ESPENCAP_A_ENDPOINT_PORT: u16, 1 to 65535: the UDP port they go to; by
 *	default PORT
 * @ESPENCAP_A_ORIGIN: u8, enum espencap_origin
 * @ESPENCAP_A_STATS: nested; each attribute in it is a u64 whose type is an
 *	enum espencap_stat
 */
enum espencap_attr {
	ESPENCAP_A_UNSPEC,
	ESPENCAP_A_PAD,
	ESPENCAP_A_PORT,
	ESPENCAP_A_FORMAT,
	ESPENCAP_A_ADDRESS,
	ESPENCAP_A_REQID,
	ESPENCAP_A_ENDPOINT_ADDRESS,
	ESPENCAP_A_ENDPOINT_PORT,
	ESPENCAP_A_ORIGIN,
	ESPENCAP_A_STATS,

	__ESPENCAP_A_MAX,
	ESPENCAP_A_MAX = __ESPENCAP_A_MAX - 1
};

/**
 * enum espencap_format_id - how ESP stands in the UDP payload
 * @ESPENCAP_FORMAT_UNSPEC: never sent
 * @ESPENCAP_FORMAT_BARE: ESP and nothing else
 *	(draft-huttunen-ipsec-esp-in-udp-00, section 3)
 * @ESPENCAP_FORMAT_NON_IKE: 8 zero bytes, then ESP; all else is IKE
 *	(draft-ietf-ipsec-udp-encaps-00, section 2.1)
 * @ESPENCAP_FORMAT_RFC3948: ESP; 4 zero bytes stand before IKE
 *	(RFC 3948, section 2)
 */
enum espencap_format_id {
	ESPENCAP_FORMAT_UNSPEC,
	ESPENCAP_FORMAT_BARE,
	ESPENCAP_FORMAT_NON_IKE,
	ESPENCAP_FORMAT_RFC3948,

	__ESPENCAP_FORMAT_MAX,
	ESPENCAP_FORMAT_MAX = __ESPENCAP_FORMAT_MAX - 1
};

/**
 * enum espencap_origin - where a peer comes from
 * @ESPENCAP_ORIGIN_UNSPEC: never sent
 * @ESPENCAP_ORIGIN_STATIC: added with ESPENCAP_CMD_PEER_ADD
 */
enum espencap_origin {
	ESPENCAP_ORIGIN_UNSPEC,
	ESPENCAP_ORIGIN_STATIC,
};

/**
 * enum espencap_stat - the ways in which a packet can end
 * @ESPENCAP_STAT_UNSPEC: never sent
 * @ESPENCAP_STAT_PAD: padding before 64-bit values
 * @ESPENCAP_STAT_RX_PACKETS: UDP header and marker cut, ESP given to XFRM
 * @ESPENCAP_STAT_RX_BYTES: bytes of ESP in those packets
 * @ESPENCAP_STAT_TX_PACKETS: ESP from XFRM sent in UDP
 * @ESPENCAP_STAT_TX_BYTES: bytes of ESP in those packets
 * @ESPENCAP_STAT_TX_UNENCRYPTED: dropped, as XFRM had left the encryption to
 *	a device or to esp4_offload or esp6_offload
 * @ESPENCAP_STAT_TX_TOO_BIG: dropped, as it must not be fragmented and does
 *	not fit with its UDP header, of which XFRM was told, or as it would
 *	have more than 65535 bytes
 * @ESPENCAP_STAT_TX_NO_ROUTE: dropped, no route to the endpoint
 * @ESPENCAP_STAT_TX_NO_MEMORY: dropped, no memory for the headers
 * @ESPENCAP_STAT_RX_KEEPALIVES: NAT keepalive, swallowed
 * @ESPENCAP_STAT_RX_NOT_ESP: by its framing IKE or another program's: left to
 *	the socket, untouched, like all that follow but RX_NO_MEMORY
 * @ESPENCAP_STAT_RX_UNKNOWN_SPI: no valid SA of this host has this SPI
 * @ESPENCAP_STAT_RX_ENCAP_SA: the SA has an encapsulation template, so that
 *	the kernel serves it itself
 * @ESPENCAP_STAT_RX_MALFORMED: a UDP length that cannot be, or no checksum
 *	over IPv6 (RFC 8200, section 8.1)
 * @ESPENCAP_STAT_RX_NOT_UNICAST: sent to a multicast or broadcast address
 * @ESPENCAP_STAT_RX_AGGREGATED: several datagrams that GRO had merged
 * @ESPENCAP_STAT_RX_NO_MEMORY: dropped, no memory to make it writable
 *
 * A port has all, a peer those that can be told from its SAs.
 */
enum espencap_stat {
	ESPENCAP_STAT_UNSPEC,
	ESPENCAP_STAT_PAD,
	ESPENCAP_STAT_RX_PACKETS,
	ESPENCAP_STAT_RX_BYTES,
	ESPENCAP_STAT_TX_PACKETS,
	ESPENCAP_STAT_TX_BYTES,
	ESPENCAP_STAT_TX_UNENCRYPTED,
	ESPENCAP_STAT_TX_TOO_BIG,
	ESPENCAP_STAT_TX_NO_ROUTE,
	ESPENCAP_STAT_TX_NO_MEMORY,
	ESPENCAP_STAT_RX_KEEPALIVES,
	ESPENCAP_STAT_RX_NOT_ESP,
	ESPENCAP_STAT_RX_UNKNOWN_SPI,
	ESPENCAP_STAT_RX_ENCAP_SA,
	ESPENCAP_STAT_RX_MALFORMED,
	ESPENCAP_STAT_RX_NOT_UNICAST,
	ESPENCAP_STAT_RX_AGGREGATED,
	ESPENCAP_STAT_RX_NO_MEMORY,

	__ESPENCAP_STAT_MAX,
	ESPENCAP_STAT_MAX = __ESPENCAP_STAT_MAX - 1
};

#endif /* _UAPI_ESPENCAP_H */
