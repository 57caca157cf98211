"""What is posted for a line of a statement that was matched."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import msgspec

from brim.base.currency import written_amount
from brim.core import reversals
from brim.core.direct_debits import file_store
from brim.core.direct_debits.applying import Applied, apply_return, confirm_batch, hold_presented, post_bank_steps
from brim.core.direct_debits.batch_entries import credits_in, entries_of
from brim.core.direct_debits.credits import Credit, CreditBookedOtherwiseError
from brim.core.direct_debits.disputing import DishonorBookedOtherwiseError, book_back, post_what_waited, take_again
from brim.core.direct_debits.file_reading import FileReading, settle_file
from brim.core.direct_debits.line_match import LineMatch
from brim.core.direct_debits.microdeposit_entries import PostedBeforeError, post_booked, post_returned
from brim.core.direct_debits.microdeposit_rules import signed_total
from brim.core.direct_debits.recalls import take_back_received
from brim.core.direct_debits.refund_outcomes import book_refunds, book_returned_refund
from brim.core.direct_debits.reversing import book_returned_reversal, book_reversals
from brim.core.direct_debits.rules import Entry
from brim.core.dishonors import AchReturn, list_in_file
from brim.core.push import policy_of, receive_line, take_back_line
from brim.core.reconciliation import BreakKind, StatementLineRow
from brim.core.refunds import Refund
from brim.core.reversals import Reversal
from brim.core.time import lock_owner_time
from brim.core.topups import (
    BankStep,
    ConfirmedOtherwiseError,
    Status,
    UnexpectedBankAmountError,
    fetch_topups,
    is_confirmed,
)

BOOKED_OTHERWISE: Final = (
    ConfirmedOtherwiseError,
    UnexpectedBankAmountError,
    DishonorBookedOtherwiseError,
    CreditBookedOtherwiseError,
    PostedBeforeError,
)
"""Why a line of a statement that was matched cannot be posted."""


class Unexplained(NamedTuple):
    """What posting leaves of a line, in a sentence, and its amount in minor units."""

    problem: str
    amount: int


async def post_match(  # noqa: C901  one branch for each that a line can be about
    reading: FileReading, match: LineMatch, row: StatementLineRow
) -> Unexplained | None:
    """Post what a matched line confirms; return what that does not explain, if there is anything."""
    reference = f"{row.bank_account}/{row.line_key}"
    scope = reading.originator.scope
    if match.batch is not None:
        await file_store.lock_file(reading.conn, scope, match.batch.file)
        entries = await entries_of(reading, match.batch, booked=row.amount)
        for owner in sorted({entry.owner_scope for entry in entries}):
            await lock_owner_time(reading.conn, owner, now_ms=reading.now_ms, ids=reading.ids)
        await hold_presented(reading.conn, entries)
        await post_bank_steps(
            reading.conn,
            entries,
            BankStep.CREDIT,
            bank_account=row.bank_account,
            reference=reference,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
        await post_booked(
            reading.conn, scope, entries, bank_account=row.bank_account, now_ms=reading.now_ms, ids=reading.ids
        )
        await file_store.set_batch_status(reading.conn, scope, match.batch, "settled", settled_by=reference)
        await confirm_batch(
            reading.conn, scope, match.batch.file, match.batch.number, by=reference, now_ms=reading.now_ms
        )
        await settle_file(reading, match.batch.file)
        disputed = await list_in_file(reading.conn, scope, match.batch.file, batch=match.batch.number)
        rest = row.amount - signed_total(entries) - await _book_back(reading, disputed, row)
        credits_ = await credits_in(reading, match.batch.file, match.batch.number)
        rest += await _book_credits(reading, credits_, row)
        if rest:
            amount = written_amount(rest, row.currency)
            return Unexplained(f"{amount} of batch {match.batch.number} belongs to no top-up in it.", rest)
    elif match.entry is not None and match.entry.is_microdeposit:
        await post_returned(
            reading.conn,
            scope,
            match.entry,
            amount=abs(row.amount),
            bank_account=row.bank_account,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
    elif match.entry is not None:
        if match.return_code is not None:
            await _apply_stated_return(reading, match.entry, match.return_code, row)
        await post_bank_steps(
            reading.conn,
            [match.entry],
            BankStep.RETURN,
            bank_account=row.bank_account,
            reference=reference,
            amount=-row.amount,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
        if match.return_code is None:
            await _list_taken_back(reading, match.entry)
        await post_what_waited(reading.conn, match.entry, now_ms=reading.now_ms, ids=reading.ids)
    elif match.transfer is not None:
        received = await receive_line(
            reading.conn,
            msgspec.structs.replace(match.transfer, row=row),
            policy=policy_of(reading.originator.profile),
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
        await take_back_received(reading, received)
    elif match.taken_back is not None:
        problem = await take_back_line(
            reading.conn,
            scope,
            match.taken_back,
            line=reference,
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
        return None if problem is None else Unexplained(problem, row.amount)
    elif match.dishonored is not None:
        await _post_dishonor(reading, match.dishonored, row)
    elif match.credit is not None:
        await _post_credit(reading, match.credit, row)
    return None


async def _apply_stated_return(reading: FileReading, entry: Entry, code: str, row: StatementLineRow) -> None:
    """Apply a return whose reason the statement itself has, or list why it could not be applied.

    A collection that was rejected has failed; one that was booked all the same comes back without a word more.
    """
    credit = (entry.owner_scope, entry.topup, BankStep.CREDIT, entry.number)
    if entry.was_rejected and await is_confirmed(reading.conn, *credit):
        return
    applied = await apply_return(
        reading.conn,
        entry,
        code=code,
        trace=row.bank_reference or row.line_key,
        profile=reading.originator.profile,
        renderers=reading.renderers,
        now_ms=reading.now_ms,
        ids=reading.ids,
    )
    if applied is not Applied.CONFLICT:
        return
    await reading.open_break(
        BreakKind.RETURN,
        cause=f"{entry.trace}/{code}/{row.line_key}",
        detail=f"The statement returns {entry.trace} with {code}, but its top-up has ended another way, or the debit "
        "was already returned.",
        amount=row.amount,
        currency=row.currency,
        reference=entry.trace,
    )


async def _list_taken_back(reading: FileReading, entry: Entry) -> None:
    """List that a statement has taken back a debit whose money the balance has, until a return is applied.

    Its top-up has succeeded, or its reversal has failed. A collection of SEPA is listed whatever became of its top-up:
    no other file says why it was taken back.
    """
    if entry.return_code is not None:
        return
    found = (await fetch_topups(reading.conn, entry.owner_scope, [entry.topup]))[0]
    reversal = (await reversals.find_of_topups(reading.conn, entry.scope, [entry.topup])).get(entry.topup)
    is_credited = reversal is not None and reversal.number == entry.number and reversal.is_credited
    if found.status is not Status.SUCCEEDED and not is_credited and not entry.is_sepa:
        return  # what is pending does not succeed any more
    what = "whose reversal has failed" if is_credited else f"which has {found.status}"
    ask = "Ask the bank for the return, which debits the balance."
    if entry.is_sepa:
        what = "which is pending and can no longer succeed" if found.status is Status.PENDING else what
        ask = "Ask the bank: the line doesn't say that it is a return."
    await reading.open_break(
        BreakKind.TAKEN_BACK,
        cause=f"{entry.topup}/{entry.number}",
        detail=f"The bank has reversed the debit of {entry.topup} (trace number {entry.trace}), {what}, and no applied "
        f"return explains it. {ask}",
        amount=-entry.amount,
        currency=reading.originator.profile.currency,
        reference=entry.trace,
    )


async def _post_credit(reading: FileReading, credit: Credit, row: StatementLineRow) -> None:
    """Post a line that moves the money of one reversal or refund; its batch is settled once all of it is booked."""
    if row.amount >= 0:
        told = {"bank_account": row.bank_account, "reference": f"{row.bank_account}/{row.line_key}"}
        if isinstance(credit, Reversal):
            await book_returned_reversal(
                reading.conn, credit, **told, renderers=reading.renderers, now_ms=reading.now_ms, ids=reading.ids
            )
        else:
            await book_returned_refund(
                reading.conn, credit, **told, renderers=reading.renderers, now_ms=reading.now_ms, ids=reading.ids
            )
        return
    if credit.file is None or credit.batch is None:
        raise CreditBookedOtherwiseError(credit, "which is in no file")
    await file_store.lock_file(reading.conn, reading.originator.scope, credit.file)
    await _book_credits(reading, [credit], row)
    together = await credits_in(reading, credit.file, credit.batch)
    await _settle_batch_of(reading, credit.file, credit.batch, row, is_booked=all(each.settled_by for each in together))


async def _book_credits(reading: FileReading, paid: Sequence[Credit], row: StatementLineRow) -> int:
    """Post that the bank has booked reversals and refunds; return how much they are, in cents."""
    told = {"bank_account": row.bank_account, "reference": f"{row.bank_account}/{row.line_key}"}
    total = 0
    if taken_back := [each for each in paid if isinstance(each, Reversal)]:
        total += await book_reversals(
            reading.conn,
            taken_back,
            **told,
            booked_on=row.booked_on,
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
    if refunded := [each for each in paid if isinstance(each, Refund)]:
        total += await book_refunds(
            reading.conn,
            refunded,
            **told,
            booked_on=row.booked_on,
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
    return total


async def _post_dishonor(reading: FileReading, dishonored: AchReturn, row: StatementLineRow) -> None:
    """Post a line that moves the money of one dishonored return, whose batch is settled once all of it is booked."""
    if row.amount < 0:
        await take_again(
            reading.conn,
            dishonored,
            bank_account=row.bank_account,
            reference=f"{row.bank_account}/{row.line_key}",
            renderers=reading.renderers,
            now_ms=reading.now_ms,
            ids=reading.ids,
        )
        return
    scope = reading.originator.scope
    if dishonored.file is None or dishonored.batch is None:
        raise DishonorBookedOtherwiseError(dishonored, "which is in no file")
    await file_store.lock_file(reading.conn, scope, dishonored.file)
    await _book_back(reading, [dishonored], row)
    together = await list_in_file(reading.conn, scope, dishonored.file, batch=dishonored.batch)
    is_booked = all(each.booked_by for each in together)
    await _settle_batch_of(reading, dishonored.file, dishonored.batch, row, is_booked=is_booked)


async def _settle_batch_of(
    reading: FileReading, file: str, number: int, row: StatementLineRow, *, is_booked: bool
) -> None:
    """Settle a batch that the bank books entry by entry, and its file, with the line that books the last one."""
    scope = reading.originator.scope
    batch = await file_store.find_batch(reading.conn, scope, file, number)
    if batch is not None and batch.settled_by is None and is_booked:
        reference = f"{row.bank_account}/{row.line_key}"
        await file_store.set_batch_status(reading.conn, scope, batch, "settled", settled_by=reference)
        await settle_file(reading, file)


async def _book_back(reading: FileReading, disputed: Sequence[AchReturn], row: StatementLineRow) -> int:
    return await book_back(
        reading.conn,
        disputed,
        originator=reading.originator,
        bank_account=row.bank_account,
        reference=f"{row.bank_account}/{row.line_key}",
        booked_on=row.booked_on,
        renderers=reading.renderers,
        now_ms=reading.now_ms,
        ids=reading.ids,
    )
