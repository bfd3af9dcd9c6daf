// SPDX-License-Identifier: GPL-2.0
/* The expressions that rules of nftables consist of: see nft --debug=netlink. */
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <string.h>

#include <libnftnl/expr.h>

#include "walk.h"

static unsigned int go_on(struct walk *walk, struct nftnl_expr *expr)
{
	(void)walk;
	(void)expr;
	return GOES_ON;
}

unsigned int may_go_on(struct walk *walk, struct nftnl_expr *expr)
{
	(void)expr;
	memset(walk->registers.known, 0, sizeof(walk->registers.known));
	walk->registers.never_len = 0;
	return GOES_ON | PASSES;
}

unsigned int anything(struct walk *walk, struct nftnl_expr *expr)
{
	(void)expr;
	walk->is_lost = true;
	return ANYTHING;
}

bool expression_place(struct nftnl_expr *expr, uint16_t attribute, size_t len,
		      size_t *offset)
{
	return nftnl_expr_is_set(expr, attribute) &&
	       registers_offset(nftnl_expr_get_u32(expr, attribute), len,
				offset);
}

static const uint8_t *data(struct nftnl_expr *expr, uint16_t attribute,
			   uint32_t *len)
{
	*len = 0;
	return nftnl_expr_is_set(expr, attribute) ?
	       nftnl_expr_get(expr, attribute, len) : NULL;
}

static unsigned int cmp(struct walk *walk, struct nftnl_expr *expr)
{
	const struct registers *registers = &walk->registers;
	enum truth equal, less;
	const uint8_t *value;
	uint32_t len;
	size_t at;

	value = data(expr, NFTNL_EXPR_CMP_DATA, &len);
	if (!value || !expression_place(expr, NFTNL_EXPR_CMP_SREG, len, &at))
		return anything(walk, expr);
	equal = registers_equal(registers, at, value, len);
	less = registers_less(registers, at, value, len);
	switch (nftnl_expr_get_u32(expr, NFTNL_EXPR_CMP_OP)) {
	case NFT_CMP_EQ:
		return matches(equal);
	case NFT_CMP_NEQ:
		return matches(truth_not(equal));
	case NFT_CMP_LT:
		return matches(less);
	case NFT_CMP_LTE:
		return matches(truth_or(less, equal));
	case NFT_CMP_GT:
		return matches(truth_not(truth_or(less, equal)));
	case NFT_CMP_GTE:
		return matches(truth_not(less));
	default:
		return anything(walk, expr);
	}
}

static unsigned int range(struct walk *walk, struct nftnl_expr *expr)
{
	const struct registers *registers = &walk->registers;
	const uint8_t *from, *to;
	enum truth is_within;
	uint32_t len, to_len;
	size_t at;

	from = data(expr, NFTNL_EXPR_RANGE_FROM_DATA, &len);
	to = data(expr, NFTNL_EXPR_RANGE_TO_DATA, &to_len);
	if (!from || !to || len != to_len ||
	    !expression_place(expr, NFTNL_EXPR_RANGE_SREG, len, &at))
		return anything(walk, expr);
	is_within = truth_and(truth_not(registers_less(registers, at, from,
						       len)),
			      truth_or(registers_less(registers, at, to, len),
				       registers_equal(registers, at, to,
						       len)));
	return matches(nftnl_expr_get_u32(expr, NFTNL_EXPR_RANGE_OP) ==
		       NFT_RANGE_NEQ ? truth_not(is_within) : is_within);
}

static unsigned int bitwise(struct walk *walk, struct nftnl_expr *expr)
{
	struct registers *registers = &walk->registers;
	uint8_t value[REGISTERS_SIZE], known[REGISTERS_SIZE];
	const uint32_t len = nftnl_expr_get_u32(expr, NFTNL_EXPR_BITWISE_LEN);
	uint32_t i, mask_len, xor_len;
	const uint8_t *mask, *xor;
	size_t from, to;

	if (nftnl_expr_is_set(expr, NFTNL_EXPR_BITWISE_OP) &&
	    nftnl_expr_get_u32(expr, NFTNL_EXPR_BITWISE_OP) != NFT_BITWISE_BOOL)
		return may_go_on(walk, expr);
	mask = data(expr, NFTNL_EXPR_BITWISE_MASK, &mask_len);
	xor = data(expr, NFTNL_EXPR_BITWISE_XOR, &xor_len);
	if (!mask || !xor || mask_len != len || xor_len != len || !len ||
	    !expression_place(expr, NFTNL_EXPR_BITWISE_SREG, len, &from) ||
	    !expression_place(expr, NFTNL_EXPR_BITWISE_DREG, len, &to))
		return anything(walk, expr);
	for (i = 0; i < len; i++) {
		value[i] = (registers->value[from + i] & mask[i]) ^ xor[i];
		known[i] = registers->known[from + i] | (uint8_t)~mask[i];
	}
	registers_load_known(registers, to, value, known, len);
	return GOES_ON;
}

