// SPDX-License-Identifier: GPL-2.0
/* espencapctl: options, then an object, then what to do with it. */
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "help.h"
#include "lines.h"
#include "netlink.h"
#include "output.h"
#include "parse.h"
#include "pretty.h"

/* Where it is, and the longest of them; what a file has for a word can be longer. */
#define PLACE_SIZE	(PATH_MAX + sizeof(":4294967295: "))
#define MESSAGE_SIZE	1024

/**
 * struct place - what messages are about
 * @file: the file's name, or NULL
 * @line: the line's number
 */
struct place {
	const char *file;
	unsigned int line;
};

/* The command, if it stands in a batch; and where in what it reads we are, else the same. */
static struct place command, here;

void at_line(const char *file, unsigned int line)
{
	here = file ? (struct place){ file, line } : command;
}

/* What somebody else wrote must not command the terminal; newlines are ours. */
static void vcomplain(const char *format, va_list args)
{
	char text[PLACE_SIZE + MESSAGE_SIZE];
	size_t len = 0;
	char *c;

	if (here.file)
		len = (size_t)snprintf(text, PLACE_SIZE, "%.*s:%u: ",
				       PATH_MAX, here.file, here.line);
	vsnprintf(text + len, MESSAGE_SIZE, format, args);
	for (c = text; *c; c++)
		if ((*c < ' ' || *c > '~') && *c != '\n')
			*c = '?';
	fprintf(stderr, "espencapctl: %s\n", text);
}

void complain(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vcomplain(format, args);
	va_end(args);
}

void usage_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vcomplain(format, args);
	va_end(args);
	exit(EXIT_USAGE);
}

void refused(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	vcomplain(format, args);
	va_end(args);
	exit(EXIT_REFUSED);
}

void finish(int status)
{
	fflush(stdout);
	check_output();
	exit(status);
}

static void help(char **argv)
{
	no_more_words(argv);
	help_print();
}

const struct command objects[] = {
	{ "port", .verbs = port_verbs },
	{ "peer", .verbs = peer_verbs },
	{ "preset", .verbs = preset_verbs },
	{ "monitor", .run = monitor },
	{ "probe", .run = probe, .operand = OPERAND_PRESET, .words = probe_words },
	{ "doctor", .run = doctor, .words = doctor_words },
	{ "flush", .run = flush },
	{ "save", .run = save, .operand = OPERAND_FILE },
	{ "restore", .run = restore, .operand = OPERAND_FILE },
	{ "help", .run = help },
	{ "complete", .run = complete, .hidden = true },
	{ NULL, .run = NULL }
};

/* "add, set, del, show" */
static void list_commands(const struct command *commands, char *text,
			  size_t size)
{
	const char *separator = "";
	size_t len = 0;

	for (*text = 0; commands->word && len < size; commands++) {
		if (commands->hidden)
			continue;
		len += (size_t)snprintf(text + len, size - len, "%s%s",
					separator, commands->word);
		separator = ", ";
	}
}

/* An object without a verb is shown. */
static void run_verb(const struct command *object, char **argv)
{
	const struct command *verb = find_command(object->verbs,
						  *argv ? *argv : "show");
	char known[128];

	if (!verb) {
		list_commands(object->verbs, known, sizeof(known));
		usage_error("\"%s\" is nothing that a %s knows: it knows %s",
			    *argv, object->word, known);
	}
	verb->run(*argv ? argv + 1 : argv);
}

static void run_word(const struct command *object, char **argv)
{
	if (*argv && !strcmp(*argv, "help") && object->run != help &&
	    !object->hidden) {
		no_more_words(argv + 1);
		help_print_topic(object->word);
	} else if (object->run == help) {
		help(argv);
	} else {
		if (options.pretty)
			pretty_begin();
		if (object->verbs)
			run_verb(object, argv);
		else
			object->run(argv);
		if (options.pretty)
			pretty_end();
	}
}

static void run_object(char **argv)
{
	const struct command *object;
	char known[128];

	/* Who forgets the word shall not find something else done. */
	options_check(*argv);
	if (!*argv) {
		help(argv);
		return;
	}
	object = find_command(objects, *argv);
	if (!object) {
		list_commands(objects, known, sizeof(known));
		usage_error("\"%s\" is no object: it is one of %s", *argv,
			    known);
	}
	run_word(object, argv + 1);
}

/* Options are for all lines. */
static void check_words(char **words)
{
	for (; *words; words++)
		if (**words == '-' && strcmp(*words, "-"))
			usage_error("\"%s\": options stand before -b, not in its file",
				    *words);
}

static void run_line(char **words, unsigned int line, void *context)
{
	(void)line;
	(void)context;
	command = here;
	check_words(words);
	run_object(words);
	fflush(stdout);
	check_output();
	command = (struct place){ NULL, 0 };
}

void flush(char **argv)
{
	no_more_words(argv);
	netlink_do(netlink_request(ESPENCAP_CMD_FLUSH, 0), NULL, NULL, "flush");
}

/*
 * The netlink socket must not get the number of a closed stdout or stderr: what
 * is printed would be sent to the kernel. To write there is still an error, and so
 * is to read from a closed stdin.
 */
static void fill_standard_fds(void)
{
	int fd;

	if (fcntl(STDIN_FILENO, F_GETFD) < 0)
		open("/dev/null", O_WRONLY);
	do
		fd = open("/dev/null", O_RDONLY);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

int main(int argc, char **argv)
{
	(void)argc;
	fill_standard_fds();
	/* A closed pipe is an error with a message and a status, like others. */
	signal(SIGPIPE, SIG_IGN);
	options_take(argv + 1);
	if (options.batch) {
		no_more_words(argv + 1);
		lines_read(options.batch, run_line, NULL);
	} else {
		run_object(argv + 1);
	}
	finish(0);
}
