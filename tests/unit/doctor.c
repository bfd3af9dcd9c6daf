// SPDX-License-Identifier: GPL-2.0
/*
 * What doctor makes of rules, peers and SAs, before a kernel that answers with what is
 * made up here. Prints KTAP.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libmnl/libmnl.h>
#include <libnftnl/chain.h>
#include <libnftnl/expr.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>

#include "ctl.h"
#include "doctor.h"
#include "exchange.h"
#include "expressions.h"
#include "netlink.h"

#define PORT	2797

struct options options;

static unsigned int tests, failures;

static void result(bool ok, const char *name)
{
	tests++;
	failures += !ok;
	printf("%sok %u - %s\n", ok ? "" : "not ", tests, name);
}

/* What was found, and how often; and of these the worst, and the last. */
static const char *found_id;
static char found_text[1024];
static enum severity found_severity;
static size_t nr_found, nr_blind;

void found(const struct finding *finding, enum severity severity,
	   const char *format, ...)
{
	va_list args;

	nr_found++;
	found_id = finding->id;
	if (severity > found_severity)
		found_severity = severity;
	va_start(args, format);
	vsnprintf(found_text, sizeof(found_text), format, args);
	va_end(args);
}

void doctor_blind(const char *what, int error, const char *why)
{
	(void)error;
	nr_blind++;
	snprintf(found_text, sizeof(found_text), "%s: %s", what, why);
}

/* What the tool's files want of others. */
void refused(const char *format, ...)
{
	(void)format;
	abort();
}

struct nlmsghdr *netlink_request(enum espencap_cmd cmd, int flags)
{
	(void)cmd, (void)flags;
	return NULL;
}

int netlink_try(struct nlmsghdr *request, netlink_reader *read, void *context,
		const char *what, const char **why)
{
	(void)request, (void)read, (void)context, (void)what, (void)why;
	return 0;
}

bool port_config_read(const struct nlattr **attrs, struct port_config *port)
{
	(void)attrs, (void)port;
	return false;
}

bool peer_config_read(const struct nlattr **attrs, struct peer_config *peer)
{
	(void)attrs, (void)peer;
	return false;
}

int peer_config_compare(const struct peer_config *a, const struct peer_config *b)
{
	const int order = memcmp(&a->address, &b->address, sizeof(a->address));

	return order ? order : (a->reqid > b->reqid) - (a->reqid < b->reqid);
}

int sas_try(sas_reader *take, void *context, const char **why)
{
	(void)take, (void)context, (void)why;
	return 0;
}

/*
 * The kernel: some rules in one chain, and one set. A dump that is interrupted goes on,
 * so that the next one on its socket is refused.
 */
struct mnl_socket {
	bool is_busy;
};

static struct {
	uint32_t hook;
	uint32_t policy;
	struct nftnl_rule *rules[8];
	size_t nr_rules;
	bool has_set;
	bool changes;		/* when what is in the set is asked for */
	unsigned int interrupted;
} kernel;

static unsigned int nr_sockets;

struct mnl_socket *mnl_socket_open(int bus)
{
	(void)bus;
	nr_sockets++;
	return calloc(1, sizeof(struct mnl_socket));
}

int mnl_socket_close(struct mnl_socket *nl)
{
	nr_sockets--;
	free(nl);
	return 0;
}

int mnl_socket_bind(struct mnl_socket *nl, unsigned int groups, pid_t pid)
{
	(void)nl, (void)groups, (void)pid;
	return 0;
}

static struct nlmsghdr *begin(uint16_t command)
{
	static _Alignas(struct nlmsghdr) char buffer[4096];

	return nftnl_nlmsg_build_hdr(buffer, command, NFPROTO_INET, 0, 1);
}

static void tell_chain(exchange_handler *handle, void *context)
{
	struct nlmsghdr *msg = begin(NFT_MSG_NEWCHAIN);
	struct nftnl_chain *chain = nftnl_chain_alloc();

	nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, "t");
	nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, "c");
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, kernel.hook);
	nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, 0);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, kernel.policy);
	nftnl_chain_nlmsg_build_payload(msg, chain);
	nftnl_chain_free(chain);
	handle(msg, context);
}

static void tell_set(exchange_handler *handle, void *context)
{
	struct nlmsghdr *msg = begin(NFT_MSG_NEWSET);
	struct nftnl_set *set = nftnl_set_alloc();

	nftnl_set_set_str(set, NFTNL_SET_TABLE, "t");
	nftnl_set_set_str(set, NFTNL_SET_NAME, "s");
	nftnl_set_set_u32(set, NFTNL_SET_KEY_LEN, 2);
	nftnl_set_nlmsg_build_payload(msg, set);
	nftnl_set_free(set);
	handle(msg, context);
}

static void tell_elements(exchange_handler *handle, void *context)
{
	struct nlmsghdr *msg = begin(NFT_MSG_NEWSETELEM);
	struct nfgenmsg *header = mnl_nlmsg_get_payload(msg);

	header->res_id += kernel.changes;
	mnl_attr_put_strz(msg, NFTA_SET_ELEM_LIST_TABLE, "t");
	mnl_attr_put_strz(msg, NFTA_SET_ELEM_LIST_SET, "s");
	handle(msg, context);
}

