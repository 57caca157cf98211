"""Reader of BAI2, the cash management format of United States banks.

Source: BAI2 as banks publish it. A record is a line of fields; 88 continues any record. Each account, group and file
ends with the sum of its amounts and the number of its records: a file whose controls disagree is held.
"""

import contextlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Final

from brim.core.reconciliation.formats.amounts import (
    UnreadableAmountError,
    currency_of,
    is_integer,
    minor_of_integer,
    written,
)
from brim.core.reconciliation.formats.bai2_records import CODES, Record, read_records, shares_lines
from brim.core.reconciliation.formats.bai2_types import NON_MONETARY, TYPE_CODES, UNNAMED, Direction, direction_of
from brim.core.reconciliation.formats.limits import MAX_ITEMS, TooManyItemsError
from brim.core.reconciliation.formats.statement import (
    AccountIdKind,
    Balance,
    Findings,
    LineStatus,
    Statement,
    StatementFile,
    StatementKind,
    StatementLine,
    StatementStatus,
    UnreadLine,
    Verdict,
)

OPENING_LEDGER: Final = "010"
CLOSING_LEDGER: Final = "015"
MAX_CONTINUATIONS: Final = 10_000
"""Continuations (88) of one record; a detail with long text has some dozens."""
_GROUP_STATUS: Final = {
    "": StatementStatus.UPDATE,
    "1": StatementStatus.UPDATE,
    "2": StatementStatus.DELETION,
    "3": StatementStatus.CORRECTION,
    "4": StatementStatus.TEST,
}
# As-of date modifier: 1 and 3 are interim (previous day, same day), 2 and 4 final.
_IS_FINAL: Final = {"1": False, "2": True, "3": False, "4": True}
_END_OF_DAY: Final = frozenset({"2400", "9999"})
_EXTRA_FUNDS_FIELDS: Final = {"V": 2, "S": 3}
_DATE: Final = re.compile(r"(?:20)?([0-9]{2})([0-9]{2})([0-9]{2})")
_TIME: Final = re.compile(r"([01][0-9]|2[0-3])([0-5][0-9])")
_DEFAULT_CURRENCY: Final = "usd"


def read(content: bytes, bank_type_codes: Mapping[str, Direction]) -> StatementFile:
    """Return what a BAI2 file says.

    A slash followed by a record's code may be text, or a second record on the same line. The controls decide: the
    lines are split only where they agree with that and not with the file as it is.
    """
    plain = _Reader(bank_type_codes).read(read_records(content))
    if plain.verdict is not Verdict.HOLD or not shares_lines(content):
        return plain
    reader = _Reader(bank_type_codes)
    reader.findings.warn(
        "bai2_shared_line", "file", "Several records share a line. The control totals prove them read."
    )
    split = reader.read(read_records(content, split=True))
    return plain if split.verdict is Verdict.HOLD else split


class _Logical:
    """A record with its continuations: the fields of each of its lines."""

    def __init__(self, first: Record) -> None:
        self.code = first.code
        self.rows = [first.fields]
        self.first_line = self.last_line = first.line

    def extend(self, continuation: Record) -> None:
        if len(self.rows) >= MAX_CONTINUATIONS:
            raise TooManyItemsError
        self.rows.append(continuation.fields)
        self.last_line = continuation.line

    @property
    def where(self) -> str:
        if self.first_line == self.last_line:
            return f"line {self.first_line}"
        return f"lines {self.first_line} to {self.last_line}"

    @property
    def fields(self) -> list[str]:
        return [field.strip() for row in self.rows for field in row]

    def text_after(self, count: int) -> str:
        """Return the text that follows the first `count` fields, a line for each of the record's."""
        texts = []
        for row in self.rows:
            if len(row) > count:
                texts.append(_text(",".join(row[count:])).strip())
            count = max(count - len(row), 0)
        return "\n".join(text for text in texts if text)


def _logical(records: Iterable[Record]) -> Iterator[_Logical]:
    current: _Logical | None = None
    for record in records:
        if record.code == "88" and current is not None:
            current.extend(record)
            continue
        if current is not None:
            yield current
        current = _Logical(record)
    if current is not None:
        yield current


class _Control:
    """The sum and the number of records of a part of the file, as they add up while it is read."""

    def __init__(self) -> None:
        self.total = 0
        self.records = 0
        self.parts = 0


class _Account:
    """An account section that is being read."""

    def __init__(self, number: str, currency: str, where: str) -> None:
        self.number = number
        self.currency = currency
        self.where = where
        self.control = _Control()
        self.balances: list[Balance] = []
        self.lines: list[StatementLine] = []
        self.unread: list[UnreadLine] = []
        self.position = 0


