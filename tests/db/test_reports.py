"""Reports agree with the ledger at every moment, give the same bytes again, and are refused once they are changed."""

import json
import random
from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from brim.base.scope import AccountScope
from brim.core import ledger, legal_holds, reports
from brim.core.accounts import NotPlatformError
from brim.core.integrity.books import verify_books
from brim.core.negative_balances import TEST_HOLD_SOURCE_TYPE
from brim.core.pruning import Pruning
from brim.core.rails import FAILURES, Return, Succeed
from brim.core.reports import (
    FileKind,
    ManifestError,
    ReportParameterError,
    RunStatus,
    UnknownReportTypeError,
    read_public_key,
    verify_report,
)
from brim.core.reports import store as report_store
from brim.core.time import OwnerTime
from brim.platform.database import Database
from tests.support.audits import TESTER
from tests.support.books import assert_books_hold, execute, rows
from tests.support.clockwork import VAULT, Clockwork
from tests.support.live_money import PLATFORM as LIVE
from tests.support.live_money import RETURNS_AT_ONCE, LiveMoney, at
from tests.support.reports import Reporting

NOW_MS = 1_790_000_000_000
PLATFORM, SHOP = AccountScope("acct_platform", livemode=False), AccountScope("acct_shop", livemode=False)
DIGITS = {"usd": 2, "jpy": 0, "kwd": 3}
RETURNED = Return("insufficient_funds", FAILURES["insufficient_funds"])
BALANCE, ACTIVITY = "balance.summary.1", "balance_change_from_activity.summary.1"
ITEMIZED, BOTH = "balance_change_from_activity.itemized.3", "brim.balance.summary.1"
CONNECTED = "connected_account_balance_change_from_activity.itemized.3"
RECONCILED = "brim.topups_reconciliation.itemized.1"


@pytest_asyncio.fixture
async def work(database: Database) -> Clockwork:
    await execute(
        database,
        "INSERT INTO accounts (account, created) VALUES ('acct_platform', 1)",
        "INSERT INTO accounts (account, platform, created) VALUES ('acct_shop', 'acct_platform', 1)",
        "INSERT INTO accounts (account, platform, created) VALUES ('acct_zoo', 'acct_platform', 1)",
    )
    return Clockwork(database, now_ms=NOW_MS)


@pytest.fixture
def reporting(work: Clockwork) -> Reporting:
    return Reporting(work.database, VAULT, lambda: work.now_ms + 60_000)


async def live_a_little(work: Clockwork, chance: random.Random, steps: int) -> None:
    """Let top-ups arrive and return, and money be held, at random moments of some days."""
    arrived: list[tuple[AccountScope, str]] = []
    for _ in range(steps):
        work.now_ms += chance.choice([1, 400, 1_000, 3_600_000, 40_000_000])
        scope, act = chance.choice([PLATFORM, SHOP]), chance.random()
        if act < 0.6 or not arrived:
            amount, currency = chance.randrange(1, 100_000) * 10, chance.choice(sorted(DIGITS))
            topup = (await work.create(scope, amount=amount, currency=currency))["id"]
            await work.force(scope, topup, Succeed())
            arrived.append((scope, topup))
        elif act < 0.85:
            of, topup = arrived.pop(chance.randrange(len(arrived)))
            await work.force(of, topup, RETURNED)
        else:
            await hold(work, *arrived[-1])


async def hold(work: Clockwork, scope: AccountScope, topup: str) -> None:
    """Hold a minor unit of an account's money, if there is any: that changes no balance as reports have it."""
    async with work.database.transaction() as conn:
        balances = await ledger.fetch_balances(conn, scope)
        for balance in balances:
            if balance.available > 0:
                await ledger.reserve(
                    conn,
                    scope,
                    source_type=TEST_HOLD_SOURCE_TYPE,
                    source=f"hold_{topup}_{work.now_ms}",
                    amount=1,
                    currency=balance.currency,
                    moment=OwnerTime(work.now_ms, work.ids),
                )
                return


async def ledger_at(database: Database, scope: AccountScope, second: int) -> Counter[str]:
    """Return what an account had of each currency when a second began, from its journal alone."""
    found = await rows(
        database,
        "SELECT currency, debit_account, credit_account, amount FROM journal_entries"
        f" WHERE account = '{scope.account}' AND created < {second}",
    )
    balances: Counter[str] = Counter()
    for row in found:
        balances[row["currency"]] += row["amount"] * (
            row["credit_account"].startswith("balance:") - row["debit_account"].startswith("balance:")
        )
    return balances


