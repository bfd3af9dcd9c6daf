#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Captured packets, changed, and sent again. All but the last three are filters for
IP packets in hexadecimal, one a line.

packets.py headers KIND...
    puts IPv6 extension headers before UDP: hop, options, routing
packets.py fragments N ORDER
    cuts each into N fragments: forward, backward, or shuffled (always alike); of
    IPv6, what "headers" has put there stands in each, before the fragment header
packets.py error ROUTER MTU QUOTED
    the ICMP error in which ROUTER says that the packet is too big for MTU, and
    quotes it up to so many bytes behind its IP header
packets.py set OFFSET HEX
    writes these bytes there
packets.py sums
    gives UDP in IPv4 a checksum
packets.py tun INTERFACE
    writes them to this TUN device, whose NAPI they pass, says "ready", and keeps it
    open until it is stopped
packets.py frames INTERFACE MAC
    sends them to this address as Ethernet frames
packets.py merged FROM FROM_PORT TO TO_PORT
    sends the lines, UDP payloads of one length, in one piece with UDP_SEGMENT, or
    in pieces of 64 of them
"""
import fcntl
import struct
import sys

# To import socket and signal takes an emulated CPU as long as all the rest.
import _signal as signal
import _socket as socket

UDP_SEGMENT = 103
# of all kernels
UDP_MAX_SEGMENTS = 64
# linux/if_tun.h
TUNSETIFF = 0x400454ca
IFF_TUN, IFF_NAPI, IFF_NO_PI = 0x0001, 0x0010, 0x1000
SOL_UDP = 17
HOP, ROUTING, FRAGMENT, OPTIONS, ICMP, ICMPV6 = 0, 43, 44, 60, 1, 58


def checksum(data):
    data += bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return total ^ 0xffff


def is_ipv4(packet):
    return packet[0] >> 4 == 4


def ipv4(header, payload):
    """The packet with its length and checksum."""
    header = bytearray(header)
    header[2:4] = struct.pack("!H", len(header) + len(payload))
    header[10:12] = bytes(2)
    header[10:12] = struct.pack("!H", checksum(bytes(header)))
    return bytes(header) + payload


def ipv6(header, payload):
    return (header[:4] + struct.pack("!H", len(payload)) + header[6:40] +
            payload)


def headers(packet, *kinds):
    numbers = {"hop": HOP, "options": OPTIONS, "routing": ROUTING}
    payload, protocol = packet[40:], packet[6]
    for kind in reversed(kinds):
        # type 0 with no segment left, and an address; or PadN of 4 bytes
        body = (bytes(6) + packet[24:40] if
                kind == "routing" else bytes([1, 4, 0, 0, 0, 0]))
        payload = (bytes([protocol, (len(body) + 2) // 8 - 1]) + body +
                   payload)
        protocol = numbers[kind]
    return [ipv6(packet[:6] + bytes([protocol]) + packet[7:40], payload)]


def fixed_part(packet):
    """Where the fragment header goes: behind hop-by-hop and routing, and the
    options before that; and the byte that says what follows."""
    at, naming = 40, 6
    while packet[naming] in (HOP, OPTIONS, ROUTING):
        naming, at = at, at + 8 * (packet[at + 1] + 1)
    return at, naming


def fragments(packet, count, order):
    count = int(count)
    start = (packet[0] & 15) * 4 if is_ipv4(packet) else fixed_part(packet)[0]
    payload = packet[start:]
    size = -(-len(payload) // count) + 7 & ~7
    parts = [(at, payload[at:at + size], at + size < len(payload))
             for at in range(0, len(payload), size)]
    out = []
    for at, part, more in parts:
        if is_ipv4(packet):
            flags = struct.pack("!HH", 0x1234, more << 13 | at >> 3)
            out.append(ipv4(packet[:4] + flags + packet[8:start], part))
        else:
            naming = fixed_part(packet)[1]
            header = bytearray(packet[:start])
            extra = struct.pack("!BBHI", header[naming], 0, at | more,
                                0x12345678)
            header[naming] = FRAGMENT
            out.append(ipv6(bytes(header), bytes(header[40:]) + extra + part))
    if order == "backward":
        out.reverse()
    elif order == "shuffled":
        import random
        random.Random(1).shuffle(out)
    return out


def error(packet, router, mtu, quoted):
    quoted = int(quoted)
    if is_ipv4(packet):
        quote = packet[:(packet[0] & 15) * 4 + quoted]
        body = struct.pack("!BBHHH", 3, 4, 0, 0, int(mtu)) + quote
        body = body[:2] + struct.pack("!H", checksum(body)) + body[4:]
        return [ipv4(struct.pack("!BBHHHBBH4s4s", 0x45, 0, 0, 0, 0, 64, ICMP,
                                 0, socket.inet_aton(router), packet[12:16]),
                     body)]
    quote = packet[:40 + quoted]
    source = socket.inet_pton(socket.AF_INET6, router)
    body = struct.pack("!BBHI", 2, 0, 0, int(mtu)) + quote
    pseudo = source + packet[8:24] + struct.pack("!II", len(body), ICMPV6)
    body = body[:2] + struct.pack("!H", checksum(pseudo + body)) + body[4:]
    return [ipv6(struct.pack("!IHBB", 6 << 28, 0, ICMPV6, 64) + source +
                 packet[8:24], body)]


def set_bytes(packet, offset, value):
    offset, value = int(offset), bytes.fromhex(value)
    packet = packet[:offset] + value + packet[offset + len(value):]
    if is_ipv4(packet):
        size = (packet[0] & 15) * 4
        packet = ipv4(packet[:size], packet[size:])
    return [packet]


def sums(packet):
    if is_ipv4(packet):
        at = (packet[0] & 15) * 4
        udp = packet[at:at + 6] + bytes(2) + packet[at + 8:]
        pseudo = packet[12:20] + struct.pack("!HH", socket.IPPROTO_UDP, len(udp))
        packet = (packet[:at + 6] + struct.pack(
            "!H", checksum(pseudo + udp) or 0xffff) + packet[at + 8:])
    return [packet]


def tun(lines, interface):
    with open("/dev/net/tun", "r+b", buffering=0) as device:
        fcntl.ioctl(device, TUNSETIFF, struct.pack(
            "=16sH14x", interface.encode(), IFF_TUN | IFF_NAPI | IFF_NO_PI))
        for packet in lines:
            device.write(packet)
        print("ready", flush=True)
        signal.pause()


def frames(lines, interface, mac):
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    out.bind((interface, 0))
    for packet in lines:
        kind = 0x0800 if is_ipv4(packet) else 0x86dd
        out.send(bytes.fromhex(mac.replace(":", "")) +
                 bytes.fromhex("020000000001") + struct.pack("!H", kind) +
                 packet)


def merged(lines, source, source_port, to, to_port):
    family = socket.AF_INET6 if ":" in to else socket.AF_INET
    udp = socket.socket(family, socket.SOCK_DGRAM)
    udp.bind((source, int(source_port)))
    for i in range(0, len(lines), UDP_MAX_SEGMENTS):
        udp.sendmsg([b"".join(lines[i:i + UDP_MAX_SEGMENTS])], [
            (SOL_UDP, UDP_SEGMENT, struct.pack("=H", len(lines[0])))], 0,
                    (to, int(to_port)))


def main(command, *arguments):
    lines = [bytes.fromhex(line) for line in sys.stdin.read().split()]
    if command in ("tun", "frames", "merged"):
        {"tun": tun, "frames": frames, "merged": merged}[command](
            lines, *arguments)
        return
    change = {"headers": headers, "fragments": fragments, "error": error,
              "set": set_bytes, "sums": sums}[command]
    for line in lines:
        for packet in change(line, *arguments):
            print(packet.hex())


if __name__ == "__main__":
    main(*sys.argv[1:])
