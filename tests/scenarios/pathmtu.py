#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""pathmtu.py FROM TO FIRST LAST
    sends echo requests that must not be fragmented, with so many bytes of data, one size
    after the other, and prints for each "SIZE through", or "SIZE told MTU" if this host
    or a router says that it is too long ("-" if not for what), or "SIZE silent" if
    neither comes within two seconds. FROM is an address or a device.

(Not each version of ping says all of that.)
"""
import errno
import os
import select
import struct
import sys
import time

# To import socket takes an emulated CPU as long as all the rest.
import _socket as socket

from packets import checksum

# linux/in.h and linux/in6.h
IP_MTU_DISCOVER, IP_RECVERR = 10, 11
IPV6_MTU_DISCOVER, IPV6_RECVERR = 23, 25
PMTUDISC_DO = 2
PATIENCE = 2.0
# of IPv4 and IPv6: the length of the header that a raw socket hands over, and the types
# of echo request and reply
ECHO = {socket.AF_INET: (20, 8, 0), socket.AF_INET6: (0, 128, 129)}


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def whole(source, to):
    """A raw socket that sends no fragments, and has a queue of errors."""
    if family(to) == socket.AF_INET:
        made = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
        made.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        made.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, PMTUDISC_DO)
    else:
        made = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        made.setsockopt(socket.IPPROTO_IPV6, IPV6_RECVERR, 1)
        made.setsockopt(socket.IPPROTO_IPV6, IPV6_MTU_DISCOVER, PMTUDISC_DO)
        made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_DONTFRAG, 1)
    if "." in source or ":" in source:
        made.bind((source, 0))
    else:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, source.encode())
    return made


def is_refused(made, data, to):
    try:
        made.sendto(data, (to, 0))
    except OSError as error:
        if error.errno != errno.EMSGSIZE:
            raise
        return True
    return False


def mtus(made):
    """What the queue of errors says by now, which is empty then."""
    said = []
    try:
        while True:
            for _, _, data in made.recvmsg(
                    1, 512, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)[1]:
                # struct sock_extended_err
                code, mtu = struct.unpack_from("=I4xI", data)
                if code == errno.EMSGSIZE:
                    said.append(mtu)
    except BlockingIOError:
        return said


def fate(made, to, number, size):
    """What becomes of an echo request with this number."""
    header, request, reply = ECHO[made.family]
    mark = struct.pack("!HH", os.getpid() & 0xffff, number)
    data = bytes(size)
    # of ICMPv6, the kernel makes the checksum
    total = checksum(struct.pack("!BBH", request, 0, 0) + mark + data)
    mtus(made)
    if is_refused(made, struct.pack("!BBH", request, 0, total) + mark + data, to):
        return "told", *(mtus(made)[-1:] or "-")
    poll = select.poll()
    poll.register(made, select.POLLIN)
    end = time.monotonic() + PATIENCE
    while (left := end - time.monotonic()) > 0:
        poll.poll(left * 1000)
        if said := mtus(made):
            return "told", said[-1]
        try:
            answer = made.recv(65536, socket.MSG_DONTWAIT)[header:]
        except BlockingIOError:
            continue
        except OSError as error:
            # an error that is in the queue as well
            if error.errno != errno.EMSGSIZE:
                raise
            return "told", *(mtus(made)[-1:] or "-")
        if answer[0] == reply and answer[4:8] == mark and len(answer) == 8 + size:
            return "through",
    return "silent",


def main(source, to, first, last):
    made = whole(source, to)
    for number, size in enumerate(range(int(first), int(last) + 1)):
        print(size, *fate(made, to, number, size))


if __name__ == "__main__":
    main(*sys.argv[1:])
