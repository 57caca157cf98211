"""Runs a command for as long as whoever started it wants it, then ends it and removes its folder.

It is run as a program, `keeper.py FOLDER COMMAND...`, with a pipe as its standard input: a line on it, or its end,
means that it is over. The system closes the pipe of a process that was killed, so nothing is left behind even then. It
uses the standard library only, to be there at once.
"""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Final

END_WITHIN_S: Final = 15.0
"""Longer than a server in good health takes to finish what is in flight."""


def main(folder: str, command: list[str]) -> int:
    """Keep a command; return its exit status."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _end)
    child = subprocess.Popen(command, stdin=subprocess.DEVNULL)  # noqa: S603  the command is the harness's own
    try:
        os.close(sys.stdout.fileno())  # the child's alone now, so that its end is seen
        sys.stdin.read(1)  # the folder stays as long as somebody may want to read why the command ended
        return _end_child(child)
    finally:
        with suppress(ProcessLookupError):
            child.kill()
        child.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _end(_number: int, _frame: object) -> None:
    sys.exit(1)


def _end_child(child: "subprocess.Popen[bytes]") -> int:
    """Ask the command to end and return its exit status; one that does not end in time is killed."""
    with suppress(ProcessLookupError):
        child.terminate()
    try:
        return child.wait(END_WITHIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
