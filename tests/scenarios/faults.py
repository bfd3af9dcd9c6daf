#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""Requests for which there is no memory: each is made again and again, and each time one
allocation further on fails, until none does (/proc/PID/fail-nth).

faults.py prepare ORDER
    before all others; where debugfs is, like "scarce". Of pages, those of a lower order do
    not fail: that a cache needs one now and then would make the Nth allocation of a request
    another one each time
faults.py command NAME...
    these requests, of the namespace it runs in, with a listener to events
faults.py load LAST
    loading the module, $LAB_MODULE: so many of the last allocations, as the kernel's own
    come before those of the module
faults.py namespace STRIDE
    making a network namespace with the module there; each STRIDEth allocation: an odd
    number, as after each there is often one for kmemleak
faults.py restore STRIDE
    "espencapctl restore", likewise
faults.py scarce all|modules|workers PERCENT
    from here on, so many of the allocations that cannot wait fail: of all, of what modules
    make or cause, or of what modules make or cause in the kernel's workers

Prints how many there were; or says what was not as it should be, and fails.
"""
import ctypes
import errno
import os
import socket
import subprocess
import sys
import time

import genl

CLONE_NEWNET, NR_FINIT_MODULE, NR_DELETE_MODULE, O_TRUNC = 0x40000000, 313, 176, 0x200
NO_MEMORY = errno.ENOMEM, errno.ENOBUFS
EVENTS_ERROR = "the listener was not told that it has lost events"


class Wrong(Exception):
    """What was not as it should be."""


def configure(name, **settings):
    for setting, value in settings.items():
        path = f"/sys/kernel/debug/{name}/{setting.replace('_', '-')}"
        with open(path, "w", encoding="ascii") as file:
            file.write(str(value))


def prepare(order):
    for name in "failslab", "fail_page_alloc":
        configure(name, verbose=0, ignore_gfp_wait="N", times=-1, probability=0)
    configure("fail_page_alloc", min_order=order)


class Task:
    """Some thread's allocations."""

    def __init__(self, of="thread-self"):
        self.file = os.open(f"/proc/{of}/fail-nth", os.O_RDWR)

    def fail(self, nth):
        os.pwrite(self.file, b"%d" % nth, 0)

    def has_failed(self):
        """Was there such an allocation? From here on, none fails."""
        left = int(os.pread(self.file, 16, 0))
        self.fail(0)
        return not left

    def close(self):
        os.close(self.file)


def failing(task, nth, act):
    """Does it while the Nth allocation fails; returns its result, and whether there was one."""
    task.fail(nth)
    try:
        result = act()
    finally:
        failed = task.has_failed()
    return result, failed


# Requests, and what they begin with: ports 2797 and 2746, and a peer.
BASE = [(genl.PORT_ADD, genl.integer(genl.PORT, port) + genl.integer(genl.FORMAT, 1, "=B"))
        for port in (2797, 2746)] + [
            (genl.PEER_ADD, genl.integer(genl.PORT, 2797) +
             genl.address(genl.ADDRESS, "192.0.2.1"))]
LEARNED = genl.attribute(genl.ORIGIN, b"\2")
ONE = (genl.PEER_ADD, genl.integer(genl.PORT, 2797) + LEARNED +
       genl.address(genl.ADDRESS, "192.0.2.2"))
REQUESTS = {
    **genl.REQUESTS,
    "peer-move": (genl.PEER_SET, genl.address(genl.ADDRESS, "192.0.2.1") +
                  genl.address(genl.END_ADDRESS, "192.0.2.7") +
                  genl.integer(genl.END_PORT, 9)),
    "peer-replace": (ONE[0], ONE[1] + genl.integer(genl.END_PORT, 9)),
    "first-port-add": genl.REQUESTS["port-add"],
}
BEGINNINGS = {"peer-replace": BASE + [ONE], "first-port-add": []}
NO_PORT, NO_PEER = "There is no memory for this port.", "There is no memory for this peer."
SENTENCES = {
    "first-port-add": {NO_PORT, "The netfilter hooks could not be registered."},
    "port-add": {NO_PORT},
    "port-get": {"There is no memory for the answer."},
    "peer-add": {NO_PEER},
    "peer-move": {NO_PEER},
    "peer-replace": {NO_PEER},
}
READS = "port-get", "port-list", "peer-list"


