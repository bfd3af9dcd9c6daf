/* SPDX-License-Identifier: GPL-2.0 */
/* What the parts of the firewall's evaluation share: see firewall.c. */
#ifndef WALK_H
#define WALK_H

#include "firewall.h"
#include "registers.h"

struct nftnl_expr;

/* Of connection tracking: the bits for the first packet of a flow, and for those after it. */
#define STATE_NEW		(1 << 3)
#define STATE_ESTABLISHED	(1 << 1)

/*
 * The ways in which an expression, a rule or a chain may end, a bit for each. More than
 * one are possible where not all of the packet is known.
 */
enum {
	ACCEPTS = 1,
	DROPS = 2,
	RETURNS = 4,	/* to the chain that this one was called from */
	PASSES = 8,	/* to the next rule */
	GOES_ON = 16,	/* to the next expression of the rule */
	ANYTHING = ACCEPTS | DROPS | RETURNS | PASSES | GOES_ON,
};

/**
 * struct outcome - how something ends
 * @ends: the ways that are possible
 * @culprit: what drops the packet, if that is one of them
 */
struct outcome {
	unsigned int ends;
	struct culprit culprit;
};

/**
 * struct walk - a packet's way through the rules
 * @ruleset: all of them
 * @packet: the packet
 * @base: the chain that its hook has called
 * @chain: the chain that it is in
 * @handle: the rule that it is in
 * @depth: how many chains have called each other
 * @memo: by the number of the chain, how it ends, if @ends is not 0
 * @is_tracked: connection tracking knows the packet as what it is
 * @meets_notrack: a rule on its way may keep it from connection tracking
 * @is_lost: a rule on its way may have made another packet of it
 * @asks_port: a rule on its way asks for the peer's port, which is not known
 * @may_drop: some chain may drop it, or it was lost
 * @registers: of the rule
 */
struct walk {
	const struct ruleset *ruleset;
	const struct packet *packet;
	const struct chain *base;
	const struct chain *chain;
	uint64_t handle;
	unsigned int depth;
	struct outcome *memo;
	bool is_tracked;
	bool meets_notrack;
	bool is_lost;
	bool asks_port;
	bool may_drop;
	struct registers registers;
};

/* The port that a packet comes from, or goes to; 0 if it is not known. */
uint16_t packet_port(const struct packet *packet, bool is_source);

/* What a match makes of the rule. */
unsigned int matches(enum truth truth);

/* The bit of what connection tracking knows of the packet where it is, or 0. */
uint32_t walk_state(const struct walk *walk);

/**
 * walk_verdict() - how a verdict ends
 * @walk: the packet's way
 * @verdict: NF_* or NFT_*
 * @chain: where a jump goes to
 *
 * Return: the outcome.
 */
struct outcome walk_verdict(struct walk *walk, uint32_t verdict,
			    const char *chain);

/**
 * expression_run() - what an expression does
 * @walk: the packet's way
 * @expr: the expression
 *
 * Return: the outcome.
 */
struct outcome expression_run(struct walk *walk, struct nftnl_expr *expr);

/* One expression: the ways in which it ends. */
typedef unsigned int expression(struct walk *walk, struct nftnl_expr *expr);

/* What asks for something of the packet, or writes it. */
expression load_meta;
expression load_payload;
expression load_ct;
expression load_fib;
expression load_xfrm;

/* One that may not match, or not find what it looks for; and one of which nothing is known. */
expression may_go_on;
expression anything;

/**
 * expression_place() - where the register lies that an attribute names
 * @expr: the expression
 * @attribute: NFTNL_EXPR_*
 * @len: how many bytes are used
 * @offset: takes the place
 *
 * Return: whether there is such a place.
 */
bool expression_place(struct nftnl_expr *expr, uint16_t attribute, size_t len,
		      size_t *offset);

/**
 * xt_match() - does a match of iptables match, of those that nftables has taken over?
 * @walk: the packet's way
 * @name: its name
 * @revision: the revision of its layout
 * @info: what it has been told
 * @len: bytes of @info
 *
 * Return: whether it does.
 */
enum truth xt_match(struct walk *walk, const char *name,
		    uint32_t revision, const void *info, size_t len);

/**
 * xt_target() - what a target of iptables does
 * @walk: the packet's way
 * @name: its name
 *
 * Return: the ways in which it ends.
 */
unsigned int xt_target(struct walk *walk, const char *name);

/* Takes an element of a set that is what was looked for, or may be. */
typedef void set_taker(const struct element *element, void *context);

/**
 * set_find() - is what stands in registers in a set?
 * @set: the set, with its elements
 * @registers: the registers
 * @offset: where the key begins there
 * @take: NULL, or called for each element that may be the one; the only one, if that is certain
 * @context: passed to it
 *
 * Return: whether it is.
 */
enum truth set_find(const struct set *set, const struct registers *registers,
		    size_t offset, set_taker *take, void *context);

#endif /* WALK_H */
