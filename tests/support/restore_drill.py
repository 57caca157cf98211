"""A drill of backups: load on a running server, kills, restores to moments that a seed picks, and what must hold.

Clients keep a journal of what they were told. Whatever they were told before a moment is there after a restore to it,
whatever they asked for after it is not, and the books agree with their chain. After some rounds the machine "burns":
all processes are killed, the data folder counts as lost, and the service goes on from a restore of all that was
archived, on a new timeline in the same store.
"""

import asyncio
import os
import random
import signal
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from brim.base.clock import system_clock_ms
from brim.base.ids import IdFactory
from brim.core.integrity import verify_and_remember
from brim.core.verification import VerificationRun
from brim.host.access import reach_database
from brim.host.backups import archive_of
from brim.host.backups.archive import Archive
from brim.host.backups.checking import Plan, ends_ms, plan_restore, read_contents, tell_moment
from brim.host.backups.restoring import restore
from brim.platform.database import Conn, Database
from brim.platform.settings import Settings, load_settings
from tests.support.brim_process import RunningBrim, run_brim
from tests.support.polling import until

CLIENTS: Final = 3
PAUSE_S: Final = 0.02
"""Between two requests of a client; the server has a restore beside it to serve them with."""


@dataclass(frozen=True)
class Told:
    """A top-up that a client knows of: when it asked, and when it was told, in whole Unix milliseconds.

    What it was told in the millisecond of a restore may have been committed after the moment, so "before" leaves
    that millisecond out.
    """

    id: str
    asked_ms: int
    told_ms: int


class Load:
    """Clients that create top-ups one after another, and write down what they were told."""

    def __init__(self, brim: RunningBrim) -> None:
        self._brim = brim
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._create) for _ in range(CLIENTS)]
        self.journal: list[Told] = []
        self.refused = 0

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def wait_for(self, count: int) -> None:
        """Wait until clients were told of so many more."""
        goal = len(self.journal) + count
        until(lambda: len(self.journal) >= goal, what=f"{goal} top-ups")

    def _create(self) -> None:
        while not self._stop.is_set():
            asked_ms = system_clock_ms()
            status, topup = self._brim.call("POST", "/v1/topups", amount=2000, currency="usd")
            if status == 200:
                self.journal.append(Told(str(topup["id"]), asked_ms, system_clock_ms()))
                self._stop.wait(PAUSE_S)
            else:
                self.refused += 1
                self._stop.wait(0.05)


@dataclass
class Counts:
    """What a drill has come to."""

    told: int = 0
    rounds: list[str] = field(default_factory=list)
    lost: int = 0
    from_the_future: int = 0
    differences: int = 0


