"""The one form that every statement format is read to, and the findings that decide what may be done with it."""

from collections.abc import Iterable, Iterator
from datetime import date
from enum import StrEnum

import msgspec

MAX_FINDINGS = 1_000
"""As many findings of one file are kept; a file with more of them is broken in a way that the first ones show."""

MAX_REMITTANCE = 1_000
"""Characters of what payers wrote that a line keeps: one payment has 140, or several of them, and a batch many."""


class Severity(StrEnum):
    """A warning is for the reader's information; an error keeps something from being posted."""

    WARNING = "warning"
    ERROR = "error"


class Scope(StrEnum):
    """How much an error keeps from being posted: the whole file, one statement or one line."""

    FILE = "file"
    STATEMENT = "statement"
    LINE = "line"


class Verdict(StrEnum):
    """What may be done with a file.

    `accept`: all of it may be posted. `flag`: it was read, and the statements and lines with an error wait for a
    person. `hold`: nothing of it may be posted.
    """

    ACCEPT = "accept"
    FLAG = "flag"
    HOLD = "hold"


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person should know about a file.

    `where` names the line of the file, `statement` the index of the statement in it, `line` the position of the
    statement's line; `code` is for programs, `sentence` for people.
    """

    severity: Severity
    scope: Scope
    code: str
    where: str
    sentence: str
    statement: int | None = None
    line: int | None = None


class StatementKind(StrEnum):
    """A statement has balances; a notification (camt.054, MT942) only announces entries that a statement repeats."""

    STATEMENT = "statement"
    NOTIFICATION = "notification"


class StatementStatus(StrEnum):
    """What the bank means with a statement: BAI2's group status, `update` in the other formats."""

    UPDATE = "update"
    DELETION = "deletion"
    CORRECTION = "correction"
    TEST = "test"


class LineStatus(StrEnum):
    """Only a booked line is money that moved."""

    BOOKED = "booked"
    PENDING = "pending"
    INFORMATION = "information"


class AccountIdKind(StrEnum):
    """What an account number is: an IBAN, or a number of the bank's own."""

    IBAN = "iban"
    OTHER = "other"


