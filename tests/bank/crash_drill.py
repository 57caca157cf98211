"""Kills the bank at every commit, rename, removal and sync of a life, lets it go on, and compares what is there then.

Runs as a program of its own, because it forks: `python tests/bank/crash_drill.py FOLDER`. Prints how often it killed.
"""

import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.support.forward_files import Sent, SentBatch, nacha
from tests.support.rehearsal import Rehearsal

Files = dict[str, bytes]
ADVANCES: list[tuple[str, Files]] = [
    (
        "2026-11-30T21:00",
        {
            "a.ach": nacha(SentBatch([Sent(), Sent("9901020000", 55_00), Sent("9801000000")])),
            "b.ach": nacha(SentBatch([Sent(code="22", amount=3_00)], service_class="220"), modifier="B"),
            "bad.ach": b"not a file",
        },
    ),
    ("2026-12-01T23:00", {"a.ach": nacha(SentBatch([Sent(), Sent("9901020000", 55_00), Sent("9801000000")]))}),
    ("2026-12-03T23:30", {}),
]


class Killer:
    """Counts the moments at which a process may be killed, and kills it at one of them."""

    def __init__(self) -> None:
        self.kill_at = 0
        self.count = 0

    def around(self, what: Callable[..., Any]) -> Callable[..., Any]:
        def counted(*args: Any, **kwargs: Any) -> Any:
            self.tick()
            result = what(*args, **kwargs)
            self.tick()
            return result

        return counted

    def tick(self) -> None:
        self.count += 1
        if self.count == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)


KILLER = Killer()


class CountedConnection(sqlite3.Connection):
    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        run = super().execute
        if sql.startswith("PRAGMA synchronous"):
            sql = "PRAGMA synchronous = OFF"  # a killed process loses nothing that it has written
        return KILLER.around(run)(sql, parameters) if sql == "COMMIT" else run(sql, parameters)


def count_everything() -> None:
    """Count what makes a change visible to others or durable."""
    os.replace = KILLER.around(os.replace)
    os.unlink = KILLER.around(os.unlink)
    os.fsync = KILLER.around(lambda _: None)  # as above
    setattr(sqlite3, "connect", partial(sqlite3.connect, factory=CountedConnection))  # noqa: B010  it has overloads


def everything(folder: Path) -> tuple[Files, list[str], list[Any]]:
    """Return the outbox, what lies in the inbox, and the bank's rows without how files were told apart."""
    inbox = sorted(path.name for path in (folder / "in").iterdir())
    outbox = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    connection = sqlite3.connect(folder / "state" / "bank.sqlite3")
    tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY 1")]
    rows: list[Any] = []
    for table in tables:
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1] != "identity"]
        rows += connection.execute(f"SELECT '{table}', {', '.join(columns)} FROM {table} ORDER BY 2").fetchall()
    connection.close()
    return outbox, inbox, rows


def in_child(run: Callable[[], Any], kill_at: int) -> bool:
    """Run something in a process that is killed at a moment; return whether it was."""
    child = os.fork()
    if child == 0:
        KILLER.count, KILLER.kill_at = 0, kill_at
        try:
            run()
        except BaseException as error:  # noqa: BLE001  a child must not go on as its parent
            print(error, file=sys.stderr)
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert status == 0
    return False


def drill(before: Path, run: Callable[[Path], Any], undisturbed: tuple[Any, ...], work: Path) -> int:
    """Kill a command at each of its moments; return how many there were."""
    for kill_at in range(1, 1000):
        shutil.rmtree(work, ignore_errors=True)
        shutil.copytree(before, work)
        if not in_child(partial(run, work), kill_at):
            return kill_at - 1
        assert not in_child(partial(run, work), 0)
        assert everything(work) == undisturbed, f"killed at moment {kill_at}"
    raise AssertionError("it never ends")


def main(folder: Path) -> None:
    count_everything()
    before, after, work = folder / "before", folder / "after", folder / "work"
    before.mkdir()
    kills = 0
    steps: list[tuple[Callable[[Path], None], Files]] = [(create, {})]
    steps += [(partial(advance, to), sent) for to, sent in ADVANCES]
    for run, sent in steps:
        for name, content in sent.items():
            Rehearsal(before, now=None).send(content, name)
        shutil.copytree(before, work)  # the bank knows its folders by their paths: every copy is used at this place
        assert not in_child(partial(run, work), 0)
        work.rename(after)
        kills += drill(before, run, everything(after), work)
        shutil.rmtree(before)
        after.rename(before)
        shutil.rmtree(work)
    print(kills)


def create(folder: Path) -> None:
    Rehearsal(folder, "--return-fee", "250")


def advance(to: str, folder: Path) -> None:
    Rehearsal(folder, now=None).advance(to)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
