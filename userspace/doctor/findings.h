/* SPDX-License-Identifier: GPL-2.0 */
/* What doctor has found, one finding for all that is ill in the same way. */
#ifndef FINDINGS_H
#define FINDINGS_H

enum severity {
	NOTE,		/* good to know */
	WARNING,	/* it works, but not always, or not safely */
	ERROR,		/* something is not served */
};

/**
 * struct finding - what can be found
 * @id: its name, which stays as it is
 * @text: a sentence on what it is
 * @advice: a sentence on what to do
 */
struct finding {
	const char *id;
	const char *text;
	const char *advice;
};

/**
 * found() - something is ill
 * @finding: how; must stay
 * @severity: how much
 * @format: what, for printf(); of those that are ill in the same way, the worst counts
 *
 * Bytes that are not printable ASCII become question marks: others may have written them.
 */
void found(const struct finding *finding, enum severity severity,
	   const char *format, ...) __attribute__((format(printf, 3, 4)));

/**
 * findings_print() - print all, the worst first
 *
 * As text: three lines or more each. As JSON: one array. Without -d, not more than the
 * first few of those that are ill in the same way.
 */
void findings_print(void);

/**
 * findings_status() - the worst of them
 *
 * Return: an exit status: 0 if there are no more than notes, EXIT_WARNINGS or
 * EXIT_ERRORS.
 */
int findings_status(void);

/* Forget all. */
void findings_free(void);

#endif /* FINDINGS_H */
