// SPDX-License-Identifier: GPL-2.0
/* Replacing a file: a new one beside it takes its name when it is on the disk. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ctl.h"
#include "file.h"

/**
 * struct file - the file that is made
 * @name: its name, for messages
 * @path: what it will be: not a link to it, or the link would be replaced
 * @temporary: what it is until then
 * @standard_output: what stdout was
 */
static struct file {
	const char *name;
	char path[PATH_MAX];
	char temporary[PATH_MAX];
	FILE *standard_output;
} file;

static void __attribute__((noreturn)) fail(int error)
{
	refused("\"%s\" could not be written: %s", file.name, strerror(error));
}

static void __attribute__((noreturn)) take_away(void)
{
	const int error = errno;

	unlink(file.temporary);
	fail(error);
}

/* Of a new file, what the shell would give it. */
static mode_t mode_of_file(void)
{
	struct stat old;
	mode_t mask;

	if (!stat(file.path, &old)) {
		if (!S_ISREG(old.st_mode))
			refused("\"%s\" is no file that could be replaced",
				file.name);
		return old.st_mode & 0777;
	}
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

void file_begin(const char *name)
{
	mode_t mode;
	FILE *out;
	int fd;

	file.name = name;
	if (!realpath(name, file.path)) {
		if (errno != ENOENT)
			fail(errno);
		snprintf(file.path, sizeof(file.path), "%s", name);
	}
	mode = mode_of_file();
	if (snprintf(file.temporary, sizeof(file.temporary), "%s.XXXXXX",
		     file.path) >= PATH_MAX)
		fail(ENAMETOOLONG);
	fd = mkstemp(file.temporary);
	if (fd < 0)
		fail(errno);
	out = fdopen(fd, "w");
	if (!out || fchmod(fd, mode))
		take_away();
	file.standard_output = stdout;
	stdout = out;
}

void file_end(void)
{
	FILE *out = stdout;

	stdout = file.standard_output;
	if (fflush(out) || ferror(out) || fsync(fileno(out)) || fclose(out) ||
	    rename(file.temporary, file.path))
		take_away();
}
