// SPDX-License-Identifier: GPL-2.0
/*
 * A packet's way through the rules of nftables, on which it takes all turns that are
 * possible: see walk.h. It is dropped for certain if all of them end so.
 */
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libnftnl/expr.h>

#include "ctl.h"
#include "walk.h"

/* More than the kernel allows. */
#define MAX_DEPTH	32

/* Where the module's hooks are: kmod/hooks.c. */
#define PRIORITY_IN	(NF_IP_PRI_CONNTRACK_HELPER - 1)
#define PRIORITY_OUT	(NF_IP_PRI_CONNTRACK - 50)

uint16_t packet_port(const struct packet *packet, bool is_source)
{
	return packet->is_outgoing == is_source ? packet->port :
						  packet->their_port;
}

unsigned int matches(enum truth truth)
{
	return truth == YES ? GOES_ON : truth == NO ? PASSES : GOES_ON | PASSES;
}

uint32_t walk_state(const struct walk *walk)
{
	if (!walk->is_tracked || walk->packet->is_outgoing ||
	    walk->base->priority <= NF_IP_PRI_CONNTRACK)
		return 0;
	return walk->packet->is_answer ? STATE_ESTABLISHED : STATE_NEW;
}

/* How one thing ends that came after another, or in its place. */
static void add(struct outcome *outcome, const struct outcome *next)
{
	outcome->ends |= next->ends;
	if (next->ends & DROPS)
		outcome->culprit = next->culprit;
}

static struct outcome run_rule(struct walk *walk, const struct rule *rule)
{
	struct outcome outcome = { 0 }, next;
	struct nftnl_expr_iter *iter;
	struct nftnl_expr *expr;

	walk->handle = rule->handle;
	if (!rule->nftnl) {
		walk->is_lost = true;
		return (struct outcome){ .ends = ANYTHING & ~GOES_ON };
	}
	iter = nftnl_expr_iter_create(rule->nftnl);
	if (!iter)
		refused("there is no memory to look at rules");
	memset(&walk->registers, 0, sizeof(walk->registers));
	while ((expr = nftnl_expr_iter_next(iter))) {
		next = expression_run(walk, expr);
		add(&outcome, &next);
		if (!(next.ends & GOES_ON))
			break;
	}
	nftnl_expr_iter_destroy(iter);
	if (!expr)
		outcome.ends |= PASSES;
	outcome.ends &= ~GOES_ON;
	return outcome;
}

static struct outcome run_chain(struct walk *walk, const struct chain *chain)
{
	const struct chain *caller = walk->chain;
	const uint64_t handle = walk->handle;
	const struct registers registers = walk->registers;
	struct outcome outcome = { 0 }, next;
	size_t i;

	walk->chain = chain;
	for (i = 0; i < chain->count; i++) {
		outcome.ends &= ~PASSES;
		next = run_rule(walk, &chain->rules[i]);
		add(&outcome, &next);
		if (!(next.ends & PASSES))
			break;
	}
	if (i == chain->count)
		outcome.ends |= PASSES;
	walk->chain = caller;
	walk->handle = handle;
	walk->registers = registers;
	return outcome;
}

/* Once, from wherever it is called: what the packet is does not change on its way. */
static struct outcome call(struct walk *walk, const char *name)
{
	const struct ruleset *ruleset = walk->ruleset;
	const struct chain *chain =
		ruleset_chain(ruleset, walk->chain->family,
			      walk->chain->table, name);
	struct outcome *memo;

	if (!chain || walk->depth == MAX_DEPTH)
		return (struct outcome){ .ends = ANYTHING };
	memo = &walk->memo[chain - ruleset->chains];
	if (!memo->ends) {
		/* for those that are called in a circle */
		memo->ends = ANYTHING;
		walk->depth++;
		*memo = run_chain(walk, chain);
		walk->depth--;
	}
	return *memo;
}

static struct outcome dropped_here(const struct walk *walk)
{
	return (struct outcome){
		.ends = DROPS,
		.culprit = { walk->chain, walk->handle },
	};
}