class _Group:
    """A group that is being read."""

    def __init__(self) -> None:
        self.control = _Control()
        self.bank = ""
        self.status = StatementStatus.UPDATE
        self.as_of: date | None = None
        self.is_final: bool | None = None
        self.currency = ""


class _Reader:
    def __init__(self, bank_type_codes: Mapping[str, Direction]) -> None:
        self.findings = Findings()
        self._bank_type_codes = bank_type_codes
        self._statements: list[Statement] = []
        self._header: list[str] | None = None
        self._file: _Control | None = None
        self._group: _Group | None = None
        self._account: _Account | None = None

    def read(self, records: Iterable[Record]) -> StatementFile:
        last = 0
        for count, record in enumerate(_logical(records), 1):
            if count > MAX_ITEMS:
                raise TooManyItemsError
            self._count(len(record.rows))
            self._take(record)
            last = record.last_line
        if self._header is None:
            self.findings.hold("bai2_no_header", "file", "The file has no file header (01).")
        self._require_closed("99", f"line {last}")
        if self._file is not None:
            self.findings.hold("bai2_truncated", f"line {last}", "The file ends without a file trailer (99).")
        header = [*(self._header or []), *[""] * 5]
        return StatementFile(
            format="bai2",
            version="2",
            id=_text(header[4]),
            created=_moment(header[2], header[3]),
            sender=_text(header[0]),
            receiver=_text(header[1]),
            statements=tuple(self._statements),
            findings=self.findings.all(),
            verdict=self.findings.verdict,
        )

    def _count(self, lines: int) -> None:
        parts = (
            self._file,
            self._group.control if self._group else None,
            self._account.control if self._account else None,
        )
        for control in parts:
            if control is not None:
                control.records += lines

    def _take(self, record: _Logical) -> None:
        if record.code == "01":
            self._begin_file(record)
        elif record.code not in CODES or record.code == "88":
            sentence = f"{_text(record.code)[:20]!r} isn't a record code of BAI2."
            self.findings.hold("bai2_unknown_record", record.where, sentence)
        elif self._file is None:
            self._outside(record, "a file (01 to 99)")
        elif record.code == "02":
            self._begin_group(record)
        elif record.code == "99":
            self._end_file(record)
        elif self._group is None:
            self._outside(record, "a group (02 to 98)")
        else:
            self._take_in_group(record, self._group)

    def _take_in_group(self, record: _Logical, group: _Group) -> None:
        if record.code == "03":
            self._begin_account(record, group)
        elif record.code == "98":
            self._end_group(record, group)
        elif self._account is None:
            self._outside(record, "an account (03 to 49)")
        elif record.code == "16":
            self._detail(record, group, self._account)
        else:
            self._end_account(record, group, self._account)

    def _outside(self, record: _Logical, what: str) -> None:
        self.findings.hold("bai2_order", record.where, f"A record {record.code} is outside {what}.")

    def _begin_file(self, record: _Logical) -> None:
        self._require_closed("99", record.where)
        if self._file is not None:
            self.findings.hold("bai2_truncated", record.where, "A file begins (01) before the last one has ended (99).")
        fields = record.fields
        if self._header is None:
            self._header = fields
        else:
            self.findings.warn("bai2_several_files", record.where, "Another file follows in the same one.")
        version = fields[7] if len(fields) > 7 else ""
        if version not in {"", "2"}:
            self.findings.hold(
                "bai2_version", record.where, f"The file says that it is version {_text(version)[:10]!r}, not 2."
            )
        self._file = _Control()
        self._file.records = len(record.rows)

    def _begin_group(self, record: _Logical) -> None:
        self._require_closed("98", record.where)
        fields = [*record.fields, *[""] * 7]
        group = self._group = _Group()
        group.control.records = len(record.rows)
        group.bank = _text(fields[1])
        status = _GROUP_STATUS.get(fields[2])
        if status is None:
            self.findings.hold(
                "bai2_group_status", record.where, f"The group status {_text(fields[2])[:10]!r} is not 1 to 4."
            )
        else:
            group.status = status
        group.as_of = _date(fields[3])
        if group.as_of is None:
            sentence = f"The as-of date {_text(fields[3])[:20]!r} isn't a date."
            self.findings.hold("bai2_as_of_date", record.where, sentence)
        group.currency = fields[5]
        group.is_final = _IS_FINAL.get(fields[6], True if fields[4] in _END_OF_DAY else None)

    def _begin_account(self, record: _Logical, group: _Group) -> None:
        self._require_closed("49", record.where)
        number, currency, *summaries = [*record.fields, "", ""][: max(len(record.fields), 2)]
        index = len(self._statements)
        try:
            currency = currency_of(currency or group.currency or _DEFAULT_CURRENCY)
        except UnreadableAmountError as error:
            self.findings.flag_statement("currency", record.where, f"The account's currency: {error}.", statement=index)
            currency = ""
        account = self._account = _Account(_text(number), currency, record.where)
        account.control.records = len(record.rows)
        if not number:
            self.findings.flag_statement("account", record.where, "The account has no number.", statement=index)
        self._summaries(summaries, group, account, record.where)

    def _summaries(self, fields: Sequence[str], group: _Group, account: _Account, where: str) -> None:
        """Read the balances and summaries of an account: type, amount, item count and funds, repeated."""
        at = 0
        while at < len(fields):
            code = fields[at]
            at += 1
            if not code:  # a comma too many after a summary, which banks do write
                continue
            amount = fields[at] if at < len(fields) else ""
            at += 2  # the amount, and the item count, which says nothing that the lines do not
            at += _funds_fields(fields, at)
            if len(code) != 3 or not code.isdigit() or (amount and not is_integer(amount)):
                sentence = f"The summary {_text(code)[:10]!r} with the amount {_text(amount)[:30]!r} cannot be read."
                self.findings.hold("bai2_summary", where, sentence)
                continue
            account.control.total += int(amount or 0)
            if amount and account.currency and code < "100":
                self._balance(code, amount, group, account, where)

    def _balance(self, code: str, amount: str, group: _Group, account: _Account, where: str) -> None:
        try:
            minor = minor_of_integer(amount, account.currency)
        except UnreadableAmountError as error:
            index = len(self._statements)
            self.findings.flag_statement("balance", where, f"The balance {code}: {error}.", statement=index)
            return
        account.balances.append(Balance(kind=code, amount_minor=minor, on=group.as_of))

    def _detail(self, record: _Logical, group: _Group, account: _Account) -> None:
        fields = [*record.fields, "", ""]
        code, amount = fields[0], fields[1]
        funds_at = 2
        extra = _funds_fields(fields, funds_at)
        references_at = funds_at + extra
        bank_reference, customer_reference = [*fields[references_at : references_at + 2], "", ""][:2]
        text = record.text_after(references_at + 2)
        if is_integer(amount):
            account.control.total += int(amount)
        index = len(self._statements)
        if code == NON_MONETARY and not int(amount if is_integer(amount) else 0):
            self.findings.warn("bai2_information", record.where, f"Information: {text[:200]}", statement=index)
            return
        account.position += 1
        direction = direction_of(code, self._bank_type_codes)
        problem = _detail_problem(code, amount, direction)
        value_date = None
        if not problem and fields[funds_at] == "V" and fields[funds_at + 1]:
            value_date = _date(fields[funds_at + 1])
            problem = "" if value_date else f"the value date {fields[funds_at + 1][:20]!r} isn't a date"
        minor = 0
        if not problem:
            try:
                minor = minor_of_integer(amount, currency_of(account.currency or "none"))
            except UnreadableAmountError as error:
                problem = str(error)
        if problem:
            sentence = f"The line is not read: {_text(problem)}."
            self.findings.park_line("unread_line", record.where, sentence, statement=index, line=account.position)
            raw = "\n".join(_text(",".join(row)) for row in ((code, *record.rows[0][1:]), *record.rows[1:]))
            account.unread.append(UnreadLine(position=account.position, where=record.where, raw=raw))
            return
        known = TYPE_CODES.get(code, UNNAMED)
        account.lines.append(
            StatementLine(
                position=account.position,
                where=record.where,
                amount_minor=minor if direction == "credit" else -minor,
                currency=account.currency,
                booking_date=group.as_of,
                value_date=value_date,
                status=LineStatus.BOOKED,
                type_code=code,
                type_name=known.name,
                is_reversal=known.is_reversal,
                is_return=known.is_return,
                bank_reference=_text(bank_reference),
                customer_reference=_text(customer_reference),
                text=text,
            )
        )

    def _end_account(self, record: _Logical, group: _Group, account: _Account) -> None:
        self._check(record, account.control, f"account {account.number}", parts=None)
        group.control.total += account.control.total
        group.control.parts += 1
        index = len(self._statements)
        if group.status in {StatementStatus.DELETION, StatementStatus.TEST}:
            what = "withdraws an earlier one" if group.status is StatementStatus.DELETION else "is a test"
            self.findings.flag_statement(
                f"bai2_{group.status}", account.where, f"The bank says that this statement {what}.", statement=index
            )
        opening, closing = _first(account.balances, OPENING_LEDGER), _first(account.balances, CLOSING_LEDGER)
        self._statements.append(
            Statement(
                kind=StatementKind.STATEMENT,
                account_number=account.number,
                account_id_kind=AccountIdKind.OTHER,
                currency=account.currency,
                bank=group.bank,
                statement_id="",
                sequence="",
                period_from=group.as_of,
                period_to=group.as_of,
                status=group.status,
                is_final=group.is_final,
                is_copy=False,
                page=None,
                is_last_page=None,
                opening=opening,
                closing=closing,
                balances=tuple(account.balances),
                is_balanced=self._check_balances(opening, closing, account),
                lines=tuple(account.lines),
                unread_lines=tuple(account.unread),
                where=account.where,
            )
        )
        self._account = None

    def _check_balances(self, opening: Balance | None, closing: Balance | None, account: _Account) -> bool | None:
        if opening is None or closing is None:
            return None
        moved = sum(line.amount_minor for line in account.lines)
        if opening.amount_minor + moved == closing.amount_minor:
            return True
        index = len(self._statements)
        if opening.amount_minor == closing.amount_minor and not account.unread:
            sentence = (
                f"The closing ledger balance does not contain the lines yet ({written(moved, account.currency)})."
            )
            self.findings.warn("lines_not_in_balance", account.where, sentence, statement=index)
            return False
        sentence = (
            f"The opening balance {written(opening.amount_minor, account.currency)} and the lines"
            f" {written(moved, account.currency)} do not make the closing balance"
            f" {written(closing.amount_minor, account.currency)}."
        )
        self.findings.flag_statement("balance_mismatch", account.where, sentence, statement=index)
        return False

    def _end_group(self, record: _Logical, group: _Group) -> None:
        self._require_closed("49", record.where)
        self._check(record, group.control, "group", parts="accounts")
        if self._file is not None:
            self._file.total += group.control.total
            self._file.parts += 1
        self._group = None

    def _end_file(self, record: _Logical) -> None:
        self._require_closed("98", record.where)
        self._group = None
        if self._file is not None:
            self._check(record, self._file, "file", parts="groups")
        self._file = None

    def _check(self, record: _Logical, control: _Control, what: str, *, parts: str | None) -> None:
        """Compare a trailer with what was read: the sum, the number of parts where there are any, of records."""
        expected = [("sum of amounts", control.total), ("number of records", control.records)]
        if parts:
            expected.insert(1, (f"number of {parts}", control.parts))
        fields = [*record.fields, *[""] * len(expected)]
        for (name, counted), stated in zip(expected, fields, strict=False):
            if not is_integer(stated) or int(stated) != counted:
                sentence = (
                    f"The {what} trailer states {_text(stated)[:30] or 'nothing'} as the {name}; it is {counted}."
                )
                self.findings.hold("bai2_control", record.where, sentence)

    def _require_closed(self, code: str, where: str) -> None:
        """Hold the file where something is still open that the record `code` would have to follow."""
        if self._account is not None and self._group is not None:
            self.findings.hold("bai2_truncated", where, f"The account {self._account.number} has no trailer (49).")
            self._account = None
        if self._group is not None and code != "49":
            self.findings.hold("bai2_truncated", where, "A group has no trailer (98).")
            self._group = None