static void tell_rule(struct nftnl_rule *rule, exchange_handler *handle, void *context)
{
	struct nlmsghdr *msg = begin(NFT_MSG_NEWRULE);

	nftnl_rule_nlmsg_build_payload(msg, rule);
	handle(msg, context);
}

int exchange(struct mnl_socket *nl, struct nlmsghdr *request,
	     exchange_handler *handle, void *context, const char **text)
{
	size_t i;

	*text = NULL;
	if (nl->is_busy)
		return EBUSY;
	if (kernel.interrupted) {
		kernel.interrupted--;
		nl->is_busy = true;
		return EINTR;
	}
	switch (NFNL_MSG_TYPE(request->nlmsg_type)) {
	case NFT_MSG_GETCHAIN:
		tell_chain(handle, context);
		break;
	case NFT_MSG_GETSET:
		if (kernel.has_set)
			tell_set(handle, context);
		break;
	case NFT_MSG_GETSETELEM:
		tell_elements(handle, context);
		break;
	case NFT_MSG_GETRULE:
		for (i = 0; i < kernel.nr_rules; i++)
			tell_rule(kernel.rules[i], handle, context);
	}
	return 0;
}

static void chain(uint32_t hook, uint32_t policy)
{
	while (kernel.nr_rules)
		nftnl_rule_free(kernel.rules[--kernel.nr_rules]);
	kernel.hook = hook;
	kernel.policy = policy;
	kernel.has_set = false;
	kernel.changes = false;
}

/* A rule: its expressions, and NULL. */
static void rule(struct nftnl_expr *expr, ...)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	va_list args;

	nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, "t");
	nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, "c");
	nftnl_rule_set_u64(rule, NFTNL_RULE_HANDLE, kernel.nr_rules + 1);
	va_start(args, expr);
	for (; expr; expr = va_arg(args, struct nftnl_expr *))
		nftnl_rule_add_expr(rule, expr);
	va_end(args);
	kernel.rules[kernel.nr_rules++] = rule;
}

#define SPORT	payload_to(NFT_REG_1, NFT_PAYLOAD_TRANSPORT_HEADER, 0, 2)
#define DPORT	payload_to(NFT_REG_1, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2)
#define DADDR	payload_to(NFT_REG_1, NFT_PAYLOAD_NETWORK_HEADER, 16, 4)
#define ACCEPT	verdict(NF_ACCEPT, NULL), NULL
#define DROP	verdict(NF_DROP, NULL), NULL

/* Big-endian. */
#define NUMBER(port)	((const uint8_t[]){ (port) >> 8, (port) & 0xff }), 2

static struct patient patient;

static void examine(void)
{
	nr_found = 0;
	nr_blind = 0;
	found_id = "";
	*found_text = 0;
	found_severity = NOTE;
	doctor_firewall(&patient);
	if (*found_text)
		printf("# %zu found, %zu blind: %s\n", nr_found, nr_blind, found_text);
}

static void is_well(const char *name)
{
	examine();
	result(!nr_found && !nr_blind && !nr_sockets, name);
}

static void is_ill(const char *name, enum severity severity, size_t count,
		   const char *text)
{
	examine();
	result(nr_found == count && !nr_blind && !nr_sockets &&
	       found_severity == severity && strstr(found_text, text), name);
}

/* Clients behind a NAT, each with its own port. */
static void clients(size_t count)
{
	size_t i;

	free(patient.peers);
	patient.peers = calloc(count ? count : 1, sizeof(*patient.peers));
	patient.nr_peers = count;
	for (i = 0; i < count; i++)
		patient.peers[i].config = (struct peer_config){
			.address = { .family = AF_INET, .bytes = { 192, 0, 2, 1 } },
			.endpoint_port = (uint16_t)(2000 + i),
			.reqid = (uint32_t)(i + 1),
			.port = PORT,
			.learned = true,
		};
}

