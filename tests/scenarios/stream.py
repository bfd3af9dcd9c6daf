#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""TCP, and how fast it is. (iperf3 looks whether it has ended once an interval, and ends
while the last bytes are under way.)

stream.py receive ADDRESS PORT
    takes one connection, and says so when it listens
stream.py send FROM TO PORT BYTES
    sends so many, waits until all have arrived, and prints bits per second, and how
    many packets were sent again
"""
import struct
import sys
import time

# To import socket takes an emulated CPU as long as all the rest.
import _socket as socket

CHUNK = 1 << 18
# linux/tcp.h: where tcpi_total_retrans is in struct tcp_info
TOTAL_RETRANS = 100


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def receive(address, port):
    listener = socket.socket(family(address), socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, int(port)))
    listener.listen()
    print("ready", flush=True)
    connection = socket.socket(fileno=listener._accept()[0])
    received, chunk = 0, bytearray(CHUNK)
    while n := connection.recv_into(chunk):
        received += n
    connection.sendall(b"%d\n" % received)


def send(source, to, port, amount):
    amount, chunk = int(amount), bytes(CHUNK)
    stream = socket.socket(family(source), socket.SOCK_STREAM)
    stream.settimeout(60)
    stream.bind((source, 0))
    stream.connect((to, int(port)))
    start = time.monotonic()
    for _ in range(amount // CHUNK):
        stream.sendall(chunk)
    stream.sendall(chunk[:amount % CHUNK])
    stream.shutdown(socket.SHUT_WR)
    said = b""
    while part := stream.recv(32):
        said += part
    arrived = int(said or b"0")
    seconds = time.monotonic() - start
    if arrived != amount:
        sys.exit(f"{arrived} bytes have arrived, not {amount}")
    info = stream.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TOTAL_RETRANS + 4)
    print(int(amount * 8 / seconds), *struct.unpack_from("=I", info, TOTAL_RETRANS))


if __name__ == "__main__":
    {"send": send, "receive": receive}[sys.argv[1]](*sys.argv[2:])