def minor(text: str, currency: str) -> int:
    """Return a report's amount in minor units."""
    return int(Decimal(text).scaleb(DIGITS[currency]))


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_interval_agrees_with_the_ledger_and_chains_to_the_next(
    work: Clockwork, reporting: Reporting, seed: int
) -> None:
    chance = random.Random(seed)
    await live_a_little(work, chance, 40)
    first, last = NOW_MS // 1000 - 5, work.now_ms // 1000
    ends = sorted({first, *(chance.randrange(first, last) for _ in range(3)), last})
    before: dict[Any, int] = {}
    for start, end in pairwise(ends):
        report = await reporting.rows(await reporting.run(PLATFORM, BOTH, start, end))
        found = {
            (row["account"], row["currency"], row["category"]): minor(row["net"], row["currency"]) for row in report
        }
        for scope in (PLATFORM, SHOP):
            opening, closing = [await ledger_at(work.database, scope, second) for second in (start, end)]
            for currency in opening | closing:
                key = (scope.account, currency)
                assert found[*key, "opening_balance"] == opening[currency] == before.get(key, 0)
                assert found[*key, "closing_balance"] == closing[currency]
                activity = sum(net for of, net in found.items() if of[:2] == key and "balance" not in of[2])
                assert opening[currency] + activity == closing[currency]
                before[key] = closing[currency]
        mine = await reporting.rows(await reporting.run(SHOP, BALANCE, start, end))
        assert {(row["currency"], row["category"]): minor(row["net_amount"], row["currency"]) for row in mine} == {
            (currency, category): amount
            for currency in {row["currency"] for row in mine}
            for category, amount in (
                ("starting_balance", found["acct_shop", currency, "opening_balance"]),
                ("activity", closing_less_opening(found, currency)),
                ("payouts", 0),
                ("ending_balance", found["acct_shop", currency, "closing_balance"]),
            )
        }
    await assert_books_hold(work.database)


def closing_less_opening(found: dict[tuple[str, str, str], int], currency: str) -> int:
    return found["acct_shop", currency, "closing_balance"] - found["acct_shop", currency, "opening_balance"]


async def test_itemized_rows_are_the_balance_transactions_and_add_up_to_the_summary(
    work: Clockwork, reporting: Reporting
) -> None:
    await live_a_little(work, random.Random(3), 30)
    start, end = NOW_MS // 1000, work.now_ms // 1000 + 1
    run = await reporting.run(SHOP, ITEMIZED, start, end)
    items = await reporting.rows(run)
    stored = await rows(work.database, "SELECT id, source, net FROM balance_transactions WHERE account = 'acct_shop'")
    assert {(row["balance_transaction_id"], row["source_id"], minor(row["net"], row["currency"])) for row in items} == {
        tuple(each.values()) for each in stored
    }
    summary = await reporting.rows(await reporting.run(SHOP, ACTIVITY, start, end))
    sums: Counter[tuple[str, str]] = Counter()
    for row in items:
        sums[row["currency"], row["reporting_category"]] += minor(row["net"], row["currency"])
    assert {(row["currency"], row["reporting_category"]): minor(row["net"], row["currency"]) for row in summary} == sums
    of_totals = {(each.currency, each.group): minor(each.sums["net"], each.currency) for each in run.made.totals}  # type: ignore[union-attr]
    assert of_totals == sums
    below = await reporting.rows(await reporting.run(PLATFORM, CONNECTED, start, end))
    assert [row.pop("connected_account_id") for row in below] == ["acct_shop"] * len(items)
    assert below == items
    only = await reporting.run(SHOP, ITEMIZED, start, end, currency="jpy", reporting_category="topup", columns=("net",))
    assert (await reporting.content(only, FileKind.CSV)).decode().splitlines() == [
        "net",
        *(row["net"] for row in items if (row["currency"], row["reporting_category"]) == ("jpy", "topup")),
    ]


