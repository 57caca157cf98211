"""How mappings of CSV statements, and previews, are written for clients. Ours, in the wire's manner."""

from datetime import date
from typing import Annotated, Final

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, TIME, constant, described, identifier
from brim.base.json_codec import encode
from brim.base.scope import AccountScope
from brim.core.reconciliation.formats import (
    DecimalSign,
    Delimiter,
    Encoding,
    Finding,
    Severity,
    StatementFile,
    StatementLine,
    ThousandsSign,
    Verdict,
)
from brim.core.statement_mappings import SavedMapping

MOST_SHOWN: Final = 100
"""How many lines and findings a preview has."""
_ROWS = {"minimum": 0, "maximum": 100}


class MappingFieldsObject(msgspec.Struct, frozen=True, kw_only=True):
    """How a bank writes statements as CSV. Columns are named as in the file's header."""

    account_column: Annotated[str | None, described("The column with the bank account's number.", **TEXT)]
    amount_column: Annotated[str | None, described("The column with the amount.", **TEXT)]
    balance_column: Annotated[str | None, described("The column with the balance after each line.", **TEXT)]
    booking_date_column: Annotated[str, described("The column with the booking date.", **TEXT)]
    closing_balance_label: Annotated[
        str | None, described("The text that begins the row with the closing balance.", **TEXT)
    ]
    credit_column: Annotated[str | None, described("The column with credits.", **TEXT)]
    credit_words: Annotated[tuple[str, ...], described("The words that mean credit.")]
    currency: Annotated[str | None, described("The currency of all lines, in lowercase.", examples=["usd"])]
    currency_column: Annotated[str | None, described("The column with the currency.", **TEXT)]
    date_format: Annotated[str, described("How dates are written.", **TEXT)]
    debit_column: Annotated[str | None, described("The column with debits.", **TEXT)]
    debit_is_negative: Annotated[bool, described("Whether amounts in the column with debits have a minus sign.")]
    debit_words: Annotated[tuple[str, ...], described("The words that mean debit.")]
    decimal_sign: Annotated[
        str, described("The decimal separator of amounts.", enum=[each.value for each in DecimalSign])
    ]
    delimiter: Annotated[str, described("The delimiter between cells.", enum=[each.value for each in Delimiter])]
    direction_column: Annotated[str | None, described("The column that says debit or credit.", **TEXT)]
    encoding: Annotated[str, described("The encoding of the file.", enum=[each.value for each in Encoding])]
    end_to_end_column: Annotated[str | None, described("The column with the end-to-end id.", **TEXT)]
    footer_rows: Annotated[int, described("The number of rows after the lines.", **_ROWS)]
    ignored_columns: Annotated[tuple[str, ...], described("Columns that are not read.")]
    key_column: Annotated[str | None, described("The column with the bank's unique reference.", **TEXT)]
    newest_first: Annotated[bool, described("Whether the newest line comes first.")]
    opening_balance_label: Annotated[
        str | None, described("The text that begins the row with the opening balance.", **TEXT)
    ]
    reference_column: Annotated[str | None, described("The column with your reference.", **TEXT)]
    rows_before_header: Annotated[int, described("The number of rows before the header.", **_ROWS)]
    text_columns: Annotated[tuple[str, ...], described("The columns whose texts are the description.")]
    thousands_sign: Annotated[
        str, described("The thousands separator of amounts.", enum=[each.value for each in ThousandsSign])
    ]
    type_column: Annotated[str | None, described("The column with the type of the line.", **TEXT)]
    value_date_column: Annotated[str | None, described("The column with the value date.", **TEXT)]


class StatementMappingObject(msgspec.Struct, frozen=True, kw_only=True):
    """How the CSV statements of a bank account are read."""

    id: Annotated[str, identifier("stmap", "statement_mapping")]
    object: Annotated[str, constant("brim.statement_mapping")] = "brim.statement_mapping"
    bank_account: Annotated[str, described("The bank account, by its name in the ledger.", maxLength=32)]
    changed_by: Annotated[str, described("Who saved this version.", **TEXT)]
    created: Annotated[int, described("When it was created.", **TIME)]
    livemode: Annotated[bool, LIVEMODE]
    mapping: Annotated[MappingFieldsObject, described("How the bank writes statements.")]
    updated: Annotated[int, described("When this version was saved.", **TIME)]
    version: Annotated[int, described("The version number.", minimum=1)]


