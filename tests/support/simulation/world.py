"""A small world that Brim serves: accounts, clients who retry, receivers, a bank, and processes that die."""

import asyncio
import random
import shutil
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from brim.bank.banking_days import is_banking_day
from brim.bank.simulation import Bank
from brim.base.errors import DatabaseUnavailableError
from brim.base.ids import IdFactory, created_of
from brim.base.scope import AccountScope
from brim.core.idempotency import IdempotencyMismatchError
from brim.core.rails.failures import FAILURES
from brim.core.rails.protocol import Fail, Outcome, Return, Succeed
from brim.core.webhooks.endpoints import secret_place
from brim.core.webhooks.rules import Endpoint
from brim.platform.database import Database
from brim.platform.vault import Vault, new_encryption_key
from tests.support.hooks import insert_endpoint
from tests.support.live_money import NEW_YORK, PLATFORM, at
from tests.support.live_month import SHOP
from tests.support.simulation.conductor import Conductor, Start
from tests.support.simulation.loop import QuietLoop
from tests.support.simulation.model import LiveTopup, Model, TestTopup
from tests.support.simulation.processes import ApiProcess, LiveProcess, WorkerProcess, connect
from tests.support.simulation.receivers import Receivers
from tests.support.simulation.trace import Trace

FIRST_MS: Final = at("2026-12-01 09:30")
DAY_MS: Final = 86_400_000
TEST: Final = (AccountScope("acct_platform", livemode=False), AccountScope("acct_shop", livemode=False))
LIVE: Final = (PLATFORM, SHOP)
SOURCES: Final = (
    *(None,) * 3,
    "btok_us_verified",
    "btok_us_verified_noAccount",
    "btok_us_verified_reversed",
    "btok_us_verified_pending",
)
NUMBERS: Final = (
    *("000123456789",) * 3,
    *("9901020000", "9910580000", "000111111116", "9902010000", "9510100000"),
)
"""Bank accounts: paid; returned a day later, after 58 days (nobody waits for it), by the next morning, in the hold."""
ENDS: Final[dict[str, Outcome]] = {
    "succeeded": Succeed(),
    "failed": Fail("account_closed", FAILURES["account_closed"]),
    "reversed": Return("no_account", FAILURES["no_account"]),
}
TIMES: Final = ("11:00", "17:02", "23:40")
"""When something happens on a day, in New York: files are made at the cut-off, 17:00, and the bank works at night."""
BANK_WORKS_AT: Final = ("17:02", "23:40")
ALWAYS: Final = ("settle", "number", "deliver")
LIVE_JOBS: Final = ("ach exchange", "ach files", "ach exchange")
"""What the bank has sent is read first: nothing is usable before it is known that no return has come."""
NOW_AND_THEN: Final = ("reserves", "clocks", "prune", "return rates", "reports", "seal")
_TAIL_DAYS: Final = 16
_BACK_OFF_S: Final = 0.05
_LONGEST_BACK_OFF_S: Final = 1.0
_MOST_TRIES: Final = 1_000


class GaveUpError(Exception):
    """A client went away before it was answered."""


