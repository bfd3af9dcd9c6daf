// SPDX-License-Identifier: GPL-2.0
/* Files that the tool reads: configurations. */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tool.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *check[] = { "espencapctl", "restore", "--check", NULL, NULL };
	char *sync[] = { "espencapctl", "restore", NULL, NULL };
	static int file = -1;
	static char name[32];

	if (file < 0) {
		file = memfd_create("file", 0);
		if (file < 0)
			abort();
		snprintf(name, sizeof(name), "/proc/self/fd/%d", file);
	}
	if (ftruncate(file, 0) || pwrite(file, data, size, 0) != (ssize_t)size)
		abort();
	check[3] = name;
	sync[2] = name;
	tool_run(4, check);
	tool_run(3, sync);
	return 0;
}
