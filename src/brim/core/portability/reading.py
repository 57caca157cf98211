"""Reads exports from files: all is checked that can be checked without a database."""

import hashlib
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple, TypeVar

import msgspec

from brim.base import json_codec
from brim.core.portability import tar
from brim.core.portability.export_keys import (
    EXPORT,
    MAGIC,
    PREAMBLE_BYTES,
    ExportSecret,
    name_of,
    vault_of,
)
from brim.core.portability.live_rules import LiveMoney
from brim.core.portability.row_rules import RowCheck
from brim.core.portability.rules import (
    FORMAT,
    HEADER_NAME,
    MANIFEST_NAME,
    MAX_PART_BYTES,
    ExportBrokenError,
    ExportKind,
    Header,
    Manifest,
    Part,
    Total,
)
from brim.core.portability.table_rules import EXPORTED, PLACES, Table
from brim.platform.sealing import Readable, SealBrokenError, opened

if TYPE_CHECKING:
    from brim.platform.vault import Vault

Described = TypeVar("Described", Header, Manifest)

_READ_BYTES: Final = 1024 * 1024
_PART_NAME: Final = re.compile(r"([a-z_]+)/(\d{6})\.jsonl", re.ASCII)
_ACCOUNT: Final = re.compile(r"acct_\w{1,64}", re.ASCII)


class Batch(NamedTuple):
    """Rows of one table, a JSON object each."""

    table: Table
    lines: list[bytes]


class Checked(NamedTuple):
    """An export that was read to its end; `sha256` is of the whole file."""

    manifest: Manifest
    sha256: str
    live: LiveMoney


class NoExportSecretError(ExportBrokenError):
    """A file is encrypted, and nothing was given to open it with."""

    def __init__(self) -> None:
        super().__init__("it is encrypted: say with what, by --key-file or --passphrase-file")


class ExportReader:
    """One reading of a file from its beginning to its end.

    Args:
        file: the file, at its beginning.
        secret: what it is encrypted with; one for reading is not.
        check_rows: whether to look at each row, as is done at the first reading of a file.
    """

    def __init__(self, file: Readable, secret: ExportSecret | None, *, check_rows: bool) -> None:
        self._file = _Hashing(file)
        self.vault: Vault | None = None
        self._members = tar.members(self._plain(secret), max_bytes=MAX_PART_BYTES)
        self.header = self._read_header()
        self._check = RowCheck(self.header, self.vault) if check_rows else None
        self._parts: list[Part] = []
        self._manifest: Manifest | None = None

    def batches(self) -> Iterator[Batch]:
        """Yield all rows, part by part; only at the end it is certain that they are all, and as they were written.

        Raises:
            ExportBrokenError: they are not.
            SealBrokenError: the file is not what was encrypted.
        """
        reached, number = 0, 0
        for member in self._members:
            if member.name == MANIFEST_NAME:
                self._manifest = self._conclude(member.content)
                continue
            table, named = _table_of(member.name)
            place = PLACES[table.name]
            number = number + 1 if place == reached else 1
            if self._manifest or place < reached or named != number:
                raise ExportBrokenError(f"{member.name} does not belong where it is")
            reached = place
            lines = _lines_of(member)
            self._parts.append(part_of(member.name, lines, member.content))
            if self._check:
                for line in lines:
                    self._check.check(table, line)
            yield Batch(table, lines)
        if self._manifest is None:
            raise ExportBrokenError("it has no manifest, so it was cut off")
        if self._check:
            self._check.conclude()

    def conclude(self) -> Checked:
        """Return what was read, after the last batch."""
        if self._manifest is None or self._check is None:
            raise ExportBrokenError("it was not read to its end")
        return Checked(self._manifest, self.sha256, self._check.live)

    @property
    def sha256(self) -> str:
        """The SHA-256 of what was read of the file."""
        return self._file.digest.hexdigest()

    def _plain(self, secret: ExportSecret | None) -> Iterator[bytes]:
        begin = _read_exactly(self._file, PREAMBLE_BYTES)
        if not begin.startswith(MAGIC):
            return _then_rest(begin, self._file)
        if secret is None:
            raise NoExportSecretError
        key = secret.unlock(begin)
        self.vault = vault_of(key)
        return opened(self._file, [key], name=name_of(begin), purpose=EXPORT)

    def _read_header(self) -> Header:
        first = next(self._members, None)
        if first is None or first.name != HEADER_NAME:
            raise ExportBrokenError(f"it does not begin with {HEADER_NAME}")
        header = _decoded(first.content, Header)
        if header.format != FORMAT:
            raise ExportBrokenError(f"it has format {header.format}, and this Brim reads format {FORMAT}")
        if (header.kind is ExportKind.ACCOUNT) != (self.vault is not None):
            raise ExportBrokenError("one for reading is not encrypted, and every other one is")
        named = header.accounts
        if header.account not in named or len(set(named)) != len(named) or not all(map(_ACCOUNT.fullmatch, named)):
            raise ExportBrokenError("the accounts that it names cannot be")
        return header

    def _conclude(self, content: bytes) -> Manifest:
        manifest = _decoded(content, Manifest)
        if manifest.header != self.header or manifest.parts != self._parts or manifest.total != total_of(self._parts):
            raise ExportBrokenError("its parts are not those of its manifest")
        return manifest


