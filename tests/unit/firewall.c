// SPDX-License-Identifier: GPL-2.0
/*
 * The firewall of doctor, before rules that are made by hand: as nft and iptables-nft
 * make them (nft --debug=netlink shows them so), and as nobody would. Prints KTAP.
 *
 * Whether the kernel does the same with packets, tests/scenarios/42-doctor.sh sees.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_multiport.h>
#include <linux/netfilter/xt_policy.h>
#include <linux/netfilter/xt_tcpudp.h>

#include "rules.h"

#define NEW		8	/* of ct state */
#define ESTABLISHED	2
#define UNTRACKED	64

struct options options;

/* What the tool's files want of espencapctl.c. */
void refused(const char *format, ...)
{
	(void)format;
	abort();
}

static void test_rules(void)
{
	not_dropped("no rules");
	input(NF_ACCEPT);
	not_dropped("policy accept");
	input(NF_DROP);
	dropped("policy drop", 0, "input");
	input(NF_ACCEPT);
	rule("input", L4(IPPROTO_UDP), DPORT(PORT), COUNTER, DROP);
	dropped("a rule for the port", 1, "input");
	input(NF_ACCEPT);
	rule("input", L4(IPPROTO_UDP), DPORT(500), DROP);
	not_dropped("a rule for another port");
	input(NF_ACCEPT);
	rule("input", L4(IPPROTO_TCP), DPORT(PORT), DROP);
	not_dropped("a rule for TCP");
	input(NF_ACCEPT);
	rule("input", simple("reject"), NULL);
	dropped("reject", 1, "input");
	input(NF_DROP);
	rule("input", L4(IPPROTO_UDP), DPORT(PORT), ACCEPT);
	not_dropped("policy drop, and a rule that accepts");
	input(NF_DROP);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT,
	     cmp16(NFT_CMP_GTE, PORT), cmp16(NFT_CMP_LTE, PORT), ACCEPT);
	not_dropped("a range that begins and ends with it");
	input(NF_DROP);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT,
	     cmp16(NFT_CMP_GT, PORT), ACCEPT);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT,
	     cmp16(NFT_CMP_LT, PORT), ACCEPT);
	rule("input", L4(IPPROTO_UDP), LOAD_DPORT,
	     cmp16(NFT_CMP_NEQ, PORT), ACCEPT);
	dropped("all ports but this one", 0, "input");
	input(NF_DROP);
	rule("input", SADDR, cmp32(NFT_CMP_EQ, 1), ACCEPT);
	not_dropped("an address that may be accepted");
	input(NF_ACCEPT);
	rule("input", SADDR, cmp32(NFT_CMP_EQ, 1), DROP);
	not_dropped("an address that may be dropped");
	input(NF_ACCEPT);
	rule("input", SADDR, cmp32(NFT_CMP_EQ, 1), DROP);
	rule("input", SADDR, cmp32(NFT_CMP_NEQ, 1), simple("reject"), NULL);
	not_dropped("one or the other drops it: more than is known");
	input(NF_ACCEPT);
	rule("input", simple("limit"), ACCEPT);
	rule("input", DROP);
	not_dropped("a limit, up to which it is accepted");
	input(NF_ACCEPT);
	rule("input", simple("limit"), DROP);
	not_dropped("a limit, above which it is dropped");
	input(NF_DROP);
	rule("input", DROP);
	dropped("a rule before the policy", 1, "input");
	input(NF_ACCEPT);
	rule("input", SADDR, mask(0), cmp32(NFT_CMP_EQ, 0), DROP);
	dropped("any address", 1, "input");
	input(NF_ACCEPT);
	rule("input", payload_to(NFT_REG_1, NFT_PAYLOAD_TRANSPORT_HEADER, 8, 4),
	     cmp32(NFT_CMP_EQ, 0), DROP);
	not_dropped("what stands behind the UDP header");
	input(NF_ACCEPT);
	rule("input", payload_to(NFT_REG_1, NFT_PAYLOAD_TRANSPORT_HEADER, 60000, 16),
	     cmp32(NFT_CMP_EQ, 0), DROP);
	not_dropped("what stands far behind it");
	input(NF_ACCEPT);
	rule("input", simple("queue"), NULL);
	rule("input", DROP);
	not_dropped("a program that decides");
	input(NF_DROP);
	rule("input", LO, ACCEPT);
	rule("input", meta(NFT_META_IIF), cmp32(NFT_CMP_EQ, 1), ACCEPT);
	rule("input", CT(ESTABLISHED), ACCEPT);
	rule("input", meta(NFT_META_SECPATH), cmp8(1), ACCEPT);
	rule("input", L4(IPPROTO_ESP), ACCEPT);
	dropped("lo, established, and what came out of an SA: nothing of it is it",
		0, "input");
	input(NF_DROP);
	rule("input", meta(NFT_META_IIFNAME), cmp(NFT_CMP_EQ, "lo", 2), ACCEPT);
	not_dropped("lo*, which may be local0");
	input(NF_DROP);
	rule("input", CT(NEW | ESTABLISHED), ACCEPT);
	not_dropped("new ones are accepted");
	input(NF_ACCEPT);
	rule("input", CT(NEW), DROP);
	dropped("new ones are dropped", 1, "input");
	input(NF_ACCEPT);
	base("raw", NFPROTO_INET, NF_INET_PRE_ROUTING, -300, NF_ACCEPT);
	rule("raw", L4(IPPROTO_UDP), simple("notrack"), NULL);
	rule("input", CT(NEW), DROP);
	not_dropped("new ones, but it is not tracked");
	input(NF_ACCEPT);
	base("raw", NFPROTO_INET, NF_INET_PRE_ROUTING, -300, NF_ACCEPT);
	rule("raw", CT(NEW), DROP);
	not_dropped("new ones, before tracking");
}

