/* SPDX-License-Identifier: GPL-2.0 */
/* Copies of the packets to a UDP port, as they arrive, with packet sockets. */
#ifndef TAP_H
#define TAP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* As much of a packet, from the IP header on, as is copied. */
#define TAP_LENGTH	512u

/**
 * struct tap - what is listened to
 * @fds: a packet socket for IPv4, and one for IPv6
 */
struct tap {
	int fds[2];
};

/**
 * tap_open() - begin to listen
 * @port: the UDP port, in host byte order
 *
 * What is in the way ends the program.
 *
 * Return: the sockets, which do not block.
 */
struct tap tap_open(uint16_t port);

/**
 * tap_take() - the next packet
 * @fd: one of the sockets
 * @packet: room for TAP_LENGTH bytes: takes it, from the IP header on
 *
 * Among them are packets to other ports, with IPv6 extension headers, and packets
 * to other hosts, which this one forwards.
 *
 * Return: the bytes that it has, or were copied of it; 0 if there is none now.
 */
size_t tap_take(int fd, uint8_t *packet);

/**
 * tap_close() - stop it
 * @tap: the sockets
 *
 * Return: how many packets were lost, because they came faster than they were taken.
 */
uint64_t tap_close(struct tap *tap);

#endif /* TAP_H */
