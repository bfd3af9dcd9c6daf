// SPDX-License-Identifier: GPL-2.0
/* Chains, rules and sets, to be found by their names. */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libnftnl/expr.h>

#include "grow.h"
#include "ruleset.h"

/* Several of them; before libnftnl 1.2.0, it has no name. */
#define ELEM_EXPRESSIONS	11

/* What is not named is not found, which is no reason to stumble. */
static const char *name_or_none(const char *name)
{
	return name ? name : "";
}

void ruleset_add_chain(struct ruleset *ruleset, struct nftnl_chain *nftnl)
{
	struct chain chain = {
		.nftnl = nftnl,
		.family = nftnl_chain_get_u32(nftnl, NFTNL_CHAIN_FAMILY),
		.table = name_or_none(nftnl_chain_get_str(nftnl,
							  NFTNL_CHAIN_TABLE)),
		.name = name_or_none(nftnl_chain_get_str(nftnl,
							 NFTNL_CHAIN_NAME)),
		.is_base = nftnl_chain_is_set(nftnl, NFTNL_CHAIN_HOOKNUM),
	};

	if (chain.is_base) {
		chain.hook = nftnl_chain_get_u32(nftnl, NFTNL_CHAIN_HOOKNUM);
		chain.priority = nftnl_chain_get_s32(nftnl, NFTNL_CHAIN_PRIO);
		chain.drops = nftnl_chain_is_set(nftnl, NFTNL_CHAIN_POLICY) &&
			      nftnl_chain_get_u32(nftnl, NFTNL_CHAIN_POLICY) ==
			      NF_DROP;
	}
	ruleset->chains = grow(ruleset->chains, ruleset->nr_chains,
			       &ruleset->chains_room, sizeof(chain));
	ruleset->chains[ruleset->nr_chains++] = chain;
}

void ruleset_add_set(struct ruleset *ruleset, struct nftnl_set *nftnl)
{
	struct set set = {
		.nftnl = nftnl,
		.family = nftnl_set_get_u32(nftnl, NFTNL_SET_FAMILY),
		.table = name_or_none(nftnl_set_get_str(nftnl,
							NFTNL_SET_TABLE)),
		.name = name_or_none(nftnl_set_get_str(nftnl, NFTNL_SET_NAME)),
		.flags = nftnl_set_is_set(nftnl, NFTNL_SET_FLAGS) ?
			 nftnl_set_get_u32(nftnl, NFTNL_SET_FLAGS) : 0,
	};

	if (nftnl_set_is_set(nftnl, NFTNL_SET_DESC_CONCAT))
		set.fields = nftnl_set_get_data(nftnl, NFTNL_SET_DESC_CONCAT,
						&set.nr_fields);
	ruleset->sets = grow(ruleset->sets, ruleset->nr_sets,
			     &ruleset->sets_room, sizeof(set));
	ruleset->sets[ruleset->nr_sets++] = set;
}

static int compare(uint32_t family_a, const char *table_a, const char *name_a,
		   uint32_t family_b, const char *table_b, const char *name_b)
{
	int order;

	if (family_a != family_b)
		return family_a < family_b ? -1 : 1;
	order = strcmp(table_a, table_b);
	return order ? order : strcmp(name_a, name_b);
}

static int compare_chains(const void *_a, const void *_b)
{
	const struct chain *a = _a, *b = _b;

	return compare(a->family, a->table, a->name,
		       b->family, b->table, b->name);
}

static int compare_sets(const void *_a, const void *_b)
{
	const struct set *a = _a, *b = _b;

	return compare(a->family, a->table, a->name,
		       b->family, b->table, b->name);
}

void ruleset_sort(struct ruleset *ruleset)
{
	if (ruleset->nr_chains)
		qsort(ruleset->chains, ruleset->nr_chains,
		      sizeof(*ruleset->chains), compare_chains);
	if (ruleset->nr_sets)
		qsort(ruleset->sets, ruleset->nr_sets, sizeof(*ruleset->sets),
		      compare_sets);
}

struct chain *ruleset_chain(const struct ruleset *ruleset, uint32_t family,
			    const char *table, const char *name)
{
	const struct chain key = {
		.family = family,
		.table = name_or_none(table),
		.name = name_or_none(name),
	};

	return ruleset->nr_chains ?
	       bsearch(&key, ruleset->chains, ruleset->nr_chains, sizeof(key),
		       compare_chains) : NULL;
}

static const uint8_t *get_key(struct nftnl_set_elem *nftnl, uint16_t which,
			      uint32_t *len)
{
	return nftnl_set_elem_is_set(nftnl, which) ?
	       nftnl_set_elem_get(nftnl, which, len) : NULL;
}

