// SPDX-License-Identifier: GPL-2.0
/*
 * The table of counters. espencap(7) has the same names and sentences, which
 * tests/unit/cli/counters.sh compares.
 */
#include <stdio.h>

#include "counters.h"
#include "espencap.h"

static const struct counter counters[] = {
	[ESPENCAP_STAT_RX_PACKETS] = { "rx_packets",
"Packets whose UDP header was cut, and whose ESP was given to XFRM; of a peer, those that XFRM has authenticated.",
"If it grows and no plaintext comes out, XFRM drops it: see /proc/net/xfrm_stat, keys, replay windows and policies." },
	[ESPENCAP_STAT_RX_BYTES] = { "rx_bytes",
"Bytes of ESP in them, without UDP and IP headers.",
"There is nothing to be done." },
	[ESPENCAP_STAT_TX_PACKETS] = { "tx_packets",
"Packets of ESP from XFRM that were sent in UDP.",
"If it stays 0 and the peer gets protocol 50 or UDP on port 4500, no peer serves the SA: compare peer show with dst and reqid of the outbound SA." },
	[ESPENCAP_STAT_TX_BYTES] = { "tx_bytes",
"Bytes of ESP in them, without UDP and IP headers.",
"There is nothing to be done." },
	[ESPENCAP_STAT_TX_UNENCRYPTED] = { "tx_unencrypted",
"Packets that were dropped as XFRM had left the encryption to a device or to esp4_offload or esp6_offload, and it could not be done when they were sent.",
"Make the SA without offload; the kernel log names it if it has both encap and offload, and otherwise a NIC's queue for ESP was full." },
	[ESPENCAP_STAT_TX_TOO_BIG] = { "tx_too_big",
"Packets that were dropped as they must not be fragmented and do not fit with their UDP header, or would have more than 65535 bytes; the sender is told EMSGSIZE.",
"There is nothing to be done, unless it goes on growing: then see peer -d for the path MTU, and who filters ICMP." },
	[ESPENCAP_STAT_TX_NO_ROUTE] = { "tx_no_route",
"Packets that were dropped as there is no route to the endpoint.",
"Ask ip route get for the endpoint's address, and see the rules of ip rule that look at UDP." },
	[ESPENCAP_STAT_TX_NO_MEMORY] = { "tx_no_memory",
"Packets that were dropped as there was no memory for their headers.",
"See what takes the memory of this host." },
	[ESPENCAP_STAT_RX_KEEPALIVES] = { "rx_keepalives",
"NAT keepalives of the port's format, which were swallowed.",
"There is nothing to be done: a peer, or who sits at its place, keeps its mapping alive." },
	[ESPENCAP_STAT_RX_NOT_ESP] = { "rx_not_esp",
"Datagrams that are no ESP by the port's format, but IKE or another program's, and went on to the socket untouched.",
"If the peer sends ESP, it speaks another format: espencapctl probe PORT says which." },
	[ESPENCAP_STAT_RX_UNKNOWN_SPI] = { "rx_unknown_spi",
"Datagrams with an SPI that no valid SA for their destination address has, which went on to the socket.",
"Compare the SPI in tcpdump with ip xfrm state: the peer uses an SA that has gone here, or was never made." },
	[ESPENCAP_STAT_RX_ENCAP_SA] = { "rx_encap_sa",
"Datagrams that were left to the kernel: their SA has an encapsulation template, and a socket with UDP_ENCAP has the port; or the template is not that of UDP, or they came out of another SA.",
"There is nothing to be done if ss -ulpn shows your IKE daemon on the port; otherwise end the program that it shows." },
	[ESPENCAP_STAT_RX_MALFORMED] = { "rx_malformed",
"Datagrams with a UDP length that cannot be, or over IPv6 without a checksum.",
"See tcpdump -v: the sender, or a box between, is broken." },
	[ESPENCAP_STAT_RX_NOT_UNICAST] = { "rx_not_unicast",
"Datagrams to a multicast or broadcast address, which went on to the socket.",
"There is nothing to be done: no peer sends there." },
	[ESPENCAP_STAT_RX_NO_MEMORY] = { "rx_no_memory",
"Datagrams that were dropped as there was no memory to change them, or as several came in one piece that cannot be taken apart.",
"See what takes the memory of this host." },
	[ESPENCAP_STAT_PEERS_LEARNED] = { "peers_learned",
"Peers that authenticated packets have made.",
"If it stays 0 while rx_packets grows, see port show for learn off, and ip xfrm state for SAs without an ICV." },
	[ESPENCAP_STAT_PEERS_MOVED] = { "peers_moved",
"Times that an authenticated packet has changed a peer's endpoint.",
"If it grows fast, a NAT forgets its mappings, or two hosts have the same keys: see monitor, and let the peers send keepalives." },
	[ESPENCAP_STAT_PEERS_EXPIRED] = { "peers_expired",
"Learned peers that have gone, as their SAs had or as they have sent without this port's UDP.",
"There is nothing to be done: monitor gives the reason of each." },
	[ESPENCAP_STAT_REFUSED_FULL] = { "refused_full",
"Times that an authenticated packet has made no peer, or moved none to this port, as there are max-learned of them, or as many as there can be; that client gets no answers.",
"Raise max-learned with port set, or see in peer show who they are." },
	[ESPENCAP_STAT_REFUSED_AMBIGUOUS] = { "refused_ambiguous",
"Times that an authenticated packet has made or moved no peer, as another client at the same address has it, and this one's SAs have no reqid of their own, or the port does not learn.",
"Give the SAs of each client a reqid of their own, or add a peer for each." },
	[ESPENCAP_STAT_REFUSED_UNSAFE] = { "refused_unsafe",
"Times that an authenticated packet has made no peer, as its SA has no replay window, so that somebody may have recorded it.",
"Give the SA a replay-window, or add the peer; learn unsafe if you must." },
	[ESPENCAP_STAT_REFUSED_NO_MEMORY] = { "refused_no_memory",
"Times that an authenticated packet has made no peer, as there was no memory for it.",
"See what takes the memory of this host, or of the control group that added the port." },
	[ESPENCAP_STAT_KEEPALIVES_SENT] = { "keepalives_sent",
"NAT keepalives that were sent to peers, which are counted nowhere else.",
"If it stays 0, keepalive is 0, or there was always something else to send, or nothing yet." },
	[ESPENCAP_STAT_TOO_BIG_BELIEVED] = { "too_big_believed",
"Times that a router has told the path MTU to a peer, and was believed.",
"There is nothing to be done: peer -d shows the path MTU of each." },
	[ESPENCAP_STAT_TOO_BIG_REFUSED] = { "too_big_refused",
"ICMP errors about packets that were not sent, or not lately, which changed nothing.",
"There is nothing to be done: somebody tries to slow you down, or a router is late." },
	[ESPENCAP_STAT_SAS_OFFLOADED] = { "sas_offloaded",
"SAs of peers with packet offload, whose ESP the NIC sends by itself and without UDP; each is counted when it or its peer is made or changed.",
"Make the SA without offload packet; the kernel log names it." },
	[ESPENCAP_STAT_RX_DATAGRAMS] = { "rx_datagrams",
"Datagrams that came to the port, each of which has ended in one of the other rx_ counters.",
"If it stays 0, nothing arrives: see espencapctl probe PORT, the firewall and the peer's port." },
};

#define NR_COUNTERS	(sizeof(counters) / sizeof(counters[0]))

const struct counter *counter_of(unsigned int stat)
{
	static char name[sizeof("unknown_4294967295")];
	static const struct counter unknown = { name,
"Only a newer module knows what.",
"Install the espencapctl that came with the module." };

	if (stat < NR_COUNTERS && counters[stat].name)
		return &counters[stat];
	snprintf(name, sizeof(name), "unknown_%u", stat);
	return &unknown;
}
