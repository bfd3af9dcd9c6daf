// SPDX-License-Identifier: GPL-2.0
/* doctor: the module. Nothing here loads it. */
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "doctor.h"
#include "netlink.h"
#include "version.h"

/* What stands at the end of a module that is signed: scripts/sign-file.c. */
#define SIGNED	"~Module signature appended~\n"

static const struct finding module_absent = {
	"module-absent",
	"There is no module espencap for the kernel that runs.",
	"Build and install it for this kernel: make install, or the package with DKMS and the headers of this kernel."
};

static const struct finding module_not_loaded = {
	"module-not-loaded",
	"The module is there, but not loaded, so that no port is served.",
	"modprobe espencap, and restore the ports; if the kernel refuses it, dmesg tells why."
};

static const struct finding module_refused = {
	"module-refused",
	"The module is there, but the kernel does not let it in, so that no port is served.",
	"Sign it with a key that the kernel trusts, or turn Secure Boot off: man espencap-secureboot. What was forbidden at runtime, only a reboot allows again."
};

static const struct finding module_needs_trust = {
	"module-needs-trust",
	"The module is not loaded, and this kernel lets in only modules whose signature it trusts.",
	"modprobe espencap; if that is refused, let the firmware trust the key: man espencap-secureboot."
};

static const struct finding module_version = {
	"module-version",
	"The module that is loaded is not of the version of this tool.",
	"Save the configuration, rmmod espencap, modprobe espencap, and restore; or reboot."
};

/* The first line of a file, without its end; false if there is none. */
static bool read_line(const char *path, char *line, int size)
{
	FILE *file = fopen(path, "re");
	bool is_read;

	if (!file)
		return false;
	is_read = fgets(line, size, file);
	fclose(file);
	if (is_read)
		line[strcspn(line, "\n")] = 0;
	return is_read;
}

/* Where modprobe finds the module: depmod's list has paths, with a colon behind each. */
static bool find_module(const char *release, char *path, size_t size)
{
	const size_t length = strlen("/espencap.ko");
	char *line = NULL, *name, *colon;
	bool is_found = false;
	size_t room = 0;
	FILE *file;

	snprintf(path, size, "/lib/modules/%s/modules.dep", release);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (!is_found && getline(&line, &room, file) > 0) {
		colon = strchr(line, ':');
		if (!colon)
			continue;
		*colon = 0;
		name = strrchr(line, '/');
		is_found = name && !strncmp(name, "/espencap.ko", length) &&
			   (!name[length] || name[length] == '.');
	}
	if (is_found && *line == '/')
		snprintf(path, size, "%s", line);
	else if (is_found)
		snprintf(path, size, "/lib/modules/%s/%s", release, line);
	free(line);
	fclose(file);
	return is_found;
}

/* Of one that is compressed, nobody knows. */
static bool is_unsigned(const char *path)
{
	const off_t length = strlen(SIGNED);
	char end[sizeof(SIGNED)] = "";
	const int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool is_read;

	if (fd < 0)
		return false;
	is_read = lseek(fd, -length, SEEK_END) >= 0 &&
		  read(fd, end, (size_t)length) == length;
	close(fd);
	return is_read && !strcmp(path + strlen(path) - 3, ".ko") &&
	       strcmp(end, SIGNED);
}

static bool has_secure_boot(void)
{
	/* four bytes of attributes, and the value */
	unsigned char value[5] = "";
	FILE *file = fopen("/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c",
			   "re");

	if (!file)
		return false;
	if (fread(value, 1, sizeof(value), file) != sizeof(value))
		value[4] = 0;
	fclose(file);
	return value[4] == 1;
}

/* What makes the kernel refuse modules without a signature, or NULL. */
static const char *enforcer(void)
{
	char line[64];

	if (read_line("/sys/module/module/parameters/sig_enforce", line,
		      sizeof(line)) && *line == 'Y')
		return "module.sig_enforce is set";
	if (read_line("/sys/kernel/security/lockdown", line, sizeof(line)) &&
	    !strstr(line, "[none]"))
		return has_secure_boot() ?
		       "the kernel is locked down, by Secure Boot" :
		       "the kernel is locked down";
	return NULL;
}

static void say_why_not_loaded(void)
{
	char path[PATH_MAX], line[8];
	const char *reason = enforcer();
	struct utsname kernel;

	uname(&kernel);
	if (!find_module(kernel.release, path, sizeof(path)))
		found(&module_absent, ERROR, "%s, %s", kernel.release,
		      access(path, F_OK) ? "of which /lib/modules has nothing" :
		      "in whose modules.dep it is not");
	else if (read_line("/proc/sys/kernel/modules_disabled", line,
			   sizeof(line)) && *line == '1')
		found(&module_refused, ERROR,
		      "%s: the sysctl kernel.modules_disabled is 1", path);
	else if (reason && is_unsigned(path))
		found(&module_refused, ERROR, "%s has no signature, and %s",
		      path, reason);
	else if (reason)
		found(&module_needs_trust, ERROR, "%s, and %s", path, reason);
	else
		found(&module_not_loaded, ERROR, "%s", path);
}

bool doctor_module(void)
{
	const char *version;

	if (!netlink_is_loaded()) {
		say_why_not_loaded();
		return false;
	}
	version = version_of_module();
	if (!version)
		doctor_blind("the module's version", 0,
			     "/sys/module/espencap/version cannot be read");
	else if (strcmp(version, ESPENCAP_VERSION))
		found(&module_version, WARNING,
		      "the module is %s, the tool " ESPENCAP_VERSION, version);
	return true;
}
