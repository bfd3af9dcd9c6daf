// SPDX-License-Identifier: GPL-2.0
/* From ports to sockets to programs, by what /proc tells, as ss does. */
#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "grow.h"
#include "sockets.h"

struct inodes {
	uint64_t *list;
	size_t count;
	size_t room;
};

static void read_inodes(struct inodes *inodes, const char *path, uint16_t port)
{
	FILE *file = fopen(path, "re");
	unsigned int local;
	uint64_t inode;
	char line[512];

	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%*u: %*[0-9A-F]:%x %*[0-9A-F]:%*x %*x %*x:%*x %*x:%*x %*x %*u %*u %" SCNu64,
			   &local, &inode) != 2 || local != port)
			continue;
		inodes->list = grow(inodes->list, inodes->count, &inodes->room,
				    sizeof(inode));
		inodes->list[inodes->count++] = inode;
	}
	if (file)
		fclose(file);
}

static bool is_one_of(const struct inodes *inodes, uint64_t inode)
{
	size_t i;

	for (i = 0; i < inodes->count; i++)
		if (inodes->list[i] == inode)
			return true;
	return false;
}

static bool has_one(const char *pid, const struct inodes *inodes)
{
	char path[PATH_MAX], target[64];
	bool is_found = false;
	struct dirent *entry;
	uint64_t inode;
	ssize_t len;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	dir = opendir(path);
	while (dir && !is_found && (entry = readdir(dir))) {
		len = readlinkat(dirfd(dir), entry->d_name, target,
				 sizeof(target) - 1);
		if (len < 0)
			continue;
		target[len] = 0;
		is_found = sscanf(target, "socket:[%" SCNu64, &inode) == 1 &&
			   is_one_of(inodes, inode);
	}
	if (dir)
		closedir(dir);
	return is_found;
}

static void add_name(const char *pid, char *text, size_t size)
{
	const size_t used = strlen(text);
	char path[PATH_MAX], name[64] = "?";
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%s/comm", pid);
	file = fopen(path, "re");
	if (file) {
		if (fgets(name, sizeof(name), file))
			name[strcspn(name, "\n")] = 0;
		fclose(file);
	}
	snprintf(text + used, size - used, "%s%s (%s)", used ? ", " : "", name,
		 pid);
}

void sockets_owners(uint16_t port, char *text, size_t size)
{
	struct inodes inodes = { 0 };
	struct dirent *entry;
	DIR *dir;

	*text = 0;
	read_inodes(&inodes, "/proc/thread-self/net/udp", port);
	read_inodes(&inodes, "/proc/thread-self/net/udp6", port);
	dir = inodes.count ? opendir("/proc") : NULL;
	while (dir && (entry = readdir(dir)))
		if (*entry->d_name >= '0' && *entry->d_name <= '9' &&
		    has_one(entry->d_name, &inodes))
			add_name(entry->d_name, text, size);
	if (dir)
		closedir(dir);
	free(inodes.list);
}