class RestoreDrill:
    """One drill in a folder.

    Args:
        folder: where everything lies.
        serve: starts `brim serve` on a data folder with the drill's settings and returns it once it is ready.
        environment: the settings of the backups.
        seed: what chance follows from.
    """

    def __init__(
        self, folder: Path, serve: Callable[[Path], RunningBrim], environment: dict[str, str], *, seed: int
    ) -> None:
        self._folder = folder
        self._serve = serve
        self._environment = environment
        self._random = random.Random(seed)
        self._data_dir = folder / "data"
        self._journal: list[Told] = []
        self.counts = Counts()
        self.brim = serve(self._data_dir)

    @property
    def settings(self) -> Settings:
        return load_settings({"data_dir": str(self._data_dir)}, self._environment)

    @property
    def archive(self) -> Archive:
        return archive_of(self.settings)

    def back_up(self) -> str:
        """Make a base backup by the command, under whatever load there is; return what it says."""
        done = run_brim("backup", "create", "--data-dir", str(self._data_dir), env=self._environment)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def run(self, *, rounds: int, topups: int) -> None:
        """Run rounds with so many top-ups each: a restore to a moment, a kill, and in every second one a fire."""
        for number in range(1, rounds + 1):
            load = Load(self.brim)
            load.start()
            load.wait_for(topups // 3)
            base = self.back_up()
            load.wait_for(topups // 3)
            self._kill(number)
            load.wait_for(topups // 3)
            self._restore_to_a_moment(number, base, load)
            if number % 2 == 0 or number == rounds:
                self._burn(number, load)
            load.stop()
            self._journal += load.journal
        self.counts.told = len(self._journal)

    def _kill(self, number: int) -> None:
        """Kill the database, or a whole API process, and let the service go on."""
        role = self._random.choice(["database", "worker"])
        os.kill(self.brim.postgres_pid if role == "database" else self.brim.child_pid("worker"), signal.SIGKILL)
        self.counts.rounds.append(f"round {number}: {role} killed under load")

    def _restore_to_a_moment(self, number: int, base: str, load: Load) -> None:
        journal = self._journal + list(load.journal)
        from_ms = read_contents(self.archive).manifests[-1].ended_ms
        at_ms = self._random.randint(from_ms, max(each.told_ms for each in journal))
        self._wait_for_archive(at_ms)
        plan = plan_restore(self.archive, at_ms=at_ms)
        told = [each for each in journal if each.told_ms < at_ms]
        later = {each.id for each in journal if each.asked_ms > at_ms}
        found = self._check(plan, self._folder / f"restored-{number}", {each.id for each in told}, later)
        self.counts.rounds.append(
            f"round {number}: {base.partition(':')[0]} at {tell_moment(at_ms)}: {len(told)} told before, {found}, "
            f"{len(later)} asked for later"
        )

    def _burn(self, number: int, load: Load) -> None:
        """Lose the machine, and go on from what was archived."""
        self.brim.kill_everything()
        load.stop()
        self._journal += load.journal
        load.journal = []
        plan = plan_restore(self.archive)
        end_ms = ends_ms(self.archive, plan.reach)
        assert end_ms is not None
        told = {each.id for each in self._journal if each.told_ms < end_ms}
        into = self._folder / f"data-{number}"
        found = self._check(plan, into, told, set())
        gone = [each for each in self._journal if each.told_ms >= end_ms]
        self.counts.rounds.append(
            f"round {number}: burnt; all that was archived: {len(told)} told before {tell_moment(end_ms)}, {found}, "
            f"{len(gone)} told after it"
        )
        self._journal = [each for each in self._journal if each.told_ms < end_ms]
        self._data_dir = into
        self.brim = self._serve(into)

    def _wait_for_archive(self, at_ms: int) -> None:
        def reaches() -> bool:
            contents = read_contents(self.archive)
            way = contents.reach(contents.manifests[-1], contents.newest_timeline)
            return way is not None and (ends_ms(self.archive, way) or 0) >= at_ms

        until(reaches, what=f"the archive to reach {tell_moment(at_ms)}")

    def _check(self, plan: Plan, into: Path, told: set[str], later: set[str]) -> str:
        """Restore, and count what is wrong; return it in words."""
        there, run = asyncio.run(restore_and_look(self.archive, plan, into, replace(self.settings, data_dir=into)))
        lost, early = told - there, later & there
        self.counts.lost += len(lost)
        self.counts.from_the_future += len(early)
        self.counts.differences += len(run.differences)
        return (
            f"{len(there)} there, {len(lost)} lost, {len(early)} too many, {len(run.differences)} differences, "
            f"{run.sealed} sealed"
        )


async def restore_and_look(
    archive: Archive, plan: Plan, into: Path, settings: Settings
) -> tuple[set[str], VerificationRun]:
    """Return which top-ups a restored database has, and what is wrong with its books and their chain."""
    said: list[str] = []
    await restore(archive, plan, into, say=said.append)
    async with reach_database(settings, say=said.append) as database:
        run = await verify_and_remember(database, clock=system_clock_ms, ids=IdFactory(), with_chain=True)
        return set(await _read_ids(database)), run


async def _read_ids(database: Database) -> Sequence[str]:
    async def read(conn: Conn) -> Sequence[str]:
        return [str(record["id"]) for record in await conn.fetch("SELECT id FROM topups")]

    async with database.connection() as conn:
        return await read(conn)
