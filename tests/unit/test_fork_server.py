"""The fork server as its clients see it when things go wrong."""

import asyncio
import os
import socket
import sys
from pathlib import Path

import pytest

from brim.host.fork_server import ForkServer

_SERVES = """
import os, socket, sys
from brim.host.fork_server import serve_forks

real, failures = os.fork, [OSError(11, "Resource temporarily unavailable")]

def fork():
    if failures:
        raise failures.pop()
    return real()

def run(arguments):
    with open(arguments[0], "wb") as file:
        file.write(os.environb[b"ODD"])

os.fork = fork
serve_forks(socket.socket(fileno=int(sys.argv[1])), run)
"""


async def test_a_fork_that_fails_is_told_and_the_environment_comes_byte_for_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours, its_end = socket.socketpair()
    with its_end:
        number = its_end.fileno()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", _SERVES, str(number)),
            pass_fds=[number],
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)},
        )
    monkeypatch.setenv("BRIM_INTERNAL_FORK_SERVER_FD", str(ours.detach()))
    forks = ForkServer({})
    odd = {"ODD": os.fsdecode("\u00e9\u20ac".encode() + bytes([255]))}
    with pytest.raises(ConnectionAbortedError):
        await forks.fork([str(tmp_path / "odd")], odd, [])
    forked = await forks.fork([str(tmp_path / "odd")], odd, [])  # by the same one, which has gone on
    assert await forked.wait() == 0
    assert (tmp_path / "odd").read_bytes() == "\u00e9\u20ac".encode() + bytes([255])
    await forks.close()
    assert await process.wait() == 0


async def test_one_that_cannot_load_is_told_although_the_request_is_too_large_to_be_sent_at_once() -> None:
    forks = ForkServer({"PYTHONHOME": "/nowhere"})
    environment = {f"LARGE_{number}": "x" * 100_000 for number in range(10)}
    for _ in range(2):
        with pytest.raises(ConnectionError):
            async with asyncio.timeout(60):
                await forks.fork(["api"], environment, [])
    await forks.close()
