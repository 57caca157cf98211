"""Legal holds: what they cover, that nothing of it goes, and that everybody else's old rows go on going."""

import asyncio
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brim.base.errors import ResourceMissingError
from brim.base.ids import IdFactory
from brim.base.paging import PageRequest
from brim.base.scope import AccountScope
from brim.cli.root import cli
from brim.core import legal_holds
from brim.core.access.service import create_account
from brim.core.account_closing import delete_account
from brim.core.accounts.rules import Account
from brim.core.accounts.store import insert_account
from brim.core.audit import list_audit_log
from brim.core.events import rules as events
from brim.core.idempotency.rules import KEPT_MS
from brim.core.legal_holds import HoldKind, HoldLiftedError, HoldTextError, LegalHold, LegalHoldError
from brim.core.pruning.service import RESTART_MS, Pruning, prune_events, prune_idempotency_keys, prune_sign_ins
from brim.core.request_logs.rules import RequestRecord
from brim.core.request_logs.service import RequestPruning
from brim.core.request_logs.store import insert_request_logs
from brim.platform.database import Database
from brim.testing.terminal import typed
from tests.support.accounts import context_of, id_of, make
from tests.support.books import execute, rows
from tests.support.statements import STATEMENTS, explain
from tests.support.waiting import until_somebody_waits

NOW_MS = 1_790_000_000_000
OLD_MS = NOW_MS - events.KEPT_MS - 10
HELD, FREE = "acct_held", "acct_free"


async def place(
    database: Database, account: str = HELD, *, kind: HoldKind = HoldKind.ACCOUNT, **more: Any
) -> LegalHold:
    """Place a hold as a command does."""
    told = {"reason": "Case 7", "reference": None, **typed(NOW_MS), **more}
    return await database.transact(lambda conn: legal_holds.place_hold(conn, kind=kind, account=account, **told))


async def lift(database: Database, hold: LegalHold) -> LegalHold:
    return await database.transact(lambda conn: legal_holds.lift_hold(conn, hold.id, **typed(NOW_MS + 1)))


@pytest.fixture
async def accounts(database: Database) -> None:
    """Two accounts, and a platform with one below it."""
    for account, platform in ((HELD, None), (FREE, None), ("acct_top", None), ("acct_below", "acct_top")):
        await add_account(database, account, platform)


async def add_account(database: Database, account: str, platform: str | None) -> None:
    async with database.connection() as conn:
        await insert_account(conn, Account(account=account, platform=platform, created=1))


async def keep_keys(database: Database, account: str, ages_ms: list[int], *, at_ms: int = NOW_MS - KEPT_MS) -> None:
    """Keep an idempotency key for each age, in milliseconds beyond the day for which they are kept."""
    async with database.connection() as conn:
        await conn.executemany(
            "INSERT INTO idempotency_keys (account, livemode, key, fingerprint, request_id, created_ms)"
            " VALUES ($1, false, $2, '', 'req', $3)",
            [(account, f"k{number}_{age}", at_ms - age) for number, age in enumerate(ages_ms)],
        )


async def keep_events(database: Database, account: str, count: int, *, numbered_ms: int = OLD_MS) -> None:
    """Keep numbered events with a delivery and an attempt each."""
    of = f"SELECT '{account}', false, 'evt_' || n"
    numbers = f"FROM generate_series(1, {count}) AS n"
    await execute(
        database,
        "INSERT INTO events (account, livemode, id, created, type, object_id, api_version, payload)"
        f" {of}, 1, 'topup.created', 'tu_1', 'v', '{{}}' {numbers}",
        f"INSERT INTO event_numbers (account, livemode, event, number, numbered_ms) {of}, n, {numbered_ms} {numbers}",
        "INSERT INTO webhook_deliveries (account, livemode, event, endpoint, event_account, number, attempts,"
        f" created_ms) {of}, 'we_1', '{account}', n, 1, 0 {numbers}",
        "INSERT INTO webhook_attempts (account, livemode, event, id, endpoint, event_account, attempted_ms,"
        f" duration_ms, outcome, request_headers, cause) {of}, 'wa_' || n, 'we_1', '{account}', 0, 1,"
        f" 'delivered', '{{}}', 'schedule' {numbers}",
    )


async def accounts_in(database: Database, table: str) -> set[str]:
    return {row["account"] for row in await rows(database, f"SELECT DISTINCT account FROM {table}")}


