/* SPDX-License-Identifier: GPL-2.0 */
/* The examinations of espencapctl doctor. Each adds to findings.h's list. */
#ifndef DOCTOR_H
#define DOCTOR_H

#include <stdbool.h>

#include "findings.h"
#include "patient.h"

/* How long something must last to be found: a peer's silence, in seconds. */
#define DOCTOR_QUIET	300

/* Is the module loaded, and if not, why? Returns whether it is. */
bool doctor_module(void);

/* Sockets with UDP_ENCAP on the ports. */
void doctor_sockets(const struct patient_ports *ports);

/**
 * doctor_firewall() - rules that drop what goes to or from the ports
 * @patient: has ports, peers and SAs
 *
 * Return: how many rules there are.
 */
unsigned long doctor_firewall(const struct patient *patient);

/* SAs that cannot be served, or not safely. */
void doctor_sas(const struct patient *patient);

/* Peers that are silent, or to which the way is narrow. */
void doctor_peers(const struct patient *patient);

/* Counters of the module that have grown between two readings. */
void doctor_counters(const struct patient_ports *before,
		     const struct patient_ports *after);

/* Counters of XFRM: the first reading, and what has grown since. */
void doctor_xfrm_begin(void);
void doctor_xfrm_end(void);

/**
 * doctor_blind() - something could not be looked at
 * @what: what
 * @error: an errno, or 0 if there is none
 * @why: a sentence on that
 */
void doctor_blind(const char *what, int error, const char *why);

#endif /* DOCTOR_H */
