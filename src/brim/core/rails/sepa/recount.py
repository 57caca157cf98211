"""Counts what the bytes of a pain.008 say, by a way that shares nothing with the writer but the names of elements."""

from collections.abc import Iterator
from typing import Final
from xml.parsers import expat

import msgspec

_ROOT: Final = "CstmrDrctDbtInitn"
_COUNTED: Final = ("NbOfTxs", "CtrlSum")


class Recount(msgspec.Struct, kw_only=True):
    """What is in a file: collections, batches and the sum in cents, and what is wrong with it, as sentences."""

    entries: int = 0
    batches: int = 0
    debits_cents: int = 0
    credits_cents: int = 0
    problems: list[str] = msgspec.field(default_factory=list)


def recount(content: bytes) -> Recount:
    """Return what a file has, and what its own totals, ids and currencies do not fit."""
    counting = _Counting()
    parser = expat.ParserCreate()
    parser.StartElementHandler = counting.start
    parser.EndElementHandler = counting.end
    parser.CharacterDataHandler = counting.characters
    parser.StartDoctypeDeclHandler = counting.doctype
    try:
        parser.Parse(content, True)  # noqa: FBT003  the parser's own signature
    except expat.ExpatError as error:
        return Recount(problems=[f"it isn't XML: {expat.ErrorString(error.code)}"])
    return counting.result()


class _Counting:
    """Adds up while elements pass; a path is the names of the elements from the root, joined by slashes."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._currency = ""
        self._text: list[str] = []
        self._stated: dict[str, str] = {}
        self._of_batch: dict[str, str] = {}
        self._entries = self._cents = 0
        self._batch_ids: list[str] = []
        self._ends: list[str] = []
        self._found = Recount()

    def doctype(self, *_: object) -> None:
        self._found.problems.append("it has a document type")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._path.append(name)
        self._text.clear()
        self._currency = attributes.get("Ccy", "")
        if name == "PmtInf":
            self._of_batch, self._entries, self._cents = {}, 0, 0

    def characters(self, text: str) -> None:
        self._text.append(text)

    def end(self, name: str) -> None:
        path = "/".join(self._path[1:])
        text = "".join(self._text).strip()
        self._path.pop()
        self._text.clear()
        if path in {f"{_ROOT}/GrpHdr/{each}" for each in _COUNTED}:
            self._stated[name] = text
        elif path in {f"{_ROOT}/PmtInf/{each}" for each in (*_COUNTED, "PmtInfId")}:
            self._of_batch[name] = text
        elif path == f"{_ROOT}/PmtInf/DrctDbtTxInf/InstdAmt":
            self._cents += self._amount(text)
            if self._currency != "EUR":
                self._found.problems.append(f"a collection is in {self._currency or 'no currency'}")
        elif path == f"{_ROOT}/PmtInf/DrctDbtTxInf/PmtId/EndToEndId":
            self._ends.append(text)
        elif path == f"{_ROOT}/PmtInf/DrctDbtTxInf":
            self._entries += 1
        elif path == f"{_ROOT}/PmtInf":
            self._end_batch()

    def result(self) -> Recount:
        found = self._found
        found.problems += _differences("file", self._stated, found.entries, found.debits_cents)
        if len(set(self._batch_ids)) != len(self._batch_ids) or len(set(self._ends)) != len(self._ends):
            found.problems.append("two batches or two collections have the same id")
        if len(self._ends) != found.entries:
            found.problems.append("a collection has no end-to-end id")
        return found

    def _end_batch(self) -> None:
        found = self._found
        name = self._of_batch.get("PmtInfId", "")
        self._batch_ids.append(name)
        found.batches += 1
        found.entries += self._entries
        found.debits_cents += self._cents
        found.problems += _differences(f"batch {name}", self._of_batch, self._entries, self._cents)

    def _amount(self, text: str) -> int:
        whole, point, cents = text.partition(".")
        if not (
            whole.isascii() and whole.isdigit() and point and len(cents) == 2 and cents.isascii() and cents.isdigit()
        ):
            self._found.problems.append(f"{text[:20]!r} isn't an amount")
            return 0
        return int(whole) * 100 + int(cents)


def _differences(what: str, stated: dict[str, str], entries: int, cents: int) -> Iterator[str]:
    if stated.get("NbOfTxs") != str(entries):
        yield f"the {what} says it has {stated.get('NbOfTxs', 'no count of')} collections and has {entries}"
    total = f"{cents // 100}.{cents % 100:02}"
    if stated.get("CtrlSum") != total:
        yield f"the {what} says it collects {stated.get('CtrlSum', 'nothing')} and collects {total}"
