#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""alternate.py COUNT TO NS SOURCE TO2: in turns, on one CPU, sends

* from here to TO: the header of an AH packet, whose SPI nobody knows
* from the namespace NS, address SOURCE, to TO2: a UDP datagram to port 9

so that what the kernel frees of the one can be what it takes for the next."""
import os
import socket
import sys
import time

IPPROTO_AH = 51


def enter(namespace, ah):
    """Goes on there, with the socket."""
    os.set_inheritable(ah.fileno(), True)
    os.execvp("ip", ["ip", "netns", "exec", namespace, sys.executable,
                     *sys.argv, str(ah.fileno())])


def main(count, ah_to, namespace, udp_from, udp_to, ah=None):
    if not ah:
        enter(namespace, socket.socket(socket.AF_INET, socket.SOCK_RAW,
                                       IPPROTO_AH))
    os.sched_setaffinity(0, {0})
    ah = socket.socket(fileno=int(ah))
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind((udp_from, 0))
    header = bytes([17, 4, 0, 0]) + b"\0\0\x77\x77" + b"\0\0\0\1" + bytes(12)
    for _ in range(int(count)):
        ah.sendto(header, (ah_to, 0))
        udp.sendto(b"hello", (udp_to, 9))
        # so that both have come to their end before the next two
        time.sleep(0.01)


if __name__ == "__main__":
    main(*sys.argv[1:])
