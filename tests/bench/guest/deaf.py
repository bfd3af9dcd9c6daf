#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""deaf.py ADDRESS PORT [UDP_ENCAP]: holds a UDP socket and never reads from it.

Once its buffer is full, a packet costs what it takes to find the socket. With
UDP_ENCAP, as IKE daemons have it on 4500 (2: RFC 3948, 1: non-IKE marker).
"""
import signal
import socket
import sys

UDP_ENCAP = 100

address, port, *encap = sys.argv[1:]
udp = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET,
                    socket.SOCK_DGRAM)
udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
if encap:
    udp.setsockopt(socket.IPPROTO_UDP, UDP_ENCAP, int(encap[0]))
udp.bind((address, int(port)))
print("ready", flush=True)
signal.pause()
