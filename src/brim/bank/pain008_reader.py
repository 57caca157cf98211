"""Reads a pain.008, strictly, by the paths of its elements.

It is written apart from Brim's own writer on purpose. Source: ISO 20022,
CustomerDirectDebitInitiation, versions 02 and 08.
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final
from xml.etree import ElementTree as ET

from brim.bank.nacha_reader import Fault

_NAMESPACE: Final = re.compile(r"urn:iso:std:iso:20022:tech:xsd:(pain\.008\.001\.(?:02|08))")
_AMOUNT: Final = re.compile(r"([0-9]{1,9})\.([0-9]{2})")
_MANDATE: Final = "DrctDbtTx/MndtRltdInf"
_NOT_READABLE: Final = "FF01"


@dataclass(frozen=True, slots=True)
class Collection:
    """One direct debit, in cents."""

    end_to_end: str
    amount: int
    mandate: str
    signed: str
    iban: str
    name: str
    former_mandate: str
    former_creditor: str
    is_of_new_account: bool


@dataclass(frozen=True, slots=True)
class CollectionBatch:
    """What is due on one day (`due`) under one creditor, as it is written."""

    name: str
    creditor: str
    account: str
    scheme: str
    sequence: str
    due: str
    collections: tuple[Collection, ...]

    @property
    def total(self) -> int:
        """The sum in cents."""
        return sum(each.amount for each in self.collections)

    @property
    def due_day(self) -> date | None:
        """The day on which it is due; None if it is none."""
        try:
            return date.fromisoformat(self.due)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True)
class Message:
    """A message, or why it cannot be read."""

    name: str = ""
    version: str = ""
    made: str = ""
    batches: tuple[CollectionBatch, ...] = ()
    fault: Fault | None = None


class _UnreadableError(Exception):
    """Amounts or totals cannot be used."""


def read_message(content: bytes) -> Message:
    """Return what a file says; one that is no pain.008, or whose totals are wrong, has a fault."""
    if b"<!DOCTYPE" in content:
        return Message(fault=Fault(_NOT_READABLE, "it has a document type"))
    try:
        root = ET.fromstring(content)  # noqa: S314  without a document type there is nothing to expand
    except ET.ParseError as error:
        return Message(fault=Fault(_NOT_READABLE, f"it isn't XML: {error}"))
    namespace, _, local = root.tag.lstrip("{").partition("}")
    found = _NAMESPACE.fullmatch(namespace)
    body = root.find(f"{{{namespace}}}CstmrDrctDbtInitn")
    if found is None or local != "Document" or body is None:
        return Message(fault=Fault(_NOT_READABLE, "it isn't a pain.008 in version 02 or 08"))
    return _message(body, namespace, found[1])


def _message(body: ET.Element, namespace: str, version: str) -> Message:
    spaces = {"": namespace}

    def text(parent: ET.Element, path: str) -> str:
        return (parent.findtext(path, "", spaces) or "").strip()

    name, made = text(body, "GrpHdr/MsgId"), text(body, "GrpHdr/CreDtTm")
    batches = []
    try:
        for each in body.iterfind("PmtInf", spaces):
            batch = CollectionBatch(
                name=text(each, "PmtInfId"),
                creditor=text(each, "CdtrSchmeId/Id/PrvtId/Othr/Id"),
                account=text(each, "CdtrAcct/Id/IBAN"),
                scheme=text(each, "PmtTpInf/LclInstrm/Cd"),
                sequence=text(each, "PmtTpInf/SeqTp"),
                due=text(each, "ReqdColltnDt"),
                collections=tuple(
                    Collection(
                        end_to_end=text(payment, "PmtId/EndToEndId"),
                        amount=_cents(payment.find("InstdAmt", spaces)),
                        mandate=text(payment, f"{_MANDATE}/MndtId"),
                        signed=text(payment, f"{_MANDATE}/DtOfSgntr"),
                        iban=text(payment, "DbtrAcct/Id/IBAN"),
                        name=text(payment, "Dbtr/Nm"),
                        former_mandate=text(payment, f"{_MANDATE}/AmdmntInfDtls/OrgnlMndtId"),
                        former_creditor=text(payment, f"{_MANDATE}/AmdmntInfDtls/OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id"),
                        is_of_new_account=text(payment, f"{_MANDATE}/AmdmntInfDtls/OrgnlDbtrAcct/Id/Othr/Id")
                        == "SMNDA",
                    )
                    for payment in each.iterfind("DrctDbtTxInf", spaces)
                ),
            )
            _compare(text(each, "NbOfTxs"), text(each, "CtrlSum"), len(batch.collections), batch.total)
            batches.append(batch)
        counted = sum(len(batch.collections) for batch in batches)
        _compare(text(body, "GrpHdr/NbOfTxs"), text(body, "GrpHdr/CtrlSum"), counted, sum(b.total for b in batches))
    except _UnreadableError as error:
        return Message(name, version, made, fault=Fault("AM10", str(error)))
    if not name or not batches:
        return Message(name, version, made, fault=Fault(_NOT_READABLE, "it has no name, or collects nothing"))
    return Message(name, version, made, batches=tuple(batches))


def _cents(amount: ET.Element | None) -> int:
    found = None if amount is None else _AMOUNT.fullmatch((amount.text or "").strip())
    if amount is None or found is None or amount.get("Ccy") != "EUR":
        raise _UnreadableError("an amount isn't in EUR")
    return int(found[1]) * 100 + int(found[2])


def _compare(count: str, total: str, counted: int, cents: int) -> None:
    if count != str(counted) or total != f"{cents // 100}.{cents % 100:02}":
        raise _UnreadableError(f"it states {count} collections of {total}, and has {counted} of {cents} cents")