static void test_hooks(void)
{
	struct packet out = {
		.family = NFPROTO_IPV6, .protocol = IPPROTO_UDP, .port = PORT,
		.is_outgoing = true,
	};
	struct culprit culprit;

	base("forward", NFPROTO_INET, NF_INET_FORWARD, 0, NF_DROP);
	base("output", NFPROTO_INET, NF_INET_LOCAL_OUT, 0, NF_DROP);
	not_dropped("what is forwarded or sent is another matter");
	base("late", NFPROTO_INET, NF_INET_LOCAL_IN, 299, NF_DROP);
	not_dropped("after espencap has taken it");
	base("ip6", NFPROTO_IPV6, NF_INET_LOCAL_IN, 0, NF_DROP);
	result(drops_in(NFPROTO_IPV6, IPPROTO_UDP, &culprit),
	       "a table for IPv6 drops IPv6");
	not_dropped("but not IPv4");
	base("input", NFPROTO_INET, NF_INET_LOCAL_IN, 0, NF_ACCEPT);
	base("second", NFPROTO_INET, NF_INET_LOCAL_IN, 10, NF_DROP);
	rule("input", ACCEPT);
	dropped("accepted by one chain, dropped by the next", 0, "second");
	base("nat", NFPROTO_INET, NF_INET_PRE_ROUTING, -100, NF_ACCEPT);
	input(NF_DROP);
	rule("nat", L4(IPPROTO_UDP), DPORT(PORT), nat(NFT_NAT_DNAT), NULL);
	not_dropped("it is sent elsewhere before");
	base("nat", NFPROTO_INET, NF_INET_PRE_ROUTING, -100, NF_ACCEPT);
	input(NF_DROP);
	rule("nat", L4(IPPROTO_UDP), DPORT(53), nat(NFT_NAT_DNAT), NULL);
	dropped("another port is sent elsewhere", 0, "input");
	base("mangle", NFPROTO_INET, NF_INET_PRE_ROUTING, -150, NF_ACCEPT);
	input(NF_DROP);
	rule("mangle", payload_write(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2), NULL);
	not_dropped("somebody gives it another port");
	base("mangle", NFPROTO_INET, NF_INET_PRE_ROUTING, -150, NF_ACCEPT);
	input(NF_DROP);
	rule("mangle", payload_write(NFT_PAYLOAD_NETWORK_HEADER, 0, 2), NULL);
	dropped("somebody gives it a DSCP", 0, "input");
	base("mangle", NFPROTO_INET, NF_INET_PRE_ROUTING, -150, NF_ACCEPT);
	input(NF_DROP);
	rule("mangle", payload_write(NFT_PAYLOAD_NETWORK_HEADER, 16, 4), NULL);
	not_dropped("somebody gives it another address");
	base("nat", NFPROTO_INET, NF_INET_PRE_ROUTING, 100, NF_ACCEPT);
	input(NF_DROP);
	rule("nat", nat(NFT_NAT_DNAT), NULL);
	not_dropped("the hook goes before the priority");
	base("second", NFPROTO_INET, NF_INET_LOCAL_IN, 10, NF_DROP);
	base("third", NFPROTO_INET, NF_INET_LOCAL_IN, -10, NF_ACCEPT);
	rule("third", payload_write(NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2), NULL);
	not_dropped("the lower priority comes first");

	base("output", NFPROTO_INET, NF_INET_LOCAL_OUT, 0, NF_DROP);
	rule("output", meta(NFT_META_OIFNAME), cmp(NFT_CMP_EQ, "lo", 3), ACCEPT);
	rule("output", L4(IPPROTO_UDP), DPORT(PORT), ACCEPT);
	result(!firewall_drops(&ruleset, &out, &culprit) && culprit.needs_port,
	       "out: the peer's port is not known, and asked for");
	out.their_port = 40000;
	result(firewall_drops(&ruleset, &out, &culprit) && !culprit.needs_port,
	       "out: the peer's port is known");
	out.their_port = 0;
	forget();
	base("output", NFPROTO_INET, NF_INET_LOCAL_OUT, 0, NF_ACCEPT);
	rule("output", L4(IPPROTO_UDP),
	     payload_to(NFT_REG_1, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 2),
	     cmp16(NFT_CMP_EQ, PORT), DROP);
	result(firewall_drops(&ruleset, &out, &culprit), "out: ours is");
	forget();
	base("output", NFPROTO_INET, NF_INET_LOCAL_OUT, 0, NF_DROP);
	rule("output", L4(IPPROTO_ESP), ACCEPT);
	result(firewall_drops(&ruleset, &out, &culprit),
	       "out: ESP may go, UDP may not");
	forget();
	base("output", NFPROTO_INET, NF_INET_LOCAL_OUT, -300, NF_DROP);
	sort();
	result(!firewall_drops(&ruleset, &out, &culprit),
	       "out: before espencap, it is not UDP yet");
	forget();
	input(NF_DROP);
	rule("input", L4(IPPROTO_ESP), ACCEPT);
	result(drops_in(NFPROTO_IPV4, IPPROTO_UDP, &culprit) &&
	       !drops_in(NFPROTO_IPV4, IPPROTO_ESP, &culprit),
	       "UDP is dropped, and ESP is not");
	forget();
}

