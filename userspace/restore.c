// SPDX-License-Identifier: GPL-2.0
/*
 * espencapctl save and restore: a configuration as commands, and the steps that lead
 * from one to another, all of them or none.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "config.h"
#include "ctl.h"
#include "netlink.h"
#include "parse.h"

enum kind { ADD, SET, DEL };

/**
 * struct step - one request
 * @kind: what is done
 * @port: the port that it is done to, or NULL
 * @old_port: for SET, what it was
 * @peer: the peer that it is done to, or NULL
 * @is_last: nothing but others of this sort follow, which need not be there any more
 */
struct step {
	enum kind kind;
	const struct port_config *port;
	const struct port_config *old_port;
	const struct peer_config *peer;
	bool is_last;
};

struct plan {
	struct step *steps;
	size_t count;
	size_t room;
};

static void add_step(struct plan *plan, struct step step)
{
	if (plan->count == plan->room) {
		plan->room = plan->room ? plan->room * 2 : 64;
		plan->steps = reallocarray(plan->steps, plan->room,
					   sizeof(step));
		if (!plan->steps)
			refused("there is no memory for so many changes");
	}
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
		      const struct peer_config *peer)
{
	add_step(plan, (struct step){ .kind = kind, .peer = peer });
}

/* A port's format cannot be set: it has to be made anew, with its peers. */
static bool is_replaced(const struct config *now, const struct config *then,
			uint16_t number)
{
	const struct port_config *old = find_port(&now->ports, number);
	const struct port_config *new = find_port(&then->ports, number);

	return old && new && old->format != new->format;
}

static void plan_ports(struct plan *plan, const struct config *now,
		       const struct config *then)
{
	size_t i;

	for (i = 0; i < now->peers.count; i++)
		if (is_replaced(now, then, now->peers.list[i].port))
			peer_step(plan, DEL, &now->peers.list[i]);
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

/* @exactly: wherever a peer has moved meanwhile, it shall be where @then says. */
static void plan_peers(struct plan *plan, const struct config *now,
		       const struct config *then, bool exactly)
{
	size_t i;

	for (i = 0; i < then->peers.count; i++) {
		const struct peer_config *peer = &then->peers.list[i];
		const struct peer_config *old = find_peer(&now->peers, peer);

		if (old && !is_replaced(now, then, old->port)) {
			if (peer_config_equal(old, peer,
					      old->moved && !exactly))
				continue;
			peer_step(plan, DEL, old);
		}
		peer_step(plan, ADD, peer);
	}
}

static void plan_ends(struct plan *plan, const struct config *now,
		      const struct config *then, bool exactly)
{
	const size_t first = plan->count;
	size_t i;

	for (i = 0; i < now->peers.count; i++) {
		const struct peer_config *peer = &now->peers.list[i];

		if (!find_peer(&then->peers, peer) &&
		    !is_replaced(now, then, peer->port))
			peer_step(plan, DEL, peer);
	}
	for (i = 0; exactly && i < now->learned.count; i++) {
		const struct peer_config *peer = &now->learned.list[i];

		/* one that is added takes its place */
		if (!find_peer(&then->peers, peer) &&
		    !is_replaced(now, then, peer->port) &&
		    find_port(&then->ports, peer->port))
			peer_step(plan, DEL, peer);
	}
	for (i = 0; i < now->ports.count; i++)
		if (!find_port(&then->ports, now->ports.list[i].number))
			port_step(plan, DEL, &now->ports.list[i], NULL);
	for (i = first; i < plan->count; i++)
		plan->steps[i].is_last = true;
}

static const enum espencap_cmd port_commands[] = {
	[ADD] = ESPENCAP_CMD_PORT_ADD,
	[SET] = ESPENCAP_CMD_PORT_SET,
	[DEL] = ESPENCAP_CMD_PORT_DEL,
};

static const enum espencap_cmd peer_commands[] = {
	[ADD] = ESPENCAP_CMD_PEER_ADD,
	[DEL] = ESPENCAP_CMD_PEER_DEL,
};

static const char *title(const struct step *step)
{
	return step->port ? port_title(step->port->number) :
			    peer_title(step->peer);
}

static int take(const struct step *step, const char **why)
{
	struct port_config port;
	struct nlmsghdr *msg;

	if (step->port) {
		port = *step->port;
		if (step->kind == SET)
			port.given &= ~(1U << PORT_FORMAT);
		if (step->kind == DEL)
			port.given = 0;
		msg = netlink_request(port_commands[step->kind], 0);
		port_config_put(msg, &port);
	} else {
		msg = netlink_request(peer_commands[step->kind], 0);
		if (step->kind == DEL)
			peer_config_put_key(msg, step->peer);
		else
			peer_config_put(msg, step->peer);
	}
	return netlink_try(msg, title(step), why);
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
		break;
	}
	return back;
}

/* The first @count steps, the last of them first. */
static void take_back(const struct plan *plan, size_t count)
{
	const char *why;

	while (count--) {
		const struct step back = inverse(&plan->steps[count]);

		if (take(&back, &why))
			fprintf(stderr, "espencapctl: what was changed could not be changed back: %s: %s\n",
				title(&back), why);
	}
}

static void follow(const struct plan *plan, const char *name)
{
	const char *why;
	size_t i;

	for (i = 0; i < plan->count; i++) {
		const struct step *step = &plan->steps[i];
		unsigned int line;
		int error = take(step, &why);

		if (!error || (error == ENOENT && step->is_last))
			continue;
		line = step->port ? step->port->line : step->peer->line;
		if (line)
			at_line(name, line);
		complain("%s: %s", title(step), why);
		at_line(NULL, 0);
		take_back(plan, i);
		refused("nothing was changed");
	}
}

static void print_step(const struct step *step)
{
	static const char * const words[] = {
		[ADD] = "add", [SET] = "set", [DEL] = "del",
	};

	printf("%s %s ", step->port ? "port" : "peer", words[step->kind]);
	if (step->port && step->kind == DEL)
		printf("%u", step->port->number);
	else if (step->port)
		port_config_print(step->port, step->kind == ADD);
	else if (step->kind == DEL)
		peer_config_print_key(step->peer);
	else
		peer_config_print(step->peer);
	putchar('\n');
}

void restore(char **argv)
{
	const char *name = *argv ? *argv : "-";
	const bool exactly = !options.check && !options.sync;
	struct plan plan = { 0 };
	struct config now, then;
	size_t i;

	if (*argv)
		no_more_words(argv + 1);
	config_read_file(&then, name);
	config_read_module(&now);
	plan_ports(&plan, &now, &then);
	plan_peers(&plan, &now, &then, exactly);
	plan_ends(&plan, &now, &then, exactly);
	if (!options.check) {
		follow(&plan, name);
		return;
	}
	for (i = 0; i < plan.count; i++)
		print_step(&plan.steps[i]);
	if (plan.count)
		finish(EXIT_DIFFERS);
}

void save(char **argv)
{
	struct config config;
	size_t i;

	no_more_words(argv);
	config_read_module(&config);
	for (i = 0; i < config.ports.count; i++)
		print_step(&(struct step){ .port = &config.ports.list[i] });
	for (i = 0; i < config.peers.count; i++)
		print_step(&(struct step){ .peer = &config.peers.list[i] });
}
