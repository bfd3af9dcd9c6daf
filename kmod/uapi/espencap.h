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

/* Notifications go to this multicast group; to join needs CAP_NET_ADMIN, too. */
#define ESPENCAP_GENL_EVENTS	"events"

/* The most ports and peers that one network namespace can have. */
#define ESPENCAP_MAX_PORTS	4096
#define ESPENCAP_MAX_PEERS	262144
/* How many peers can be at the same address and UDP port. */
#define ESPENCAP_MAX_SHARED	4096

/* What MAX_LEARNED is when it is not given. */
#define ESPENCAP_MAX_LEARNED	32768

/* Seconds for which a learned peer outlives its last inbound SA, at least. */
#define ESPENCAP_LINGER		60

/* Instead of so many seconds ago. */
#define ESPENCAP_NEVER		0xffffffffU

/* Packets of one CPU whose authentication can be under way at a time. */
#define ESPENCAP_CANDIDATES	64

/**
 * enum espencap_cmd - what can be asked of the family
 * @ESPENCAP_CMD_UNSPEC: never sent
 * @ESPENCAP_CMD_PORT_ADD: start to serve a local UDP port.
 *	Needs PORT and FORMAT; takes LEARN, MAX_LEARNED, KEEPALIVE and
 *	KEEPALIVE_BYTES. Errors: EEXIST, ENOSPC (ESPENCAP_MAX_PORTS), EINVAL,
 *	ENOMEM. A successful answer can carry a note in NLMSGERR_ATTR_MSG:
 *	some socket has UDP_ENCAP set on that port.
 * @ESPENCAP_CMD_PORT_DEL: stop serving it; the peers learned on it go as well.
 *	Needs PORT. Errors: ENOENT, EBUSY (peers that were added use it).
 * @ESPENCAP_CMD_PORT_GET: answers with a message of this command that carries
 *	PORT, FORMAT, LEARN, MAX_LEARNED, LEARNED, LINGER, CANDIDATES,
 *	KEEPALIVE, KEEPALIVE_BYTES, ENCAP_SOCKET (if there is one), LAST_RX, LAST_TX
 *	and STATS. Needs PORT, or NLM_F_DUMP without it. Errors: ENOENT.
 * @ESPENCAP_CMD_PEER_ADD: put the ESP for a destination into UDP. A learned
 *	peer of the same ADDRESS and REQID makes room for it.
 *	Needs ADDRESS and PORT; takes REQID, ENDPOINT_ADDRESS, ENDPOINT_PORT,
 *	PIN, MOVED and KEEPALIVE; and ORIGIN, with which it can be a learned peer, as
 *	another gateway has learned it: then without PIN and KEEPALIVE. Such a one moves
 *	and goes like those that were learned here. Errors: EEXIST, ENOENT (the port was not added),
 *	ENOSPC (ESPENCAP_MAX_PEERS, ESPENCAP_MAX_SHARED, MAX_LEARNED), EINVAL (also: an
 *	address of this host), ENOMEM.
 * @ESPENCAP_CMD_PEER_DEL: stop it. Needs ADDRESS; takes REQID, without which
 *	it is the peer that was added without one, or was learned from SAs
 *	without one, or else the only one at that address. With ORIGIN, only one of
 *	just this origin and REQID. Errors: ENOENT, ENOTUNIQ, EINVAL.
 * @ESPENCAP_CMD_PEER_GET: only with NLM_F_DUMP; takes ADDRESS as a filter.
 *	Answers with messages of this command that carry ADDRESS, REQID (if
 *	the peer has one), PORT, ENDPOINT_ADDRESS, ENDPOINT_PORT, ORIGIN, PIN
 *	(if it is pinned), MOVED (if it has), KEEPALIVE (if it has its own), MTU and
 *	MTU_LEFT (if a router has told one), LAST_RX, LAST_TX and STATS.
 * @ESPENCAP_CMD_FLUSH: remove all peers, then all ports.
 * @ESPENCAP_CMD_PORT_SET: change a port. Needs PORT; takes LEARN, MAX_LEARNED,
 *	KEEPALIVE and KEEPALIVE_BYTES, and leaves what is not given. Peers
 *	that were learned stay. Errors: ENOENT, EINVAL.
 * @ESPENCAP_CMD_PEER_SET: change a peer that was added, without a gap in service. Needs
 *	ADDRESS, and REQID if it has one; takes PIN and KEEPALIVE, without which it
 *	is not pinned and has its port's keepalive; PORT and ENDPOINT_ADDRESS with
 *	ENDPOINT_PORT, and with them MOVED, without which it stays where it is.
 *	Whoever wants to leave PIN and KEEPALIVE as they are has to ask for them
 *	before. Errors: ENOENT (the peer or the port was not added), ENOSPC
 *	(ESPENCAP_MAX_SHARED), EINVAL (also: half of an endpoint, an address of this
 *	host), ENOMEM.
 * @ESPENCAP_CMD_EVENT: never asked for: sent to ESPENCAP_GENL_EVENTS. Carries
 *	EVENT and what PORT_GET or PEER_GET would, without STATS, ENCAP_SOCKET, LAST_RX
 *	and LAST_TX; for
 *	ESPENCAP_EVENT_PEER_MOVED also FROM_ADDRESS and FROM_PORT, for
 *	ESPENCAP_EVENT_PEER_EXPIRED also REASON; for
 *	ESPENCAP_EVENT_PEER_REFUSED ADDRESS, REQID, PORT, ENDPOINT_ADDRESS,
 *	ENDPOINT_PORT and REASON. Events come in the order of what happened.
 *	About four ESPENCAP_EVENT_PEER_REFUSED a second and reason are sent, no more.
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
	ESPENCAP_CMD_PORT_SET,
	ESPENCAP_CMD_EVENT,
	ESPENCAP_CMD_PEER_SET,
};

/**
 * enum espencap_attr - attributes of every command
 * @ESPENCAP_A_UNSPEC: never sent
 * @ESPENCAP_A_PAD: padding before 64-bit values
 * @ESPENCAP_A_PORT: u16, 1 to 65535: the local UDP port
 * @ESPENCAP_A_FORMAT: u8, enum espencap_format_id
 * @ESPENCAP_A_ADDRESS: binary, 4 bytes (IPv4) or 16 (IPv6): where XFRM sends
 *	ESP to, which is the destination address of the outbound SA. Errors, of an
 *	IPv6 one wherever it is given: EAFNOSUPPORT (this kernel was started without)
 * @ESPENCAP_A_REQID: u32, from 1: the peer serves only SAs of this reqid;
 *	without it, all SAs to that address that no other peer serves
 * @ESPENCAP_A_ENDPOINT_ADDRESS: binary, of ADDRESS's length: where the UDP
 *	packets go; by default ADDRESS
 * @ESPENCAP_A_ENDPOINT_PORT: u16, 1 to 65535: the UDP port they go to; by
 *	default PORT
 * @ESPENCAP_A_ORIGIN: u8, enum espencap_origin
 * @ESPENCAP_A_STATS: nested; each attribute in it is a u64 whose type is an
 *	enum espencap_stat
 * @ESPENCAP_A_LEARN: u8, enum espencap_learn; by default ESPENCAP_LEARN_ON
 * @ESPENCAP_A_MAX_LEARNED: u32, 0 to ESPENCAP_MAX_PEERS: how many learned
 *	peers the port may have; by default ESPENCAP_MAX_LEARNED
 * @ESPENCAP_A_LEARNED: u32: how many it has
 * @ESPENCAP_A_LINGER: u32, seconds: ESPENCAP_LINGER
 * @ESPENCAP_A_CANDIDATES: u32: ESPENCAP_CANDIDATES; only with asynchronous
 *	cryptography there can be more at a time, and those that are too many
 *	make and move no peer
 * @ESPENCAP_A_KEEPALIVE: u16, seconds, 0 for none: a peer to which nothing was
 *	sent for that long is sent a keepalive. A port's is that of all its
 *	peers that have none of their own; by default 0.
 * @ESPENCAP_A_KEEPALIVE_BYTES: u8, enum espencap_keepalive: one that the
 *	format knows: ESPENCAP_FORMAT_BARE all, the others FF; by default EMPTY
 *	for ESPENCAP_FORMAT_BARE, else FF
 * @ESPENCAP_A_PIN: flag: the peer's endpoint stays as it is
 * @ESPENCAP_A_EVENT: u8, enum espencap_event
 * @ESPENCAP_A_FROM_ADDRESS: binary: the endpoint's address before it moved
 * @ESPENCAP_A_FROM_PORT: u16: the endpoint's UDP port before it moved
 * @ESPENCAP_A_REASON: u8, enum espencap_reason
 * @ESPENCAP_A_MTU: u32: of a peer to which something was sent: bytes of the largest
 *	packet to it that need not be fragmented, from the outer IP header on, when
 *	the last one was sent
 * @ESPENCAP_A_MTU_LEFT: u32, seconds: a router has told that MTU, and it will be
 *	forgotten then
 * @ESPENCAP_A_MOVED: flag: the peer has moved since its endpoint was given
 * @ESPENCAP_A_LAST_RX: u32, seconds since the last packet that counts as
 *	ESPENCAP_STAT_RX_PACKETS, give or take about one;
 *	ESPENCAP_NEVER if there was none
 * @ESPENCAP_A_LAST_TX: u32, seconds since the last one that counts as
 *	ESPENCAP_STAT_TX_PACKETS; keepalives do not
 * @ESPENCAP_A_ENCAP_SOCKET: flag: some socket has UDP_ENCAP set on the port, so that
 *	the kernel serves SAs with a template there
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
	ESPENCAP_A_LEARN,
	ESPENCAP_A_MAX_LEARNED,
	ESPENCAP_A_LEARNED,
	ESPENCAP_A_LINGER,
	ESPENCAP_A_CANDIDATES,
	ESPENCAP_A_KEEPALIVE,
	ESPENCAP_A_KEEPALIVE_BYTES,
	ESPENCAP_A_PIN,
	ESPENCAP_A_EVENT,
	ESPENCAP_A_FROM_ADDRESS,
	ESPENCAP_A_FROM_PORT,
	ESPENCAP_A_REASON,
	ESPENCAP_A_MTU,
	ESPENCAP_A_MTU_LEFT,
	ESPENCAP_A_MOVED,
	ESPENCAP_A_LAST_RX,
	ESPENCAP_A_LAST_TX,
	ESPENCAP_A_ENCAP_SOCKET,

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
 * @ESPENCAP_ORIGIN_LEARNED: made by a packet that XFRM had authenticated, here or
 *	on another gateway; it serves only SAs of its REQID, which may be 0
 */
