// SPDX-License-Identifier: GPL-2.0
/* Expressions of rules, made by hand: what is loaded or compared is in register 1. */
#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "expressions.h"

struct nftnl_expr *simple(const char *name)
{
	return nftnl_expr_alloc(name);
}

struct nftnl_expr *meta(uint32_t key)
{
	struct nftnl_expr *expr = nftnl_expr_alloc("meta");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_KEY, key);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_META_DREG, NFT_REG_1);
	return expr;
}

struct nftnl_expr *payload_to(uint32_t place, uint32_t base_, uint32_t offset,
			      uint32_t len)
{
	struct nftnl_expr *expr = nftnl_expr_alloc("payload");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_DREG, place);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_BASE, base_);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, len);
	return expr;
}

struct nftnl_expr *payload_write(uint32_t base_, uint32_t offset, uint32_t len)
{
	struct nftnl_expr *expr = nftnl_expr_alloc("payload");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_BASE, base_);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_OFFSET, offset);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_PAYLOAD_LEN, len);
	return expr;
}

struct nftnl_expr *cmp(uint32_t op, const void *data, uint32_t len)
{
	struct nftnl_expr *expr = nftnl_expr_alloc("cmp");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CMP_OP, op);
	nftnl_expr_set(expr, NFTNL_EXPR_CMP_DATA, data, len);
	return expr;
}

struct nftnl_expr *cmp8(uint8_t value)
{
	return cmp(NFT_CMP_EQ, &value, 1);
}

struct nftnl_expr *cmp16(uint32_t op, uint16_t value)
{
	value = htons(value);
	return cmp(op, &value, 2);
}

struct nftnl_expr *cmp32(uint32_t op, uint32_t value)
{
	return cmp(op, &value, 4);
}

struct nftnl_expr *ct(uint32_t key)
{
	struct nftnl_expr *expr = nftnl_expr_alloc("ct");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_CT_KEY, key);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_CT_DREG, NFT_REG_1);
	return expr;
}

struct nftnl_expr *mask(uint32_t bits)
{
	struct nftnl_expr *expr = nftnl_expr_alloc("bitwise");
	const uint32_t none = 0;

	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_SREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_DREG, NFT_REG_1);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_BITWISE_LEN, 4);
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_MASK, &bits, 4);
	nftnl_expr_set(expr, NFTNL_EXPR_BITWISE_XOR, &none, 4);
	return expr;
}

struct nftnl_expr *verdict(int code, const char *target)
{
	struct nftnl_expr *expr = nftnl_expr_alloc("immediate");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_IMM_DREG, NFT_REG_VERDICT);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_IMM_VERDICT, (uint32_t)code);
	if (target)
		nftnl_expr_set_str(expr, NFTNL_EXPR_IMM_CHAIN, target);
	return expr;
}

struct nftnl_expr *nat(uint32_t type)
{
	struct nftnl_expr *expr = nftnl_expr_alloc("nat");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_NAT_TYPE, type);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_NAT_FAMILY, NFPROTO_IPV4);
	return expr;
}

struct nftnl_expr *xt(const char *kind, const char *name, uint32_t revision,
		      const void *info, uint32_t len)
{
	struct nftnl_expr *expr = nftnl_expr_alloc(kind);
	void *copy = calloc(1, len + 8);

	if (len)
		memcpy(copy, info, len);
	nftnl_expr_set_str(expr, NFTNL_EXPR_MT_NAME, name);
	nftnl_expr_set_u32(expr, NFTNL_EXPR_MT_REV, revision);
	nftnl_expr_set(expr, NFTNL_EXPR_MT_INFO, copy, len);
	return expr;
}

struct nftnl_expr *lookup(const char *set, bool is_map, bool is_inverted)
{
	struct nftnl_expr *expr = nftnl_expr_alloc("lookup");

	nftnl_expr_set_u32(expr, NFTNL_EXPR_LOOKUP_SREG, NFT_REG_1);
	nftnl_expr_set_str(expr, NFTNL_EXPR_LOOKUP_SET, set);
	if (is_map)
		nftnl_expr_set_u32(expr, NFTNL_EXPR_LOOKUP_DREG,
				   NFT_REG_VERDICT);
	if (is_inverted)
		nftnl_expr_set_u32(expr, NFTNL_EXPR_LOOKUP_FLAGS,
				   NFT_LOOKUP_F_INV);
	return expr;
}
