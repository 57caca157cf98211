"""A database that an earlier version wrote under load, and was killed in, is upgraded (upgraded_folder/README.md).

`make upgrade-test` does the same with the earlier version itself, through its API; here it is what that left.
"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Final

import asyncpg
import pytest
import pytest_asyncio

from brim.base.scope import AccountScope
from brim.core.integrity.books import verify_books
from brim.core.ledger import Head, verify_chain
from brim.host.database_socket import SERVICE_ROLE
from brim.host.database_urls import DatabaseUrls
from brim.platform.database import Database
from brim.platform.migrate import known_migrations, migrate
from brim.platform.roles import GROWING_TABLES
from tests.support.books import assert_books_hold, rows
from tests.support.chains import Tamper, stored_heads, tampering_with
from tests.support.clockwork import Clockwork
from tests.support.postgres import PostgresForTests

WRITTEN: Final = Path(__file__).with_name("upgraded_folder") / "interrupted.sql"
LAST_STEP: Final = 18
NOW_MS: Final = 1_798_000_000_000
SEALED: Final = 44
UNSEALED: Final = 6


@pytest_asyncio.fixture
async def written(postgres: PostgresForTests) -> AsyncIterator[DatabaseUrls]:
    """The database as the earlier version left it."""
    name = await postgres.create_database(template="template1")
    urls = postgres.urls_of(name)
    conn = await asyncpg.connect(urls.owner)
    await conn.execute(WRITTEN.read_text(encoding="utf-8"))
    await conn.close()
    yield urls
    await postgres.drop_database(name)


@pytest_asyncio.fixture
async def service(written: DatabaseUrls) -> AsyncIterator[Database]:
    """Connections to it as the service."""
    database = await Database.connect(written.service)
    yield database
    await database.close()


@pytest_asyncio.fixture
async def owner(written: DatabaseUrls) -> AsyncIterator[Database]:
    """Connections to it as the owner of its tables."""
    database = await Database.connect(written.owner)
    yield database
    await database.close()


@pytest.fixture
def tamper(written: DatabaseUrls) -> Tamper:
    return tampering_with(written.owner)


async def upgrade(urls: DatabaseUrls) -> list[str]:
    """Apply what is missing and return the names of the steps."""
    return await migrate(urls.owner, now_ms=NOW_MS, service_role=SERVICE_ROLE)


async def test_every_step_since_is_applied(written: DatabaseUrls) -> None:
    assert await upgrade(written) == [step.name for step in known_migrations()[LAST_STEP:]]


async def test_books_and_chain_agree_after_the_upgrade(written: DatabaseUrls, service: Database) -> None:
    heads = await stored_heads(service)
    await upgrade(written)
    assert (await verify_books(service)).differences == []
    report = await verify_chain(service)
    assert (report.differences, report.sealed, report.unsealed) == ([], SEALED, UNSEALED)
    assert await stored_heads(service) == heads


async def test_what_waited_for_its_seal_is_sealed_behind_the_old_chain(
    written: DatabaseUrls, service: Database
) -> None:
    before = await stored_heads(service)
    await upgrade(written)
    await assert_books_hold(service)
    after = await stored_heads(service)
    assert sum(head.position for head in after.values()) == SEALED + UNSEALED
    seals = await rows(service, "SELECT account, livemode, position, hash FROM entry_seals")
    assert set(before.values()) <= {
        Head(AccountScope(seal["account"], seal["livemode"]), seal["position"], seal["hash"]) for seal in seals
    }


async def test_the_clock_that_was_on_its_way_arrives(written: DatabaseUrls, service: Database) -> None:
    (clock,) = await rows(service, "SELECT account, target_frozen_time FROM test_clocks WHERE status = 'advancing'")
    due = "SELECT id FROM topups WHERE account = '{account}' AND due_ms <= 1000 * {target_frozen_time}::bigint"
    assert await rows(service, due.format_map(clock))
    await upgrade(written)
    brim = Clockwork(service, now_ms=NOW_MS)
    while await brim.step():
        pass
    assert await rows(service, "SELECT account, frozen_time, status FROM test_clocks") == [
        {"account": clock["account"], "frozen_time": clock["target_frozen_time"], "status": "ready"}
    ]
    assert await rows(service, due.format_map(clock)) == []
    await assert_books_hold(service)


async def test_what_real_time_owes_is_settled_by_this_version(written: DatabaseUrls, service: Database) -> None:
    await upgrade(written)
    brim = Clockwork(service, now_ms=NOW_MS)
    scope = next(iter(await stored_heads(service)))
    await brim.create(scope, source="btok_us_verified_reversed")
    while await brim.settle():
        brim.now_ms += 1_000_000
    await assert_books_hold(service)


TAMPERED: Final = {
    "moved in time": "UPDATE transfers SET created = created - 1 WHERE id = '{}'",
    "another amount": "UPDATE transfers SET amount = amount + 1 WHERE id = '{}'",
    "removed": "DELETE FROM transfers WHERE id = '{}'",
}


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED)
async def test_an_old_entry_that_was_tampered_with_is_still_named(
    written: DatabaseUrls, service: Database, owner: Database, tamper: Tamper, statement: str
) -> None:
    (found,) = await rows(owner, "SELECT transfer FROM transfer_seals WHERE position = 3 ORDER BY account LIMIT 1")
    await tamper(statement.format(found["transfer"]))
    await upgrade(written)
    (difference,) = (await verify_chain(service)).differences
    assert found["transfer"] in str(difference)


TAMPERED_AFTERWARDS: Final = {
    "of another source type": "UPDATE journal_entries SET source_type = 'payout' WHERE id = '{0}'",
    "with a line more": (
        "UPDATE journal_entries SET line_count = 2 WHERE id = '{0}';"
        " INSERT INTO journal_entry_lines"
        " SELECT account, livemode, id, 2, 'funding:clearing', 'balance:available', 1, 'usd'"
        " FROM journal_entries WHERE id = '{0}'"
    ),
    "sealed in another format": "UPDATE entry_seals SET format = 2 WHERE entry = '{0}'",
}


@pytest.mark.parametrize("statement", TAMPERED_AFTERWARDS.values(), ids=TAMPERED_AFTERWARDS)
async def test_the_old_chain_holds_what_it_never_knew_of(
    written: DatabaseUrls, service: Database, owner: Database, tamper: Tamper, statement: str
) -> None:
    """Old seals were made before entries had source types and further lines; new seals stand behind them."""
    await upgrade(written)
    await assert_books_hold(service)
    (found,) = await rows(owner, "SELECT entry FROM entry_seals WHERE position = 3 ORDER BY account LIMIT 1")
    await tamper(statement.format(found["entry"]))
    (difference,) = (await verify_chain(service)).differences
    assert found["entry"] in str(difference)


async def test_the_service_may_change_no_old_entry(written: DatabaseUrls, service: Database) -> None:
    await upgrade(written)
    for table in GROWING_TABLES:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await rows(service, f"DELETE FROM {table}")
