"""The fork server as its clients see it when things go wrong."""

import asyncio
import os
import signal
import socket
import subprocess
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

_FORKED_AHEAD = """
import os, socket, sys
from brim.host.fork_server import ForkRequest, decode_answer, forked_ahead, written
from brim.base.json_codec import encode

def load():
    assert os.environ["WANTED"] == "one"  # the first request brings the environment

def run(arguments):
    print(*arguments, os.environ["WANTED"], flush=True)

with forked_ahead(run, load):
    line = socket.socket(fileno=int(os.environ.pop("BRIM_INTERNAL_FORK_SERVER_FD")))
    answers = line.makefile("rb")
    for word in sys.argv[1:]:
        line.sendall(encode(ForkRequest([word], written({**os.environ, "WANTED": word}))) + b"\\n")
        assert decode_answer(answers.readline()).status is None
        print(decode_answer(answers.readline()).status, flush=True)
    answers.close()
    line.close()
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("nobody is left", flush=True)
"""


def _forked_ahead(folder: Path, *words: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _FORKED_AHEAD, *words],
        env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return (done.stdout + done.stderr).split("\n")[:-1]


def test_one_that_is_forked_ahead_loads_at_the_first_request_and_ends_with_the_block(tmp_path: Path) -> None:
    assert sorted(_forked_ahead(tmp_path, "one", "two")) == ["0", "0", "nobody is left", "one one", "two two"]


def test_one_that_is_forked_ahead_and_never_asked_ends_with_the_block(tmp_path: Path) -> None:
    assert _forked_ahead(tmp_path) == ["nobody is left"]


def test_the_supervisor_loads_nothing_that_only_its_children_need() -> None:
    """It lives as long as they do, and what it loads first is waited for at every start."""
    loads = "import brim.host.supervisor, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", loads], capture_output=True, text=True, timeout=60, check=True)
    children_alone = ("brim.api", "brim.web", "brim.http", "brim.worker", "jinja2", "uvicorn", "prometheus_client")
    assert [name for name in done.stdout.split() if name.startswith(children_alone)] == []


async def _served_by(
    script: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[ForkServer, asyncio.subprocess.Process]:
    """Run a script that serves forks; return how one asks it and its process."""
    ours, its_end = socket.socketpair()
    with its_end:
        number = its_end.fileno()
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", script, str(number)),
            pass_fds=[number],
            env={**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(folder)},
        )
    monkeypatch.setenv("BRIM_INTERNAL_FORK_SERVER_FD", str(ours.detach()))
    return ForkServer({}), process


async def test_a_fork_that_fails_is_told_and_the_environment_comes_byte_for_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forks, process = await _served_by(_SERVES, tmp_path, monkeypatch)
    odd = {"ODD": os.fsdecode("\u00e9\u20ac".encode() + bytes([255]))}
    with pytest.raises(ConnectionAbortedError):
        await forks.fork([str(tmp_path / "odd")], odd, [])
    forked = await forks.fork([str(tmp_path / "odd")], odd, [])  # by the same one, which has gone on
    assert await forked.wait() == 0
    assert (tmp_path / "odd").read_bytes() == "\u00e9\u20ac".encode() + bytes([255])
    await forks.close()
    assert await process.wait() == 0


_STOPPED_EARLY = """
import os, signal, socket, sys
from brim.host.fork_server import serve_forks

real = os.fork

def fork():
    pid = real()
    if pid == 0:
        os.kill(os.getpid(), signal.SIGTERM)
    return pid

os.fork = fork
serve_forks(socket.socket(fileno=int(sys.argv[1])), lambda _: None)
"""


async def test_a_process_that_is_stopped_before_it_is_ready_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It ignored the signal, as its fork server did, and was killed at the end of everybody's patience."""
    forks, process = await _served_by(_STOPPED_EARLY, tmp_path, monkeypatch)
    forked = await forks.fork(["api"], dict(os.environ), [])
    assert await forked.wait() == -signal.SIGTERM
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
