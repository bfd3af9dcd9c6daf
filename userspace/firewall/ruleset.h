/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The rules of nftables in the network namespace, as the kernel has them: nft's, and
 * those of iptables where that is iptables-nft.
 */
#ifndef RULESET_H
#define RULESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <libnftnl/chain.h>
#include <libnftnl/rule.h>
#include <libnftnl/set.h>

/**
 * struct rule - one rule
 * @nftnl: what it says; NULL if it says something that the library does not know
 * @handle: its number in its table
 */
struct rule {
	struct nftnl_rule *nftnl;
	uint64_t handle;
};

/**
 * struct chain - one chain
 * @nftnl: owns the strings
 * @family: NFPROTO_*
 * @table: the table's name
 * @name: its own
 * @is_base: packets come to it at a hook; otherwise only by a jump
 * @drops: the policy of a base chain is to drop
 * @hook: NF_INET_*
 * @priority: lower ones come first
 * @rules: in order
 * @count: how many
 * @room: how many there can be
 */
struct chain {
	struct nftnl_chain *nftnl;
	uint32_t family;
	const char *table;
	const char *name;
	bool is_base;
	bool drops;
	uint32_t hook;
	int32_t priority;
	struct rule *rules;
	size_t count;
	size_t room;
};

/**
 * struct element - what is in a set
 * @key: what is looked for; NULL for what stands for all that is not found
 * @key_end: the last one of a range of several fields, or NULL
 * @len: bytes of both
 * @is_end: no element, but where the range before it is over
 * @is_conditional: it can have a limit, and so match only now and then
 * @verdict: NF_* or NFT_*, of a map of verdicts
 * @chain: where a jump goes to, or NULL
 */
struct element {
	const uint8_t *key;
	const uint8_t *key_end;
	uint32_t len;
	bool is_end;
	bool is_conditional;
	uint32_t verdict;
	const char *chain;
};

/**
 * struct set - one set or map
 * @nftnl: what it is; owns the strings
 * @content: owns what is in it; NULL if that was not read
 * @family: NFPROTO_*
 * @table: the table's name
 * @name: its own
 * @flags: NFT_SET_*
 * @fields: bytes of each field of its keys, if these are ranges of several
 * @nr_fields: how many, 0 if they are not
 * @elements: what is in it
 * @count: how many
 * @room: how many there can be
 */
struct set {
	struct nftnl_set *nftnl;
	struct nftnl_set *content;
	uint32_t family;
	const char *table;
	const char *name;
	uint32_t flags;
	const uint8_t *fields;
	uint32_t nr_fields;
	struct element *elements;
	size_t count;
	size_t room;
};

/**
 * struct ruleset - all of it
 * @chains: sorted, once ruleset_sort() was called
 * @nr_chains: how many
 * @sets: the same
 * @nr_sets: how many
 * @rules: how many there are in all chains
 * @fetch: reads what is in a set into another one; NULL if that cannot be
 */
struct ruleset {
	struct chain *chains;
	size_t nr_chains;
	size_t chains_room;
	struct set *sets;
	size_t nr_sets;
	size_t sets_room;
	size_t rules;
	struct nftnl_set *(*fetch)(const struct set *set);
};

/*
 * Add what was read. All of it belongs to the ruleset from then on. Rules come after
 * ruleset_sort(); one whose chain is not there is forgotten.
 */
void ruleset_add_chain(struct ruleset *ruleset, struct nftnl_chain *nftnl);
void ruleset_add_set(struct ruleset *ruleset, struct nftnl_set *nftnl);
void ruleset_sort(struct ruleset *ruleset);

/**
 * ruleset_add_rule() - add a rule at the end of its chain
 * @ruleset: has the chain
 * @nftnl: the rule, with family, table, chain and handle
 * @is_read: the library knows all that it says
 */
void ruleset_add_rule(struct ruleset *ruleset, struct nftnl_rule *nftnl,
		      bool is_read);

/**
 * set_fill() - what is in a set
 * @set: the set
 * @content: has its elements; belongs to the set from then on
 */
void set_fill(struct set *set, struct nftnl_set *content);

/**
 * ruleset_chain() - look for a chain
 * @ruleset: all of them
 * @family: NFPROTO_*
 * @table: the table's name
 * @name: the chain's
 *
 * Return: it, or NULL.
 */
struct chain *ruleset_chain(const struct ruleset *ruleset, uint32_t family,
			    const char *table, const char *name);

/**
 * ruleset_set() - look for a set, and read its elements if that was not yet done
 * @ruleset: all of them
 * @family: NFPROTO_*
 * @table: the table's name
 * @name: the set's
 *
 * Sets can be large, and of most nobody has to know what is in them.
 *
 * Return: it with its elements, or NULL.
 */
const struct set *ruleset_set(const struct ruleset *ruleset, uint32_t family,
			      const char *table, const char *name);

/**
 * ruleset_read() - ask the kernel for it
 * @ruleset: takes it; empty, if the kernel has no nftables
 * @why: takes the sentence for a refusal
 *
 * Return: 0, or an errno.
 */
int ruleset_read(struct ruleset *ruleset, const char **why);

/**
 * ruleset_unread() - could all sets be read that were needed since?
 * @why: takes the sentence for a refusal
 *
 * Return: 0, or an errno.
 */
int ruleset_unread(const char **why);

/* Forget all of it. */
void ruleset_free(struct ruleset *ruleset);

#endif /* RULESET_H */
