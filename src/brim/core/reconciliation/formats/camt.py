"""Reader of camt.053 (bank to customer statement) and camt.054 (debit and credit notification) of ISO 20022.

Source: the message definition reports of camt.053.001.02 to .13; a path in a comment or a constant is the schema's.
The entry's own amount and direction count: a reversal indicator never turns it round, and details only explain it.
"""

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final

import msgspec

from brim.core.reconciliation.formats.amounts import UnreadableAmountError, currency_of, minor_of_decimal, written
from brim.core.reconciliation.formats.limits import MAX_ITEMS, TooManyItemsError
from brim.core.reconciliation.formats.source import Source
from brim.core.reconciliation.formats.statement import (
    AccountIdKind,
    Balance,
    Batch,
    Findings,
    LineStatus,
    Statement,
    StatementFile,
    StatementKind,
    StatementLine,
    StatementStatus,
    TransactionDetail,
    UnreadLine,
    remittance_of,
)
from brim.core.reconciliation.formats.xml_events import XmlEvents, XmlRefusedError, parse

_MESSAGE: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(camt\.05[34])\.001\.([0-9]{2})")
_ISO_NAMESPACE: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:([a-z]{4}\.[0-9]{3}\.[0-9]{3}\.[0-9]{2})")
_VERSIONS: Final = range(2, 14)
"""Version 1 had another form; 13 is the newest whose entries were looked at."""
MAX_LEAVES: Final = 5_000
"""Values of one entry, detail or balance, beside its details: a schema-valid one has some hundreds."""

# The parts that are read on their own, by the part that they are in and their path in it.
_PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "Document": {"BkToCstmrStmt": "Message", "BkToCstmrDbtCdtNtfctn": "Message"},
    "Message": {"GrpHdr": "GrpHdr", "Stmt": "Stmt", "Ntfctn": "Stmt"},
    "Stmt": {"Bal": "Bal", "TxsSummry": "TxsSummry", "Ntry": "Ntry"},
    "Ntry": {"Chrgs": "Chrgs", "NtryDtls/Btch": "Btch", "NtryDtls/TxDtls": "TxDtls"},
    "TxDtls": {"Chrgs": "Chrgs"},
    "Chrgs": {"Rcrd": "Rcrd"},
}
_NO_PARTS: Final[Mapping[str, str]] = {}
_STATUS: Final = {
    "BOOK": LineStatus.BOOKED,
    "PDNG": LineStatus.PENDING,
    "FUTR": LineStatus.PENDING,
    "INFO": LineStatus.INFORMATION,
}
# Sub-families of what is sent back. Source: ISO 20022 external bank transaction codes.
_RETURN_SUBFAMILIES: Final = frozenset({"ARET", "PRDD", "RRTN", "UPDD"})
_NOT_PROVIDED: Final = "NOTPROVIDED"
_SIGNS: Final = {"CRDT": 1, "DBIT": -1}
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])")
_COUNT: Final = re.compile(r"[0-9]{1,15}")


def read(source: Source, max_bytes: int) -> StatementFile:
    """Return what a camt document says."""
    reader: _Reader | None = None

    def handler(events: XmlEvents) -> _Reader:
        nonlocal reader
        reader = _Reader(events)
        return reader

    refused: XmlRefusedError | None = None
    try:
        parse(source, handler, max_bytes=max_bytes)
    except XmlRefusedError as error:
        refused = error
    assert reader is not None  # noqa: S101  # the parser makes it before it reads
    return reader.file(refused)


class _Part:
    """A part of the document that is being read: its values by their paths, each with its currency, and its parts."""

    def __init__(self, name: str, line: int) -> None:
        self.name = name
        self.line = line
        self.inside = _PARTS.get(name, _NO_PARTS)
        self.values: dict[str, list[tuple[str, str]]] = {}
        self.parts: dict[str, list[_Part]] = {}
        self.details: list[TransactionDetail] = []
        self.size = 0

    @property
    def where(self) -> str:
        return f"line {self.line}"

    def text(self, *paths: str) -> str:
        """Return the first value at the first of the paths that has one, else an empty text."""
        for path in paths:
            if path in self.values:
                return self.values[path][0][0]
        return ""

    def texts(self, path: str) -> list[str]:
        return [text for text, _ in self.values.get(path, ())]

    def money(self, *paths: str) -> tuple[str, str]:
        """Return the first amount at the paths, as text, with its currency."""
        for path in paths:
            if path in self.values:
                return self.values[path][0]
        return "", ""

    def identifier(self, *paths: str) -> str:
        text = self.text(*paths)
        return "" if text.upper() == _NOT_PROVIDED else text


