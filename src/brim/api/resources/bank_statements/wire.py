"""The wire format of bank statements and their lines. Ours."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

import msgspec

from brim.api.framework.schema import CURRENCY, LIVEMODE, TEXT, TIME, constant, described, identifier, or_null
from brim.api.resources.bank_statements.settlement_wire import targets_of
from brim.base.json_codec import encode
from brim.base.scope import AccountScope
from brim.core.line_settlements import PartKind, Suggestion
from brim.core.reconciliation import (
    BankStatement,
    LineStatus,
    MatchKind,
    ShownLine,
    StatementWithNeighbor,
)

PLACES = ["first", "continues", "precedes", "replaces", "overlaps", "gap"]


class StatementBeforeObject(msgspec.Struct, frozen=True, kw_only=True):
    """The previous statement of the same bank account."""

    id: Annotated[str, identifier("stmt", "bank statement")]
    closing_balance: Annotated[int, described("Its closing balance, in minor units.")]
    difference: Annotated[
        int,
        described("The opening balance less this closing balance, in minor units. 0 unless a statement is missing."),
    ]


class BankStatementObject(msgspec.Struct, frozen=True, kw_only=True):
    """A statement of one of your bank accounts. Its lines are listed separately."""

    id: Annotated[str, identifier("stmt", "bank statement")]
    object: Annotated[str, constant("brim.bank_statement")] = "brim.bank_statement"
    bank_account: Annotated[str, described("The bank account, by its name in the ledger.", **TEXT)]
    bank_file: Annotated[str, described("The bank file that it was in.", **TEXT)]
    before: Annotated[
        StatementBeforeObject | msgspec.UnsetType | None,
        described(
            "The previous statement; null if there is none. Only present when a single statement is retrieved.",
            **or_null("brim.bank_statement_before"),
        ),
    ] = msgspec.UNSET
    closing_balance: Annotated[int, described("The closing balance, in minor units.")]
    created: Annotated[int, described("When it was received.", **TIME)]
    currency: Annotated[str, CURRENCY]
    first_day: Annotated[date, described("The first day of its period.")]
    gap: Annotated[str | None, described("The open break for a missing previous statement.", **TEXT)]
    is_applied: Annotated[
        bool,
        described("Whether its file is fully applied; `false` while it is being applied and lines are missing."),
    ]
    last_day: Annotated[date, described("The last day of its period.")]
    line_count: Annotated[int, described("The number of booked lines.", minimum=0)]
    livemode: Annotated[bool, LIVEMODE]
    new_line_count: Annotated[
        int | None,
        described(
            "The number of lines that were on no earlier statement; null for statements received by an earlier "
            "version of Brim."
        ),
    ]
    number: Annotated[str, described("The bank's number for it; empty if it has none.", **TEXT)]
    open_amount: Annotated[int, described("The signed amount of its lines that isn't posted, in minor units.")]
    open_breaks: Annotated[
        int, described("The number of open breaks about it or its lines, counted up to 1,000.", minimum=0)
    ]
    opening_balance: Annotated[int, described("The opening balance, in minor units.")]
    place: Annotated[
        str,
        described(
            "Its position: it `continues` another statement, `precedes` one received earlier, `replaces` or "
            "`overlaps` others of the same days, is the `first`, or follows a `gap`.",
            enum=PLACES,
        ),
    ]
    replaced_by: Annotated[str | None, described("The statement that replaced it.", **TEXT)]


class LineMatchObject(msgspec.Struct, frozen=True, kw_only=True):
    """What a line is matched to."""

    batch: Annotated[int | None, described("The number of the batch in its file.")]
    dishonor: Annotated[str | None, described("The dishonored or contested return that moved the money.", **TEXT)]
    entry_number: Annotated[int | None, described("Which presentment of the top-up it is.")]
    file: Annotated[str | None, described("The ACH file whose batch was booked.", **TEXT)]
    incoming_transfer: Annotated[str | None, described("The transfer that arrived, or was sent back.", **TEXT)]
    kind: Annotated[str, described("The kind of object.", enum=[kind.value for kind in MatchKind])]
    refund: Annotated[str | None, described("The refund that moved the money.", **TEXT)]
    reversal: Annotated[str | None, described("The reversal that moved the money.", **TEXT)]
    topup: Annotated[str | None, described("The top-up, prenote or set of micro-deposits that was returned.", **TEXT)]


class SuggestionObject(msgspec.Struct, frozen=True, kw_only=True):
    """A suggestion for settling an open line. Suggestions are never applied automatically."""

    batches: Annotated[list[str], described("The batches that the lines may settle.")]
    fees: Annotated[int, described("The part to post to fees, in signed minor units.")]
    lines: Annotated[list[str], described("The lines to settle together.")]
    reason: Annotated[str, described("The reason.", **TEXT)]
    score: Annotated[int, described("Its likelihood, for sorting.", minimum=1, maximum=100)]
    suspense: Annotated[int, described("The part to post to suspense, in signed minor units.")]


class StatementLineObject(msgspec.Struct, frozen=True, kw_only=True, rename={"break_": "break"}):
    """A booked line of a bank statement, and what it is matched to."""

    id: Annotated[str, identifier("bsl", "line")]
    object: Annotated[str, constant("brim.statement_line")] = "brim.statement_line"
    amount: Annotated[int, described("The signed amount, in minor units; positive for credits.")]
    bank_account: Annotated[str, described("The bank account, by its name in the ledger.", **TEXT)]
    bank_file: Annotated[str, described("The bank file that it was in.", **TEXT)]
    bank_reference: Annotated[str | None, described("The bank's reference.", **TEXT)]
    booked_on: Annotated[date, described("The day on which the bank booked it.")]
    break_: Annotated[str | None, described("The break about it, open or resolved.", **TEXT)]
    created: Annotated[int, described("When it was received.", **TIME)]
    currency: Annotated[str, CURRENCY]
    description: Annotated[str, described("The bank's description.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    matched: Annotated[
        LineMatchObject | None,
        described("What it is matched to; null if it isn't matched.", **or_null("brim.line_match")),
    ]
    parent: Annotated[
        str | None,
        described(
            "The line of the entry that it is a payment of. The entry itself is `explained`, and counts in the "
            "balance.",
            **TEXT,
        ),
    ]
    position: Annotated[int, described("Its position in the statement.")]
    reference: Annotated[str | None, described("The payer's or your own reference.", **TEXT)]
    remittance: Annotated[
        str | None, described("The payer's remittance information, if the bank gives it separately.", **TEXT)
    ]
    settlement: Annotated[str | None, described("The settlement of the line, posted or proposed.", **TEXT)]
    statement: Annotated[str | None, described("The statement that it is on; null for a notification.", **TEXT)]
    status: Annotated[
        str,
        described(
            "The status: `posted` if it was matched, `open` if it isn't matched, or only in part; `proposed` if "
            "a settlement is proposed, `settled` if a settlement is posted, and `explained` if its break was "
            "resolved and nothing is posted.",
            enum=[status.value for status in LineStatus],
        ),
    ]
    suggestions: Annotated[
        list[SuggestionObject] | msgspec.UnsetType,
        described(
            "Suggestions for settling an open line, most likely first. Only present when a single line is retrieved."
        ),
    ] = msgspec.UNSET
    type_code: Annotated[str, described("The bank's type code.", **TEXT)]
    unposted_amount: Annotated[int, described("The signed amount that isn't posted to the ledger.")]


def statement_json(scope: AccountScope, found: BankStatement, neighbor: StatementWithNeighbor | None = None) -> bytes:
    """Return the compact JSON of a statement; with its neighbor, if it is retrieved alone."""
    before: StatementBeforeObject | msgspec.UnsetType | None = msgspec.UNSET
    if neighbor is not None:
        before = neighbor.before and StatementBeforeObject(
            id=neighbor.before.id,
            closing_balance=neighbor.before.closing,
            difference=found.opening - neighbor.before.closing,
        )
    return encode(
        BankStatementObject(
            id=found.id,
            bank_account=found.bank_account,
            bank_file=found.bank_file,
            before=before,
            closing_balance=found.closing,
            created=found.created_ms // 1000,
            currency=found.currency,
            first_day=found.first_day,
            gap=found.gap,
            is_applied=found.is_applied,
            last_day=found.last_day,
            line_count=found.line_count,
            livemode=scope.livemode,
            new_line_count=found.new_count,
            number=found.number,
            open_amount=found.open_amount,
            open_breaks=found.open_breaks,
            opening_balance=found.opening,
            place=found.place,
            replaced_by=found.replaced_by,
        )
    )


def line_json(scope: AccountScope, found: ShownLine, suggestions: Sequence[Suggestion] | None = None) -> bytes:
    """Return the compact JSON of a line, with what it may be where that is given."""
    return encode(
        StatementLineObject(
            id=found.id,
            amount=found.amount,
            bank_account=found.bank_account,
            bank_file=found.bank_file,
            bank_reference=found.bank_reference,
            booked_on=found.booked_on,
            break_=found.break_id,
            created=found.created_ms // 1000,
            currency=found.currency,
            description=found.description,
            livemode=scope.livemode,
            matched=_match(found),
            parent=found.parent,
            position=found.position,
            reference=found.reference,
            remittance=found.remittance,
            settlement=found.settlement,
            statement=found.statement,
            status=found.status,
            suggestions=msgspec.UNSET if suggestions is None else [_suggestion(each) for each in suggestions],
            type_code=found.type_code,
            unposted_amount=found.unposted,
        )
    )


def _suggestion(found: Suggestion) -> SuggestionObject:
    parts = {part.kind: part.amount for part in found.parts}
    return SuggestionObject(
        batches=targets_of(found.parts, PartKind.BATCH),
        fees=parts.get(PartKind.FEES, 0),
        lines=list(found.lines),
        reason=found.reason,
        score=found.score,
        suspense=parts.get(PartKind.SUSPENSE, 0),
    )


def _match(found: ShownLine) -> LineMatchObject | None:
    if found.matched_kind is None or found.matched is None:
        return None
    kind = MatchKind(found.matched_kind)
    name, _, number = found.matched.partition("/")
    return LineMatchObject(
        batch=int(number) if kind is MatchKind.BATCH else None,
        dishonor=name if kind in {MatchKind.DISHONOR, MatchKind.CONTEST} else None,
        entry_number=int(number) if kind is MatchKind.RETURN else None,
        file=name if kind is MatchKind.BATCH else None,
        incoming_transfer=name if kind in {MatchKind.TRANSFER, MatchKind.TRANSFER_BACK} else None,
        kind=kind,
        refund=name if kind in {MatchKind.REFUND, MatchKind.REFUND_RETURN} else None,
        reversal=name if kind in {MatchKind.REVERSAL, MatchKind.REVERSAL_RETURN} else None,
        topup=name if kind is MatchKind.RETURN else None,
    )
