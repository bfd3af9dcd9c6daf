#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Packets for which there is no memory: each kind is sent again and again, and each time
one allocation further on fails, until none does.

faultpackets.py sas
    prints the gateway's SAs, as lines for ip; their ESP is not encrypted
faultpackets.py run INTERFACE KIND TUNNEL...
    runs this kind of cases with these tunnels over this TAP device of a gateway, of which it
    is the other side. What is written there is received within the system call, as far as
    the first queue.

Each datagram arrives as it was or not at all, the counters say which, and after each fault
the next one arrives. Prints how many faults there were; or says what was not as it should
be, and fails.
"""
import errno
import os
import random
import select
import shlex
import socket
import struct
import subprocess
import sys
import time

import datagram
import genl
import packets
from faults import Wrong, failing, fed
from faultwire import TUNNELS, Device, Gateway, ethernet

IFF_VNET_HDR, VIRTIO_NET_HDR_F_NEEDS_CSUM, VIRTIO_NET_HDR_GSO_TCPV4 = 0x4000, 1, 1
ACK, DF = 0x10, 0x4000
# enum espencap_stat
TX_NO_MEMORY, RX_NO_MEMORY = 9, 16
PEERS_LEARNED, REFUSED_NO_MEMORY, RX_DATAGRAMS = 17, 23, 28
RX_ENDS, TX_ENDS = (2, *range(10, 17)), (4, 6, 7, 8, 9)


class Case:
    """One kind of packets, and what is to be seen at each fault."""

    # counters that show that some faults were the module's
    counts = ()
    sizes = (200,)

    def __init__(self, gateway, tunnel):
        self.gateway, self.tunnel, self.nth = gateway, tunnel, 0

    def begin(self):
        """Before all of them."""

    def before(self):
        """Before each."""

    def after(self, delta):
        """After each, and the one without a fault that follows it."""

    def end(self):
        """After all of them."""

    def wrong(self, what):
        return Wrong(f"{self.name}, allocation {self.nth}: {what}")

    def run(self):
        sums, end = dict.fromkeys(self.counts, 0), time.monotonic() + 60
        self.begin()
        self.before()
        self.all_arrives([])
        faults = self.each_once(sums)
        # Now and then a cache wants a page besides, and the next one is another one than
        # last time: what was left out has its turn.
        while not all(sums.values()) and time.monotonic() < end:
            faults += self.each_once(sums)
        self.end()
        for kind, total in sums.items():
            if not total:
                raise self.wrong(f"no fault was counted as {kind}")
        return faults

    def each_once(self, sums):
        self.nth, failed = 1, True
        while failed:
            self.before()
            failed = self.one(sums)
            self.nth += failed
        return self.nth - 1

    def payloads(self):
        return [os.urandom(size) for size in self.sizes]

    def one(self, sums):
        wanted, gateway = self.payloads(), self.gateway
        before = gateway.counters(self.tunnel.port)
        error, failed = failing(gateway.task, self.nth, lambda: self.send(wanted))
        arrived = self.all_arrives(wanted)
        after = gateway.counters(self.tunnel.port)
        delta = {kind: after[kind] - before[kind] for kind in after}
        self.after(delta)
        # less what came without a fault
        delta[self.ends[0]] -= len(wanted)
        if len(arrived) != len(set(arrived)) or len(arrived) > delta[self.ends[0]]:
            raise self.wrong(f"{len(arrived)} arrived, {delta} were counted")
        ended = sum(delta[kind] for kind in self.ends)
        if ended > len(wanted) or ended != self.came(delta, len(wanted), ended):
            raise self.wrong(f"{delta} is not what there was")
        if not failed and (error or len(arrived) != len(wanted)):
            raise self.wrong(f"without a fault: {error}, {len(arrived)} arrived")
        for kind in sums:
            sums[kind] += delta[kind]
        return failed

    def all_arrives(self, before):
        """Sends all once more; returns which of those before have arrived, too."""
        wanted, arrived, end = self.payloads(), [], time.monotonic() + 10
        error = self.send(wanted)
        while not error and set(wanted) - set(arrived):
            arrived += self.receive()
            if time.monotonic() > end:
                error = f"of {len(wanted)} {len(set(wanted) & set(arrived))} arrived"
        if error:
            raise self.wrong(f"the next are lost: {error}")
        if set(arrived) - set(wanted) - set(before):
            raise self.wrong(f"something else arrived: {[one.hex() for one in arrived]}")
        return [payload for payload in arrived if payload not in wanted]


class In(Case):
    ends = RX_ENDS
    source_port, linear = 40001, None

    def came(self, delta, wanted, _):
        """To the port, less what came without a fault."""
        return delta[RX_DATAGRAMS] - wanted

    def packets(self, payloads):
        return [self.tunnel.incoming(payload, self.source_port)
                for payload in payloads]

    def send(self, payloads):
        for packet in self.packets(payloads):
            self.gateway.device.write(ethernet(packet), self.linear)

    def receive(self):
        received = []
        select.select([self.tunnel.socket], [], [], 1)
        try:
            while True:
                received.append(self.tunnel.socket.recv(65536))
        except BlockingIOError:
            return received


class Captured(In):
    """Somebody else holds it as well."""
    counts = (RX_NO_MEMORY,)

    def begin(self):
        self.capture = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
        self.capture.bind((self.gateway.interface, 0))
        self.capture.setblocking(False)

    def before(self):
        try:
            while self.capture.recv(65536):
                pass
        except BlockingIOError:
            pass

    def end(self):
        self.capture.close()


class Paged(Captured):
    """And no more than the headers up to UDP are in its head."""
    linear = 42

    def begin(self):
        super().begin()
        if self.tunnel.is_ipv6:
            self.linear += 20


class Fragments(In):
    sizes = (2000,)

    def packets(self, payloads):
        return [self.identify(part) for packet in super().packets(payloads)
                for part in packets.fragments(packet, 2, "forward")]

    def identify(self, part):
        """What is left of others is not to be put together with it."""
        number = struct.pack("!I", self.tunnel.sequence)
        if self.tunnel.is_ipv6:
            return part[:44] + number + part[48:]
        return packets.ipv4(part[:4] + number[2:] + part[6:20], part[20:])


class Learned(In):
    counts = (REFUSED_NO_MEMORY,)

    def before(self):
        self.gateway.forget(self.tunnel)

    def after(self, delta):
        if delta[PEERS_LEARNED] != 1 or self.gateway.peers(self.tunnel) != [self.source_port]:
            raise self.wrong(f"the peer is not learned: {delta}")


class Moved(In):
    def before(self):
        self.source_port ^= 1

    def after(self, delta):
        if self.gateway.peers(self.tunnel) != [self.source_port]:
            raise self.wrong(f"the peer has not moved: {delta}")


class Out(Case):
    ends = TX_ENDS
    attributes = b""
    # IPv4 and UDP
    headers = 28

    def came(self, _delta, _wanted, ended):
        """Nobody counts what XFRM has made."""
        return ended

    def begin(self):
        self.gateway.forget(self.tunnel)
        self.gateway.add(self.tunnel, self.attributes)

    def send(self, payloads):
        try:
            for payload in payloads:
                self.tunnel.socket.sendto(payload, (self.tunnel.inner[1], 7002))
        except OSError as failure:
            if failure.errno not in (errno.ENOMEM, errno.ENOBUFS):
                raise
            return failure.errno
        return 0

    def receive(self):
        select.select([self.gateway.device.file], [], [], 1)
        carried = (self.tunnel.carried(frame[14:]) for frame in self.gateway.device.read())
        return [packet[self.headers:] for packet in carried if packet is not None]


class Expanded(Out):
    """Its header takes more than there is room for."""
    counts = (TX_NO_MEMORY,)


class Fresh(Out):
    """The peer has no route yet."""

    def before(self):
        super().begin()


class Redirected(Fresh):
    """Its packets go elsewhere."""

    def begin(self):
        elsewhere = "2001:db8::9" if self.tunnel.is_ipv6 else "192.0.2.9"
        self.attributes = genl.attribute(genl.END_ADDRESS, socket.inet_pton(
            datagram.family(elsewhere), elsewhere))


class OnePiece(Out):
    """TCP that is forwarded, from a device that hands it over in one piece."""
    sizes = (200,) * 5
    headers = 40

    def begin(self):
        super().begin()
        self.source = Device("u", IFF_VNET_HDR)

    def end(self):
        self.source.close()

    def send(self, payloads):
        sequence = struct.pack("!I", random.getrandbits(32))
        tcp = struct.pack("!HH4sIBBHHH", 7001, 7002, sequence, 1, 5 << 4, ACK, 4096, 0, 0)
        packet = packets.ipv4(struct.pack(
            "!BBHHHBBH4s4s", 0x45, 0, 0, 1, DF, 64, socket.IPPROTO_TCP, 0,
            *self.tunnel.forwarded_bytes), tcp + b"".join(payloads))
        self.source.write(struct.pack(
            "=BBHHHH", VIRTIO_NET_HDR_F_NEEDS_CSUM, VIRTIO_NET_HDR_GSO_TCPV4, 54,
            self.sizes[0], 34, 16) + ethernet(packet))


class Marked(In):
    """Its SA selects by a mark, and it is the SA for which there is no memory."""

    def run(self):
        nth, failed, add = 1, True, self.tunnel.sas()[0]
        while failed:
            remove = add.replace("add", "del").split()[:11] + self.tunnel.selects.split()
            subprocess.run(["ip", *remove], check=True)
            status, _, failed = fed(["ip", "-batch", "-"], add, nth)
            if status:
                # it may be there, and only the answer be lost
                subprocess.run(["ip", *remove], check=False, stderr=subprocess.DEVNULL)
                subprocess.run(["ip", *shlex.split(add)], check=True)
            self.comes(15)
            nth += 1
        return nth - 2

    def comes(self, seconds):
        """When upkeep has been, at last."""
        end = time.monotonic() + seconds
        while not self.receive():
            if time.monotonic() > end:
                raise self.wrong("there is its SA, and it is not taken")
            self.send(self.payloads())


def sas():
    for tunnel in TUNNELS.values():
        print(*tunnel.sas(), sep="\n")


def run(interface, kind, *names):
    gateway = Gateway(interface)
    for name in names:
        TUNNELS[name].open()
        case = globals()[kind](gateway, TUNNELS[name])
        case.name = f"{kind}, {name}"
        print(f"{case.name}: {case.run()} faults")


if __name__ == "__main__":
    try:
        {"sas": sas, "run": run}[sys.argv[1]](*sys.argv[2:])
    except Wrong as wrong_thing:
        sys.exit(str(wrong_thing))