enum espencap_origin {
	ESPENCAP_ORIGIN_UNSPEC,
	ESPENCAP_ORIGIN_STATIC,
	ESPENCAP_ORIGIN_LEARNED,
};

/**
 * enum espencap_learn - does a port make peers by itself?
 * @ESPENCAP_LEARN_UNSPEC: never sent
 * @ESPENCAP_LEARN_OFF: no
 * @ESPENCAP_LEARN_ON: from packets that are authenticated and that no replay
 *	can be
 * @ESPENCAP_LEARN_UNSAFE: also from authenticated packets of SAs without a
 *	replay window, which somebody may have recorded and sent again
 *
 * Without an ICV there is no authentication: such SAs make no peer ever.
 */
enum espencap_learn {
	ESPENCAP_LEARN_UNSPEC,
	ESPENCAP_LEARN_OFF,
	ESPENCAP_LEARN_ON,
	ESPENCAP_LEARN_UNSAFE,

	__ESPENCAP_LEARN_MAX,
	ESPENCAP_LEARN_MAX = __ESPENCAP_LEARN_MAX - 1
};

/**
 * enum espencap_keepalive - the payload of keepalives that are sent
 * @ESPENCAP_KEEPALIVE_UNSPEC: never sent
 * @ESPENCAP_KEEPALIVE_EMPTY: none (draft-huttunen-ipsec-esp-in-udp-00,
 *	section 5)
 * @ESPENCAP_KEEPALIVE_FF: FF (RFC 3948, section 2.3)
 * @ESPENCAP_KEEPALIVE_00000000FF: 00 00 00 00 FF (vpnc)
 */
