"""Reader of MT940, SWIFT's customer statement, and MT942, its interim report, which never books.

Source: SWIFT's message reference guide for category 9; where banks differ, their files. An amount has a decimal comma,
and a mark says its direction, of which RC (a credit taken back) is a debit. The format has no control totals but its
balances: a statement whose lines do not lead from one to the other is not posted, nor one without a closing balance.
"""

import hashlib
import re
from collections.abc import Iterator
from datetime import date
from typing import Final

import msgspec

from brim.core.reconciliation.formats.amounts import (
    UnreadableAmountError,
    currency_of,
    minor_of_decimal,
    written,
)
from brim.core.reconciliation.formats.limits import MAX_ITEMS, TooManyItemsError
from brim.core.reconciliation.formats.mt940_details import RETURNS, Details, read_details, read_slashes
from brim.core.reconciliation.formats.mt940_fields import REFERENCE, Field, Message, read_messages
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
    TransactionDetail,
    UnreadLine,
)

_INTERIM: Final = frozenset({"34F", "90C", "90D"})
_DATE: Final = r"([0-9]{2})([0-9]{2})([0-9]{2})"
_BALANCE: Final = re.compile(rf"([CD]){_DATE}([A-Z]{{3}})([0-9,]{{1,15}})")
_LINE: Final = re.compile(
    rf"{_DATE}([0-9]{{4}})?(E?[CD]|R[CD])([A-Z])?([0-9,]{{1,15}})\s*([A-Z])([A-Z0-9]{{3}})(.*)"
)  # value date, entry date, mark, funds code, amount, kind of the code, code, references
_FLOOR: Final = re.compile(r"([A-Z]{3})[CD]?[0-9,]{1,15}")
_SUMMARY: Final = re.compile(r"([0-9]{1,5})([A-Z]{3})([0-9,]{1,15})")
_IBAN: Final = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_NO_REFERENCE: Final = frozenset({"NONREF", "NOREF", "KREF+", "NOTPROVIDED", ""})
_DEBITS: Final = frozenset({"D", "RC", "ED"})
_CENTURY_ENDS: Final = 80
"""Two digits of a year from 80 on mean the century before."""


def read(content: bytes) -> StatementFile:
    """Return what an MT940 or MT942 file says."""
    return _Reader().read(content)


class _Open(msgspec.Struct):
    """A statement that is being read; `index` is its place in the file."""

    index: int
    currency: str = ""
    is_interim: bool = False
    balances: list[Balance] = []
    lines: list[StatementLine] = []
    unread: list[UnreadLine] = []

    @property
    def position(self) -> int:
        return len(self.lines) + len(self.unread)