def without_counters(message):
    """The attributes of a port or peer that tell its configuration."""
    found = genl.attributes(message[20:])
    for kind in (genl.STATS, genl.LAST_RX, genl.LAST_TX):
        found.pop(kind, None)
    return tuple(sorted(found.items()))


def state(family):
    return [sorted(without_counters(message) for message in
                   family.ask(command, b"", genl.NLM_F_ACK | genl.NLM_F_DUMP)[2])
            for command in (genl.PORT_GET, genl.PEER_GET)]


def begin(family, name):
    for request in [(genl.FLUSH, b"")] + BEGINNINGS.get(name, BASE):
        family.ask(*request)


def try_to(family, request):
    """errno and sentence; the errno of a system call has no sentence."""
    command, attributes, *dump = request
    try:
        return family.ask(command, attributes, genl.NLM_F_ACK | sum(dump))[:2]
    except OSError as failure:
        return failure.errno, None


def events_of(listener):
    """How many there were; None if some are lost."""
    count = 0
    while True:
        try:
            listener.recv(65536, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return count
        except OSError as failure:
            if failure.errno != errno.ENOBUFS:
                raise
            return None
        count += 1


def one_fault(task, name, nth, listener, ends):
    """Returns the answer, or None when no allocation is left to fail."""
    family, other = genl.Family(), genl.Family()
    begin(other, name)
    events_of(listener)
    (error, sentence), failed = failing(task, nth, lambda: try_to(family, REQUESTS[name]))
    before, after = ends
    now = state(other)
    heard = events_of(listener)
    if error and error not in NO_MEMORY:
        raise Wrong(f"allocation {nth}: {errno.errorcode[error]} {sentence}")
    if sentence is not None and now != (before if error else after):
        raise Wrong(f"allocation {nth}: it says {error} {sentence!r}, and there is {now}")
    # the answer was lost, or the request
    if now not in ends:
        raise Wrong(f"allocation {nth}: half of it was done: {now}")
    if now != before and heard == 0:
        raise Wrong(f"allocation {nth}: {EVENTS_ERROR}")
    if now == before and name not in READS:
        again = try_to(other, REQUESTS[name])
        if again[0] or state(other) != after:
            raise Wrong(f"allocation {nth}: then, without a fault: {again}")
    for used in family, other:
        used.socket.close()
    return (error, sentence) if failed else None


def command(*names):
    task, listener = Task(), genl.open_socket()
    family = genl.Family()
    listener.bind((0, 0))
    listener.setsockopt(genl.SOL_NETLINK, genl.NETLINK_ADD_MEMBERSHIP, family.group)
    for name in names:
        begin(family, name)
        before = state(family)
        error, sentence = try_to(family, REQUESTS[name])
        if error:
            raise Wrong(f"{name}: without a fault: {error} {sentence}")
        ends = before, state(family)
        nth, answers = 1, []
        try:
            while answer := one_fault(task, name, nth, listener, ends):
                answers.append(answer)
                nth += 1
        except Wrong as wrong:
            raise Wrong(f"{name}: {wrong}") from None
        sentences = {sentence for error, sentence in answers if error and sentence}
        if sentences != SENTENCES.get(name, set()):
            raise Wrong(f"{name}: what the module has said is {sentences}")
        refused = sum(bool(error) for error, _ in answers)
        print(f"{name}: {len(answers)} faults, {refused} of them refused")
        if not refused:
            raise Wrong(f"{name}: none was refused")
    begin(family, "first-port-add")


def is_loaded():
    return os.path.exists("/sys/module/espencap")


LIBC = ctypes.CDLL(None, use_errno=True)


def call(function, *arguments):
    """0 or an errno."""
    return ctypes.get_errno() if function(*arguments) == -1 else 0


def insert(file):
    return call(LIBC.syscall, NR_FINIT_MODULE, file, b"", 0)


def remove():
    return call(LIBC.syscall, NR_DELETE_MODULE, b"espencap", O_TRUNC)


def count(task, file):
    """How many allocations it takes to load the module."""
    task.fail(1000000)
    insert(file)
    left = int(os.pread(task.file, 16, 0))
    task.fail(0)
    remove()
    return 1000000 - left


def load(last):
    task, refused = Task(), 0
    file = os.open(os.environ["LAB_MODULE"], os.O_RDONLY)
    nth = first = count(task, file) - int(last)
    while True:
        error, failed = failing(task, nth, lambda: insert(file))
        if bool(error) == is_loaded():
            raise Wrong(f"allocation {nth}: {os.strerror(error)}, and it is " +
                        "not " * bool(error) + "there")
        if not error and remove():
            raise Wrong(f"allocation {nth}: it cannot be unloaded")
        if not failed:
            break
        refused += bool(error)
        nth += 1
    print(f"load: {nth - first} faults, {refused} of them refused")
    if not refused:
        raise Wrong("none was refused")


def works():
    """The module, in this namespace."""
    family = genl.Family()
    begin(family, "")
    error = try_to(family, REQUESTS["port-add"])[0]
    family.ask(genl.FLUSH, b"")
    family.socket.close()
    return not error


def namespace(stride):
    task, nth, refused = Task(), 1, 0
    while True:
        error, failed = failing(task, nth, lambda: call(LIBC.unshare, CLONE_NEWNET))
        if not works():
            raise Wrong(f"allocation {nth}: {os.strerror(error)}; the module does not work")
        if not failed:
            break
        refused += bool(error)
        nth += int(stride)
    print(f"namespace: {nth // int(stride)} faults, {refused} of them refused")
    if not refused:
        raise Wrong("none was refused")


def reads_input(pid):
    with open(f"/proc/{pid}/syscall", encoding="ascii") as file:
        return file.read().startswith("0 0x0 ")


def fed(program, text, nth):
    """Runs a program that reads commands; returns its status, what it said, and whether the
    Nth of its allocations, from when it had begun to read, has failed."""
    with subprocess.Popen(program, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        end = time.monotonic() + 20
        while not reads_input(process.pid):
            if time.monotonic() > end:
                raise Wrong(f"{program} does not read its input")
            time.sleep(0.002)
        task = Task(process.pid)
        task.fail(nth)
        process.stdin.write(text.encode())
        process.stdin.close()
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        failed = task.has_failed()
        task.close()
        said = process.stderr.read().decode()
        return process.wait(), said, failed


WANTED = """
port add 2797 format bare learn off
port add 500 format non-ike keepalive 20
peer add 192.0.2.1 port 500
peer add 192.0.2.2 port 2797 pin
peer add 192.0.2.3 reqid 7 port 500 endpoint 192.0.2.9:500
"""
RESTORE = ["espencapctl", "restore"]


def restore(stride):
    family = genl.Family()
    begin(family, "")
    before = state(family)
    if fed(RESTORE, WANTED, 0)[0]:
        raise Wrong("it cannot be restored without a fault")
    after = state(family)
    nth, refused, said = 1, 0, ""
    while True:
        begin(family, "")
        status, said, failed = fed(RESTORE, WANTED, nth)
        now = state(family)
        if now != (before if status else after):
            raise Wrong(f"allocation {nth}: status {status}, {said!r}, and there is {now}")
        if status and not said.startswith("espencapctl: "):
            raise Wrong(f"allocation {nth}: status {status}, but what it says is {said!r}")
        if "some of the configuration" in said:
            raise Wrong(f"allocation {nth}: {said!r}")
        if not failed:
            break
        refused += bool(status)
        nth += int(stride)
    print(f"restore: {nth // int(stride)} faults, {refused} of them refused")
    if not refused:
        raise Wrong("none was refused")


def make_workers_fail():
    """Also those that are made meanwhile."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/comm", encoding="ascii") as file:
                name = file.read()
            if name.startswith(("kworker/", "kthreadd")):
                with open(f"/proc/{pid}/make-it-fail", "w", encoding="ascii") as file:
                    file.write("1")
        except (FileNotFoundError, ProcessLookupError):
            pass


# Where x86 has modules, and nothing else.
MODULES = 0xffffffffa0000000, 0xffffffffff000000
ALL = 0, 0xffffffffffffffff


def scarce(whose, percent):
    if whose == "workers":
        make_workers_fail()
    start, end = ALL if whose == "all" else MODULES
    for name in "failslab", "fail_page_alloc":
        # none fails while this changes
        configure(name, probability=0, task_filter="Y" if whose == "workers" else "N",
                  require_start=hex(start), require_end=hex(end),
                  ignore_gfp_wait="Y" if int(percent) else "N")
        configure(name, probability=percent)


if __name__ == "__main__":
    ACTS = {"prepare": prepare, "command": command, "load": load,
            "namespace": namespace, "restore": restore, "scarce": scarce}
    try:
        ACTS[sys.argv[1]](*sys.argv[2:])
    except Wrong as wrong_thing:
        sys.exit(str(wrong_thing))