/* Whoever has peers by the thousand waits no longer for that. */
static void test_out(void)
{
	clients(10000);
	chain(NF_INET_LOCAL_OUT, NF_ACCEPT);
	is_well("out: all is accepted");
	chain(NF_INET_LOCAL_OUT, NF_DROP);
	is_ill("out: whatever the peer's port, once", ERROR, 1, "port 2797, IPv4: policy of");
	chain(NF_INET_LOCAL_OUT, NF_DROP);
	rule(SPORT, cmp(NFT_CMP_EQ, NUMBER(PORT)), ACCEPT);
	rule(DPORT, cmp(NFT_CMP_LT, NUMBER(2003)), DROP);
	is_well("out: accepted before somebody asks for the peer's port");
	chain(NF_INET_LOCAL_OUT, NF_ACCEPT);
	rule(DADDR, cmp(NFT_CMP_EQ, "\1\2\3\4", 4), DROP);
	is_well("out: some addresses are dropped");
	chain(NF_INET_LOCAL_OUT, NF_ACCEPT);
	rule(DPORT, cmp(NFT_CMP_GTE, NUMBER(11998)), DROP);
	is_ill("out: too many ports", NOTE, 1, "port 2797, IPv4: 64 of the 10000 ports of peers");
	result(!strcmp(found_id, "firewall-ports-untried"), "out: and that has a name");
	chain(NF_INET_LOCAL_OUT, NF_DROP);
	rule(DPORT, cmp(NFT_CMP_EQ, NUMBER(2001)), ACCEPT);
	clients(3);
	is_ill("out: some ports of a few", ERROR, 2, "port 2797 to 2002, IPv4: policy");
	clients(64);
	is_ill("out: as many as are looked at", ERROR, 63, "port 2797 to 2063, IPv4");
}

static void is_blind(const char *name, const char *text)
{
	examine();
	result(nr_blind == 1 && !nr_sockets && !strcmp(found_text, text), name);
}

/* What a dump that was interrupted leaves behind is in nobody's way. */
static void test_read(void)
{
	clients(0);
	chain(NF_INET_LOCAL_IN, NF_ACCEPT);
	kernel.interrupted = 1;
	is_well("read: a dump that was interrupted is begun anew");
	kernel.interrupted = 100;
	is_blind("read: always", "rules of nftables: they could not be read at one time");
	kernel.interrupted = 0;
	clients(1);
	chain(NF_INET_LOCAL_OUT, NF_DROP);
	kernel.has_set = true;
	rule(SPORT, lookup("s", false, false), ACCEPT);
	is_ill("read: what is in a set", ERROR, 1, "port 2797, IPv4: policy");
	kernel.changes = true;
	is_blind("read: a set that has changed", "sets of nftables: they could not be read at one time");
}

/* A host that begins has answers to let in, and nothing else. */
static void test_answers(void)
{
	struct patient_port port = {
		.config = { .number = PORT, .learn = ESPENCAP_LEARN_OFF },
	};

	patient.ports = (struct patient_ports){ .list = &port, .count = 1 };
	clients(2);
	patient.peers[0].config.learned = false;
	patient.peers[1].config.learned = false;
	chain(NF_INET_LOCAL_IN, NF_DROP);
	rule(ct(NFT_CT_STATE), cmp(NFT_CMP_EQ, &(uint32_t){ 2 }, 4), ACCEPT);
	port.last_rx = 0;
	is_ill("in: answers pass, and this host begins", NOTE, 2, "port 2797");
	port.last_rx = ESPENCAP_NEVER;
	is_ill("in: or nobody has said anything", NOTE, 2, "port 2797");
	port.config.learn = ESPENCAP_LEARN_ON;
	is_ill("in: others may begin", ERROR, 2, "port 2797");
	port.last_rx = 0;
	is_ill("in: but something has come", WARNING, 2, "port 2797");
	port.config.learn = ESPENCAP_LEARN_OFF;
	patient.peers[1].config.learned = true;
	is_ill("in: one has begun", WARNING, 2, "port 2797");
	patient.peers[1].config.learned = false;
	chain(NF_INET_LOCAL_IN, NF_DROP);
	port.last_rx = ESPENCAP_NEVER;
	is_ill("in: answers do not pass", ERROR, 2, "port 2797");
	patient.ports = (struct patient_ports){ 0 };
}

/* An SA with a template is the kernel's, unless a peer was learned or names its reqid. */
static void test_whose(void)
{
	static const struct {
		uint32_t peer;
		bool learned;
		uint32_t sa;
		bool has_encap;
		bool sends;
	} cases[] = {
		{ 0, false, 0, false, true },
		{ 0, false, 0, true, false },
		{ 0, false, 7, false, true },
		{ 0, false, 7, true, false },
		{ 0, true, 0, true, true },
		{ 0, true, 7, false, false },
		{ 7, false, 7, true, true },
		{ 7, true, 7, true, true },
		{ 7, false, 8, false, false },
	};
	char name[128];
	size_t i;

	clients(1);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct sa sa = {
			.destination = patient.peers[0].config.address,
			.reqid = cases[i].sa,
			.has_encap = cases[i].has_encap,
		};

		patient.peers[0].config.reqid = cases[i].peer;
		patient.peers[0].config.learned = cases[i].learned;
		snprintf(name, sizeof(name), "whose: SA with reqid %u%s, peer %s with %u",
			 sa.reqid, sa.has_encap ? " and a template" : "",
			 cases[i].learned ? "learned" : "added", cases[i].peer);
		result(!!patient_receiver(&patient, &sa) == cases[i].sends, name);
	}
}

int main(void)
{
	puts("KTAP version 1");
	test_out();
	test_read();
	test_answers();
	test_whose();
	chain(0, 0);
	clients(0);
	free(patient.peers);
	printf("1..%u\n", tests);
	return failures ? 1 : 0;
}