class _Reader:
    def __init__(self) -> None:
        self._findings = Findings()
        self._statements: list[Statement] = []
        self._first_of: dict[bytes, str] = {}
        self._items = 0

    def read(self, content: bytes) -> StatementFile:
        kinds = set()
        for message in read_messages(content):
            if message.fields[0].tag != REFERENCE:
                sentence = f"A field :{message.fields[0].tag}: is outside a message, which begins with :20:."
                self._findings.hold("mt940_order", message.fields[0].where, sentence)
                continue
            self._count_item()
            statement = self._statement(message)
            self._check_repetition(statement)
            self._statements.append(statement)
            kinds.add(statement.kind)
        if not self._statements:
            self._findings.hold("no_statement", "file", "The file contains no statement, which begins with :20:.")
        only_interim = kinds == {StatementKind.NOTIFICATION}
        return StatementFile(
            format="mt942" if only_interim else "mt940",
            version="",
            id="",
            created="",
            sender="",
            receiver="",
            statements=tuple(self._statements),
            findings=self._findings.all(),
            verdict=self._findings.verdict,
        )

    def _statement(self, message: Message) -> Statement:
        statement = _Open(len(self._statements), is_interim=_is_interim(message))
        where = message.fields[0].where
        statement.currency = self._currency(message, statement, where)
        for field, information in _with_information(message):
            self._take(field, information, statement)
        number, bank = _account(message)
        if not number:
            self._findings.flag_statement(
                "account", where, "The statement names no account (:25:).", statement=statement.index
            )
        opening = _balance_of(statement, "60F", "60M")
        closing = _balance_of(statement, "62F", "62M")
        if statement.is_interim:
            self._check_summaries(message, statement)
        elif closing is None and message.first("62F", "62M") is None:
            sentence = "The statement has no closing balance (:62F: or :62M:): it may have been cut off."
            self._findings.flag_statement("mt940_truncated", where, sentence, statement=statement.index)
        sequence, page = _sequence(message)
        days = [line.booking_date for line in statement.lines if line.booking_date]
        return Statement(
            kind=StatementKind.NOTIFICATION if statement.is_interim else StatementKind.STATEMENT,
            account_number=number,
            account_id_kind=AccountIdKind.IBAN if _is_iban(number) else AccountIdKind.OTHER,
            currency=statement.currency,
            bank=bank,
            statement_id=message.fields[0].text,
            sequence=sequence,
            period_from=opening.on if opening else min(days, default=None),
            period_to=closing.on if closing else max(days, default=None),
            status=StatementStatus.UPDATE,
            is_final=None if statement.is_interim else True,
            is_copy=False,
            page=page,
            is_last_page=None if closing is None else closing.kind == "62F",
            opening=opening,
            closing=closing,
            balances=tuple(statement.balances),
            is_balanced=self._check_balances(opening, closing, statement, where),
            lines=tuple(statement.lines),
            unread_lines=tuple(statement.unread),
            where=where,
        )

    def _currency(self, message: Message, statement: _Open, where: str) -> str:
        """Return the currency of the first balance or the floor limit, flagged where Brim does not know it."""
        code = ""
        field = message.first("60F", "60M", "62F", "62M")
        if field is not None and (balance := _BALANCE.fullmatch(field.text)):
            code = balance[5]
        elif (field := message.first("34F")) and (floor := _FLOOR.fullmatch(field.text)):
            code = floor[1]
        try:
            return currency_of(code)
        except UnreadableAmountError as error:
            sentence = f"The statement's currency: {error}." if code else "The statement names no currency."
            self._findings.flag_statement("currency", where, sentence, statement=statement.index)
            return code.lower()

    def _take(self, field: Field, information: Field | None, statement: _Open) -> None:
        if field.tag == "61":
            self._count_item()
            self._line(field, information, statement)
        elif field.tag in {"60F", "60M", "62F", "62M", "64", "65"}:
            self._count_item()
            self._balance(field, statement)

    def _count_item(self) -> None:
        self._items += 1
        if self._items > MAX_ITEMS:
            raise TooManyItemsError

    def _balance(self, field: Field, statement: _Open) -> None:
        try:
            balance = _read_balance(field, statement.currency)
        except UnreadableAmountError as error:
            sentence = f"The balance :{field.tag}: cannot be read: {error}."
            self._findings.flag_statement("balance", field.where, sentence, statement=statement.index)
            return
        statement.balances.append(balance)
        if balance.on is None:
            sentence = f"The balance :{field.tag}: has a date that does not exist: {field.text[1:7]}."
            self._findings.flag_statement("date", field.where, sentence, statement=statement.index)

    def _line(self, field: Field, information: Field | None, statement: _Open) -> None:
        position = statement.position + 1
        try:
            statement.lines.append(_read_line(field, information, statement, position))
        except UnreadableAmountError as error:
            sentence = f"The line is not read: {error}."
            self._findings.park_line("unread_line", field.where, sentence, statement=statement.index, line=position)
            raw = "\n".join([*field.lines, *(information.lines if information else ())])
            statement.unread.append(UnreadLine(position=position, where=field.where, raw=raw[:20_000]))

    def _check_balances(
        self, opening: Balance | None, closing: Balance | None, statement: _Open, where: str
    ) -> bool | None:
        if opening is None or closing is None:
            return None
        moved = sum(line.amount_minor for line in statement.lines)
        if opening.amount_minor + moved == closing.amount_minor:
            return True
        currency = statement.currency
        sentence = (
            f"The opening balance {written(opening.amount_minor, currency)} and the lines {written(moved, currency)} do"
            f" not make the closing balance {written(closing.amount_minor, currency)}."
        )
        self._findings.flag_statement("balance_mismatch", where, sentence, statement=statement.index)
        return False

    def _check_summaries(self, message: Message, statement: _Open) -> None:
        """Compare an interim report's own counts and sums of debits and credits with what was read."""
        for tag, is_debit, what in (("90D", True, "debits"), ("90C", False, "credits")):
            field = message.first(tag)
            if field is None:
                continue
            amounts = [abs(line.amount_minor) for line in statement.lines if (line.amount_minor < 0) is is_debit]
            match = _SUMMARY.fullmatch(field.text)
            try:
                stated = (int(match[1]), _minor(match[3], statement.currency)) if match else None
            except UnreadableAmountError:
                stated = None
            if stated != (len(amounts), sum(amounts)):
                sentence = (
                    f"The bank counts {field.text[:30]} of {what}; {len(amounts)} with a sum of"
                    f" {written(sum(amounts), statement.currency)} are listed."
                )
                self._findings.flag_statement("summary_mismatch", field.where, sentence, statement=statement.index)

    def _check_repetition(self, statement: Statement) -> None:
        """Flag a statement that an earlier one of the file already was, whatever reference it has."""
        earlier = self._first_of.setdefault(_substance(statement), statement.where)
        if earlier != statement.where:
            sentence = f"This is the statement of {earlier} again, with another reference (:20:)."
            self._findings.flag_statement(
                "repeated_statement", statement.where, sentence, statement=len(self._statements)
            )


