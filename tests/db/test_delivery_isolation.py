"""One account's endpoints never cost another account its events, whatever they do."""

import asyncio
import shutil
import subprocess
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from brim.base.scope import AccountScope
from brim.core.webhooks.deliveries import Answer, Delivery
from brim.core.webhooks.delivery import DeliverySender
from brim.core.webhooks.rules import Outcome
from brim.core.webhooks.sender import Begin
from brim.platform.database import Database
from brim.testing.catcher import Caught, catching
from brim.worker.deliver import PATIENCE_MS
from tests.support.books import OWNER, execute, rows
from tests.support.dns_server import DnsServer, serving_names
from tests.support.figures import Figures
from tests.support.hooks import (
    ENCRYPTION_KEY,
    Hooks,
    add_endpoint,
    add_events,
    attempts,
    insert_endpoint,
    new_endpoint,
)
from tests.support.workers import running_worker

OTHER = AccountScope("acct_other", livemode=False)
NAMES = {"hooks.test": "127.0.0.1"}
HOLES = 10
ROUNDS = 5
PROMISED_S = 5.0
"""Far more than it takes, and less than whoever has to wait for another account's look-up waits: 10 s at the least."""


def with_nameserver(address: str, folder: Path) -> Sequence[str]:
    """Return what begins a command that has a resolv.conf of its own; skip where that is not allowed."""
    path = folder / "resolv.conf"
    path.write_text(f"nameserver {address}\n")
    prefix = ["unshare", "--mount", "sh", "-c", 'mount --bind "$0" /etc/resolv.conf && exec "$@"', str(path)]
    if not shutil.which("unshare") or subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode:
        pytest.skip("only root may give a process a resolv.conf of its own")
    return prefix


@asynccontextmanager
async def asking(source: str, folder: Path) -> AsyncIterator[tuple[DnsServer, Mapping[str, str], Sequence[str]]]:
    """A DNS server, and the variables and the prefix that make a worker ask it."""
    if source == "the setting":
        async with serving_names(NAMES) as server:
            yield server, {"BRIM_WEBHOOK_DNS": server.address}, ()
    else:
        prefix = with_nameserver("127.53.53.53", folder)
        async with serving_names(NAMES, host="127.53.53.53", port=53) as server:
            yield server, {}, prefix


@pytest.mark.slow
@pytest.mark.parametrize("source", ["the setting", "resolv.conf"])
async def test_names_that_are_never_answered_stop_nobody_elses_events(
    service_url: str, database: Database, tmp_path: Path, figures: Figures, source: str
) -> None:
    """Ten endpoints of one account on names that nobody answers for, five events a second, stopped all named endpoints.

    `getaddrinfo` took one of four threads for each of them and gave none back when the attempt had timed out.
    """
    async with asking(source, tmp_path) as (server, variables, prefix), catching() as catcher:
        env = {"BRIM_ENCRYPTION_KEY": ENCRYPTION_KEY, **variables}
        for number in range(HOLES):
            hole = f"http://hole{number}.test:{catcher.port}/"
            await insert_endpoint(database, new_endpoint(hole, scope=OWNER))
        await insert_endpoint(database, new_endpoint(f"http://hooks.test:{catcher.port}/", scope=OTHER))
        async with running_worker(service_url, env=env, prefix=prefix), AsyncExitStack() as stack:
            attack = asyncio.ensure_future(attack_for_ever(database))
            stack.callback(attack.cancel)
            await server.wait_until(lambda queries: sum("hole" in name for name in queries) >= 4)
            delays_s = []
            for count in range(1, ROUNDS + 1):
                began = time.monotonic()
                await add_events(database, 1, scope=OTHER)
                async with asyncio.timeout(PROMISED_S):
                    await catcher.wait_for(count)
                delays_s.append(time.monotonic() - began)
                await asyncio.sleep(1.0)
    figures.tell(f"beside {HOLES} names without an answer an event arrived after {max(delays_s):.2f} s at the latest")


