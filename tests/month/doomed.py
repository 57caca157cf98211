"""Runs `brim` in the time of a drill, and kills it at the place that the drill names.

`python -m tests.month.doomed FOLDER ARGUMENTS...` is `brim ARGUMENTS...` as a process of its own; FOLDER has the clock
of the drill, and in `doom.json` where the process is to end: it sends itself SIGKILL in the middle of what it does. A
worker tells on its standard output what the steps of its jobs for live money came to, and these work only while they
may; nothing else is changed.
"""

import contextlib
import json
import mmap
import os
import re
import signal
import sqlite3
import struct
import sys
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

from brim.base import clock
from tests.support.watched_files import watched_files

CLOCK: Final = struct.Struct("<qqq")
"""How often the drill has set this, the time in Unix milliseconds, and whether jobs for live money may work."""
REST_S: Final = 0.05
"""How long jobs rest here, where a second is a day's worth of waiting."""

_JOB: ContextVar[str] = ContextVar("_JOB", default="")
_NAMES: Final = re.compile(r"__asyncpg\w+")


class Doom:
    """Where this process ends: `job`, `moment`, `operation`, `name`, and at the how-many-th time it comes there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._text = ""
        self._place: dict[str, Any] | None = None
        self._count = 0

    def look(self) -> None:
        """Read what the drill wants; a new wish is counted from its beginning."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            text = ""
        if text != self._text:
            self._text, self._count = text, 0
            self._place = json.loads(text) if text else None

    def pass_by(self, moment: str, operation: str, name: str) -> None:
        """Hear that the process is at a place; do not return if it is the one."""
        place = self._place
        if place is None or (place["job"], place["moment"], place["operation"]) != (_JOB.get(), moment, operation):
            return
        if re.search(place["name"], name):
            self._count += 1
            if self._count == place["nth"]:
                os.kill(os.getpid(), signal.SIGKILL)


class _Statements:
    """What each connection has run in its transaction, by the names of statements."""

    def __init__(self, doom: Doom) -> None:
        self._doom = doom
        self._done: dict[int, list[str]] = {}
        self._known: dict[str, str] = {}

    def name_of(self, sql: str) -> str:
        """Return the name of a statement, or its first words."""
        if not self._known:
            from brim.platform import sql as statements  # noqa: PLC0415  what was loaded so far is known by name

            for package, file in (
                ("brim.core.direct_debits", "entries"),
                ("brim.core.direct_debits", "files"),
                ("brim.core.reconciliation", "lines"),
                ("brim.core.topups", "settlement"),
                ("brim.core.topups", "transitions"),
                ("brim.core.topups", "bank_confirmations"),
            ):
                self._known |= {text: name for name, text in statements.load_queries(package, file).items()}
        return self._known.get(sql) or " ".join(_NAMES.sub("", sql).split()[:2]).rstrip(";")

    async def around(self, conn: Any, sql: str, run: Callable[[], Any]) -> Any:
        """Run a statement, and pass by the places before and after it."""
        if not _JOB.get():
            return await run()
        name = self.name_of(sql)
        done = self._done.setdefault(id(conn), [])
        if name.startswith("BEGIN"):
            done.clear()
        commits = name.startswith("COMMIT")
        operation, shown = ("commit", " ".join(done)) if commits else ("run", name)
        self._doom.pass_by("before", operation, shown)
        result = await run()
        self._doom.pass_by("after", operation, shown)
        done.append(name)
        return result


def _watch_statements(doom: Doom) -> None:
    import asyncpg  # noqa: PLC0415  a bank has no use for it

    seen = _Statements(doom)
    connection = asyncpg.connection.Connection
    plain_execute, plain_fetch = connection.execute, connection._execute

    async def execute(self: Any, query: str, *args: Any, **named: Any) -> Any:
        run = partial(plain_execute, self, query, *args, **named)
        return await (run() if args else seen.around(self, query, run))

    async def fetch(self: Any, query: str, *args: Any, **named: Any) -> Any:
        return await seen.around(self, query, partial(plain_fetch, self, query, *args, **named))

    connection.execute, connection._execute = execute, fetch


def _watch_jobs(doom: Doom, read: Callable[[], tuple[int, int, int]], flaw: str | None) -> None:
    """Let jobs for live money work only while they may, so that the drill knows what they come upon."""
    from brim.worker import run as worker  # noqa: PLC0415  a bank has none
    from brim.worker.loop import Job  # noqa: PLC0415

    plain = worker.run_jobs

    def watched(job: Job) -> Job:
        if not job.name.startswith("ach "):
            return job

        async def run_once() -> int:
            moves, _, may_work = read()
            _JOB.set(job.name)
            doom.look()
            count = await job.run_once() if may_work else 0
            print(f"{moves}\t{job.name}\t{count}", flush=True)
            return count

        return Job(name=job.name, run_once=run_once, full=job.full, rest_s=REST_S)

    async def run_jobs(jobs: list[Job], *arguments: Any, **named: Any) -> None:
        await plain([watched(job) for job in jobs], *arguments, **named)

    worker.run_jobs = run_jobs
    if flaw is not None:
        from tests.month.flaws import FLAWS  # noqa: PLC0415  only what is broken on purpose needs it

        FLAWS[flaw]()


class _WatchedSqlite(sqlite3.Connection):
    """The bank's file; each commit is a place."""

    doom: Doom

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql != "COMMIT":
            return super().execute(sql, parameters)
        self.doom.pass_by("before", "commit", "")
        cursor = super().execute(sql, parameters)
        self.doom.pass_by("after", "commit", "")
        return cursor


def _watch_bank(doom: Doom) -> None:
    def around(operation: str, plain: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **named: Any) -> Any:
            doom.pass_by("before", operation, "")
            result = plain(*args, **named)
            doom.pass_by("after", operation, "")
            return result

        return watched

    _JOB.set("bank")
    doom.look()
    _WatchedSqlite.doom = doom
    setattr(sqlite3, "connect", partial(sqlite3.connect, factory=_WatchedSqlite))  # noqa: B010  it has overloads
    os.replace = around("replace", os.replace)
    os.unlink = around("unlink", os.unlink)


@contextlib.contextmanager
def _in_time_of(folder: Path) -> Iterator[Callable[[], tuple[int, int, int]]]:
    """Let `brim` read the drill's clock; yield what reads all of it."""
    with (folder / "clock").open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as memory:

        def read() -> tuple[int, int, int]:
            moves, now_ms, may_work = CLOCK.unpack(memory[: CLOCK.size])
            return moves, now_ms, may_work

        setattr(clock, "time", SimpleNamespace(time_ns=lambda: read()[1] * 1_000_000))  # noqa: B010  a module to it
        yield read


def main(folder: Path, arguments: list[str]) -> None:
    doom = Doom(folder / "doom.json")
    with _in_time_of(folder) as read, contextlib.ExitStack() as stack:
        if arguments[0] == "worker":
            _watch_statements(doom)
            stack.enter_context(watched_files(lambda *place: doom.pass_by(*place) if _JOB.get() else None))
            _watch_jobs(doom, read, os.environ.get("DRILL_FLAW"))
        if arguments[0] == "bank":
            _watch_bank(doom)
        from brim.cli import main as brim  # noqa: PLC0415  it reads the clock as soon as it is loaded

        sys.argv = ["brim", *arguments]
        brim()


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
