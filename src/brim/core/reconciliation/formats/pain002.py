"""Reader of pain.002 (payment status report) of ISO 20022: what a bank says of a message of direct debits.

Source: the message definition reports of pain.002.001.03 to .14; a path in a comment or a constant is the schema's. A
bank states a status for the message, for a batch or for one payment, and what it leaves out says nothing: a rejection
counts for all that is below it, an acceptance moves no money.
"""

import io
import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Final

import msgspec

from brim.core.reconciliation.formats.amounts import UnreadableAmountError, currency_of, minor_of_decimal
from brim.core.reconciliation.formats.limits import MAX_ITEMS, LimitError, TooManyItemsError
from brim.core.reconciliation.formats.xml_events import XmlEvents, XmlRefusedError, parse

_MESSAGE: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:pain\.002\.001\.([0-9]{2})")
_HEAD: Final = re.compile(rb"urn:iso:std:iso:20022:tech:xsd:pain\.002\.")
_HEAD_BYTES: Final = 4096
_VERSIONS: Final = range(3, 15)
"""Version 2 had another form; 14 is the newest whose elements were looked at."""
MAX_BYTES: Final = 160 * 1024 * 1024
MAX_VALUES: Final = 500
"""Values of one payment, batch or header that are kept; more say nothing that is used."""
_ROOT: Final = "CstmrPmtStsRpt"
_PARTS: Final[Mapping[str, Mapping[str, str]]] = {
    "Document": {_ROOT: "Message"},
    "Message": {"GrpHdr": "Header", "OrgnlGrpInfAndSts": "Group", "OrgnlPmtInfAndSts": "Batch"},
    "Batch": {"TxInfAndSts": "Payment"},
}
_NO_PARTS: Final[Mapping[str, str]] = {}


class ReportStatus(StrEnum):
    """What a bank says of a message, a batch or a payment."""

    REJECTED = "rejected"
    PARTLY = "partly"
    """Something of it was accepted; what was rejected is stated below."""
    ACCEPTED = "accepted"
    """It passed checks, or was accepted for settlement: no money has moved."""
    PENDING = "pending"
    """It is still looked at."""
    UNKNOWN = "unknown"
    """A status that no schema has."""


_STATUSES: Final = {
    "RJCT": ReportStatus.REJECTED,
    "CANC": ReportStatus.REJECTED,
    "PART": ReportStatus.PARTLY,
    "PATC": ReportStatus.PARTLY,
    "PDNG": ReportStatus.PENDING,
    "RCVD": ReportStatus.PENDING,
    "BLCK": ReportStatus.PENDING,
    **dict.fromkeys(("ACTC", "ACCP", "ACSP", "ACSC", "ACCC", "ACWC", "ACWP", "ACFC"), ReportStatus.ACCEPTED),
}
# Source: ISO 20022 external payment group, payment information and transaction status codes.


