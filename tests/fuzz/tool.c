// SPDX-License-Identifier: GPL-2.0
/*
 * The tool, from its command line to the messages that it would send, within one
 * process: it is compiled with exit() as fuzz_exit(), main() as tool_main() and so on. The
 * module agrees with everything, and has nothing.
 */
#include <linux/genetlink.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ctl.h"
#include "file.h"
#include "netlink.h"
#include "sas.h"
#include "tool.h"
#include "version.h"

int tool_main(int argc, char **argv);
void fuzz_exit(int status) __attribute__((noreturn));
FILE *fuzz_fopen(const char *name, const char *mode);
int fuzz_fclose(FILE *file);
void *fuzz_reallocarray(void *block, size_t count, size_t size);
void fuzz_free(void *block);

static jmp_buf end;
static char buffer[65536] __attribute__((aligned(8)));

void fuzz_exit(int status)
{
	longjmp(end, status + 1);
}

/* What exit() would have closed, and freed. */
static FILE *open_files[4];
static void *blocks[32];

static size_t place_of(void *const *list, size_t count, const void *what)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (list[i] == what)
			return i;
	abort();
}

#define PLACE(list, what) \
	(&(list)[place_of((void *const *)(list), sizeof(list) / sizeof((list)[0]), what)])

FILE *fuzz_fopen(const char *name, const char *mode)
{
	FILE **place = PLACE(open_files, NULL);

	*place = fopen(name, mode);
	return *place;
}

int fuzz_fclose(FILE *file)
{
	*PLACE(open_files, file) = NULL;
	return fclose(file);
}

void *fuzz_reallocarray(void *block, size_t count, size_t size)
{
	void **place = PLACE(blocks, block);

	block = reallocarray(block, count, size);
	if (block)
		*place = block;
	return block;
}

void fuzz_free(void *block)
{
	if (!block)
		return;
	*PLACE(blocks, block) = NULL;
	free(block);
}

static void clean_up(void)
{
	size_t i;

	for (i = 0; i < sizeof(open_files) / sizeof(open_files[0]); i++)
		if (open_files[i])
			fuzz_fclose(open_files[i]);
	for (i = 0; i < sizeof(blocks) / sizeof(blocks[0]); i++)
		fuzz_free(blocks[i]);
}

void tool_run(int argc, char **argv)
{
	int ended = setjmp(end);

	if (!ended)
		tool_main(argc, argv);
	if (ended > EXIT_ERRORS + 1)
		abort();
	clean_up();
	at_line(NULL, 0);
	memset(&options, 0, sizeof(options));
}

struct nlmsghdr *netlink_request(enum espencap_cmd cmd, int flags)
{
	struct nlmsghdr *msg = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *genl = mnl_nlmsg_put_extra_header(msg, sizeof(*genl));

	msg->nlmsg_flags = NLM_F_REQUEST | flags;
	genl->cmd = cmd;
	return msg;
}

int netlink_try(struct nlmsghdr *request, netlink_reader *read, void *context,
		const char *what, const char **why)
{
	(void)read;
	(void)context;
	(void)what;
	/* what a request has must be in it */
	if (request->nlmsg_len > 1024)
		abort();
	*why = NULL;
	return 0;
}

unsigned long netlink_do(struct nlmsghdr *request, netlink_reader *read,
			 void *context, const char *what)
{
	const char *why;

	netlink_try(request, read, context, what, &why);
	return 0;
}

bool netlink_is_loaded(void)
{
	return true;
}

void netlink_look(struct nlmsghdr *request, netlink_reader *read, void *context)
{
	netlink_do(request, read, context, "");
}

void netlink_listen(netlink_reader *read, void (*lost)(void))
{
	(void)read;
	(void)lost;
	fuzz_exit(0);
}

const char *version_of_module(void)
{
	return ESPENCAP_VERSION;
}

/* These look at the machine for a while, and write. */
const struct word probe_words[] = { { NULL, OPERAND_NONE, NULL } };
const struct word doctor_words[] = { { NULL, OPERAND_NONE, NULL } };

void probe(char **argv)
{
	(void)argv;
}

void doctor(char **argv)
{
	(void)argv;
}

void file_begin(const char *name)
{
	(void)name;
}

void file_end(void)
{
}