@pytest.mark.usefixtures("accounts")
async def test_a_hold_says_who_placed_and_lifted_it_and_the_audit_log_too(database: Database) -> None:
    hold = await place(database, reason=" Case 7 ", reference="2026/17")
    assert (hold.account, hold.reason, hold.reference, hold.placed_by) == (HELD, "Case 7", "2026/17", "tests")
    lifted = await lift(database, hold)
    assert (lifted.lifted_ms, lifted.lifted_by) == (NOW_MS + 1, "tests")
    with pytest.raises(HoldLiftedError):
        await lift(database, hold)
    assert (await legal_holds.list_holds(database, PageRequest())).items == [lifted]
    newest, oldest = (await list_audit_log(database, PageRequest())).items
    assert (newest.action, newest.object, newest.after) == ("legal_hold.lifted", hold.id, {"lifted_ms": NOW_MS + 1})
    assert (oldest.action, oldest.actor.name) == ("legal_hold.placed", "tests")
    assert oldest.after is not None
    assert oldest.after["reference"] == "2026/17"


@pytest.mark.usefixtures("accounts")
async def test_a_hold_needs_an_account_that_exists_and_a_reason(database: Database) -> None:
    with pytest.raises(ResourceMissingError):
        await place(database, "acct_nobody")
    for reason in ("", "  ", "a\nb", "x" * 501):
        with pytest.raises(HoldTextError):
            await place(database, reason=reason)
    assert await rows(database, "TABLE legal_holds") == []


@pytest.mark.parametrize(
    ("kind", "placed_on", "held"),
    [
        (HoldKind.ACCOUNT, HELD, {HELD}),
        (HoldKind.ACCOUNT, "acct_top", {"acct_top"}),
        (HoldKind.ACCOUNT, "acct_below", {"acct_below"}),
        (HoldKind.PLATFORM, "acct_top", {"acct_top", "acct_below", "acct_later"}),
        (HoldKind.INSTALLATION, "", {HELD, FREE, "acct_top", "acct_below", "acct_later"}),
    ],
)
@pytest.mark.usefixtures("accounts")
async def test_a_hold_covers_what_its_kind_says(
    database: Database, kind: HoldKind, placed_on: str, held: set[str]
) -> None:
    """Whoever asks for one account, and the statements that ask row by row, agree."""
    hold = await place(database, placed_on, kind=kind)
    await add_account(database, "acct_later", "acct_top")
    everybody = [HELD, FREE, "acct_top", "acct_below", "acct_later"]
    for account in everybody:
        await keep_keys(database, account, [1])
    async with database.connection() as conn:
        assert {each for each in everybody if await legal_holds.is_held(conn, each)} == held
        assert await legal_holds.is_installation_held(conn) == (kind is HoldKind.INSTALLATION)
    await prune_idempotency_keys(database, now_ms=NOW_MS, limit=100)
    assert await accounts_in(database, "idempotency_keys") == held
    await lift(database, hold)
    await prune_idempotency_keys(database, now_ms=NOW_MS, limit=100)
    assert await accounts_in(database, "idempotency_keys") == set()


_ROWS = st.lists(st.tuples(st.sampled_from([HELD, FREE, "acct_top", "acct_below"]), st.integers(-3, 3)), max_size=40)


@given(_ROWS, st.sampled_from([HELD, "acct_top"]), st.integers(1, 5))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("accounts")
async def test_held_rows_stay_and_of_the_others_all_old_ones_go_and_no_young_one(
    database: Database, kept: list[tuple[str, int]], held: str, limit: int
) -> None:
    """Ages are milliseconds beyond the period, so that many rows have the same one."""
    await execute(database, "DELETE FROM idempotency_keys", "DELETE FROM legal_holds")
    await place(database, held, kind=HoldKind.PLATFORM)
    covered = {held, "acct_below"} if held == "acct_top" else {held}
    async with database.connection() as conn:
        await conn.executemany(
            "INSERT INTO idempotency_keys (account, livemode, key, fingerprint, request_id, created_ms)"
            " VALUES ($1, false, $2, '', 'req', $3)",
            [(account, f"k{n}", NOW_MS - KEPT_MS - age) for n, (account, age) in enumerate(kept)],
        )
    pruning = Pruning(database)
    while await pruning.run_once(now_ms=NOW_MS, limit=limit) == limit:
        pass
    left = {row["key"] for row in await rows(database, "SELECT key FROM idempotency_keys")}
    assert left == {f"k{n}" for n, (account, age) in enumerate(kept) if account in covered or age <= 0}


