"""Live money crashes at every statement and every file operation: nothing is lost, and nobody is debited twice."""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Final

import pytest
import pytest_asyncio

from brim.api.wire_formats import WIRE_FORMATS
from brim.bank.sepa import iban_of
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core import direct_debits
from brim.core.rails.ach import ACH
from brim.core.rails.sepa import SEPA
from brim.core.time import OwnerTime
from brim.core.topups import OfRails, Topup, claim_due, postpone
from brim.host.database_urls import DatabaseUrls
from brim.platform.database import Conn, Database
from tests.support.books import rows
from tests.support.cutting import cutting
from tests.support.figures import Figures
from tests.support.live_crashes import Saboteur, Step, problems_of, steps_of, work_on
from tests.support.live_money import NO_ACCOUNT, OPERATOR, PAYS, PLATFORM, LiveMoney, at
from tests.support.postgres import PostgresForTests
from tests.support.sepa_money import DEBTOR, SepaMoney, berlin
from tests.support.watched_files import FILE_OPERATIONS

EVERY: Final = int(os.environ.get("SEPA_CRASHES_EVERY", "12"))
"""At one of how many places a worker for SEPA crashes; 1 for all of them. What both rails share crashes for ACH."""
SHOP: Final = AccountScope("acct_shop", livemode=True)
RETURNED_AFTER_SUCCESS: Final = "9910060000"
"""Returned as unauthorized on the sixth day after settlement."""
MOMENTS: Final = (
    "2026-12-01 17:00",
    "2026-12-01 22:00",
    "2026-12-02 12:00",
    "2026-12-02 23:00",
    "2026-12-03 12:00",
    "2026-12-04 12:00",
    "2026-12-04 23:00",
    "2026-12-07 09:00",
    "2026-12-08 23:00",
    "2026-12-09 23:00",
    "2026-12-11 23:00",
)


SEPA_MOMENTS: Final = (
    "2026-12-01 17:00",
    "2026-12-01 22:00",
    "2026-12-02 12:00",
    "2026-12-02 23:30",
    "2026-12-03 12:00",
    "2026-12-09 09:00",
    "2026-12-10 23:30",
)


async def live_on_by_sepa(live: SepaMoney, database: Database, saboteur: Saboteur) -> tuple[list[str], int]:
    """Let top-ups by SEPA live to their ends: paid, rejected by the report, refunded by the statement."""
    direct = live.database
    await live.rehearse(SHOP.account, changes={"requires_approval": True})
    topups: dict[str, str] = {}
    for iban, ends, scope in (
        (DEBTOR, "succeeded", PLATFORM),
        (DEBTOR, "succeeded", SHOP),
        (iban_of("AC01", 0), "failed", SHOP),
        (iban_of("MD06", 8), "reversed", PLATFORM),
    ):
        topups[await live.create(await live.iban(iban, scope=scope), 1_000 + len(topups), scope=scope)] = ends
    crashes = 0
    for moment in SEPA_MOMENTS:
        live.now_ms = berlin(moment)
        live.move_to(database)
        for _ in range(2):  # before the bank, and after it
            crashes += await work_on(live, saboteur, steps=steps_with_approval)
            await live.advance_bank()
        crashes += await work_on(live, saboteur, steps=steps_with_approval)
    live.move_to(direct)
    return await problems_of(live, direct, topups), crashes


def steps_with_approval(live: LiveMoney) -> list[Step]:
    """Return what a worker does, and that somebody approves files between making and sending them."""

    async def approve() -> int:
        files = await rows(live.database, "SELECT id FROM ach_files WHERE status = 'built' ORDER BY id")
        for file in files:
            async with live.database.transaction() as conn:
                await direct_debits.approve_file(
                    conn,
                    PLATFORM,
                    file["id"],
                    sha256=None,
                    approvers=1,
                    renderers=WIRE_FORMATS,
                    by=OPERATOR,
                    now_ms=live.now_ms,
                    ids=live.ids,
                )
        return len(files)

    return [*steps_of(live)[:-1], approve, steps_of(live)[-1]]


async def live_on(
    live: LiveMoney, database: Database, saboteur: Saboteur, *, steps: Callable[[LiveMoney], list[Step]] = steps_of
) -> tuple[list[str], int]:
    """Let top-ups live to their ends, struck by a saboteur; return what is wrong then, and how often it crashed."""
    direct = live.database
    await live.open(SHOP.account)
    topups: dict[str, str] = {}
    for number, ends, scope in (
        (PAYS, "succeeded", PLATFORM),
        (PAYS, "succeeded", SHOP),
        (NO_ACCOUNT, "failed", SHOP),
        (RETURNED_AFTER_SUCCESS, "reversed", PLATFORM),
    ):
        source = await live.bank_account(number, scope=scope)
        topups[await live.create(source, 1_000 + len(topups), scope=scope)] = ends
    prenotes: dict[str, str] = {}
    for number, ends in ((PAYS, "verified"), (NO_ACCOUNT, "failed")):
        prenotes[await live.prenote(await live.bank_account(number, verified=False))] = ends
    crashes = 0
    for moment in MOMENTS:
        live.now_ms = at(moment)
        live.move_to(database)
        for _ in range(2):  # before the bank, and after it
            crashes += await work_on(live, saboteur, steps=steps)
            await live.advance_bank()
        crashes += await work_on(live, saboteur, steps=steps)
    live.move_to(direct)
    found = {row["id"]: row["status"] for row in await rows(direct, "SELECT id, status FROM prenotes")}
    wrong = [
        f"{prenote} is {found[prenote]}, not {ends}" for prenote, ends in prenotes.items() if found[prenote] != ends
    ]
    return [*wrong, *await problems_of(live, direct, topups)], crashes


