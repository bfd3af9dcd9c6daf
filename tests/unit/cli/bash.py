#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""What becomes of what is typed into an interactive bash.

bash.py COMPLETION < KEYS
    sources the file COMPLETION, types each line of KEYS, and prints the command line that
    stands there then. In it, <TAB> is that key, <ALL> inserts all that can be, and
    <LEFT> goes back by one.
"""
import os
import pty
import sys
import tempfile
import time

KEYS = {"<TAB>": "\t", "<ALL>": "\x1b*", "<LEFT>": "\x02"}
CLEAR, SHOW = "\x05\x15", "\x07"
PATIENCE = 20


class Shell:
    def __init__(self, completion):
        self.shown = tempfile.NamedTemporaryFile()
        pid, self.terminal = pty.fork()
        if not pid:
            os.environ.update(TERM="dumb", INPUTRC="/dev/null", PS1="",
                              HISTFILE="", SHOWN=self.shown.name)
            os.execvp("bash", ["bash", "--noprofile", "--norc", "-i"])
        self.type(". '%s'\n" % completion)
        self.type("bind 'set completion-query-items 0' 'set page-completions off'\n")
        self.type("""bind -x '"\\C-g": printf "%s\\n" "$READLINE_LINE" >> "$SHOWN"'\n""")

    def type(self, keys):
        os.write(self.terminal, keys.encode())

    def show(self, keys):
        """Returns the command line."""
        for name, key in KEYS.items():
            keys = keys.replace(name, key)
        before = self.shown.tell()
        self.type(CLEAR + keys + SHOW)
        end = time.monotonic() + PATIENCE
        os.set_blocking(self.terminal, False)
        line = ""
        while not line.endswith("\n"):
            if time.monotonic() > end:
                sys.exit("bash.py: no answer to %r" % keys)
            # an echo that nobody takes would stop the shell
            try:
                os.read(self.terminal, 65536)
            except BlockingIOError:
                time.sleep(0.01)
            self.shown.seek(before)
            line = self.shown.read().decode()
        return line[:-1]


if __name__ == "__main__":
    shell = Shell(sys.argv[1])
    for keys in sys.stdin:
        print(shell.show(keys.rstrip("\n")))
