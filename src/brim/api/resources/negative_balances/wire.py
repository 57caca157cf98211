"""The wire format of negative balances and reserves. Ours."""

from typing import Annotated

import msgspec

from brim.api.framework.schema import CURRENCY, LIVEMODE, TEXT, TIME, constant, described
from brim.base.json_codec import encode
from brim.core.negative_balances import BalanceStep, NegativeBalance, Reserve, debt

_MINOR = {"minimum": 0}


class BalanceStepObject(msgspec.Struct, frozen=True, kw_only=True):
    """A change to the balance since it fell below zero."""

    amount: Annotated[int, described("The change to the available balance, in minor units; negative for a decrease.")]
    available: Annotated[int, described("The available balance afterwards.")]
    created: Annotated[int, described("When it was posted.", **TIME)]
    recovered: Annotated[int, described("How much of it recovered the balance.", **_MINOR)]
    source: Annotated[str, described("The object that caused it, such as a top-up.", **TEXT)]
    step: Annotated[str, described("The step in the ledger, such as `topup_reversal`.", **TEXT)]
    taken: Annotated[int, described("How much of it went below zero.", **_MINOR)]


class ReserveObject(msgspec.Struct, frozen=True, kw_only=True):
    """Money held back in an account for late returns."""

    id: Annotated[str, described("The account and the currency.", **TEXT)]
    object: Annotated[str, constant("brim.balance_reserve")] = "brim.balance_reserve"
    account: Annotated[str, described("The account whose money is held.", **TEXT)]
    amount: Annotated[int, described("The target of the reserve, in minor units.", **_MINOR)]
    currency: Annotated[str, CURRENCY]
    held: Annotated[int, described("How much is held now; the rest comes from the next top-ups.", **_MINOR)]
    livemode: Annotated[bool, LIVEMODE]
    set: Annotated[int, described("When it was set.", **TIME)]
    set_by: Annotated[str, described("Who set it.", **TEXT)]


class NegativeBalanceObject(msgspec.Struct, frozen=True, kw_only=True):
    """An account's negative balance, and what caused it. Its next top-ups recover it first."""

    id: Annotated[str, described("The account and the currency.", **TEXT)]
    object: Annotated[str, constant("brim.negative_balance")] = "brim.negative_balance"
    account: Annotated[str, described("The account whose balance it is.", **TEXT)]
    amount: Annotated[int, described("How far below zero it is, in minor units; 0 once it has recovered.", **_MINOR)]
    currency: Annotated[str, CURRENCY]
    livemode: Annotated[bool, LIVEMODE]
    pending: Annotated[int, described("The sum of pending top-ups, among the newest thousand.", **_MINOR)]
    recovered: Annotated[int, described("How much has been recovered since it fell below zero.", **_MINOR)]
    reserve: Annotated[ReserveObject | None, described("The account's reserve in this currency; null for none.")]
    since: Annotated[int | None, described("When it fell below zero; null if that is too long ago to tell.", **TIME)]
    status: Annotated[str, described("Whether it is still below zero.", enum=["negative", "recovered"])]
    steps: Annotated[
        list[BalanceStepObject],
        described("What changed it, in the order of the journal, starting with what took it below zero."),
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
