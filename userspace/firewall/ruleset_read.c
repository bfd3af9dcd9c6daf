// SPDX-License-Identifier: GPL-2.0
/* The rules of nftables, asked of the kernel. */
#include <arpa/inet.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>

#include <libnftnl/table.h>

#include "exchange.h"
#include "ruleset.h"

/* How often it may change while it is read. */
#define ATTEMPTS	8

static unsigned int sequence;
static _Alignas(struct nlmsghdr) char request_buffer[1024];

/*
 * Each message carries the number of the ruleset that it is of: all must be of the
 * same, or a rule would be seen without the set that came with it.
 */
static bool has_generation, is_torn;
static uint16_t generation;

/* Why a set could not be read when it was needed: an errno, or 0. */
static int unread;

static void check_generation(const struct nlmsghdr *msg)
{
	const struct nfgenmsg *header = mnl_nlmsg_get_payload(msg);

	if (mnl_nlmsg_get_payload_len(msg) < sizeof(*header))
		return;
	is_torn |= has_generation && header->res_id != generation;
	has_generation = true;
	generation = header->res_id;
}

static void take_chain(const struct nlmsghdr *msg, void *ruleset)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();

	check_generation(msg);
	if (chain && nftnl_chain_nlmsg_parse(msg, chain) >= 0)
		ruleset_add_chain(ruleset, chain);
	else
		is_torn = true;
}

static void take_set(const struct nlmsghdr *msg, void *ruleset)
{
	struct nftnl_set *set = nftnl_set_alloc();

	check_generation(msg);
	if (set && nftnl_set_nlmsg_parse(msg, set) >= 0)
		ruleset_add_set(ruleset, set);
	else
		is_torn = true;
}

/* Of a rule that the library does not know in full: where it stands. */
static void read_place(const struct nlmsghdr *msg, struct nftnl_rule *rule)
{
	const struct nfgenmsg *header = mnl_nlmsg_get_payload(msg);
	const struct nlattr *attr;

	nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, header->nfgen_family);
	mnl_attr_for_each(attr, msg, sizeof(*header)) {
		const uint16_t type = mnl_attr_get_type(attr);

		if (mnl_attr_validate(attr, MNL_TYPE_NUL_STRING) < 0)
			continue;
		if (type == NFTA_RULE_TABLE)
			nftnl_rule_set_str(rule, NFTNL_RULE_TABLE,
					   mnl_attr_get_str(attr));
		else if (type == NFTA_RULE_CHAIN)
			nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN,
					   mnl_attr_get_str(attr));
	}
}

static void take_rule(const struct nlmsghdr *msg, void *ruleset)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	bool is_read;

	check_generation(msg);
	if (!rule) {
		is_torn = true;
		return;
	}
	is_read = nftnl_rule_nlmsg_parse(msg, rule) >= 0;
	if (!is_read)
		read_place(msg, rule);
	ruleset_add_rule(ruleset, rule, is_read);
}

static bool is_of(const struct chain *chain, const struct nftnl_table *table)
{
	const char *name = nftnl_table_get_str(table, NFTNL_TABLE_NAME);

	return chain->family == nftnl_table_get_u32(table, NFTNL_TABLE_FAMILY) &&
	       name && !strcmp(chain->table, name);
}

/* To the chains of a dormant table, no packets come. */
static void take_table(const struct nlmsghdr *msg, void *_ruleset)
{
	struct nftnl_table *table = nftnl_table_alloc();
	struct ruleset *ruleset = _ruleset;
	size_t i;

	check_generation(msg);
	if (!table) {
		is_torn = true;
		return;
	}
	if (nftnl_table_nlmsg_parse(msg, table) >= 0 &&
	    nftnl_table_get_u32(table, NFTNL_TABLE_FLAGS) & NFT_TABLE_F_DORMANT)
		for (i = 0; i < ruleset->nr_chains; i++)
			if (is_of(&ruleset->chains[i], table))
				ruleset->chains[i].is_base = false;
	nftnl_table_free(table);
}

static struct nlmsghdr *request(uint16_t command, uint32_t family)
{
	return nftnl_nlmsg_build_hdr(request_buffer, command, (uint16_t)family,
				     NLM_F_DUMP, ++sequence);
}

static void take_elements(const struct nlmsghdr *msg, void *elements)
{
	check_generation(msg);
	is_torn |= nftnl_set_elems_nlmsg_parse(msg, elements) < 0;
}

/* On a socket of its own: what is left of a dump that was not read to its end goes with it. */
static int ask(struct nlmsghdr *msg, exchange_handler *handle, void *context)
{
	struct mnl_socket *nl = mnl_socket_open(NETLINK_NETFILTER);
	const char *text;
	int error;

	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		error = errno;
	else
		error = exchange(nl, msg, handle, context, &text);
	if (nl)
		mnl_socket_close(nl);
	return error;
}

static struct nftnl_set *fetch(const struct set *set)
{
	struct nlmsghdr *msg = request(NFT_MSG_GETSETELEM, set->family);
	struct nftnl_set *elements = nftnl_set_alloc();
	int error;

	if (!elements) {
		unread = ENOMEM;
		return NULL;
	}
	mnl_attr_put_strz(msg, NFTA_SET_ELEM_LIST_TABLE, set->table);
	mnl_attr_put_strz(msg, NFTA_SET_ELEM_LIST_SET, set->name);
	error = ask(msg, take_elements, elements);
	if (!error && !is_torn)
		return elements;
	unread = error ? error : EINTR;
	nftnl_set_free(elements);
	return NULL;
}

static int dump(uint16_t command, exchange_handler *handle,
		struct ruleset *ruleset)
{
	return ask(request(command, NFPROTO_UNSPEC), handle, ruleset);
}

/* The kernel answers EINVAL if it has no nftables, and has no such socket without netfilter. */
static int read_all(struct ruleset *ruleset)
{
	int error;

	has_generation = false;
	is_torn = false;
	error = dump(NFT_MSG_GETCHAIN, take_chain, ruleset);
	if (error)
		return error == EINVAL || error == EPROTONOSUPPORT ? 0 : error;
	error = dump(NFT_MSG_GETTABLE, take_table, ruleset);
	if (!error)
		error = dump(NFT_MSG_GETSET, take_set, ruleset);
	if (error)
		return error;
	ruleset_sort(ruleset);
	error = dump(NFT_MSG_GETRULE, take_rule, ruleset);
	return error ? error : is_torn ? EINTR : 0;
}

static const char *refusal(int error)
{
	return error == EPERM ?
	       "this needs CAP_NET_ADMIN in this network namespace" :
	       error == EINTR ? "they could not be read at one time" :
	       strerror(error);
}

int ruleset_read(struct ruleset *ruleset, const char **why)
{
	int attempt, error = EINTR;

	*ruleset = (struct ruleset){ .fetch = fetch };
	unread = 0;
	for (attempt = 0; error == EINTR && attempt < ATTEMPTS; attempt++) {
		ruleset_free(ruleset);
		ruleset->fetch = fetch;
		error = read_all(ruleset);
	}
	*why = refusal(error);
	if (error)
		ruleset_free(ruleset);
	return error;
}

int ruleset_unread(const char **why)
{
	*why = refusal(unread);
	return unread;
}