class StatusReason(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """Why: a code of ISO 20022, or one of the bank's own (`is_proprietary`), and what it adds in words."""

    code: str = ""
    is_proprietary: bool = False
    text: str = ""


class ReportedPayment(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """What is said of one payment. The amount is in minor units, None where the bank repeats none."""

    where: str
    end_to_end_id: str
    instruction_id: str = ""
    status: ReportStatus | None = None
    reason: StatusReason = StatusReason()
    amount_minor: int | None = None
    currency: str = ""
    mandate_id: str = ""


class ReportedBatch(msgspec.Struct, frozen=True, kw_only=True):
    """What is said of one batch; its status is None where only its payments have one."""

    where: str
    id: str
    status: ReportStatus | None = None
    reason: StatusReason = StatusReason()
    count: int | None = None
    payments: tuple[ReportedPayment, ...] = ()


class StatusReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a bank says of one message. `original` is that message's id, as the bank writes it.

    `original_name` is what it takes it for (`pain.008.001.08`), whose form varies. Its status is None where only
    batches or payments have one. `problem` says why nothing of the report may be used; an empty text where it may.
    """

    version: str = ""
    id: str = ""
    created: str = ""
    original: str = ""
    original_name: str = ""
    status: ReportStatus | None = None
    reason: StatusReason = StatusReason()
    count: int | None = None
    total: str = ""
    batches: tuple[ReportedBatch, ...] = ()
    problem: str = ""


def is_status_report(content: bytes) -> bool:
    """Tell whether a file begins as a pain.002 does."""
    head = content[:_HEAD_BYTES].replace(b"\0", b"")
    return _HEAD.search(head) is not None


def read_status_report(content: bytes, *, max_bytes: int = MAX_BYTES) -> StatusReport:
    """Return what a pain.002 says; what cannot be read has a `problem`. No input raises."""
    readers: list[_Reader] = []

    def handler(events: XmlEvents) -> _Reader:
        readers.append(_Reader(events))
        return readers[0]

    try:
        parse(io.BytesIO(content), handler, max_bytes=max_bytes)
        return readers[0].report()
    except XmlRefusedError as error:
        return StatusReport(problem=f"Line {error.line}: {error}")
    except LimitError as error:
        return StatusReport(problem=str(error))
    except Exception:  # noqa: BLE001  # whatever a stranger's file does, it is held and nothing else stops
        return StatusReport(problem="Reading the file failed in an unexpected way.")


class _Part:
    """A part of the report that is being read: its first values by their paths, and those of its texts."""

    def __init__(self, name: str, line: int) -> None:
        self.name = name
        self.line = line
        self.inside = _PARTS.get(name, _NO_PARTS)
        self.values: dict[str, tuple[str, str]] = {}
        self.texts: list[str] = []
        self.payments: list[ReportedPayment] = []

    @property
    def where(self) -> str:
        return f"line {self.line}"

    def text(self, *paths: str) -> str:
        return next((self.values[path][0] for path in paths if path in self.values), "")


class _Reader:
    """Follows the elements of a report and reads each part when it ends."""

    def __init__(self, events: XmlEvents) -> None:
        self._events = events
        self._version = ""
        self._namespace = ""
        self._parts: list[_Part] = []
        self._paths: list[str] = []
        self._currencies: list[str] = []
        self._foreign_depth = 0
        self._items = 0
        self._header = _Part("Header", 0)
        self._group: _Part | None = None
        self._batches: list[ReportedBatch] = []
        self._problem = ""

    def report(self) -> StatusReport:
        if not self._version:
            return StatusReport(problem="The file isn't a pain.002.")
        if self._group is None:
            return StatusReport(version=self._version, problem="The report names no message that it is about.")
        group = self._group
        return StatusReport(
            version=self._version,
            id=self._header.text("MsgId"),
            created=self._header.text("CreDtTm"),
            original=group.text("OrgnlMsgId"),
            original_name=group.text("OrgnlMsgNmId"),
            status=_status(group.text("GrpSts")),
            reason=_reason(group),
            count=_count(group.text("OrgnlNbOfTxs")),
            total=group.text("OrgnlCtrlSum"),
            batches=tuple(self._batches),
            problem=self._problem or ("" if group.text("OrgnlMsgId") else "The report names no message."),
        )

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        namespace, _, local = name.rpartition("}")
        if not self._parts:
            self._start_document(namespace, local)
            return
        if self._foreign_depth or namespace != self._namespace:
            self._foreign_depth += 1
            return
        above = self._paths[-1]
        path = f"{above}/{local}" if above else local
        part = self._parts[-1].inside.get(path)
        if part is None:
            self._paths.append(path)
            self._currencies.append(attributes.get("Ccy", ""))
            return
        self._items += 1
        if self._items > MAX_ITEMS:
            raise TooManyItemsError
        self._begin(part)

    def end(self, _name: str, text: str) -> None:
        if not self._parts:
            return
        if self._foreign_depth:
            self._foreign_depth -= 1
            return
        path, currency = self._paths.pop(), self._currencies.pop()
        part = self._parts[-1]
        if not path:
            self._parts.pop()
            self._finish(part)
        elif (text := text.strip()) and len(part.values) + len(part.texts) < MAX_VALUES:
            part.values.setdefault(path, (text, currency))
            if path.endswith("StsRsnInf/AddtlInf"):
                part.texts.append(text)

    def _start_document(self, namespace: str, local: str) -> None:
        match = _MESSAGE.fullmatch(namespace)
        if local != "Document" or match is None:
            return
        self._version = namespace.rpartition(":")[2]
        if int(match[1]) not in _VERSIONS:
            self._problem = f"{self._version} is not among the versions that are read."
        self._namespace = namespace
        self._begin("Document")

    def _begin(self, name: str) -> None:
        self._parts.append(_Part(name, self._events.line))
        self._paths.append("")
        self._currencies.append("")

    def _finish(self, part: _Part) -> None:
        if part.name == "Header":
            self._header = part
        elif part.name == "Group":
            if self._group is not None:
                self._problem = "The report is about more than one message."
            self._group = part
        elif part.name == "Batch":
            self._batches.append(
                ReportedBatch(
                    where=part.where,
                    id=part.text("OrgnlPmtInfId"),
                    status=_status(part.text("PmtInfSts")),
                    reason=_reason(part),
                    count=_count(part.text("OrgnlNbOfTxs")),
                    payments=tuple(part.payments),
                )
            )
        elif part.name == "Payment":
            self._parts[-1].payments.append(_payment(part))


def _payment(part: _Part) -> ReportedPayment:
    text, currency = part.values.get("OrgnlTxRef/Amt/InstdAmt", ("", ""))
    amount: int | None = None
    try:
        currency = currency_of(currency)
        amount = minor_of_decimal(text, currency)
    except UnreadableAmountError:
        currency = ""
    return ReportedPayment(
        where=part.where,
        end_to_end_id=part.text("OrgnlEndToEndId"),
        instruction_id=part.text("OrgnlInstrId"),
        status=_status(part.text("TxSts")),
        reason=_reason(part),
        amount_minor=amount,
        currency=currency,
        mandate_id=part.text("OrgnlTxRef/MndtRltdInf/MndtId", "OrgnlTxRef/MndtRltdInf/DrctDbtMndt/MndtId"),
    )


def _reason(part: _Part) -> StatusReason:
    code = part.text("StsRsnInf/Rsn/Cd")
    own = part.text("StsRsnInf/Rsn/Prtry")
    return StatusReason(code=code or own, is_proprietary=not code and bool(own), text=" ".join(part.texts)[:500])


def _status(text: str) -> ReportStatus | None:
    return _STATUSES.get(text.upper(), ReportStatus.UNKNOWN) if text else None


def _count(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 15 else None
