/* SPDX-License-Identifier: GPL-2.0 */
/* A clock that nobody sets. */
#ifndef MONOTONIC_H
#define MONOTONIC_H

#include <time.h>

/* Milliseconds since some time before. */
static inline long long monotonic_ms(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000ll + time.tv_nsec / 1000000;
}

#endif /* MONOTONIC_H */
