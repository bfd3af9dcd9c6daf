#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""A gateway that is asked over netlink, and the other side of its TAP devices, for
faultpackets.py: ESP that is not encrypted, and whose ICV is checked."""
import errno
import fcntl
import hashlib
import hmac
import os
import socket
import struct
import time
from dataclasses import dataclass

import datagram
import genl
import packets
from faults import Task, Wrong

IFF_TAP, IFF_NAPI, IFF_NAPI_FRAGS, IFF_NO_PI = 0x0002, 0x0010, 0x0020, 0x1000
IP_MTU_DISCOVER, IP_RECVERR = 10, 11
KEY = bytes(range(32))
MACS = bytes.fromhex("020000000001" "020000000002")


def icv(esp):
    return hmac.new(KEY, esp, hashlib.sha256).digest()[:16]


def ipv4_udp(*words):
    packet = datagram.udp_packet(*words)
    return packets.ipv4(packet[:20], packet[20:])


def ethernet(packet):
    return MACS + (b"\x08\x00" if packets.is_ipv4(packet) else b"\x86\xdd") + packet


class Device:
    def __init__(self, name, flags):
        self.file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(self.file, packets.TUNSETIFF, struct.pack(
            "=16sH14x", name.encode(), IFF_TAP | IFF_NO_PI | flags))

    def close(self):
        os.close(self.file)

    def write(self, frame, linear=None):
        """With NAPI, so many bytes of it are in the packet's head, and others in pages."""
        try:
            os.writev(self.file, [frame[:linear], frame[linear:]] if linear else [frame])
        except OSError as failure:
            if failure.errno not in (errno.ENOMEM, errno.ENOBUFS, errno.EAGAIN):
                raise

    def read(self):
        """All frames that there are."""
        while True:
            try:
                yield os.read(self.file, 65536)
            except BlockingIOError:
                return


@dataclass
class Tunnel:
    """An SA each way."""
    outer: tuple
    inner: tuple
    reqid: int
    port: int = 2797
    selects: str = ""

    def sas(self):
        here, there = self.outer
        return [f"xfrm state add src {source} dst {to} proto esp spi {spi} reqid {self.reqid} "
                "mode tunnel replay-window 32 flag af-unspec enc ecb(cipher_null) '' "
                f"auth-trunc hmac(sha256) 0x{KEY.hex()} 128 {self.selects}"
                for source, to, spi in ((there, here, self.spis[0]), (here, there, self.spis[1]))]

    def __post_init__(self):
        self.spis = 0x1000 + self.reqid, 0x2000 + self.reqid
        self.is_ipv6 = ":" in self.outer[0]
        self.outer_bytes = [socket.inet_pton(datagram.family(a), a) for a in self.outer]
        self.inner_bytes = [socket.inet_aton(a) for a in self.inner]
        # who is behind the gateway
        self.forwarded_bytes = [bytes([10, 3]) + self.inner_bytes[0][2:], self.inner_bytes[1]]

    def open(self):
        # whoever has used the SA before has sent less
        self.sequence = time.monotonic_ns() // 1000000
        self.socket = sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        sock.bind((self.inner[0], 7001))
        sock.setblocking(False)
        sock.setsockopt(socket.IPPROTO_IP, IP_RECVERR, 1)
        sock.setsockopt(socket.IPPROTO_IP, IP_MTU_DISCOVER, 0)

    def marker(self):
        return bytes(8 * (self.port == 500))

    def incoming(self, payload, source_port):
        """The IP packet that carries it here."""
        self.sequence += 1
        inside = ipv4_udp(self.inner_bytes[1], 7002, self.inner_bytes[0], 7001, payload)
        padding = -(len(inside) + 2) % 4
        esp = (struct.pack("!II", self.spis[0], self.sequence) + inside +
               bytes(range(1, padding + 1)) + bytes([padding, socket.IPPROTO_IPIP]))
        esp += icv(esp)
        esp = self.marker() + esp
        outer = self.outer_bytes[1], source_port, self.outer_bytes[0], self.port, esp
        if self.is_ipv6:
            return datagram.udp_packet6(*outer)
        return ipv4_udp(*outer)

    def carried(self, packet):
        """The payload in an outgoing IP packet, None if it is not of this tunnel."""
        start = 40 if self.is_ipv6 else 20
        if packets.is_ipv4(packet) == self.is_ipv6 or \
           packet[6 if self.is_ipv6 else 9] != socket.IPPROTO_UDP:
            return None
        source, _, length, check = struct.unpack_from("!HHHH", packet, start)
        esp = packet[start + 8 + len(self.marker()):]
        if source != self.port or struct.unpack_from("!I", esp)[0] != self.spis[1]:
            return None
        if length != len(packet) - start or (self.is_ipv6 and not check):
            raise Wrong(f"a UDP header of {length} bytes, sum {check}: {packet.hex()}")
        if icv(esp[:-16]) != esp[-16:]:
            raise Wrong(f"what came out has another ICV: {packet.hex()}")
        return esp[8:-18 - esp[-18]]


class Gateway:
    """The other side of the device, with all that is asked of it."""

    def __init__(self, interface):
        self.device = Device(interface, IFF_NAPI | IFF_NAPI_FRAGS)
        self.family = genl.Family()
        self.task = Task()
        self.interface = interface

    def counters(self, port):
        answer = self.family.ask(genl.PORT_GET, genl.integer(genl.PORT, port))[2][0]
        found = genl.attributes(genl.attributes(answer[20:])[genl.STATS])
        return {kind: struct.unpack("=Q", value)[0] for kind, value in found.items()
                if len(value) == 8}

    def peers(self, tunnel):
        """Endpoints."""
        answers = self.family.ask(genl.PEER_GET, genl.attribute(
            genl.ADDRESS, tunnel.outer_bytes[1]), genl.NLM_F_ACK | genl.NLM_F_DUMP)[2]
        found = (genl.attributes(answer[20:]) for answer in answers)
        return [struct.unpack("=H", peer[genl.END_PORT])[0] for peer in found]

    def forget(self, tunnel):
        self.family.ask(genl.PEER_DEL, genl.attribute(genl.ADDRESS, tunnel.outer_bytes[1]))

    def add(self, tunnel, attributes=b""):
        error, sentence, _ = self.family.ask(
            genl.PEER_ADD, genl.integer(genl.PORT, tunnel.port) + attributes +
            genl.attribute(genl.ADDRESS, tunnel.outer_bytes[1]) +
            genl.integer(genl.REQID, tunnel.reqid, "=I"))
        if error:
            raise Wrong(f"no peer: {sentence}")


TUNNELS = {
    "v4": Tunnel(("192.0.2.1", "192.0.2.4"), ("10.1.0.4", "10.2.0.4"), 4),
    "v6": Tunnel(("2001:db8::1", "2001:db8::6"), ("10.1.0.6", "10.2.0.6"), 6),
    "non-ike": Tunnel(("192.0.2.1", "192.0.2.5"), ("10.1.0.5", "10.2.0.5"), 5, port=500),
    "encap": Tunnel(("192.0.2.1", "192.0.2.8"), ("10.1.0.8", "10.2.0.8"), 8,
                    selects="encap espinudp 4500 4500 0.0.0.0"),
    "mark": Tunnel(("192.0.2.1", "192.0.2.7"), ("10.1.0.7", "10.2.0.7"), 7,
                   selects="mark 7"),
}
