"""A month of live money in a rehearsal: real processes, a clock that is moved, and kills on the way.

The drill is the world around one installation: clients that create and cancel, an operator who approves and resubmits,
the hands that move the clock, and whoever sends SIGKILL. After each banking day everything is compared with a model
that knows nothing of Brim (`model`). All of it follows from the seed; what is done is kept in a folder after each step,
and each step can be done again, so that a drill which was interrupted goes on.
"""

import asyncio
import json
import mmap
import os
import random
import signal
import socket
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from functools import partial
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import urlencode

import msgspec

from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.banking_days import add_banking_days
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import direct_debits
from brim.core.installation import mark_rehearsal
from brim.core.ledger import seal_entries
from brim.core.rails.ach import NACHA_CLASSES, SecCode
from brim.host.database_urls import DatabaseUrls
from brim.platform.database import Database
from brim.platform.vault import Vault
from brim.testing.server import create_key
from tests.month.doomed import CLOCK
from tests.month.model import KINDS, LOCAL, Created, Stored, ends_otherwise, problems, read_bank
from tests.support.audits import TESTER
from tests.support.books import rows
from tests.support.brim_process import brim_environment
from tests.support.live_money import OPERATOR, PLATFORM, LiveMoney, at

ROOT: Final = Path(__file__).parents[2]
FIRST_DAY: Final = date(2026, 12, 1)
TAIL: Final = (0, 1, 2, 3, 14)
"""Which banking days after the last create are lived through: on the last but one nothing is in its hold any more, and
until the last one the last returns come."""
CUTOFFS: Final = ("11:00", "17:00")
REHEARSAL_ROUTING: Final = "990000013"
SHARES: Final = {PLATFORM.account: 45, "acct_north": 25, "acct_east": 15, "acct_south": 10, "acct_west": 5}
"""The accounts, and how many of a hundred top-ups are theirs."""
CLIENTS: Final = 8
CANCELED_OF: Final = 120
"""One top-up of so many is canceled before its cut-off, and of as many somebody tries it too late."""
PATIENCE_S: Final = 900.0
_UNTIL_SUCCESS: Final = 4
"""The first banking day on which money can become usable."""


class Place(msgspec.Struct, frozen=True):
    """Where a kill may strike: on which occasion, in which job, before, amid or after which operation.

    `most` is how often the job may come by on that occasion, at least. With `stays_down` the worker starts again only
    hours later: around the last cut-off, when its file is late. Without an operation the worker is killed when it has
    nothing to do.
    """

    occasion: str
    job: str = ""
    moment: str = ""
    operation: str = ""
    name: str = ""
    most: int = 1
    stays_down: bool = False

    def __str__(self) -> str:
        if not self.operation:
            return f"{self.occasion}, at rest"
        stays = ", down for hours" if self.stays_down else ""
        return f"{self.occasion}, {' '.join(f'{self.moment} {self.operation} {self.name}'.split())}{stays}"


def _at(occasion: str, job: str, *places: str, most: int = 1) -> Iterator[Place]:
    for text in places:
        moment, operation, name = [*text.split(maxsplit=2), ""][:3]
        yield Place(occasion, job, moment, operation, name, most)


