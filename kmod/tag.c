// SPDX-License-Identifier: GPL-2.0
/* The rings of candidates, and how a packet finds its own. */
#include <linux/percpu.h>
#include <linux/random.h>
#include <linux/skbuff.h>
#include <net/ip.h>
#include <net/ipv6.h>
#include <net/xfrm.h>
#include "tag.h"
#include "uapi/espencap.h"

/**
 * struct candidate - a packet on its way
 * @skb: the packet, from when XFRM has it until the place is another's: to be
 *	compared, never to be read
 * @number: its number
 * @tag: what is remembered
 */
struct candidate {
	const struct sk_buff *skb;
	u32 number;
	struct espencap_tag tag;
};

/**
 * struct ring - the candidates of a CPU
 * @number: of the latest; its place is the number modulo ESPENCAP_CANDIDATES
 * @candidates: the places
 */
struct ring {
	u32 number;
	struct candidate candidates[ESPENCAP_CANDIDATES];
};

static struct ring __percpu *rings;

/* Nothing is remembered but what the note says. */
#define NO_CPU		U16_MAX

static_assert(CONFIG_NR_CPUS < NO_CPU && CONFIG_NR_CPUS < ESPENCAP_TAG_NATIVE);
static_assert(sizeof(struct espencap_note) + sizeof(struct xfrm_tunnel_skb_cb) <=
	      sizeof_field(struct sk_buff, cb));

/* What a packet carries need not be what we have put there. */
static bool is_cpu(unsigned int cpu)
{
	return cpu < nr_cpu_ids && cpu_possible(cpu);
}

static struct candidate *place(struct ring *ring, u32 number)
{
	return &ring->candidates[number % ESPENCAP_CANDIDATES];
}

/* The next place of this CPU, with a number and nothing else. */
static struct candidate *next(void)
{
	struct ring *ring = this_cpu_ptr(rings);
	struct candidate *candidate = place(ring, ++ring->number);

	WRITE_ONCE(candidate->skb, NULL);
	WRITE_ONCE(candidate->number, ring->number);
	/* Whoever reads it so late has lost it, and sees that afterwards. */
	smp_wmb();
	return candidate;
}

/* The packet carries CPU and number on; see tag.h. No CPU is 0 there. */
static void sign(struct sk_buff *skb, struct candidate *candidate)
{
	espencap_tag_carry(skb, smp_processor_id() + 1, candidate->number);
	/* Whoever sees the address, on whatever CPU, sees the rest: find(). */
	smp_store_release(&candidate->skb, skb);
}

static const struct candidate *find(const struct sk_buff *skb)
{
	const unsigned int cpu = skb->inner_mac_header - 1u;
	const u32 number = espencap_tag_carried(skb);
	const struct candidate *candidate;

	if (!is_cpu(cpu))
		return NULL;
	candidate = place(per_cpu_ptr(rings, cpu), number);
	/* pairs with sign() */
	if (smp_load_acquire(&candidate->skb) != skb ||
	    READ_ONCE(candidate->number) != number)
		return NULL;
	return candidate;
}

struct espencap_tag *espencap_tag_begin(void)
{
	return &next()->tag;
}

void espencap_tag_note(struct sk_buff *skb, const struct espencap_tag *tag)
{
	struct espencap_note *note = espencap_note(skb);

	note->magic = ESPENCAP_NOTE_MAGIC;
	note->number = container_of(tag, struct candidate, tag)->number;
	note->cpu = smp_processor_id();
	note->kind = tag->kind;
	note->cut = tag->cut;
}

void espencap_tag_pass(struct sk_buff *skb)
{
	struct espencap_note *note = espencap_note(skb);

	note->magic = ESPENCAP_NOTE_MAGIC;
	note->cpu = NO_CPU;
	note->kind = ESPENCAP_TAG_RAW;
	note->cut = 0;
}

/*
 * What was noted, perhaps on another CPU; if it is lost, or no note of ours at all, all
 * but the kind is.
 */
static struct espencap_tag recall(const struct espencap_note *note)
{
	struct espencap_tag tag = { .kind = note->kind };
	const struct candidate *candidate;

	if (!is_cpu(note->cpu))
		return tag;
	candidate = place(per_cpu_ptr(rings, note->cpu), note->number);
	tag = candidate->tag;
	/* pairs with next() */
	smp_rmb();
	if (READ_ONCE(candidate->number) != note->number)
		tag = (struct espencap_tag){ .kind = note->kind };
	return tag;
}

/* Behind a queue to user space, it can be another CPU. */
static noinline struct candidate *renew(const struct espencap_note *note)
{
	const struct espencap_tag tag = recall(note);
	struct candidate *candidate = next();

	candidate->tag = tag;
	return candidate;
}

static void nominate(struct sk_buff *skb, const struct espencap_note *note)
{
	struct candidate *candidate = place(this_cpu_ptr(rings), note->number);

	if (unlikely(note->cpu != smp_processor_id() ||
		     candidate->number != note->number))
		candidate = renew(note);
	sign(skb, candidate);
}

enum espencap_tag_kind espencap_tag_hand_over(struct sk_buff *skb,
					      unsigned int *cut)
{
	struct espencap_note *note = espencap_note(skb);

	note->magic = 0;
	*cut = note->cut;
	if (note->cpu != NO_CPU)
		nominate(skb, note);
	else
		espencap_tag_clear(skb);
	return note->kind;
}

bool espencap_tag_is_noted(const struct sk_buff *skb)
{
	return find(skb);
}

bool espencap_tag_take(struct sk_buff *skb, struct espencap_tag *tag)
{
	const u32 number = espencap_tag_carried(skb);
	const struct candidate *candidate = find(skb);

	if (!candidate)
		return false;
	*tag = candidate->tag;
	/* nobody else finds it: no other packet has this number */
	espencap_tag_clear(skb);
	/* pairs with next(), if its CPU has given the place to another meanwhile */
	smp_rmb();
	return READ_ONCE(candidate->number) == number;
}

int espencap_tag_init(void)
{
	int cpu;

	rings = alloc_percpu(struct ring);
	if (!rings)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		per_cpu_ptr(rings, cpu)->number = get_random_u32();
	return 0;
}

void espencap_tag_exit(void)
{
	free_percpu(rings);
}
