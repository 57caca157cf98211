"""Loads `brim` once and forks each command off: run by `loaded_brim`, with the descriptor of its line.

A service that is started by it gets its fork server the same way, instead of loading one: the processes are the same,
with the same parents, that a service started from nothing has.
"""

import io
import os
import socket
import sys
from functools import partial

import brim.cli  # first: it loads structlog as the command does
from brim.cli.root import cli
from brim.host import api_process, supervisor
from brim.host.fork_server import LINE_VARIABLE, serve_forks
from brim.worker import run as worker_run
from tests.support.loaded_brim import FOLDER, STREAMS, WEAK_HASHES
from tests.support.weak_hashes import weaken_hashes

_LOADED = (api_process, supervisor, worker_run)


def main() -> None:
    """Fork until the tests have ended."""
    with socket.socket(fileno=int(sys.argv[1])) as line:
        serve_forks(line, _run)


def _run(arguments: list[str]) -> None:
    """Do what one command says, in the folder and with the streams that came with it."""
    for number, name in enumerate(STREAMS):
        given = int(os.environ.pop(name))
        os.dup2(given, number)
        os.close(given)
    os.chdir(os.environ.pop(FOLDER))
    sys.stdin = open(0, closefd=False)  # noqa: SIM115  as long as the process
    sys.stdout, sys.stderr = _writer(1), _writer(2)
    sys.argv = ["brim", *arguments]
    if os.environ.pop(WEAK_HASHES, None):
        weaken_hashes()
    if arguments[:1] != ["serve"]:
        brim.cli.main()
        return
    forks = _fork_a_fork_server()
    try:
        brim.cli.main()
    finally:
        if LINE_VARIABLE in os.environ:  # it ended before it needed the fork server
            os.close(int(os.environ[LINE_VARIABLE]))
        os.waitpid(forks, 0)


def _writer(descriptor: int) -> io.TextIOWrapper:
    raw = open(descriptor, "wb", closefd=False)  # noqa: SIM115
    return io.TextIOWrapper(raw, errors="backslashreplace", line_buffering=descriptor == 2 or os.isatty(descriptor))


def _fork_a_fork_server() -> int:
    """Fork the fork server of the service that this process becomes; return its process id."""
    ours, its_end = socket.socketpair()
    pid = os.fork()
    if pid:
        its_end.close()
        os.environ[LINE_VARIABLE] = str(ours.detach())
        return pid
    ours.close()
    os.setsid()
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    try:
        serve_forks(its_end, partial(cli.main, prog_name="brim"))
    finally:
        os._exit(0)


if __name__ == "__main__":
    main()
