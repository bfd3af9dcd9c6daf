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

/* Returns a file descriptor, or -1 with errno. */
static int open_netns(const char *name)
{
	char path[PATH_MAX];

	if (snprintf(path, sizeof(path), "%s%s",
		     strchr(name, '/') ? "" : NETNS_DIR, name) >= PATH_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	/* what somebody has typed can be a pipe */
	return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

bool netns_try(const char *name)
{
	const int fd = *name ? open_netns(name) : -1;
	bool entered;

	if (fd < 0)
		return false;
	entered = !setns(fd, CLONE_NEWNET);
	close(fd);
	return entered;
}

void netns_enter(const char *name)
{
	int fd;

	if (!*name)
		usage_error("the network namespace behind -n is missing");
	fd = open_netns(name);
	if (fd < 0)
		refused("network namespace \"%s\": %s", name, strerror(errno));
	if (setns(fd, CLONE_NEWNET))
		refused("network namespace \"%s\" could not be entered: %s",
			name, strerror(errno));
	close(fd);
}