_FILES, _EXCHANGE = "ach files", "ach exchange"
WORKER_PLACES: Final = (
    *_at("claiming", _FILES, "before run claim_due_topups", "after run claim_due_topups", "after run insert_entries"),
    *_at("claiming", _FILES, "before commit insert_entries", "after commit insert_entries"),
    *_at(
        "building", _FILES, "after run lock_queued_entries", "before run insert_file", "after run put_entries_in_file"
    ),
    *_at("building", _FILES, "before commit insert_file", "after commit insert_file"),
    Place("built"),
    *_at("placing", _EXCHANGE, "before write achf_", "amid write achf_", "before write ^\\.brim-sent$"),
    *_at("placing", _EXCHANGE, "after write ^\\.brim-sent$", "amid write ach\\.part$", "before rename ach$"),
    *_at("placing", _EXCHANGE, "after rename ach$", "after run update_file", "before commit update_file"),
    *_at("placing", _EXCHANGE, "after commit update_file"),
    Place("placing", _EXCHANGE, "after", "rename", "ach$", stays_down=True),
    Place("placing", _EXCHANGE, "after", "write", "^\\.brim-sent$", stays_down=True),
    Place("sent"),
    *_at("acknowledgement", _EXCHANGE, "before open csv$", "after run insert_bank_file", "after run set_batch_status"),
    *_at("acknowledgement", _EXCHANGE, "before commit finish_bank_file", "after commit finish_bank_file"),
    Place("acknowledged"),
    *_at("returns", _EXCHANGE, "before open ach$", "after run insert_bank_file", "after run finish_bank_file"),
    *_at("returns", _EXCHANGE, "after run return_entry", most=20),
    *_at("returns", _EXCHANGE, "before commit return_entry", "after commit return_entry"),
    *_at("statement", _EXCHANGE, "before open bai2$", "after run insert_statement_line", "after run confirm_entries"),
    *_at("statement", _EXCHANGE, "before run set_batch_status", "after run update_file"),
    *_at("statement", _EXCHANGE, "before commit confirm_entries", "after commit confirm_entries"),
    *_at("success", _FILES, "after run claim_due_topups", "before run set_entry_status"),
    *_at("success", _FILES, "before commit set_entry_status", "after commit set_entry_status"),
    Place("settled"),
    Place("rejected"),
)
BANK_PLACES: Final = tuple(
    Place("bank", "bank", moment, operation, "", most=most)
    for operation, most in (("commit", 3), ("replace", 1), ("unlink", 1))
    for moment in ("before", "after")
)
"""Of what the bank does when it is moved on after a file was sent to it."""
SCRIPTS: Final[dict[int, str]] = {
    4: 'action = "reject"\nfile = "{day}-A-*"\nreason = "by the drill"',
    5: 'action = "duplicate_statement"\ndate = "{date}"',
    7: 'action = "duplicate_returns"\ndate = "{date}"',
    8: 'action = "lose_acknowledgement"\nfile = "{day}-A-*"',
    10: 'action = "delay_acknowledgement"\nfile = "{day}-A-*"\nminutes = 500',
    13: 'action = "reject"\nfile = "{day}-A-*"\nreason = "by the drill"',
    16: 'action = "duplicate_statement"\ndate = "{date}"',
}
"""What the bank does out of the ordinary, by the number of the banking day; A is its first file."""


_SETTLED: Final = ("statement", "after", "commit")
"""Where a statement has settled files."""


class Planned(msgspec.Struct):
    """A kill to come: on which banking day (from 0), around which cut-off (0 or 1), where, and the how-many-th time."""

    day: int
    cutoff: int
    place: Place
    nth: int = 1


class Kill(msgspec.Struct):
    """A kill that was made, and what the database said right after it."""

    day: str
    victim: str
    place: str
    at_stake: str
    files: dict[str, int]
    entries: dict[str, int]


class Settings(msgspec.Struct, frozen=True):
    """How large a drill is. `scripts` are the bank's rules by banking day."""

    topups: int
    days: int
    kills: int
    seed: int
    scripts: dict[int, str] = {}
    flaw: str | None = None
    verifies_daily: bool = True


class State(msgspec.Struct):
    """How far a drill has come: `step` is the next of the day."""

    settings: Settings
    planned: list[Planned]
    encryption_key: str
    keys: dict[str, str]
    sources: dict[str, list[list[str]]]
    """By account, for each kind of bank account, the ids of some."""
    day: int = 0
    step: int = 0
    kills: list[Kill] = []
    seconds: dict[str, float] = {}
    refused_cancels: int = 0
    verified: list[str] = []


def plan_of(settings: Settings) -> list[Planned]:
    """Return the kills of a drill: every fourth is the bank's, and each place comes before any comes again."""
    chance = random.Random(f"{settings.seed} plan")
    decks: dict[bool, list[Place]] = {True: [], False: []}
    planned: list[Planned] = []
    taken: set[tuple[int, int, str]] = set()
    for number in range(settings.kills):
        day = number * settings.days // settings.kills
        is_bank = number % 4 == 3
        for place in _drawn(decks[is_bank], BANK_PLACES if is_bank else WORKER_PLACES, chance):
            cutoff = chance.randrange(2)
            slots = [slot for slot in (cutoff, 1 - cutoff) if _may(place, day, slot, taken, settings)]
            if slots:
                decks[is_bank].remove(place)
                taken.add((day, slots[0], _slot(place)))
                planned.append(Planned(day, slots[0], place, chance.randint(1, place.most)))
                break
    return planned


def _drawn(deck: list[Place], places: tuple[Place, ...], chance: random.Random) -> list[Place]:
    """Return places in the order in which they should come: those of the deck, then all, in turn of each occasion."""
    if len(deck) < len(places):
        turns: Counter[tuple[str, bool]] = Counter()
        shuffled = []
        for place in chance.sample(places, len(places)):
            kind = (place.occasion, place.stays_down)
            shuffled.append((turns[kind], place))
            turns[kind] += 1
        deck += [place for _, place in sorted(shuffled, key=lambda each: each[0])]
    return list(deck)


