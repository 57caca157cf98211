"""Lines of a statement as they are kept. Pure."""

import hashlib
from collections.abc import Sequence
from typing import Final

import msgspec

from brim.base.ids import IdFactory
from brim.core.originators import Originator
from brim.core.rails.ach import local_day
from brim.core.reconciliation import LINE_PREFIX, StatementLineRow
from brim.core.reconciliation.formats import Statement, StatementLine

LONGEST_REFERENCE: Final = 200
"""Characters; formats allow 35, and some banks write more."""


class NewLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that is to be applied, as the bank wrote it and as it is kept, matched to nothing yet.

    `payment_ids` are the ids of its payments, should they become lines; `is_announced` tells that a notification may
    have brought it by itself.
    """

    line: StatementLine
    row: StatementLineRow
    payment_ids: Sequence[str] = ()
    is_announced: bool = False


def row_of(
    originator: Originator, bank_file: str, statement: Statement, line: StatementLine, *, now_ms: int, ids: IdFactory
) -> StatementLineRow:
    """Return a line as it is kept, matched to nothing yet."""
    return StatementLineRow(
        id=ids.new_at(LINE_PREFIX, now_ms),
        scope=originator.scope,
        bank_account=originator.profile.bank_account,
        line_key=bounded(_line_key(statement, line)),
        bank_file=bank_file,
        position=line.position,
        booked_on=line.booking_date or statement.period_to or local_day(originator.profile, now_ms),
        amount=line.amount_minor,
        currency=line.currency,
        type_code=line.type_code,
        bank_reference=bounded(line.bank_reference) or None,
        reference=reference_of(line),
        description=line.text,
        matched_kind=None,
        matched=None,
        created_ms=now_ms,
        remittance=line.remittance or None,
    )


def _line_key(statement: Statement, line: StatementLine) -> str:
    """Return what names a line: the bank's own reference, or else what stands in it and its place."""
    if line.bank_reference:
        return line.bank_reference
    day = line.booking_date or statement.period_to
    return f"{day}/{statement.statement_id or statement.sequence}/{line.position}/{line.amount_minor}"


def reference_of(line: StatementLine) -> str | None:
    """Return the payer's or the platform's reference in a line; None where there is none."""
    return bounded(line.customer_reference or line.end_to_end_id or line.payment_information_id) or None


def bounded(text: str) -> str:
    """Return a reference that an index can hold: no bank has a longer one, but a made-up file may."""
    if len(text) <= LONGEST_REFERENCE:
        return text
    return f"{text[:LONGEST_REFERENCE]}.../{hashlib.sha256(text.encode()).hexdigest()}"
