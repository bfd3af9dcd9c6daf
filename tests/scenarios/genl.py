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
genl.py shared COUNT
    adds that many peers at one endpoint; prints the same
genl.py garbage SEED COUNT
    sends that many requests with random commands, attributes, lengths and
    flags; prints how many were answered
genl.py every
    sends a request for all that the family can be asked for; prints the answers, each with
    those that got it: "ERRNO NAME ...". They are of ports 2797 and 2746, which are to be
    there, and 500, and of peers 192.0.2.1, which is to be there, and 192.0.2.9.
genl.py open PROGRAM...
    becomes that program, with a netlink socket for its standard input
genl.py on-stdin WORDS...
    does what the words say with the socket that is its standard input
genl.py on-stdin-to WORDS...
    the same, but says with each request that it is for the kernel
"""
import errno
import os
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
CTRL_ATTR_FAMILY_ID, CTRL_ATTR_OPS, CTRL_ATTR_MCAST_GROUPS = 1, 6, 7
CTRL_ATTR_OP_ID, CTRL_ATTR_OP_FLAGS, CTRL_ATTR_MCAST_GRP_ID = 1, 2, 2
GENL_CMD_CAP_DO, GENL_CMD_CAP_DUMP = 2, 4
PORT_ADD, PORT_DEL, PORT_GET, PEER_ADD, PEER_DEL, PEER_GET, FLUSH, PORT_SET = range(1, 9)
PEER_SET = 10
PORT, FORMAT, ADDRESS, REQID, END_ADDRESS, END_PORT = 2, 3, 4, 5, 6, 7
ORIGIN, STATS, LEARN, PIN, LAST_RX, LAST_TX = 8, 9, 10, 17, 25, 26


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


def integer(kind, value, form="=H"):
    return attribute(kind, struct.pack(form, value))


def address(kind, text):
    return attribute(kind, socket.inet_aton(text))


def open_socket():
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)


class Family:
    def __init__(self, sock=None, to=None):
        """To whom: who does not say it, may not know that this is a netlink socket."""
        self.socket = sock or open_socket()
        self.to = to
        self.socket.setsockopt(SOL_NETLINK, NETLINK_EXT_ACK, 1)
        self.socket.settimeout(10)
        self.sequence = 0
        self.id = GENL_ID_CTRL
        about = attributes(self.ask(CTRL_CMD_GETFAMILY,
                                    attribute(2, b"espencap\0"))[2][0][20:])
        self.id = struct.unpack("=H", about[CTRL_ATTR_FAMILY_ID])[0]
        self.ops = dict(self.op(op) for op in
                        attributes(about[CTRL_ATTR_OPS]).values())
        group = attributes(attributes(about[CTRL_ATTR_MCAST_GROUPS])[1])
        self.group = struct.unpack("=I", group[CTRL_ATTR_MCAST_GRP_ID])[0]

    @staticmethod
    def op(nested):
        op = attributes(nested)
        return tuple(struct.unpack("=I", op[kind])[0]
                     for kind in (CTRL_ATTR_OP_ID, CTRL_ATTR_OP_FLAGS))

    def ask(self, command, attributes, flags=NLM_F_ACK):
        """Returns errno, the sentence and the messages of the answer."""
        request = self.request(command, attributes, flags)
        if self.to:
            self.socket.sendto(request, self.to)
        else:
            self.socket.send(request)
        return self.answer()

    def request(self, command, attributes, flags):
        self.sequence += 1
        body = struct.pack("=BBH", command, 1, 0) + attributes
        return struct.pack("=IHHII", 16 + len(body), self.id,
                           NLM_F_REQUEST | flags, self.sequence, 0) + body

    def answer(self):
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


def shared(family, count):
    for index in range(int(count)):
        error, sentence, _ = family.ask(
            PEER_ADD, integer(PORT, 2797) + address(END_ADDRESS, "192.0.2.7") +
            integer(ADDRESS, 0x0a000001 + index, ">I"))
        if error:
            break
    print(index + (not error), end=" ")
    say(error, sentence)


# So that each can be done when those before it were.
REQUESTS = {
    "port-add": (PORT_ADD, integer(PORT, 500) + integer(FORMAT, 2, "=B")),
    "port-set": (PORT_SET, integer(PORT, 2797) + integer(LEARN, 1, "=B")),
    "port-get": (PORT_GET, integer(PORT, 2797)),
    "port-list": (PORT_GET, b"", NLM_F_DUMP),
    "port-del": (PORT_DEL, integer(PORT, 2746)),
    "peer-add": (PEER_ADD, integer(PORT, 2797) + address(ADDRESS, "192.0.2.9")),
    "peer-set": (PEER_SET, address(ADDRESS, "192.0.2.1") + attribute(PIN, b"")),
    "peer-list": (PEER_GET, b"", NLM_F_DUMP),
    "peer-del": (PEER_DEL, address(ADDRESS, "192.0.2.1")),
    "flush": (FLUSH, b""),
}


def requests_of(family):
    """All there are, by name: also those that this file does not know."""
    wanted = {(op, flag): f"command-{op}"
              for op, flags in family.ops.items()
              for flag in (GENL_CMD_CAP_DO, GENL_CMD_CAP_DUMP) if flags & flag}
    for name, (command, _, *dump) in REQUESTS.items():
        wanted.pop((command, GENL_CMD_CAP_DUMP if dump else GENL_CMD_CAP_DO), None)
        yield name, REQUESTS[name]
    for (command, flag), name in wanted.items():
        yield name, (command, b"", *[NLM_F_DUMP][:flag == GENL_CMD_CAP_DUMP])


def every(family):
    answers = {}
    for name, (command, attributes, *dump) in requests_of(family):
        error = family.ask(command, attributes, NLM_F_ACK | sum(dump))[0]
        answers.setdefault(errno.errorcode.get(error, error), []).append(name)
    for error, names in answers.items():
        print(error, *names)


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
    COMMANDS = {"ports": ports, "peers": peers, "shared": shared, "join": join,
                "garbage": garbage, "every": every}
    words, sock, to = sys.argv[1:], None, None
    if words[0] == "open":
        sock = open_socket()
        os.dup2(sock.fileno(), 0)
        os.execvp(words[1], words[1:])
    if words[0].startswith("on-stdin"):
        sock = socket.socket(fileno=0)
        to = (0, 0) if words.pop(0) == "on-stdin-to" else None
    if words[0] in COMMANDS:
        COMMANDS[words[0]](Family(sock, to), *words[1:])
    else:
        pairs = (word.split("=") for word in words[1:])
        say(*Family(sock, to).ask(int(words[0]), b"".join(
            attribute(int(kind), bytes.fromhex(value))
            for kind, value in pairs))[:2])
