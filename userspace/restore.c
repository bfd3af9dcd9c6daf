// SPDX-License-Identifier: GPL-2.0
/*
 * espencapctl save and restore: a configuration as commands, and the steps that lead
 * from one to another, all of them or none.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "config.h"
#include "ctl.h"
#include "grow.h"
#include "netlink.h"
#include "parse.h"
#include "version.h"

enum kind { ADD, SET, DEL };

/**
 * struct step - one request
 * @kind: what is done
 * @port: the port that it is done to, or NULL
 * @old_port: for SET, what it was
 * @peer: the peer that it is done to, or NULL
 * @old_peer: for SET, what it was; for ADD, the learned peer whose place it takes, or
 *	NULL
 * @wherever: for SET of a peer, its endpoint stays
 * @is_done: it was
 */
struct step {
	enum kind kind;
	const struct port_config *port;
	const struct port_config *old_port;
	const struct peer_config *peer;
	const struct peer_config *old_peer;
	bool wherever;
	bool is_done;
};

/**
 * struct plan - steps
 * @steps: in the order in which they are taken
 * @count: how many there are
 * @room: for how many there is room
 * @refused: the step that was refused
 * @why: and the reason, which outlives the answer
 */
struct plan {
	struct step *steps;
	size_t count;
	size_t room;
	const struct step *refused;
	char why[VERSION_TEXT];
};

static void add_step(struct plan *plan, struct step step)
{
	plan->steps = grow(plan->steps, plan->count, &plan->room, sizeof(step));
	plan->steps[plan->count++] = step;
}

static void port_step(struct plan *plan, enum kind kind,
		      const struct port_config *port,
		      const struct port_config *old)
{
	add_step(plan, (struct step){ .kind = kind, .port = port,
				      .old_port = old });
}

static void peer_step(struct plan *plan, enum kind kind,
		      const struct peer_config *peer,
		      const struct peer_config *old)
{
	add_step(plan, (struct step){ .kind = kind, .peer = peer,
				      .old_peer = old });
}

static void peer_set_step(struct plan *plan, const struct peer_config *peer,
			  const struct peer_config *old, bool wherever)
{
	add_step(plan, (struct step){ .kind = SET, .peer = peer,
				      .old_peer = old, .wherever = wherever });
}

/* A port's format cannot be set: it has to be made anew, with its peers. */
static bool is_replaced(const struct config *now, const struct config *then,
			uint16_t number)
{
	const struct port_config *old = find_port(&now->ports, number);
	const struct port_config *new = find_port(&then->ports, number);

	return old && new && old->format != new->format;
}

static void plan_replaced(struct plan *plan, const struct config *now,
			  const struct config *then, const struct peers *peers)
{
	size_t i;

	for (i = 0; i < peers->count; i++)
		if (is_replaced(now, then, peers->list[i].port))
			peer_step(plan, DEL, &peers->list[i], NULL);
}

static void plan_ports(struct plan *plan, const struct config *now,
		       const struct config *then)
{
	size_t i;

	plan_replaced(plan, now, then, &now->peers);
	plan_replaced(plan, now, then, &now->learned);
	for (i = 0; i < then->ports.count; i++) {
		const struct port_config *port = &then->ports.list[i];
		const struct port_config *old = find_port(&now->ports,
							  port->number);

		if (old && port_config_equal(old, port))
			continue;
		if (old && old->format == port->format) {
			port_step(plan, SET, port, old);
			continue;
		}
		if (old)
			port_step(plan, DEL, old, NULL);
		port_step(plan, ADD, port, NULL);
	}
}

/* The learned peer with this key that is there when its port has been dealt with. */
static const struct peer_config *learned_now(const struct config *now,
					     const struct config *then,
					     const struct peer_config *key)
{
	const struct peer_config *peer = find_peer(&now->learned, key);

	return peer && !is_replaced(now, then, peer->port) ? peer : NULL;
}

/* @exactly: wherever a peer has moved meanwhile, it shall be where @then says. */
static void plan_peers(struct plan *plan, const struct config *now,
		       const struct config *then, bool exactly)
{
	size_t i;

	for (i = 0; i < then->peers.count; i++) {
		const struct peer_config *peer = &then->peers.list[i];
		const struct peer_config *old = find_peer(&now->peers, peer);
		const bool wherever = old && old->moved && !exactly;

		if (!old || is_replaced(now, then, old->port))
			peer_step(plan, ADD, peer, learned_now(now, then, peer));
		else if (!peer_config_equal(old, peer, wherever))
			peer_set_step(plan, peer, old, wherever);
	}
}