enum espencap_keepalive {
	ESPENCAP_KEEPALIVE_UNSPEC,
	ESPENCAP_KEEPALIVE_EMPTY,
	ESPENCAP_KEEPALIVE_FF,
	ESPENCAP_KEEPALIVE_00000000FF,

	__ESPENCAP_KEEPALIVE_MAX,
	ESPENCAP_KEEPALIVE_MAX = __ESPENCAP_KEEPALIVE_MAX - 1
};

/**
 * enum espencap_event - what has happened
 * @ESPENCAP_EVENT_UNSPEC: never sent
 * @ESPENCAP_EVENT_PORT_ADDED: a port was added
 * @ESPENCAP_EVENT_PORT_CHANGED: by ESPENCAP_CMD_PORT_SET
 * @ESPENCAP_EVENT_PORT_DELETED: a port was deleted
 * @ESPENCAP_EVENT_PEER_ADDED: a peer was added
 * @ESPENCAP_EVENT_PEER_LEARNED: an authenticated packet has made a peer
 * @ESPENCAP_EVENT_PEER_MOVED: an authenticated packet came from elsewhere
 * @ESPENCAP_EVENT_PEER_EXPIRED: a learned peer has gone by itself
 * @ESPENCAP_EVENT_PEER_DELETED: a peer was deleted, alone or with its port
 * @ESPENCAP_EVENT_PEER_REFUSED: an authenticated packet has made no peer
 * @ESPENCAP_EVENT_PEER_CHANGED: a peer was set
 */