async def attack_for_ever(database: Database) -> None:
    """Write five events a second for those on names that nobody answers for."""
    while True:
        await add_events(database, 1, scope=OWNER)
        await asyncio.sleep(0.2)


async def never(_caught: Caught, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def test_dead_endpoints_of_one_account_leave_places_to_another_accounts_new_one(database: Database) -> None:
    async with catching() as dead, catching() as well:
        dead.reply = never
        hooks = Hooks(database, in_flight=16, timeout_s=60.0)
        for _ in range(30):
            await add_endpoint(database, dead.url)
        await add_events(database, 1)
        await hooks.number()
        await hooks.deliverer.run_once()
        await dead.wait_for(1)  # a quarter of the quarter that is for new endpoints
        await add_endpoint(database, well.url, scope=OTHER)
        await add_events(database, 1, scope=OTHER)
        await hooks.number()
        await hooks.deliverer.run_once()
        await well.wait_for(1)
        await hooks.deliverer.finish(within_s=0)
    assert len(dead.caught) == 1


async def add_accounts(database: Database, count: int, *, platform: str) -> list[AccountScope]:
    """Write accounts under a platform."""
    names = [f"acct_{platform}{number}" for number in range(count)]
    add = "INSERT INTO accounts (account, platform, created) SELECT name, $2, 0 FROM unnest($1::text[]) AS name"
    await rows(database, "INSERT INTO accounts (account, created) VALUES ($1, 0)", platform)
    await rows(database, add, names, platform)
    return [AccountScope(name, livemode=False) for name in names]


async def test_a_new_endpoint_waits_for_none_that_never_answer_however_many_accounts_have_them(
    database: Database,
) -> None:
    """Twenty accounts with endpoints that never answer once held all places that new endpoints had, for 55 seconds.

    They fill the places for new endpoints, and hundreds more of them wait. After two seconds the attempts go on in
    places for failing ones, or end, and the first place that is free goes to the account that has none such, though it
    asked last and is under the same platform.
    """
    async with catching() as dead, catching() as well:
        dead.reply = never
        hooks = Hooks(database, in_flight=64, timeout_s=60.0)
        *bad, good = await add_accounts(database, 9, platform="p")
        for scope in bad:
            for _ in range(16):
                await add_endpoint(database, dead.url, scope=scope)
            await add_events(database, 1, scope=scope)
        await hooks.number()
        assert await hooks.deliverer.run_once() == 8  # half of the places for new endpoints, as all are one platform's
        await dead.wait_for(8)
        await add_endpoint(database, well.url, scope=good)
        await add_events(database, 1, scope=good)
        await hooks.number()
        hooks.now_ms += PATIENCE_MS - 1
        assert await hooks.deliverer.run_once() == 0
        hooks.now_ms += 1
        assert await hooks.deliverer.run_once() == 8
        await well.wait_for(1)
        await dead.wait_for(15)
        await hooks.deliverer.finish(within_s=0)
    assert (len(dead.caught), len(well.caught)) == (15, 1)


async def test_a_new_endpoint_of_another_platform_waits_for_nothing(database: Database) -> None:
    async with catching() as dead, catching() as well:
        dead.reply = never
        hooks = Hooks(database, in_flight=64, timeout_s=60.0)
        for scope in await add_accounts(database, 50, platform="p"):
            await add_endpoint(database, dead.url, scope=scope)
            await add_events(database, 1, scope=scope)
        await hooks.number()
        await hooks.deliverer.run_once()
        await dead.wait_for(8)
        (good,) = await add_accounts(database, 1, platform="q")
        await add_endpoint(database, well.url, scope=good)
        await add_events(database, 1, scope=good)
        await hooks.number()
        assert await hooks.deliverer.run_once() == 1
        await well.wait_for(1)
        await hooks.deliverer.finish(within_s=0)
    assert len(dead.caught) == 8


async def test_a_new_endpoint_that_never_answers_is_cut_off_where_failing_ones_have_no_place(
    database: Database,
) -> None:
    async with catching() as dead:
        dead.reply = never
        hooks = Hooks(database, in_flight=4, timeout_s=60.0)  # one place for new endpoints, one for failing ones
        for scope in (OWNER, OTHER):
            await add_endpoint(database, dead.url, scope=scope)
            await add_events(database, 1, scope=scope)
        await hooks.number()
        for seen in (1, 2):
            await hooks.deliverer.run_once()
            await dead.wait_for(seen)
            hooks.now_ms += PATIENCE_MS
        under_way = set(hooks.deliverer._tasks)  # of which one may have ended before the round has
        await hooks.deliverer.run_once()
        await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
        await hooks.deliverer.finish(within_s=0)
    (cut,) = await attempts(database, "event, outcome")
    assert (cut["event"], cut["outcome"]) == (dead.caught[1].event_id, "timed_out")


async def test_a_worker_that_starts_knows_which_endpoints_fail(database: Database) -> None:
    """Else all that never answer would be new to it, and stand before those that are."""
    async with catching() as dead, catching() as well:
        dead.reply = never
        for _ in range(8):
            await add_endpoint(database, dead.url)
        await execute(database, "UPDATE webhook_endpoints SET failing_since_ms = 1")
        hooks = Hooks(database, in_flight=4, timeout_s=60.0)
        await add_endpoint(database, well.url)
        await add_events(database, 1)
        await hooks.number()
        await hooks.deliverer.run_once()
        await well.wait_for(1)
        await dead.wait_for(1)
        await hooks.deliverer.finish(within_s=0)
    assert (len(dead.caught), len(well.caught)) == (1, 1)


async def test_slow_endpoints_of_one_account_leave_places_to_another_account(database: Database) -> None:
    """They answer well, so they may have many at a time; but an account has a quarter of the places at most."""
    async with catching() as slow, catching() as well:
        hooks = Hooks(database, in_flight=16, timeout_s=60.0)
        for _ in range(4):
            await add_endpoint(database, slow.url)
        await add_events(database, 8)
        await hooks.pass_time(0)  # all are well now, and have a window of eight
        slow.reply = never
        served = len(slow.caught)
        await add_events(database, 50)
        await hooks.number()
        for _ in range(3):
            await hooks.deliverer.run_once()
        await slow.wait_for(served + 4)
        await add_endpoint(database, well.url, scope=OTHER)
        await add_events(database, 1, scope=OTHER)
        await hooks.number()
        await hooks.deliverer.run_once()
        await well.wait_for(1)
        await hooks.deliverer.finish(within_s=0)
    assert len(slow.caught) == served + 4


async def test_a_worker_with_a_single_place_sends_to_new_endpoints(database: Database) -> None:
    async with catching() as catcher:
        hooks = Hooks(database, in_flight=1)
        await add_endpoint(database, catcher.url)
        await add_events(database, 3)
        assert await hooks.pass_time(0) == 3


class Unspeakable(DeliverySender):
    """Comes back from one account's endpoints with what no database keeps."""

    async def _post(
        self, delivery: Delivery, headers: dict[str, str], body: bytes, begin: Begin | None = None
    ) -> Answer:
        if delivery.endpoint.scope == OWNER:
            return Answer(outcome=Outcome.UNREACHABLE, error="\0")
        return await super()._post(delivery, headers, body, begin)


async def test_an_attempt_that_cannot_be_written_down_costs_no_other_its_own(
    database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    async with catching() as catcher:
        hooks = Hooks(database)
        hooks.deliverer._courier.__class__ = Unspeakable
        await add_endpoint(database, catcher.url)
        await add_endpoint(database, catcher.url, scope=OTHER)
        for scope in (OWNER, OTHER):
            await add_events(database, 1, scope=scope)
        await hooks.pass_time(0)
        assert len(catcher.caught) == 1
    assert [row["account"] for row in await attempts(database, "account")] == [OTHER.account]
    assert "could not be stored" in capsys.readouterr().out
