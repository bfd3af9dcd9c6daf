// SPDX-License-Identifier: GPL-2.0
/* espencapctl: options, then an object, then what to do with it. */
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "color.h"
#include "ctl.h"
#include "help.h"
#include "lines.h"
#include "netlink.h"
#include "netns.h"
#include "output.h"
#include "parse.h"
#include "pretty.h"

#ifndef ESPENCAP_VERSION
#define ESPENCAP_VERSION "unknown"
#endif

/* The longest of them; what a file has for a word can be longer. */
#define MESSAGE_SIZE	1024

struct options options;

struct object {
	const char *word;
	const struct verb *verbs;	/* the last has no word */
	void (*run)(char **argv);	/* of an object without verbs */
};

static const char *file_name;
static unsigned int line_number;

void at_line(const char *file, unsigned int line)
{
	file_name = file;
	line_number = line;
}

/* What somebody else wrote must not command the terminal; newlines are ours. */
static void vcomplain(const char *format, va_list args)
{
	char text[MESSAGE_SIZE];
	char *c;

	vsnprintf(text, sizeof(text), format, args);
	for (c = text; *c; c++)
		if (((unsigned char)*c < ' ' && *c != '\n') || *c == '\x7f')
			*c = '?';
	fputs("espencapctl: ", stderr);
	if (file_name)
		fprintf(stderr, "%s:%u: ", file_name, line_number);
	fputs(text, stderr);
	fputc('\n', stderr);
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

static const char *batch;

static const struct object objects[] = {
	{ "port", port_verbs, NULL },
	{ "peer", peer_verbs, NULL },
	{ "preset", preset_verbs, NULL },
	{ "monitor", NULL, monitor },
	{ "flush", NULL, flush },
	{ "save", NULL, save },
	{ "restore", NULL, restore },
	{ "help", NULL, help },
};

static bool is_one_of(const char *word, const char *a, const char *b,
		      const char *c)
{
	return !strcmp(word, a) || !strcmp(word, b) || !strcmp(word, c);
}

/* Of an option that needs a word; argv goes on to it. */
static const char *take_word(char ***argv)
{
	if (!(*argv)[1])
		usage_error("the word behind \"%s\" is missing", **argv);
	return *++*argv;
}

/* Options stand anywhere. What is left of argv are the words. */
static void take_options(char **argv)
{
	char **words = argv, **const first = argv;

	for (; *argv; argv++) {
		const char *arg = *argv;

		if (arg[0] != '-') {
			*words++ = *argv;
		} else if (is_one_of(arg, "-j", "-json", "--json")) {
			options.json = true;
		} else if (is_one_of(arg, "-p", "-pretty", "--pretty")) {
			options.json = true;
			options.pretty = true;
		} else if (is_one_of(arg, "-o", "-oneline", "--oneline")) {
			options.oneline = true;
		} else if (is_one_of(arg, "-c", "-color", "--color")) {
			color_set("always");
		} else if (!strncmp(arg, "-c=", 3) ||
			   !strncmp(arg, "-color=", 7) ||
			   !strncmp(arg, "--color=", 8)) {
			color_set(strchr(arg, '=') + 1);
		} else if (is_one_of(arg, "-s", "-statistics", "--statistics")) {
			options.stats = true;
		} else if (is_one_of(arg, "-d", "-details", "--details")) {
			options.details = true;
		} else if (is_one_of(arg, "-t", "-timestamp", "--timestamp")) {
			options.time = true;
		} else if (is_one_of(arg, "-V", "-version", "--version")) {
			puts("espencapctl " ESPENCAP_VERSION);
			finish(0);
		} else if (is_one_of(arg, "-h", "-help", "--help")) {
			help_print();
			finish(0);
		} else if (is_one_of(arg, "-n", "-netns", "--netns")) {
			netns_enter(take_word(&argv));
		} else if (is_one_of(arg, "-b", "-batch", "--batch")) {
			batch = take_word(&argv);
		} else if (!strcmp(arg, "--check")) {
			options.check = true;
		} else if (!strcmp(arg, "--sync")) {
			options.sync = true;
		} else if (!strcmp(arg, "--learned")) {
			options.learned = true;
		} else if (!strcmp(arg, "-") && words > first) {
			*words++ = *argv;
		} else {
			usage_error("\"%s\" is no option: see espencapctl help",
				    arg);
		}
	}
	*words = NULL;
}

/* An object without a verb is shown. */
static void run_verb(const struct object *object, char **argv)
{
	const struct verb *verb;

	for (verb = object->verbs; verb->word; verb++) {
		if (!*argv ? !strcmp(verb->word, "show") :
		    !strcmp(verb->word, *argv) ||
		    (verb->alias && !strcmp(verb->alias, *argv))) {
			verb->run(*argv ? argv + 1 : argv);
			return;
		}
	}

	fprintf(stderr, "espencapctl: \"%s\" is nothing that a %s knows: it knows",
		*argv, object->word);
	for (verb = object->verbs; verb->word; verb++)
		fprintf(stderr, "%s %s", verb == object->verbs ? "" : ",",
			verb->word);
	fputc('\n', stderr);
	exit(EXIT_USAGE);
}

static void run_word(const struct object *object, char **argv)
{
	if (*argv && !strcmp(*argv, "help") && object->run != help) {
		no_more_words(argv + 1);
		help_print_topic(object->word);
	} else if (object->verbs) {
		run_verb(object, argv);
	} else {
		object->run(argv);
	}
}

static void run_object(char **argv)
{
	size_t i;

	/* Who forgets the word shall not find something else done. */
	if ((options.check || options.sync) &&
	    (!*argv || strcmp(*argv, "restore")))
		usage_error("--check and --sync are for restore");
	if (options.learned && (!*argv || strcmp(*argv, "save")))
		usage_error("--learned is for save");
	if (!*argv) {
		help(argv);
		return;
	}
	for (i = 0; i < sizeof(objects) / sizeof(objects[0]); i++) {
		if (!strcmp(objects[i].word, *argv)) {
			run_word(&objects[i], argv + 1);
			return;
		}
	}
	usage_error("\"%s\" is no object: port, peer, preset, monitor, flush, save, restore or help",
		    *argv);
}

static void run_line(char **words, unsigned int line, void *context)
{
	(void)line;
	(void)context;
	run_object(words);
	fflush(stdout);
	check_output();
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
	take_options(argv + 1);
	if (options.pretty)
		pretty_begin();
	if (batch) {
		no_more_words(argv + 1);
		lines_read(batch, run_line, NULL);
	} else {
		run_object(argv + 1);
	}
	finish(0);
}
