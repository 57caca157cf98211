"""Reads back what a message has sent, from its bytes: the message and batches by their ids, and each collection.

It reads what `writer` writes, in either version, and shares nothing with it but the names of elements. What is not
used after a restore, such as the agents, is passed over.
"""

from datetime import date, datetime
from typing import Final
from xml.parsers import expat

import msgspec

_ROOT: Final = "CstmrDrctDbtInitn"
_HEADER: Final = f"{_ROOT}/GrpHdr/"
_BATCH: Final = f"{_ROOT}/PmtInf"
_COLLECTION: Final = f"{_BATCH}/DrctDbtTxInf"
_MANDATE: Final = "DrctDbtTx/MndtRltdInf"
_AMENDED: Final = f"{_MANDATE}/AmdmntInfDtls"


class SentCollection(msgspec.Struct, frozen=True, kw_only=True):
    """One direct debit of a message; `amount` is in cents of EUR.

    `former_reference` and what follows is what it tells banks of its mandate's amendments.
    """

    end_to_end_id: str
    amount: int
    mandate_reference: str
    signed_on: date
    debtor_name: str
    debtor_iban: str
    former_reference: str | None = None
    is_of_new_account: bool = False
    former_creditor_identifier: str | None = None
    former_creditor_name: str | None = None


class SentBatch(msgspec.Struct, frozen=True, kw_only=True):
    """Collections of a message that are due on one day."""

    id: str
    collection_date: date
    instrument: str
    sequence: str
    creditor_name: str
    creditor_identifier: str
    collections: tuple[SentCollection, ...]

    @property
    def total(self) -> int:
        """The sum of its collections, in cents."""
        return sum(each.amount for each in self.collections)


class SentMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message: its id, when it was made in its sender's wall time, and its batches."""

    id: str
    made: datetime
    batches: tuple[SentBatch, ...]


class UnreadableMessageError(ValueError):
    """The bytes are no message of direct debits, or something in it cannot be read."""


def read_sent(content: bytes) -> SentMessage:
    """Return what a message has sent.

    Raises:
        UnreadableMessageError: it is none, or an id, a date or an amount in it is missing or wrong.
    """
    reader = _Reader()
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.doctype
    try:
        parser.Parse(content, True)  # noqa: FBT003  the parser's own signature
        return reader.message()
    except expat.ExpatError as error:
        raise UnreadableMessageError(f"it isn't XML: {expat.ErrorString(error.code)}") from error
    except KeyError as error:
        raise UnreadableMessageError(f"{error.args[0]} is missing") from error
    except ValueError as error:
        raise UnreadableMessageError(str(error)) from error


class _Reader:
    """Keeps the texts below the header, the batch and the collection that are being read, by their paths."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._currency = ""
        self._text: list[str] = []
        self._header: dict[str, str] = {}
        self._batch: dict[str, str] = {}
        self._collection: dict[str, str] = {}
        self._collections: list[SentCollection] = []
        self._batches: list[SentBatch] = []

    def doctype(self, *_: object) -> None:
        raise UnreadableMessageError("it has a document type")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._text.clear()
        self._currency = attributes.get("Ccy", "")

    def characters(self, text: str) -> None:
        self._text.append(text)

    def end(self, _name: str) -> None:
        path, text = "/".join(self._path[1:]), "".join(self._text).strip()
        self._path.pop()
        self._text.clear()
        if path == _COLLECTION:
            self._collections.append(_collection(self._collection))
            self._collection = {}
        elif path == _BATCH:
            self._batches.append(_sent_batch(self._batch, self._collections))
            self._batch, self._collections = {}, []
        elif path.startswith(f"{_COLLECTION}/"):
            if path == f"{_COLLECTION}/InstdAmt" and self._currency != "EUR":
                raise UnreadableMessageError("a collection is not in EUR")
            self._collection[path[len(_COLLECTION) + 1 :]] = text
        elif path.startswith(f"{_BATCH}/"):
            self._batch[path[len(_BATCH) + 1 :]] = text
        elif path.startswith(_HEADER):
            self._header[path[len(_HEADER) :]] = text

    def message(self) -> SentMessage:
        if not self._batches:
            raise UnreadableMessageError("it collects nothing")
        made = datetime.fromisoformat(self._header["CreDtTm"]).replace(tzinfo=None)
        return SentMessage(id=self._header["MsgId"], made=made, batches=tuple(self._batches))


def _sent_batch(found: dict[str, str], collections: list[SentCollection]) -> SentBatch:
    return SentBatch(
        id=found["PmtInfId"],
        collection_date=date.fromisoformat(found["ReqdColltnDt"]),
        instrument=found["PmtTpInf/LclInstrm/Cd"],
        sequence=found["PmtTpInf/SeqTp"],
        creditor_name=found["Cdtr/Nm"],
        creditor_identifier=found["CdtrSchmeId/Id/PrvtId/Othr/Id"],
        collections=tuple(collections),
    )


def _collection(found: dict[str, str]) -> SentCollection:
    whole, _, cents = found["InstdAmt"].partition(".")
    if len(cents) != 2 or not (whole + cents).isascii() or not (whole + cents).isdigit():
        raise UnreadableMessageError(f"{found['InstdAmt'][:20]!r} isn't an amount")
    return SentCollection(
        end_to_end_id=found["PmtId/EndToEndId"],
        amount=int(whole + cents),
        mandate_reference=found[f"{_MANDATE}/MndtId"],
        signed_on=date.fromisoformat(found[f"{_MANDATE}/DtOfSgntr"]),
        debtor_name=found["Dbtr/Nm"],
        debtor_iban=found["DbtrAcct/Id/IBAN"],
        former_reference=found.get(f"{_AMENDED}/OrgnlMndtId"),
        is_of_new_account=f"{_AMENDED}/OrgnlDbtrAcct/Id/Othr/Id" in found,
        former_creditor_identifier=found.get(f"{_AMENDED}/OrgnlCdtrSchmeId/Id/PrvtId/Othr/Id"),
        former_creditor_name=found.get(f"{_AMENDED}/OrgnlCdtrSchmeId/Nm"),
    )
