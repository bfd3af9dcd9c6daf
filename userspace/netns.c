// SPDX-License-Identifier: GPL-2.0
/* Entering a network namespace. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "netns.h"

void netns_enter(const char *name)
{
	char path[PATH_MAX];
	int fd;

	if (!name || !*name)
		usage_error("the network namespace behind -n is missing");
	if (snprintf(path, sizeof(path), "%s%s",
		     strchr(name, '/') ? "" : "/run/netns/", name) >= PATH_MAX)
		usage_error("the network namespace's name is too long");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		refused("network namespace \"%s\": %s", name, strerror(errno));
	if (setns(fd, CLONE_NEWNET))
		refused("network namespace \"%s\" could not be entered: %s",
			name, strerror(errno));
	close(fd);
}
