"""One segment of a soak: load and faults for some minutes, then quiet, then everything is compared."""

import asyncio
import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

import msgspec
import stripe

from brim.core.integrity.books import verify_books
from brim.core.ledger.sealing import verify_chain
from brim.platform.database import Database
from brim.testing.catcher import Caught, catching_in_background, status
from tests.support.books import rows
from tests.support.brim_process import RunningBrim, descendants, start_serving
from tests.support.polling import until
from tests.support.process_memory import proportional_bytes
from tests.support.soak.faults import Faults, ask_database
from tests.support.soak.history import (
    FAILING,
    PENDING,
    History,
    Stored,
    Told,
    compare,
    events_of,
    read_stored,
    sums,
    words,
)

CLIENTS: Final = 8
_PAUSE_S: Final = 0.1
"""Between two requests of a client, as faults are the point and not the rate."""
_REPEAT_S: Final = 0.05
_LONGEST_PEACE_S: Final = 4.0
_TIMEOUT_S: Final = 20.0
_QUIET_S: Final = 240.0
"""In which all that is left is settled, numbered, sealed and delivered once nothing breaks any more."""
_LEFT: Final = """
    SELECT EXISTS (SELECT FROM topups WHERE due_ms IS NOT NULL) OR EXISTS (SELECT FROM new_events)
        OR EXISTS (SELECT FROM unsealed_entries)
"""
"""Whether anything is left to settle, to number or to seal."""
_CURRENCIES: Final = ("usd", "eur", "jpy")
_ENVIRONMENT: Final = {"BRIM_SANDBOX_SETTLE_AFTER": "50ms", "BRIM_WEBHOOK_TIMEOUT": "2s", "BRIM_VERIFY_EVERY": "2m"}
_TRY_AGAIN: Final = {409, 429, 503}

Sabotage = Callable[[RunningBrim], object]
"""Does to a service's database, before it is compared, what a broken build would have done."""


class Segment(msgspec.Struct, kw_only=True):
    """What one segment came to; times in seconds, `resident` and `database` in bytes at its end."""

    seed: int
    date: str
    seconds: float
    faults: dict[str, int]
    kills: int
    creates: int
    answers: dict[str, int]
    longest_without_create: float
    slowest_recovery: float
    resident: int
    database: int


class State(msgspec.Struct, kw_only=True):
    """A soak: its segments, and what its top-ups add to each balance."""

    segments: list[Segment] = []
    balances: dict[str, int] = {}