class _Open:
    """A statement that is being read."""

    def __init__(self, index: int, kind: StatementKind) -> None:
        self.index = index
        self.kind = kind
        self.currency = ""
        self.balances: list[tuple[str, Balance]] = []
        self.summary: _Part | None = None
        self.lines: list[StatementLine] = []
        self.unread: list[UnreadLine] = []
        self.position = 0


class _Reader:
    """Follows the elements of a document and reads each part when it ends."""

    def __init__(self, events: XmlEvents) -> None:
        self._events = events
        self._findings = Findings()
        self._message = ""
        self._namespace = ""
        self._root = ""
        self._header = _Part("GrpHdr", 0)
        self._statements: list[Statement] = []
        self._open: _Open | None = None
        self._parts: list[_Part] = []
        self._path: list[tuple[str, str]] = []
        self._local_names: dict[str, str] = {}
        self._foreign_depth = 0
        self._items = 0

    def file(self, refused: XmlRefusedError | None) -> StatementFile:
        """Return what was read, up to where the document broke off."""
        if refused is not None:
            self._findings.hold(refused.code, f"line {refused.line}", str(refused))
        elif not self._message:
            self._findings.hold("not_a_statement", "line 1", _not_a_statement(self._root))
        elif not self._statements:
            sentence = f"The {self._message} contains no statement, which its schema demands."
            self._findings.hold("no_statement", "file", sentence)
        return StatementFile(
            format=self._message[:8] or "unknown",
            version=self._message,
            id=self._header.text("MsgId"),
            created=self._header.text("CreDtTm"),
            sender="",
            receiver=self._header.text("MsgRcpt/Nm", "MsgRcpt/Id/OrgId/AnyBIC", "MsgRcpt/Id/OrgId/BICOrBEI"),
            statements=tuple(self._statements),
            findings=self._findings.all(),
            verdict=self._findings.verdict,
        )

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        if not self._parts:
            self._root = self._root or name
            self._start_document(name)
            return
        local = self._local_names.get(name)
        if local is None:
            namespace, _, local = name.rpartition("}")
            local = self._local_names[name] = local if namespace == self._namespace else ""
        if self._foreign_depth or not local:
            self._foreign_depth += 1
            return
        above = self._path[-1][0]
        path = f"{above}/{local}" if above else local
        part = self._parts[-1].inside.get(path)
        if part is None:
            self._path.append((path, attributes.get("Ccy", "")))
        else:
            self._start_part(part, local)

    def end(self, _name: str, text: str) -> None:
        if not self._parts:
            return
        if self._foreign_depth:
            self._foreign_depth -= 1
            return
        path, currency = self._path.pop()
        part = self._parts[-1]
        if not path:
            self._parts.pop()
            self._finish(part)
        elif text := text.strip():
            part.size += 1
            if part.size > MAX_LEAVES:
                raise XmlRefusedError("xml_values", f"One {part.name} has more than {MAX_LEAVES} values.", part.line)
            part.values.setdefault(path, []).append((text, currency))

    def _start_document(self, name: str) -> None:
        namespace, _, local = name.rpartition("}")
        match = _MESSAGE.fullmatch(namespace)
        if local != "Document" or match is None:
            return
        version = int(match[2])
        message = namespace.rpartition(":")[2]
        if version < _VERSIONS.start:
            raise XmlRefusedError(
                "camt_version", f"{message} is older than the versions that are read.", self._events.line
            )
        if version not in _VERSIONS:
            sentence = f"{message} is newer than the versions that the reader was checked with."
            self._findings.warn("camt_version", f"line {self._events.line}", sentence)
        self._message = self._message or message
        self._namespace = namespace
        self._local_names.clear()
        self._start_part("Document", local)

    def _start_part(self, name: str, local: str) -> None:
        part = _Part(name, self._events.line)
        self._parts.append(part)
        self._path.append(("", ""))
        if name == "Stmt":
            kind = StatementKind.STATEMENT if local == "Stmt" else StatementKind.NOTIFICATION
            self._open = _Open(len(self._statements), kind)

    def _finish(self, part: _Part) -> None:
        if part.name in _COUNTED:
            self._items += 1
            if self._items > MAX_ITEMS:
                raise TooManyItemsError
        if part.name == "GrpHdr":
            self._header = part
        elif self._open is None:
            return
        elif part.name == "Stmt":
            self._statement(part, self._open)
        elif part.name == "Bal":
            self._balance(part, self._open)
        elif part.name == "TxsSummry":
            self._open.summary = part
        elif part.name == "Ntry":
            self._entry(part, self._parts[-1], self._open)
        elif part.name == "TxDtls":
            self._parts[-1].details.append(_detail(part))
        else:
            self._keep(part, self._parts[-1])

    def _keep(self, part: _Part, parent: _Part) -> None:
        parent.size += 1
        if parent.size > MAX_LEAVES:
            raise XmlRefusedError("xml_values", f"One {parent.name} has more than {MAX_LEAVES} values.", parent.line)
        parent.parts.setdefault(part.name, []).append(part)

    def _balance(self, part: _Part, statement: _Open) -> None:
        kind = part.text("Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry")
        text, currency = part.money("Amt")
        try:
            code = currency_of(currency)
            amount = minor_of_decimal(text, code) * _sign(part.text("CdtDbtInd"))
        except UnreadableAmountError as error:
            sentence = f"The balance {kind} cannot be read: {error}."
            self._findings.flag_statement("balance", part.where, sentence, statement=statement.index)
            return
        on = _day(part.text("Dt/Dt", "Dt/DtTm"))
        statement.balances.append((code, Balance(kind=kind, amount_minor=amount, on=on)))

    def _entry(self, part: _Part, head: _Part, statement: _Open) -> None:
        statement.position += 1
        text, currency = part.money("Amt")
        status_text = part.text("Sts", "Sts/Cd", "Sts/Prtry")
        try:
            code = currency_of(currency)
            amount = minor_of_decimal(text, code) * _sign(part.text("CdtDbtInd"))
            status = _status(status_text)
        except UnreadableAmountError as error:
            self._unread(part, statement, str(error))
            return
        line = _line(part, amount, code, status, statement.position)
        problems = [*self._currency_problem(code, head, statement), *_details_problem(line), *_date_problem(part, line)]
        for problem_code, sentence in problems:
            self._findings.park_line(
                problem_code, line.where, sentence, statement=statement.index, line=statement.position
            )
        counted = len(line.details)
        if counted and line.batch_items is not None and line.batch_items != counted:
            sentence = f"The bank says that the batch has {line.batch_items} payments; {counted} are listed."
            self._findings.warn_line(
                "batch_count", line.where, sentence, statement=statement.index, line=statement.position
            )
        statement.lines.append(msgspec.structs.replace(line, is_parked=True) if problems else line)

    def _unread(self, part: _Part, statement: _Open, problem: str) -> None:
        sentence = f"The entry is not read: {problem}."
        self._findings.park_line(
            "unread_line", part.where, sentence, statement=statement.index, line=statement.position
        )
        raw = "\n".join(
            f"{path}={text} {currency}".strip() for path, found in part.values.items() for text, currency in found
        )
        statement.unread.append(UnreadLine(position=statement.position, where=part.where, raw=raw[:20_000]))

    def _currency_problem(self, code: str, head: _Part, statement: _Open) -> list[tuple[str, str]]:
        """Compare an entry's currency with the account's: the first balance's or entry's where it names none."""
        if not statement.currency:
            statement.currency = _account_currency(head, statement) or code
        if code == statement.currency:
            return []
        sentence = f"The entry is in {code.upper()}, the account in {statement.currency.upper()}."
        return [("entry_currency", sentence)]

    def _statement(self, part: _Part, statement: _Open) -> None:
        stated = _account_currency(part, statement)
        currency = statement.currency or stated
        number, id_kind = part.text("Acct/Id/IBAN").replace(" ", ""), AccountIdKind.IBAN
        if not number:
            number, id_kind = part.text("Acct/Id/Othr/Id", "Acct/Id/PrtryAcct/Id"), AccountIdKind.OTHER
        page = _count(part.text("StmtPgntn/PgNb", "NtfctnPgntn/PgNb") or self._header.text("MsgPgntn/PgNb"))
        last = part.text("StmtPgntn/LastPgInd", "NtfctnPgntn/LastPgInd") or self._header.text("MsgPgntn/LastPgInd")
        is_last = None if not last else last in {"true", "1"}
        balances = [balance for code, balance in statement.balances if code == currency]
        is_part = is_last is False or (page or 1) > 1
        opening, closing = _opening(balances, is_part=is_part), _closing(balances, is_part=is_part)
        if stated and stated != currency:
            sentence = f"The account is in {stated.upper()}, its first entry in {currency.upper()}."
            self._findings.flag_statement("currency", part.where, sentence, statement=statement.index)
        if not currency:
            self._findings.flag_statement(
                "currency", part.where, "The statement names no currency.", statement=statement.index
            )
        if not number:
            self._findings.flag_statement(
                "account", part.where, "The statement names no account.", statement=statement.index
            )
        if statement.summary is not None and not is_part:
            self._check_summary(statement.summary, currency, statement)
        closing_day = closing.on if closing else None
        self._statements.append(
            Statement(
                kind=statement.kind,
                account_number=number,
                account_id_kind=id_kind,
                currency=currency,
                bank=part.text(
                    "Acct/Svcr/FinInstnId/BICFI",
                    "Acct/Svcr/FinInstnId/BIC",
                    "Acct/Svcr/FinInstnId/ClrSysMmbId/MmbId",
                    "Acct/Svcr/FinInstnId/Nm",
                ),
                statement_id=part.text("Id"),
                sequence=part.text("ElctrncSeqNb", "LglSeqNb"),
                period_from=_day(part.text("FrToDt/FrDtTm", "FrToDt/FrDt")),
                period_to=_day(part.text("FrToDt/ToDtTm", "FrToDt/ToDt")) or closing_day,
                status=StatementStatus.UPDATE,
                is_final=True if statement.kind is StatementKind.STATEMENT else None,
                is_copy=bool(part.text("CpyDplctInd")),
                page=page,
                is_last_page=is_last,
                opening=opening,
                closing=closing,
                balances=tuple(balances),
                is_balanced=self._check_balances(opening, closing, currency, part, statement),
                lines=tuple(statement.lines),
                unread_lines=tuple(statement.unread),
                where=part.where,
            )
        )
        self._open = None

    def _check_balances(
        self, opening: Balance | None, closing: Balance | None, currency: str, part: _Part, statement: _Open
    ) -> bool | None:
        if opening is None or closing is None:
            return None
        booked = [line for line in statement.lines if line.status is LineStatus.BOOKED]
        moved = sum(line.amount_minor for line in booked if line.currency == currency)
        if opening.amount_minor + moved == closing.amount_minor:
            return True
        others = sum(line.currency != currency for line in booked) + len(statement.unread)
        sentence = (
            f"The opening balance {written(opening.amount_minor, currency)} and the booked entries"
            f" {written(moved, currency)} do not make the closing balance {written(closing.amount_minor, currency)}"
            f"{f'; {others} entries could not be counted' if others else ''}."
        )
        self._findings.flag_statement("balance_mismatch", part.where, sentence, statement=statement.index)
        return False

    def _check_summary(self, summary: _Part, currency: str, statement: _Open) -> None:
        """Compare the bank's own counts and sums of entries with what was read."""
        amounts = [line.amount_minor for line in statement.lines]
        credits_ = [amount for amount in amounts if amount >= 0]
        debits = [-amount for amount in amounts if amount < 0]
        unread = len(statement.unread)
        is_summable = not unread and all(line.currency == currency for line in statement.lines)
        for path, what, found in (
            ("TtlNtries", "entries", [*credits_, *debits]),
            ("TtlCdtNtries", "credits", credits_),
            ("TtlDbtNtries", "debits", debits),
        ):
            count, total = summary.text(f"{path}/NbOfNtries"), summary.text(f"{path}/Sum")
            if count and (path == "TtlNtries" or not unread) and _count(count) != len(found) + unread:
                self._summary_mismatch(summary, statement, f"{count[:20]} {what}; {len(found) + unread} were read")
            if total and is_summable and currency:
                self._check_sum(total, sum(found), what, currency, summary, statement)

    def _check_sum(self, stated: str, found: int, what: str, currency: str, summary: _Part, statement: _Open) -> None:
        try:
            is_same = minor_of_decimal(stated, currency) == found
        except UnreadableAmountError:
            is_same = False
        if not is_same:
            self._summary_mismatch(
                summary, statement, f"{stated[:30]} as the sum of the {what}; it is {written(found, currency)}"
            )

    def _summary_mismatch(self, summary: _Part, statement: _Open, difference: str) -> None:
        sentence = f"The statement's summary states {difference}."
        self._findings.flag_statement("summary_mismatch", summary.where, sentence, statement=statement.index)


