// SPDX-License-Identifier: GPL-2.0
/* The sentence in which probe says what it has seen. Prints KTAP. */
#include <stdio.h>
#include <string.h>

#include "espencap.h"
#include "verdict.h"

static const struct {
	struct seen seen;
	uint8_t added;
	uint8_t format;
	const char *text;
} verdicts[] = {
	{ { .of = { [FRAMING_ESP] = 120, [FRAMING_FF] = 3 } }, 0,
	  ESPENCAP_FORMAT_BARE,
	  "format bare fits: 120 of 123 datagrams are ESP of SAs of this host: espencapctl port add 2797 format bare" },
	{ { .of = { [FRAMING_ESP] = 120 } }, ESPENCAP_FORMAT_BARE,
	  ESPENCAP_FORMAT_BARE,
	  "format bare fits: 120 of 120 datagrams are ESP of SAs of this host, and the port has it" },
	{ { .of = { [FRAMING_ESP] = 120 } }, ESPENCAP_FORMAT_NON_IKE,
	  ESPENCAP_FORMAT_BARE,
	  "format bare fits: 120 of 120 datagrams are ESP of SAs of this host, but the port was added with format non-ike" },
	{ { .of = { [FRAMING_ESP] = 100000, [FRAMING_MARKED_IKE] = 1 } }, 0,
	  ESPENCAP_FORMAT_BARE,
	  "format bare fits: 100000 of 100001 datagrams are ESP of SAs of this host: espencapctl port add 2797 format bare" },
	{ { .of = { [FRAMING_ESP] = 100000, [FRAMING_MARKED_IKE] = 99 } }, 0,
	  ESPENCAP_FORMAT_BARE,
	  "format bare fits: 100000 of 100099 datagrams are ESP of SAs of this host: espencapctl port add 2797 format bare" },
	{ { .of = { [FRAMING_ESP] = 5, [FRAMING_MARKED_IKE] = 3 } }, 0,
	  ESPENCAP_FORMAT_BARE,
	  "format bare fits: 5 of 8 datagrams are ESP of SAs of this host: espencapctl port add 2797 format bare" },
	{ { .of = { [FRAMING_ESP] = 4000, [FRAMING_MARKED_IKE] = 4 } }, 0,
	  ESPENCAP_FORMAT_RFC3948,
	  "format rfc3948 fits: 4000 of 4004 datagrams are ESP of SAs of this host, and IKE stands behind 4 zero bytes: espencapctl port add 2797 format rfc3948" },
	{ { .of = { [FRAMING_ESP] = 100000, [FRAMING_MARKED_IKE] = 1 },
	    .ike_beside_esp = 1 }, 0, ESPENCAP_FORMAT_RFC3948,
	  "format rfc3948 fits: 100000 of 100001 datagrams are ESP of SAs of this host, and IKE stands behind 4 zero bytes: espencapctl port add 2797 format rfc3948" },
	{ { .of = { [FRAMING_ESP] = 5, [FRAMING_MARKED_IKE] = 2 },
	    .ike_beside_esp = 1 }, ESPENCAP_FORMAT_BARE, ESPENCAP_FORMAT_BARE,
	  "format bare fits: 5 of 7 datagrams are ESP of SAs of this host, and IKE stands behind 4 zero bytes, and the port has it" },
	{ { .of = { [FRAMING_ESP] = 5 } }, ESPENCAP_FORMAT_RFC3948,
	  ESPENCAP_FORMAT_RFC3948,
	  "format rfc3948 fits: 5 of 5 datagrams are ESP of SAs of this host, and the port has it" },
	{ { .of = { [FRAMING_NON_IKE] = 5 } }, ESPENCAP_FORMAT_RFC3948,
	  ESPENCAP_FORMAT_NON_IKE,
	  "format non-ike fits: 5 of 5 datagrams are ESP of SAs of this host behind 8 zero bytes, but the port was added with format rfc3948" },
	{ { .of = { [FRAMING_ESP] = 5, [FRAMING_MARKED_IKE] = 2 },
	    .ike_beside_esp = 1 }, 0, ESPENCAP_FORMAT_RFC3948,
	  "format rfc3948 fits: 5 of 7 datagrams are ESP of SAs of this host, and IKE stands behind 4 zero bytes: espencapctl port add 2797 format rfc3948" },
	{ { .of = { [FRAMING_NON_IKE] = 9, [FRAMING_IKE] = 2 } }, 0,
	  ESPENCAP_FORMAT_NON_IKE,
	  "format non-ike fits: 9 of 11 datagrams are ESP of SAs of this host behind 8 zero bytes: espencapctl port add 2797 format non-ike" },
	{ { .of = { [FRAMING_NON_IKE] = 9, [FRAMING_ESP] = 10 } }, 0,
	  ESPENCAP_FORMAT_BARE,
	  "format bare fits: 10 of 19 datagrams are ESP of SAs of this host, another 9 are not, and a port has one format: espencapctl port add 2797 format bare" },
	{ { .of = { [FRAMING_MISPLACED] = 9, [FRAMING_OTHER] = 90 },
	    .at = { [4] = 2, [12] = 7 } }, 0, 0,
	  "no format fits: in 7 of 99 datagrams the SPI of an SA of this host stands behind 12 bytes" },
	{ { .of = { [FRAMING_UNKNOWN_ESP] = 9, [FRAMING_OTHER] = 90 },
	    .in_sequence = 8 }, 0, 0,
	  "9 of 99 datagrams look like ESP, and 8 of them follow another one in sequence, but no SA of this host has their SPIs" },
	{ { .of = { [FRAMING_UNKNOWN_NON_IKE] = 9 }, .in_sequence = 8 }, 0, 0,
	  "9 of 9 datagrams look like ESP behind 8 zero bytes, and 8 of them follow another one in sequence, but no SA of this host has their SPIs" },
	{ { .of = { [FRAMING_UNKNOWN_ESP] = 9, [FRAMING_OTHER] = 8 } }, 0, 0,
	  "9 of 17 datagrams could be ESP, and 0 of them follow another one in sequence, but no SA of this host has their SPIs" },
	{ { .of = { [FRAMING_UNKNOWN_ESP] = 9, [FRAMING_OTHER] = 20,
		    [FRAMING_MALFORMED] = 10 } }, 0, 0,
	  "30 of 39 datagrams are neither ESP, nor IKE, nor keepalives: the port seems to be something else's" },
	{ { .of = { [FRAMING_IKE] = 4, [FRAMING_FF] = 3 } }, 0, 0,
	  "no ESP of an SA of this host has arrived, but IKE in 4 of 7 datagrams" },
	{ { .of = { [FRAMING_IKE] = 1, [FRAMING_MARKED_IKE] = 1 } }, 0, 0,
	  "no ESP of an SA of this host has arrived, but IKE, with the marker of RFC 3948, in 2 of 2 datagrams" },
	{ { .of = { [FRAMING_EMPTY] = 1, [FRAMING_00000000FF] = 1 } }, 0, 0,
	  "no ESP of an SA of this host has arrived, but keepalives in 2 of 2 datagrams" },
	{ { .not_local = 7 }, 0, 0,
	  "nothing has arrived for an address of this host, but 7 datagrams for others" },
	{ { .not_local = 0 }, 0, 0,
	  "nothing has arrived: no datagram for port 2797 has come as far as to the firewall of this host" },
};

static bool test_verdict(unsigned int i)
{
	char text[VERDICT_TEXT];
	const uint8_t format = verdict(&verdicts[i].seen, 2797,
				       verdicts[i].added, text);
	const bool ok = format == verdicts[i].format && !strcmp(text, verdicts[i].text);

	printf("%sok %u - %s\n", ok ? "" : "not ", i + 1, verdicts[i].text);
	if (!ok)
		printf("# verdict: format %u, %s\n", format, text);
	return ok;
}

int main(void)
{
	const unsigned int count = sizeof(verdicts) / sizeof(verdicts[0]);
	unsigned int i, failures = 0;

	printf("KTAP version 1\n1..%u\n", count);
	for (i = 0; i < count; i++)
		failures += !test_verdict(i);
	return failures ? 1 : 0;
}