class Soak:
    """A soak in a folder, which is continued by whoever finds it there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._file = folder / "soak.json"
        self.state = msgspec.json.decode(self._file.read_bytes(), type=State) if self._file.exists() else State()

    def run_segment(self, seconds: float, *, seed: int, sabotage: Sabotage | None = None) -> Segment:
        """Run one segment and keep what it came to.

        Raises:
            AssertionError: the service has something otherwise than its clients and its receiver.
        """
        number = len(self.state.segments)
        interrupted = len(list(self.folder.glob(f"segment-{number}-*.jsonl")))
        name = f"{number}-{interrupted}"
        history = History(self.folder / f"segment-{name}.jsonl")
        with _receiving(history) as (catcher, answer), _Service(self.folder) as service:
            key = service.brim.test_key
            if interrupted:
                self._begin_anew(service.brim)
            hook, answer.secret = self._endpoint(service.brim, catcher.url)
            began, randomness = time.monotonic(), random.Random(seed)
            clients = Clients(lambda: service.brim.url, key, history, f"soak-{name}-", randomness.randrange(2**32))
            faults = Faults(randomness, service.start_again, catcher, answer)
            seen: Counter[str] = Counter()
            with clients.working():
                while time.monotonic() < began + seconds:
                    kind = randomness.choice(list(faults.kinds))
                    service.brim = faults.break_something(service.brim, kind)
                    seen[kind] += 1
                    clients.wait_for_create()
                    time.sleep(randomness.uniform(0, _LONGEST_PEACE_S))  # for as long nothing else breaks
            self._await_quiet(service.brim, history, hook)
            if sabotage:
                sabotage(service.brim)
            asyncio.run(self._compare(service.brim, history, f"soak-{name}-"))
            segment = Segment(
                seed=seed,
                date=datetime.now(UTC).date().isoformat(),
                seconds=round(time.monotonic() - began, 1),
                faults=dict(seen),
                kills=faults.kills,
                creates=len(history.told),
                answers={str(code): count for code, count in sorted(clients.answers.items())},
                longest_without_create=round(clients.longest_gap, 1),
                slowest_recovery=round(service.slowest_start, 1),
                resident=sum(map(proportional_bytes, [service.brim.pid, *descendants(service.brim.pid)])),
                database=int(str(service.brim.execute_as_owner("SELECT pg_database_size(current_database())"))),
            )
            self.state.segments.append(segment)
            self._file.write_bytes(msgspec.json.format(msgspec.json.encode(self.state), indent=1))
        return segment

    def _begin_anew(self, brim: RunningBrim) -> None:
        """Wait until what an interrupted segment has left is settled, and take the balances as they are then."""
        until(lambda: not ask_database(brim, _LEFT), what="quiet", patience_s=_QUIET_S)
        told = ask_database(brim, "SELECT coalesce(json_object_agg(currency, available), '{}') FROM balances")
        self.state.balances = msgspec.json.decode(told)

    def _endpoint(self, brim: RunningBrim, url: str) -> tuple[str, str]:
        """Have one endpoint receive all events at a URL; return its path and secret. Earlier segments' are removed."""
        for each in brim.call("GET", "/v1/webhook_endpoints?limit=100")[1]["data"]:
            brim.call("DELETE", f"/v1/webhook_endpoints/{each['id']}")
        code, made = brim.call("POST", "/v1/webhook_endpoints", **{"url": url, "enabled_events[]": "*"})
        assert code == 200, made
        return f"/v1/webhook_endpoints/{made['id']}", str(made["secret"])

    def _await_quiet(self, brim: RunningBrim, history: History, hook: str) -> None:
        """Wait until everything that was told is settled and delivered; ask for what the receiver had refused."""
        until(lambda: brim.call("POST", hook, disabled="false")[0] == 200, what="the service")
        page = {"since": str(int(time.time()) - 86_400)}
        while page:
            code, sent = brim.call("POST", f"{hook}/resend", **page)
            assert code == 200, sent
            page = page | {"cursor": sent["next"]} if sent["next"] else {}
        wanted = set[tuple[str, str]]().union(*map(events_of, history.told))

        def is_quiet() -> bool:
            return wanted <= history.received and not ask_database(brim, _LEFT)

        with suppress(AssertionError):  # what is missing is named by the comparison
            until(is_quiet, what="quiet", patience_s=_QUIET_S)

    async def _compare(self, brim: RunningBrim, history: History, prefix: str) -> None:
        """Compare the service with what its clients and its receiver know."""
        database = await Database.connect(brim.database_url)
        try:
            stored: list[Stored] = await read_stored(database, prefix)
            problems = words(compare(history.told, stored, history.received))
            problems += map(str, (await verify_books(database)).differences)
            chain = await verify_chain(database)
            problems += map(str, chain.differences)
            problems += [f"{chain.unsealed} entries are not sealed"] if chain.unsealed else []
            added = Counter(self.state.balances) + Counter(sums(history.told))
            found = {row["currency"]: row["available"] for row in await rows(database, "TABLE balances")}
            problems += [f"balances {found}, by what clients know {dict(added)}"] if found != dict(added) else []
        finally:
            await database.close()
        problems += history.problems
        assert not problems, "; ".join(problems)
        self.state.balances = dict(added)


_HEADINGS: Final = (
    *("segment", "date", "seed", "minutes", "faults", "kills", "creates", "longest without a create s"),
    *("slowest start s", "memory MB", "database MB"),
)


def describe(state: State) -> str:
    """Return the lines for docs/reliability.md: a table of the segments, and what they come to."""
    table = [
        (
            *(str(number), each.date, str(each.seed), f"{each.seconds / 60:.1f}", str(sum(each.faults.values()))),
            *(str(each.kills), f"{each.creates:,}", f"{each.longest_without_create:.1f}"),
            *(f"{each.slowest_recovery:.1f}", f"{each.resident / 1e6:.0f}", f"{each.database / 1e6:.0f}"),
        )
        for number, each in enumerate(state.segments, 1)
    ]
    kinds = sum((Counter(each.faults) for each in state.segments), Counter[str]())
    answers = sum((Counter(each.answers) for each in state.segments), Counter[str]())
    hours = sum(each.seconds for each in state.segments) / 3600
    creates, kills = sum(each.creates for each in state.segments), sum(each.kills for each in state.segments)
    done = f"{hours:.1f} hours, {kinds.total()} faults, {kills} kills, {creates:,} creates acknowledged"
    return "\n".join(
        [
            *("| " + " | ".join(row) + " |" for row in (_HEADINGS, ["---"] * len(_HEADINGS), *table)),
            "",
            f"* {done}: 0 lost, 0 doubled, every event delivered.",
            f"* Faults: {', '.join(f'{kind} {count}' for kind, count in kinds.most_common())}.",
            f"* Answers: {', '.join(f'{code} {count:,}' for code, count in sorted(answers.items()))}; 0 is none.",
        ]
    )


