"""What happens on a console: keys, Ctrl-C, colours and width. `.ci/windows` runs it: terminal.py WINE PROGRAM.

Wine shows the console of a program on the pseudoterminal that it was started on.
"""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time

WINE, PROGRAM = sys.argv[1:]
TIMEOUT = 60


def environment(home):
    return {**os.environ, "CSTAR_HOME": "Z:" + home.replace("/", "\\")}


def start_sandbox(home):
    """A sandbox on a free port, which `listen --sandbox` finds."""
    command = [WINE, PROGRAM, "sandbox", "--port", "0", "--ephemeral", "--json"]
    sandbox = subprocess.Popen(command, env=environment(home), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert b'"ready"' in sandbox.stdout.readline()
    return sandbox


class Console:
    """A program on a console of 100 columns."""

    def __init__(self, home, *args):
        self.screen = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execve(WINE, [WINE, PROGRAM, *args], environment(home))
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 100, 0, 0))

    def read(self):
        """Reads more; false at the end."""
        if not select.select([self.fd], [], [], 1)[0]:
            return True
        try:
            more = os.read(self.fd, 65536)
        except OSError:
            return False
        self.screen += more
        return bool(more)

    def text(self):
        """The screen without escape sequences."""
        return re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", self.screen).decode(errors="replace")

    def wait_for(self, expected):
        """Reads until the screen shows this, then forgets what it showed."""
        deadline = time.monotonic() + TIMEOUT
        while expected not in self.text():
            if time.monotonic() > deadline or not self.read():
                self.fail(f"never showed `{expected}`")
        self.screen = b""

    def type(self, key):
        os.write(self.fd, key.encode())

    def end(self):
        """Reads to the end; returns the exit code."""
        deadline = time.monotonic() + TIMEOUT
        while self.read():
            if time.monotonic() > deadline:
                self.fail("keeps running")
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def fail(self, why):
        os.kill(self.pid, signal.SIGKILL)
        sys.exit(f"{why}:\n{self.text()}")


def main():
    listen = ["listen", "--sandbox", "--forward-to", "1"]
    with tempfile.TemporaryDirectory() as home:
        sandbox = start_sandbox(home)
        console = Console(home, *listen)
        console.wait_for("q quit")
        console.type("?")
        console.wait_for("Keys: r replay last")
        console.type("f")
        console.wait_for("Showing failures only.")
        console.type("q")
        code = console.end()
        assert code == 0, f"q: {code}: {console.text()}"
        print("ok: single keys of listen")

        console = Console(home, *listen)
        console.wait_for("q quit")
        console.type("\x03")
        code = console.end()
        assert code == 0 and "Stopped (interrupted)" in console.text(), f"Ctrl-C: {code}: {console.text()}"
        print("ok: Ctrl-C ends listen with its summary")

        sandbox.kill()
        sandbox.wait()
        subprocess.run([WINE, PROGRAM, "sandbox", "seed"], env=environment(home), check=True)
        console = Console(home, "sandbox", "reset")
        console.wait_for("[y/N]")
        console.type("\x03")
        code = console.end()
        assert code == 130 and "interrupted" in console.text(), f"prompt: {code}: {console.text()}"
        print("ok: Ctrl-C at a prompt")

        console = Console(home, "--help")
        code = console.end()
        lines = [line.rstrip() for line in console.text().splitlines()]
        assert code == 0 and max(map(len, lines)) <= 100, f"--help: {code}: {console.text()}"
        assert b"\x1b[" in console.screen and "[1m" not in console.text(), console.screen
        print("ok: colours, and the width of the console")


main()