async def test_times_and_days_are_those_of_the_time_zone(work: Clockwork, reporting: Reporting) -> None:
    work.now_ms = at("2026-10-31 23:59")
    topup = (await work.create(SHOP, amount=1_000))["id"]
    await work.force(SHOP, topup, Succeed())
    work.now_ms = at("2026-11-02 12:00")
    zone = "America/New_York"
    start, end = at("2026-10-01 00:00") // 1000, at("2026-11-01 00:00") // 1000
    (row,) = await reporting.rows(
        await reporting.run(SHOP, ITEMIZED, start, end, timezone=zone, columns=("created_utc", "created"))
    )
    assert row == {"created_utc": "2026-11-01 03:59:00", "created": "2026-10-31 23:59:00"}
    summary = await reporting.rows(await reporting.run(SHOP, BALANCE, start, end, timezone=zone))
    assert [row["description"] for row in summary] == [
        "Starting balance (2026-10-01)",
        "Activity",
        "Total payouts",
        "Ending balance (2026-10-31)",
    ]


async def test_running_again_gives_the_same_bytes_and_names_what_was_added_since(
    work: Clockwork, reporting: Reporting, tmp_path: Path
) -> None:
    await live_a_little(work, random.Random(4), 10)
    start, end = NOW_MS // 1000, work.now_ms // 1000 + 1
    first = await reporting.run(SHOP, ITEMIZED, start, end)
    await live_a_little(work, random.Random(5), 10)  # after the interval
    again = await reporting.run(SHOP, ITEMIZED, start, end)
    for kind in (FileKind.CSV, FileKind.JSON):
        assert await reporting.content(again, kind) == await reporting.content(first, kind)
    assert again.made
    assert again.made.differs_from is None
    # An import brings history with the times that it had elsewhere.
    old = Clockwork(work.database, now_ms=NOW_MS + 1)
    topup = (await old.create(SHOP, amount=700))["id"]
    await old.force(SHOP, topup, Succeed())
    late = await reporting.run(SHOP, ITEMIZED, start, end)
    assert late.made
    assert late.made.differs_from == again.id
    manifest = json.loads((await reporting.write(late, tmp_path)).read_bytes())
    assert manifest["differs_from"] == again.id


