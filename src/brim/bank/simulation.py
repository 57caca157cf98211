"""The bank at work: what arrives, what is due, in the order of time, each step in one transaction.

A step decides in the database what is to be written, under which name and with which bytes; only then the file is
written. Whoever is killed in between finds it there and goes on. What happens depends on the bank's own time and on
what arrived, never on how far it is advanced at once.
"""

import fcntl
import json
import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from pathlib import Path
from typing import Any, Final

from brim.bank import folders
from brim.bank.banking_days import STATEMENT, LocalTime
from brim.bank.day_end import write_statement
from brim.bank.disputes import send_contests
from brim.bank.failures import BackwardsError, BankBusyError, BankExistsError, NoBankError
from brim.bank.receipt import acknowledge, keep_delivery, read_delivery
from brim.bank.returns import send_returns
from brim.bank.script import Rule, times_of
from brim.bank.sepa import book_returns
from brim.bank.settings import BankSettings, from_json
from brim.bank.settlement import return_settled, settle
from brim.bank.step import Step, begin
from brim.bank.store import Store, has_file
from brim.bank.target_days import TargetTime

_STEPS: Final[dict[int, Callable[[Step, int], None]]] = {
    0: read_delivery,
    1: acknowledge,
    2: settle,
    3: lambda step, _: book_returns(step) if step.settings.is_sepa else send_returns(step),
    4: lambda step, _: write_statement(step),
    5: lambda step, _: send_contests(step),
}
"""What a step does, by its kind in the statement `next_step`."""


def clock_of(settings: BankSettings) -> LocalTime:
    """Return the local time of a bank, by the days of its clearing system."""
    return TargetTime(settings.time_zone) if settings.is_sepa else LocalTime(settings.time_zone)


def create_bank(folder: Path, settings: BankSettings, now: int) -> None:
    """Create a bank and its folders; again with the same settings, nothing happens.

    Raises:
        InvalidSettingError: no bank can work so.
        BankExistsError: the folder has another bank.
    """
    settings.check()
    for needed in (folder, Path(settings.inbox), Path(settings.outbox)):
        needed.mkdir(parents=True, exist_ok=True)
    local = clock_of(settings)
    store = Store(folder)
    try:
        with store.transaction():
            if not store.value("has_bank"):
                store.create_tables()
                first = local.next_at(STATEMENT, local.local(now).date(), now)
                store.run("insert_bank", settings.to_json(), now, first)
            elif store.value("read_bank") != settings.to_json():
                raise BankExistsError(str(folder))
    finally:
        store.close()


class Bank:
    """A bank that was created."""

    def __init__(self, folder: Path) -> None:
        if not has_file(folder):
            raise NoBankError(str(folder))
        self._folder = folder
        self.store = Store(folder)
        if not self.store.value("has_bank"):
            self.store.close()
            raise NoBankError(str(folder))
        self.store.create_missing_tables()
        self.settings = from_json(self.store.value("read_bank"))
        self.local = clock_of(self.settings)

    @property
    def now(self) -> int:
        """The bank's time."""
        return int(self.store.rows("read_bank")[0]["now"])

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other processes from advancing this bank.

        Raises:
            BankBusyError: one does already.
        """
        descriptor = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise BankBusyError(str(self._folder)) from None
            yield
        finally:
            os.close(descriptor)

    def advance(self, to: int) -> None:
        """Receive what arrived, then let everything happen that is due until a moment.

        Raises:
            BackwardsError: the moment has passed.
        """
        if to < self.now:
            raise BackwardsError(self.local.local(self.now).isoformat())
        self._receive_files()
        self._take_steps(to)

    def follow(self, real_time: int) -> None:
        """Let everything happen that was due until now, then receive what arrived and answer it."""
        real_time = max(real_time, self.now)
        self._take_steps(real_time)
        self._receive_files()
        self._take_steps(real_time)

    def add_rules(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Keep rules; what was settled already is returned by them too."""
        with self._step() as step:
            for fields in rules:
                times = times_of(fields)
                number = self.store.run("insert_rule", json.dumps(fields, sort_keys=True), times)
                if fields["action"] in ("return", "notify"):
                    return_settled(step, Rule(number, fields), times)

    def transfer(self, cents: int, text: str) -> date:
        """Book a transfer to the originator, or from it if `cents` is negative; return whose statement has it."""
        with self._step() as step:
            day = step.local.local(step.local.next_at(STATEMENT, step.day, step.now)).date()
            step.book("transfer", day, cents, "", text, 1)
        return day

    def write_files(self) -> None:
        """Write every file that was decided on and may not have been written."""
        for row in self.store.rows("unwritten"):
            folders.write(Path(self.settings.outbox), row["name"], zlib.decompress(row["content"]))
            with self.store.transaction():
                self.store.run("set_written", row["id"])

    def _receive_files(self) -> None:
        for file in folders.arrived(Path(self.settings.inbox)):
            self._receive(file)

    def _receive(self, file: folders.ArrivedFile) -> None:
        content = file.path.read_bytes()
        with self._step() as step:
            if not self.store.value("has_delivery", file.identity):
                keep_delivery(step, file, content)
        folders.remove(file)

    def _take_steps(self, to: int) -> None:
        self.write_files()
        while self._take_step(to):
            self.write_files()
        with self.store.transaction():
            self.store.run("set_now", to)

    def _take_step(self, to: int) -> bool:
        """Do what is due first, unless that is later; return whether there was something."""
        with self._step() as step:
            due_at, kind, number = self.store.rows("next_step")[0]
            if due_at > to:
                return False
            self.store.run("set_now", due_at)
            step.now = due_at
            _STEPS[kind](step, number)
        return True

    def _step(self) -> AbstractContextManager[Step]:
        return begin(self.store, self.settings, self.local)