@pytest.mark.usefixtures("accounts")
async def test_many_old_rows_of_a_held_account_keep_nobody_else_from_being_pruned(database: Database) -> None:
    """They are the oldest of all, and of one age; each step looks at a few, and none looks at them all again."""
    await place(database)
    await keep_events(database, HELD, 50)
    await keep_events(database, FREE, 7, numbered_ms=OLD_MS + 1)
    await keep_keys(database, HELD, [9] * 50)
    await keep_keys(database, FREE, [8] * 7)
    pruning = Pruning(database)
    steps = 0
    while await pruning.run_once(now_ms=NOW_MS, limit=4) == 4:
        steps += 1
    assert steps < 40
    for table in ("events", "event_numbers", "webhook_deliveries", "webhook_attempts", "idempotency_keys"):
        assert await accounts_in(database, table) == {HELD}, table
    assert len(await rows(database, "SELECT FROM events")) == 50
    await keep_keys(database, FREE, [8])
    assert await pruning.run_once(now_ms=NOW_MS, limit=4) in {1, 4}, "the walk went on where it was"


@pytest.mark.usefixtures("accounts")
async def test_what_was_held_goes_within_the_hour_once_the_hold_is_lifted(database: Database) -> None:
    hold = await place(database)
    await keep_keys(database, HELD, [1, 2, 3])
    await keep_keys(database, FREE, [1])
    pruning = Pruning(database)
    assert await pruning.run_once(now_ms=NOW_MS, limit=10) == 1
    await lift(database, hold)
    assert await pruning.run_once(now_ms=NOW_MS + RESTART_MS, limit=10) == 3
    assert await rows(database, "SELECT FROM idempotency_keys") == []


@pytest.mark.usefixtures("accounts")
async def test_a_step_over_held_rows_looks_at_no_more_than_its_limit(database: Database) -> None:
    """Whatever else is held or old: each step along the index looks at as many rows as it is told to."""
    await place(database)
    await keep_events(database, HELD, 2_000)
    await keep_events(database, FREE, 10, numbered_ms=OLD_MS + 1)
    async with database.transaction() as conn:
        for from_ms in (0, OLD_MS, OLD_MS + 1):
            plan = await explain(conn, STATEMENTS["pruning.prune_events"], (from_ms, NOW_MS, 20))
            looked = max(node["Actual Rows"] * node["Actual Loops"] for node in _nodes(plan))
            assert looked <= 20, from_ms


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for child in plan.get("Plans", ()) for node in _nodes(child))]


@pytest.mark.usefixtures("accounts")
async def test_placing_a_hold_waits_for_a_prune_that_has_begun_and_stops_the_next(
    database: Database, database_url: str
) -> None:
    await keep_keys(database, HELD, [1, 2])
    async with database.transaction() as conn:
        await legal_holds.keep_holds_out(conn)
        placing = asyncio.create_task(place(database))
        await until_somebody_waits(database_url)
        await conn.execute("DELETE FROM idempotency_keys WHERE key = 'k0_1'")
    await placing
    assert await prune_idempotency_keys(database, now_ms=NOW_MS, limit=10) == 0
    assert [row["key"] for row in await rows(database, "SELECT key FROM idempotency_keys")] == ["k1_2"]


@pytest.mark.usefixtures("accounts")
async def test_nothing_goes_after_a_hold_was_placed_beside_pruners(database: Database) -> None:
    await keep_keys(database, HELD, list(range(1, 400)))

    async def prune() -> None:
        pruning = Pruning(database)
        while await pruning.run_once(now_ms=NOW_MS, limit=5) == 5:
            pass

    pruners = [asyncio.create_task(prune()) for _ in range(3)]
    await place(database)
    left = await rows(database, "SELECT key FROM idempotency_keys")
    await asyncio.gather(*pruners)
    assert await rows(database, "SELECT key FROM idempotency_keys") == left


@pytest.mark.usefixtures("accounts")
async def test_requests_of_a_held_account_stay_beyond_their_age_and_number(database: Database) -> None:
    ids = IdFactory()
    records = [
        RequestRecord(
            scope=AccountScope(account, livemode=False),
            id=ids.new_at("resp_", at_ms),
            request_id="req",
            created=at_ms // 1000,
            method="GET",
            path="/",
            status=200,
            duration_ms=1.0,
            api_version="v",
        )
        for account in (HELD, FREE)
        for at_ms in (OLD_MS, NOW_MS, NOW_MS)
    ]
    async with database.connection() as conn:
        await insert_request_logs(conn, records)
    await place(database)
    assert await RequestPruning(database).run_once(now_ms=NOW_MS, limit=10, most=1) == 2
    assert len(await rows(database, "SELECT FROM request_logs WHERE account = $1", HELD)) == 3


