"""Measures deliveries of webhooks: `python -m bench.deliveries` prints a table; it takes about two minutes.

The table is written into docs/performance.md, too. A real worker on an embedded database sends to a catcher in a
process of its own. What it is compared with is the same client posting the same bodies to the same catcher with no
database at all: what is lost to being durable.
"""

import asyncio
import statistics
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
import uvloop

from bench.processes import Program, answers, clean_environment, running
from bench.report import PAGE, markdown_table, verdict, write_between_marks
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.events.rules import DEFAULT_API_VERSION
from brim.core.webhooks.endpoints import secret_place
from brim.core.webhooks.sender import WebhookSender
from brim.host.embedded import EmbeddedPostgres
from brim.host.preparation import prepare_embedded
from brim.platform.announcements.service import Announcer
from brim.platform.announcements.store import Announcement
from brim.platform.database import Database
from brim.platform.vault import Vault, new_encryption_key
from tests.support.ports import free_port

_ENDPOINTS: Final = 100
_RATE: Final = 500
_RATE_S: Final = 5
_ROUNDS: Final = 3
_BURST: Final = 20_000
_BACKLOG: Final = 100_000
_BACKLOG_ENDPOINTS: Final = 1_000
_IN_FLIGHT: Final = 256
_PROMISED_RATE: Final = 2_000
_PROMISED_P99_MS: Final = 250
_PROMISED_BESIDE_DEAD: Final = 1.1
_PAYLOAD: Final = msgspec.json.encode({"id": "tu_" + "x" * 24, "object": "topup", "description": "y" * 400}).decode()
_ADD_EVENTS: Final = """
    WITH written AS (
        INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)
        SELECT account, false, id, 0, 'topup.created', 'tu_x', $3, $4
        FROM unnest($1::text[], $2::text[]) AS e (account, id)
        RETURNING account, livemode, id
    )
    INSERT INTO new_events (account, livemode, event) SELECT account, livemode, id FROM written
"""
_ADD_ENDPOINT: Final = """
    INSERT INTO webhook_endpoints (
        account, livemode, id, url, enabled_events, rendered_version, connect, secret, created
    )
    VALUES ($1, false, $2, $3, '["*"]', $4, false, $5, 0)
"""


class Bench:
    """What the measurements share: a database, a catcher, and accounts with an endpoint each."""

    def __init__(self, database: Database, catcher: str, vault: Vault) -> None:
        self.database = database
        self.ids = IdFactory()
        self._catcher = catcher
        self._vault = vault

    async def add_endpoints(self, prefix: str, count: int, path: str = "/well") -> list[str]:
        """Give new accounts an endpoint each; return the accounts."""
        accounts = [f"acct_{prefix}{number}" for number in range(count)]
        async with self.database.transaction() as conn:
            for account in accounts:
                endpoint = self.ids.new("we_")
                place = secret_place(AccountScope(account, livemode=False), endpoint)
                sealed = self._vault.seal(b"whsec_bench", place=place)
                url = f"{self._catcher}{path}"
                await conn.execute(_ADD_ENDPOINT, account, endpoint, url, DEFAULT_API_VERSION, sealed)
        return accounts

    async def add_events(self, accounts: Sequence[str]) -> list[str]:
        """Write an event for each account named, in one transaction."""
        events = [self.ids.new("evt_") for _ in accounts]
        async with self.database.connection() as conn:
            await conn.execute(_ADD_EVENTS, list(accounts), events, DEFAULT_API_VERSION, _PAYLOAD)
        return events

    async def wait_until_recorded(self, count: int) -> float:
        """Return when that many deliveries have arrived and are written down (monotonic seconds)."""
        while True:
            async with self.database.connection() as conn:
                found = await conn.fetchval("SELECT count(*) FROM webhook_attempts WHERE outcome = 'delivered'")
            if found >= count:
                return time.monotonic()
            await asyncio.sleep(0.05)

    async def clear(self) -> None:
        """Forget all deliveries and endpoints."""
        async with self.database.connection() as conn:
            for table in ("webhook_attempts", "webhook_deliveries", "webhook_endpoints"):
                await conn.execute(f"DELETE FROM {table}")
        self.arrivals()

    def arrivals(self) -> list[tuple[str, str, int]]:
        """Return what the catcher got since the last time: event, path, Unix nanoseconds."""
        with urllib.request.urlopen(f"{self._catcher}/arrivals", timeout=30) as answer:
            return msgspec.json.decode(answer.read(), type=list[tuple[str, str, int]])