@contextmanager
def reading_export(path: Path, secret: ExportSecret | None, *, check_rows: bool) -> Iterator[ExportReader]:
    """Yield the reader of a file.

    Raises:
        ExportBrokenError: it is not the export of an account, or cannot be opened so.
        SealBrokenError: it is not what was encrypted, or was so with another key.
    """
    with path.open("rb") as file:
        yield ExportReader(file, secret, check_rows=check_rows)


def check_export(path: Path, secret: ExportSecret | None) -> Checked:
    """Return what is in an export, which is read to its end.

    Raises:
        ExportBrokenError, SealBrokenError: as `reading_export`, or some of it is not as it was written.
    """
    with reading_export(path, secret, check_rows=True) as reader:
        for _ in reader.batches():
            pass
        return reader.conclude()


def is_encrypted(path: Path) -> bool:
    """Tell whether a file begins as an encrypted export does."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def open_export(path: Path, secret: ExportSecret, write: Callable[[bytes], object]) -> None:
    """Write the archive in an encrypted export; the secrets in it stay encrypted.

    Raises:
        ExportBrokenError: it is not an encrypted export.
        SealBrokenError: it is not what was encrypted, or was so with another key.
    """
    with path.open("rb") as file:
        begin = _read_exactly(file, PREAMBLE_BYTES)
        if not begin.startswith(MAGIC):
            raise ExportBrokenError("it is not encrypted")
        for piece in opened(file, [secret.unlock(begin)], name=name_of(begin), purpose=EXPORT):
            write(piece)


def part_of(name: str, lines: list[bytes], content: bytes) -> Part:
    """Return what the manifest says of a part."""
    return Part(name=name, rows=len(lines), bytes=len(content), sha256=hashlib.sha256(content).hexdigest())


def total_of(parts: list[Part]) -> Total:
    """Return what the manifest says of all parts."""
    digests = "".join(part.sha256 for part in parts)
    return Total(
        parts=len(parts),
        rows=sum(part.rows for part in parts),
        bytes=sum(part.bytes for part in parts),
        sha256=hashlib.sha256(digests.encode()).hexdigest(),
    )


class _Hashing:
    """A file that is read, and hashed as it is."""

    def __init__(self, file: Readable) -> None:
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int, /) -> bytes:
        piece = self._file.read(size)
        self.digest.update(piece)
        return piece


def _table_of(name: str) -> tuple[Table, int]:
    found = _PART_NAME.fullmatch(name)
    if found is None or found[1] not in PLACES:
        raise ExportBrokenError(f"{name!r} isn't part of an export")
    return EXPORTED[PLACES[found[1]]], int(found[2])


def _lines_of(member: tar.Member) -> list[bytes]:
    if not member.content.endswith(b"\n"):
        raise ExportBrokenError(f"{member.name} has no rows, or was cut off")
    return member.content[:-1].split(b"\n")


def _decoded(content: bytes, kind: type[Described]) -> Described:
    try:
        return json_codec.decode(content, type=kind)
    except (msgspec.DecodeError, UnicodeError) as error:
        raise ExportBrokenError(f"its description cannot be read: {error}") from None


def _read_exactly(file: Readable, size: int) -> bytes:
    pieces = []
    while size and (piece := file.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _then_rest(begin: bytes, file: Readable) -> Iterator[bytes]:
    yield begin
    while piece := file.read(_READ_BYTES):
        yield piece


__all__ = [
    "Batch",
    "Checked",
    "ExportReader",
    "NoExportSecretError",
    "SealBrokenError",
    "check_export",
    "is_encrypted",
    "open_export",
    "part_of",
    "reading_export",
    "total_of",
]
