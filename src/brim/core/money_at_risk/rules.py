"""What may still happen to usable money, and when pending money is to be expected. Pure: the moment is an argument."""

from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from typing import Final, NamedTuple

import msgspec

from brim.core.direct_debits import EntryStatus
from brim.core.rails.ach import (
    GRACE_MS,
    MANDATES,
    OriginatorProfile,
    SecCode,
    effective_date_of,
    local_day,
    local_time,
    next_cutoff_ms,
    refundable_from_ms,
    returnable_until,
    usable_ms,
)
from brim.core.rails.ach.nacha import RETURN_CODES
from brim.core.rails.sepa import claimable_until, refundable_until, returnable_until_of_b2b

CURRENCY: Final = "usd"
"""What ACH moves."""
HORIZON_DAYS: Final = 85
"""How far back files are looked at: what they debited can come back for sixty days and the banking day after, and a
file is made some days before its entries settle."""
HORIZON_DAYS_OF_SEPA: Final = 425
"""The same where an originator collects by SEPA: thirteen months."""
_ORDINARY: Final = RETURN_CODES["R01"]
_UNAUTHORIZED: Final = RETURN_CODES["R10"]
_OF_COMPANIES: Final = frozenset({SecCode.CCD})


class Risk(StrEnum):
    """Why usable money may be taken back."""

    UNCONFIRMED = "unconfirmed"
    """No statement of the bank has booked the debit."""
    RETURNABLE = "returnable"
    """It is booked, and ordinary returns may still arrive."""
    UNAUTHORIZED = "returnable_as_unauthorized"
    """It is booked, and only its holder can still say that they have not authorized it."""


class Stage(StrEnum):
    """What pending money waits for."""

    CUTOFF = "cutoff"
    QUEUED = "queued"
    IN_FILE = "in_file"
    CONFIRMED = "confirmed"
    OVERDUE = "overdue"
    REJECTED = "rejected"
    NO_ORIGINATOR = "no_originator"


class Sum(msgspec.Struct, frozen=True):
    """An amount in minor units, and of how many top-ups it is."""

    amount: int = 0
    topups: int = 0

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.amount + other.amount, self.topups + other.topups)


class UsableDebits(NamedTuple):
    """Debits whose money is usable and that have not come back, of one funding source and day of settlement."""

    owner: str
    funding_source: str | None
    currency: str
    originator: str
    sec_code: str
    effective_date: date
    is_booked: bool
    sum: Sum


class PendingDebits(NamedTuple):
    """Pending top-ups that stand alike.

    `status` is that of their newest entry, None before their cut-off, which is at `due_ms`; so is `effective_date`, the
    day on which they settle. `hold_days` are the banking days from then until the money is usable.
    """

    currency: str
    originator: str | None
    status: str | None
    effective_date: date | None
    hold_days: int
    due_ms: int | None
    sum: Sum


class AtRisk(msgspec.Struct, frozen=True, kw_only=True):
    """What may be taken back of one currency: of a funding source of an account, or, where these are None, of all."""

    account: str | None = None
    funding_source: str | None = None
    currency: str
    sums: Mapping[Risk, Sum]

    def of(self, risk: Risk) -> Sum:
        """Return what is at risk for one reason."""
        return self.sums.get(risk, Sum())

    @property
    def total(self) -> Sum:
        """All of it."""
        return sum(self.sums.values(), Sum())


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """Pending money that is expected together, and why then.

    `confirmed_on` is the day whose statement books it, `usable_ms` when it is usable and `usable_on` that day for the
    originator; None where nobody can say. `cutoff_ms` is the cut-off that it goes out with.
    """

    currency: str
    stage: Stage
    sum: Sum
    confirmed_on: date | None = None
    usable_ms: int | None = None
    usable_on: date | None = None
    cutoff_ms: int | None = None
    hold_days: int = 0
    reason: str = ""


