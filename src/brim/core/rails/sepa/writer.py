"""Writes a message of direct debits as pain.008. The same message gives the same bytes.

Source: ISO 20022, CustomerDirectDebitInitiation in versions 02 and 08, as EPC130-08 restricts it for SEPA.
"""

from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from brim.base.errors import BrimError
from brim.core.rails.sepa.identifiers import is_identifier
from brim.core.rails.sepa.messages import (
    LARGEST_COLLECTION,
    LONGEST_NAME,
    LONGEST_REMITTANCE,
    NOT_PROVIDED,
    Collection,
    CollectionBatch,
    DirectDebitMessage,
    Mandate,
    Version,
)
from brim.core.rails.sepa.text import to_sepa_text

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:"
_SAME_MANDATE_NEW_ACCOUNT: Final = "SMNDA"
"""How a mandate's former account is named, whichever bank it was at. Source: EPC130-08, since 2016-11-20."""


class MessageError(BrimError):
    """Something does not fit a message; nothing of it may be used."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"The {where} does not fit a SEPA message: {reason}.")
        self.where = where


def write_message(message: DirectDebitMessage) -> bytes:
    """Return the bytes of a message, in UTF-8.

    Names and remittance information are written in the basic set. Identifiers are written as they are.

    Raises:
        MessageError: an identifier, a name, a total or an amount does not fit, or nothing is collected.
    """
    _check(message)
    root = Element("Document", {"xmlns": NAMESPACE + message.version})
    body = SubElement(root, "CstmrDrctDbtInitn")
    header = SubElement(body, "GrpHdr")
    _text(header, "MsgId", message.id)
    _text(header, "CreDtTm", message.made.replace(tzinfo=None).isoformat(timespec="seconds"))
    _text(header, "NbOfTxs", str(sum(len(batch.collections) for batch in message.batches)))
    _text(header, "CtrlSum", decimal(sum(batch.total for batch in message.batches)))
    _text(SubElement(header, "InitgPty"), "Nm", _name("initiating party's name", message.initiating_party))
    for batch in message.batches:
        _write_batch(SubElement(body, "PmtInf"), message, batch)
    indent(root, space=" ")
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode").encode() + b"\n"


def fits(collection: Collection) -> bool:
    """Tell whether a collection can be written."""
    try:
        _check_collection(collection)
    except MessageError:
        return False
    return True


def decimal(cents: int) -> str:
    """Return an amount as messages have it."""
    return f"{cents // 100}.{cents % 100:02}"


def _write_batch(parent: Element, message: DirectDebitMessage, batch: CollectionBatch) -> None:
    creditor = message.creditor
    _text(parent, "PmtInfId", batch.id)
    _text(parent, "PmtMtd", "DD")
    _text(parent, "BtchBookg", "true")
    _text(parent, "NbOfTxs", str(len(batch.collections)))
    _text(parent, "CtrlSum", decimal(batch.total))
    kind = SubElement(parent, "PmtTpInf")
    _text(SubElement(kind, "SvcLvl"), "Cd", "SEPA")
    _text(SubElement(kind, "LclInstrm"), "Cd", batch.instrument)
    _text(kind, "SeqTp", batch.sequence)
    _text(parent, "ReqdColltnDt", batch.collection_date.isoformat())
    _text(SubElement(parent, "Cdtr"), "Nm", _name("creditor's name", creditor.name))
    _account(parent, "CdtrAcct", creditor.iban)
    _agent(parent, "CdtrAgt", creditor.bic, message.version)
    _text(parent, "ChrgBr", "SLEV")
    _scheme_identification(SubElement(parent, "CdtrSchmeId"), creditor.identifier)
    for collection in batch.collections:
        _write_collection(SubElement(parent, "DrctDbtTxInf"), collection, message.version)


def _write_collection(parent: Element, collection: Collection, version: Version) -> None:
    _text(SubElement(parent, "PmtId"), "EndToEndId", collection.end_to_end_id)
    amount = SubElement(parent, "InstdAmt", {"Ccy": "EUR"})
    amount.text = decimal(collection.amount)
    _write_mandate(SubElement(SubElement(parent, "DrctDbtTx"), "MndtRltdInf"), collection.mandate)
    _agent(parent, "DbtrAgt", collection.debtor_bic, version)
    _text(SubElement(parent, "Dbtr"), "Nm", _name("debtor's name", collection.debtor_name))
    _account(parent, "DbtrAcct", collection.debtor_iban)
    remittance = to_sepa_text(collection.remittance, LONGEST_REMITTANCE)
    if remittance:
        _text(SubElement(parent, "RmtInf"), "Ustrd", remittance)


def _write_mandate(parent: Element, mandate: Mandate) -> None:
    _text(parent, "MndtId", mandate.reference)
    _text(parent, "DtOfSgntr", mandate.signed_on.isoformat())
    if not mandate.is_amended:
        return
    _text(parent, "AmdmntInd", "true")
    details = SubElement(parent, "AmdmntInfDtls")
    if mandate.former_reference is not None:
        _text(details, "OrgnlMndtId", mandate.former_reference)
    if mandate.former_creditor_identifier is not None or mandate.former_creditor_name is not None:
        creditor = SubElement(details, "OrgnlCdtrSchmeId")
        if mandate.former_creditor_name is not None:
            _text(creditor, "Nm", _name("creditor's former name", mandate.former_creditor_name))
        if mandate.former_creditor_identifier is not None:
            _scheme_identification(creditor, mandate.former_creditor_identifier)
    if mandate.is_of_new_account:
        other = SubElement(SubElement(SubElement(details, "OrgnlDbtrAcct"), "Id"), "Othr")
        _text(other, "Id", _SAME_MANDATE_NEW_ACCOUNT)


def _scheme_identification(parent: Element, identifier: str) -> None:
    other = SubElement(SubElement(SubElement(parent, "Id"), "PrvtId"), "Othr")
    _text(other, "Id", identifier)
    _text(SubElement(other, "SchmeNm"), "Prtry", "SEPA")


def _account(parent: Element, name: str, iban: str) -> None:
    _text(SubElement(SubElement(parent, name), "Id"), "IBAN", iban)


def _agent(parent: Element, name: str, bic: str | None, version: Version) -> None:
    institution = SubElement(SubElement(parent, name), "FinInstnId")
    if bic is None:
        _text(SubElement(institution, "Othr"), "Id", NOT_PROVIDED)
    else:
        _text(institution, "BIC" if version is Version.V2 else "BICFI", bic)


def _text(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text


def _name(where: str, text: str) -> str:
    written = to_sepa_text(text, LONGEST_NAME)
    if not written.strip(". "):
        raise MessageError(where, "nothing of it can be written in the characters that banks take")
    return written


def _check(message: DirectDebitMessage) -> None:
    if not message.batches:
        raise MessageError("message", "it collects nothing")
    _check_identifier("message's id", message.id)
    ids = [batch.id for batch in message.batches]
    ends = [each.end_to_end_id for batch in message.batches for each in batch.collections]
    if len(set(ids)) != len(ids) or len(set(ends)) != len(ends):
        raise MessageError("message", "two batches or two collections of it have the same id")
    for batch in message.batches:
        _check_identifier("batch's id", batch.id)
        if not batch.collections:
            raise MessageError("batch", "it collects nothing")
        for collection in batch.collections:
            _check_collection(collection)


def _check_collection(collection: Collection) -> None:
    _check_identifier("end-to-end id", collection.end_to_end_id)
    _check_identifier("mandate reference", collection.mandate.reference)
    _name("debtor's name", collection.debtor_name)
    if not 0 < collection.amount <= LARGEST_COLLECTION:
        raise MessageError("amount", f"it is {collection.amount} cents, and has to be from 1 to {LARGEST_COLLECTION}")


def _check_identifier(where: str, text: str) -> None:
    if not is_identifier(text):
        raise MessageError(where, "it is longer than 35 characters, or has some that banks do not take")
