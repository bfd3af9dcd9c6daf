// SPDX-License-Identifier: GPL-2.0
/* The table of presets. */
#include <stdio.h>
#include <string.h>

#include "ctl.h"
#include "espencap.h"
#include "names.h"
#include "output.h"
#include "parse.h"
#include "preset.h"

static const struct preset presets[] = {
	{ "esp-encap", 2797, ESPENCAP_FORMAT_BARE, ESPENCAP_KEEPALIVE_EMPTY,
	  "draft-huttunen-ipsec-esp-in-udp-00; IANA", false },
	{ "cpudpencap", 2746, ESPENCAP_FORMAT_BARE, ESPENCAP_KEEPALIVE_EMPTY,
	  "port: IANA, Check Point; format: assumed", false },
	{ "natt-1293", 1293, ESPENCAP_FORMAT_BARE, ESPENCAP_KEEPALIVE_EMPTY,
	  "none found; to IANA it is pkt-krb-ipsec of PacketCable", false },
	{ "cisco-udp", 10000, ESPENCAP_FORMAT_BARE, ESPENCAP_KEEPALIVE_FF,
	  "source code of vpnc and Shrew Soft VPN", false },
	{ "non-ike", 500, ESPENCAP_FORMAT_NON_IKE, ESPENCAP_KEEPALIVE_FF,
	  "draft-ietf-ipsec-udp-encaps-00 and -01; Linux up to 6.9", false },
	{ "rfc3948", 4500, ESPENCAP_FORMAT_RFC3948, ESPENCAP_KEEPALIVE_FF,
	  "RFC 3948", true },
};

#define NR_PRESETS	(sizeof(presets) / sizeof(presets[0]))

const struct preset *preset_next(const struct preset *preset)
{
	preset = preset ? preset + 1 : presets;
	return preset < presets + NR_PRESETS ? preset : NULL;
}

const struct preset *preset_by_name(const char *name)
{
	size_t i;

	for (i = 0; i < NR_PRESETS; i++)
		if (!strcmp(presets[i].name, name))
			return &presets[i];
	return NULL;
}

const struct preset *preset_by_port(uint16_t port)
{
	size_t i;

	for (i = 0; i < NR_PRESETS; i++)
		if (presets[i].port == port)
			return &presets[i];
	return NULL;
}

static void show(char **argv)
{
	size_t i;

	no_more_words(argv);
	for (i = 0; i < NR_PRESETS; i++) {
		const struct preset *p = &presets[i];

		list_next();
		if (options.json)
			printf("{\"name\":\"%s\",\"port\":%u,\"format\":\"%s\",\"keepalive\":\"%s\",\"source\":\"%s\",\"verified\":%s}",
			       p->name, p->port,
			       name_of(&format_names, p->format),
			       name_of(&keepalive_names, p->keepalive_bytes),
			       p->source, p->verified ? "true" : "false");
		else
			printf("%-10s  port %-5u  format %-7s  keepalive %-5s  %s  source: %s\n",
			       p->name, p->port,
			       name_of(&format_names, p->format),
			       name_of(&keepalive_names, p->keepalive_bytes),
			       p->verified ? "verified by a capture" :
					     "no capture seen      ",
			       p->source);
	}
	list_end();
}

const struct command preset_verbs[] = {
	{ "show", "list", .run = show },
	{ NULL, .run = NULL }
};
