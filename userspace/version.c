// SPDX-License-Identifier: GPL-2.0
/* The versions of the module and of this tool. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "version.h"

#ifndef ESPENCAP_VERSION
#define ESPENCAP_VERSION "unknown"
#endif

const char *version_of_module(void)
{
	static char version[32];
	FILE *file = fopen("/sys/module/espencap/version", "re");

	if (!file)
		return NULL;
	if (!fgets(version, sizeof(version), file))
		version[0] = 0;
	fclose(file);
	version[strcspn(version, "\n")] = 0;
	return version[0] ? version : NULL;
}

const char *version_explain(int error, const char *why, char text[VERSION_TEXT])
{
	const char *version;
	size_t length;

	/* A command that it does not know, an attribute, a value. */
	if (error != EOPNOTSUPP && error != EINVAL && error != ERANGE)
		return why;
	version = version_of_module();
	if (!version || !strcmp(version, ESPENCAP_VERSION))
		return why;
	length = strlen(why);
	snprintf(text, VERSION_TEXT,
		 "%s%s The module that is loaded is version %s, and this espencapctl " ESPENCAP_VERSION
		 ": it may not know what it was asked.",
		 why, length && why[length - 1] == '.' ? "" : ".", version);
	return text;
}