_COUNTED: Final = frozenset({"Stmt", "Bal", "Ntry", "TxDtls"})


def _not_a_statement(root: str) -> str:
    namespace, _, local = root.rpartition("}")
    match = _ISO_NAMESPACE.fullmatch(namespace)
    if match:
        return f"The file is a {match[1]}, not a statement (camt.053 or camt.054)."
    return f"The XML's root is {local[:40]!r} of {namespace[:80] or 'no namespace'!r}, not a statement of ISO 20022."


def _line(part: _Part, amount: int, currency: str, status: LineStatus, position: int) -> StatementLine:
    sign = 1 if amount >= 0 else -1
    details = tuple(_signed(detail, sign) for detail in part.details)
    batches = tuple(
        Batch(
            message_id=batch.identifier("MsgId"),
            payment_information_id=batch.identifier("PmtInfId"),
            items=_count(batch.text("NbOfTxs")),
        )
        for batch in part.parts.get("Btch", ())
    )
    counts = [batch.items for batch in batches if batch.items is not None]
    domain = [part.text(f"BkTxCd/Domn/{path}") for path in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    is_reversal = part.text("RvslInd") in {"true", "1"}
    reasons = [detail.return_reason for detail in details]
    return StatementLine(
        position=position,
        where=part.where,
        amount_minor=amount,
        currency=currency,
        booking_date=_day(part.text("BookgDt/Dt", "BookgDt/DtTm")),
        value_date=_day(part.text("ValDt/Dt", "ValDt/DtTm")),
        status=status,
        type_code=sys.intern("-".join(domain) if domain[0] else part.text("BkTxCd/Prtry/Cd")),
        type_name=sys.intern(part.text("BkTxCd/Prtry/Cd")),
        is_reversal=is_reversal,
        is_return=is_reversal or any(reasons) or domain[2] in _RETURN_SUBFAMILIES,
        bank_reference=part.identifier("AcctSvcrRef"),
        entry_reference=part.identifier("NtryRef"),
        end_to_end_id=_shared(detail.end_to_end_id for detail in details),
        mandate_id=_shared(detail.mandate_id for detail in details),
        message_id=_shared(
            [batch.message_id for batch in batches if batch.message_id] or [detail.message_id for detail in details]
        ),
        payment_information_id=_shared(
            [batch.payment_information_id for batch in batches if batch.payment_information_id]
            or [detail.payment_information_id for detail in details]
        ),
        batches=batches,
        batch_items=sum(counts) if counts else None,
        charges_minor=_charges(part, currency),
        return_reason=_shared(reasons),
        details=details,
        text=part.text("AddtlNtryInf"),
        remittance=remittance_of(details),
    )


def _detail(part: _Part) -> TransactionDetail:
    """Return a payment of an entry. Its amount is positive still where it names no direction: `_signed` knows more."""
    amount, currency = _amount(part.money("Amt", "AmtDtls/TxAmt/Amt"))
    instructed, instructed_currency = _amount(part.money("AmtDtls/InstdAmt/Amt"))
    direction = part.text("CdtDbtInd")
    payer_first = (direction == "CRDT") != bool(part.text("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"))
    names = ("Dbtr", "Cdtr") if payer_first else ("Cdtr", "Dbtr")
    return TransactionDetail(
        amount_minor=amount and amount * _SIGNS.get(direction, 1),
        has_direction=direction in _SIGNS,
        currency=currency,
        instructed_minor=instructed and instructed * _SIGNS.get(direction, 1),
        instructed_currency=instructed_currency,
        charges_minor=_charges(part, currency),
        bank_reference=part.identifier("Refs/AcctSvcrRef"),
        message_id=part.identifier("Refs/MsgId"),
        payment_information_id=part.identifier("Refs/PmtInfId"),
        instruction_id=part.identifier("Refs/InstrId"),
        end_to_end_id=part.identifier("Refs/EndToEndId"),
        transaction_id=part.identifier("Refs/TxId"),
        mandate_id=part.identifier("Refs/MndtId"),
        creditor_reference=part.text("RmtInf/Strd/CdtrRefInf/Ref"),
        counterparty_name=part.text(*(f"RltdPties/{name}/{path}" for name in names for path in ("Nm", "Pty/Nm"))),
        counterparty_account=part.text(
            *(f"RltdPties/{name}Acct/Id/{path}" for name in names for path in ("IBAN", "Othr/Id"))
        ),
        creditor_account=part.text(
            *(f"RltdPties/CdtrAcct/Id/{path}" for path in ("IBAN", "Othr/Id")),
            "RltdAcct/Id/IBAN",
            "RltdAcct/Id/Othr/Id",
        ),
        return_reason=part.text("RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry"),
        return_text="\n".join(part.texts("RtrInf/AddtlInf")),
        text="\n".join([*part.texts("RmtInf/Ustrd"), *part.texts("AddtlTxInf")]),
    )


def _signed(detail: TransactionDetail, sign: int) -> TransactionDetail:
    """Return a detail in its entry's direction, where it names none of its own."""
    if detail.has_direction or sign == 1:
        return detail
    return msgspec.structs.replace(
        detail,
        amount_minor=detail.amount_minor and -detail.amount_minor,
        instructed_minor=detail.instructed_minor and -detail.instructed_minor,
    )


def _details_problem(line: StatementLine) -> list[tuple[str, str]]:
    """Compare the sum of the details with the entry's amount, where each says how much it is in the entry's currency.

    Charges that the bank took in the same line may make the difference.
    """
    amounts = [detail.amount_minor for detail in line.details if detail.currency == line.currency]
    known = [amount for amount in amounts if amount]
    if not known or len(known) != len(line.details):
        return []
    difference = line.amount_minor - sum(known)
    charges = line.charges_minor or sum(detail.charges_minor or 0 for detail in line.details)
    if difference in {0, -charges}:
        return []
    total = written(sum(known), line.currency)
    return [("details_mismatch", f"The entry is {written(line.amount_minor, line.currency)}, its details {total}.")]


def _date_problem(part: _Part, line: StatementLine) -> list[tuple[str, str]]:
    for name, found in (("BookgDt", line.booking_date), ("ValDt", line.value_date)):
        stated = part.text(f"{name}/Dt", f"{name}/DtTm")
        if stated and found is None:
            return [("date", f"{name} is {stated[:30]!r}, which isn't a date.")]
    return []


def _charges(part: _Part, currency: str) -> int | None:
    """Return the charges, positive where they cost us; None where there are none, or in another currency."""
    total: int | None = None
    for charges in part.parts.get("Chrgs", ()):
        records = charges.parts.get("Rcrd") or [charges]
        for record in records:
            amount, code = _amount(record.money("Amt", "TtlChrgsAndTaxAmt"))
            if amount is None or code != currency:
                return None
            total = (total or 0) + amount * -_SIGNS.get(record.text("CdtDbtInd"), -1)
    return total


def _amount(money: tuple[str, str]) -> tuple[int | None, str]:
    """Return an amount that only explains, with its currency: None where it cannot be read, or is 0."""
    text, currency = money
    try:
        code = currency_of(currency)
        return minor_of_decimal(text, code) or None, code
    except UnreadableAmountError:
        return None, ""


def _status(text: str) -> LineStatus:
    if text not in _STATUS:
        raise UnreadableAmountError(f"{text[:20]!r} isn't a status of an entry")
    return _STATUS[text]


def _sign(indicator: str) -> int:
    if indicator not in _SIGNS:
        raise UnreadableAmountError(f"{indicator[:20]!r} is neither CRDT nor DBIT")
    return _SIGNS[indicator]


def _account_currency(head: _Part, statement: _Open) -> str:
    """Return the currency of the account by its own word, else its first balance's, else an empty text."""
    stated = head.text("Acct/Ccy")
    if not stated:
        return statement.balances[0][0] if statement.balances else ""
    try:
        return currency_of(stated)
    except UnreadableAmountError:
        return ""


def _opening(balances: Sequence[Balance], *, is_part: bool) -> Balance | None:
    """Return the balance that a statement, or a page of it, begins with."""
    kinds = ("OPBD", "PRCD", "ITBD") if is_part else ("OPBD", "PRCD")
    return next((balance for kind in kinds for balance in balances if balance.kind == kind), None)


def _closing(balances: Sequence[Balance], *, is_part: bool) -> Balance | None:
    kinds = ("CLBD", "ITBD") if is_part else ("CLBD",)
    return next((balance for kind in kinds for balance in reversed(balances) if balance.kind == kind), None)


def _shared(values: Iterable[str]) -> str:
    """Return the value that all have, an empty text where they differ."""
    distinct = set(values)
    return distinct.pop() if len(distinct) == 1 else ""


def _count(text: str) -> int | None:
    return int(text) if _COUNT.fullmatch(text) else None


def _day(text: str) -> date | None:
    """Return the day of a date or of a moment, which is the bank's own."""
    match = _DAY.match(text)
    try:
        return date.fromisoformat(match[0]) if match else None
    except ValueError:
        return None
