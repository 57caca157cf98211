"""Read a statement file: recognise it by its content, and return what it says. No input raises."""

import io
from collections.abc import Mapping
from typing import Final

from brim.core.reconciliation.formats import bai2, camt, csv_reader, mt940
from brim.core.reconciliation.formats.bai2_types import Direction
from brim.core.reconciliation.formats.csv_mapping import StatementMapping
from brim.core.reconciliation.formats.limits import FileTooLargeError, LimitError
from brim.core.reconciliation.formats.mt940_fields import looks_like_mt940
from brim.core.reconciliation.formats.source import Source
from brim.core.reconciliation.formats.statement import Findings, StatementFile

MAX_BYTES: Final = 160 * 1024 * 1024
"""Room for 100,000 lines of camt.053 with a payment each, indented: about 1.5 kB a line."""
_NO_CODES: Final[Mapping[str, Direction]] = {}
_BLANK: Final = b" \t\r\n"
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_UTF16_XML: Final = (b"<\0", b"\0<")
_DELIMITERS: Final = b",;\t|"
_UNKNOWN: Final = ("unknown_format", "The file is neither BAI2 (01,...) nor MT940 (:20:...) nor XML of ISO 20022.")
_NO_MAPPING: Final = (
    "csv_no_mapping",
    (
        "The file seems to be CSV, but its bank account has no mapping. Create one on the page CSV mappings, "
        "or with brim statements mapping set. The file is then read again."
    ),
)


def read_statement(
    source: bytes | Source,
    *,
    bank_type_codes: Mapping[str, Direction] = _NO_CODES,
    mapping: StatementMapping | None = None,
    max_bytes: int = MAX_BYTES,
) -> StatementFile:
    """Return what a statement file says; what cannot be read is a finding, and the verdict then is `hold`.

    `bank_type_codes` says which of a bank's own BAI2 type codes are credits and which debits, `mapping` how the bank
    writes CSV. The statement of a CSV file has no account number where no column has it.
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        return _read(stream, bank_type_codes, mapping, max_bytes)
    except LimitError as error:
        return held_file(error.code, str(error))
    except Exception:  # noqa: BLE001  # whatever a stranger's file does, it is held and nothing else stops
        return held_file("reader_failed", "Reading the file failed in an unexpected way.")


def _read(
    stream: Source, bank_type_codes: Mapping[str, Direction], mapping: StatementMapping | None, max_bytes: int
) -> StatementFile:
    head = stream.read(4096)
    body = head.removeprefix(_UTF8_MARK).lstrip(_BLANK)
    if body.startswith(b"01,"):
        return bai2.read(_all_of(head, stream, max_bytes), bank_type_codes)
    if body.startswith((b"<", *_UTF16_XML)) or _is_marked_xml(head):
        return camt.read(_Rejoined(head.lstrip(_BLANK), stream), max_bytes)
    if looks_like_mt940(body):
        return mt940.read(_all_of(head, stream, max_bytes))
    if not body:
        return held_file("empty", "The file is empty.")
    if mapping is not None:
        return csv_reader.read(_all_of(head, stream, max_bytes), mapping)
    return held_file(*(_NO_MAPPING if _looks_like_csv(head) else _UNKNOWN))


def is_mapped(content: bytes) -> bool:
    """Tell whether a file is read by a mapping, if there is one: it is none of the formats that say what they are."""
    head = content[:4096]
    body = head.removeprefix(_UTF8_MARK).lstrip(_BLANK)
    is_known = body.startswith((b"01,", b"<", *_UTF16_XML)) or _is_marked_xml(head) or looks_like_mt940(body)
    return bool(body) and not is_known


def _is_marked_xml(head: bytes) -> bool:
    """Tell whether a file begins with the mark of UTF-16, and then as XML does."""
    return head.startswith(_UTF16_MARKS) and head[2:].replace(b"\0", b"").lstrip(_BLANK).startswith(b"<")


def _looks_like_csv(head: bytes) -> bool:
    is_text = b"\0" not in head or head.startswith(_UTF16_MARKS)
    return is_text and any(each in head for each in _DELIMITERS)


def _all_of(head: bytes, rest: Source, max_bytes: int) -> bytes:
    content = io.BytesIO()
    piece = head
    while piece:
        if content.tell() + len(piece) > max_bytes:
            raise FileTooLargeError(max_bytes)
        content.write(piece)
        piece = rest.read(1 << 20)
    return content.getvalue()


class _Rejoined:
    """A stream with its beginning, which was read already, before it."""

    def __init__(self, head: bytes, rest: Source) -> None:
        self._head = head
        self._rest = rest

    def read(self, size: int = -1) -> bytes:
        if self._head:
            piece, self._head = self._head, b""
            return piece
        return self._rest.read(size)


def held_file(code: str, sentence: str) -> StatementFile:
    """Return a file of which nothing is read, with the finding that says why."""
    findings = Findings()
    findings.hold(code, "file", sentence)
    return StatementFile(
        format="unknown",
        version="",
        id="",
        created="",
        sender="",
        receiver="",
        statements=(),
        findings=findings.all(),
        verdict=findings.verdict,
    )
