// SPDX-License-Identifier: GPL-2.0
/* The help, object by object. */
#include <stdio.h>
#include <string.h>

#include "help.h"

/**
 * struct topic - what is said of an object
 * @word: the object; several of its topics follow each other
 * @usage: its commands, a line each
 * @words: what the words in them mean, or ""
 */
struct topic {
	const char *word;
	const char *usage;
	const char *words;
};

static const struct topic topics[] = {
	{ "port",
"espencapctl port add { PORT | PRESET } [format { bare | non-ike | rfc3948 }]\n"
"                     [SETTING ...]\n"
"espencapctl port set PORT SETTING ...\n"
"espencapctl port del PORT\n"
"espencapctl [-j] [-s] [-d] port [show [PORT]]\n",
"  PORT      local UDP port, 1 to 65535, or the name of a preset\n"
"  PRESET    esp-encap, cpudpencap, natt-1293, cisco-udp, non-ike or rfc3948\n"
"  SETTING   learn { on | off | unsafe }\n"
"                      make peers of those who send authenticated ESP; unsafe:\n"
"                      also on SAs without a replay window; by default on\n"
"            max-learned N\n"
"                      at most so many of them, 0 to 262144; by default 32768\n"
"            keepalive SECONDS\n"
"                      a keepalive when nothing was sent for so long, 0 to 65535;\n"
"                      by default 0, which is none\n"
"            keepalive-bytes { empty | ff | 00000000ff }\n"
"                      what keepalives have in them; only bare knows another\n"
"                      than ff; by default the preset's, or the format's\n" },
	{ "peer",
"espencapctl peer add ADDRESS [reqid N] port PORT [endpoint ADDRESS:PORT]\n"
"                     [pin] [keepalive SECONDS] [learned]\n"
"espencapctl peer set ADDRESS [reqid N] [port PORT] [endpoint ADDRESS:PORT]\n"
"                     [pin | unpin] [keepalive { SECONDS | port }]\n"
"espencapctl peer del ADDRESS [reqid N]\n"
"espencapctl [-j] [-s] [-d] peer [show [ADDRESS]]\n",
"  ADDRESS   the address that XFRM sends ESP to\n"
"  reqid N   serve only SAs of that reqid, 1 to 4294967295\n"
"  endpoint  where the UDP goes, [ADDRESS]:PORT for IPv6; by default the same\n"
"            address and the same port\n"
"  pin       the endpoint stays, wherever the peer moves to\n"
"  keepalive SECONDS\n"
"            its own keepalive, which goes before its port's\n"
"  learned   as another gateway has learned it: it goes with its last SA\n" },
	{ "preset",
"espencapctl [-j] preset [show]\n",
"" },
	{ "monitor",
"espencapctl [-j] [-t] [-d] monitor\n",
"  monitor prints what happens, until it is interrupted or the module is unloaded.\n" },
	{ "probe",
"espencapctl [-j] [-d] probe PORT [seconds N] [packets N]\n",
"  probe watches a port, without the module and without touching a packet, and prints\n"
"            what has come and which format fits, when it is interrupted, or\n"
"  seconds N after so many seconds, 1 to 4294967295, or\n"
"  packets N after so many datagrams, 1 to 4294967295\n" },
	{ "doctor",
"espencapctl [-j] [-d] doctor [seconds N]\n",
"  doctor    looks for what is wrong, and says what to do\n"
"  seconds N for which counters are watched, 0 to 3600; by default 2\n" },
	{ "flush",
"espencapctl flush\n",
"  flush forgets all ports and peers.\n" },
	{ "save",
"espencapctl save [--learned] [FILE]\n",
"  save prints the ports, and the peers that were added, as commands; or writes them\n"
"            to FILE, all of them or none.\n"
"  --learned the learned peers, too, for another gateway that takes over\n" },
	{ "restore",
"espencapctl restore [--check | --sync] [FILE]\n",
"  restore makes the configuration equal to what save printed (stdin if there is no\n"
"            FILE, or -), all of it or nothing, and forgets learned peers.\n"
"  --check   change nothing, and print what --sync would change\n"
"  --sync    change only what differs: learned peers stay, and peers that have\n"
"            moved stay where they are, whatever endpoint the file has\n" },
};

#define NR_TOPICS	(sizeof(topics) / sizeof(topics[0]))

void help_print(void)
{
	size_t i;

	for (i = 0; i < NR_TOPICS; i++)
		fputs(topics[i].usage, stdout);
	fputs(
"espencapctl [-n NETNS] -b FILE\n"
"espencapctl OBJECT help\n"
"espencapctl help | -V\n"
"\n"
"Carries ESP in UDP on the ports and in the framings from before RFC 3948.\n"
"\n", stdout);
	for (i = 0; i < NR_TOPICS; i++)
		fputs(topics[i].words, stdout);
	fputs(
"\n"
"  -j, -json, --json              print JSON: one array; of monitor one object\n"
"                                 a line\n"
"  -p, -pretty, --pretty          print JSON with newlines and spaces\n"
"  -s, -statistics, --statistics  with counters\n"
"  --explain                      with -s: and with what each means, and what to do\n"
"  -d, -details, --details        with all settings of ports, and peers' path MTU;\n"
"                                 probe: with the first bytes of what came last;\n"
"                                 doctor: with all that it has found\n"
"  -o, -oneline, --oneline        one line an object: a backslash for each newline\n"
"  -c, -color, --color[=WHEN]     in colours: always, auto (on a terminal, unless\n"
"                                 NO_COLOR is set) or never; by default never\n"
"  -t, -timestamp, --timestamp    monitor: with the local time\n"
"  -n, -netns, --netns NETNS      in another network namespace: a name that ip netns\n"
"                                 knows, or a path such as /proc/PID/ns/net\n"
"  -b, -batch, --batch FILE       run the commands in FILE, one a line, up to the first\n"
"                                 that fails; - for stdin\n"
"  -V, -version, --version        print the version\n"
"\n"
"delete stands for del, and list for show. Exit status: 0 done, 1 wrong without asking\n"
"the kernel, 2 refused by the kernel or the system, 3 restore --check: something would\n"
"change; doctor: 3 there are warnings, 4 errors.\n", stdout);
}

void help_print_topic(const char *word)
{
	const struct topic *topic = topics;

	while (strcmp(topic->word, word))
		topic++;
	fputs(topic->usage, stdout);
	if (*topic->words)
		printf("\n%s", topic->words);
}
