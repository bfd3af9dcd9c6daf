#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""fill.py ports|peers COUNT: adds so many ports (from 20000 on), or peers on port
20000, half of them IPv4 and half IPv6, and says how many seconds it took.

Requests go out in large batches, so that it is the kernel's time.
"""
import struct
import sys
import time

import genl

FIRST = 20000
BATCH = 200


def requests(what, count):
    for n in range(count):
        if what == "ports":
            yield genl.PORT_ADD, (
                genl.attribute(2, struct.pack("=H", FIRST + n)) +
                genl.attribute(3, b"\1"))
        else:
            address = struct.pack(">I", 0x64000000 + n)
            if n % 2:
                address = bytes.fromhex("20010db8000100000000") + b"\0\0" + address
            yield genl.PEER_ADD, (
                genl.attribute(2, struct.pack("=H", FIRST)) +
                genl.attribute(4, address))


def main(what, count):
    family = genl.Family()
    # No answer to a request says that it was done.
    header = struct.Struct("=IHHIIBBH")
    messages = [header.pack(header.size + len(attributes), family.id,
                            genl.NLM_F_REQUEST, 0, 0, command, 1, 0) + attributes
                for command, attributes in requests(what, int(count))]
    started = time.monotonic()
    for first in range(0, len(messages), BATCH):
        family.socket.send(b"".join(messages[first:first + BATCH]))
    print("%.6f" % (time.monotonic() - started))
    family.socket.setblocking(False)
    try:
        refusal = family.socket.recv(65536)
    except BlockingIOError:
        return
    sys.exit("refused: %s" % (family.end(genl.NLMSG_ERROR, 0, refusal),))


if __name__ == "__main__":
    main(*sys.argv[1:])
