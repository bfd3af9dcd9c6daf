// SPDX-License-Identifier: GPL-2.0
/* espencapctl doctor: one examination after the other, then what they have found. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "ctl.h"
#include "doctor.h"
#include "parse.h"

/* Between two readings of the counters. */
#define DEFAULT_SECONDS	2

static const char as_root[] =
	"Ask again as root, or with CAP_NET_ADMIN in the network namespace.";
static const char as_it_says[] =
	"See the reason that is given, and ask again when it is gone.";

/* What to do depends on what was in the way. */
static struct finding not_examined = {
	"not-examined",
	"This could not be looked at.",
	NULL
};

static const struct finding no_ports = {
	"no-ports",
	"No port is added in this network namespace, so that nothing is served in it.",
	"espencapctl port add, or restore; -n NETNS looks at another network namespace."
};

void doctor_blind(const char *what, int error, const char *why)
{
	if (error == EPERM || error == EACCES)
		not_examined.advice = as_root;
	found(&not_examined, WARNING, "%s: %s", what, why);
}

const struct word doctor_words[] = {
	{ "seconds", OPERAND_TYPED, NULL },
	{ NULL, OPERAND_NONE, NULL }
};

static unsigned int parse(char **argv)
{
	unsigned int given = 0;

	if (!*argv)
		return DEFAULT_SECONDS;
	parse_word(*argv, doctor_words, &given);
	if (argv[1])
		no_more_words(argv + 2);
	return parse_seconds(argv[1]);
}

static void wait_until(struct timespec *end)
{
	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, end, NULL) ==
	       EINTR)
		;
}

/* Ports without peers or SAs are looked at as well: so much of it as can be read. */
static void read_patient(struct patient *patient)
{
	const char *why;
	int error;

	error = patient_read_peers(patient, &why);
	if (error)
		doctor_blind("peers", error, why);
	error = patient_read_sas(patient, &why);
	if (error)
		doctor_blind("SAs", error, why);
}

static void read_again(const struct patient_ports *before)
{
	struct patient_ports after = { 0 };
	const char *why;
	const int error = patient_read_ports(&after, &why);

	if (error)
		doctor_blind("counters", error, why);
	else
		doctor_counters(before, &after);
	free(after.list);
}

/* In words; a healthy gateway gets no other answer. */
static void say_what_was_done(const struct patient *patient,
			      unsigned long rules, unsigned int seconds)
{
	if (options.json)
		return;
	printf("%s: looked at the module, ports (%zu), peers (%zu), SAs (%zu), rules of nftables (%lu)",
	       findings_status() ? "that is all" : "nothing is wrong",
	       patient->ports.count, patient->nr_peers, patient->nr_sas, rules);
	if (seconds)
		printf(", and counters for %u s", seconds);
	putchar('\n');
}

static void examine(unsigned int seconds)
{
	struct patient patient = { 0 };
	struct timespec end;
	unsigned long rules;
	bool may_ask = true;
	const char *why;
	int error;

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += seconds;
	error = patient_read_ports(&patient.ports, &why);
	if (error) {
		doctor_blind("ports", error, why);
		may_ask = false;
	} else if (!patient.ports.count) {
		found(&no_ports, NOTE, "the module is loaded");
	}
	if (seconds)
		doctor_xfrm_begin();

	read_patient(&patient);
	doctor_sockets(&patient.ports);
	rules = doctor_firewall(&patient);
	if (patient.ports.count) {
		doctor_sas(&patient);
		doctor_peers(&patient);
	}
	if (seconds) {
		wait_until(&end);
		doctor_xfrm_end();
		if (may_ask)
			read_again(&patient.ports);
	}

	findings_print();
	say_what_was_done(&patient, rules, seconds);
	free(patient.ports.list);
	free(patient.peers);
	free(patient.sas);
}

void doctor(char **argv)
{
	const unsigned int seconds = parse(argv);
	int status;

	not_examined.advice = as_it_says;
	if (doctor_module())
		examine(seconds);
	else
		findings_print();
	status = findings_status();
	findings_free();
	if (status)
		finish(status);
}
