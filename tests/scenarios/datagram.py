#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Single packets, byte for byte, for the scenarios.

datagram.py send FROM FROM_PORT TO TO_PORT HEX...
    sends a UDP datagram with each of these payloads ("" for none)
datagram.py send-from FROM FROM_PORT TO TO_PORT HEX
    sends one, and FROM need not be an address of this host
datagram.py send-sum FROM FROM_PORT TO TO_PORT HEX SUM
    sends one over IPv4 with 4 bytes more, so that SUM (hexadecimal) is what the kernel
    reckons as the sum of its 32-bit words on a little-endian machine; its checksum is wrong
datagram.py flood TO TO_PORT COUNT SPI
    sends COUNT UDP datagrams with garbage for ESP, from as many addresses and
    ports; every tenth has this SPI (hexadecimal), the others have any
datagram.py raw IP_PACKET_HEX
    sends one IPv4 packet as it is (the kernel fills in the checksum of the IP
    header and, if it is 0, the identification)
datagram.py repeat SECONDS IP_PACKET_HEX...
    sends these IPv4 packets, and again after so many seconds, until it is stopped;
    says "ready" after the first time
datagram.py receive ADDRESS PORT FILE [UDP_ENCAP]
    writes "SOURCE PORT HEX" to FILE for each datagram, until it is stopped;
    with UDP_ENCAP, sets that socket option, as IKE daemons do (2: RFC 3948,
    1: non-IKE marker)
datagram.py hold PORT COUNT
    binds so many sockets to the port, each to another address of 127.0.0.0/8; says
    "ready", and holds them until it is stopped
datagram.py receive-esp ADDRESS FILE
    writes the whole IPv4 packet, in hexadecimal, to FILE for each packet of
    protocol 50 that the kernel delivers to that address, until it is stopped
datagram.py receive-ip INTERFACE FILE
    writes each IPv4 packet that comes to the interface, in hexadecimal, to FILE as it is
    when this is read, later than the kernel has gone on with it; until it is stopped
"""
import struct
import sys
import time

# To import socket and signal takes an emulated CPU as long as all the rest.
import _signal as signal
import _socket as socket

UDP_ENCAP = 100


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def send(source, source_port, to, to_port, *payloads):
    udp = socket.socket(family(source), socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    udp.bind((source, int(source_port)))
    for payload in payloads:
        udp.sendto(bytes.fromhex(payload), (to, int(to_port)))


def send_sum(source, source_port, to, to_port, payload, wanted):
    payload = bytes.fromhex(payload)
    udp = struct.pack("!HHHH", int(source_port), int(to_port), 12 + len(payload), 1) + payload
    word = (int(wanted, 16) - sum(struct.unpack(f"<{len(udp) // 4}I", udp))) % 0xffffffff
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_UDP)
    sender.bind((source, 0))
    sender.sendto(udp + struct.pack("<I", word), (to, 0))


def raw(packet):
    packet = bytes.fromhex(packet)
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    sender.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))


def repeat(seconds, *packets):
    said = False
    while True:
        for packet in packets:
            raw(packet)
        if not said:
            print("ready", flush=True)
        said = True
        time.sleep(float(seconds))


def udp_packet(source, source_port, to, to_port, payload):
    length = 8 + len(payload)
    udp = struct.pack("!HHHH", source_port, to_port, length, 0) + payload
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + length, 0, 0, 64, 17, 0,
                       source, to) + udp


def raw_socket():
    return socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)


def udp_packet6(source, source_port, to, to_port, payload):
    length = 8 + len(payload)
    udp = struct.pack("!HHHH", source_port, to_port, length, 0) + payload
    words = source + to + struct.pack("!II", length, 17) + udp
    words += bytes(len(words) % 2)
    total = sum(struct.unpack(f"!{len(words) // 2}H", words))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    udp = udp[:6] + struct.pack("!H", total ^ 0xffff or 0xffff) + udp[8:]
    return struct.pack("!IHBB", 6 << 28, length, 17, 64) + source + to + udp


def send_from(source, source_port, to, to_port, payload):
    kind = family(source)
    make = udp_packet6 if kind == socket.AF_INET6 else udp_packet
    packet = make(socket.inet_pton(kind, source), int(source_port),
                  socket.inet_pton(kind, to), int(to_port),
                  bytes.fromhex(payload))
    socket.socket(kind, socket.SOCK_RAW, socket.IPPROTO_RAW).sendto(
        packet, (to, 0))


def flood(to, to_port, count, spi, per_second=None):
    sender = raw_socket()
    address = socket.inet_aton(to)
    for i in range(int(count)):
        number = int(spi, 16) if i % 10 == 0 else 0x100000 + i
        payload = struct.pack("!II", number, i + 1) + b"\xa5" * 56
        source = bytes([203, 0, 113, 100 + i % 100])
        sender.sendto(udp_packet(source, 1024 + i % 60000, address,
                                 int(to_port), payload), (to, 0))
        if per_second:
            time.sleep(1 / int(per_second))


def log(path, read):
    with open(path, "w", encoding="ascii") as file:
        print("ready", file=file, flush=True)
        while True:
            print(read(), file=file, flush=True)


def receive(address, port, path, encap=None):
    udp = socket.socket(family(address), socket.SOCK_DGRAM)
    if encap:
        udp.setsockopt(socket.IPPROTO_UDP, UDP_ENCAP, int(encap))
    udp.bind((address, int(port)))

    def read():
        payload, sender = udp.recvfrom(65536)
        return f"{sender[0]} {sender[1]} {payload.hex() or '-'}"

    log(path, read)


def hold(port, count):
    sockets = []
    for i in range(int(count)):
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind((socket.inet_ntoa(struct.pack("!I", 0x7f000002 + i)), int(port)))
        sockets.append(udp)
    print("ready", flush=True)
    signal.pause()


def receive_esp(address, path):
    esp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ESP)
    esp.bind((address, 0))
    log(path, lambda: esp.recv(65536).hex())


def receive_ip(interface, path):
    taps = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(0x800))
    taps.bind((interface, 0x800))

    def read():
        while True:
            packet, sender = taps.recvfrom(65536)
            if sender[2] == socket.PACKET_HOST:
                return packet.hex()

    log(path, read)


if __name__ == "__main__":
    {"send": send, "send-from": send_from, "send-sum": send_sum, "flood": flood,
     "raw": raw, "repeat": repeat, "receive": receive, "hold": hold,
     "receive-esp": receive_esp, "receive-ip": receive_ip}[sys.argv[1]](*sys.argv[2:])