@pytest_asyncio.fixture
async def calm_database(postgres: PostgresForTests) -> AsyncIterator[DatabaseUrls]:
    name = await postgres.create_database()
    yield postgres.urls_of(name)
    await postgres.drop_database(name)


async def _lead(
    urls: DatabaseUrls,
    folder: Path,
    saboteur: Saboteur,
    *,
    rail: str = ACH,
    steps: Callable[[LiveMoney], list[Step]] = steps_of,
) -> tuple[list[str], int]:
    await asyncio.to_thread(folder.mkdir)
    direct = await Database.connect(urls.service, max_connections=4, timeout_s=20.0, application="direct")
    try:
        async with cutting(urls.service) as proxy:
            proxy.obey(saboteur.judge)
            disturbed = await Database.connect(proxy.url, max_connections=2, timeout_s=10.0, application="disturbed")
            try:
                if rail == SEPA:
                    return await live_on_by_sepa(SepaMoney(direct, folder), disturbed, saboteur)
                return await live_on(LiveMoney(direct, folder), disturbed, saboteur, steps=steps)
            finally:
                await disturbed.close()
    finally:
        await direct.close()


@pytest.mark.slow
async def test_a_worker_that_crashes_anywhere_loses_nothing_and_debits_nobody_twice(
    database_urls: DatabaseUrls, calm_database: DatabaseUrls, tmp_path: Path, figures: Figures
) -> None:
    calm, saboteur = Saboteur(strikes=False), Saboteur(strikes=True)
    assert await _lead(calm_database, tmp_path / "calm", calm) == ([], 0)
    problems, crashes = await _lead(database_urls, tmp_path / "struck", saboteur)
    assert problems == []
    assert 0 < crashes <= len(saboteur.struck)  # one may end with two: a rollback after an operation that failed
    assert saboteur.seen == set(saboteur.struck)
    missed = {place.partition(" after ")[0] for place in calm.seen} - {
        place.partition(" after ")[0] for place in saboteur.struck
    }
    # The driver closes prepared statements once it has a hundred, and a connection that is cut never has so many.
    assert missed - {"before close ", "after close "} == set()
    kinds = Counter(place.split()[1] for place in saboteur.struck)
    at_files = sum(kinds[operation] for operation in FILE_OPERATIONS)
    assert all(kinds[operation] for operation in FILE_OPERATIONS)
    statements = {place.partition(" after ")[0].partition(" run ")[2] for place in calm.seen if " run " in place}
    figures.count("live money: statements of the flow, each cut before and after", len(statements))
    figures.count("live money: places at which a connection was cut", len(saboteur.struck) - at_files)
    figures.count("live money: places at which a file operation ended a worker", at_files)
    figures.tell("live money after all that: 0 top-ups lost, 0 debited twice")


@pytest.mark.slow
async def test_a_worker_for_sepa_that_crashes_loses_nothing_and_collects_nothing_twice(
    database_urls: DatabaseUrls, tmp_path: Path, figures: Figures
) -> None:
    saboteur = Saboteur(strikes=True, every=EVERY)
    problems, crashes = await _lead(database_urls, tmp_path / "struck", saboteur, rail=SEPA)
    assert problems == []
    assert 0 < crashes <= len(saboteur.struck)
    kinds = Counter(place.split()[1] for place in saboteur.struck)
    assert EVERY > 1 or all(kinds[operation] for operation in FILE_OPERATIONS)
    figures.count("live money by SEPA: places at which a worker was ended", len(saboteur.struck))


class _ClaimingInTwo(direct_debits.Claiming):
    """A claim that is broken on purpose: one transaction takes top-ups from the queue, another makes their entries."""

    async def work_off_due(
        self, database: Database, *, now_ms: int, ids: IdFactory, limit: int = direct_debits.MAX_BATCH
    ) -> int:
        async def take(conn: Conn) -> list[Topup]:
            due = await claim_due(conn, OfRails((ACH,), are_meant=True), now_ms=now_ms, limit=limit)
            if due:
                await postpone(conn, [(topup, None) for topup in due])
            return due

        due = await database.transact(take)

        async def queue(conn: Conn) -> None:
            await self.work_off(conn, [(topup, OwnerTime(now_ms, ids)) for topup in due])

        await database.transact(queue)
        return len(due)


@pytest.mark.slow
async def test_a_claim_outside_of_its_transaction_is_found_by_the_same_drill(
    database_urls: DatabaseUrls, tmp_path: Path
) -> None:
    def flawed(live: LiveMoney) -> list[Step]:
        claiming = _ClaimingInTwo(live.secrets, live.vault, WIRE_FORMATS)
        claim: Step = lambda: claiming.work_off_due(live.database, now_ms=live.now_ms, ids=live.ids)  # noqa: E731
        return [*steps_of(live)[:2], claim, *steps_of(live)[3:]]

    problems, _ = await _lead(database_urls, tmp_path / "flawed", Saboteur(strikes=True), steps=flawed)
    assert [problem for problem in problems if "is in 0 live files" in problem]
