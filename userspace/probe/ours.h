/* SPDX-License-Identifier: GPL-2.0 */
/* What is ours: the addresses of this host, and the SPIs of its SAs. */
#ifndef OURS_H
#define OURS_H

#include <stdbool.h>
#include <stdint.h>

#include "parse.h"

/*
 * Both are read once, and again when somebody sends to an address or with an SPI
 * that is not known: at most once a second, and in no more than a twentieth of the
 * time, as it is others who send.
 */

/* Read the addresses and the SAs, now. What is in the way ends the program. */
void ours_read(void);

/**
 * ours_has_address() - is it an address of this host?
 * @address: the address
 *
 * Return: whether an interface has it.
 */
bool ours_has_address(const struct address *address);

/**
 * ours_has_spi() - has this host such an ESP SA?
 * @destination: where its packets go
 * @spi: its SPI, in host byte order
 *
 * Return: whether it had when the SAs were read.
 */
bool ours_has_spi(const struct address *destination, uint32_t spi);

/**
 * ours_look_again() - there was an SPI that is not known
 *
 * Return: whether the SAs were read again.
 */
bool ours_look_again(void);

#endif /* OURS_H */
