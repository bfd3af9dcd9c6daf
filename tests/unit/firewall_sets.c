// SPDX-License-Identifier: GPL-2.0
/* The firewall of doctor, before rules that look into sets and maps. */
#include <arpa/inet.h>
#include <string.h>

#include "rules.h"

void test_sets(void)
{
	struct nftnl_set_elem *elem;
	uint8_t key[8] = { IPPROTO_UDP, 0, 0, 0, PORT >> 8, PORT & 0xff };
	uint8_t to[8] = { IPPROTO_UDP, 0, 0, 0, PORT >> 8, PORT & 0xff };

	input(NF_DROP);
	set("s", 0);
	port(500, 0);
	port(PORT, 0);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT, lookup("s", false, false),
	     ACCEPT);
	not_dropped("a set with it");
	input(NF_DROP);
	set("s", 0);
	port(500, 0);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT, lookup("s", false, false),
	     ACCEPT);
	dropped("a set without it", 0, "input");
	input(NF_DROP);
	set("s", 0);
	port(PORT, 0);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT, lookup("s", false, true),
	     ACCEPT);
	dropped("all but a set with it", 0, "input");
	input(NF_DROP);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT, lookup("s", false, false),
	     ACCEPT);
	not_dropped("a set that cannot be read");
	input(NF_DROP);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT, lookup("s", true, false),
	     NULL);
	not_dropped("a map that cannot be read");
	input(NF_DROP);
	set("s", 0);
	elem = port(PORT, 0);
	nftnl_set_elem_set(elem, NFTNL_SET_ELEM_EXPR, simple("limit"), 0);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT, lookup("s", false, true),
	     ACCEPT);
	not_dropped("an element with a limit");
	input(NF_DROP);
	set("s", 0);
	elem = port(PORT, 0);
	nftnl_set_elem_set(elem, NFTNL_SET_ELEM_EXPR, simple("counter"), 0);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT, lookup("s", false, true),
	     ACCEPT);
	dropped("an element with a counter", 0, "input");
	input(NF_DROP);
	set("s", 0);
	element("\1\2\3\4", 4, 0);
	rule("input", SADDR, lookup("s", false, false), ACCEPT);
	not_dropped("a set of addresses");
	input(NF_DROP);
	set("s", 0);
	rule("input", SADDR, lookup("s", false, false), ACCEPT);
	dropped("a set of no addresses", 0, "input");

	input(NF_DROP);
	set("s", NFT_SET_INTERVAL);
	port(0, NFT_SET_ELEM_INTERVAL_END);
	port(2000, 0);
	port(PORT, NFT_SET_ELEM_INTERVAL_END);
	port(PORT, 0);
	port(PORT + 1, NFT_SET_ELEM_INTERVAL_END);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT, lookup("s", false, false),
	     ACCEPT);
	not_dropped("a range of one, behind another");
	input(NF_DROP);
	set("s", NFT_SET_INTERVAL);
	port(PORT + 1, NFT_SET_ELEM_INTERVAL_END);
	port(PORT, 0);
	port(PORT, NFT_SET_ELEM_INTERVAL_END);
	port(2000, 0);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT, lookup("s", false, false),
	     ACCEPT);
	not_dropped("the same, told the other way round");
	input(NF_DROP);
	set("s", NFT_SET_INTERVAL);
	port(0, NFT_SET_ELEM_INTERVAL_END);
	port(PORT + 1, 0);
	port(PORT, NFT_SET_ELEM_INTERVAL_END);
	port(2000, 0);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT, lookup("s", false, false),
	     ACCEPT);
	dropped("two ranges, and it between them", 0, "input");

	input(NF_ACCEPT);
	chain("a");
	set("s", NFT_SET_MAP | NFT_SET_INTERVAL);
	port(0, NFT_SET_ELEM_INTERVAL_END);
	port_verdict(1000, 0, NFT_JUMP, "a");
	port(3000, NFT_SET_ELEM_INTERVAL_END);
	port_verdict(4500, 0, NF_ACCEPT, NULL);
	port(4501, NFT_SET_ELEM_INTERVAL_END);
	rule("a", DROP);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT, lookup("s", true, false),
	     NULL);
	dropped("a map of ranges to verdicts", 1, "a");
	input(NF_ACCEPT);
	set("s", NFT_SET_MAP);
	port_verdict(500, 0, NF_ACCEPT, NULL);
	elem = element(NULL, 0, 2);
	nftnl_set_elem_set_u32(elem, NFTNL_SET_ELEM_VERDICT, NF_DROP);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT, lookup("s", true, false),
	     NULL);
	dropped("a map with a rest", 1, "input");
	input(NF_ACCEPT);
	set("s", NFT_SET_MAP);
	element("\1\2\3\4", 4, 0);
	rule("input", SADDR, lookup("s", true, false), NULL);
	rule("input", DROP);
	dropped("a map of addresses, each of which drops", 2, "input");

	input(NF_DROP);
	set("s", NFT_SET_INTERVAL | NFT_SET_CONCAT);
	ruleset.sets[0].fields = (const uint8_t *)"\1\2";
	ruleset.sets[0].nr_fields = 2;
	elem = element(key, sizeof(key), 0);
	to[4] = 0xff;
	nftnl_set_elem_set(elem, NFTNL_SET_ELEM_KEY_END, to, sizeof(to));
	rule("input", meta(NFT_META_L4PROTO),
	     payload_to(NFT_REG32_01, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2),
	     lookup("s", false, false), ACCEPT);
	not_dropped("ranges of two fields, and it is in both");
	input(NF_DROP);
	set("s", NFT_SET_INTERVAL | NFT_SET_CONCAT);
	ruleset.sets[0].fields = (const uint8_t *)"\1\2";
	ruleset.sets[0].nr_fields = 2;
	key[0] = to[0] = IPPROTO_TCP;
	elem = element(key, sizeof(key), 0);
	nftnl_set_elem_set(elem, NFTNL_SET_ELEM_KEY_END, to, sizeof(to));
	rule("input", meta(NFT_META_L4PROTO),
	     payload_to(NFT_REG32_01, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2),
	     lookup("s", false, false), ACCEPT);
	dropped("ranges of two fields, and it is in one of them", 0, "input");
}