enum espencap_event {
	ESPENCAP_EVENT_UNSPEC,
	ESPENCAP_EVENT_PORT_ADDED,
	ESPENCAP_EVENT_PORT_CHANGED,
	ESPENCAP_EVENT_PORT_DELETED,
	ESPENCAP_EVENT_PEER_ADDED,
	ESPENCAP_EVENT_PEER_LEARNED,
	ESPENCAP_EVENT_PEER_MOVED,
	ESPENCAP_EVENT_PEER_EXPIRED,
	ESPENCAP_EVENT_PEER_DELETED,
	ESPENCAP_EVENT_PEER_REFUSED,
	ESPENCAP_EVENT_PEER_CHANGED,
};

/**
 * enum espencap_reason - why a peer expired or was refused
 * @ESPENCAP_REASON_UNSPEC: never sent
 * @ESPENCAP_REASON_SA_GONE: no inbound SA of its address and reqid is left
 * @ESPENCAP_REASON_NATIVE: the peer has sent without this port's UDP
 * @ESPENCAP_REASON_FULL: MAX_LEARNED or ESPENCAP_MAX_PEERS is reached
 * @ESPENCAP_REASON_AMBIGUOUS: another client at the same address has the peer,
 *	and this one cannot have its own: its SAs have no reqid, or the port
 *	does not learn
 * @ESPENCAP_REASON_UNSAFE: the SA has no replay window, and the port was not
 *	added with ESPENCAP_LEARN_UNSAFE
 * @ESPENCAP_REASON_NO_MEMORY: there is no memory
 */
enum espencap_reason {
	ESPENCAP_REASON_UNSPEC,
	ESPENCAP_REASON_SA_GONE,
	ESPENCAP_REASON_NATIVE,
	ESPENCAP_REASON_FULL,
	ESPENCAP_REASON_AMBIGUOUS,
	ESPENCAP_REASON_UNSAFE,
	ESPENCAP_REASON_NO_MEMORY,

