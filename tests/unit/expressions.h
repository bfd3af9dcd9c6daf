/* SPDX-License-Identifier: GPL-2.0 */
/* Expressions of rules, made by hand: what is loaded or compared is in register 1. */
#ifndef EXPRESSIONS_H
#define EXPRESSIONS_H

#include <stdbool.h>
#include <stdint.h>
/* which the next one wants */
#include <stdio.h>

#include <libnftnl/expr.h>

struct nftnl_expr *simple(const char *name);
struct nftnl_expr *meta(uint32_t key);
struct nftnl_expr *payload_to(uint32_t place, uint32_t base_, uint32_t offset,
			      uint32_t len);
struct nftnl_expr *payload_write(uint32_t base_, uint32_t offset, uint32_t len);
struct nftnl_expr *cmp(uint32_t op, const void *data, uint32_t len);
struct nftnl_expr *cmp8(uint8_t value);
struct nftnl_expr *cmp16(uint32_t op, uint16_t value);
struct nftnl_expr *cmp32(uint32_t op, uint32_t value);
struct nftnl_expr *ct(uint32_t key);
struct nftnl_expr *mask(uint32_t bits);
struct nftnl_expr *verdict(int code, const char *target);
struct nftnl_expr *nat(uint32_t type);
struct nftnl_expr *xt(const char *kind, const char *name, uint32_t revision,
		      const void *info, uint32_t len);
struct nftnl_expr *lookup(const char *set, bool is_map, bool is_inverted);

#endif /* EXPRESSIONS_H */