def _is_interim(message: Message) -> bool:
    return message.first("60F", "60M", "62F", "62M") is None and message.first(*_INTERIM) is not None


def _with_information(message: Message) -> Iterator[tuple[Field, Field | None]]:
    """Yield each field with the information (:86:) that follows it; what follows a balance belongs to the statement."""
    following = [*message.fields[1:], None]
    for field, after in zip(message.fields, following, strict=True):
        if field.tag != "86":
            yield field, after if after is not None and after.tag == "86" else None


def _account(message: Message) -> tuple[str, str]:
    """Return an account's number and its bank: `bank code/number`, an IBAN, or a number; a currency may follow."""
    field = message.first("25", "25P")
    if field is None:
        return "", ""
    bank, _, number = field.text.rpartition("/")
    compact = number.replace(" ", "")
    if not _is_iban(compact) and _is_iban(compact[:-3]) and compact[-3:].isalpha():
        compact = compact[:-3]
    return compact, bank.strip()


def _is_iban(text: str) -> bool:
    """Tell whether a text is an IBAN with right check digits. Source: ISO 13616, ISO 7064 (modulus 97)."""
    if not _IBAN.fullmatch(text):
        return False
    return int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == 1


def _sequence(message: Message) -> tuple[str, int | None]:
    """Return the number of a statement, and which of its pages this is."""
    field = message.first("28C", "28")
    number, _, page = (field.text if field else "").partition("/")
    return number.strip(), int(page) if page.isascii() and page.isdigit() and len(page) < 6 else None


def _balance_of(statement: _Open, *kinds: str) -> Balance | None:
    return next((balance for balance in statement.balances if balance.kind in kinds), None)


def _read_balance(field: Field, currency: str) -> Balance:
    """Return a balance, without its day where that does not exist.

    Raises:
        UnreadableAmountError: it is none, or in another currency than the statement.
    """
    match = _BALANCE.fullmatch(field.text)
    if match is None:
        raise UnreadableAmountError(f"{field.text[:40]!r} isn't a balance")
    if match[5].lower() != currency:
        raise UnreadableAmountError(f"it is in {match[5]}, the statement in {currency.upper()}")
    amount = _minor(match[6], currency)
    on = _day(match[2], match[3], match[4])
    return Balance(kind=field.tag, amount_minor=-amount if match[1] == "D" else amount, on=on)


