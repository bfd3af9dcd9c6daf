# SPDX-License-Identifier: GPL-2.0
"""Boots guests that count instructions, some at a time, and collects what they say."""
import collections
import concurrent.futures
import os
import re
import subprocess
import sys
import tempfile
import time

BENCH = os.path.dirname(os.path.realpath(__file__))
LAB = os.path.join(os.path.dirname(BENCH), "lab", "lab")
# Guests at a time: one for each CPU that we may use.
JOBS = len(os.sched_getaffinity(0))
SAID = re.compile(r"^  # (cost|peers): (.*)$", re.MULTILINE)

# One fresh boot: a variant, what is beside it, and the cells to measure.
Boot = collections.namedtuple("Boot", "kernel variant beside cells repeat")


def kernels():
    """Those that are run."""
    lines = subprocess.run([LAB, "kernels"], check=True, text=True,
                           stdout=subprocess.PIPE).stdout.splitlines()
    return [fields[0] for fields in map(str.split, lines) if fields[-1] == "run"]


def version(kernel):
    return subprocess.run([LAB, "version", kernel], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def build(kernel):
    """The folder that holds the module, which is built if need be, and before several
    guests want it at once."""
    return subprocess.run([LAB, "built", kernel], check=True, text=True,
                          stdout=subprocess.PIPE).stdout.strip()


def logs(folder=None):
    folder = folder or tempfile.mkdtemp(prefix="espencap-bench.")
    print("bench: the logs are in", folder, file=sys.stderr)
    return folder


def write(folder, name, content):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(content)


def said(path):
    """What the guest has said: (word, rest of the line); nothing if it has not come to
    its end, or something has failed."""
    try:
        with open(path, encoding="utf-8") as ktap:
            text = ktap.read()
    except FileNotFoundError:
        return []
    if "not ok " in text or "\n# end of the run" not in text:
        return []
    return SAID.findall(text)


def why(log):
    """What a boot has failed with, in a line."""
    with open(log, encoding="utf-8", errors="replace") as lines:
        said_so = [line.strip() for line in lines
                   if "Bail out!" in line or "not ok " in line]
    return said_so[0] if said_so else "its log does not say why"


def run(boot, packets, folder):
    """What the guest said, now or in an earlier run that has left its logs. A boot that
    loses packets tells nothing: there is a second try."""
    name = "-".join([boot.kernel, boot.variant, *boot.beside.split(),
                     str(boot.repeat)])
    for attempt in (1, 2):
        out = os.path.join(folder, "%s-%d" % (name, attempt))
        ktap = os.path.join(out, "run-%s.ktap" % boot.kernel)
        if said(ktap):
            return said(ktap)
        os.makedirs(out, exist_ok=True)
        with open(os.path.join(out, "log"), "wb") as log:
            done = subprocess.run(
                [LAB, "run", "-o", out, "--counting",
                 "--with", os.path.join(BENCH, "guest"),
                 "-e", "VARIANT=" + boot.variant, "-e", "BESIDE=" + boot.beside,
                 "-e", "CELLS=" + " ".join(boot.cells),
                 "-e", "PACKETS=%d" % packets, boot.kernel, "cost"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, check=False)
        if not done.returncode and said(ktap):
            return said(ktap)
        failure = why(os.path.join(out, "log"))
        print("bench: %s failed: %s; see %s/log" % (name, failure, out), file=sys.stderr)
    sys.exit("bench: %s failed twice: %s" % (name, failure))


def run_all(boots, packets, folder, jobs):
    """Yields (boot, word, rest). A boot's figures do not depend on how many others
    run on this machine meanwhile."""
    started, done = time.monotonic(), 0
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        waiting = {pool.submit(run, boot, packets, folder): boot for boot in boots}
        try:
            for ready in concurrent.futures.as_completed(waiting):
                done += 1
                print("bench: %d of %d boots, %d s" % (
                    done, len(boots), time.monotonic() - started),
                      file=sys.stderr)
                for word, rest in ready.result():
                    yield waiting[ready], word, rest
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def merged(planned):
    """What is wanted several times is measured once."""
    cells = {}
    for *boot, some in planned:
        mine = cells.setdefault(tuple(boot), [])
        mine += [cell for cell in some if cell not in mine]
    return cells.items()


def measure(planned, repeats, packets, folder, jobs):
    """planned: kernel, variant, beside, cells. Returns the samples: instructions by
    (kernel, variant, beside, cell); and what peers took, by (kernel, number)."""
    planned = merged(planned)
    # Interleaved: what changes in time, changes for all.
    boots = [Boot(*boot, tuple(cells), repeat)
             for repeat in range(repeats) for boot, cells in planned]
    samples, peers = {}, {}
    for boot, word, rest in run_all(boots, packets, folder, jobs):
        first, *values = rest.split()
        if word == "cost":
            samples.setdefault((boot.kernel, boot.variant, boot.beside, first),
                               []).append(int(values[0]))
        else:
            peers.setdefault((boot.kernel, int(first)), []).append(
                [float(value) for value in values])
    return samples, peers