def _change_a_digit(path: Path) -> None:
    content = path.read_bytes()
    at_digit = next(place for place in range(len(content) - 1, 0, -1) if chr(content[place]).isdigit())
    changed = b"%d" % ((int(chr(content[at_digit])) + 1) % 10)
    path.write_bytes(content[:at_digit] + changed + content[at_digit + 1 :])


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize("ending", ["csv", "json", "manifest.json", "manifest.sig"])
@pytest.mark.parametrize("change", [_change_a_digit, _cut])
async def test_what_somebody_has_changed_is_refused(
    work: Clockwork, reporting: Reporting, tmp_path: Path, ending: str, change: Callable[[Path], None]
) -> None:
    await live_a_little(work, random.Random(6), 6)
    run = await reporting.run(PLATFORM, BOTH, NOW_MS // 1000, work.now_ms // 1000)
    manifest = await reporting.write(run, tmp_path)
    key = read_public_key((tmp_path / "report-key.pem").read_bytes(), name="key")
    verified = verify_report(manifest, key)
    assert run.made
    assert (verified.manifest.rows, verified.fingerprint) == (run.made.rows, run.made.key)
    target = tmp_path / f"{run.id}.{ending}"
    if ending == "manifest.sig":
        target.write_bytes(bytes(64))
    else:
        change(target)
    with pytest.raises(ManifestError):
        verify_report(manifest, key)


async def test_a_report_that_contradicts_itself_is_refused_though_it_is_signed(
    work: Clockwork, reporting: Reporting, tmp_path: Path
) -> None:
    """Hashes and totals are compared with the rows, so that a mistake of ours shows, too."""
    await live_a_little(work, random.Random(7), 6)
    run = await reporting.run(PLATFORM, BOTH, NOW_MS // 1000, work.now_ms // 1000)
    path = await reporting.write(run, tmp_path)
    key = await reports.find_signing_key(work.database, VAULT)
    public = read_public_key(key.public_pem.encode(), name="key")
    manifest = json.loads(path.read_bytes())
    manifest["totals"][0]["sums"]["net"] += "1"
    path.write_text(json.dumps(manifest))
    path.with_name(f"{run.id}.manifest.sig").write_bytes(key.sign(path.read_bytes()))
    with pytest.raises(ManifestError, match="do not add up to the totals"):
        verify_report(path, public)


async def test_a_run_is_refused_that_cannot_be_made(work: Clockwork, reporting: Reporting) -> None:
    now = reporting.clock() // 1000
    for name, wanted in (
        ("interval_end", (now - 5, now - 5, {})),
        ("interval_end", (now - 5, now + 1, {})),
        ("interval_start", (5, now, {})),
        ("timezone", (now - 5, now, {"timezone": "Mars/Olympus"})),
        ("timezone", (now - 5, now, {"timezone": "../../etc/passwd"})),
        ("columns", (now - 5, now, {"columns": ("net", "nett")})),
        ("columns", (now - 5, now, {"columns": ("net_amount", "net_amount")})),
        ("reporting_category", (now - 5, now, {"reporting_category": "topup"})),
    ):
        start, end, more = wanted
        with pytest.raises(ReportParameterError) as refused:
            await reporting.create(SHOP, BALANCE, start, end, **more)
        assert refused.value.param == f"parameters[{name}]"
    with pytest.raises(UnknownReportTypeError):
        await reporting.create(SHOP, "balance.summary.9", now - 5, now)
    with pytest.raises(NotPlatformError):
        await reporting.create(SHOP, RECONCILED, now - 5, now)
    assert await rows(work.database, "SELECT id FROM report_runs") == []


async def test_a_live_interval_is_read_once_nothing_can_be_posted_in_it_any_more(
    work: Clockwork, owner_database: Database
) -> None:
    clock = [NOW_MS]
    reporting = Reporting(work.database, VAULT, lambda: clock[0])
    run = await reporting.create(AccountScope("acct_shop", livemode=True), BALANCE, NOW_MS // 1000 - 5, NOW_MS // 1000)
    clock[0] += 14_999
    assert await reporting.maker.run_once() == 0
    clock[0] += 1
    # A transaction of the service that has begun before is still open: it may post in the interval.
    later = f"UPDATE report_runs SET parameters = jsonb_set(parameters, '{{interval_end}}', '{2**32}')"
    await execute(owner_database, later)
    async with work.database.transaction():
        assert await reporting.maker.run_once() == 0
    clock[0] += 1_000
    assert await reporting.maker.run_once() == 1
    made = await reports.retrieve_run(work.database, AccountScope("acct_shop", livemode=True), run.id)
    assert made.status is RunStatus.SUCCEEDED


async def test_a_run_whose_worker_died_is_taken_over_and_the_slow_one_writes_nothing(
    work: Clockwork, reporting: Reporting
) -> None:
    await live_a_little(work, random.Random(8), 6)
    run = await reporting.create(SHOP, ITEMIZED, NOW_MS // 1000, work.now_ms // 1000)
    now_ms = reporting.clock()
    async with work.database.transaction() as conn:
        slow = await report_store.claim_run(conn, now_ms=now_ms, until_ms=now_ms + 60_000)
        assert slow
        await report_store.insert_part(conn, run, FileKind.CSV, 1, b"half")
    assert await reporting.maker.run_once() == 0  # leased
    work.now_ms += 60_000
    assert await reporting.maker.run_once() == 1
    async with work.database.transaction() as conn:
        assert not await report_store.keep_run(conn, slow, until_ms=now_ms)
        assert await report_store.end_run(conn, slow, RunStatus.FAILED, now_ms=now_ms, error="late") is None
    made = await reports.retrieve_run(work.database, SHOP, run.id)
    assert made.status is RunStatus.SUCCEEDED
    assert (await reporting.content(made, FileKind.CSV)).startswith(b"balance_transaction_id,")


async def test_what_cannot_be_made_fails_with_a_reason_and_keeps_no_file(work: Clockwork) -> None:
    await live_a_little(work, random.Random(9), 8)
    reporting = Reporting(work.database, VAULT, lambda: work.now_ms + 60_000, most_rows=1)
    run = await reporting.run(PLATFORM, BOTH, NOW_MS // 1000, work.now_ms // 1000)
    assert (run.status, run.made) == (RunStatus.FAILED, None)
    assert "shorter interval" in (run.error or "")
    assert await rows(work.database, "SELECT run FROM report_parts") == []
    (event,) = await rows(work.database, "SELECT type, object_id FROM events WHERE type LIKE 'reporting.%'")
    assert tuple(event.values()) == ("reporting.report_run.failed", run.id)


async def test_a_long_report_is_cut_into_parts_and_comes_back_whole(
    work: Clockwork, reporting: Reporting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brim.core.reports.tables.PART_BYTES", 500)
    monkeypatch.setattr("brim.core.reports.sources.PAGE", 3)
    monkeypatch.setattr("brim.core.reports.sources.SUM_PAGE", 3)
    await live_a_little(work, random.Random(10), 30)
    run = await reporting.run(SHOP, ITEMIZED, NOW_MS // 1000, work.now_ms // 1000 + 1)
    assert run.made
    assert run.made.file(FileKind.CSV).parts > 2
    key = await reports.find_signing_key(work.database, VAULT)
    verify_report(await reporting.write(run, tmp_path), read_public_key(key.public_pem.encode(), name="key"))
    await reporting.run(PLATFORM, BOTH, NOW_MS // 1000, work.now_ms // 1000 + 1)


async def test_top_ups_stand_beside_the_lines_that_moved_them_and_sums_are_those_of_verify(
    database: Database, tmp_path: Path
) -> None:
    (tmp_path / "live").mkdir()
    live = LiveMoney(database, tmp_path / "live")
    await live.open()
    reporting = Reporting(database, live.vault, lambda: live.now_ms)
    paid = await live.create(await live.bank_account(), 2_500)
    returned = await live.create(await live.bank_account(RETURNS_AT_ONCE), 4_000)
    await live.until("2026-12-08 12:00")
    waiting = await live.create(await live.bank_account(), 900)
    end = live.now_ms // 1000 + 1
    live.now_ms += 60_000
    run = await reporting.run(LIVE, RECONCILED, at("2026-12-01 00:00") // 1000, end)
    found = await reporting.rows(run)
    by_topup = {topup: [row for row in found if row["topup_id"] == topup] for topup in (paid, returned, waiting)}
    (line,) = by_topup[paid]
    assert (line["reconciliation"], line["clearing"], line["movement"]) == ("matched", "0.00", "bank_credit")
    assert (line["movement_amount"], line["bank_account"]) == ("25.00", "operating")
    stored = await rows(database, "SELECT id, statement, booked_on, amount FROM statement_lines ORDER BY id")
    known = {row["id"]: row for row in stored}
    for row in found:
        if row["movement"]:
            of = known[row["statement_line_id"]]
            assert (row["statement_id"], row["booked_on"]) == (of["statement"] or "", str(of["booked_on"]))
            assert row["line_amount"] == str(Decimal(of["amount"]).scaleb(-2).quantize(Decimal("0.01")))
    assert [row["movement"] for row in by_topup[returned]] == ["bank_credit", "bank_return"]
    assert [row["count"] for row in by_topup[returned]] == ["1", ""]
    (line,) = by_topup[waiting]
    assert (line["reconciliation"], line["movement"]) == ("nothing_due", "")
    books = await verify_books(database)
    assert not books.differences
    clearing = sum(Decimal(row["clearing"]) for row in found if row["clearing"])
    assert clearing == Decimal(books.clearing.amounts.get("usd", 0)).scaleb(-2)
    bank = sum(Decimal(row["movement_amount"]) for row in found if row["movement"])
    assert bank == Decimal((await live.ledger())["bank:operating"]).scaleb(-2)


async def test_old_reports_go_with_their_files_unless_an_account_of_theirs_is_held(
    work: Clockwork, reporting: Reporting
) -> None:
    when: dict[str, Any] = {"by": TESTER, "now_ms": NOW_MS, "ids": work.ids}
    hold = await work.database.transact(
        lambda conn: legal_holds.place_hold(
            conn, kind=legal_holds.HoldKind.ACCOUNT, account="acct_shop", reason="Case 7", reference=None, **when
        )
    )
    second = NOW_MS // 1000
    for scope in (PLATFORM, SHOP, AccountScope("acct_zoo", livemode=False)):
        await reporting.run(scope, BALANCE, second - 9, second)
    waiting = await reporting.create(SHOP, BALANCE, second - 9, second)
    pruning = Pruning(work.database)
    later_ms = reporting.clock() + 401 * 86_400_000

    async def left() -> set[str]:
        await pruning.run_once(now_ms=later_ms, limit=100)
        runs = await rows(work.database, "SELECT id, account FROM report_runs")
        parts = await rows(work.database, "SELECT DISTINCT run FROM report_parts")
        assert {row["run"] for row in parts} == {row["id"] for row in runs} - {waiting.id}
        return {row["account"] for row in runs}

    assert await left() == {"acct_platform", "acct_shop"}
    await work.database.transact(lambda conn: legal_holds.lift_hold(conn, hold.id, **when))
    later_ms += 3_600_000
    assert await left() == {"acct_shop"}
    assert [row["id"] for row in await rows(work.database, "SELECT id FROM report_runs")] == [waiting.id]