	__ESPENCAP_REASON_MAX,
	ESPENCAP_REASON_MAX = __ESPENCAP_REASON_MAX - 1
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
 *	a device, esp4_offload or esp6_offload, and could not do it when asked
 * @ESPENCAP_STAT_TX_TOO_BIG: dropped, as it must not be fragmented and does not
 *	fit with its UDP header, which XFRM has known and the sender is told by
 *	EMSGSIZE; or as it would have more than 65535 bytes
 * @ESPENCAP_STAT_TX_NO_ROUTE: dropped, no route to the endpoint
 * @ESPENCAP_STAT_TX_NO_MEMORY: dropped, no memory for the headers
 * @ESPENCAP_STAT_RX_KEEPALIVES: NAT keepalive, swallowed
 * @ESPENCAP_STAT_RX_NOT_ESP: by its framing IKE or another program's: left to
 *	the socket, untouched, like all that follow but RX_NO_MEMORY
 * @ESPENCAP_STAT_RX_UNKNOWN_SPI: no valid SA of this host has this SPI
 * @ESPENCAP_STAT_RX_ENCAP_SA: the SA has an encapsulation template, and a
 *	socket with UDP_ENCAP has the port, so that the kernel serves it; or the
 *	template is not that of UDP, or the datagram came out of another SA
 * @ESPENCAP_STAT_RX_MALFORMED: a UDP length that cannot be, or no checksum
 *	over IPv6 (RFC 8200, section 8.1)
 * @ESPENCAP_STAT_RX_NOT_UNICAST: sent to a multicast or broadcast address
 * @ESPENCAP_STAT_RX_NO_MEMORY: dropped, no memory to make it writable; or several
 *	that came in one piece and cannot be taken apart
 * @ESPENCAP_STAT_PEERS_LEARNED: not packets, like all that follow: peers that
 *	authenticated packets have made
 * @ESPENCAP_STAT_PEERS_MOVED: times that a peer's endpoint has changed
 * @ESPENCAP_STAT_PEERS_EXPIRED: learned peers that have gone by themselves
 * @ESPENCAP_STAT_REFUSED_FULL: times that ESPENCAP_REASON_FULL made no peer
 * @ESPENCAP_STAT_REFUSED_AMBIGUOUS: for ESPENCAP_REASON_AMBIGUOUS, no peer, or
 *	no move
 * @ESPENCAP_STAT_REFUSED_UNSAFE: for ESPENCAP_REASON_UNSAFE
 * @ESPENCAP_STAT_REFUSED_NO_MEMORY: for ESPENCAP_REASON_NO_MEMORY
 * @ESPENCAP_STAT_KEEPALIVES_SENT: NAT keepalives, which are counted as no
 *	other traffic
 * @ESPENCAP_STAT_TOO_BIG_BELIEVED: times that a router has told a path MTU
 * @ESPENCAP_STAT_TOO_BIG_REFUSED: times that somebody has told one, but could not
 *	quote what only those see through whose hands the packets go
 * @ESPENCAP_STAT_SAS_OFFLOADED: SAs of peers that have packet offload, so that
 *	their ESP goes out without UDP: each is counted when it is made or
 *	changed, or the peer is
 * @ESPENCAP_STAT_RX_DATAGRAMS: datagrams that came to the port; each ends in just
 *	one of the RX_ counters above but RX_BYTES. One that GRO had merged is as
 *	many as it was, or one if there was no memory to part them
 *
 * A port has all. A peer has the first, TX as a port has them, and RX for
 * packets that XFRM has authenticated.
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
	ESPENCAP_STAT_RX_NO_MEMORY,
	ESPENCAP_STAT_PEERS_LEARNED,
	ESPENCAP_STAT_PEERS_MOVED,
	ESPENCAP_STAT_PEERS_EXPIRED,
	ESPENCAP_STAT_REFUSED_FULL,
	ESPENCAP_STAT_REFUSED_AMBIGUOUS,
	ESPENCAP_STAT_REFUSED_UNSAFE,
	ESPENCAP_STAT_REFUSED_NO_MEMORY,
	ESPENCAP_STAT_KEEPALIVES_SENT,
	ESPENCAP_STAT_TOO_BIG_BELIEVED,
	ESPENCAP_STAT_TOO_BIG_REFUSED,
	ESPENCAP_STAT_SAS_OFFLOADED,
	ESPENCAP_STAT_RX_DATAGRAMS,

	__ESPENCAP_STAT_MAX,
	ESPENCAP_STAT_MAX = __ESPENCAP_STAT_MAX - 1
};

#endif /* _UAPI_ESPENCAP_H */