def _slot(place: Place) -> str:
    return place.occasion if place.operation or place.job else f"{place.occasion}, at rest"


def _may(place: Place, day: int, cutoff: int, taken: set[tuple[int, int, str]], settings: Settings) -> bool:
    """Tell whether a place is come by on a day."""
    first = {"statement": 1, "returns": 3, "success": _UNTIL_SUCCESS, "settled": 1}.get(place.occasion, 0)
    is_of_day = place.occasion in {"statement", "returns", "success", "settled"}
    rejects = 'action = "reject"' in settings.scripts.get(day, "")
    return (
        day >= first
        and not (is_of_day and cutoff)
        and (place.occasion != "rejected" or (rejects and cutoff == 0))
        and (day, cutoff, _slot(place)) not in taken
    )


Request: TypeAlias = tuple[str, dict[str, Any], str, str]
"""Path, form, live key and idempotency key."""


class Clients:
    """Clients of the API, each with a connection of its own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._threads = ThreadPoolExecutor(CLIENTS)
        self._connections: dict[int, HTTPConnection] = {}

    async def post_all(self, requests: list[Request]) -> list[tuple[int, Any]]:
        """Return the answers to requests, in their order."""
        parts = [(number, requests[number::CLIENTS]) for number in range(CLIENTS)]
        loop = asyncio.get_running_loop()
        answered = await asyncio.gather(*(loop.run_in_executor(self._threads, self._post, *part) for part in parts))
        answers: list[tuple[int, Any]] = [(0, None)] * len(requests)
        for number, some in enumerate(answered):
            answers[number::CLIENTS] = some
        return answers

    def _post(self, client: int, requests: list[Request]) -> list[tuple[int, Any]]:
        connection = self._connections.setdefault(client, HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_S))
        answers = []
        for path, form, key, idempotency_key in requests:
            headers = {
                "Authorization": f"Bearer {key}",
                "Idempotency-Key": idempotency_key,
                "Content-Type": "application/x-www-form-urlencoded",
            }
            connection.request("POST", path, urlencode(form), headers)
            answer = connection.getresponse()
            answers.append((answer.status, json.loads(answer.read())))
        return answers

    def close(self) -> None:
        """Hang up."""
        for connection in self._connections.values():
            connection.close()
        self._threads.shutdown()


class Worker:
    """A `brim worker`, and what it says of its steps."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self._idle: Counter[str] = Counter()
        self._since = 0
        self._told = asyncio.Event()
        self._reading = asyncio.create_task(self._read())

    async def _read(self) -> None:
        assert self.process.stdout is not None
        async for line in self.process.stdout:
            began, job, count = line.decode().rstrip().split("\t")
            if int(began) >= self._since:
                self._idle = Counter() if int(count) else self._idle + Counter({job: 1})
                self._told.set()
        await self.process.wait()
        self._told.set()

    async def is_quiet_since(self, moves: int, *, times: int = 2) -> bool:
        """Return once both jobs have found nothing to do, twice since either found something; False when it has ended.

        A step that has found nothing may have begun before another one ended; the second one has not.
        """
        self._since, self._idle = moves, Counter()
        async with asyncio.timeout(PATIENCE_S):
            while self.process.returncode is None and min(self._idle[_FILES], self._idle[_EXCHANGE]) < times:
                self._told.clear()
                await self._told.wait()
        return self.process.returncode is None

    async def kill(self) -> None:
        """Send SIGKILL, wherever it is."""
        with suppress(ProcessLookupError):
            self.process.kill()
        await self.ended()

    async def ended(self) -> int:
        """Return how it ended, once it has."""
        await self._reading
        return await self.process.wait()


