"""How previews of files from the bank are written for clients. Ours, in the wire's manner."""

from datetime import date
from typing import Annotated

import msgspec

from brim.api.framework.schema import LIVEMODE, TEXT, constant, described
from brim.base.json_codec import encode
from brim.base.scope import AccountScope
from brim.core.direct_debits import MOST_PREVIEWED, Outcome, Preview, PreviewedLine, PreviewedStatement
from brim.core.reconciliation import MatchKind, Place
from brim.core.reconciliation.formats import Verdict

_OUTCOMES = (
    "What would happen to it: `posted` if it is matched, `open` if it isn't fully matched, `known` if it is already "
    "in another file, `in_doubt` if a person has to decide whether it is new, `not_posted` if its statement can't be "
    "posted, and `unmatched` if the file is too large to match here."
)


class BankFilePreviewFindingObject(msgspec.Struct, frozen=True, kw_only=True):
    """A finding about a file."""

    code: Annotated[str, described("The finding, as a code.", **TEXT)]
    sentence: Annotated[str, described("The finding, as a sentence.", **TEXT)]
    severity: Annotated[str, described("Whether it prevents something from being posted.", enum=["error", "warning"])]
    where: Annotated[str, described("Where it is in the file.", **TEXT)]


class BankFilePreviewLineObject(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a statement, or a payment of the entry before it, and what would happen to it."""

    account: Annotated[str | None, described("The account that a transfer would credit.", **TEXT)]
    amount: Annotated[int, described("The amount in minor units, below zero for a debit.")]
    booked_on: Annotated[date | None, described("The day on which the bank booked it.")]
    currency: Annotated[str, described("The currency's ISO code, in lowercase.", examples=["usd"])]
    description: Annotated[str, described("What the bank and the payer wrote.", **TEXT)]
    is_payment: Annotated[bool, described("Whether it is a payment of the entry before it.")]
    matched: Annotated[str | None, described("What it is matched to, such as a batch or a debit.", **TEXT)]
    matched_kind: Annotated[
        str | None,
        described("The kind of object that it is matched to.", enum=[*(kind.value for kind in MatchKind), None]),
    ]
    outcome: Annotated[str, described(_OUTCOMES, enum=[each.value for each in Outcome])]
    problem: Annotated[str | None, described("What isn't matched, or why it would go into suspense.", **TEXT)]
    reference: Annotated[str | None, described("The reference, or the end-to-end id.", **TEXT)]
    statement: Annotated[int, described("The position of its statement in the file, from 0.", minimum=0)]


class BankFilePreviewStatementObject(msgspec.Struct, frozen=True, kw_only=True):
    """A statement in a file, with its position among the other statements."""

    account_last4: Annotated[str, described("The last characters of its account number.", **TEXT)]
    closing_balance: Annotated[int | None, described("The closing balance in minor units; null if it has none.")]
    credits: Annotated[int, described("The sum of its credits, in minor units.", minimum=0)]
    currency: Annotated[str, described("The currency's ISO code, in lowercase.", examples=["usd"])]
    debits: Annotated[int, described("The sum of its debits, in minor units, zero or below.", maximum=0)]
    is_of_originator: Annotated[
        bool, described("Whether it is for the originator's bank account; if not, it becomes a break.")
    ]
    line_count: Annotated[int, described("The number of lines.", minimum=0)]
    new_line_count: Annotated[
        int | None, described("How many of them are new; null if it wouldn't be posted, or isn't placed.")
    ]
    number: Annotated[str, described("The bank's number for it.", **TEXT)]
    opening_balance: Annotated[int | None, described("The opening balance in minor units; null if it has none.")]
    period_from: Annotated[date | None, described("Its first day.")]
    period_to: Annotated[date | None, described("Its last day.")]
    place: Annotated[
        str | None,
        described(
            "Its position among the known statements; null if it has none.",
            enum=[*(place.value for place in Place), None],
        ),
    ]
    questions: Annotated[list[str], described("The breaks that would be opened for it.")]


class BankFilePreviewObject(msgspec.Struct, frozen=True, kw_only=True):
    """What a file from the bank would post if it were applied now. Nothing is stored."""

    object: Annotated[str, constant("brim.bank_file_preview")] = "brim.bank_file_preview"
    bank_file: Annotated[str, described("The file.", **TEXT)]
    findings: Annotated[
        list[BankFilePreviewFindingObject], described(f"What is wrong with it, at most {MOST_PREVIEWED}.")
    ]
    format: Annotated[str, described("The format: `bai2`, `camt.053`, `csv`, or `unknown`.", **TEXT)]
    is_matched: Annotated[
        bool,
        described(
            "Whether its statements were placed and its lines matched. A file larger than 2 MiB is only read, and "
            "one larger than 16 MiB isn't."
        ),
    ]
    line_count: Annotated[int, described("The number of lines.", minimum=0)]
    lines: Annotated[list[BankFilePreviewLineObject], described(f"Its first lines, at most {MOST_PREVIEWED}.")]
    livemode: Annotated[bool, LIVEMODE]
    mapping: Annotated[
        str | None, described("For CSV, the mapping that it is read with: its id, a slash, and its version.")
    ]
    sha256: Annotated[str, described("The SHA-256 of its bytes, in hexadecimal.", pattern="^[0-9a-f]{64}$")]
    statement_count: Annotated[int, described("The number of statements.", minimum=0)]
    statements: Annotated[
        list[BankFilePreviewStatementObject], described(f"Its first statements, at most {MOST_PREVIEWED}.")
    ]
    verdict: Annotated[
        str | None,
        described(
            "What would happen to it: `accept`, `flag` if some statements or lines would need a decision, or "
            "`hold` if all of it would. Null if it wasn't read.",
            enum=[*(each.value for each in Verdict), None],
        ),
    ]


def preview_json(scope: AccountScope, found: Preview) -> bytes:
    """Return the compact JSON of what a file would post."""
    return encode(
        BankFilePreviewObject(
            bank_file=found.file.id,
            findings=[
                BankFilePreviewFindingObject(
                    code=each.code, sentence=each.sentence, severity=each.severity, where=each.where
                )
                for each in found.findings
            ],
            format=found.format,
            is_matched=found.is_matched,
            line_count=found.line_count,
            lines=[_line(each) for each in found.lines],
            livemode=scope.livemode,
            mapping=found.mapping,
            sha256=found.file.sha256.hex(),
            statement_count=found.statement_count,
            statements=[_statement(each) for each in found.statements],
            verdict=found.verdict,
        )
    )


def _line(line: PreviewedLine) -> BankFilePreviewLineObject:
    return BankFilePreviewLineObject(
        account=line.account,
        amount=line.amount,
        booked_on=line.booked_on,
        currency=line.currency,
        description=line.description,
        is_payment=line.is_payment,
        matched=line.matched,
        matched_kind=line.matched_kind,
        outcome=line.outcome,
        problem=line.problem,
        reference=line.reference,
        statement=line.statement,
    )


def _statement(found: PreviewedStatement) -> BankFilePreviewStatementObject:
    return BankFilePreviewStatementObject(
        account_last4=found.account_last4,
        closing_balance=found.closing,
        credits=found.credits,
        currency=found.currency,
        debits=found.debits,
        is_of_originator=found.is_ours,
        line_count=found.line_count,
        new_line_count=found.new_count,
        number=found.number,
        opening_balance=found.opening,
        period_from=found.period_from,
        period_to=found.period_to,
        place=found.place,
        questions=list(found.questions),
    )
