"""What an installation is for: marked while it is empty, for ever, and by that which banks it deals with."""

from pathlib import Path

import asyncpg
import pytest
import pytest_asyncio

from brim.bank.commands import REHEARSAL_ROUTING
from brim.base.errors import NotInLiveModeError
from brim.core.installation import (
    REHEARSAL_ROUTING_NUMBERS,
    InstallationKind,
    NotARehearsalError,
    find_kind,
    wrong_with_bank,
)
from brim.core.integrity import list_stuck
from brim.core.rails.ach import ProfileError
from brim.core.rails.ach.nacha.routing import is_routing_number
from brim.host.database_urls import DatabaseUrls
from brim.host.preparation import prepare_database
from brim.platform.database import Database
from tests.support.books import assert_books_hold, execute, rows
from tests.support.live_money import NO_ACCOUNT, RETURNS_LATE, ROUTING, LiveMoney, at
from tests.support.roles import OwnRoles


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


@pytest_asyncio.fixture
async def rehearsal(database_urls: DatabaseUrls, database: Database, tmp_path: Path) -> LiveMoney:
    await prepare_database(database_urls, now_ms=1, rehearsal=True)
    return LiveMoney(database, tmp_path, routing=REHEARSAL_ROUTING)


async def kind_in(database: Database) -> InstallationKind:
    async with database.connection() as conn:
        return await find_kind(conn)


async def test_an_empty_installation_is_marked_once_and_stays_a_rehearsal_without_the_setting(
    own_roles: OwnRoles,
) -> None:
    await prepare_database(own_roles.urls, now_ms=1, rehearsal=True)
    await prepare_database(own_roles.urls, now_ms=2, rehearsal=True)
    await prepare_database(own_roles.urls, now_ms=3)
    conn = await asyncpg.connect(own_roles.urls.service)
    try:
        assert [tuple(row) for row in await conn.fetch("SELECT kind, created_ms FROM installation")] == [
            ("rehearsal", 1)
        ]
        for statement in (
            "DELETE FROM installation",
            "UPDATE installation SET kind = 'standard'",
            "INSERT INTO installation (kind, created_ms) VALUES ('standard', 1)",
        ):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await conn.execute(statement)
    finally:
        await conn.close()


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO accounts (account, created) VALUES ('acct_1', 1)",
        "INSERT INTO installation (kind, created_ms) VALUES ('standard', 1)",
    ],
)
async def test_an_installation_that_was_made_without_the_setting_never_becomes_a_rehearsal(
    database_urls: DatabaseUrls, database: Database, owner_database: Database, statement: str
) -> None:
    await execute(owner_database, statement)
    with pytest.raises(NotARehearsalError, match="created without --rehearsal"):
        await prepare_database(database_urls, now_ms=1, rehearsal=True)
    assert await kind_in(database) is InstallationKind.STANDARD


async def test_whoever_is_not_the_owner_can_only_find_that_it_is_a_rehearsal(database_urls: DatabaseUrls) -> None:
    as_service = DatabaseUrls(owner=database_urls.service, service=database_urls.service)
    with pytest.raises(NotARehearsalError):
        await prepare_database(as_service, now_ms=1, rehearsal=True)
    await prepare_database(database_urls, now_ms=1, rehearsal=True)
    await prepare_database(as_service, now_ms=2, rehearsal=True)


@pytest.mark.parametrize("field", ["odfi_routing_number", "immediate_destination"])
async def test_a_standard_installation_never_deals_with_the_bank_that_is_played(live: LiveMoney, field: str) -> None:
    with pytest.raises(ProfileError, match="takes no real money"):
        await live.open(**{field: REHEARSAL_ROUTING})


@pytest.mark.parametrize("field", ["odfi_routing_number", "immediate_destination"])
async def test_a_rehearsal_deals_with_no_bank_but_the_one_that_is_played(rehearsal: LiveMoney, field: str) -> None:
    with pytest.raises(ProfileError, match="this is a rehearsal"):
        await rehearsal.open(**{field: ROUTING})


async def test_only_a_rehearsal_lets_a_clock_keep_the_time_of_live_mode(live: LiveMoney) -> None:
    with pytest.raises(NotInLiveModeError):
        await live.freeze("2026-12-01 10:00")


async def test_the_whole_life_of_a_live_topup_in_the_time_of_a_clock(rehearsal: LiveMoney) -> None:
    await rehearsal.open()
    await rehearsal.freeze("2026-12-01 10:00")
    fine = await rehearsal.create(await rehearsal.bank_account(), 5_000)
    early = await rehearsal.create(await rehearsal.bank_account(NO_ACCOUNT), 1_000)
    late = await rehearsal.create(await rehearsal.bank_account(RETURNS_LATE), 2_000)
    assert (await rehearsal.topup(fine))["due_ms"] == at("2026-12-01 17:00")
    await rehearsal.advance("2026-12-01 17:01")
    (file,) = await rows(rehearsal.database, "SELECT * FROM ach_files")
    assert (file["status"], file["entry_count"], file["total_debit"]) == ("acknowledged", 3, 8_000)
    assert file["built_ms"] == at("2026-12-01 17:00") + 1
    await rehearsal.advance("2026-12-02 23:30")
    (file,) = await rows(rehearsal.database, "SELECT * FROM ach_files")
    assert file["status"] == "settled"
    await rehearsal.advance("2026-12-04 23:30")
    assert (await rehearsal.topup(early))["status"] == "failed"
    await rehearsal.advance("2026-12-07 09:00")
    found = [await rehearsal.topup(each) for each in (fine, late)]
    assert [(each["status"], each["test_clock"]) for each in found] == [("succeeded", None)] * 2
    await rehearsal.advance("2027-01-29 23:30")
    row = await rehearsal.topup(late)
    assert (row["status"], row["failure_code"]) == ("reversed", "debit_not_authorized")
    assert await rehearsal.ledger() == {"bank:operating": 5_000, "funding:clearing": 0, "balance:available": -5_000}
    assert await rows(rehearsal.database, "SELECT detail FROM breaks") == []
    assert await list_stuck(rehearsal.database, None) == []
    await assert_books_hold(rehearsal.database)


def test_the_bank_has_a_number_that_no_bank_has_and_whose_check_digit_is_right() -> None:
    assert {REHEARSAL_ROUTING} == REHEARSAL_ROUTING_NUMBERS
    assert is_routing_number(REHEARSAL_ROUTING)
    assert wrong_with_bank(InstallationKind.REHEARSAL, REHEARSAL_ROUTING) is None
    assert wrong_with_bank(InstallationKind.STANDARD, ROUTING) is None
