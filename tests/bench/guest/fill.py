#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""fill.py PORTS PEERS: adds so many ports (from 20000 on) and peers (on port 20000,
half of them IPv4 and half IPv6) to what is there, with one restore.

Says how many seconds that took, and how many it takes to list the peers.
"""
import ipaddress
import subprocess
import sys
import time

FIRST = 20000
CTL = "espencapctl"
IPV4 = ipaddress.IPv4Address("100.0.0.0")
IPV6 = ipaddress.IPv6Address("2001:db8:1::")


def lines(ports, peers):
    for n in range(ports):
        yield "port add %d format bare\n" % (FIRST + n)
    for n in range(peers):
        yield "peer add %s port %d\n" % ((IPV6 if n % 2 else IPV4) + n, FIRST)


def main(ports, peers):
    is_there = subprocess.run([CTL, "save"], check=True, stdout=subprocess.PIPE,
                              text=True).stdout
    wanted = is_there + "".join(lines(int(ports), int(peers)))
    started = time.monotonic()
    subprocess.run([CTL, "restore", "--sync"], check=True, input=wanted, text=True)
    added = time.monotonic()
    subprocess.run([CTL, "peer", "show"], check=True, stdout=subprocess.DEVNULL)
    print("%.6f %.6f" % (added - started, time.monotonic() - added))


if __name__ == "__main__":
    main(*sys.argv[1:])
