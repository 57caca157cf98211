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
    """The statement before another one of the same bank account."""

    id: Annotated[str, identifier("stmt", "bank statement")]
    closing_balance: Annotated[int, described("Its closing balance, in minor units.")]
    difference: Annotated[
        int, described("How much the opening balance is above it, in minor units. 0 unless a statement is missing.")
    ]


class BankStatementObject(msgspec.Struct, frozen=True, kw_only=True):
    """A statement of one of your bank accounts, as it was taken. Its lines are listed apart."""

    id: Annotated[str, identifier("stmt", "bank statement")]
    object: Annotated[str, constant("brim.bank_statement")] = "brim.bank_statement"
    bank_account: Annotated[str, described("The bank account, by its name in the ledger.", **TEXT)]
    bank_file: Annotated[str, described("The file from the bank that brought it.", **TEXT)]
    before: Annotated[
        StatementBeforeObject | msgspec.UnsetType | None,
        described(
            "The statement before it; null where there is none. Only present when a single statement is retrieved.",
            **or_null("brim.bank_statement_before"),
        ),
    ] = msgspec.UNSET
    closing_balance: Annotated[int, described("The balance at its end, in minor units.")]
    created: Annotated[int, described("When it was taken.", **TIME)]
    currency: Annotated[str, CURRENCY]
    first_day: Annotated[date, described("The first day that it is about.")]
    gap: Annotated[str | None, described("The open break that says that the one before it is missing.", **TEXT)]
    is_applied: Annotated[
        bool,
        described(
            "Whether all of its file is applied; `false` while that is applied in pieces, and lines are missing."
        ),
    ]
    last_day: Annotated[date, described("The last day that it is about.")]
    line_count: Annotated[int, described("How many booked lines it has.", minimum=0)]
    livemode: Annotated[bool, LIVEMODE]
    new_line_count: Annotated[
        int | None,
        described(
            "How many of its lines no earlier statement had; null for statements that an earlier version has taken."
        ),
    ]
    number: Annotated[str, described("The bank's number for it; empty where the bank gives none.", **TEXT)]
    open_amount: Annotated[int, described("The amount of its lines that is not posted, signed, in minor units.")]
    open_breaks: Annotated[int, described("How many breaks about it or its lines are open, up to 1,000.", minimum=0)]
    opening_balance: Annotated[int, described("The balance at its beginning, in minor units.")]
    place: Annotated[
        str,
        described(
            "Where it belongs: `continues` where another closed, `precedes` one that came earlier, `replaces` or "
            "`overlaps` others of its days, is the `first`, or comes after a `gap`.",
            enum=PLACES,
        ),
    ]
    replaced_by: Annotated[str | None, described("The statement that has replaced it.", **TEXT)]


class LineMatchObject(msgspec.Struct, frozen=True, kw_only=True):
    """What a line is about, as the matcher found it."""

    batch: Annotated[int | None, described("The number of the batch in its file.")]
    dishonor: Annotated[str | None, described("The return whose dishonor or contest moved the money.", **TEXT)]
    entry_number: Annotated[int | None, described("Which presentment of the top-up it is.")]
    file: Annotated[str | None, described("The ACH file whose batch was booked.", **TEXT)]
    incoming_transfer: Annotated[str | None, described("The transfer that came, or went back.", **TEXT)]
    kind: Annotated[str, described("What kind of thing it is.", enum=[kind.value for kind in MatchKind])]
    refund: Annotated[str | None, described("The refund that moved the money.", **TEXT)]
    reversal: Annotated[str | None, described("The reversal that moved the money.", **TEXT)]
    topup: Annotated[str | None, described("The top-up, prenote or set of micro-deposits that was returned.", **TEXT)]


class SuggestionObject(msgspec.Struct, frozen=True, kw_only=True):
    """What an open line may be. A person chooses; nothing is chosen by itself."""

    batches: Annotated[list[str], described("The batches that the lines may book.")]
    fees: Annotated[int, described("The part to post to fees, in signed minor units.")]
    lines: Annotated[list[str], described("The lines to settle together.")]
    reason: Annotated[str, described("Why.", **TEXT)]
    score: Annotated[int, described("How much speaks for it, for sorting.", minimum=1, maximum=100)]
    suspense: Annotated[int, described("The part to post to suspense, in signed minor units.")]


class StatementLineObject(msgspec.Struct, frozen=True, kw_only=True, rename={"break_": "break"}):
    """A booked line of a bank statement, and what it is matched to."""

    id: Annotated[str, identifier("bsl", "line")]
    object: Annotated[str, constant("brim.statement_line")] = "brim.statement_line"
    amount: Annotated[int, described("Signed minor units, above zero where money came.")]
    bank_account: Annotated[str, described("The bank account, by its name in the ledger.", **TEXT)]
    bank_file: Annotated[str, described("The file from the bank that brought it.", **TEXT)]
    bank_reference: Annotated[str | None, described("The bank's reference.", **TEXT)]
    booked_on: Annotated[date, described("The day on which the bank booked it.")]
    break_: Annotated[str | None, described("The break that says what is open about it, a resolved one too.", **TEXT)]
    created: Annotated[int, described("When it was taken.", **TIME)]
    currency: Annotated[str, CURRENCY]
    description: Annotated[str, described("What the bank wrote beside it.", **TEXT)]
    livemode: Annotated[bool, LIVEMODE]
    matched: Annotated[
        LineMatchObject | None,
        described(
            "What it is about, as the matcher found it; null where nothing is known.", **or_null("brim.line_match")
        ),
    ]
    parent: Annotated[
        str | None,
        described(
            "The line of the entry whose payment it is; the entry itself is `explained`, and counts in the balance.",
            **TEXT,
        ),
    ]
    position: Annotated[int, described("Where it stands in the statement.")]
    reference: Annotated[str | None, described("The payer's or your own reference.", **TEXT)]
    remittance: Annotated[str | None, described("What the payer wrote, where the bank states it apart.", **TEXT)]
    settlement: Annotated[str | None, described("How people have settled it, or propose to.", **TEXT)]
    statement: Annotated[str | None, described("The statement that brought it; null for a notification.", **TEXT)]
    status: Annotated[
        str,
        described(
            "`posted` where the matcher found what it is about. `open` where nobody knows yet, or not about a part of "
            "its amount; `proposed` where somebody has proposed what it is, `settled` where it was settled so, "
            "`explained` where its break was resolved and nothing is posted.",
            enum=[status.value for status in LineStatus],
        ),
    ]
    suggestions: Annotated[
        list[SuggestionObject] | msgspec.UnsetType,
        described("What an open line may be, the likeliest first. Only present when a single line is retrieved."),
    ] = msgspec.UNSET
    type_code: Annotated[str, described("The bank's type code.", **TEXT)]
    unposted_amount: Annotated[int, described("How much of the amount is in no entry of the ledger, signed.")]


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