class MoneyAtRisk(msgspec.Struct, frozen=True, kw_only=True):
    """What may be taken back of a platform's usable money, and what is to come.

    `now_ms` is the platform's time. `sources` are those with the most at risk first, `more_sources` says that there are
    others. Without `is_complete` there is more than was counted, and without `arrivals_are_complete` more is pending.
    """

    now_ms: int
    currencies: tuple[AtRisk, ...]
    sources: tuple[AtRisk, ...]
    more_sources: bool
    is_complete: bool
    arrivals: tuple[Arrival, ...]
    arrivals_are_complete: bool


def returnable_on(effective_date: date, sec_code: str) -> tuple[date, date | None]:
    """Return the last days on which a debit can be returned: as a matter of course, and as unauthorized.

    The second is None for a company's debit (CCD): its holder has two banking days as well (R29). Source: Nacha's
    operating rules: a return is with the originating bank by the opening of the second banking day after settlement,
    that of a consumer's unauthorized debit by the opening of the banking day after the sixtieth day. A debtor of SEPA
    (CORE) claims any collection back for eight weeks, and an unauthorized one for thirteen months; a business (B2B) has
    no refund, and its bank returns a collection within three days of TARGET.
    """
    if sec_code == SecCode.B2B:
        return returnable_until_of_b2b(effective_date), None
    if sec_code == SecCode.CORE:
        return refundable_until(effective_date), claimable_until(effective_date)
    ordinary = returnable_until(_ORDINARY, effective_date) or effective_date
    return ordinary, None if sec_code in _OF_COMPANIES else returnable_until(_UNAUTHORIZED, effective_date)


def risk_of(
    profile: OriginatorProfile, *, effective_date: date, sec_code: str, is_booked: bool, now_ms: int
) -> Risk | None:
    """Return why the money of a debit may be taken back, which is usable; None where it no longer can."""
    if not is_booked:
        return Risk.UNCONFIRMED
    today, (ordinary, last) = local_day(profile, now_ms), returnable_on(effective_date, sec_code)
    is_mandate = sec_code in MANDATES  # what comes back on the last day of others is there on the next
    if (today <= ordinary) if is_mandate else (now_ms < refundable_from_ms(profile, effective_date)):
        return Risk.RETURNABLE
    return Risk.UNAUTHORIZED if last is not None and today <= last else None


def sum_at_risk(
    debits: Iterable[UsableDebits], profiles: Mapping[str, OriginatorProfile], *, now_ms: int
) -> list[AtRisk]:
    """Return what is at risk of each account, funding source and currency, the most first."""
    found: dict[tuple[str, str, str], dict[Risk, Sum]] = {}
    for each in debits:
        risk = risk_of(
            profiles[each.originator],
            effective_date=each.effective_date,
            sec_code=each.sec_code,
            is_booked=each.is_booked,
            now_ms=now_ms,
        )
        if risk is not None:
            sums = found.setdefault((each.owner, each.funding_source or "", each.currency), {})
            sums[risk] = sums.get(risk, Sum()) + each.sum
    rows = [
        AtRisk(account=owner, funding_source=source or None, currency=currency, sums=sums)
        for (owner, source, currency), sums in found.items()
    ]
    return sorted(rows, key=lambda row: (-row.total.amount, row.account, row.funding_source or "", row.currency))


def total_by_currency(rows: Iterable[AtRisk]) -> list[AtRisk]:
    """Return what is at risk of each currency."""
    found: dict[str, dict[Risk, Sum]] = {}
    for row in rows:
        sums = found.setdefault(row.currency, {})
        for risk, each in row.sums.items():
            sums[risk] = sums.get(risk, Sum()) + each
    return [AtRisk(currency=currency, sums=sums) for currency, sums in sorted(found.items())]


