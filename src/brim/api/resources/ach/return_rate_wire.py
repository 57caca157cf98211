"""Return rates as they are written. Ours."""

from typing import Annotated

import msgspec

from brim.api.framework.schema import TEXT, TIME, constant, described
from brim.api.resources.ach.actions import ActionObject
from brim.base.json_codec import encode
from brim.core.originators import Originator
from brim.core.return_rates import LIMITS, WINDOW_DAYS, Counts, Guard, Level, Override, RateKind, ReturnRates, level_of

_PER_MILLE_PARTS = 1000
_PPM = 1_000_000


class RateObject(msgspec.Struct, frozen=True, kw_only=True):
    """One of Nacha's return rates."""

    debits: Annotated[int, described("The number of debits in the window.", minimum=0)]
    kind: Annotated[str, described("Which returns it counts.", enum=[kind.value for kind in RateKind])]
    level: Annotated[
        str,
        described(
            "The level: `warned` at 60% of the limit or above, `reached` at the limit or above. With fewer than the "
            "minimum number of debits, or fewer than three returns, it is `clear`.",
            enum=[level.value for level in Level],
        ),
    ]
    limit: Annotated[int, described("Nacha's limit, in parts per million.", minimum=0)]
    rate: Annotated[
        int, described("The returns as a share of the debits, in parts per million, rounded down.", minimum=0)
    ]
    returns: Annotated[int, described("The number of debits that were returned in the window.", minimum=0)]
    since: Annotated[int | None, described("When it reached this level; null if it is `clear`.", **TIME)]


class OverrideObject(msgspec.Struct, frozen=True, kw_only=True):
    """An override, which allows new debits even though a limit is reached."""

    approved: Annotated[int | None, described("When it was approved; null until then.", **TIME)]
    approved_by: Annotated[str | None, described("Who approved it; null until then.", **TEXT)]
    asked: Annotated[int, described("When it was requested.", **TIME)]
    asked_by: Annotated[str, described("Who requested it.", **TEXT)]
    one_person: Annotated[
        bool, described("Whether one person requested and approved it, because there was no second operator.")
    ]
    reason: Annotated[str, described("The reason.", **TEXT)]
    until: Annotated[int, described("When it expires.", **TIME)]


class ReturnRateObject(msgspec.Struct, frozen=True, kw_only=True):
    """The return rates of an originator, or of one account, over the last sixty days."""

    id: Annotated[str, described("The originator, or the account, whose debits are counted.", **TEXT)]
    object: Annotated[str, constant("brim.return_rate")] = "brim.return_rate"
    account: Annotated[str | None, described("The account; null for all accounts together.", **TEXT)]
    actions: Annotated[
        list[ActionObject] | msgspec.UnsetType,
        described(
            "The actions that its status allows, and whether you can do them. Only present when a single object is "
            "retrieved."
        ),
    ] = msgspec.UNSET
    asked_override: Annotated[
        OverrideObject | msgspec.UnsetType | None,
        described("The override that awaits approval; null if there is none. Not in events."),
    ] = msgspec.UNSET
    livemode: Annotated[bool, described("Whether it belongs to live mode.")]
    minimum_debits: Annotated[int, described("The minimum number of debits for a rate to count.", minimum=1)]
    originator: Annotated[str, described("The originator that debits.", **TEXT)]
    override: Annotated[
        OverrideObject | msgspec.UnsetType | None,
        described("The override in force; null if there is none. Not in events."),
    ] = msgspec.UNSET
    rates: Annotated[list[RateObject], described("The three rates; in an event, the one that changed.")]
    window_days: Annotated[int, described("The number of days in the window.", const=WINDOW_DAYS)] = WINDOW_DAYS


def return_rates_json(found: ReturnRates, *, actions: list[ActionObject] | msgspec.UnsetType = msgspec.UNSET) -> bytes:
    """Return the compact JSON of an originator's rates, or of an account's."""
    originator = found.originator
    since = {guard.kind: guard.since_ms // 1000 for guard in found.guards}
    minimum = originator.profile.return_rate_minimum
    return encode(
        ReturnRateObject(
            id=found.owner or originator.id,
            account=found.owner or None,
            actions=actions,
            asked_override=override_object(found.asked),
            livemode=originator.scope.livemode,
            minimum_debits=minimum,
            originator=originator.id,
            override=override_object(found.override),
            rates=[
                _rate(kind, found.counts, level_of(kind, found.counts, minimum_debits=minimum), since.get(kind))
                for kind in RateKind
            ],
        )
    )


def changed_rate_json(originator: Originator, guard: Guard) -> bytes:
    """Return the compact JSON of a rate that has come to another level, as events show it."""
    return encode(
        ReturnRateObject(
            id=guard.owner or originator.id,
            account=guard.owner or None,
            livemode=originator.scope.livemode,
            minimum_debits=originator.profile.return_rate_minimum,
            originator=originator.id,
            rates=[
                RateObject(
                    debits=guard.debits,
                    kind=guard.kind,
                    level=guard.level,
                    limit=_limit(guard.kind),
                    rate=_share(guard.returns, guard.debits),
                    returns=guard.returns,
                    since=None if guard.level is Level.CLEAR else guard.since_ms // 1000,
                )
            ],
        )
    )


def override_object(override: Override | None) -> OverrideObject | None:
    """Return an override as it is written."""
    if override is None:
        return None
    return OverrideObject(
        approved=None if override.approved_ms is None else override.approved_ms // 1000,
        approved_by=override.approved_by,
        asked=override.asked_ms // 1000,
        asked_by=override.asked_by,
        one_person=override.one_person,
        reason=override.reason,
        until=override.until_ms // 1000,
    )


def _rate(kind: RateKind, counts: Counts, level: Level, since: int | None) -> RateObject:
    returns = counts.returns(kind)
    return RateObject(
        debits=counts.debits,
        kind=kind,
        level=level,
        limit=_limit(kind),
        rate=_share(returns, counts.debits),
        returns=returns,
        since=None if level is Level.CLEAR else since,
    )


def _limit(kind: RateKind) -> int:
    return LIMITS[kind] * _PPM // _PER_MILLE_PARTS


def _share(returns: int, debits: int) -> int:
    return returns * _PPM // debits if debits else 0
