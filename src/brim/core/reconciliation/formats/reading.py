"""Read a statement file: recognise it by its content, and return what it says. No input raises."""

import io
from collections.abc import Mapping
from typing import Final

from brim.core.reconciliation.formats import bai2, camt, mt940
from brim.core.reconciliation.formats.bai2_types import Direction
from brim.core.reconciliation.formats.limits import FileTooLargeError, LimitError
from brim.core.reconciliation.formats.mt940_fields import looks_like_mt940
from brim.core.reconciliation.formats.source import Source
from brim.core.reconciliation.formats.statement import Findings, StatementFile

MAX_BYTES: Final = 160 * 1024 * 1024
"""Room for 100,000 lines of camt.053 with a payment each, indented: about 1.5 kB a line."""
_NO_CODES: Final[Mapping[str, Direction]] = {}
_BLANK: Final = b" \t\r\n"
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<")


def read_statement(
    source: bytes | Source,
    *,
    bank_type_codes: Mapping[str, Direction] = _NO_CODES,
    max_bytes: int = MAX_BYTES,
) -> StatementFile:
    """Return what a statement file says; what cannot be read is a finding, and the verdict then is `hold`.

    `bank_type_codes` says which of a bank's own BAI2 type codes are credits and which debits.
    """
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    try:
        return _read(stream, bank_type_codes, max_bytes)
    except LimitError as error:
        return _held(error.code, str(error))
    except Exception:  # noqa: BLE001  # whatever a stranger's file does, it is held and nothing else stops
        return _held("reader_failed", "Reading the file failed in an unexpected way.")


def _read(stream: Source, bank_type_codes: Mapping[str, Direction], max_bytes: int) -> StatementFile:
    head = stream.read(4096)
    body = head.removeprefix(_UTF8_MARK).lstrip(_BLANK)
    if body.startswith(b"01,"):
        return bai2.read(_all_of(head, stream, max_bytes), bank_type_codes)
    if body.startswith((b"<", *_UTF16_MARKS)):
        return camt.read(_Rejoined(head.lstrip(_BLANK), stream), max_bytes)
    if looks_like_mt940(body):
        return mt940.read(_all_of(head, stream, max_bytes))
    if not body:
        return _held("empty", "The file is empty.")
    return _held("unknown_format", "The file is neither BAI2 (01,...) nor MT940 (:20:...) nor XML of ISO 20022.")


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


def _held(code: str, sentence: str) -> StatementFile:
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