/* The same of learned peers, each of which takes the place of the one that is there. */
static void plan_learned(struct plan *plan, const struct config *now,
			 const struct config *then, bool exactly)
{
	size_t i;

	for (i = 0; i < then->learned.count; i++) {
		const struct peer_config *peer = &then->learned.list[i];
		const struct peer_config *old = learned_now(now, then, peer);
		const struct peer_config *added = find_peer(&now->peers, peer);

		if (added && !is_replaced(now, then, added->port))
			peer_step(plan, DEL, added, NULL);
		if (!old || (exactly && !peer_config_equal(old, peer, false)))
			peer_step(plan, ADD, peer, old);
	}
}

static void plan_ends(struct plan *plan, const struct config *now,
		      const struct config *then, bool exactly)
{
	size_t i;

	for (i = 0; i < now->peers.count; i++) {
		const struct peer_config *peer = &now->peers.list[i];

		if (!find_peer(&then->peers, peer) &&
		    !find_peer(&then->learned, peer) &&
		    !is_replaced(now, then, peer->port))
			peer_step(plan, DEL, peer, NULL);
	}
	for (i = 0; i < now->learned.count; i++) {
		const struct peer_config *peer = &now->learned.list[i];

		/* one that is added takes its place; one goes with its port */
		if (!find_peer(&then->peers, peer) &&
		    !find_peer(&then->learned, peer) &&
		    !is_replaced(now, then, peer->port) &&
		    (exactly || !find_port(&then->ports, peer->port)))
			peer_step(plan, DEL, peer, NULL);
	}
	for (i = 0; i < now->ports.count; i++)
		if (!find_port(&then->ports, now->ports.list[i].number))
			port_step(plan, DEL, &now->ports.list[i], NULL);
}

/*
 * First what is new, so that nothing has gone if it is refused; unless there is no
 * room for both (@ends_first).
 */
static struct plan make_plan(const struct config *now,
			     const struct config *then, bool exactly,
			     bool ends_first)
{
	struct plan plan = { 0 };

	if (ends_first)
		plan_ends(&plan, now, then, exactly);
	plan_ports(&plan, now, then);
	plan_peers(&plan, now, then, exactly);
	plan_learned(&plan, now, then, exactly);
	if (!ends_first)
		plan_ends(&plan, now, then, exactly);
	return plan;
}

static const enum espencap_cmd port_commands[] = {
	[ADD] = ESPENCAP_CMD_PORT_ADD,
	[SET] = ESPENCAP_CMD_PORT_SET,
	[DEL] = ESPENCAP_CMD_PORT_DEL,
};

static const enum espencap_cmd peer_commands[] = {
	[ADD] = ESPENCAP_CMD_PEER_ADD,
	[SET] = ESPENCAP_CMD_PEER_SET,
	[DEL] = ESPENCAP_CMD_PEER_DEL,
};

static const char *title(const struct step *step)
{
	return step->port ? port_title(step->port->number) :
			    peer_title(step->peer);
}

static struct nlmsghdr *port_request(const struct step *step)
{
	struct nlmsghdr *msg = netlink_request(port_commands[step->kind], 0);
	struct port_config port = *step->port;

	if (step->kind == SET)
		port.given &= ~(1U << PORT_FORMAT);
	if (step->kind == DEL)
		port.given = 0;
	port_config_put(msg, &port);
	return msg;
}

/* What is said of the peer. */
static struct peer_config said(const struct step *step)
{
	struct peer_config peer = *step->peer;

	if (step->wherever)
		peer.endpoint_port = 0;
	return peer;
}

static struct nlmsghdr *peer_request(const struct step *step)
{
	struct nlmsghdr *msg = netlink_request(peer_commands[step->kind], 0);
	const struct peer_config peer = said(step);

	if (step->kind == DEL) {
		peer_config_put_key(msg, &peer);
		peer_config_put_origin(msg, &peer);
	} else {
		peer_config_put(msg, &peer);
	}
	return msg;
}

static int take(const struct step *step, const char **why)
{
	return netlink_try(step->port ? port_request(step) :
					peer_request(step),
			   NULL, NULL, title(step), why);
}

static struct step inverse(const struct step *step)
{
	struct step back = *step;

