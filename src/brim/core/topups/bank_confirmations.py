"""Post what a bank's statement says of top-ups, so that what was clearing returns to zero.

A confirmation may come before the money becomes usable, and a failed top-up may have one: it says what the bank did,
and changes no status.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from functools import partial
from typing import Final, NamedTuple

import msgspec

from brim.base.errors import ResourceMissingError
from brim.base.ids import created_of
from brim.base.scope import AccountScope
from brim.core import ledger
from brim.core.events import BY_ITSELF, EventType, Renderers, insert_events, new_event
from brim.core.ledger import Balance, Posting
from brim.core.negative_balances import Crossing, announce_crossings
from brim.core.time import OwnerTime
from brim.core.topups import bank_confirmation_store as store
from brim.core.topups.bank_confirmation_rules import (
    BALANCE_STEPS,
    MAY_BE_UNDONE,
    BankConfirmation,
    BankStep,
    ConfirmedOtherwiseError,
    balance_posting,
    bank_posting,
    is_expected,
)
from brim.core.topups.bank_confirmation_store import NewConfirmation
from brim.core.topups.store import fetch_topups
from brim.platform.database import Conn

_AT_ONCE: Final = 500


async def confirm_by_bank(conn: Conn, confirmations: Sequence[tuple[BankConfirmation, OwnerTime]]) -> int:
    """Post confirmations, each at its moment, in the caller's transaction; return how many were new.

    One that is known already, by its top-up, step and number, posts nothing again. All are posted or none: where it
    raises, the caller undoes the transaction, or the savepoint around it.

    Raises:
        ResourceMissingError: there is no such top-up.
        UnexpectedBankAmountError: an amount is not what the top-up calls for.
        ConfirmedOtherwiseError: another line of a statement has confirmed the same step.
    """
    count = 0
    in_order = sorted(confirmations, key=lambda each: (each[0].scope, each[0].topup))
    for first in range(0, len(in_order), _AT_ONCE):
        count += await _confirm(conn, in_order[first : first + _AT_ONCE])
    return count


async def _confirm(conn: Conn, confirmations: Sequence[tuple[BankConfirmation, OwnerTime]]) -> int:
    confirmations = await _counted(conn, confirmations)
    topups = await fetch_topups(conn, [(each.scope, each.topup) for each, _ in confirmations])
    new: list[NewConfirmation] = []
    postings = []
    for (confirmation, moment), topup in zip(confirmations, topups, strict=True):
        if topup is None:
            raise ResourceMissingError("topup", confirmation.topup, param="topup")
        postings.append(
            bank_posting(
                confirmation,
                amount=topup.amount,
                currency=topup.currency,
                entry_id=moment.new_id("je_"),
                created=moment.now_ms // 1000,
            )
        )
        new.append(NewConfirmation(confirmation, topup.currency, moment.now_ms))
    are_new = await store.insert(conn, new)
    for (confirmation, _), is_new in zip(confirmations, are_new, strict=True):
        if not is_new and (known := await store.find_known(conn, confirmation)) != confirmation:
            raise ConfirmedOtherwiseError(confirmation, known)
    to_post = [posting for posting, is_new in zip(postings, are_new, strict=True) if is_new]
    if to_post:
        await ledger.post_entries(conn, to_post)
    return len(to_post)


class PlannedConfirmation(NamedTuple):
    """A confirmation that is to be written, and what it posts."""

    new: NewConfirmation
    posting: Posting


async def plan_confirmations(
    conn: Conn, confirmations: Sequence[BankConfirmation]
) -> list[Callable[[OwnerTime], PlannedConfirmation] | None]:
    """Return of each confirmation, of which there is at least one, what makes it at a moment, in the order of its ids.

    None for one that `confirm_by_bank` would not post: it is known, or the amount is wrong.
    """
    topups = await fetch_topups(conn, [(each.scope, each.topup) for each in confirmations])
    known = await store.find_confirmed(conn, confirmations)
    planned: list[Callable[[OwnerTime], PlannedConfirmation] | None] = []
    for confirmation, topup in zip(confirmations, topups, strict=True):
        is_due = topup is not None and is_expected(confirmation, topup.amount)
        if topup is None or not is_due or store.key_of(confirmation) in known:
            planned.append(None)
        else:
            planned.append(partial(_planned, confirmation, topup.amount, topup.currency))
    return planned


def _planned(confirmation: BankConfirmation, amount: int, currency: str, moment: OwnerTime) -> PlannedConfirmation:
    posting = bank_posting(
        confirmation,
        amount=amount,
        currency=currency,
        entry_id=moment.new_id("je_"),
        created=moment.now_ms // 1000,
    )
    return PlannedConfirmation(NewConfirmation(confirmation, currency, moment.now_ms), posting)


async def write_confirmations(conn: Conn, new: Sequence[NewConfirmation]) -> bool:
    """Write confirmations, of which there is at least one and whose entries the caller posts; tell if all are new."""
    return all(await store.insert(conn, new))


async def _counted(
    conn: Conn, confirmations: Sequence[tuple[BankConfirmation, OwnerTime]]
) -> list[tuple[BankConfirmation, OwnerTime]]:
    """Return confirmations, those of a step that was undone before as the next of that step."""
    keys = [(each.scope, each.topup) for each, _ in confirmations if each.step in MAY_BE_UNDONE]
    undone = await store.count_undone(conn, keys) if keys else Counter[tuple[AccountScope, str, int]]()
    return [
        (msgspec.structs.replace(each, again=1 + undone[each.scope, each.topup, each.number]), moment)
        if each.step in MAY_BE_UNDONE
        else (each, moment)
        for each, moment in confirmations
    ]


async def note_confirmation(conn: Conn, confirmation: BankConfirmation, currency: str, *, now_ms: int) -> bool:
    """Write a confirmation of a refund, whose entry the caller posts; return whether it is new.

    Raises:
        ConfirmedOtherwiseError: another line of a statement has confirmed the same step.
    """
    (is_new,) = await store.insert(conn, [NewConfirmation(confirmation, currency, now_ms)])
    if not is_new and (known := await store.find_known(conn, confirmation)) != confirmation:
        raise ConfirmedOtherwiseError(confirmation, known)
    return is_new


async def is_confirmed(conn: Conn, scope: AccountScope, topup: str, step: BankStep, number: int) -> bool:
    """Tell whether the bank has confirmed a step of a top-up, and nobody has undone that."""
    undone = await store.count_undone(conn, [(scope, topup)]) if step in MAY_BE_UNDONE else Counter()
    looked_for = BankConfirmation(
        scope=scope,
        topup=topup,
        step=step,
        number=number,
        again=1 + undone[scope, topup, number],
        bank_account="",
        amount=0,
        reference="",
    )
    return await store.is_confirmed(conn, looked_for)


async def post_balance_step(
    conn: Conn,
    scope: AccountScope,
    topup_id: str,
    step: BankStep,
    *,
    bank_account: str,
    reference: str,
    renderers: Renderers,
    moment: OwnerTime,
) -> bool:
    """Post a step of `BALANCE_STEPS` of a top-up, once, in the caller's transaction; return whether that is news.

    The top-up's status does not change: it is `failed` or `reversed`. `reference` names the evidence. A step that takes
    money may take the balance below zero, as a bank's return does.

    Raises:
        ResourceMissingError: there is no such top-up.
    """
    (topup,) = await fetch_topups(conn, [(scope, topup_id)])
    if topup is None:
        raise ResourceMissingError("topup", topup_id, param="topup")
    confirmation = BankConfirmation(
        scope=scope,
        topup=topup_id,
        step=step,
        bank_account=bank_account,
        amount=topup.amount,
        reference=reference,
    )
    (is_new,) = await store.insert(conn, [NewConfirmation(confirmation, topup.currency, moment.now_ms)])
    if not is_new:
        return False
    balances = (await ledger.lock_balances(conn, {(scope, topup.currency)}))[scope]
    transaction_id = moment.new_id("txn_")
    posting = balance_posting(
        topup,
        step,
        entry_id=moment.new_id("je_"),
        transaction_id=transaction_id,
        created=created_of(transaction_id),
    )
    await ledger.post_entries(conn, [posting])
    was_negative = balances[topup.currency] < 0
    balances[topup.currency] += topup.amount * BALANCE_STEPS[step].sign
    if BALANCE_STEPS[step].sign > 0:
        shown = [Balance(currency=currency, available=balances[currency]) for currency in sorted(balances)]
        kind = EventType.BALANCE_AVAILABLE
        payload = renderers.payload(kind, scope, shown)
        await insert_events(conn, [new_event(scope, kind, scope.account, payload, moment, BY_ITSELF)])
    is_negative = balances[topup.currency] < 0
    if was_negative != is_negative:
        crossing = Crossing(
            scope=scope, currency=topup.currency, is_negative=is_negative, moment=moment, cause=BY_ITSELF
        )
        await announce_crossings(conn, [crossing], renderers=renderers)
    return True
