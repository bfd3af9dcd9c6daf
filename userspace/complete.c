// SPDX-License-Identifier: GPL-2.0
/*
 * espencapctl complete: what can be typed next, for the shell's completion. It asks the
 * tables that the commands are parsed with, and the module, if it is there; whatever
 * fails offers nothing, and says nothing.
 */
#include <dirent.h>
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "names.h"
#include "netlink.h"
#include "netns.h"
#include "peer_config.h"
#include "port_config.h"
#include "preset.h"

/**
 * struct line - what was typed
 * @begun: the word that is to be completed, perhaps empty
 * @address: the peer that it is about, or NULL
 * @is_elsewhere: it is about another network namespace, into which we may not
 */
struct line {
	const char *begun;
	const char *address;
	bool is_elsewhere;
};

static void offer(const struct line *line, const char *text)
{
	if (!strncmp(text, line->begun, strlen(line->begun)))
		puts(text);
}

static void offer_names(const struct line *line, const struct names *names)
{
	size_t i;

	for (i = 0; i < names->count; i++)
		if (names->words[i])
			offer(line, names->words[i]);
}

/* Whoever has begun with a letter wants a name. */
static void offer_port(const struct nlattr **attrs, void *context)
{
	const struct line *line = context;
	const struct preset *preset;
	struct port_config port;
	char text[sizeof("65535")];

	if (!port_config_read(attrs, &port))
		return;
	snprintf(text, sizeof(text), "%u", port.number);
	offer(line, text);
	preset = preset_by_port(port.number);
	if (preset && *line->begun)
		offer(line, preset->name);
}

static void offer_address(const struct line *line,
			  const struct peer_config *peer)
{
	char text[INET6_ADDRSTRLEN];

	offer(line, address_text(&peer->address, text));
}

static void offer_peer(const struct nlattr **attrs, void *context)
{
	struct peer_config peer;

	if (peer_config_read(attrs, &peer))
		offer_address(context, &peer);
}

static void offer_added_peer(const struct nlattr **attrs, void *context)
{
	struct peer_config peer;

	if (peer_config_read(attrs, &peer) && !peer.learned)
		offer_address(context, &peer);
}

static void offer_reqid(const struct nlattr **attrs, void *context)
{
	const struct line *line = context;
	char text[INET6_ADDRSTRLEN];
	struct peer_config peer;

	if (!peer_config_read(attrs, &peer) || !peer.reqid ||
	    strcmp(address_text(&peer.address, text), line->address))
		return;
	snprintf(text, sizeof(text), "%u", peer.reqid);
	offer(line, text);
}

static void look(struct line *line, enum espencap_cmd cmd,
		 netlink_reader *read)
{
	if (!line->is_elsewhere && netlink_is_loaded())
		netlink_look(netlink_request(cmd, NLM_F_DUMP), read, line);
}

static void offer_presets(const struct line *line)
{
	const struct preset *preset = NULL;

	while ((preset = preset_next(preset)))
		offer(line, preset->name);
}

/* An empty line: no word is empty. */
static void offer_files(void)
{
	putchar('\n');
}

static void offer_netns(const struct line *line)
{
	const struct dirent *entry;
	DIR *dir;

	if (strchr(line->begun, '/')) {
		offer_files();
		return;
	}
	dir = opendir(NETNS_DIR);
	if (!dir)
		return;
	while ((entry = readdir(dir)))
		if (*entry->d_name != '.')
			offer(line, entry->d_name);
	closedir(dir);
}

static void offer_operand(struct line *line, enum operand operand)
{
	switch (operand) {
	case OPERAND_NONE:
	case OPERAND_TYPED:
		break;
	case OPERAND_PRESET:
		offer_presets(line);
		break;
	case OPERAND_PORT:
		look(line, ESPENCAP_CMD_PORT_GET, offer_port);
		break;
	case OPERAND_PEER:
		look(line, ESPENCAP_CMD_PEER_GET, offer_peer);
		break;
	case OPERAND_ADDED_PEER:
		look(line, ESPENCAP_CMD_PEER_GET, offer_added_peer);
		break;
	case OPERAND_REQID:
		look(line, ESPENCAP_CMD_PEER_GET, offer_reqid);
		break;
	case OPERAND_FILE:
		offer_files();
		break;
	case OPERAND_NETNS:
		offer_netns(line);
		break;
	}
}

