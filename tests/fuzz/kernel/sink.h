/* SPDX-License-Identifier: GPL-2.0 */
/* Where packets go: out of an interface, or into one as if from a virtual machine. */
#ifndef FUZZ_SINK_H
#define FUZZ_SINK_H

#include "packet.h"

/* What became of the packets, and how often one of them had to wait for room. */
extern unsigned long long sink_taken, sink_refused, sink_repeated;

/* Out of @interface (a veth), or into it (a TAP device), to the address @mac. */
void sink_open(const char *interface, bool is_tap, const char *mac);

void sink_send(const struct packet *packet);

/* What waits for others goes now. */
void sink_flush(void);

#endif /* FUZZ_SINK_H */
