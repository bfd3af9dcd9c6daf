#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Single packets, byte for byte, for the scenarios.

datagram.py send FROM FROM_PORT TO TO_PORT HEX
    sends one UDP datagram with that payload ("" for none)
datagram.py raw IP_PACKET_HEX
    sends one IPv4 packet as it is (the kernel fills in the checksum of the IP
    header and, if it is 0, the identification)
datagram.py receive ADDRESS PORT FILE [UDP_ENCAP]
    writes "SOURCE PORT HEX" to FILE for each datagram, until it is stopped;
    with UDP_ENCAP, sets that socket option, as IKE daemons do (2: RFC 3948,
    1: non-IKE marker)
datagram.py receive-esp ADDRESS FILE
    writes the whole IPv4 packet, in hexadecimal, to FILE for each packet of
    protocol 50 that the kernel delivers to that address, until it is stopped
"""
import socket
import sys

UDP_ENCAP = 100


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def send(source, source_port, to, to_port, payload):
    udp = socket.socket(family(source), socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    udp.bind((source, int(source_port)))
    udp.sendto(bytes.fromhex(payload), (to, int(to_port)))


def raw(packet):
    packet = bytes.fromhex(packet)
    sender = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
    sender.sendto(packet, (socket.inet_ntoa(packet[16:20]), 0))


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


def receive_esp(address, path):
    esp = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ESP)
    esp.bind((address, 0))
    log(path, lambda: esp.recv(65536).hex())


if __name__ == "__main__":
    {"send": send, "raw": raw, "receive": receive,
     "receive-esp": receive_esp}[sys.argv[1]](*sys.argv[2:])