class _Service:
    """A `brim serve` in the soak's folder, which may be started again and again."""

    brim: RunningBrim

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.slowest_start = 0.0

    def __enter__(self) -> Self:
        self.start()
        return self

    def start(self) -> RunningBrim:
        """Start it and return it once it serves; whatever ran before is gone."""
        began = time.monotonic()
        self.brim = start_serving(self._folder / "brim-data", self._folder / "brim.log", env=_ENVIRONMENT)
        self.brim.wait_until_ready()
        self.slowest_start = max(self.slowest_start, time.monotonic() - began)
        return self.brim

    def start_again(self) -> RunningBrim:
        """Start it in place of one that has ended."""
        self.brim.close()
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.brim.close()


class Answer:
    """What the receiver does with a webhook: it checks its signature, notes it, and answers 200."""

    def __init__(self, history: History) -> None:
        self._history = history
        self._ok = status(200)
        self.secret = ""

    async def __call__(self, caught: Caught, writer: asyncio.StreamWriter) -> None:
        try:
            stripe.WebhookSignature.verify_header(
                caught.body.decode(), caught.headers["stripe-signature"], self.secret, tolerance=300
            )
        except stripe.SignatureVerificationError as error:
            self._history.complain(f"a webhook's signature is wrong: {error}")
        self._history.receive(caught.body)
        await self._ok(caught, writer)


@contextmanager
def _receiving(history: History) -> Iterator[tuple[Any, Answer]]:
    answer = Answer(history)
    with catching_in_background(answer) as catcher:
        try:
            yield catcher, answer
        finally:
            history.close()


class Clients:
    """Clients that create, cancel what stays pending, and read what they were told; each repeats until answered."""

    def __init__(self, url: Callable[[], str], secret: str, history: History, prefix: str, seed: int) -> None:
        self._url = url
        self._secret = secret
        self._history = history
        self._prefix = prefix
        self._seed = seed
        self._stopped = threading.Event()
        self._created = threading.Condition()
        self._last_create = time.monotonic()
        self.longest_gap = 0.0
        self.answers: Counter[int] = Counter()

    @contextmanager
    def working(self) -> Iterator[None]:
        """Let them work until the block ends, and finish what they have begun."""
        threads = [threading.Thread(target=self._work, args=(number,)) for number in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stopped.set()
            for thread in threads:
                thread.join()

    def wait_for_create(self) -> None:
        """Wait until another create is acknowledged: what was broken works again."""
        with self._created:
            assert self._created.wait(60), "no create was acknowledged for a minute"

    def _work(self, client: int) -> None:
        randomness = random.Random(self._seed + client)
        number = 0
        while not self._stopped.wait(_PAUSE_S):
            number += 1
            self._live(f"{self._prefix}{client}-{number}", randomness)

    def _live(self, key: str, randomness: random.Random) -> None:
        source = randomness.choice(("", "", "", FAILING, PENDING))
        amount, currency = randomness.randint(1, 100_000), randomness.choice(_CURRENCIES)
        form = {"amount": str(amount), "currency": currency} | ({"source": source} if source else {})
        topup = self._ask("POST", "/v1/topups", form, key)["id"]
        self._history.tell(Told(key, amount, currency, source, topup))
        with self._created:
            now = time.monotonic()
            self.longest_gap = max(self.longest_gap, now - self._last_create)
            self._last_create = now
            self._created.notify_all()
        if source == PENDING:
            self._ask("POST", f"/v1/topups/{topup}/cancel", {}, f"cancel-{key}")
        found = self._ask("GET", f"/v1/topups/{topup}", {}, "")
        if (found["id"], found["amount"], found["currency"]) != (topup, amount, currency):
            self._history.complain(f"{key} is read as {found}")

    def _ask(self, method: str, path: str, form: dict[str, str], key: str) -> dict[str, Any]:
        """Return the answer to a request that is repeated until it has one."""
        while True:
            code, body = _call(self._url(), self._secret, method, path, form, key)
            self.answers[code] += 1
            if code == 200:
                return body
            if code and code not in _TRY_AGAIN:
                self._history.complain(f"{method} {path} with {key}: {code} {body}")
                return {"id": "", "amount": 0, "currency": ""}
            time.sleep(_REPEAT_S)  # as a client waits before it repeats


def _call(
    url: str, secret: str, method: str, path: str, form: dict[str, str], key: str = ""
) -> tuple[int, dict[str, Any]]:
    """Return status and body of a request; 0 where no answer came."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=_TIMEOUT_S)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/x-www-form-urlencoded"}
    try:
        connection.request(method, path, urlencode(form) or None, headers | ({"Idempotency-Key": key} if key else {}))
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    except (OSError, http.client.HTTPException, ValueError):
        return 0, {}
    finally:
        connection.close()
