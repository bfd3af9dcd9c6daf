#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""How fast TCP is, to the instruction: iperf3 looks whether it has ended once an
interval, so that what it says of a short transfer is made of whole intervals.

stream.py receive ADDRESS PORT
    takes one connection, and says so when it listens
stream.py send FROM TO PORT BYTES
    sends so many, waits until all have arrived, and prints bits per second
"""
import socket
import sys
import time

CHUNK = 1 << 18


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def receive(address, port):
    listener = socket.socket(family(address), socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, int(port)))
    listener.listen()
    print("ready", flush=True)
    connection, _ = listener.accept()
    received, chunk = 0, bytearray(CHUNK)
    while n := connection.recv_into(chunk):
        received += n
    connection.sendall(b"%d\n" % received)


def send(source, to, port, amount):
    amount, chunk = int(amount), bytes(CHUNK)
    stream = socket.create_connection((to, int(port)), 60, (source, 0))
    start = time.monotonic()
    for _ in range(amount // CHUNK):
        stream.sendall(chunk)
    stream.sendall(chunk[:amount % CHUNK])
    stream.shutdown(socket.SHUT_WR)
    arrived = int(stream.makefile().readline())
    seconds = time.monotonic() - start
    if arrived != amount:
        sys.exit(f"{arrived} bytes have arrived, not {amount}")
    print(int(amount * 8 / seconds))


if __name__ == "__main__":
    {"send": send, "receive": receive}[sys.argv[1]](*sys.argv[2:])