class Balance(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A balance in minor units of the statement's currency; `kind` is the format's code (015, CLBD)."""

    kind: str
    amount_minor: int
    on: date | None = None


class Batch(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A batch of payments that the bank booked as one line; `items` is how many payments it says there were."""

    message_id: str = ""
    payment_information_id: str = ""
    items: int | None = None


class TransactionDetail(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One payment of a line. Amounts are signed minor units, positive to our account, None where the bank gives none.

    `instructed_minor` is what was once ordered, without charges; `charges_minor` is positive where they cost us.
    `has_direction` says that the bank wrote one for it, and that it is not only its line's. `creditor_account` is the
    number that it was sent to: ours, or a virtual one of ours, where money came.
    """

    amount_minor: int | None = None
    has_direction: bool = False
    currency: str = ""
    instructed_minor: int | None = None
    instructed_currency: str = ""
    charges_minor: int | None = None
    bank_reference: str = ""
    message_id: str = ""
    payment_information_id: str = ""
    instruction_id: str = ""
    end_to_end_id: str = ""
    transaction_id: str = ""
    mandate_id: str = ""
    creditor_reference: str = ""
    counterparty_name: str = ""
    counterparty_account: str = ""
    creditor_account: str = ""
    return_reason: str = ""
    return_text: str = ""
    text: str = ""


class StatementLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One movement of money as the bank states it.

    `amount_minor` is signed, positive to our account. References that belong to a payment are here where all details
    of the line agree on them, else only in `details`. `text` is the bank's, `remittance` what payers wrote where the
    format has it apart. A line that `is_parked` was read, and waits for a person: a finding with its position says why.
    `where` names its line of the file.
    """

    position: int
    where: str
    amount_minor: int
    currency: str
    booking_date: date | None
    value_date: date | None
    status: LineStatus
    type_code: str
    type_name: str = ""
    is_reversal: bool = False
    is_return: bool = False
    is_parked: bool = False
    bank_reference: str = ""
    customer_reference: str = ""
    entry_reference: str = ""
    end_to_end_id: str = ""
    mandate_id: str = ""
    message_id: str = ""
    payment_information_id: str = ""
    batches: tuple[Batch, ...] = ()
    batch_items: int | None = None
    charges_minor: int | None = None
    return_reason: str = ""
    details: tuple[TransactionDetail, ...] = ()
    text: str = ""
    remittance: str = ""


def remittance_of(details: Iterable[TransactionDetail]) -> str:
    """Return what payers wrote, each text once, up to `MAX_REMITTANCE` characters."""
    texts: dict[str, None] = {}
    size = 0
    for detail in details:
        for text in (detail.creditor_reference, detail.text):
            if text and text not in texts:
                texts[text] = None
                size += len(text) + 1
        if size > MAX_REMITTANCE:
            break
    return "\n".join(texts)[:MAX_REMITTANCE]


class UnreadLine(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A line whose amount or direction could not be read: a person decides what it is. `raw` is what stands there."""

    position: int
    where: str
    raw: str


class Statement(msgspec.Struct, frozen=True, kw_only=True):
    """What one account's statement, or one page of it, says.

    `period_from` and `period_to` are the same day where the format has only an as-of date. `is_final` is None where the
    bank does not say; `is_balanced` says whether the opening balance and the booked lines make the closing balance,
    None where one of them is missing.
    """

    kind: StatementKind
    account_number: str
    account_id_kind: AccountIdKind
    currency: str
    bank: str
    statement_id: str
    sequence: str
    period_from: date | None
    period_to: date | None
    status: StatementStatus
    is_final: bool | None
    is_copy: bool
    page: int | None
    is_last_page: bool | None
    opening: Balance | None
    closing: Balance | None
    balances: tuple[Balance, ...]
    is_balanced: bool | None
    lines: tuple[StatementLine, ...]
    unread_lines: tuple[UnreadLine, ...]
    where: str

    @property
    def booked_minor(self) -> int:
        """The sum of the booked lines in the statement's currency."""
        return sum(
            line.amount_minor
            for line in self.lines
            if line.status is LineStatus.BOOKED and line.currency == self.currency
        )


class StatementFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of statements. `format` is `unknown` where nothing else fits; `created` is ISO 8601 or empty."""

    format: str
    version: str
    id: str
    created: str
    sender: str
    receiver: str
    statements: tuple[Statement, ...]
    findings: tuple[Finding, ...]
    verdict: Verdict

    def postable(self) -> Iterator[tuple[Statement, StatementLine]]:
        """Yield the lines that may be posted: booked, in a file and a statement and a line without an error."""
        for statement, lines in self.postable_statements():
            for line in lines:
                yield statement, line

    def postable_statements(self) -> Iterator[tuple[Statement, list[StatementLine]]]:
        """Yield the statements without an error, each with its lines that may be posted; none of a file with one."""
        if self.verdict is Verdict.HOLD:
            return
        stopped = {
            finding.statement
            for finding in self.findings
            if finding.severity is Severity.ERROR and finding.scope is Scope.STATEMENT
        }
        for index, statement in enumerate(self.statements):
            if index not in stopped:
                booked = [line for line in statement.lines if line.status is LineStatus.BOOKED]
                yield statement, [line for line in booked if not line.is_parked]


class Findings:
    """What is found while a file is read; the verdict follows from it."""

    def __init__(self) -> None:
        self._kept: list[Finding] = []
        self._dropped = 0
        self.verdict = Verdict.ACCEPT

    def hold(self, code: str, where: str, sentence: str) -> None:
        """Note what keeps the whole file from being posted."""
        self._add(Severity.ERROR, Scope.FILE, code, where, sentence)

    def warn(self, code: str, where: str, sentence: str, *, statement: int | None = None) -> None:
        """Note what a person should know, and what keeps nothing from being posted."""
        self._add(
            Severity.WARNING, Scope.FILE if statement is None else Scope.STATEMENT, code, where, sentence, statement
        )

    def flag_statement(self, code: str, where: str, sentence: str, *, statement: int) -> None:
        """Note what keeps a statement from being posted."""
        self._add(Severity.ERROR, Scope.STATEMENT, code, where, sentence, statement)

    def park_line(self, code: str, where: str, sentence: str, *, statement: int, line: int) -> None:
        """Note what keeps one line from being posted."""
        self._add(Severity.ERROR, Scope.LINE, code, where, sentence, statement, line)

    def warn_line(self, code: str, where: str, sentence: str, *, statement: int, line: int) -> None:
        """Note something about a line that keeps nothing from being posted."""
        self._add(Severity.WARNING, Scope.LINE, code, where, sentence, statement, line)

    def all(self) -> tuple[Finding, ...]:
        """Return what was found, in the order of the file, the errors of the whole file first."""
        found = sorted(
            self._kept, key=lambda finding: finding.severity is Severity.WARNING or finding.scope is not Scope.FILE
        )
        if self._dropped:
            sentence = f"{self._dropped} more findings are not listed."
            found.append(
                Finding(
                    severity=Severity.WARNING, scope=Scope.FILE, code="more_findings", where="file", sentence=sentence
                )
            )
        return tuple(found)

    def _add(
        self,
        severity: Severity,
        scope: Scope,
        code: str,
        where: str,
        sentence: str,
        statement: int | None = None,
        line: int | None = None,
    ) -> None:
        if severity is Severity.ERROR:
            self.verdict = Verdict.HOLD if Verdict.HOLD in (self.verdict, _EFFECT[scope]) else Verdict.FLAG
        finding = Finding(
            severity=severity, scope=scope, code=code, where=where, sentence=sentence, statement=statement, line=line
        )
        if len(self._kept) < MAX_FINDINGS:
            self._kept.append(finding)
            return
        self._dropped += 1
        if severity is Severity.ERROR and scope is not Scope.LINE:
            self.verdict = Verdict.HOLD  # which statement it is about is not kept


_EFFECT = {Scope.FILE: Verdict.HOLD, Scope.STATEMENT: Verdict.FLAG, Scope.LINE: Verdict.FLAG}
