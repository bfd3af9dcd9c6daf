/* SPDX-License-Identifier: GPL-2.0 */
/* Rulesets made by hand, a table "t", and whether the firewall of doctor drops by them. */
#ifndef RULES_H
#define RULES_H

#include <stdbool.h>
#include <stdint.h>

#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>

#include "ctl.h"
#include "expressions.h"
#include "firewall.h"

#define PORT	2797

/* Expressions, the last of which end a rule. */
#define L4(number)	meta(NFT_META_L4PROTO), cmp8(number)
#define LOAD_DPORT	payload_to(NFT_REG_1, NFT_PAYLOAD_TRANSPORT_HEADER, 2, 2)
#define DPORT(number)	LOAD_DPORT, cmp16(NFT_CMP_EQ, number)
#define SADDR		payload_to(NFT_REG_1, NFT_PAYLOAD_NETWORK_HEADER, 12, 4)
#define CT(bits)	ct(NFT_CT_STATE), mask(bits), cmp32(NFT_CMP_NEQ, 0)
#define LO		meta(NFT_META_IIFNAME), cmp(NFT_CMP_EQ, "lo", 3)
#define COUNTER		simple("counter")
#define ACCEPT		verdict(NF_ACCEPT, NULL), NULL
#define DROP		verdict(NF_DROP, NULL), NULL
#define RETURN		verdict(NFT_RETURN, NULL), NULL
#define JUMP(to)	verdict(NFT_JUMP, to), NULL
#define GOTO(to)	verdict(NFT_GOTO, to), NULL

extern struct ruleset ruleset;
extern unsigned int tests, failures;

void result(bool ok, const char *name);

/* Chains: "input" and so on are called by hooks, others by rules. */
void base(const char *name, uint32_t family, uint32_t hook, int priority,
	  uint32_t policy);
void input(uint32_t policy);
void chain(const char *name);
/* A rule of a chain: its expressions, and NULL. */
void rule(const char *name, ...);

/* A set; its elements come after it. */
void set(const char *name, uint32_t flags);
struct nftnl_set_elem *element(const void *key, uint32_t len, uint32_t flags);
struct nftnl_set_elem *port(uint16_t number, uint32_t flags);
void port_verdict(uint16_t number, uint32_t flags, int code, const char *target);

/* What has been made is complete. */
void sort(void);
bool drops_in(uint8_t family, uint8_t protocol, struct culprit *culprit);
void forget(void);
/* A UDP packet over IPv4: dropped by this rule, 0 for the policy; then forget all. */
void dropped(const char *name, uint64_t by, const char *in);
void not_dropped(const char *name);

/* Of firewall_sets.c */
void test_sets(void);

#endif /* RULES_H */