class PreviewFindingObject(msgspec.Struct, frozen=True, kw_only=True):
    """A finding about a file."""

    code: Annotated[str, described("The finding, as a code.", **TEXT)]
    sentence: Annotated[str, described("The finding, as a sentence.", **TEXT)]
    severity: Annotated[
        str, described("Whether it prevents something from being posted.", enum=[each.value for each in Severity])
    ]
    where: Annotated[str, described("The row, and the column, or `file`.", **TEXT)]


class PreviewLineObject(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a file, as it would be read."""

    amount: Annotated[int, described("The amount in minor units, below zero for a debit.")]
    bank_reference: Annotated[str | None, described("The bank's reference.", **TEXT)]
    booked_on: Annotated[date | None, described("The day on which the bank booked it.")]
    currency: Annotated[str, described("The currency's ISO code, in lowercase.", examples=["usd"])]
    description: Annotated[str, described("The bank's description.", **TEXT)]
    reference: Annotated[str | None, described("Your reference, or the end-to-end id.", **TEXT)]
    type: Annotated[str, described("The type of the line.", **TEXT)]
    value_date: Annotated[date | None, described("Its value date.")]
    where: Annotated[str, described("Where it is in the file.", **TEXT)]


class StatementPreviewObject(msgspec.Struct, frozen=True, kw_only=True):
    """What would be read from a file. Nothing is stored. Only the first hundred lines and findings are included."""

    object: Annotated[str, constant("brim.statement_preview")] = "brim.statement_preview"
    closing_balance: Annotated[int | None, described("The closing balance in minor units; null if it has none.")]
    currency: Annotated[str | None, described("The currency; null if it is unknown.", examples=["usd"])]
    findings: Annotated[list[PreviewFindingObject], described("Its findings: what is wrong with it.")]
    format: Annotated[str, described("The format: `csv`, `bai2`, `camt.053`, or `unknown`.", **TEXT)]
    line_count: Annotated[int, described("How many lines were read.", minimum=0)]
    lines: Annotated[list[PreviewLineObject], described("The lines.")]
    livemode: Annotated[bool, LIVEMODE]
    opening_balance: Annotated[int | None, described("The opening balance in minor units; null if it has none.")]
    verdict: Annotated[
        str,
        described(
            "What would happen to it: `accept`, `flag` if some statements or lines would need a decision, or "
            "`hold` if all of it would.",
            enum=[each.value for each in Verdict],
        ),
    ]


def mapping_json(saved: SavedMapping) -> bytes:
    """Return a saved mapping's compact JSON."""
    return encode(
        StatementMappingObject(
            id=saved.id,
            bank_account=saved.bank_account,
            changed_by=saved.changed_by,
            created=saved.created_ms // 1000,
            livemode=saved.scope.livemode,
            mapping=msgspec.convert(saved.mapping, MappingFieldsObject, from_attributes=True),
            updated=saved.updated_ms // 1000,
            version=saved.version,
        )
    )


def preview_json(scope: AccountScope, file: StatementFile) -> bytes:
    """Return the compact JSON of what a file would give; balances are those of its first statement."""
    first = file.statements[0] if file.statements else None
    lines = [line for statement in file.statements for line in statement.lines]
    return encode(
        StatementPreviewObject(
            closing_balance=first.closing.amount_minor if first and first.closing else None,
            currency=(first.currency or None) if first else None,
            findings=[_finding(each) for each in file.findings[:MOST_SHOWN]],
            format=file.format,
            line_count=len(lines),
            lines=[_line(each) for each in lines[:MOST_SHOWN]],
            livemode=scope.livemode,
            opening_balance=first.opening.amount_minor if first and first.opening else None,
            verdict=file.verdict,
        )
    )


def _finding(found: Finding) -> PreviewFindingObject:
    return PreviewFindingObject(code=found.code, sentence=found.sentence, severity=found.severity, where=found.where)


def _line(line: StatementLine) -> PreviewLineObject:
    return PreviewLineObject(
        amount=line.amount_minor,
        bank_reference=line.bank_reference or None,
        booked_on=line.booking_date,
        currency=line.currency,
        description=line.text,
        reference=line.customer_reference or line.end_to_end_id or None,
        type=line.type_code,
        value_date=line.value_date,
        where=line.where,
    )