class Drill:
    """One drill in its folder, on a database. Make it with `begun` or `found`."""

    def __init__(self, folder: Path, urls: DatabaseUrls, state: State) -> None:
        self.folder = folder
        self.state = state
        self._urls = urls
        self._say: Callable[[str], None] = lambda _sentence: None
        self._worker: Worker | None = None
        self._down_until = 0
        with (folder / "clock").open("r+b") as file:
            self._clock = mmap.mmap(file.fileno(), 0)

    @classmethod
    async def begun(
        cls, folder: Path, urls: DatabaseUrls, settings: Settings, *, plan: list[Planned] | None = None
    ) -> "Drill":
        """Return a new drill: a rehearsal with its accounts, bank accounts, originator and bank."""
        owner = await Database.connect(urls.owner, max_connections=1)
        async with owner.connection() as conn:
            await mark_rehearsal(conn, now_ms=0)
        await owner.close()
        database = await Database.connect(urls.service, max_connections=4)
        live = LiveMoney(database, folder, now=f"{FIRST_DAY} 08:00", routing=REHEARSAL_ROUTING)
        most = max(2, settings.topups // settings.days // len(CUTOFFS) * 3 // 4)
        await live.open(
            *(account for account in SHARES if account != PLATFORM.account),
            cutoffs=CUTOFFS,
            requires_approval=True,
            max_file_entries=most,
            day_cap=100_000_000,
            file_cap=10_000_000_000,
            source_pending_cap=100_000_000,
            entry_cap=100_000,
        )
        keys, sources = {}, {}
        for account in SHARES:
            scope = AccountScope(account, livemode=True)
            keys[account] = (await create_key(database, account, livemode=True)).secret
            sources[account] = [
                [await live.bank_account(kind.number, scope=scope, sec_code=SecCode(each)) for each in NACHA_CLASSES]
                for kind in KINDS
            ]
        await database.close()
        (folder / "clock").write_bytes(CLOCK.pack(0, live.now_ms, 0))
        (folder / "topups").mkdir()
        plan = plan_of(settings) if plan is None else plan
        drill = cls(folder, urls, State(settings, plan, live.encryption_key, keys, sources))
        drill.keep()
        return drill

    @classmethod
    def found(cls, folder: Path, urls: DatabaseUrls) -> "Drill":
        """Return a drill that was begun before."""
        return cls(folder, urls, msgspec.json.decode((folder / "state.json").read_bytes(), type=State))

    def keep(self) -> None:
        """Write down how far it has come."""
        fresh = self.folder / "state.new"
        fresh.write_bytes(msgspec.json.format(msgspec.json.encode(self.state)))
        fresh.replace(self.folder / "state.json")

    @property
    def is_over(self) -> bool:
        """Whether all days were gone through."""
        return self.state.day >= self.state.settings.days + len(TAIL)

    async def run(self, say: Callable[[str], None] = lambda _sentence: None, *, until: float = float("inf")) -> None:
        """Go through the days that are left, or until a moment of `time.monotonic`.

        Raises:
            AssertionError: something is not as it should be; the sentence has all of it.
        """
        self._say = say
        self._database = await Database.connect(self._urls.service, max_connections=4, timeout_s=120.0)
        self._vault = Vault([self.state.encryption_key])
        alive_reader, alive_writer = os.pipe()
        self._alive_fd = alive_reader
        api, port = await self._start_api()
        self._clients = Clients(port)
        try:
            while not self.is_over and time.monotonic() < until:
                await self._live_through_day()
        finally:
            self._clients.close()
            if self._worker is not None:
                await self._worker.kill()
                self._worker = None
            with suppress(ProcessLookupError):
                api.kill()
            await api.wait()
            os.close(alive_reader)
            os.close(alive_writer)
            await self._database.close()

    async def _live_through_day(self) -> None:
        settings, day = self.state.settings, self.state.day
        steps: list[tuple[str, Callable[[], Any]]] = [("success", self._open)]
        if day < settings.days:
            steps += [("script", self._script), *self._steps_around(0)]
            steps += [("returns", self._take_returns), *self._steps_around(1)]
        steps += [("statement", self._close), ("compare", self._compare)]
        began = time.monotonic()
        for name, step in steps[self.state.step :]:
            started = time.monotonic()
            await step()
            self.state.seconds[name] = self.state.seconds.get(name, 0.0) + time.monotonic() - started
            self.state.step += 1
            self.keep()
        took = time.monotonic() - began
        self._say(f"{self.date}: all as it should be after {len(self.state.kills)} kills; the day took {took:.0f} s")
        self.state.day, self.state.step = day + 1, 0
        self.keep()

    def _steps_around(self, cutoff: int) -> list[tuple[str, Callable[[], Any]]]:
        return [
            ("create", partial(self._create, cutoff)),
            ("claim and build", partial(self._collect, cutoff)),
            ("send and acknowledge", partial(self._send, cutoff)),
        ]

    @property
    def date(self) -> date:
        """The banking day that is lived through."""
        day, days = self.state.day, self.state.settings.days
        return add_banking_days(FIRST_DAY, day if day < days else days + TAIL[day - days])

    @property
    def is_last_day(self) -> bool:
        """Whether everything has to have come to its end today."""
        return self.state.day == self.state.settings.days + len(TAIL) - 1

    @property
    def now_ms(self) -> int:
        """The drill's time."""
        return int(CLOCK.unpack(self._clock[: CLOCK.size])[1])

    def _set_clock(self, wall: str | None = None, *, to_ms: int = 0, may_work: bool = False) -> int:
        """Move the clock to a time of the day, or to a moment, never back; return how often it was set."""
        moves, now_ms, _ = CLOCK.unpack(self._clock[: CLOCK.size])
        now_ms = max(now_ms, to_ms)
        if wall is not None:
            now_ms = max(now_ms, at(f"{self.date} {wall}"))
        self._clock[: CLOCK.size] = CLOCK.pack(moves + 1, now_ms, may_work)
        return int(moves) + 1

    # What people do

    async def _create(self, cutoff: int) -> None:
        """Create the top-ups before a cut-off, cancel a few of them, and fail to cancel a few that are out."""
        self._set_clock("10:00" if cutoff == 0 else "16:45")
        day, settings = self.state.day, self.state.settings
        part = day * len(CUTOFFS) + cutoff
        parts = settings.days * len(CUTOFFS)
        count = settings.topups * (part + 1) // parts - settings.topups * part // parts
        chance = random.Random(f"{settings.seed} {part}")
        accounts = chance.choices(list(SHARES), list(SHARES.values()), k=count)
        kinds = chance.choices(range(len(KINDS)), [kind.share for kind in KINDS], k=count)
        amounts = [chance.randint(100, 2_000) for _ in range(count)]
        requests: list[Request] = []
        for number, (account, kind, amount) in enumerate(zip(accounts, kinds, amounts, strict=True)):
            source = chance.choice(self.state.sources[account][kind])
            form = {"amount": amount, "currency": "usd", "source": source}
            requests.append(("/v1/topups", form, self.state.keys[account], f"create-{part}-{number}"))
        answers = await self._clients.post_all(requests)
        refused = [answer for answer in answers if answer[0] != 200]
        assert not refused, refused[:3]
        created = [
            Created(answer["id"], account, amount, kind)
            for (_, answer), account, kind, amount in zip(answers, accounts, kinds, amounts, strict=True)
        ]
        canceled = set(chance.sample(range(count), -(-count // CANCELED_OF)))
        await self._cancel([created[number] for number in sorted(canceled)], f"cancel-{part}", status=200)
        created = [
            msgspec.structs.replace(topup, is_canceled=number in canceled) for number, topup in enumerate(created)
        ]
        path = self.folder / "topups" / f"{part:03}.json"
        if not path.exists() and part > 0:
            earlier = [topup for topup in self._created_in(part - 1) if not topup.is_canceled]
            late = chance.sample(earlier, min(len(earlier), -(-count // CANCELED_OF)))
            await self._cancel(late, f"late-{part}", status=400)
            self.state.refused_cancels += len(late)
        path.write_bytes(msgspec.json.encode(created))

    async def _cancel(self, topups: list[Created], name: str, *, status: int) -> None:
        requests: list[Request] = [
            (f"/v1/topups/{topup.id}/cancel", {}, self.state.keys[topup.account], f"{name}-{topup.id}")
            for topup in topups
        ]
        answers = await self._clients.post_all(requests)
        assert {answer[0] for answer in answers} <= {status}, answers[:3]

    def _created_in(self, part: int) -> list[Created]:
        path = self.folder / "topups" / f"{part:03}.json"
        return msgspec.json.decode(path.read_bytes(), type=list[Created]) if path.exists() else []

    async def _approve(self) -> int:
        """Approve what was built; return how many files."""
        built = [file for file in await self._files() if file["status"] == "built"]
        for file in built:
            async with self._database.transaction() as conn:
                await direct_debits.approve_file(
                    conn,
                    PLATFORM,
                    file["id"],
                    sha256=None,
                    approvers=1,
                    by=OPERATOR,
                    now_ms=self.now_ms,
                    ids=self._ids(),
                    renderers=WIRE_FORMATS,
                )
        return len(built)

    async def _resubmit(self) -> None:
        """Let the entries of files go out again that the bank has rejected."""
        for file_id in await self._rejected():
            async with self._database.transaction() as conn:
                await direct_debits.resubmit_file(
                    conn, PLATFORM, file_id, by=TESTER, now_ms=self.now_ms, ids=self._ids()
                )

    async def _rejected(self) -> list[str]:
        """Return the rejected files whose entries have not gone out again."""
        found = await rows(
            self._database,
            "SELECT id FROM ach_files AS f WHERE status = 'rejected'"
            " AND EXISTS (SELECT FROM ach_entries AS e WHERE e.file = f.id)",
        )
        return [row["id"] for row in found]

    async def _files(self) -> list[dict[str, Any]]:
        return await rows(self._database, "SELECT id, status, built_ms FROM ach_files ORDER BY built_ms, id")

    def _ids(self) -> IdFactory:
        return IdFactory(lambda: self.now_ms)

    # The day

    async def _open(self) -> None:
        """Let money become usable whose hold is over."""
        self._set_clock("09:01")
        await self._work("success", 0)

    async def _script(self) -> None:
        """Tell the bank what it does out of the ordinary today."""
        rule = self.state.settings.scripts.get(self.state.day)
        if rule is not None:
            path = self.folder / "rule.toml"
            text = rule.format(day=f"{self.date:%Y%m%d}", date=self.date)
            path.write_text(f"[[rule]]\n{text}\n", encoding="utf-8")
            await self._brim("bank", "script", str(self.folder / "bank"), str(path))

    async def _collect(self, cutoff: int) -> None:
        """Let a cut-off come: top-ups are claimed, and files made."""
        self._set_clock(CUTOFFS[cutoff])
        await self._work("claiming", cutoff, "building")
        await self._kill_at_rest("built", cutoff)

    async def _send(self, cutoff: int) -> None:
        """Approve, send, and let the bank answer; what it rejects goes out again."""
        hour = CUTOFFS[cutoff][:2]
        await self._approve()
        await self._work("placing", cutoff)
        await self._kill_at_rest("sent", cutoff)
        self._set_clock(f"{hour}:10")
        await self._advance_bank(cutoff)
        await self._work("acknowledgement", cutoff)
        await self._kill_at_rest("acknowledged", cutoff)
        if await self._rejected():
            await self._kill_at_rest("rejected", cutoff)
        await self._send_rest(f"{hour}:15")

    async def _send_rest(self, wall: str) -> None:
        """Send what was rejected, or given up, with the files that it has come into."""
        await self._resubmit()
        await self._work("", 0)
        await self._approve()
        await self._work("", 0)
        if any(path.suffix == ".ach" for path in (self.folder / "to-bank").iterdir()):
            self._set_clock(wall)
            await self._advance_bank(None)
            await self._work("", 0)

    async def _take_returns(self) -> None:
        """Let the bank's returns of the day come."""
        self._set_clock("16:30")
        await self._advance_bank(None)
        await self._work("returns", 0)

    async def _close(self) -> None:
        """Let the bank's statement of the day come."""
        self._set_clock("23:30")
        await self._advance_bank(None)
        await self._work("statement", 0, "returns")
        await self._send_rest("23:40")
        await self._kill_at_rest("settled", 0)

    # Processes

    async def _start_api(self) -> tuple[asyncio.subprocess.Process, int]:
        with socket.create_server(("127.0.0.1", 0), backlog=128) as listener:
            variables = {
                "BRIM_INTERNAL_LISTEN_FDS": str(listener.fileno()),
                "BRIM_INTERNAL_ALIVE_FD": str(self._alive_fd),
                "BRIM_RATE_LIMIT_LIVE": "0",
            }
            api = await self._start("api", variables=variables, fds=(listener.fileno(), self._alive_fd))
            return api, int(listener.getsockname()[1])

    async def _start(
        self,
        *arguments: str,
        variables: dict[str, str] | None = None,
        fds: tuple[int, ...] = (),
        stdout: int = asyncio.subprocess.DEVNULL,
    ) -> asyncio.subprocess.Process:
        environment = {
            "BRIM_DATABASE_URL": self._urls.service,
            "BRIM_ENCRYPTION_KEY": self.state.encryption_key,
            "BRIM_REHEARSAL": "yes",
            "BRIM_VERIFY_EVERY": "87600h",
            "BRIM_LOG_FORMAT": "json",
            **({"DRILL_FLAW": self.state.settings.flaw} if self.state.settings.flaw else {}),
            **(variables or {}),
        }
        if arguments[0] == "bank":
            environment = {}
        environment = brim_environment(environment)
        environment["PYTHONPATH"] = f"{ROOT / 'src'}:{ROOT}"
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            return await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.month.doomed", str(self.folder), *arguments),
                env=environment,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=stdout,
                stderr=log,
                pass_fds=fds,
            )

    async def _brim(self, *arguments: str) -> tuple[int, str]:
        """Run a command to its end, or to its doom; return its exit status and what it printed."""
        process = await self._start(*arguments, stdout=asyncio.subprocess.PIPE)
        printed, _ = await process.communicate()
        status = process.returncode or 0
        assert status in {0, -signal.SIGKILL}, (arguments, status, printed)
        return status, printed.decode()

    async def _start_worker(self) -> Worker:
        variables = {"BRIM_INTERNAL_ALIVE_FD": str(self._alive_fd)}
        process = await self._start(
            "worker", variables=variables, fds=(self._alive_fd,), stdout=asyncio.subprocess.PIPE
        )
        return Worker(process)

    async def _work(self, occasion: str, cutoff: int, *more: str) -> None:
        """Let the worker do all that is to be done now; kill it where the plan says so, and let it go on."""
        if self.now_ms < self._down_until:
            return
        planned = [each for name in (occasion, *more) if (each := self._planned(name, cutoff))]
        for kill in planned:
            if await self._work_until(kill):
                await self._note(kill, "worker")
                if kill.place.stays_down:
                    self._down_until = at(f"{self.date} {'16:30' if cutoff == 0 else '23:30'}")
                    return
            else:
                self._postpone(kill)
        assert await self._work_until(None) is False
        (put_off,) = await rows(
            self._database,
            "SELECT max(next_try_ms) AS until FROM due_exceptions WHERE error LIKE $1",
            "A return may not have been applied yet%",
        )
        if put_off["until"] is not None and put_off["until"] > self.now_ms:  # the clock leapt, and nothing was read yet
            self._set_clock(to_ms=put_off["until"])
            assert await self._work_until(None) is False

    async def _work_until(self, kill: Planned | None) -> bool:
        """Let the worker do what is to be done; return whether it was killed on the way."""
        if kill is not None:
            self._doom(kill)
        if self._worker is None:
            self._worker = await self._start_worker()
        is_quiet = await self._worker.is_quiet_since(self._set_clock(may_work=True))
        (self.folder / "doom.json").unlink(missing_ok=True)
        is_quiet = await self._worker.is_quiet_since(self._set_clock(), times=1) and is_quiet
        if is_quiet:
            return False
        status = await self._worker.ended()
        self._worker = None
        log = (self.folder / "worker.log").read_text(encoding="utf-8")[-2000:]
        assert kill is not None, f"the worker ended by itself with {status}: {log}"
        assert status == -signal.SIGKILL, f"the worker ended by itself with {status}: {log}"
        return True

    def _doom(self, kill: Planned) -> None:
        place = kill.place
        wish = {"job": place.job, "moment": place.moment, "operation": place.operation, "name": place.name}
        fresh = self.folder / "doom.new"
        fresh.write_text(json.dumps({**wish, "nth": kill.nth}), encoding="utf-8")
        fresh.replace(self.folder / "doom.json")

    async def _kill_at_rest(self, occasion: str, cutoff: int) -> None:
        kill = self._planned(occasion, cutoff)
        if kill is None:
            return
        if self._worker is None:
            self._postpone(kill)
            return
        await self._worker.kill()
        self._worker = None
        await self._note(kill, "worker")
        await self._work("", 0)

    async def _advance_bank(self, cutoff: int | None) -> None:
        """Let the bank's time become the drill's, through a kill if one is planned."""
        local = LOCAL.local(self.now_ms // 1000)
        command = ("bank", "advance", str(self.folder / "bank"), "--to", f"{local:%Y-%m-%dT%H:%M:%S}")
        kill = None if cutoff is None else self._planned("bank", cutoff)
        if kill is not None:
            self._doom(kill)
            status, _ = await self._brim(*command)
            (self.folder / "doom.json").unlink()
            if status == 0:
                self._postpone(kill)
                return
            await self._note(kill, "bank")
        await self._brim(*command)

    def _planned(self, occasion: str, cutoff: int) -> Planned | None:
        for kill in self.state.planned:
            if kill.day <= self.state.day and (kill.cutoff, kill.place.occasion) == (cutoff, occasion):
                return kill
        return None

    def _postpone(self, kill: Planned) -> None:
        """Try a kill again on the next day, at the first chance: its place was not come by."""
        self._say(f"not come by: {kill.place}")
        kill.day, kill.nth = self.state.day + 1, 1

    async def _note(self, kill: Planned, victim: str) -> None:
        """Write down a kill, and how files and entries stood."""
        count = "SELECT status, count(*) AS count FROM {} GROUP BY status ORDER BY status"
        files = {row["status"]: row["count"] for row in await rows(self._database, count.format("ach_files"))}
        entries = {row["status"]: row["count"] for row in await rows(self._database, count.format("ach_entries"))}
        self.state.planned.remove(kill)
        at_stake = await self._at_stake(kill, entries)
        self.state.kills.append(Kill(str(self.date), victim, str(kill.place), at_stake, files, entries))
        self.keep()

    async def _at_stake(self, kill: Planned, entries: dict[str, int]) -> str:
        """Return how the file stood that the killed process was about, or what was to become one."""
        occasion, place = kill.place.occasion, kill.place
        if occasion in {"rejected", "settled"}:
            return occasion
        if occasion in {"returns", "success"} or (occasion, place.moment, place.operation) == _SETTLED:
            return "settled"  # they are about files of days before
        newest = (await self._files() or [{"status": "none", "built_ms": 0}])[-1]
        if occasion in {"claiming", "building"} and newest["built_ms"] < self.now_ms:
            return "queued" if entries.get("queued") else "due"
        return str(newest["status"])

    # What is compared

    async def _compare(self) -> None:
        """Compare everything with the model, and let the books and the chain be verified."""
        while await seal_entries(self._database):
            pass
        created = [topup for part in range(self.state.settings.days * 2) for topup in self._created_in(part)]
        stored = await self._stored()
        found = problems(created, read_bank(self.folder / "bank"), stored, now=self.now_ms // 1000)
        found += await self._unexpected_breaks()
        if self.is_last_day:
            found += ends_otherwise(created, stored)
            found += [f"a kill was not made: {kill.place}" for kill in self.state.planned]
        if self.state.settings.verifies_daily or self.is_last_day:
            _, said = await self._brim("verify", "--chain")
            self.state.verified.append(f"{self.date}: {' '.join(said.split('Clearing')[0].split())}")
            if "The books balance." not in said or "The chain is intact" not in said:
                found.append(said)
        assert not found, f"{self.date}: {len(found)} problems:\n" + "\n".join(found[:20])

    async def _stored(self) -> Stored:
        topups = await rows(self._database, "SELECT id, status, amount FROM topups WHERE livemode")
        entries = await rows(
            self._database,
            "SELECT e.topup, e.trace, f.status FROM ach_entries AS e LEFT JOIN ach_files AS f ON f.id = e.file",
        )
        live = Counter(row["topup"] for row in entries if row["status"] not in {None, "voided", "rejected"})
        sent = await rows(self._database, "SELECT sha256 FROM ach_files WHERE sent_ms IS NOT NULL")
        ledger = await LiveMoney(self._database, self.folder).ledger()
        return Stored(
            topups={row["id"]: (row["status"], row["amount"]) for row in topups},
            live_entries=live,
            traces=[row["trace"] for row in entries if row["trace"]],
            sent=[row["sha256"].hex() for row in sent],
            ledger=ledger,
        )

    async def _unexpected_breaks(self) -> list[str]:
        """Return breaks that nothing in the script explains, and those that it calls for and that are missing."""
        found = await rows(self._database, "SELECT kind, cause, detail FROM breaks")
        files = await rows(self._database, "SELECT id, name, status, sent_ms, acknowledged_ms FROM ach_files")
        expected = {("rejected_file", file["id"]) for file in files if file["status"] == "rejected"}
        lost = [day for day, rule in self.state.settings.scripts.items() if "lose_acknowledgement" in rule]
        may_be_silent = {f"{add_banking_days(FIRST_DAY, day):%Y%m%d}" for day in lost if day < self.state.day}
        expected |= {
            ("silent_bank", file["id"])
            for file in files
            if file["name"][:8] in may_be_silent and file["sent_ms"] and file["acknowledged_ms"] is None
        }
        listed = {(row["kind"], row["cause"]): row["detail"] for row in found}
        return [f"break {key}: {detail}" for key, detail in listed.items() if key not in expected] + [
            f"no break {key}" for key in expected if key not in listed
        ]


def told(kills: list[Kill]) -> list[str]:
    """Return the counts by file state at the kill, as lines of a table."""
    lines = ["| at stake | worker killed | bank killed |", "|---|---|---|"]
    counts = Counter((kill.at_stake, kill.victim) for kill in kills)
    states = ("due", "queued", "built", "approved", "sent", "acknowledged", "settled", "rejected", "voided", "none")
    rows_of = {state: (counts[state, "worker"], counts[state, "bank"]) for state in states}
    lines += [f"| {state} | {worker} | {bank} |" for state, (worker, bank) in rows_of.items() if worker or bank]
    return lines
