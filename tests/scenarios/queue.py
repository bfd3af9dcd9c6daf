#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""queue.py FILE: accepts every packet of netfilter's queue 0, as an intrusion
detection system would; writes "ready" to FILE, and a line for each packet."""
import socket
import struct
import sys

NETLINK_NETFILTER, SUBSYSTEM = 12, 3
VERDICT, CONFIG = 1, 2
NLM_F_REQUEST = 1
CFG_CMD, CFG_PARAMS, CFG_MAXLEN = 1, 2, 3
PACKET_HDR, VERDICT_HDR = 1, 2
SO_RCVBUFFORCE = 33
CMD_BIND, COPY_PACKET, NF_ACCEPT = 1, 2, 1


def message(kind, attribute, value):
    body = struct.pack("=BBH", 0, 0, 0) + struct.pack(
        "=HH", 4 + len(value), attribute) + value + bytes(-len(value) % 4)
    return struct.pack("=IHHII", 16 + len(body), SUBSYSTEM << 8 | kind,
                       NLM_F_REQUEST, 0, 0) + body


def packet_ids(data):
    """Of all packets that a read has brought."""
    while len(data) >= 16:
        length, kind = struct.unpack_from("=IH", data)
        at = 20
        while kind == SUBSYSTEM << 8 and at < length:
            size, attribute = struct.unpack_from("=HH", data, at)
            if attribute == PACKET_HDR:
                yield data[at + 4:at + 8]
            at += (size + 3) & ~3
        data = data[(length + 3) & ~3:]


def main(path):
    queue = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                          NETLINK_NETFILTER)
    queue.bind((0, 0))
    queue.send(message(CONFIG, CFG_CMD, struct.pack("!BxH", CMD_BIND, 0)))
    # none shall be dropped because this is slow
    queue.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 1 << 26)
    queue.send(message(CONFIG, CFG_MAXLEN, struct.pack("!I", 65536)))
    queue.send(message(CONFIG, CFG_PARAMS, struct.pack("!IB", 65535, COPY_PACKET)))
    with open(path, "w", encoding="ascii") as file:
        print("ready", file=file, flush=True)
        while True:
            for number in packet_ids(queue.recv(1 << 17)):
                queue.send(message(VERDICT, VERDICT_HDR,
                                   struct.pack("!I", NF_ACCEPT) + number))
                print("packet", file=file, flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
