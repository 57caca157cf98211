"""How much is asked for, and the caps on it.

It is counted in the transaction of the create, so that caps hold under any race (`exposure_store`).

One row for an account and a day, one for an account's bank account; a batch of creates changes each once. Creates of
different accounts share no row.
"""

from datetime import date
from enum import StrEnum

import msgspec

from brim.base.scope import AccountScope
from brim.core.originators.rules import EntryCapError, Originator
from brim.core.rails.ach import OriginatorProfile, local_day


class ExposureKind(StrEnum):
    """What is summed up."""

    DAY = "day"
    """What an account asks for in a day of its originator; what is canceled or fails later that day still counts."""
    SOURCE = "source"
    """What is pending from one of an account's bank accounts."""


class Exposure(msgspec.Struct, frozen=True, kw_only=True):
    """What one debit adds to a sum, and the cap on that sum, both in cents."""

    scope: AccountScope
    kind: ExposureKind
    key: str
    amount: int
    cap: int
    currency: str = "usd"


def day_key(profile: OriginatorProfile, day: date) -> str:
    """Return what names the sum of a day: euros and dollars have caps of their own, and are not added up."""
    return day.isoformat() if profile.sepa is None else f"{day.isoformat()}/{profile.rail}"


def exposures_of(
    originator: Originator, scope: AccountScope, *, funding_source: str, amount: int, now_ms: int
) -> tuple[Exposure, ...]:
    """Return what a debit asked for at a moment adds to.

    Raises:
        EntryCapError: it is too large by itself.
    """
    profile = originator.profile
    currency = "usd" if profile.sepa is None else "eur"
    if amount > profile.entry_cap:
        raise EntryCapError(profile.entry_cap, currency)
    day = day_key(profile, local_day(profile, now_ms))
    return (
        Exposure(scope=scope, kind=ExposureKind.DAY, key=day, amount=amount, cap=profile.day_cap, currency=currency),
        Exposure(
            scope=scope,
            kind=ExposureKind.SOURCE,
            key=funding_source,
            amount=amount,
            cap=profile.source_pending_cap,
            currency=currency,
        ),
    )