def _read_line(field: Field, information: Field | None, statement: _Open, position: int) -> StatementLine:
    """Return a line.

    Raises:
        UnreadableAmountError: it has no amount, no direction, no kind, or no day that exists.
    """
    match = _LINE.fullmatch(field.text)
    if match is None:
        raise UnreadableAmountError(f"{field.text[:60]!r} isn't a statement line")
    value_date = _day(match[1], match[2], match[3])
    booking_date = _entry_day(value_date, match[4]) if value_date else None
    if value_date is None or booking_date is None:
        raise UnreadableAmountError(f"{field.text[:10]!r} has a date that does not exist")
    mark, amount = match[5], _minor(match[7], statement.currency)
    customer_reference, _, bank_reference = match[10].strip().partition("//")
    details = read_details(information.lines) if information else Details()
    keys = read_slashes("".join(field.lines[1:])) | dict(details.keys)
    kind = match[8] + match[9]
    is_return = details.code in RETURNS or match[9] == "RTI" or "RTRN" in keys
    is_booked = not statement.is_interim and not mark.startswith("E")
    line = StatementLine(
        position=position,
        where=field.where,
        amount_minor=-amount if mark in _DEBITS else amount,
        currency=statement.currency,
        booking_date=booking_date,
        value_date=value_date,
        status=LineStatus.BOOKED if is_booked else LineStatus.PENDING,
        type_code=kind,
        type_name=f"{details.code} {details.name}".strip(),
        is_reversal=mark.startswith("R"),
        is_return=is_return,
        bank_reference=_reference(bank_reference),
        customer_reference=_reference(keys.get("KREF") or customer_reference),
        end_to_end_id=_reference(keys.get("EREF", "")),
        mandate_id=_reference(keys.get("MREF") or keys.get("MARF", "")),
        payment_information_id=_reference(keys.get("PREF", "")),
        batch_items=int(keys["NRTX"]) if re.fullmatch(r"[0-9]{1,6}", keys.get("NRTX", "")) else None,
        charges_minor=_stated_minor(keys.get("CHGS", ""), statement.currency),
        return_reason=keys["RTRN"][:4] if "RTRN" in keys else "",
        text=details.text or " ".join(text.strip() for text in field.lines[1:] if text.strip()),
    )
    return msgspec.structs.replace(line, details=_details_of(line, details, keys))


def _details_of(line: StatementLine, details: Details, keys: dict[str, str]) -> tuple[TransactionDetail, ...]:
    """Return the one payment that a line's information names, none where it names nothing of one."""
    if not keys and not details.counterparty_name and not details.counterparty_account:
        return ()
    instructed = _stated_minor(keys.get("OCMT") or keys.get("OAMT", ""), line.currency)
    payment = TransactionDetail(
        instructed_minor=instructed if instructed is None or line.amount_minor >= 0 else -instructed,
        instructed_currency=line.currency if instructed is not None else "",
        charges_minor=line.charges_minor,
        bank_reference=line.bank_reference,
        payment_information_id=line.payment_information_id,
        end_to_end_id=line.end_to_end_id,
        mandate_id=line.mandate_id,
        counterparty_name=details.counterparty_name,
        counterparty_account=details.counterparty_account,
        return_reason=line.return_reason,
        return_text=line.text if line.is_return else "",
        text=line.text,
    )
    return (payment,)


def _stated_minor(text: str, currency: str) -> int | None:
    """Return an amount that a reference states: `EUR11,85` or `11,85`; None for another currency or no amount."""
    code, amount = (text[:3].lower(), text[3:]) if text[:3].isalpha() else (currency, text)
    if code != currency:
        return None
    try:
        return _minor(amount, currency)
    except UnreadableAmountError:
        return None


def _reference(text: str) -> str:
    return "" if text.strip().upper() in _NO_REFERENCE else text.strip()


def _minor(text: str, currency: str) -> int:
    """Return an amount with a decimal comma in minor units; a currency that Brim does not know has two decimals.

    Raises:
        UnreadableAmountError: when it is no such amount, or has more decimals than the currency.
    """
    if text.count(",") != 1 or text.startswith(","):
        raise UnreadableAmountError(f"{text[:40]!r} isn't an amount with a decimal comma")
    return minor_of_decimal(text.replace(",", "."), currency)


def _day(year: str, month: str, day: str) -> date | None:
    century = 1900 if int(year) >= _CENTURY_ENDS else 2000
    try:
        return date(century + int(year), int(month), int(day))
    except ValueError:
        return None


def _entry_day(value_date: date, text: str | None) -> date | None:
    """Return the day of booking, which has no year: the one that is nearest to the value date."""
    if not text:
        return value_date
    days = []
    for year in (value_date.year - 1, value_date.year, value_date.year + 1):
        try:
            days.append(date(year, int(text[:2]), int(text[2:])))
        except ValueError:
            continue
    return min(days, key=lambda day: abs(day - value_date), default=None)


def _substance(statement: Statement) -> bytes:
    """Return a hash of what makes two statements the same, whatever the bank calls them."""
    ends = tuple(
        (found.kind, found.amount_minor, found.on) if found else None
        for found in (statement.opening, statement.closing)
    )
    named = (statement.kind, statement.account_number, statement.currency, statement.sequence, statement.page, ends)
    digest = hashlib.sha256(repr(named).encode())
    for line in statement.lines:
        said = (line.amount_minor, line.value_date, line.bank_reference, line.text)
        digest.update(repr(said).encode())
    return digest.digest()
