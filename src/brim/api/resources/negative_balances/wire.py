"""How negative balances and reserves are written for clients. Ours, in the wire's manner."""

from typing import Annotated

import msgspec

from brim.api.framework.schema import CURRENCY, LIVEMODE, TEXT, TIME, constant, described
from brim.base.json_codec import encode
from brim.core.negative_balances import BalanceStep, NegativeBalance, Reserve, debt

_MINOR = {"minimum": 0}


class BalanceStepObject(msgspec.Struct, frozen=True, kw_only=True):
    """Something that changed the balance since it fell below zero."""

    amount: Annotated[int, described("What it added to the available balance, in minor units; negative if it took.")]
    available: Annotated[int, described("What the available balance was afterwards.")]
    created: Annotated[int, described("When.", **TIME)]
    recovered: Annotated[int, described("How much of it recovered what was below zero.", **_MINOR)]
    source: Annotated[str, described("What it belongs to, such as a top-up.", **TEXT)]
    step: Annotated[str, described("The step in the ledger, such as `topup_reversal`.", **TEXT)]
    taken: Annotated[int, described("How much of it went below zero.", **_MINOR)]


class ReserveObject(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept back of an account's money for returns that come late."""

    id: Annotated[str, described("The account and the currency.", **TEXT)]
    object: Annotated[str, constant("brim.balance_reserve")] = "brim.balance_reserve"
    account: Annotated[str, described("Whose money.", **TEXT)]
    amount: Annotated[int, described("How much is to be kept back, in minor units.", **_MINOR)]
    currency: Annotated[str, CURRENCY]
    held: Annotated[int, described("How much is; the rest comes from the next top-ups.", **_MINOR)]
    livemode: Annotated[bool, LIVEMODE]
    set: Annotated[int, described("When it was set.", **TIME)]
    set_by: Annotated[str, described("Who set it.", **TEXT)]


class NegativeBalanceObject(msgspec.Struct, frozen=True, kw_only=True):
    """An account's balance below zero, and how it came there. Its next top-ups recover it first."""

    id: Annotated[str, described("The account and the currency.", **TEXT)]
    object: Annotated[str, constant("brim.negative_balance")] = "brim.negative_balance"
    account: Annotated[str, described("Whose balance.", **TEXT)]
    amount: Annotated[int, described("How far below zero it is, in minor units; 0 once it has recovered.", **_MINOR)]
    currency: Annotated[str, CURRENCY]
    livemode: Annotated[bool, LIVEMODE]
    pending: Annotated[int, described("What pending top-ups will bring, of the newest thousand.", **_MINOR)]
    recovered: Annotated[int, described("How much has recovered since it fell below zero.", **_MINOR)]
    reserve: Annotated[ReserveObject | None, described("What is kept back of its money; null for nothing.")]
    since: Annotated[int | None, described("When it fell below zero; null where that is too long ago.", **TIME)]
    status: Annotated[str, described("Whether it is below zero still.", enum=["negative", "recovered"])]
    steps: Annotated[
        list[BalanceStepObject],
        described("What changed it since, the first of them what took it below zero, in the order of the journal."),
    ]


def negative_balance_json(found: NegativeBalance) -> bytes:
    """Return a negative balance's compact JSON."""
    return encode(
        NegativeBalanceObject(
            id=found.id,
            account=found.scope.account,
            amount=debt(found.available),
            currency=found.currency,
            livemode=found.scope.livemode,
            pending=found.pending,
            recovered=found.episode.recovered,
            reserve=None if found.reserve is None else _reserve_object(found.reserve),
            since=found.episode.since,
            status="negative" if found.available < 0 else "recovered",
            steps=[_step_object(step) for step in found.episode.steps],
        )
    )


def _step_object(step: BalanceStep) -> BalanceStepObject:
    return BalanceStepObject(
        amount=step.change,
        available=step.after,
        created=step.created,
        recovered=step.recovered,
        source=step.source,
        step=step.step,
        taken=step.taken,
    )


def reserve_json(reserve: Reserve) -> bytes:
    """Return a reserve's compact JSON."""
    return encode(_reserve_object(reserve))


def _reserve_object(reserve: Reserve) -> ReserveObject:
    return ReserveObject(
        id=reserve.id,
        account=reserve.scope.account,
        amount=reserve.target,
        currency=reserve.currency,
        held=reserve.held,
        livemode=reserve.scope.livemode,
        set=reserve.set_ms // 1000,
        set_by=reserve.set_by,
    )