struct outcome walk_verdict(struct walk *walk, uint32_t verdict,
			    const char *chain)
{
	struct outcome outcome;
	bool comes_back;

	switch ((int)verdict) {
	case NF_ACCEPT:
		return (struct outcome){ .ends = ACCEPTS };
	case NF_DROP:
		return dropped_here(walk);
	case NFT_CONTINUE:
		return (struct outcome){ .ends = GOES_ON };
	case NFT_BREAK:
		return (struct outcome){ .ends = PASSES };
	case NFT_RETURN:
		return (struct outcome){ .ends = RETURNS };
	case NFT_JUMP:
	case NFT_GOTO:
		outcome = call(walk, chain);
		comes_back = outcome.ends & (RETURNS | PASSES | GOES_ON);
		outcome.ends &= ACCEPTS | DROPS;
		if (comes_back)
			outcome.ends |= (int)verdict == NFT_JUMP ? PASSES :
								   RETURNS;
		return outcome;
	default:
		return (struct outcome){ .ends = ANYTHING };
	}
}

static bool comes_by(const struct packet *packet, const struct chain *chain)
{
	if (!chain->is_base || (chain->family != NFPROTO_INET &&
				chain->family != packet->family))
		return false;
	switch (chain->hook) {
	case NF_INET_PRE_ROUTING:
		return !packet->is_outgoing;
	case NF_INET_LOCAL_IN:
		return !packet->is_outgoing && chain->priority < PRIORITY_IN;
	case NF_INET_LOCAL_OUT:
		return packet->is_outgoing && chain->priority > PRIORITY_OUT;
	case NF_INET_POST_ROUTING:
		return packet->is_outgoing;
	default:
		return false;
	}
}

/* Prerouting before input, output before postrouting; then by priority. */
static bool comes_before(const struct chain *a, const struct chain *b)
{
	return a->hook != b->hook ? a->hook < b->hook :
	       a->priority < b->priority;
}

/* The first one that comes behind @last, of those that the packet comes by. */
static const struct chain *next_base(const struct walk *walk,
				     const struct chain *last)
{
	const struct ruleset *ruleset = walk->ruleset;
	const struct chain *chain, *next = NULL;
	bool is_behind;

	for (chain = ruleset->chains;
	     chain < ruleset->chains + ruleset->nr_chains; chain++) {
		if (!comes_by(walk->packet, chain))
			continue;
		/* of those that come at the same time, one after the other */
		is_behind = !last || comes_before(last, chain) ||
			    (!comes_before(chain, last) && chain > last);
		if (is_behind && (!next || comes_before(chain, next)))
			next = chain;
	}
	return next;
}

static bool is_dropped_by(struct walk *walk, const struct chain *chain,
			  struct culprit *culprit)
{
	struct outcome outcome;

	walk->base = chain;
	outcome = run_chain(walk, chain);
	if (outcome.ends & (PASSES | RETURNS) && chain->drops) {
		outcome.ends &= ~(PASSES | RETURNS);
		outcome.ends |= DROPS;
		outcome.culprit = (struct culprit){ .chain = chain };
	}
	*culprit = outcome.culprit;
	walk->may_drop |= walk->is_lost || outcome.ends & DROPS;
	return outcome.ends == DROPS;
}

static bool is_dropped(struct walk *walk, struct culprit *culprit)
{
	const struct ruleset *ruleset = walk->ruleset;
	const struct chain *chain = NULL;
	bool dropped = false;

	while (!dropped && !walk->is_lost && (chain = next_base(walk, chain))) {
		/* what is known of connections is not the same at each hook */
		memset(walk->memo, 0,
		       ruleset->nr_chains * sizeof(*walk->memo));
		dropped = is_dropped_by(walk, chain, culprit);
	}
	return dropped;
}

bool firewall_drops(const struct ruleset *ruleset, const struct packet *packet,
		    struct culprit *culprit)
{
	struct walk walk = {
		.ruleset = ruleset,
		.packet = packet,
		.is_tracked = true,
		.memo = calloc(ruleset->nr_chains + 1, sizeof(*walk.memo)),
	};
	bool dropped;

	if (!walk.memo)
		refused("there is no memory to look at rules");
	dropped = is_dropped(&walk, culprit);
	if (walk.meets_notrack) {
		walk.is_tracked = false;
		walk.is_lost = false;
		dropped = is_dropped(&walk, culprit);
	}
	free(walk.memo);
	culprit->needs_port = !dropped && walk.asks_port && walk.may_drop;
	return dropped;
}