async def _measure_client(bench: Bench, catcher: str) -> float:
    """Return the posts a second that the client alone reaches."""
    poster = WebhookSender(timeout_s=20)
    body = msgspec.json.format(
        msgspec.json.encode({"id": "evt_limit", "object": "event", "data": {"object": msgspec.Raw(_PAYLOAD.encode())}})
    )
    left = 10_000

    async def post() -> None:
        nonlocal left
        while left > 0:
            left -= 1
            await poster.post(f"{catcher}/well", livemode=False, headers={"X": "y"}, body=body)

    began = time.monotonic()
    await asyncio.gather(*[post() for _ in range(_IN_FLIGHT)])
    rate = 10_000 / (time.monotonic() - began)
    bench.arrivals()
    return rate


async def _measure_burst(bench: Bench) -> float:
    """Return the deliveries recorded a second when there are always some to make."""
    accounts = await bench.add_endpoints("burst", _ENDPOINTS)
    began = time.monotonic()
    for _ in range(_BURST // 1000):
        await bench.add_events([accounts[number % _ENDPOINTS] for number in range(1000)])
    ended = await bench.wait_until_recorded(_BURST)
    await bench.clear()
    return _BURST / (ended - began)


class Latency(NamedTuple):
    """From an event's commit to its first attempt."""

    p50_ms: float
    p99_ms: float

    def __str__(self) -> str:
        return f"p50 {self.p50_ms:.1f} ms, p99 {self.p99_ms:.1f} ms"


async def _measure_latency(bench: Bench, *, dead: int) -> Latency:
    """Return the latency of endpoints that are well, at a steady rate, beside so many dead ones."""
    well = await bench.add_endpoints("steady", _ENDPOINTS - dead)
    accounts = well + await bench.add_endpoints("dead", dead, "/dead")
    announcer = Announcer(bench.database, Announcement.NEW_EVENTS)
    committed: dict[str, int] = {}
    loop = asyncio.get_running_loop()
    began = loop.time()
    for number in range(_RATE * _RATE_S):
        await asyncio.sleep(max(began + number / _RATE - loop.time(), 0))
        account = accounts[number % len(accounts)]
        [event] = await bench.add_events([account])
        announcer.announce()
        if account in well:
            committed[event] = time.time_ns()
    await bench.wait_until_recorded(len(committed))
    waits = sorted((at - committed[event]) / 1e6 for event, _, at in bench.arrivals() if event in committed)
    await bench.clear()
    return Latency(waits[len(waits) // 2], waits[len(waits) * 99 // 100])


async def _measure_backlog(bench: Bench) -> tuple[float, float]:
    """Return the deliveries recorded a second of a long backlog, and the smallest share of an endpoint half way.

    The share is what an endpoint had got when half of all was delivered, over what would be its fair part.
    """
    accounts = await bench.add_endpoints("backlog", _BACKLOG_ENDPOINTS)
    each = _BACKLOG // _BACKLOG_ENDPOINTS
    whose: dict[str, str] = {}
    began = time.monotonic()
    for start in range(0, _BACKLOG_ENDPOINTS, 10):  # one account's events after another's
        some = [account for account in accounts[start : start + 10] for _ in range(each)]
        whose.update(zip(await bench.add_events(some), some, strict=True))
    ended = await bench.wait_until_recorded(_BACKLOG)
    arrived = sorted(bench.arrivals(), key=lambda arrival: arrival[2])
    counts = Counter(whose[event] for event, _, _ in arrived[: _BACKLOG // 2])
    await bench.clear()
    return _BACKLOG / (ended - began), min(counts[account] for account in accounts) / (each / 2)


def _start_worker(stack: ExitStack, folder: Path, url: str, key: str) -> Program:
    env = clean_environment({"BRIM_DATABASE_URL": url, "BRIM_ENCRYPTION_KEY": key})
    return stack.enter_context(running("worker", [sys.executable, "-m", "brim", "worker"], folder=folder, env=env))


async def _measure(folder: Path) -> str:
    postgres = EmbeddedPostgres(folder / "postgres")
    await postgres.start()
    try:
        with ExitStack() as stack:
            return await _measure_all(folder, postgres, stack)
    finally:
        await postgres.stop()


async def _measure_all(folder: Path, postgres: Any, stack: ExitStack) -> str:
    """Return the table and what it says of the promises."""
    await prepare_embedded(postgres.urls, now_ms=0)
    port, key = free_port(), new_encryption_key()
    command = [sys.executable, "-m", "bench.webhook_catcher", str(port)]
    catcher = stack.enter_context(running("catcher", command, folder=folder, env=clean_environment()))
    catcher.wait_until(lambda: answers(port))
    database = await Database.connect(postgres.urls.service)
    try:
        url = f"http://127.0.0.1:{port}"
        bench = Bench(database, url, Vault([key]))
        limit = await _measure_client(bench, url)
        _start_worker(stack, folder, postgres.urls.service, key)
        burst = await _measure_burst(bench)
        alone, beside = await _measure_latencies(bench)
        drained, share = await _measure_backlog(bench)
    finally:
        await database.close()
    rows = [
        ("the client alone, no database", f"{limit:,.0f} posts/s", "1.00"),
        (f"{_BURST:,} events, {_ENDPOINTS} endpoints", f"{burst:,.0f} recorded/s", f"{burst / limit:.2f}"),
        (f"commit to first attempt at {_RATE}/s", str(alone), ""),
        ("the same beside 1 dead endpoint", str(beside), f"{beside.p99_ms / alone.p99_ms:.2f} of that p99"),
        (
            f"{_BACKLOG:,} events, {_BACKLOG_ENDPOINTS:,} endpoints",
            f"{drained:,.0f} recorded/s, smallest share {share:.2f}",
            f"{drained / limit:.2f}",
        ),
    ]
    is_calm = beside.p99_ms < _PROMISED_BESIDE_DEAD * alone.p99_ms
    promises = [
        f"* Target: {_PROMISED_RATE:,} deliveries recorded a second: {verdict(burst >= _PROMISED_RATE)}.",
        f"* Target: first attempts within {_PROMISED_P99_MS} ms (p99): {verdict(alone.p99_ms <= _PROMISED_P99_MS)}.",
        f"* Target: a dead endpoint adds less than a tenth to the others' p99: {verdict(is_calm)}.",
    ]
    return "\n".join([markdown_table(("what", "figure", "ratio"), rows), "", *promises])


async def _measure_latencies(bench: Bench) -> tuple[Latency, Latency]:
    """Return the latency without and beside a dead endpoint: the medians of several rounds, taken in turn."""
    rounds = [(await _measure_latency(bench, dead=0), await _measure_latency(bench, dead=1)) for _ in range(_ROUNDS)]
    alone, beside = zip(*rounds, strict=True)
    return _median(alone), _median(beside)


def _median(latencies: Sequence[Latency]) -> Latency:
    return Latency(*(statistics.median(column) for column in zip(*latencies, strict=True)))


def main() -> None:
    """Run all measurements, print them as a table and write it to docs/performance.md."""
    with tempfile.TemporaryDirectory(prefix="brim-bench-") as folder:
        text = uvloop.run(_measure(Path(folder)))
    print(text)
    write_between_marks(PAGE, "bench-webhooks", text)


if __name__ == "__main__":
    main()