/* Between network and host order, which is the same way in both directions. */
static unsigned int byteorder(struct walk *walk, struct nftnl_expr *expr)
{
	const uint32_t len = nftnl_expr_get_u32(expr, NFTNL_EXPR_BYTEORDER_LEN);
	const uint32_t size = nftnl_expr_get_u32(expr,
						 NFTNL_EXPR_BYTEORDER_SIZE);
	const uint32_t each = htons(1) == 1 ? 1 : size;
	uint8_t value[REGISTERS_SIZE], known[REGISTERS_SIZE];
	struct registers *registers = &walk->registers;
	uint32_t i, other;
	size_t from, to;

	if ((size != 2 && size != 4 && size != 8) || !len ||
	    !expression_place(expr, NFTNL_EXPR_BYTEORDER_SREG, len, &from) ||
	    !expression_place(expr, NFTNL_EXPR_BYTEORDER_DREG, len, &to))
		return anything(walk, expr);
	for (i = 0; i < len; i++) {
		other = i - i % each + (each - 1 - i % each);
		/* the rest is left as it is */
		if (i - i % each + each > len)
			other = i;
		value[i] = registers->value[from + other];
		known[i] = registers->known[from + other];
	}
	registers_load_known(registers, to, value, known, len);
	return GOES_ON;
}

static unsigned int xt_match_run(struct walk *walk, struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_MT_NAME);
	const void *info;
	uint32_t len;

	info = data(expr, NFTNL_EXPR_MT_INFO, &len);
	if (!name || !info)
		return GOES_ON | PASSES;
	return matches(xt_match(walk, name,
				nftnl_expr_get_u32(expr, NFTNL_EXPR_MT_REV),
				info, len));
}

static unsigned int xt_target_run(struct walk *walk, struct nftnl_expr *expr)
{
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_TG_NAME);

	return name ? xt_target(walk, name) : anything(walk, expr);
}

static unsigned int notrack(struct walk *walk, struct nftnl_expr *expr)
{
	(void)expr;
	walk->meets_notrack = true;
	return GOES_ON;
}

/* A named counter, or a helper for connections; others are limits. */
static unsigned int objref(struct walk *walk, struct nftnl_expr *expr)
{
	const uint32_t type =
		nftnl_expr_is_set(expr, NFTNL_EXPR_OBJREF_IMM_TYPE) ?
		nftnl_expr_get_u32(expr, NFTNL_EXPR_OBJREF_IMM_TYPE) :
		NFT_OBJECT_UNSPEC;

	if (type == NFT_OBJECT_COUNTER || type == NFT_OBJECT_CT_HELPER)
		return GOES_ON;
	return may_go_on(walk, expr);
}

/* Where a packet comes from does not matter, but where it goes to. */
static unsigned int nat(struct walk *walk, struct nftnl_expr *expr)
{
	if (nftnl_expr_get_u32(expr, NFTNL_EXPR_NAT_TYPE) == NFT_NAT_SNAT)
		return ACCEPTS;
	return anything(walk, expr);
}

static unsigned int accept_it(struct walk *walk, struct nftnl_expr *expr)
{
	(void)walk;
	(void)expr;
	return ACCEPTS;
}

static unsigned int drop_it(struct walk *walk, struct nftnl_expr *expr)
{
	(void)walk;
	(void)expr;
	return DROPS;
}

