"""Money at risk and the forecast of arrivals, against the bank's own books and what became of each top-up."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest_asyncio

from brim.bank.banking_days import LocalTime, add_banking_days, on_or_after
from brim.base.scope import AccountScope
from brim.core.gauges import Gauges
from brim.core.money_at_risk import MoneyAtRisk, Risk, Stage, read_money_at_risk, total_at_risk
from brim.core.rails.ach import Confirmation, SecCode
from brim.platform.database import Database
from tests.support.books import assert_books_hold, rows
from tests.support.live_books import read_bank
from tests.support.live_money import PAYS, PLATFORM, RETURNS_AT_ONCE, RETURNS_LATE, LiveMoney

BELOW = AccountScope("acct_below", livemode=True)
LOCAL = LocalTime("America/New_York")


@pytest_asyncio.fixture
async def live(database: Database, tmp_path: Path) -> LiveMoney:
    return LiveMoney(database, tmp_path)


async def opened(live: LiveMoney, confirmation: Confirmation = Confirmation.ACKNOWLEDGEMENT) -> None:
    await live.open(BELOW.account, confirmation=confirmation, hold_days=1, minimum_hold_days=0)


async def look(live: LiveMoney) -> MoneyAtRisk:
    return await read_money_at_risk(live.database, PLATFORM, now_ms=live.now_ms)


class Model:
    """What clients have created: top-up, account, funding source, amount, and whether a company has authorized it."""

    def __init__(self, live: LiveMoney) -> None:
        self.live = live
        self.made: dict[str, tuple[str, str, int, bool]] = {}

    async def create(self, source: str, amount: int, *, scope: AccountScope = PLATFORM, company: bool = False) -> str:
        topup = await self.live.create(source, amount, scope=scope)
        self.made[topup] = (scope.account, source, amount, company)
        return topup

    async def at_risk(self, *, statements_read: bool) -> Counter[tuple[str, str, Risk]]:
        """Return what is at risk by account, funding source and reason, from the bank's books and statuses."""
        usable = {
            row["id"] for row in await rows(self.live.database, "SELECT id FROM topups WHERE status = 'succeeded'")
        }
        settled = {each.individual_id: each.settled_on for each in read_bank(self.live.folder / "bank").presentments}
        now = datetime.fromtimestamp(self.live.now_ms // 1000, ZoneInfo("America/New_York"))
        found: Counter[tuple[str, str, Risk]] = Counter()
        for topup, (account, source, amount, company) in self.made.items():
            if topup not in usable:
                continue
            day = settled[topup[-15:]]
            if not statements_read:
                found[account, source, Risk.UNCONFIRMED] += amount
            elif now.timestamp() < LOCAL.at(add_banking_days(day, 3), time(9)):
                found[account, source, Risk.RETURNABLE] += amount
            elif not company and now.date() <= on_or_after(day + timedelta(days=61)):
                found[account, source, Risk.UNAUTHORIZED] += amount
        return found

    async def check(self, *, statements_read: bool = True) -> MoneyAtRisk:
        """Check what is told against it."""
        found, expected = await look(self.live), await self.at_risk(statements_read=statements_read)
        told = Counter(
            {
                (each.account, each.funding_source, risk): each.of(risk).amount
                for each in found.sources
                for risk in Risk
                if each.of(risk).topups
            }
        )
        assert told == expected
        totals = {risk: sum(amount for (*_, of), amount in expected.items() if of is risk) for risk in Risk}
        assert {risk: sum(each.of(risk).amount for each in found.currencies) for risk in Risk} == totals
        async with self.live.database.connection() as conn:
            gauged = await total_at_risk(conn, PLATFORM, now_ms=self.live.now_ms, most=100)
        assert tuple(gauged) == found.currencies
        assert found.is_complete
        return found


async def test_money_at_risk_is_what_the_bank_may_still_take_back(live: LiveMoney) -> None:
    await opened(live)
    model = Model(live)
    pays, below = await live.bank_account(), await live.bank_account(scope=BELOW)
    await model.create(pays, 5_000)
    await model.create(pays, 70)
    await model.create(below, 2_000, scope=BELOW)
    returned_late = await model.create(await live.bank_account(RETURNS_LATE), 700)
    await model.create(await live.bank_account(RETURNS_AT_ONCE), 900)
    await model.create(await live.bank_account(sec_code=SecCode.CCD), 300, company=True)
    assert (await model.check()).currencies == ()
    await live.until("2026-12-01 17:01")
    await live.until("2026-12-02 22:00")
    await live.advance_bank()
    live.now_ms += 2 * 3_600_000
    await live.advance_bank()  # the statement is there, and nobody fetches it yet
    (statement,) = (live.folder / "from-bank").glob("statement_20261202*")
    late = statement.rename(live.folder / statement.name)
    await live.until("2026-12-03 10:00")
    found = await model.check(statements_read=False)
    assert sum(each.total.topups for each in found.currencies) == 6
    late.rename(statement)
    await live.work()
    assert (await model.check()).currencies[0].of(Risk.RETURNABLE).topups == 6
    await live.until("2026-12-07 08:30")
    assert (await model.check()).currencies[0].of(Risk.RETURNABLE).topups == 5  # one has come back
    await live.until("2026-12-07 10:00")
    after = await model.check()
    assert (after.currencies[0].of(Risk.RETURNABLE).topups, after.currencies[0].of(Risk.UNAUTHORIZED).topups) == (0, 4)
    assert [(each.account, each.total.amount) for each in after.sources] == [
        (PLATFORM.account, 5_070),
        (BELOW.account, 2_000),
        (PLATFORM.account, 700),
    ]
    await live.until("2027-01-30 10:00", step_hours=24 * 20)
    assert (await live.topup(returned_late))["status"] == "reversed"
    assert (await model.check()).currencies[0].total.amount == 7_070
    await live.until("2027-02-01 23:00", step_hours=24)
    assert (await model.check()).currencies[0].total.amount == 7_070
    await live.until("2027-02-02 10:00")
    assert (await model.check()).currencies == ()
    await assert_books_hold(live.database)


async def test_what_is_looked_at_is_limited_and_said_to_be(live: LiveMoney) -> None:
    await opened(live)
    sources = [await live.bank_account() for _ in range(3)]
    for number, source in enumerate(sources):
        await live.create(source, 1_000 + number)
    pending = await read_money_at_risk(live.database, PLATFORM, now_ms=live.now_ms, most_pending=2)
    assert (pending.arrivals_are_complete, sum(each.sum.topups for each in pending.arrivals)) == (False, 2)
    await live.until("2026-12-01 17:01")
    await live.until("2026-12-03 10:00")
    few = await read_money_at_risk(live.database, PLATFORM, now_ms=live.now_ms, most_debits=2, shown_sources=1)
    assert (few.is_complete, few.more_sources, few.currencies[0].total.topups) == (False, True, 2)
    all_ = await read_money_at_risk(live.database, PLATFORM, now_ms=live.now_ms, most_debits=4)
    assert (all_.is_complete, [each.total.amount for each in all_.sources]) == (True, [1_002, 1_001, 1_000])


async def test_figures_are_by_currency_and_reason_and_not_by_account(live: LiveMoney, tmp_path: Path) -> None:
    await opened(live)
    for scope, amount in ((PLATFORM, 5_000), (BELOW, 300), (BELOW, 700)):
        await live.create(await live.bank_account(scope=scope), amount, scope=scope)
    await live.until("2026-12-01 17:01")
    await live.until("2026-12-03 10:00")
    read = await Gauges(live.database, lambda: live.now_ms, data_dir=tmp_path).read()
    figures = {each.name: dict(each.samples) for each in read if each.name.startswith("brim_money_at_risk")}
    returnable, none = ("usd", "returnable"), [("usd", "unconfirmed"), ("usd", "returnable_as_unauthorized")]
    assert figures == {
        "brim_money_at_risk_amount": {returnable: 6_000} | dict.fromkeys(none, 0),
        "brim_money_at_risk_topups": {returnable: 3} | dict.fromkeys(none, 0),
    }


async def test_arrivals_are_forecast_for_the_moment_at_which_they_come(live: LiveMoney) -> None:
    """What is forecast at any time is what happens: every top-up is usable when that was said."""
    await opened(live, Confirmation.STATEMENT)
    source, below = await live.bank_account(PAYS), await live.bank_account(scope=BELOW)
    told: list[Counter[int]] = []
    stages = set()
    for day in ("2026-12-01", "2026-12-02", "2026-12-03", "2026-12-04"):
        for wall in ("10:00", "16:59", "17:05", "23:30"):
            await live.until(f"{day} {wall}", step_hours=3)
            if wall in {"10:00", "17:05"} and day < "2026-12-04":
                await live.create(source, 1_000)
                await live.create(below, 300, scope=BELOW)
            found = await look(live)
            told.append(Counter({each.usable_ms or 0: each.sum.amount for each in found.arrivals}))
            stages |= {each.stage for each in found.arrivals}
            assert {each.confirmed_on for each in found.arrivals} <= {
                date(2026, 12, 2) + timedelta(days=days) for days in (0, 1, 2, 5)
            }
    await live.until("2026-12-09 10:00")
    usable = {
        row["at"]: row["amount"]
        for row in await rows(
            live.database,
            "SELECT expected_availability_date * 1000 AS at, sum(amount)::bigint AS amount FROM topups"
            " WHERE status = 'succeeded' GROUP BY 1",
        )
    }
    assert sum(usable.values()) == 6 * 1_300
    assert {Stage.CUTOFF, Stage.IN_FILE, Stage.CONFIRMED} <= stages
    assert {moment for each in told for moment in each} <= usable.keys()
    assert {moment: max(each[moment] for each in told) for moment in usable} == usable
    assert (await look(live)).arrivals == ()
