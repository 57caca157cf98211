"""Money at risk as it is written. Ours."""

from datetime import date
from typing import Annotated

import msgspec

from brim.api.framework.schema import CURRENCY, LIVEMODE, TEXT, TIME, constant, described
from brim.base.json_codec import encode
from brim.core.money_at_risk import Arrival, AtRisk, MoneyAtRisk, Risk, Stage, Sum


class RiskSumObject(msgspec.Struct, frozen=True, kw_only=True):
    """An amount, and of how many top-ups it is."""

    amount: Annotated[int, described("How much, in minor units.", minimum=0)]
    topups: Annotated[int, described("Of how many top-ups.", minimum=0)]


class AtRiskObject(msgspec.Struct, frozen=True, kw_only=True):
    """What may be taken back of one currency. Each top-up counts once, where it is first named."""

    account: Annotated[str | None, described("The account that has the money; null for all accounts.", **TEXT)]
    currency: Annotated[str, CURRENCY]
    funding_source: Annotated[
        str | None, described("The Source or PaymentMethod that was debited; null for all of them.", **TEXT)
    ]
    returnable: Annotated[
        RiskSumObject,
        described(
            "Booked by a statement, and ordinary returns may still arrive: within two banking days; by SEPA refunds "
            "too, within eight weeks."
        ),
    ]
    returnable_as_unauthorized: Annotated[
        RiskSumObject,
        described(
            "Booked, and a consumer may still say that they did not authorize the debit: within sixty days; by SEPA "
            "within thirteen months."
        ),
    ]
    total: Annotated[RiskSumObject, described("All of it.")]
    unconfirmed: Annotated[
        RiskSumObject, described("Usable, and no statement of the bank has booked the debit that brings it.")
    ]


class ArrivalObject(msgspec.Struct, frozen=True, kw_only=True):
    """Pending money that is expected together."""

    amount: Annotated[int, described("How much, in minor units.", minimum=0)]
    confirmed_on: Annotated[
        date | None,
        described("The banking day whose statement is expected to book it; null where nobody can say."),
    ]
    currency: Annotated[str, CURRENCY]
    cutoff: Annotated[int | None, described("The cut-off that it goes out with; null once it is in a file.", **TIME)]
    hold_days: Annotated[int, described("The banking days from settlement until it is usable.", minimum=0)]
    reason: Annotated[str, described("Why it is expected then, as a sentence for people.", **TEXT)]
    stage: Annotated[str, described("What the money waits for.", enum=[stage.value for stage in Stage])]
    topups: Annotated[int, described("Of how many top-ups.", minimum=0)]
    usable: Annotated[int | None, described("When it is expected to be usable; null where nobody can say.", **TIME)]
    usable_on: Annotated[date | None, described("The day of that, for the originator.")]


class MoneyAtRiskObject(msgspec.Struct, frozen=True, kw_only=True):
    """What may be taken back of usable money, and when what is pending arrives."""

    object: Annotated[str, constant("brim.money_at_risk")] = "brim.money_at_risk"
    arrivals: Annotated[
        list[ArrivalObject], described("What is pending, the earliest first; what has no day comes last.")
    ]
    arrivals_are_complete: Annotated[
        bool, described("Whether all that is pending was counted; else there is more than the newest 50,000.")
    ]
    currencies: Annotated[list[AtRiskObject], described("The totals of each currency.")]
    is_complete: Annotated[
        bool, described("Whether all debits of the time were looked at; else there are more than the newest 50,000.")
    ]
    livemode: Annotated[bool, LIVEMODE]
    more_sources: Annotated[bool, described("Whether there are more funding sources than those listed.")]
    now: Annotated[int, described("The moment, which a test clock may keep.", **TIME)]
    sources: Annotated[
        list[AtRiskObject], described("The hundred funding sources with the most at risk, the most first.")
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
