"""Reads a statement that is a CSV file by the mapping of its bank account. Whatever is unexpected holds the file."""

from collections import deque
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise
from typing import Final

import msgspec

from brim.core.reconciliation.formats.amounts import UnreadableAmountError, currency_of, written
from brim.core.reconciliation.formats.csv_mapping import (
    DELIMITERS,
    StatementMapping,
    UnreadableDateError,
    amount_pattern,
    date_pattern,
    read_amount,
    read_date,
)
from brim.core.reconciliation.formats.csv_rows import UnreadableRowError, rows_of
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
)

FORMAT: Final = "csv"
_TYPE_LENGTH: Final = 100
_CODE_LENGTH: Final = 3


class _Row(msgspec.Struct, frozen=True, gc=False):
    """A line and the balance after it, None where the file does not say."""

    number: int
    line: StatementLine
    balance: int | None


class _StopReadingError(Exception):
    """Nothing more of the file can be read; a finding says why."""


def read(content: bytes, mapping: StatementMapping) -> StatementFile:
    """Return what a CSV file says. Its only statement has no account number unless a column has it.

    Raises:
        LimitError: it is larger than is read.
    """
    findings = Findings()
    reader = _Reader(mapping, findings)
    try:
        statements = reader.read(content)
    except UnreadableRowError as error:
        findings.hold(error.code, error.where, str(error))
        statements = ()
    except _StopReadingError:
        statements = ()
    return StatementFile(
        format=FORMAT,
        version="",
        id="",
        created="",
        sender="",
        receiver="",
        statements=statements,
        findings=findings.all(),
        verdict=findings.verdict,
    )


