"""Accounts under a platform: made once for a key, seen by their platform only, listed along one index."""

import asyncio
import json
from typing import Any

import asyncpg
import msgspec
import pytest

from brim.base.errors import ResourceMissingError
from brim.base.ids import created_of
from brim.base.metadata import MetadataChange
from brim.base.paging import PageRequest, Range
from brim.base.scope import AccountScope
from brim.core.access.service import create_account
from brim.core.accounts.access import UnreachableAccountError
from brim.core.accounts.rules import Account, NestedPlatformError, PlatformAgreementError
from brim.core.accounts.service import (
    list_platform_accounts,
    retrieve_account,
)
from brim.core.topups.config_store import read_config
from brim.platform.database import Database
from brim.testing.terminal import typed
from tests.support.accounts import NOW_MS, change, context_of, id_of, make
from tests.support.statements import STATEMENTS


@pytest.fixture
async def platform(database: Database) -> str:
    return (await create_account(database, platform=None, **typed(NOW_MS))).account


async def test_an_account_is_kept_as_it_was_wished(database: Database, platform: str) -> None:
    wanted: dict[str, Any] = {
        "type": "custom",
        "country": "DE",
        "default_currency": "eur",
        "email": "a@b",
        "business_name": "Kiosk",
        "business_type": "company",
        "metadata": {"b": "2", "a": "1"},
        "settlement_days": 3,
    }
    made = id_of(await make(database, context_of(platform), **wanted))
    found = await retrieve_account(database, AccountScope(platform, livemode=False), made)
    assert found == Account(account=made, platform=platform, created=NOW_MS // 1000, **wanted)
    assert (len(made), created_of(made)) == (len("acct_") + 16, NOW_MS // 1000)


async def test_one_key_makes_one_account_however_many_ask(database: Database, platform: str) -> None:
    answers = await asyncio.gather(*(make(database, context_of(platform, key="once")) for _ in range(8)))
    assert len({answer.body for answer in answers}) == 1
    assert sum(answer.replay_of is None for answer in answers) == 1
    page = await list_platform_accounts(database, AccountScope(platform, livemode=False), None, PageRequest())
    assert [account.account for account in page.items] == [id_of(answers[0])]


async def test_settlement_days_are_agreed_for_one_mode_and_are_a_change_of_terms(
    database: Database, platform: str
) -> None:
    made = id_of(await make(database, context_of(platform), settlement_days=1))
    await change(database, context_of(platform, livemode=True), made, settlement_days=4)
    for livemode, days in ((False, 1), (True, 4)):
        async with database.connection() as conn:
            terms = await read_config(conn, AccountScope(made, livemode))
        assert (terms.version, terms.settlement_days) == (1, days)
        seen = await retrieve_account(database, AccountScope(platform, livemode), made)
        assert seen.settlement_days == days
    assert (await change(database, context_of(platform), made, settlement_days=None))["brim"] == {
        "settlement_days": None
    }
    async with database.connection() as conn:
        terms = await read_config(conn, AccountScope(made, livemode=False))
    assert (terms.version, terms.settlement_days) == (2, None)


async def test_an_update_changes_what_is_sent_and_nothing_else(database: Database, platform: str) -> None:
    made = id_of(await make(database, context_of(platform), email="a@b", metadata={"keep": "1", "drop": "1"}))
    edited = await change(
        database, context_of(platform), made, business_name="Kiosk", metadata=MetadataChange({"drop": "", "add": "2"})
    )
    assert (edited["email"], edited["business_profile"]["name"]) == ("a@b", "Kiosk")
    assert edited["metadata"] == {"add": "2", "keep": "1"}
    cleared = await change(database, context_of(platform), made, email=None, metadata=MetadataChange(clear=True))
    assert (cleared["email"], cleared["metadata"], cleared["business_profile"]["name"]) == (None, {}, "Kiosk")


async def test_updates_at_the_same_moment_lose_nothing(database: Database, platform: str) -> None:
    made = id_of(await make(database, context_of(platform)))
    await asyncio.gather(
        *(change(database, context_of(platform), made, metadata=MetadataChange({f"k{n}": "1"})) for n in range(12))
    )
    account = await retrieve_account(database, AccountScope(platform, livemode=False), made)
    assert set(account.metadata) == {f"k{n}" for n in range(12)}


async def test_platforms_have_one_level(database: Database, platform: str) -> None:
    made = id_of(await make(database, context_of(platform)))
    with pytest.raises(NestedPlatformError):
        await make(database, context_of(made))
    with pytest.raises(NestedPlatformError):
        await create_account(database, platform=made, **typed(NOW_MS))


async def test_an_agreement_is_the_platforms_to_change_where_there_is_one(database: Database, platform: str) -> None:
    made = id_of(await make(database, context_of(platform)))
    with pytest.raises(PlatformAgreementError):
        await change(database, context_of(made), made, settlement_days=0)
    assert (await change(database, context_of(made), made, email="c@d"))["email"] == "c@d"
    acting = await change(database, context_of(made), made, asking=platform, settlement_days=0)
    assert acting["brim"] == {"settlement_days": 0}
    alone = await change(database, context_of(platform), platform, settlement_days=2)
    assert alone["brim"] == {"settlement_days": 2}


async def test_an_account_sees_itself_and_those_under_it_only(database: Database, platform: str) -> None:
    mine = id_of(await make(database, context_of(platform)))
    sister = id_of(await make(database, context_of(platform)))
    stranger = (await create_account(database, platform=None, **typed(NOW_MS))).account
    seen = {viewer: set[str]() for viewer in (platform, mine, stranger)}
    for viewer, found in seen.items():
        for account in (platform, mine, sister, stranger, "acct_nowhere"):
            try:
                found.add((await retrieve_account(database, AccountScope(viewer, livemode=False), account)).account)
            except UnreachableAccountError as error:
                assert error.account == account  # noqa: PT017  most of these raise
    assert seen == {platform: {platform, mine, sister}, mine: {mine}, stranger: {stranger}}


async def test_pages_meet_each_account_once_newest_first_in_both_directions(database: Database, platform: str) -> None:
    made = [id_of(await make(database, context_of(platform, now_ms=NOW_MS + 500 * n))) for n in range(7)]
    stranger = (await create_account(database, platform=None, **typed(NOW_MS))).account
    await make(database, context_of(stranger, now_ms=NOW_MS + 700))
    scope = AccountScope(platform, livemode=False)

    async def ids(request: PageRequest, created: Range | None = None) -> tuple[list[str], bool]:
        page = await list_platform_accounts(database, scope, created, request)
        return [account.account for account in page.items], page.has_more

    assert await ids(PageRequest(limit=3)) == (made[:3:-1], True)
    assert await ids(PageRequest(limit=3, starting_after=made[4])) == (made[3:0:-1], True)
    assert await ids(PageRequest(limit=3, starting_after=made[1])) == (made[:1], False)
    assert await ids(PageRequest(limit=2, ending_before=made[3])) == ([made[5], made[4]], True)
    second = NOW_MS // 1000 + 1
    assert await ids(PageRequest(), Range(second, second)) == ([made[3], made[2]], False)
    assert await ids(PageRequest(), Range(None, second - 1)) == ([made[1], made[0]], False)
    for elsewhere in (stranger, platform, "acct_nowhere"):
        with pytest.raises(ResourceMissingError):
            await ids(PageRequest(starting_after=elsewhere))


async def test_a_list_among_many_accounts_reads_its_page_along_one_index(each_database: Database) -> None:
    page = 11
    async with each_database.connection() as conn:
        await conn.execute(
            "INSERT INTO accounts (account, platform, created)"
            " SELECT 'acct_' || lpad(n::text, 16, '0'), 'acct_p' || n % 50, n FROM generate_series(1, 20000) AS n"
        )
        await conn.execute("ANALYZE accounts")
        for newest_first in (True, False):
            plan = await conn.fetchval(
                f"EXPLAIN (ANALYZE, FORMAT JSON) {STATEMENTS['accounts.list_platform_accounts']}",
                "acct_p7", False, "acct_", "acct_~", newest_first, page,
            )  # fmt: skip
            nodes = list(_nodes(json.loads(plan)[0]["Plan"]))
            walks = [node for node in nodes if node.get("Relation Name") == "accounts" and node["Actual Loops"]]
            assert [node["Index Name"] for node in walks] == ["accounts_listed"]
            assert walks[0]["Actual Rows"] == page
            assert walks[0].get("Rows Removed by Filter", 0) == 0
            assert not [node for node in nodes if node["Node Type"] == "Sort" and node["Actual Rows"]]


def _nodes(node: dict[str, Any]) -> Any:
    yield node
    for child in node.get("Plans", ()):
        yield from _nodes(child)


@pytest.mark.parametrize(
    ("column", "value"), [("type", "trust"), ("country", "de"), ("business_type", "club"), ("type", None)]
)
async def test_the_table_refuses_what_the_wire_has_no_word_for(
    database: Database, platform: str, column: str, value: str | None
) -> None:
    async with database.connection() as conn:
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            await conn.execute(f"UPDATE accounts SET {column} = $2 WHERE account = $1", platform, value)
    assert msgspec.structs.asdict(await retrieve_account(database, AccountScope(platform, livemode=False), platform))[
        column
    ] in {"standard", "US", None}