static void test_chains(void)
{
	char name[16], next[16];
	clock_t began;
	int i;

	input(NF_ACCEPT);
	chain("a");
	rule("a", DROP);
	rule("input", JUMP("a"));
	dropped("a jump", 1, "a");
	input(NF_DROP);
	chain("a");
	rule("a", RETURN);
	rule("a", DROP);
	rule("input", JUMP("a"));
	rule("input", ACCEPT);
	not_dropped("a jump that comes back");
	input(NF_DROP);
	chain("a");
	rule("input", GOTO("a"));
	rule("input", ACCEPT);
	dropped("a goto that comes back, but not to the next rule", 0, "input");
	input(NF_DROP);
	chain("a");
	chain("b");
	rule("b", LO, ACCEPT);
	rule("a", GOTO("b"));
	rule("input", JUMP("a"));
	rule("input", ACCEPT);
	not_dropped("a goto behind a jump comes back to where that was");
	input(NF_ACCEPT);
	chain("a");
	rule("a", DROP);
	rule("input", SADDR, cmp32(NFT_CMP_EQ, 1), RETURN);
	rule("input", JUMP("a"));
	not_dropped("a return that is possible");

	input(NF_DROP);
	chain("a");
	chain("b");
	rule("a", JUMP("b"));
	rule("b", JUMP("a"));
	rule("input", JUMP("a"));
	not_dropped("a circle");
	input(NF_DROP);
	chain("a");
	rule("input", JUMP("a"));
	rule("a", JUMP("a"));
	rule("a", JUMP("a"));
	not_dropped("a chain that calls itself, twice");
	input(NF_DROP);
	rule("input", JUMP("nowhere"));
	not_dropped("a jump to nowhere");
	input(NF_DROP);
	for (i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "a%d", i);
		chain(name);
	}
	rule("input", JUMP("a0"));
	for (i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "a%d", i);
		snprintf(next, sizeof(next), "a%d", i + 1);
		rule(name, JUMP(next));
	}
	not_dropped("deeper than the kernel allows");
	input(NF_DROP);
	rule("input", JUMP("a0"));
	for (i = 0; i < 16; i++) {
		snprintf(name, sizeof(name), "a%d", i);
		snprintf(next, sizeof(next), "a%d", i + 1);
		chain(name);
		rule(name, JUMP(next));
		rule(name, JUMP(next));
		rule(name, JUMP(next));
		rule(name, JUMP(next));
	}
	chain("a16");
	rule("a16", LO, ACCEPT);
	began = clock();
	dropped("4 jumps in each of 16 chains, one after the other", 0, "input");
	result(clock() - began < CLOCKS_PER_SEC,
	       "and that takes no time");
}