	switch (step->kind) {
	case ADD:
		back.kind = DEL;
		break;
	case DEL:
		back.kind = ADD;
		break;
	case SET:
		back.port = step->old_port;
		back.peer = step->old_peer;
		break;
	}
	return back;
}

static bool take_or_complain(const struct step *step)
{
	const char *why;

	if (!take(step, &why))
		return true;
	complain("%s could not be changed back: %s", title(step), why);
	return false;
}

static bool undo(const struct step *step)
{
	const struct step back = inverse(step);

	if (!take_or_complain(&back))
		return false;
	return step->kind != ADD || !step->old_peer ||
	       take_or_complain(&(struct step){ .kind = ADD,
						.peer = step->old_peer });
}

/* What was done, the last step first; returns whether all of it is undone. */
static bool take_back(const struct plan *plan)
{
	size_t i = plan->count;
	bool all = true;

	while (i--)
		if (plan->steps[i].is_done)
			all &= undo(&plan->steps[i]);
	return all;
}

static void complain_of(const struct plan *plan, const char *name)
{
	const struct step *step = plan->refused;
	const unsigned int line = step->port ? step->port->line :
					       step->peer->line;

	if (line)
		at_line(name, line);
	complain("%s: %s", title(step), plan->why);
	at_line(NULL, 0);
}

/* Returns 0, or the errno of the step that was refused. */
static int follow(struct plan *plan)
{
	const char *why;
	size_t i;

	for (i = 0; i < plan->count; i++) {
		struct step *step = &plan->steps[i];
		const int error = take(step, &why);

		/* without memory for it, the answer is lost, not the request */
		step->is_done = !error || error == ENOBUFS;
		/* It has gone by itself, or somebody else was faster. */
		if (error && !(step->kind == DEL && error == ENOENT)) {
			plan->refused = step;
			snprintf(plan->why, sizeof(plan->why), "%s", why);
			return error;
		}
	}
	return 0;
}

/* All or nothing is also what somebody gets who is impatient. @mask: takes what was held */
static void hold_signals(sigset_t *mask)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, mask);
}

static void change(const struct config *now, const struct config *then,
		   bool exactly, const char *name)
{
	struct plan plan = make_plan(now, then, exactly, false);
	int error = follow(&plan);
	bool is_back = !error || take_back(&plan);

	if (error == ENOSPC && is_back) {
		free(plan.steps);
		plan = make_plan(now, then, exactly, true);
		error = follow(&plan);
		is_back = !error || take_back(&plan);
	}
	if (error) {
		complain_of(&plan, name);
		refused(is_back ? "nothing was changed" :
			"some of the configuration is changed now: restore it once more, or another file");
	}
	free(plan.steps);
}

static void print_step(const struct step *step)
{
	static const char * const words[] = {
		[ADD] = "add", [SET] = "set", [DEL] = "del",
	};
	struct peer_config peer;

	printf("%s %s ", step->port ? "port" : "peer", words[step->kind]);
	if (step->port && step->kind == DEL) {
		printf("%u", step->port->number);
	} else if (step->port) {
		port_config_print(step->port, step->kind == ADD);
	} else if (step->kind == DEL) {
		peer_config_print_key(step->peer);
	} else {
		peer = said(step);
		peer_config_print(&peer);
	}
	putchar('\n');
}

/* Returns how many there are. */
static size_t print_changes(const struct config *now,
			    const struct config *then)
{
	const struct plan plan = make_plan(now, then, false, false);
	size_t i;

	for (i = 0; i < plan.count; i++)
		print_step(&plan.steps[i]);
	free(plan.steps);
	return plan.count;
}

void restore(char **argv)
{
	const char *name = *argv ? *argv : "-";
	const bool exactly = !options.check && !options.sync;
	struct config now, then;
	size_t differences = 0;
	sigset_t mask;

	if (*argv)
		no_more_words(argv + 1);
	if (options.check && options.json)
		usage_error("restore --check prints commands, not JSON");
	name = config_read_file(&then, name);
	config_read_module(&now);
	if (options.check) {
		differences = print_changes(&now, &then);
	} else {
		hold_signals(&mask);
		change(&now, &then, exactly, name);
		sigprocmask(SIG_SETMASK, &mask, NULL);
	}
	config_free(&now);
	config_free(&then);
	if (differences)
		finish(EXIT_DIFFERS);
}