class World:
    """Everything in one simulation.

    `busy` is how many of the banks' days are busy; on others a client or two ask for something, and a job or two run.
    """

    def __init__(
        self,
        seed: int,
        url: str,
        folder: Path,
        loop: QuietLoop,
        conductor: Conductor,
        trace: Trace,
        *,
        busy: float,
    ) -> None:
        self.chance = random.Random(f"{seed} world")
        self.counts: Counter[str] = Counter()
        self.problems: list[str] = []
        self.model = Model()
        self._url = url
        self._busy = busy
        self.folder = folder
        self._loop = loop
        self.conductor = conductor
        self.trace = trace
        self._jumped_ms = FIRST_MS
        self._key = new_encryption_key(random.Random(f"{seed} key").randbytes)
        self.vault = Vault([self._key])
        self.apis: list[ApiProcess] = []
        self.workers: list[WorkerProcess] = []
        self._born = 0
        self._numbers = 0
        self._bank: Bank | None = None
        self._databases: list[Database] = []
        self._withheld: list[tuple[int, Path]] = []
        self._sources: dict[AccountScope, list[str]] = {}
        self.receivers = Receivers(random.Random(f"{seed} receivers"), trace, {})

    def clock(self) -> int:
        """The simulated time in Unix milliseconds."""
        return self._jumped_ms + round(self._loop.time() * 1000)

    # The beginning and the end

    async def open(self) -> None:
        """Make accounts, endpoints, bank accounts, the bank and the processes, without faults."""
        setup = await self._connect("setup")
        live = LiveProcess(setup, self.folder, self.clock, self._key)
        await live.open(SHOP.account, return_rate_minimum=10_000)
        for scope in LIVE:
            self._sources[scope] = [await live.bank_account(number, scope=scope) for number in NUMBERS]
        await self._add_endpoints(setup, IdFactory(self.clock))
        self._bank = Bank(self.folder / "bank")
        for _ in range(2):
            self.apis.append(await self._new_api())
            self.workers.append(await self._new_worker())
        self.checker = await self._connect("checker")

    async def _add_endpoints(self, database: Database, ids: IdFactory) -> None:
        for scope in (*TEST, *LIVE):
            name = ids.new_at("we_", self.clock())
            url = f"https://{scope.account.removeprefix('acct_')}.{'live' if scope.livemode else 'test'}.example/"
            self.receivers.secrets = {**self.receivers.secrets, url: f"whsec_{url}"}
            sealed = self.vault.seal(f"whsec_{url}".encode(), place=secret_place(scope, name))
            await insert_endpoint(
                database,
                Endpoint(
                    scope=scope,
                    id=name,
                    url=url,
                    secret=sealed,
                    enabled_events=("*",),
                    rendered_version="2025-01-01",
                    created=self.clock() // 1000,
                ),
            )
            self.model.endpoints[scope] = (name, url)

    async def close(self) -> None:
        """End all processes."""
        if self._bank:
            self._bank.store.close()
        for database in self._databases:
            await database.close()

    async def _connect(self, name: str) -> Database:
        database = await connect(self._url, name)
        self._databases.append(database)
        return database

    async def _new_api(self) -> ApiProcess:
        self._born += 1
        name = f"api {self._born}"
        database = await self._connect(name)
        return ApiProcess(name, database, self.clock, LiveProcess(database, self.folder, self.clock, self._key))

    async def _new_worker(self) -> WorkerProcess:
        self._born += 1
        name = f"worker {self._born}"
        database = await self._connect(name)
        return WorkerProcess(name, database, self.clock, self.vault, self.receivers, self.problems.append)

    # Days

    def _to(self, day: int, wall: str) -> None:
        hours, minutes = map(int, wall.split(":"))
        moment = FIRST_MS - FIRST_MS % DAY_MS + day * DAY_MS + (hours * 60 + minutes + 300) * 60_000
        self._jumped_ms = max(self._jumped_ms, moment - round(self._loop.time() * 1000))
        self.trace.tell(f"{self.clock()} it is {wall} on day {day + 1}")

    def _bank_is_open(self) -> bool:
        return is_banking_day(datetime.fromtimestamp((self.clock() + DAY_MS // 2) / 1000, NEW_YORK).date())

    async def day(self, day: int) -> bool:
        """Live through one day, with faults, and let everything come to rest; return whether it was a busy one."""
        is_busy = self._bank_is_open() and self.chance.random() < self._busy
        for wall in TIMES if is_busy else TIMES[-1:]:
            self._to(day, wall)
            self.conductor.weather.faults = self.chance.choice((0.0, 0.01, 0.03, 0.1))
            self.receivers.trouble = self.chance.choice((0.0, 0.2, 0.7))
            if wall in BANK_WORKS_AT:
                self._let_bank_work(day)
            await self.conductor.run(self._begin_something(is_busy=is_busy, with_bank=wall in BANK_WORKS_AT))
            await self._bury()
        await self.rest(is_busy=is_busy)
        return is_busy

    async def rest(self, *, is_busy: bool) -> None:
        """Let everything come to rest that can now: no more faults, and each job until it finds nothing to do."""
        self.conductor.weather.faults, self.receivers.trouble = 0.0, 0.0
        self._jumped_ms += 70_000  # leases and rests of endpoints are over
        worker = self.chance.choice(self.workers)
        for job in ("settle", *(LIVE_JOBS if is_busy else ()), "number", "deliver", *(("seal",) if is_busy else ())):
            await self.conductor.run([worker.step(job)])
            await self.conductor.run([worker.deliver_rest()])

    async def end(self, day: int) -> None:
        """Let some two weeks pass in which nothing fails and nobody asks for anything, so that all comes to its end."""
        self.hand_over_what_is_late()
        for after in range(_TAIL_DAYS):
            self._to(day + after, "17:10")
            self._bank_works()
            await self.rest(is_busy=True)

    def _begin_something(self, *, is_busy: bool, with_bank: bool) -> list[Start]:
        """Return what clients and workers begin at about the same time."""
        starts = [self._client() for _ in range(self.chance.randint(1, 4 if is_busy else 2))]
        jobs = [*ALWAYS, *self.chance.sample(ALWAYS, 1)] if is_busy else self.chance.sample(ALWAYS, 2)
        jobs += LIVE_JOBS if with_bank and (is_busy or self.chance.random() < 0.1) else ()
        jobs += [self.chance.choice(NOW_AND_THEN)] if is_busy else []
        starts += [self.chance.choice(self.workers).step(name) for name in jobs]
        self.chance.shuffle(starts)
        if self.chance.random() < 0.04:
            starts.insert(self.chance.randrange(len(starts)), Start("kill", self._kill))
        return [*starts, *(each.deliver_rest() for each in self.workers)]

    def figures(self) -> Counter[str]:
        """Return what happened how often."""
        topups = {"top-ups": len(self.model.topups), "live top-ups": len(self.model.live)}
        faults = {f"fault: {kind}": count for kind, count in self.conductor.weather.counts.items()}
        received = sum(each.count for some in self.receivers.received.values() for each in some.values())
        events = sum(map(len, self.receivers.received.values()))
        return Counter({**self.counts, **topups, **faults, "events": events, "deliveries": received})

    # Deaths

    async def _kill(self) -> None:
        """Kill a process: it reaches PostgreSQL no more, whatever it was about to do."""
        victim = self.chance.choice([*(each.name for each in self.apis), *(each.name for each in self.workers)])
        self.conductor.dead.add(victim)
        self.counts["kills"] += 1
        self.trace.tell(f"{self.clock()} {victim} is killed")

    async def _bury(self) -> None:
        """Put new processes in the place of those that were killed."""
        for place, process in enumerate(self.apis):
            if process.name in self.conductor.dead:
                await process.database.close()
                self.apis[place] = await self._new_api()
        for place, worker in enumerate(self.workers):
            if worker.name in self.conductor.dead:
                await worker.database.close()
                self.workers[place] = await self._new_worker()
        self.conductor.dead.clear()

    # The bank

    def _let_bank_work(self, day: int) -> None:
        """Let the bank do what is due; at times what it sends comes days later, or twice."""
        inbox = self.folder / "from-bank"
        for due, path in list(self._withheld):
            if due <= day:
                path.rename(inbox / path.name)
                self._withheld.remove((due, path))
        before = set(inbox.iterdir())
        self._bank_works()
        for path in sorted(set(inbox.iterdir()) - before):
            kind = self.chance.choices(("", "late", "twice"), (90, 5, 5))[0]
            if path.name.startswith(("returns", "statement")) and kind == "late":
                path.rename(self.folder / path.name)
                self._withheld.append((day + self.chance.randint(1, 3), self.folder / path.name))
            elif kind == "twice":
                shutil.copyfile(path, inbox / f"{path.stem}_again{path.suffix}")
            self.trace.tell(f"{self.clock()} the bank sends {path.name} {kind}".rstrip())
            self.counts["bank files"] += 1

    def _bank_works(self) -> None:
        assert self._bank
        self._bank.advance(self.clock() // 1000)

    def hand_over_what_is_late(self) -> None:
        """Let everything arrive that the bank has sent."""
        for _, path in self._withheld:
            path.rename(self.folder / "from-bank" / path.name)
        self._withheld.clear()

    # Clients

    def _client(self) -> Start:
        (kind,) = self.chance.choices(list(_KINDS), list(_KINDS.values()))
        begin: Callable[[], Awaitable[None]] = getattr(self, f"_{kind}")
        return Start(f"client: {kind}", begin)

    async def _ask(self, request: Callable[[ApiProcess], Awaitable[Any]], *, tries: int = _MOST_TRIES) -> Any:
        """Return what a request is answered, asked again under the same key as the SDKs do, perhaps elsewhere."""
        back_off_s = _BACK_OFF_S
        for _ in range(tries):
            api = self.chance.choice(self.apis)
            try:
                return await request(api)
            except DatabaseUnavailableError:
                self.counts["unanswered requests"] += 1
                await asyncio.sleep(back_off_s)
                back_off_s = min(back_off_s * 2, _LONGEST_BACK_OFF_S)
        raise GaveUpError

    def _next_key(self) -> str:
        self._numbers += 1
        return f"key-{self._numbers}"

    async def _create(self, *, tries: int = _MOST_TRIES, at_once: int = 1) -> None:
        made = TestTopup(
            key=self._next_key(),
            scope=self.chance.choice(TEST),
            amount=self.chance.randint(100, 10**6),
            currency=self.chance.choice(("usd", "eur", "jpy")),
            source=self.chance.choice(SOURCES),
        )
        self.model.topups[made.key] = made
        wanted = made.parameters
        asked = [self._ask(lambda api: api.create(made.scope, **wanted), tries=tries) for _ in range(at_once)]
        for reply in await asyncio.gather(*asked, return_exceptions=True):
            if isinstance(reply, GaveUpError):
                continue
            if isinstance(reply, BaseException):
                raise reply
            self._note(made, reply)

    def _note(self, made: TestTopup, reply: Any) -> None:
        if made.reply is not None and made.reply != reply:
            self.problems.append(f"{made.key} was answered differently the second time")
        made.reply = reply
        self.trace.tell(f"{self.clock()} {made.key} is {reply['id']}")

    async def _create_at_once(self) -> None:
        await self._create(at_once=self.chance.randint(2, 3))

    async def _create_and_go(self) -> None:
        await self._create(tries=1)

    async def _repeat(self) -> None:
        """Ask again what was answered, within a day: the same answer comes."""
        known = [each for each in self.model.topups.values() if each.reply and self._is_fresh(each)]
        if known:
            made = self.chance.choice(known)
            wanted = made.parameters
            self._note(made, await self._ask(lambda api: api.create(made.scope, **wanted)))

    def _is_fresh(self, made: TestTopup) -> bool:
        return made.reply is not None and self._made_today(made.id)

    def _made_today(self, topup_id: str) -> bool:
        return self.clock() - created_of(topup_id) * 1000 < DAY_MS // 2

    async def _mismatch(self) -> None:
        known = [each for each in self.model.topups.values() if each.reply and self._is_fresh(each)]
        if known:
            made = self.chance.choice(known)
            try:
                await self._ask(lambda api: api.create(made.scope, amount=made.amount + 1, key=made.key))
            except IdempotencyMismatchError:
                return
            self.problems.append(f"{made.key} was used for something else")

    async def _cancel(self) -> None:
        await self._change("canceled", lambda api, made, key: api.cancel(made.scope, made.id, key=key))

    async def _force(self) -> None:
        status = self.chance.choice(sorted(ENDS))
        await self._change(status, lambda api, made, key: api.force(made.scope, made.id, ENDS[status], key=key))

    async def _change(self, status: str, request: Callable[[ApiProcess, TestTopup, str], Awaitable[Any]]) -> None:
        known = [each for each in self.model.topups.values() if each.reply][-12:]
        if not known:
            return
        made, key = self.chance.choice(known), self._next_key()
        reply = await self._ask(lambda api: request(api, made, key))
        if "error" in reply:
            self.trace.tell(f"{self.clock()} {made.id} is not {status}: {reply['error']['message']}")
        else:
            made.changes.append(status)
            self.trace.tell(f"{self.clock()} {made.id} is {status}")

    async def _create_live(self) -> None:
        scope = self.chance.choice(LIVE)
        made = LiveTopup(
            self._next_key(), scope, self.chance.randint(1_000, 9_999), self.chance.choice(self._sources[scope])
        )
        self.model.live[made.key] = made
        created = await self._ask(lambda api: api.live.create(made.source, made.amount, scope=made.scope, key=made.key))
        if made.id not in {"", created}:
            self.problems.append(f"{made.key} became {made.id} and {created}")
        made.id = created
        self.trace.tell(f"{self.clock()} {made.key} is {created}")

    async def _repeat_live(self) -> None:
        known = [each for each in self.model.live.values() if each.id and self._made_today(each.id)]
        if known:
            made = self.chance.choice(known)
            again = await self._ask(
                lambda api: api.live.create(made.source, made.amount, scope=made.scope, key=made.key)
            )
            if again != made.id:
                self.problems.append(f"{made.key} became {made.id} and {again}")

    async def _cancel_live(self) -> None:
        known = [each for each in self.model.live.values() if each.id and not each.is_canceled][-6:]
        if not known:
            return
        made, key = self.chance.choice(known), self._next_key()
        reply = await self._ask(lambda api: api.cancel(made.scope, made.id, key=key))
        made.is_canceled = made.is_canceled or "error" not in reply


_KINDS: Final = {
    "create": 30,
    "create_at_once": 8,
    "create_and_go": 5,
    "repeat": 8,
    "mismatch": 2,
    "cancel": 8,
    "force": 14,
    "create_live": 18,
    "repeat_live": 3,
    "cancel_live": 3,
}
"""What clients do, and how often."""
