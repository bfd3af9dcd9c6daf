// SPDX-License-Identifier: GPL-2.0
/* The tables of words. */
#include <stdio.h>
#include <string.h>

#include "espencap.h"
#include "names.h"

#define NAMES(words)	{ words, sizeof(words) / sizeof((words)[0]) }

static const char * const format_words[] = {
	[ESPENCAP_FORMAT_BARE] = "bare",
	[ESPENCAP_FORMAT_NON_IKE] = "non-ike",
	[ESPENCAP_FORMAT_RFC3948] = "rfc3948",
};

static const char * const learn_words[] = {
	[ESPENCAP_LEARN_OFF] = "off",
	[ESPENCAP_LEARN_ON] = "on",
	[ESPENCAP_LEARN_UNSAFE] = "unsafe",
};

static const char * const keepalive_words[] = {
	[ESPENCAP_KEEPALIVE_EMPTY] = "empty",
	[ESPENCAP_KEEPALIVE_FF] = "ff",
	[ESPENCAP_KEEPALIVE_00000000FF] = "00000000ff",
};

static const char * const origin_words[] = {
	[ESPENCAP_ORIGIN_STATIC] = "static",
	[ESPENCAP_ORIGIN_LEARNED] = "learned",
};

static const char * const event_words[] = {
	[ESPENCAP_EVENT_PORT_ADDED] = "port-added",
	[ESPENCAP_EVENT_PORT_CHANGED] = "port-changed",
	[ESPENCAP_EVENT_PORT_DELETED] = "port-deleted",
	[ESPENCAP_EVENT_PEER_ADDED] = "peer-added",
	[ESPENCAP_EVENT_PEER_LEARNED] = "peer-learned",
	[ESPENCAP_EVENT_PEER_MOVED] = "peer-moved",
	[ESPENCAP_EVENT_PEER_EXPIRED] = "peer-expired",
	[ESPENCAP_EVENT_PEER_DELETED] = "peer-deleted",
	[ESPENCAP_EVENT_PEER_REFUSED] = "peer-refused",
	[ESPENCAP_EVENT_PEER_CHANGED] = "peer-changed",
};

static const char * const reason_words[] = {
	[ESPENCAP_REASON_SA_GONE] = "sa-gone",
	[ESPENCAP_REASON_NATIVE] = "native",
	[ESPENCAP_REASON_FULL] = "full",
	[ESPENCAP_REASON_AMBIGUOUS] = "ambiguous",
	[ESPENCAP_REASON_UNSAFE] = "unsafe",
	[ESPENCAP_REASON_NO_MEMORY] = "no-memory",
};

const struct names format_names = NAMES(format_words);
const struct names learn_names = NAMES(learn_words);
const struct names keepalive_names = NAMES(keepalive_words);
const struct names origin_names = NAMES(origin_words);
const struct names event_names = NAMES(event_words);
const struct names reason_names = NAMES(reason_words);

const char *name_of(const struct names *names, uint8_t number)
{
	static char unknown[sizeof("unknown-255")];

	if (number < names->count && names->words[number])
		return names->words[number];
	snprintf(unknown, sizeof(unknown), "unknown-%u", number);
	return unknown;
}

uint8_t number_of(const struct names *names, const char *word)
{
	uint8_t i;

	for (i = 0; i < names->count; i++)
		if (names->words[i] && !strcmp(names->words[i], word))
			return i;
	return 0;
}
