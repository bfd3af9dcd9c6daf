/* SPDX-License-Identifier: GPL-2.0 */
/* Random numbers that a seed repeats (splitmix64). */
#ifndef FUZZ_DICE_H
#define FUZZ_DICE_H

#include <stddef.h>
#include <stdint.h>

extern uint64_t dice;

static inline uint64_t dice_roll(void)
{
	uint64_t z = dice += 0x9e3779b97f4a7c15ull;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ z >> 27) * 0x94d049bb133111ebull;
	return z ^ z >> 31;
}

/* A number from 0 to @n - 1. */
static inline unsigned int dice_below(unsigned int n)
{
	return (unsigned int)((dice_roll() >> 32) * n >> 32);
}

/* Once in @n times. */
static inline int dice_once_in(unsigned int n)
{
	return !dice_below(n);
}

static inline void dice_fill(uint8_t *bytes, size_t len)
{
	while (len--)
		*bytes++ = (uint8_t)(dice_roll() >> 56);
}

#endif /* FUZZ_DICE_H */