def forecast(
    pending: Iterable[PendingDebits],
    profiles: Mapping[str, OriginatorProfile],
    active: Mapping[str, OriginatorProfile],
    *,
    now_ms: int,
) -> list[Arrival]:
    """Return when pending money is to be expected, the earliest first, what has no day last.

    Args:
        pending: what is pending.
        profiles: those of the platform's originators.
        active: the ones that debit what has no entry yet, by currency; none without an active originator.
        now_ms: the moment.
    """
    found: dict[tuple[object, ...], Arrival] = {}
    for each in pending:
        in_charge = active.get(each.currency)
        profile = profiles.get(each.originator or "") or in_charge
        arrival = _expected(each, profile, in_charge, now_ms=now_ms)
        key = (
            arrival.currency,
            arrival.stage,
            arrival.usable_ms,
            arrival.confirmed_on,
            arrival.cutoff_ms,
            arrival.reason,
        )
        known = found.get(key)
        found[key] = arrival if known is None else msgspec.structs.replace(known, sum=known.sum + arrival.sum)
    return sorted(
        found.values(), key=lambda each: (each.usable_ms is None, each.usable_ms or 0, each.stage, each.currency)
    )


def _expected(
    pending: PendingDebits, profile: OriginatorProfile | None, active: OriginatorProfile | None, *, now_ms: int
) -> Arrival:
    known = Arrival(currency=pending.currency, stage=Stage.NO_ORIGINATOR, sum=pending.sum, hold_days=pending.hold_days)
    status, settles = pending.status, pending.effective_date
    if status == EntryStatus.REJECTED:
        return _undated(known, Stage.REJECTED, "The bank rejected the debit. It is sent again once it is resubmitted.")
    if status in {EntryStatus.IN_FILE, EntryStatus.CONFIRMED} and profile is not None and settles is not None:
        usable = usable_ms(profile, settles, pending.hold_days)
        is_confirmed = status == EntryStatus.CONFIRMED
        if usable <= now_ms:
            what = "the bank's files to be read" if is_confirmed else "the bank's confirmation"
            reason = f"Settled {_day(settles)}; its hold is over, and it waits for {what}."
            return _undated(known, Stage.OVERDUE, reason, confirmed_on=settles)
        stage = Stage.CONFIRMED if is_confirmed else Stage.IN_FILE
        verb = "settled" if settles <= local_day(profile, now_ms) else "settles"
        told = f"Confirmed by the bank, {verb}" if is_confirmed else f"In a file that {verb}"
        return _dated(known, profile, stage, f"{told} {_day(settles)}", settles)
    if active is None:
        return _undated(known, Stage.NO_ORIGINATOR, "No originator is active, so it is in no file.")
    is_queued = status == EntryStatus.QUEUED
    cutoff_ms = next_cutoff_ms(active, now_ms - GRACE_MS if is_queued else max((pending.due_ms or 0) - 1, now_ms))
    settles = effective_date_of(active, cutoff_ms)
    cutoff = local_time(active, cutoff_ms)
    told = f"Cut-off {_day(cutoff.date())}, {cutoff:%H:%M}; settles {_day(settles)}"
    stage = Stage.QUEUED if is_queued else Stage.CUTOFF
    return _dated(known, active, stage, told, settles, cutoff_ms=cutoff_ms)


def _dated(
    known: Arrival,
    profile: OriginatorProfile,
    stage: Stage,
    told: str,
    settles: date,
    *,
    cutoff_ms: int | None = None,
) -> Arrival:
    usable = usable_ms(profile, settles, known.hold_days)
    days = "day" if known.hold_days == 1 else "days"
    hold = f"hold of {known.hold_days} banking {days}" if known.hold_days else "no hold"
    return msgspec.structs.replace(
        known,
        stage=stage,
        confirmed_on=settles,
        usable_ms=usable,
        usable_on=local_day(profile, usable),
        cutoff_ms=cutoff_ms,
        reason=f"{told}; {hold}.",
    )


def _undated(known: Arrival, stage: Stage, reason: str, *, confirmed_on: date | None = None) -> Arrival:
    return msgspec.structs.replace(known, stage=stage, reason=reason, confirmed_on=confirmed_on)


def _day(day: date) -> str:
    return f"{day:%a, %b} {day.day}"
