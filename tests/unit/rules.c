// SPDX-License-Identifier: GPL-2.0
/* Makes rulesets as nft -f would, for tests of what doctor makes of them. */
#include <arpa/inet.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rules.h"

struct ruleset ruleset;
unsigned int tests, failures;

static bool is_sorted;

void sort(void)
{
	if (!is_sorted)
		ruleset_sort(&ruleset);
	is_sorted = true;
}

void result(bool ok, const char *name)
{
	tests++;
	failures += !ok;
	printf("%sok %u - %s\n", ok ? "" : "not ", tests, name);
}

void base(const char *name, uint32_t family, uint32_t hook, int priority,
		 uint32_t policy)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();

	nftnl_chain_set_u32(chain, NFTNL_CHAIN_FAMILY, family);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, "t");
	nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, name);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_HOOKNUM, hook);
	nftnl_chain_set_s32(chain, NFTNL_CHAIN_PRIO, priority);
	nftnl_chain_set_u32(chain, NFTNL_CHAIN_POLICY, policy);
	ruleset_add_chain(&ruleset, chain);
	is_sorted = false;
}

void input(uint32_t policy)
{
	base("input", NFPROTO_INET, NF_INET_LOCAL_IN, 0, policy);
}

void chain(const char *name)
{
	struct nftnl_chain *chain = nftnl_chain_alloc();

	nftnl_chain_set_u32(chain, NFTNL_CHAIN_FAMILY, NFPROTO_INET);
	nftnl_chain_set_str(chain, NFTNL_CHAIN_TABLE, "t");
	nftnl_chain_set_str(chain, NFTNL_CHAIN_NAME, name);
	ruleset_add_chain(&ruleset, chain);
	is_sorted = false;
}

static uint64_t handle;

void rule(const char *name, ...)
{
	struct nftnl_rule *rule = nftnl_rule_alloc();
	struct nftnl_expr *expr;
	va_list args;

	sort();
	nftnl_rule_set_u32(rule, NFTNL_RULE_FAMILY, NFPROTO_INET);
	nftnl_rule_set_str(rule, NFTNL_RULE_TABLE, "t");
	nftnl_rule_set_str(rule, NFTNL_RULE_CHAIN, name);
	nftnl_rule_set_u64(rule, NFTNL_RULE_HANDLE, ++handle);
	va_start(args, name);
	while ((expr = va_arg(args, struct nftnl_expr *)))
		nftnl_rule_add_expr(rule, expr);
	va_end(args);
	ruleset_add_rule(&ruleset, rule, true);
}

static struct nftnl_set *content;
static const char *content_of;

void set(const char *name, uint32_t flags)
{
	struct nftnl_set *nftnl = nftnl_set_alloc();

	nftnl_set_set_u32(nftnl, NFTNL_SET_FAMILY, NFPROTO_INET);
	nftnl_set_set_str(nftnl, NFTNL_SET_TABLE, "t");
	nftnl_set_set_str(nftnl, NFTNL_SET_NAME, name);
	nftnl_set_set_u32(nftnl, NFTNL_SET_FLAGS, flags);
	ruleset_add_set(&ruleset, nftnl);
	is_sorted = false;
	content = nftnl_set_alloc();
	content_of = name;
}

struct nftnl_set_elem *element(const void *key, uint32_t len,
				      uint32_t flags)
{
	struct nftnl_set_elem *elem = nftnl_set_elem_alloc();

	if (key)
		nftnl_set_elem_set(elem, NFTNL_SET_ELEM_KEY, key, len);
	nftnl_set_elem_set_u32(elem, NFTNL_SET_ELEM_FLAGS, flags);
	nftnl_set_elem_add(content, elem);
	return elem;
}

struct nftnl_set_elem *port(uint16_t number, uint32_t flags)
{
	number = htons(number);
	return element(&number, 2, flags);
}

void port_verdict(uint16_t number, uint32_t flags, int code,
			 const char *target)
{
	struct nftnl_set_elem *elem = port(number, flags);

	nftnl_set_elem_set_u32(elem, NFTNL_SET_ELEM_VERDICT, (uint32_t)code);
	if (target)
		nftnl_set_elem_set_str(elem, NFTNL_SET_ELEM_CHAIN, target);
}

static struct nftnl_set *fetch(const struct set *set)
{
	struct nftnl_set *found = content;

	if (!content || strcmp(set->name, content_of))
		return NULL;
	content = NULL;
	return found;
}

bool drops_in(uint8_t family, uint8_t protocol, struct culprit *culprit)
{
	const struct packet packet = {
		.family = family, .protocol = protocol, .port = PORT,
	};

	sort();
	ruleset.fetch = fetch;
	return firewall_drops(&ruleset, &packet, culprit);
}

void forget(void)
{
	ruleset_free(&ruleset);
	if (content)
		nftnl_set_free(content);
	content = NULL;
	handle = 0;
}

void dropped(const char *name, uint64_t by, const char *in)
{
	struct culprit culprit = { 0 };

	result(drops_in(NFPROTO_IPV4, IPPROTO_UDP, &culprit) &&
	       culprit.handle == by && !strcmp(culprit.chain->name, in), name);
	forget();
}

void not_dropped(const char *name)
{
	struct culprit culprit;

	result(!drops_in(NFPROTO_IPV4, IPPROTO_UDP, &culprit), name);
	forget();
}
