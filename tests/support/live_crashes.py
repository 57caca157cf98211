"""Crashes of whoever works for live money: at each statement and each file operation, before it and after it.

A `Saboteur` is shown every round trip to PostgreSQL and every file operation of a worker, and strikes at each place
once: a place is a statement together with what its transaction has done before, or a file operation. Connections are
cut; of what is written to a file, nothing is left, or half of it, or all. The worker then goes on as a new process.
"""

import json
import re
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final
from zlib import crc32

from brim.api.wire_formats import WIRE_FORMATS
from brim.base.errors import DatabaseUnavailableError
from brim.core import direct_debits
from brim.core.integrity.books import verify_books
from brim.core.ledger.sealing import seal_entries
from brim.platform.database import Database
from tests.support.books import rows
from tests.support.cutting import Fault, Trip
from tests.support.live_money import LiveMoney
from tests.support.watched_files import watched_files

_NEW_EACH_TIME: Final = re.compile(r"--.*|__asyncpg\w+")
"""Comments, and the names of savepoints."""
_ASKS_FOR_TYPES: Final = re.compile(r"typeinfo_tree|set_config\('jit'")
"""What the driver asks of PostgreSQL itself, once in a process: whether it does depends on what ran before."""


class CrashError(DatabaseUnavailableError):
    """A process ended here."""


class Saboteur:
    """Strikes at each place once, while it is armed, or at one of so many. Without `strikes`, it only looks."""

    def __init__(self, *, strikes: bool, every: int = 1) -> None:
        self.strikes = strikes
        self._every = every
        self.seen: set[str] = set()
        self.struck: Counter[str] = Counter()
        self.is_armed = False
        self._history: frozenset[str] = frozenset()
        self._last = ""

    def judge(self, trip: Trip) -> Fault | None:
        """Return what happens to a round trip."""
        if not self.is_armed or _ASKS_FOR_TYPES.search(trip.sql):
            return None
        sql = " ".join(_NEW_EACH_TIME.sub("", trip.sql).split())
        if not trip.in_transaction:
            self._history, self._last = frozenset(), ""
        place = f"{trip.step.value} {sql} after {self._last} of {sorted(self._history)}"
        if trip.is_statement:
            self._history, self._last = self._history | {sql}, sql
        for fault in (Fault.BEFORE, Fault.AFTER):
            if self._strikes_at(f"{fault.value} {place}"):
                return fault
        return None

    def _strikes_at(self, place: str) -> bool:
        self.seen.add(place)
        if not self.strikes or self.struck[place] or crc32(place.encode()) % self._every:
            return False
        self.struck[place] += 1
        return True

    @contextmanager
    def armed(self) -> Iterator[None]:
        """Look, and strike, meanwhile."""
        self.is_armed = True
        with watched_files(self.at_file):
            try:
                yield
            finally:
                self.is_armed = False

    def at_file(self, moment: str, operation: str, name: str) -> None:
        """Hear of a file operation.

        Raises:
            CrashError: it ends here.
        """
        kind = name if name.startswith(".brim") else "copy" if name.startswith("achf_") else Path(name).suffix
        if self._strikes_at(f"{moment} {operation} {kind}"):
            raise CrashError(f"{moment} {operation} {name}")


Step = Callable[[], Awaitable[int]]


def steps_of(live: LiveMoney) -> list[Step]:
    """Return what a worker does for live money, in the order in which it does it."""
    return [
        lambda: live.incoming.receive_all(live.database, now_ms=live.now_ms, ids=live.ids),
        lambda: live.incoming.apply_all(live.database, clock=lambda: live.now_ms, ids=live.ids),
        lambda: live.claiming.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids),
        lambda: live.prenoting.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids),
        lambda: direct_debits.build_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids),
        lambda: direct_debits.send_due(live.database, live.vault, WIRE_FORMATS, now_ms=live.now_ms, ids=live.ids),
    ]


async def work_on(live: LiveMoney, saboteur: Saboteur, *, steps: Callable[[LiveMoney], list[Step]] = steps_of) -> int:
    """Do all that is to be done now, again after each crash; return how often it crashed."""
    crashes, busy = 0, True
    while busy:
        busy = False
        for number in range(len(steps(live))):
            while True:
                try:
                    with saboteur.armed():
                        busy = bool(await steps(live)[number]()) or busy
                    break
                except (DatabaseUnavailableError, CrashError):
                    crashes += 1
                    live.incoming = direct_debits.Incoming(
                        live.secrets, live.vault, WIRE_FORMATS
                    )  # it remembers nothing
    return crashes


async def problems_of(live: LiveMoney, database: Database, topups: dict[str, str]) -> list[str]:
    """Return what is wrong at the end of the lives of top-ups that should have come to these statuses."""
    problems: list[str] = []
    entries = await rows(
        database,
        "SELECT e.*, f.status AS file_status FROM ach_entries AS e LEFT JOIN ach_files AS f ON f.id = e.file",
    )
    live_in = Counter(entry["topup"] for entry in entries if entry["file_status"] not in {None, "voided", "rejected"})
    problems += [f"{topup} is in {live_in[topup]} live files" for topup in topups if live_in[topup] != 1]
    traces = Counter(entry["trace"] for entry in entries)
    problems += [f"trace {trace} was given {count} times" for trace, count in traces.items() if count != 1]
    for topup, status in topups.items():
        (row,) = await rows(database, "SELECT status FROM topups WHERE id = $1", topup)
        if row["status"] != status:
            problems.append(f"{topup} is {row['status']}, not {status}")
    shown = json.loads(await live.bank("show", "--json", "--entries", "100000"))
    at_bank = Counter(entry["individual_id"] for entry in shown["entries"])
    problems += [f"{topup} was debited {count} times" for topup, count in at_bank.items() if count != 1]
    files = {row["sha256"].hex() for row in await rows(database, "SELECT sha256 FROM ach_files WHERE sent_ms > 0")}
    taken = [file["sha256"] for file in shown["files"]]
    if sorted(taken) != sorted(files):
        problems.append(f"the bank has the files {taken}, and the database {files}")
    ledger = await live.ledger()
    if ledger.get("bank:operating", 0) != shown["balance"]:
        problems.append(f"the bank's balance is {shown['balance']}, the ledger's {ledger.get('bank:operating', 0)}")
    if ledger.get("funding:clearing", 0) != 0:
        problems.append(f"{ledger['funding:clearing']} are still clearing")
    problems += [str(row["detail"]) for row in await rows(database, "SELECT detail FROM breaks")]
    while await seal_entries(database):
        pass
    problems += map(str, (await verify_books(database)).differences)
    return problems
