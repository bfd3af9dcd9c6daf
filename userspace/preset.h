/* SPDX-License-Identifier: GPL-2.0 */
/* Names for ports, with the evidence for each. */
#ifndef PRESET_H
#define PRESET_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct preset - a well-known port
 * @name: what it is called here
 * @port: UDP port, in host byte order
 * @format: an enum espencap_format_id
 * @keepalive_bytes: an enum espencap_keepalive: what its devices send
 * @source: who says so
 * @verified: a capture of the format on this port was seen
 */
struct preset {
	const char *name;
	uint16_t port;
	uint8_t format;
	uint8_t keepalive_bytes;
	const char *source;
	bool verified;
};

/**
 * preset_next() - go through all presets
 * @preset: a preset, or NULL to begin
 *
 * Return: the next one, or NULL.
 */
const struct preset *preset_next(const struct preset *preset);

/**
 * preset_by_name() - find a preset
 * @name: its name
 *
 * Return: the preset, or NULL.
 */
const struct preset *preset_by_name(const char *name);

/**
 * preset_by_port() - find the preset of a port
 * @port: UDP port, in host byte order
 *
 * Return: the preset, or NULL.
 */
const struct preset *preset_by_port(uint16_t port);

#endif /* PRESET_H */