/* What is asked for on the way out: the peer's port, or ours. */
static void asks_port(const char *name, bool expected, struct nftnl_expr *match)
{
	const struct packet out = {
		.family = NFPROTO_IPV4, .protocol = IPPROTO_UDP, .port = PORT,
		.is_outgoing = true,
	};
	struct culprit culprit;

	base("output", NFPROTO_INET, NF_INET_LOCAL_OUT, 0, NF_DROP);
	rule("output", SADDR, cmp32(NFT_CMP_EQ, 1), ACCEPT);
	rule("output", match, ACCEPT);
	result(!firewall_drops(&ruleset, &out, &culprit) &&
	       culprit.needs_port == expected, name);
	forget();
}

static void test_ports_asked_for(void)
{
	struct xt_udp udp = { .spts = { PORT, PORT }, .dpts = { 0, 0xffff } };
	struct xt_multiport_v1 multi = {
		.flags = XT_MULTIPORT_SOURCE, .count = 1, .ports = { PORT },
	};

	asks_port("iptables: ours is asked for", false,
		  xt("match", "udp", 0, &udp, sizeof(udp)));
	udp.dpts[0] = 1024;
	asks_port("iptables: the peer's is asked for", true,
		  xt("match", "udp", 0, &udp, sizeof(udp)));
	asks_port("iptables: ours is asked for, among others", false,
		  xt("match", "multiport", 1, &multi, sizeof(multi)));
	multi.flags = XT_MULTIPORT_DESTINATION;
	asks_port("iptables: the peer's is asked for, among others", true,
		  xt("match", "multiport", 1, &multi, sizeof(multi)));
}