@pytest.mark.usefixtures("accounts")
async def test_what_belongs_to_no_account_is_held_with_the_installation(database: Database) -> None:
    await execute(database, "INSERT INTO sign_in_tries (subject, tries, next_ms, seen_ms) VALUES ('who', 1, 0, 0)")
    await place(database)
    hold = await place(database, "", kind=HoldKind.INSTALLATION)
    assert await prune_sign_ins(database, now_ms=NOW_MS, limit=10) == 0
    await lift(database, hold)
    assert await prune_sign_ins(database, now_ms=NOW_MS, limit=10) == 1


async def test_a_held_account_cannot_be_deleted(database: Database) -> None:
    platform = (await create_account(database, platform=None, **typed(NOW_MS))).account
    by = context_of(platform)
    account = id_of(await make(database, by, email="ada@example.com"))
    hold = await place(database, platform, kind=HoldKind.PLATFORM)
    with pytest.raises(LegalHoldError, match=hold.id):
        await delete_account(database, by, account, asking=platform)
    [kept] = await rows(database, "SELECT email FROM accounts WHERE account = $1", account)
    assert kept["email"] == "ada@example.com"
    await lift(database, hold)
    await delete_account(database, by, account, asking=platform)


@pytest.mark.usefixtures("accounts")
async def test_erasing_keeps_a_hold_out_until_it_is_done(database: Database, database_url: str) -> None:
    async with database.transaction() as conn:
        await legal_holds.require_no_hold(conn, HELD)
        placing = asyncio.create_task(place(database))
        await until_somebody_waits(database_url)
        assert not placing.done()
    await placing
    async with database.transaction() as conn:
        with pytest.raises(LegalHoldError):
            await legal_holds.require_no_hold(conn, HELD)


@pytest.mark.usefixtures("accounts")
async def test_events_of_a_held_account_stay_with_their_tally(database: Database) -> None:
    await place(database)
    await keep_events(database, HELD, 3)
    await keep_events(database, FREE, 2)
    assert await prune_events(database, now_ms=NOW_MS, limit=100) == 2
    assert [dict(row) for row in await rows(database, "SELECT account, events FROM pruned_events")] == [
        {"account": FREE, "events": 2}
    ]


@pytest.mark.usefixtures("accounts")
async def test_holds_are_placed_listed_and_lifted_at_the_command_line(database: Database, service_url: str) -> None:
    async def run(*arguments: str, fails: bool = False) -> str:
        line = [*arguments, "--database-url", service_url]
        result = await asyncio.to_thread(lambda: CliRunner().invoke(cli, line))
        assert bool(result.exit_code) == fails, result.output
        return result.output.strip()

    placed = await run("legal-holds", "place", "acct_top", "--with-connected", "--reason", "Case 7")
    await run("legal-holds", "place", "--installation", "--reason", "All", "--reference", "2026/17")
    everything, platform = (await run("legal-holds", "list")).splitlines()
    assert everything.split("\t")[1:4] == ["the installation", "All", "2026/17"]
    assert platform.split("\t")[:3] == [placed, "acct_top and connected accounts", "Case 7"]
    assert await run("legal-holds", "lift", placed) == f"{placed} is lifted."
    assert "was already lifted" in await run("legal-holds", "lift", placed, fails=True)
    for wrong in (("acct_top", "--installation"), (), ("--installation", "--with-connected")):
        await run("legal-holds", "place", *wrong, "--reason", "x", fails=True)
    assert len(await rows(database, "SELECT FROM legal_holds")) == 2


@pytest.mark.usefixtures("accounts")
async def test_a_person_sees_how_long_what_is_kept_and_what_is_due(database: Database, service_url: str) -> None:
    await place(database)
    await keep_events(database, HELD, 3, numbered_ms=1)
    await keep_events(database, FREE, 2, numbered_ms=1)
    line = ["retention", "--database-url", service_url]
    result = await asyncio.to_thread(lambda: CliRunner().invoke(cli, line))
    shown = [row.split("\t") for row in result.output.splitlines()]
    assert ["events and delivery attempts", "30d", "--keep-events", "2", "3"] in shown
    assert ["idempotency keys", "1d", "--keep-idempotency-keys", "0", "0"] in shown
    assert ["return counts", "120d", "", "0", "0"] in shown
    assert ["reports with their files", "400d", "--keep-reports", "0", "0"] in shown
    assert len(shown) == 10