def _detail_problem(code: str, amount: str, direction: Direction | None) -> str:
    if direction is None:
        return f"the type code {code[:10]!r} is neither a credit nor a debit, and the bank's map does not have it"
    if not is_integer(amount):
        return f"{amount[:30]!r} isn't an amount"
    if amount.startswith("-"):
        return f"the amount {amount[:30]} is negative, and its type code says whether it is a credit"
    return ""


def _funds_fields(fields: Sequence[str], at: int) -> int:
    """Return how many fields the funds type at `at` takes, with what follows it."""
    funds = fields[at] if at < len(fields) else ""
    if funds == "D":
        count = fields[at + 1] if at + 1 < len(fields) else ""
        return 2 + 2 * (int(count) if count.isascii() and count.isdigit() and len(count) < 4 else 0)
    return 1 + _EXTRA_FUNDS_FIELDS.get(funds, 0)


def _first(balances: Iterable[Balance], kind: str) -> Balance | None:
    return next((balance for balance in balances if balance.kind == kind), None)


def _date(text: str) -> date | None:
    match = _DATE.fullmatch(text)
    if match is None:
        return None
    try:
        return date(2000 + int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        return None


def _moment(day: str, clock: str) -> str:
    on = _date(day)
    if on is None:
        return ""
    match = _TIME.fullmatch(clock)
    return f"{on.isoformat()}T{match[1]}:{match[2]}:00" if match else on.isoformat()


def _text(raw: str) -> str:
    """Return text of a record: UTF-8 where its bytes are that, Latin-1 else; control characters as spaces."""
    if not raw.isascii():
        with contextlib.suppress(UnicodeDecodeError):
            raw = raw.encode("latin-1").decode("utf-8")
    return raw if raw.isprintable() else "".join(char if char.isprintable() else " " for char in raw)
