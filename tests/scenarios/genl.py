#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Netlink requests as no well-meaning tool makes them.

genl.py COMMAND [ATTRIBUTE=HEX ...]
    sends one request to the family espencap, with these attributes in that
    order, and prints the answer: "ERRNO SENTENCE" (0 when it was done)
genl.py ports FIRST LAST
    adds these ports, bare, until one is refused; prints how many were added
    and the answer to the last
genl.py peers COUNT
    adds that many peers on port 2797; prints how many were added and the answer
    to the last
genl.py join
    joins the family's group of notifications; prints ERRNO (0 when it may)
genl.py garbage SEED COUNT
    sends that many requests with random commands, attributes, lengths and
    flags; prints how many were answered
"""
import errno
import random
import socket
import struct
import sys

NETLINK_GENERIC, SOL_NETLINK = 16, 270
NETLINK_ADD_MEMBERSHIP, NETLINK_EXT_ACK = 1, 11
GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
NLM_F_REQUEST, NLM_F_ACK, NLM_F_DUMP = 0x1, 0x4, 0x300
NLMSG_ERROR, NLMSG_DONE = 2, 3
NLM_F_CAPPED, NLM_F_ACK_TLVS = 0x100, 0x200
NLMSGERR_ATTR_MSG = 1
PORT_ADD, PEER_ADD = 1, 4


def attribute(kind, value):
    return (struct.pack("=HH", 4 + len(value), kind) + value +
            bytes(-len(value) % 4))


def attributes(data):
    """Their values, by kind."""
    found = {}
    while data:
        length, kind = struct.unpack_from("=HH", data)
        found[kind & 0x3fff] = data[4:length]
        data = data[(length + 3) & ~3:]
    return found


class Family:
    def __init__(self):
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW,
                                    NETLINK_GENERIC)
        self.socket.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.socket.settimeout(10)
        self.sequence = 0
        self.id = GENL_ID_CTRL
        about = attributes(self.ask(CTRL_CMD_GETFAMILY,
                                    attribute(2, b"espencap\0"))[2][0][20:])
        self.id = struct.unpack("=H", about[1])[0]
        group = attributes(attributes(about[7])[1])
        self.group = struct.unpack("=I", group[2])[0]

    def ask(self, command, attributes, flags=NLM_F_ACK):
        """Returns errno, the sentence and the messages of the answer."""
        self.sequence += 1
        body = struct.pack("=BBH", command, 1, 0) + attributes
        self.socket.send(struct.pack("=IHHII", 16 + len(body), self.id,
                                     NLM_F_REQUEST | flags, self.sequence, 0) +
                         body)
        messages = []
        while True:
            data = self.socket.recv(65536)
            while data:
                length, kind, got, sequence, _ = struct.unpack_from("=IHHII",
                                                                    data)
                message, data = data[:length], data[(length + 3) & ~3:]
                if sequence != self.sequence:
                    continue
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    return self.end(kind, got, message) + (messages,)
                messages.append(message)

    @staticmethod
    def end(kind, flags, message):
        error = -struct.unpack_from("=i", message, 16)[0]
        at = 20
        if kind == NLMSG_ERROR:
            at += 16
            if not flags & NLM_F_CAPPED:
                at += struct.unpack_from("=I", message, 20)[0] - 16
        while flags & NLM_F_ACK_TLVS and at < len(message):
            length, kind = struct.unpack_from("=HH", message, at)
            if kind == NLMSGERR_ATTR_MSG:
                return error, message[at + 4:at + length - 1].decode()
            at += (length + 3) & ~3
        return error, ""


def say(error, sentence):
    print(errno.errorcode.get(error, error), sentence)


def ports(family, first, last):
    for number in range(int(first), int(last) + 1):
        error, sentence, _ = family.ask(
            PORT_ADD, attribute(2, struct.pack("=H", number)) +
            attribute(3, b"\1"))
        if error:
            break
    print(number - int(first) + (not error), end=" ")
    say(error, sentence)


def peers(family, count):
    for number in range(int(count)):
        error, sentence, _ = family.ask(
            PEER_ADD, attribute(2, struct.pack("=H", 2797)) +
            attribute(4, struct.pack(">I", 0x0a000001 + number)))
        if error:
            break
    print(number + (not error), error, *filter(None, [sentence]))


def join(family):
    error = 0
    try:
        family.socket.setsockopt(SOL_NETLINK, NETLINK_ADD_MEMBERSHIP,
                                 family.group)
    except OSError as refusal:
        error = refusal.errno
    print(errno.errorcode.get(error, error))


def garbage(family, seed, count):
    dice = random.Random(int(seed))
    answered = 0
    for _ in range(int(count)):
        attributes = b""
        for _ in range(dice.randrange(6)):
            kind = dice.choice([*range(29), 0x8002, 0x4002,
                                dice.randrange(65536)])
            size = dice.choice([0, 1, 2, 3, 4, 5, 8, 15, 16, 17,
                                dice.randrange(200)])
            whole = bytearray(attribute(kind, dice.randbytes(size)))
            if not dice.randrange(8):
                whole[0:2] = struct.pack("=H", dice.randrange(300))
            attributes += whole
        family.ask(dice.choice([0, 1, 2, 3, 4, 5, 6, 8, 9, 10, 200]), attributes,
                   NLM_F_ACK | dice.choice([0, 0, NLM_F_DUMP]))
        answered += 1
    print(answered)


if __name__ == "__main__":
    COMMANDS = {"ports": ports, "peers": peers, "join": join,
                "garbage": garbage}
    if sys.argv[1] in COMMANDS:
        COMMANDS[sys.argv[1]](Family(), *sys.argv[2:])
    else:
        pairs = (word.split("=") for word in sys.argv[2:])
        say(*Family().ask(int(sys.argv[1]), b"".join(
            attribute(int(kind), bytes.fromhex(value))
            for kind, value in pairs))[:2])