static const struct {
	const char *name;
	expression *run;
} expressions[] = {
	{ "meta", load_meta }, { "payload", load_payload }, { "ct", load_ct }, { "fib", load_fib },
	{ "xfrm", load_xfrm }, { "cmp", cmp }, { "range", range },
	{ "bitwise", bitwise }, { "byteorder", byteorder },
	{ "match", xt_match_run }, { "target", xt_target_run },
	{ "notrack", notrack }, { "objref", objref }, { "nat", nat },
	{ "masq", accept_it }, { "reject", drop_it },
	{ "counter", go_on }, { "log", go_on }, { "last", go_on },
	{ "dup", go_on },
	{ "limit", may_go_on }, { "quota", may_go_on },
	{ "connlimit", may_go_on }, { "dynset", may_go_on },
	{ "rt", may_go_on }, { "socket", may_go_on }, { "exthdr", may_go_on },
	{ "numgen", may_go_on }, { "hash", may_go_on }, { "osf", may_go_on },
	{ "tunnel", may_go_on },
};

/* A value, or a verdict. */
static struct outcome immediate(struct walk *walk, struct nftnl_expr *expr)
{
	struct outcome outcome = { .ends = GOES_ON };
	const uint8_t *value;
	uint32_t len;
	size_t at;

	if (nftnl_expr_is_set(expr, NFTNL_EXPR_IMM_VERDICT))
		return walk_verdict(walk,
				    nftnl_expr_get_u32(expr,
						       NFTNL_EXPR_IMM_VERDICT),
				    nftnl_expr_get_str(expr,
						       NFTNL_EXPR_IMM_CHAIN));
	value = data(expr, NFTNL_EXPR_IMM_DATA, &len);
	if (value && len && expression_place(expr, NFTNL_EXPR_IMM_DREG, len, &at))
		registers_load(&walk->registers, at, value, len);
	else
		outcome.ends = anything(walk, expr);
	return outcome;
}

/**
 * struct found - the verdicts of a map that are possible
 * @walk: the packet's way
 * @outcome: how they end
 */
struct found {
	struct walk *walk;
	struct outcome outcome;
};

static void take_verdict(const struct element *element, void *_found)
{
	struct found *found = _found;
	const struct outcome outcome = walk_verdict(found->walk,
						    element->verdict,
						    element->chain);

	found->outcome.ends |= outcome.ends;
	if (outcome.ends & DROPS)
		found->outcome.culprit = outcome.culprit;
}

static struct outcome lookup(struct walk *walk, struct nftnl_expr *expr)
{
	const bool has_target = nftnl_expr_is_set(expr, NFTNL_EXPR_LOOKUP_DREG);
	const bool is_verdict = has_target &&
		nftnl_expr_get_u32(expr, NFTNL_EXPR_LOOKUP_DREG) ==
		NFT_REG_VERDICT;
	struct found found = { .walk = walk };
	const struct set *set =
		ruleset_set(walk->ruleset, walk->chain->family,
			    walk->chain->table,
			    nftnl_expr_get_str(expr, NFTNL_EXPR_LOOKUP_SET));
	enum truth is_in = MAYBE;
	size_t at;

	if (!expression_place(expr, NFTNL_EXPR_LOOKUP_SREG, 1, &at) ||
	    (!set && is_verdict)) {
		found.outcome.ends = anything(walk, expr);
		return found.outcome;
	}
	if (set)
		is_in = set_find(set, &walk->registers, at,
				 is_verdict ? take_verdict : NULL, &found);
	if (is_verdict) {
		if (is_in != YES)
			found.outcome.ends |= PASSES;
		return found.outcome;
	}
	if (nftnl_expr_is_set(expr, NFTNL_EXPR_LOOKUP_FLAGS) &&
	    nftnl_expr_get_u32(expr, NFTNL_EXPR_LOOKUP_FLAGS) & NFT_LOOKUP_F_INV)
		is_in = truth_not(is_in);
	if (has_target)
		may_go_on(walk, expr);
	found.outcome.ends = matches(is_in);
	return found.outcome;
}

struct outcome expression_run(struct walk *walk, struct nftnl_expr *expr)
{
	struct outcome outcome = {
		.culprit = { walk->chain, walk->handle },
	};
	const char *name = nftnl_expr_get_str(expr, NFTNL_EXPR_NAME);
	expression *run = anything;
	size_t i;

	if (name && !strcmp(name, "immediate"))
		return immediate(walk, expr);
	if (name && !strcmp(name, "lookup"))
		return lookup(walk, expr);
	for (i = 0; name && i < sizeof(expressions) / sizeof(expressions[0]);
	     i++)
		if (!strcmp(expressions[i].name, name))
			run = expressions[i].run;
	outcome.ends = run(walk, expr);
	return outcome;
}
