"""Money at risk as it is written. Ours."""

from datetime import date
from typing import Annotated

import msgspec

from brim.api.framework.schema import CURRENCY, LIVEMODE, TEXT, TIME, constant, described
from brim.base.json_codec import encode
from brim.core.money_at_risk import Arrival, AtRisk, MoneyAtRisk, Risk, Stage, Sum


class RiskSumObject(msgspec.Struct, frozen=True, kw_only=True):
    """An amount, and the number of top-ups."""

    amount: Annotated[int, described("How much, in minor units.", minimum=0)]
    topups: Annotated[int, described("The number of top-ups.", minimum=0)]


class AtRiskObject(msgspec.Struct, frozen=True, kw_only=True):
    """Money at risk in one currency. A top-up counts once, in the first category that applies."""

    account: Annotated[str | None, described("The account that was credited; null for all accounts.", **TEXT)]
    currency: Annotated[str, CURRENCY]
    funding_source: Annotated[
        str | None, described("The Source or PaymentMethod that was debited; null for all of them.", **TEXT)
    ]
    returnable: Annotated[
        RiskSumObject,
        described(
            "Booked by a statement, and still returnable for ordinary reasons: within two banking days, or, by "
            "SEPA refunds, within eight weeks."
        ),
    ]
    returnable_as_unauthorized: Annotated[
        RiskSumObject,
        described(
            "Booked, and a consumer can still have it returned as unauthorized: within sixty days, or thirteen "
            "months by SEPA."
        ),
    ]
    total: Annotated[RiskSumObject, described("The sum of all categories.")]
    unconfirmed: Annotated[RiskSumObject, described("Available, but not booked by a bank statement yet.")]


class ArrivalObject(msgspec.Struct, frozen=True, kw_only=True):
    """Pending money that is expected at the same time."""

    amount: Annotated[int, described("How much, in minor units.", minimum=0)]
    confirmed_on: Annotated[
        date | None,
        described("The banking day whose statement is expected to confirm it; null if unknown."),
    ]
    currency: Annotated[str, CURRENCY]
    cutoff: Annotated[int | None, described("The cut-off that it goes out with; null once it is in a file.", **TIME)]
    hold_days: Annotated[int, described("The banking days from settlement until it is available.", minimum=0)]
    reason: Annotated[str, described("Why it is expected then, as a sentence for people.", **TEXT)]
    stage: Annotated[str, described("What the money waits for.", enum=[stage.value for stage in Stage])]
    topups: Annotated[int, described("The number of top-ups.", minimum=0)]
    usable: Annotated[int | None, described("When it is expected to be available; null if unknown.", **TIME)]
    usable_on: Annotated[
        date | None, described("The day on which it is expected to be available, in the originator's time zone.")
    ]


class MoneyAtRiskObject(msgspec.Struct, frozen=True, kw_only=True):
    """Available money that can still be returned, and when pending money is expected."""

    object: Annotated[str, constant("brim.money_at_risk")] = "brim.money_at_risk"
    arrivals: Annotated[
        list[ArrivalObject],
        described("Expected arrivals of pending money, earliest first; those without a date come last."),
    ]
    arrivals_are_complete: Annotated[
        bool, described("Whether all pending top-ups were counted; if `false`, there are more than the newest 50,000.")
    ]
    currencies: Annotated[list[AtRiskObject], described("The totals of each currency.")]
    is_complete: Annotated[
        bool, described("Whether all debits were included; if `false`, there are more than the newest 50,000.")
    ]
    livemode: Annotated[bool, LIVEMODE]
    more_sources: Annotated[bool, described("Whether there are more funding sources than those listed.")]
    now: Annotated[int, described("The current time; that of the test clock, if one is active.", **TIME)]
    sources: Annotated[
        list[AtRiskObject], described("The hundred funding sources with the most at risk, in descending order.")
    ]


def money_at_risk_json(found: MoneyAtRisk, *, livemode: bool) -> bytes:
    """Return the compact JSON of what is at risk and what is to come."""
    return encode(
        MoneyAtRiskObject(
            arrivals=[_arrival(each) for each in found.arrivals],
            arrivals_are_complete=found.arrivals_are_complete,
            currencies=[_at_risk(each) for each in found.currencies],
            is_complete=found.is_complete,
            livemode=livemode,
            more_sources=found.more_sources,
            now=found.now_ms // 1000,
            sources=[_at_risk(each) for each in found.sources],
        )
    )


def _at_risk(row: AtRisk) -> AtRiskObject:
    return AtRiskObject(
        account=row.account,
        currency=row.currency,
        funding_source=row.funding_source,
        returnable=_sum(row.of(Risk.RETURNABLE)),
        returnable_as_unauthorized=_sum(row.of(Risk.UNAUTHORIZED)),
        total=_sum(row.total),
        unconfirmed=_sum(row.of(Risk.UNCONFIRMED)),
    )


def _sum(found: Sum) -> RiskSumObject:
    return RiskSumObject(amount=found.amount, topups=found.topups)


def _arrival(each: Arrival) -> ArrivalObject:
    return ArrivalObject(
        amount=each.sum.amount,
        confirmed_on=each.confirmed_on,
        currency=each.currency,
        cutoff=None if each.cutoff_ms is None else each.cutoff_ms // 1000,
        hold_days=each.hold_days,
        reason=each.reason,
        stage=each.stage,
        topups=each.sum.topups,
        usable=None if each.usable_ms is None else each.usable_ms // 1000,
        usable_on=each.usable_on,
    )