static void offer_commands(const struct line *line,
			   const struct command *commands)
{
	for (; commands->word; commands++)
		if (!commands->hidden)
			offer(line, commands->word);
}

/* @argv: the words behind the first operand */
static void complete_words(struct line *line, const struct word *words,
			   char **argv)
{
	const struct word *word;
	unsigned int given = 0;

	for (; *argv; argv++) {
		word = find_word(words, *argv);
		if (!word)
			return;
		given |= 1U << (word - words);
		if (word->operand == OPERAND_NONE)
			continue;
		if (!*++argv) {
			if (word->names)
				offer_names(line, word->names);
			offer_operand(line, word->operand);
			return;
		}
	}
	for (word = words; word->text; word++)
		if (!(given & 1U << (word - words)))
			offer(line, word->text);
}

/* @argv: the words behind the command */
static void complete_command(struct line *line, const struct command *command,
			     char **argv)
{
	if (!*argv) {
		offer_operand(line, command->operand);
		return;
	}
	line->address = *argv;
	if (command->words)
		complete_words(line, command->words, argv + 1);
}

static void complete_object(struct line *line, char **argv)
{
	const struct command *command;

	if (!*argv) {
		offer_commands(line, objects);
		return;
	}
	command = find_command(objects, *argv++);
	if (command && command->verbs) {
		if (!*argv) {
			offer_commands(line, command->verbs);
			offer(line, "help");
			return;
		}
		command = find_command(command->verbs, *argv++);
	}
	if (command)
		complete_command(line, command, argv);
}

/* What stands behind the "=" of an option. */
static void complete_value(const struct line *line)
{
	const struct option *option = find_option(line->begun);
	const int len = (int)strcspn(line->begun, "=") + 1;
	char text[64];
	size_t i;

	for (i = 0; option && i < option->values->count; i++) {
		if (!option->values->words[i])
			continue;
		snprintf(text, sizeof(text), "%.*s%s", len, line->begun,
			 option->values->words[i]);
		offer(line, text);
	}
}

/* Long forms with one dash are for those who have begun so. */
static void complete_option(const struct line *line, const char *object)
{
	const char *dashes = line->begun[1] && line->begun[1] != '-' ? "-" : "--";
	const struct option *option;
	char text[64];

	for (option = option_table; option->name; option++) {
		if (option->object && (!object || strcmp(object, option->object)))
			continue;
		if (option->letter)
			offer(line, option->letter);
		snprintf(text, sizeof(text), "%s%s", dashes, option->name);
		offer(line, text);
	}
}

/*
 * Takes the options out of what stands before the last word.
 *
 * Returns the one that takes the last word, or NULL.
 */
static const struct option *skip_options(struct line *line, char **argv)
{
	const struct option *option;
	char **words = argv;

	for (; *argv; argv++) {
		if (**argv != '-') {
			*words++ = *argv;
			continue;
		}
		option = find_option(*argv);
		if (!option || option->operand == OPERAND_NONE)
			continue;
		if (!*++argv)
			return option;
		if (option->operand == OPERAND_NETNS)
			line->is_elsewhere = !netns_try(*argv);
	}
	*words = NULL;
	return NULL;
}

void complete(char **argv)
{
	const struct option *option;
	struct line line = { .begun = "" };
	char **last = argv;

	if (*argv) {
		while (last[1])
			last++;
		line.begun = *last;
		*last = NULL;
	}
	option = skip_options(&line, argv);
	if (option)
		offer_operand(&line, option->operand);
	else if (*line.begun == '-' && strchr(line.begun, '='))
		complete_value(&line);
	else if (*line.begun == '-')
		complete_option(&line, *argv);
	else
		complete_object(&line, argv);
}