/* Of what stands with an element, only counting does not keep it from matching. */
static bool has_limit(struct nftnl_set_elem *nftnl)
{
	const struct nftnl_expr *expr;
	const char *name;
	uint32_t len;

	if (nftnl_set_elem_is_set(nftnl, ELEM_EXPRESSIONS))
		return true;
	if (!nftnl_set_elem_is_set(nftnl, NFTNL_SET_ELEM_EXPR))
		return false;
	expr = nftnl_set_elem_get(nftnl, NFTNL_SET_ELEM_EXPR, &len);
	name = expr ? nftnl_expr_get_str(expr, NFTNL_EXPR_NAME) : NULL;
	return !name || strcmp(name, "counter");
}

static int take_element(struct nftnl_set_elem *nftnl, void *_set)
{
	struct element element = { 0 };
	struct set *set = _set;
	uint32_t len = 0;

	element.key = get_key(nftnl, NFTNL_SET_ELEM_KEY, &element.len);
	element.key_end = get_key(nftnl, NFTNL_SET_ELEM_KEY_END, &len);
	if (len != element.len)
		element.key_end = NULL;
	if (nftnl_set_elem_is_set(nftnl, NFTNL_SET_ELEM_FLAGS))
		element.is_end =
			nftnl_set_elem_get_u32(nftnl, NFTNL_SET_ELEM_FLAGS) &
			NFT_SET_ELEM_INTERVAL_END;
	element.is_conditional = has_limit(nftnl);
	if (nftnl_set_elem_is_set(nftnl, NFTNL_SET_ELEM_VERDICT))
		element.verdict = nftnl_set_elem_get_u32(nftnl,
							 NFTNL_SET_ELEM_VERDICT);
	if (nftnl_set_elem_is_set(nftnl, NFTNL_SET_ELEM_CHAIN))
		element.chain = nftnl_set_elem_get_str(nftnl,
						       NFTNL_SET_ELEM_CHAIN);
	set->elements = grow(set->elements, set->count, &set->room,
			     sizeof(element));
	set->elements[set->count++] = element;
	return 0;
}

void set_fill(struct set *set, struct nftnl_set *content)
{
	set->content = content;
	nftnl_set_elem_foreach(content, take_element, set);
}

const struct set *ruleset_set(const struct ruleset *ruleset, uint32_t family,
			      const char *table, const char *name)
{
	const struct set key = {
		.family = family,
		.table = name_or_none(table),
		.name = name_or_none(name),
	};
	struct set *set = ruleset->nr_sets ?
			  bsearch(&key, ruleset->sets, ruleset->nr_sets,
				  sizeof(key), compare_sets) : NULL;
	struct nftnl_set *content;

	if (set && !set->content && ruleset->fetch) {
		content = ruleset->fetch(set);
		if (content)
			set_fill(set, content);
	}
	return set && set->content ? set : NULL;
}

void ruleset_add_rule(struct ruleset *ruleset, struct nftnl_rule *nftnl,
		      bool is_read)
{
	struct rule rule = {
		.nftnl = is_read ? nftnl : NULL,
		.handle = nftnl_rule_get_u64(nftnl, NFTNL_RULE_HANDLE),
	};
	struct chain *chain =
		ruleset_chain(ruleset,
			      nftnl_rule_get_u32(nftnl, NFTNL_RULE_FAMILY),
			      nftnl_rule_get_str(nftnl, NFTNL_RULE_TABLE),
			      nftnl_rule_get_str(nftnl, NFTNL_RULE_CHAIN));

	if (!chain || !is_read)
		nftnl_rule_free(nftnl);
	if (!chain)
		return;
	chain->rules = grow(chain->rules, chain->count, &chain->room,
			    sizeof(rule));
	chain->rules[chain->count++] = rule;
	ruleset->rules++;
}

void ruleset_free(struct ruleset *ruleset)
{
	size_t i, k;

	for (i = 0; i < ruleset->nr_chains; i++) {
		const struct chain *chain = &ruleset->chains[i];

		for (k = 0; k < chain->count; k++)
			if (chain->rules[k].nftnl)
				nftnl_rule_free(chain->rules[k].nftnl);
		free(chain->rules);
		nftnl_chain_free(chain->nftnl);
	}
	for (i = 0; i < ruleset->nr_sets; i++) {
		const struct set *set = &ruleset->sets[i];

		free(set->elements);
		if (set->content)
			nftnl_set_free(set->content);
		nftnl_set_free(set->nftnl);
	}
	free(ruleset->chains);
	free(ruleset->sets);
	*ruleset = (struct ruleset){ 0 };
}