static void test_iptables(void)
{
	const struct xt_conntrack_mtinfo3 conntrack = {
		.match_flags = XT_CONNTRACK_STATE, .state_mask = ESTABLISHED,
	};
	const struct xt_policy_info policy = { .flags = XT_POLICY_MATCH_IN };
	struct xt_multiport_v1 multi = {
		.flags = XT_MULTIPORT_DESTINATION, .count = 3,
		.ports = { 500, 4000, 5000 }, .pflags = { 0, 1 },
	};

	input(NF_DROP);
	rule("input", xt("match", "conntrack", 3, &conntrack, sizeof(conntrack)),
	     ACCEPT);
	rule("input", xt("match", "policy", 0, &policy, sizeof(policy)),
	     ACCEPT);
	rule("input", L4(IPPROTO_UDP),
	     xt("match", "multiport", 1, &multi, sizeof(multi)), ACCEPT);
	dropped("iptables: RELATED, ipsec and other ports are accepted", 0,
		"input");
	multi.ports[1] = 2000;
	input(NF_DROP);
	rule("input", L4(IPPROTO_UDP),
	     xt("match", "multiport", 1, &multi, sizeof(multi)), ACCEPT);
	not_dropped("iptables: a range of ports is accepted");
	input(NF_DROP);
	rule("input", L4(IPPROTO_UDP),
	     xt("match", "multiport", 1, &multi, 3), ACCEPT);
	not_dropped("iptables: a match that is cut off");
	input(NF_ACCEPT);
	rule("input", xt("match", "comment", 0, "x", 1),
	     xt("target", "LOG", 0, NULL, 0), NULL);
	rule("input", xt("target", "REJECT", 0, NULL, 0), NULL);
	dropped("iptables: LOG, then REJECT", 2, "input");
	input(NF_DROP);
	rule("input", xt("match", "recent", 1, "x", 1), ACCEPT);
	not_dropped("iptables: a match that is not known");
	input(NF_DROP);
	rule("input", xt("target", "SYNPROXY", 0, NULL, 0), NULL);
	not_dropped("iptables: a target that is not known");
}

/* Not what any kernel says. */
static void test_nonsense(void)
{
	static const char * const names[] = {
		"meta", "payload", "ct", "fib", "xfrm", "cmp", "range",
		"bitwise", "byteorder", "immediate", "lookup", "match",
		"target", "objref", "nat", "masq", "redir", "tproxy", "fwd",
		"dynset", "exthdr", "limit",
	};
	static const uint32_t numbers[] = { 0, 5, 7, NFT_REG32_15, 24, 100, ~0u };
	struct nftnl_rule *unread;
	bool ok = true;
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct culprit culprit;

		input(NF_DROP);
		rule("input", simple(names[i]), ACCEPT);
		drops_in(NFPROTO_IPV4, IPPROTO_UDP, &culprit);
		forget();
	}
	result(true, "expressions that say nothing");
	for (i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct culprit culprit;

		input(NF_ACCEPT);
		rule("input", payload_to(numbers[i],
					 NFT_PAYLOAD_TRANSPORT_HEADER, 0, 8),
		     DROP);
		ok &= !drops_in(NFPROTO_IPV4, IPPROTO_UDP, &culprit);
		forget();
	}
	result(ok, "registers that are not there");
	input(NF_ACCEPT);
	sort();
	unread = nftnl_rule_alloc();
	nftnl_rule_set_u32(unread, NFTNL_RULE_FAMILY, NFPROTO_INET);
	nftnl_rule_set_str(unread, NFTNL_RULE_TABLE, "t");
	nftnl_rule_set_str(unread, NFTNL_RULE_CHAIN, "input");
	ruleset_add_rule(&ruleset, unread, false);
	base("second", NFPROTO_INET, NF_INET_LOCAL_IN, 10, NF_DROP);
	sort();
	not_dropped("a rule that the library does not know, in one chain or another");
}

int main(void)
{
	puts("KTAP version 1");
	test_rules();
	test_hooks();
	test_chains();
	test_sets();
	test_iptables();
	test_ports_asked_for();
	test_nonsense();
	printf("1..%u\n", tests);
	return failures ? 1 : 0;
}
