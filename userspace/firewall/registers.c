// SPDX-License-Identifier: GPL-2.0
/* Values of which not all is known, and comparing them. */
#include <linux/netfilter/nf_tables.h>
#include <string.h>

#include "registers.h"

bool registers_offset(uint32_t number, size_t len, size_t *offset)
{
	if (number >= NFT_REG_1 && number <= NFT_REG_4)
		*offset = (number - NFT_REG_1) * 16;
	else if (number >= NFT_REG32_00 && number <= NFT_REG32_15)
		*offset = (number - NFT_REG32_00) * 4;
	else
		return false;
	return len <= REGISTERS_SIZE - *offset;
}

static size_t rounded(size_t len)
{
	return (len + 3) & ~(size_t)3;
}

/* Forget what @never says of these bytes. */
static void touch(struct registers *registers, size_t offset, size_t len)
{
	if (registers->never_at < offset + len &&
	    offset < registers->never_at + registers->never_len)
		registers->never_len = 0;
}

void registers_load_known(struct registers *registers, size_t offset,
			  const uint8_t *value, const uint8_t *known,
			  size_t len)
{
	touch(registers, offset, rounded(len));
	memset(registers->value + offset, 0, rounded(len));
	memset(registers->known + offset, 0xff, rounded(len));
	memcpy(registers->value + offset, value, len);
	memcpy(registers->known + offset, known, len);
}

void registers_load(struct registers *registers, size_t offset,
		    const void *value, size_t len)
{
	uint8_t known[REGISTERS_SIZE];

	memset(known, 0xff, sizeof(known));
	registers_load_known(registers, offset, value, known, len);
}

void registers_forget(struct registers *registers, size_t offset, size_t len)
{
	touch(registers, offset, rounded(len));
	memset(registers->known + offset, 0, rounded(len));
}

void registers_never(struct registers *registers, size_t offset,
		     const void *never, size_t len)
{
	registers->never_at = offset;
	registers->never_len = len;
	memcpy(registers->never, never, len);
}

static bool is_never(const struct registers *registers, size_t offset,
		     const uint8_t *data, size_t len)
{
	return registers->never_len && registers->never_at >= offset &&
	       registers->never_at + registers->never_len <= offset + len &&
	       !memcmp(data + (registers->never_at - offset), registers->never,
		       registers->never_len);
}

enum truth registers_equal(const struct registers *registers, size_t offset,
			   const uint8_t *data, size_t len)
{
	enum truth equal = YES;
	size_t i;

	if (is_never(registers, offset, data, len))
		return NO;
	for (i = 0; i < len; i++) {
		const uint8_t known = registers->known[offset + i];

		if ((registers->value[offset + i] ^ data[i]) & known)
			return NO;
		if (known != 0xff)
			equal = MAYBE;
	}
	return equal;
}

enum truth registers_less(const struct registers *registers, size_t offset,
			  const uint8_t *data, size_t len)
{
	size_t i;

	for (i = 0; i < len; i++) {
		const uint8_t value = registers->value[offset + i];

		if (registers->known[offset + i] != 0xff)
			return MAYBE;
		if (value != data[i])
			return value < data[i] ? YES : NO;
	}
	return NO;
}

bool registers_known(const struct registers *registers, size_t offset,
		     size_t len)
{
	size_t i;

	for (i = 0; i < len; i++)
		if (registers->known[offset + i] != 0xff)
			return false;
	return true;
}

enum truth truth_not(enum truth a)
{
	return a == MAYBE ? MAYBE : a == YES ? NO : YES;
}

enum truth truth_and(enum truth a, enum truth b)
{
	return a < b ? a : b;
}

enum truth truth_or(enum truth a, enum truth b)
{
	return a > b ? a : b;
}