class _Reader:
    def __init__(self, mapping: StatementMapping, findings: Findings) -> None:
        self._mapping = mapping
        self._findings = findings
        self._dates = date_pattern(mapping)
        self._amounts = amount_pattern(mapping)
        self._debits = {word.casefold() for word in mapping.debit_words}
        self._credits = {word.casefold() for word in mapping.credit_words}
        self._at: dict[str, int] = {}
        self._width = 0
        self._unnamed: list[int] = []
        self._currency = mapping.currency
        self._account: str | None = None
        self._keys: dict[str, int] = {}
        self._labeled: dict[str, tuple[int, str]] = {}
        self._is_sound = True

    def read(self, content: bytes) -> tuple[Statement, ...]:
        mapping = self._mapping
        rows = enumerate(rows_of(content, mapping.encoding, DELIMITERS[mapping.delimiter]), 1)
        for number, cells in rows:
            if number > mapping.rows_before_header:
                self._read_header(number, cells)
                break
            self._look_for_balance(number, cells)
        else:
            self._hold("csv_header", "file", f"There is no row {mapping.rows_before_header + 1} with the header.")
            raise _StopReadingError
        read = [row for number, cells in self._body(rows) if (row := self._read_row(number, cells)) is not None]
        if mapping.newest_first:
            read.reverse()
        if mapping.balance_column is not None and self._is_sound:
            self._check_balances(read)
        return self._statements(read)

    def _hold(self, code: str, where: str, sentence: str) -> None:
        self._is_sound = False
        self._findings.hold(code, where, sentence)

    def _body(self, rows: Iterator[tuple[int, list[str]]]) -> Iterator[tuple[int, list[str]]]:
        """Yield the rows of lines, and look for balances in those that come after them."""
        waiting: deque[tuple[int, list[str]]] = deque()
        for number, cells in rows:
            if not any(cells):
                continue
            waiting.append((number, cells))
            if len(waiting) > self._mapping.footer_rows:
                yield waiting.popleft()
        if len(waiting) < self._mapping.footer_rows:
            self._hold(
                "csv_footer",
                "file",
                f"There are {len(waiting)} rows after the header, but the mapping expects {self._mapping.footer_rows} "
                "after the lines: the file may be cut off.",
            )
        for number, cells in waiting:
            self._look_for_balance(number, cells)

    def _look_for_balance(self, number: int, cells: Sequence[str]) -> None:
        """Keep the last cell of a row that begins with the label of a balance."""
        filled = [cell for cell in cells if cell]
        if len(filled) < len(("label", "balance")):
            return
        label = filled[0].rstrip(":").rstrip()
        for wanted in (self._mapping.opening_balance_label, self._mapping.closing_balance_label):
            if wanted is not None and label == wanted.rstrip(":").rstrip():
                if wanted in self._labeled:
                    self._hold("csv_balance", f"row {number}", f"{wanted!r} is also in an earlier row.")
                self._labeled[wanted] = (number, filled[-1])

    def _read_header(self, number: int, cells: Sequence[str]) -> None:
        mapping, where = self._mapping, f"row {number}"
        wanted = dict.fromkeys(mapping.columns())
        for index, name in enumerate(cells):
            if name in wanted and name in self._at:
                self._hold("csv_header", where, f"The column {name[:80]!r} appears twice.")
            elif name in wanted:
                self._at[name] = index
            elif name and name not in mapping.ignored_columns:
                self._hold(
                    "csv_header",
                    where,
                    f"The mapping doesn't mention the column {name[:80]!r}: add it to ignored_columns, or use it.",
                )
        for name in wanted:
            if name not in self._at:
                self._hold("csv_header", where, f"The column {name!r} is missing from the header.")
        self._width = len(cells)
        self._unnamed = [index for index, name in enumerate(cells) if not name]
        if not self._is_sound:
            raise _StopReadingError

    def _read_row(self, number: int, cells: list[str]) -> _Row | None:
        where = f"row {number}"
        if len(cells) < self._width or any(cells[self._width :]):
            self._hold("csv_columns", where, f"It has {len(cells)} cells, and the header has {self._width}.")
            return None
        for index in self._unnamed:
            if cells[index]:
                self._hold("csv_columns", f"{where}, column {index + 1}", "It has a value, but its column has no name.")
        mapping = self._mapping
        booked = self._read_date(number, cells, mapping.booking_date_column)
        value = None
        if mapping.value_date_column is not None and self._cell(cells, mapping.value_date_column):
            value = self._read_date(number, cells, mapping.value_date_column)
        currency = self._read_currency(number, cells)
        amount = None if currency is None else self._read_amount(number, cells, currency)
        balance = None
        if currency is not None and mapping.balance_column is not None:
            balance = self._read_money(number, cells, mapping.balance_column, currency)
        key = self._read_key(number, cells)
        self._read_account(number, cells)
        if booked is None or currency is None or amount is None:
            return None
        line = StatementLine(
            position=number,
            where=where,
            amount_minor=amount,
            currency=currency,
            booking_date=booked,
            value_date=value,
            status=LineStatus.BOOKED,
            type_code=self._cell(cells, mapping.type_column)[:_TYPE_LENGTH],
            bank_reference=key,
            customer_reference=self._cell(cells, mapping.reference_column),
            end_to_end_id=self._cell(cells, mapping.end_to_end_column),
            text=" ".join(word for name in mapping.text_columns for word in self._cell(cells, name).split()),
        )
        return _Row(number, line, balance)

    def _cell(self, cells: Sequence[str], name: str | None) -> str:
        return "" if name is None else cells[self._at[name]]

    def _read_date(self, number: int, cells: Sequence[str], name: str) -> date | None:
        try:
            return read_date(self._cell(cells, name), self._dates, self._mapping.date_format)
        except UnreadableDateError as error:
            self._hold("csv_date", f"row {number}, column {name!r}", f"{error}.")
            return None

    def _read_currency(self, number: int, cells: Sequence[str]) -> str | None:
        name = self._mapping.currency_column
        if name is None:
            return self._currency
        where = f"row {number}, column {name!r}"
        try:
            found = currency_of(self._cell(cells, name))
        except UnreadableAmountError as error:
            self._hold("csv_currency", where, f"{error}.")
            return None
        if self._currency is None:
            self._currency = found
        if found != self._currency:
            self._hold("csv_currency", where, f"The line is in {found.upper()}, others in {self._currency.upper()}.")
            return None
        return found

    def _read_money(self, number: int, cells: Sequence[str], name: str, currency: str) -> int | None:
        try:
            return read_amount(self._cell(cells, name), self._amounts, currency)
        except UnreadableAmountError as error:
            self._hold("csv_amount", f"row {number}, column {name!r}", f"{error}.")
            return None

    def _read_amount(self, number: int, cells: Sequence[str], currency: str) -> int | None:
        """Return the signed amount of a line."""
        mapping = self._mapping
        if mapping.amount_column is None:
            return self._read_two(number, cells, currency)
        amount = self._read_money(number, cells, mapping.amount_column, currency)
        if mapping.direction_column is None or amount is None:
            return amount
        word = self._cell(cells, mapping.direction_column).casefold()
        if amount < 0:
            sentence = f"The amount has a minus sign, though {mapping.direction_column!r} says its direction."
            self._hold("csv_amount", f"row {number}, column {mapping.amount_column!r}", sentence)
            return None
        if word not in self._debits | self._credits:
            sentence = f"{word[:40]!r} isn't one of the words for debits and credits."
            self._hold("csv_direction", f"row {number}, column {mapping.direction_column!r}", sentence)
            return None
        return -amount if word in self._debits else amount

    def _read_two(self, number: int, cells: Sequence[str], currency: str) -> int | None:
        """Return the signed amount of a line of which either the debit or the credit is filled in."""
        mapping = self._mapping
        found: dict[str, int] = {}
        for name in (mapping.debit_column, mapping.credit_column):
            if name is None or not self._cell(cells, name):
                continue
            amount = self._read_money(number, cells, name, currency)
            if amount is None:
                return None
            if amount:
                found[name] = amount
        if len(found) != 1:
            what = "both a debit and a credit" if found else "neither a debit nor a credit"
            self._hold("csv_amount", f"row {number}", f"It has {what}.")
            return None
        ((name, amount),) = found.items()
        is_debit = name == mapping.debit_column
        if (amount < 0) is not (is_debit and mapping.debit_is_negative):
            has = "has a minus" if amount < 0 else "has no minus"
            self._hold("csv_amount", f"row {number}, column {name!r}", f"The amount {has}, against the mapping.")
            return None
        return -abs(amount) if is_debit else amount

    def _read_key(self, number: int, cells: Sequence[str]) -> str:
        name = self._mapping.key_column
        key = self._cell(cells, name)
        if name is None:
            return ""
        where = f"row {number}, column {name!r}"
        if not key and not self._mapping.has_balances:
            self._hold("csv_key", where, "The line has no key, and without balances, only a key identifies it.")
        elif key and key in self._keys:
            self._hold("csv_key", where, f"Row {self._keys[key]} has the same key, {key[:80]!r}.")
        elif key:
            self._keys[key] = number
        return key

    def _read_account(self, number: int, cells: Sequence[str]) -> None:
        name = self._mapping.account_column
        if name is None:
            return
        account = "".join(self._cell(cells, name).split())
        if self._account is None:
            self._account = account
        if not account or account != self._account:
            sentence = "The line names another bank account than the first." if account else "There is no number."
            self._hold("csv_account", f"row {number}, column {name!r}", sentence)

    def _check_balances(self, rows: Sequence[_Row]) -> None:
        """Hold a file in which the balance after a line is not the one before it and the line's amount."""
        broken = _first_broken(rows)
        if broken is None:
            return
        before, row = broken
        currency = self._currency or ""
        sentence = (
            f"The balance is {written(row.balance or 0, currency)}; {written(before.balance or 0, currency)} in row "
            f"{before.number} and this line make {written((before.balance or 0) + row.line.amount_minor, currency)}."
        )
        if _first_broken(rows[::-1]) is None:
            sentence += " From the last row up they would continue: newest_first may be the other way round."
        self._hold("csv_balance", f"row {row.number}, column {self._mapping.balance_column!r}", sentence)

    def _statements(self, rows: Sequence[_Row]) -> tuple[Statement, ...]:
        opening, closing = self._balances(rows)
        if self._currency is None or (not rows and closing is None):
            if self._is_sound:
                self._findings.warn("csv_no_lines", "file", "The file has a header and no lines.")
            return ()
        lines = tuple(msgspec.structs.replace(row.line, position=position) for position, row in enumerate(rows, 1))
        days = [line.booking_date for line in lines if line.booking_date is not None]
        is_balanced = None
        if opening is not None and closing is not None:
            is_balanced = opening.amount_minor + sum(line.amount_minor for line in lines) == closing.amount_minor
        if is_balanced is False and self._is_sound:
            made = (opening.amount_minor if opening else 0) + sum(line.amount_minor for line in lines)
            said = closing.amount_minor if closing else 0
            sentence = f"make {written(made, self._currency)}, and not {written(said, self._currency)}."
            self._hold("csv_balance", "file", f"The opening balance and the lines {sentence}")
        statement = Statement(
            kind=StatementKind.STATEMENT if self._mapping.has_balances else StatementKind.NOTIFICATION,
            account_number=self._account or "",
            account_id_kind=AccountIdKind.OTHER,
            currency=self._currency,
            bank="",
            statement_id="",
            sequence="",
            period_from=min(days, default=None),
            period_to=max(days, default=None),
            status=StatementStatus.UPDATE,
            is_final=None,
            is_copy=False,
            page=None,
            is_last_page=None,
            opening=opening,
            closing=closing,
            balances=tuple(each for each in (opening, closing) if each is not None),
            is_balanced=is_balanced,
            lines=lines,
            unread_lines=(),
            where="file",
        )
        return (statement,)

    def _balances(self, rows: Sequence[_Row]) -> tuple[Balance | None, Balance | None]:
        """Return the balances before and after the lines: as rows beside them say, else as those of the lines do."""
        mapping = self._mapping
        if mapping.opening_balance_label is not None and mapping.closing_balance_label is not None:
            labeled = [self._labeled_balance(mapping.opening_balance_label)]
            labeled.append(self._labeled_balance(mapping.closing_balance_label))
            if rows and mapping.balance_column is not None and self._is_sound:
                self._compare(rows, *labeled)
            return self._balance("opening", labeled[0]), self._balance("closing", labeled[1])
        if mapping.balance_column is None or not rows or rows[0].balance is None or rows[-1].balance is None:
            return None, None
        before = rows[0].balance - rows[0].line.amount_minor
        return self._balance("opening", before), self._balance("closing", rows[-1].balance)

    @staticmethod
    def _balance(kind: str, amount: int | None) -> Balance | None:
        return None if amount is None else Balance(kind=kind, amount_minor=amount)

    def _labeled_balance(self, label: str) -> int | None:
        """Return the balance that stands beside a label, with or without its currency."""
        if label not in self._labeled:
            self._hold("csv_balance", "file", f"No row before the header or after the lines begins with {label!r}.")
            return None
        number, text = self._labeled[label]
        for code in (text[:_CODE_LENGTH], text[-_CODE_LENGTH:]):
            if code.isascii() and code.isalpha():
                text = text.removeprefix(code).removesuffix(code).strip()
                self._check_code(number, code)
                break
        if self._currency is None:
            return None
        try:
            return read_amount(text, self._amounts, self._currency)
        except UnreadableAmountError as error:
            self._hold("csv_balance", f"row {number}", f"{error}.")
            return None

    def _check_code(self, number: int, code: str) -> None:
        if self._currency is None:
            try:
                self._currency = currency_of(code)
            except UnreadableAmountError as error:
                self._hold("csv_currency", f"row {number}", f"{error}.")
        elif code.lower() != self._currency:
            self._hold("csv_currency", f"row {number}", f"The balance is in {code}, not {self._currency.upper()}.")

    def _compare(self, rows: Sequence[_Row], opening: int | None, closing: int | None) -> None:
        """Hold a file whose balances beside the lines are others than those of the lines."""
        currency = self._currency or ""
        for said, balance, name, row in (
            (opening, (rows[0].balance or 0) - rows[0].line.amount_minor, "opening", rows[0]),
            (closing, rows[-1].balance or 0, "closing", rows[-1]),
        ):
            if said is not None and said != balance:
                self._hold(
                    "csv_balance",
                    f"row {row.number}, column {self._mapping.balance_column!r}",
                    f"The {name} balance of the file is {written(said, currency)}, that of the lines "
                    f"{written(balance, currency)}.",
                )


def _first_broken(rows: Sequence[_Row]) -> tuple[_Row, _Row] | None:
    """Return the first two rows of which the second's balance does not continue the first's."""
    for before, row in pairwise(rows):
        if (before.balance or 0) + row.line.amount_minor != row.balance:
            return before, row
    return None
