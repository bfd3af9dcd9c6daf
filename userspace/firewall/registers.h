/* SPDX-License-Identifier: GPL-2.0 */
/* The registers of nftables' rules, bits of which may be unknown. */
#ifndef REGISTERS_H
#define REGISTERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum truth { NO, MAYBE, YES };

#define REGISTERS_SIZE	64

/**
 * struct registers - all of them
 * @value: bytes, as the kernel has them
 * @known: a bit for each bit of @value that is known
 * @never_at: where @never is what the value is not, though it is not known
 * @never_len: how long that is, 0 if there is no such thing
 * @never: that value
 */
struct registers {
	uint8_t value[REGISTERS_SIZE];
	uint8_t known[REGISTERS_SIZE];
	size_t never_at;
	size_t never_len;
	uint8_t never[4];
};

/**
 * registers_offset() - where a register begins
 * @number: NFT_REG_1 to NFT_REG_4, or NFT_REG32_00 to NFT_REG32_15
 * @len: how many bytes of it and of the next ones are used
 * @offset: takes the place
 *
 * Return: whether there is such a place.
 */
bool registers_offset(uint32_t number, size_t len, size_t *offset);

/*
 * Write @len bytes at @offset: a value; one of which @known is known; or nothing that
 * is known. Like the kernel, the first two fill up the last 4 bytes with zeros.
 */
void registers_load(struct registers *registers, size_t offset,
		    const void *value, size_t len);
void registers_load_known(struct registers *registers, size_t offset,
			  const uint8_t *value, const uint8_t *known,
			  size_t len);
void registers_forget(struct registers *registers, size_t offset, size_t len);

/* After that: what is not known there is not @never, at least. */
void registers_never(struct registers *registers, size_t offset,
		     const void *never, size_t len);

/* Compare @len bytes at @offset: are they the same? Are they less, byte by byte? */
enum truth registers_equal(const struct registers *registers, size_t offset,
			   const uint8_t *data, size_t len);
enum truth registers_less(const struct registers *registers, size_t offset,
			  const uint8_t *data, size_t len);

/* Are all of @len bytes at @offset known? */
bool registers_known(const struct registers *registers, size_t offset,
		     size_t len);

enum truth truth_not(enum truth a);
enum truth truth_and(enum truth a, enum truth b);
enum truth truth_or(enum truth a, enum truth b);

#endif /* REGISTERS_H */
