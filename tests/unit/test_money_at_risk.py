"""When money may still be taken back and when it arrives, against the bank's own days."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brim.bank.banking_days import LocalTime, add_banking_days, is_banking_day
from brim.core.direct_debits import EntryStatus
from brim.core.money_at_risk import Arrival, AtRisk, Risk, Stage, Sum, returnable_on
from brim.core.money_at_risk.rules import PendingDebits, UsableDebits, forecast, risk_of, sum_at_risk, total_by_currency
from brim.core.rails.ach import OriginatorProfile
from tests.support.live_money import at

LOCAL = LocalTime("America/New_York")
PROFILE = OriginatorProfile(
    odfi_routing_number="121042882",
    odfi_name="BANK",
    immediate_origin="1234567890",
    origin_name="BRIM",
    company_name="BRIM",
    company_id="1234567890",
    outgoing_folder="/out",
    incoming_folder="/in",
)
BANKING_DAYS = [
    day for day in (date(2026, 1, 2) + timedelta(days=count) for count in range(700)) if is_banking_day(day)
]


@given(
    settled=st.sampled_from(BANKING_DAYS),
    hours=st.integers(0, 24 * 70),
    is_company=st.booleans(),
    is_booked=st.booleans(),
)
def test_a_debit_is_at_risk_for_as_long_as_its_bank_may_return_it(
    settled: date, hours: int, is_company: bool, is_booked: bool
) -> None:
    now = datetime.combine(settled, time(), ZoneInfo("America/New_York")) + timedelta(hours=hours)
    last = settled + timedelta(days=61)
    while not is_banking_day(last):
        last += timedelta(days=1)
    expected: Risk | None = None
    if not is_booked:
        expected = Risk.UNCONFIRMED
    elif now.timestamp() < LOCAL.at(add_banking_days(settled, 3), time(9)):
        expected = Risk.RETURNABLE
    elif now.date() <= last and not is_company:
        expected = Risk.UNAUTHORIZED
    sec_code = "CCD" if is_company else "WEB"
    now_ms = int(now.timestamp() * 1000)
    found = risk_of(PROFILE, effective_date=settled, sec_code=sec_code, is_booked=is_booked, now_ms=now_ms)
    assert found == expected
    assert returnable_on(settled, sec_code) == (add_banking_days(settled, 2), None if is_company else last)


@pytest.mark.parametrize(
    ("settled", "ordinary", "unauthorized"),
    [
        (date(2026, 12, 2), date(2026, 12, 4), date(2027, 2, 1)),
        (date(2026, 12, 23), date(2026, 12, 28), date(2027, 2, 22)),
        (date(2027, 1, 14), date(2027, 1, 19), date(2027, 3, 16)),  # Martin Luther King's day in between
    ],
)
def test_the_days_of_returns_pass_over_weekends_and_holidays(settled: date, ordinary: date, unauthorized: date) -> None:
    assert returnable_on(settled, "PPD") == (ordinary, unauthorized)


@pytest.mark.parametrize(
    ("day", "risk"),
    [
        ("2027-01-27", Risk.RETURNABLE),
        ("2027-01-28", Risk.UNAUTHORIZED),
        ("2028-01-02", Risk.UNAUTHORIZED),
        ("2028-01-03", None),
    ],
)
def test_a_collection_by_sepa_is_at_risk_for_eight_weeks_and_for_thirteen_months(day: str, risk: Risk | None) -> None:
    settled = date(2026, 12, 2)
    assert returnable_on(settled, "CORE") == (date(2027, 1, 27), date(2028, 1, 2))
    told = {"effective_date": settled, "sec_code": "CORE", "is_booked": True}
    assert risk_of(PROFILE, **told, now_ms=at(f"{day} 12:00")) is risk  # type: ignore[arg-type]


@pytest.mark.parametrize(("day", "risk"), [("2026-12-28", Risk.RETURNABLE), ("2026-12-29", None)])
def test_a_business_by_sepa_has_no_refund_and_its_bank_three_days_of_target(day: str, risk: Risk | None) -> None:
    settled = date(2026, 12, 22)
    assert returnable_on(settled, "B2B") == (date(2026, 12, 28), None)
    told = {"effective_date": settled, "sec_code": "B2B", "is_booked": True}
    assert risk_of(PROFILE, **told, now_ms=at(f"{day} 12:00")) is risk  # type: ignore[arg-type]


def test_what_is_at_risk_is_summed_by_account_source_and_currency() -> None:
    new, old, gone = date(2026, 12, 2), date(2026, 11, 2), date(2026, 9, 1)
    rows = [
        ("acct_a", "src_1", "WEB", new, True, Sum(500, 1)),
        ("acct_a", "src_1", "WEB", new, False, Sum(70, 2)),
        ("acct_a", "src_1", "PPD", old, True, Sum(30, 1)),
        ("acct_a", "src_1", "CCD", old, True, Sum(900, 1)),
        ("acct_b", "pm_2", "WEB", old, True, Sum(1_000, 4)),
        ("acct_b", None, "WEB", gone, True, Sum(5_000, 1)),
    ]
    debits = [UsableDebits(a, s, "usd", "orig", sec, day, booked, sum_) for a, s, sec, day, booked, sum_ in rows]
    found = sum_at_risk(debits, {"orig": PROFILE}, now_ms=at("2026-12-04 12:00"))
    assert found == [
        AtRisk(account="acct_b", funding_source="pm_2", currency="usd", sums={Risk.UNAUTHORIZED: Sum(1_000, 4)}),
        AtRisk(
            account="acct_a",
            funding_source="src_1",
            currency="usd",
            sums={Risk.RETURNABLE: Sum(500, 1), Risk.UNCONFIRMED: Sum(70, 2), Risk.UNAUTHORIZED: Sum(30, 1)},
        ),
    ]
    (total,) = total_by_currency(found)
    assert (total.total, total.of(Risk.UNAUTHORIZED), total.account) == (Sum(1_600, 8), Sum(1_030, 5), None)


NOW = at("2026-11-30 10:00")


def expected(status: EntryStatus | None, day: date | None = None, *, due: str = "2026-11-30 17:00") -> Arrival:
    (found,) = forecast(
        [PendingDebits("usd", "orig", status, day, 2, at(due), Sum(500, 1))],
        {"orig": PROFILE},
        {"usd": PROFILE},
        now_ms=NOW,
    )
    return found


@pytest.mark.parametrize(
    ("found", "stage", "confirmed_on", "usable", "reason"),
    [
        (
            expected(None),
            Stage.CUTOFF,
            date(2026, 12, 1),
            "2026-12-03 09:00",
            "Cut-off Mon, Nov 30, 17:00; settles Tue, Dec 1; hold of 2 banking days.",
        ),
        (
            expected(None, due="2026-12-01 17:00"),
            Stage.CUTOFF,
            date(2026, 12, 2),
            "2026-12-04 09:00",
            "Cut-off Tue, Dec 1, 17:00; settles Wed, Dec 2; hold of 2 banking days.",
        ),
        (
            expected(None, due="2026-11-20 17:00"),  # it has waited: the next file takes it
            Stage.CUTOFF,
            date(2026, 12, 1),
            "2026-12-03 09:00",
            "Cut-off Mon, Nov 30, 17:00; settles Tue, Dec 1; hold of 2 banking days.",
        ),
        (
            expected(EntryStatus.QUEUED),
            Stage.QUEUED,
            date(2026, 12, 1),
            "2026-12-03 09:00",
            "Cut-off Mon, Nov 30, 17:00; settles Tue, Dec 1; hold of 2 banking days.",
        ),
        (
            expected(EntryStatus.IN_FILE, date(2026, 11, 30)),
            Stage.IN_FILE,
            date(2026, 11, 30),
            "2026-12-02 09:00",
            "In a file that settled Mon, Nov 30; hold of 2 banking days.",
        ),
        (
            expected(EntryStatus.CONFIRMED, date(2026, 11, 27)),
            Stage.CONFIRMED,
            date(2026, 11, 27),
            "2026-12-01 09:00",
            "Confirmed by the bank, settled Fri, Nov 27; hold of 2 banking days.",
        ),
        (
            expected(EntryStatus.CONFIRMED, date(2026, 12, 1)),  # acknowledged on the day before
            Stage.CONFIRMED,
            date(2026, 12, 1),
            "2026-12-03 09:00",
            "Confirmed by the bank, settles Tue, Dec 1; hold of 2 banking days.",
        ),
        (
            expected(EntryStatus.IN_FILE, date(2026, 11, 25)),
            Stage.OVERDUE,
            date(2026, 11, 25),
            None,
            "Settled Wed, Nov 25; its hold is over, and it waits for the bank's confirmation.",
        ),
        (
            expected(EntryStatus.REJECTED, date(2026, 11, 25)),
            Stage.REJECTED,
            None,
            None,
            "The bank rejected the debit. It is sent again once it is resubmitted.",
        ),
    ],
)
def test_each_arrival_says_when_and_why(
    found: Arrival, stage: Stage, confirmed_on: date | None, usable: str | None, reason: str
) -> None:
    usable_ms = None if usable is None else at(usable)
    assert (found.stage, found.confirmed_on, found.usable_ms, found.reason) == (stage, confirmed_on, usable_ms, reason)


def test_arrivals_of_one_day_and_reason_are_one_and_those_without_a_day_come_last() -> None:
    pending = [
        PendingDebits("usd", "orig", EntryStatus.REJECTED, None, 2, None, Sum(1, 1)),
        PendingDebits("usd", None, None, None, 2, at("2026-11-30 17:00"), Sum(500, 1)),
        PendingDebits("usd", None, None, None, 2, at("2026-11-20 17:00"), Sum(300, 2)),
        PendingDebits("usd", "orig", EntryStatus.CONFIRMED, date(2026, 11, 27), 2, None, Sum(20, 1)),
    ]
    found = forecast(pending, {"orig": PROFILE}, {"usd": PROFILE}, now_ms=NOW)
    assert [(each.stage, each.sum) for each in found] == [
        (Stage.CONFIRMED, Sum(20, 1)),
        (Stage.CUTOFF, Sum(800, 3)),
        (Stage.REJECTED, Sum(1, 1)),
    ]
    (nobody, *_) = forecast(pending[1:2], {}, {}, now_ms=NOW)
    assert (nobody.stage, nobody.usable_ms) == (Stage.NO_ORIGINATOR, None)
