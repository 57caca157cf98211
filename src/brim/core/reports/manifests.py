"""The manifest of a report, its signature, and the check of both with the files, for which nothing else is needed.

The signature is Ed25519 over the bytes of the manifest (RFC 8032), so that any program that has the public key can
check it, such as `openssl pkeyutl -verify -rawin`.
"""

import csv
import hashlib
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, NamedTuple

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from brim.base import json_codec
from brim.base.errors import BrimError
from brim.core.reports.rules import (
    BALANCE_SUMMARY,
    BRIM_SUMMARY,
    CLOSING,
    ENDING,
    Column,
    FileKind,
    Total,
    report_type,
)
from brim.core.reports.tables import Totals, csv_row

FORMAT: Final = "brim.report_manifest/1"
MANIFEST_ENDING: Final = ".manifest.json"
SIGNATURE_ENDING: Final = ".manifest.sig"
KEY_FILE: Final = "report-key.pem"
_MOST_BYTES: Final = 16 << 20
_CHUNK: Final = 1 << 20
_JSON_START: Final = b'{"columns":'


class ManifestFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A file that a manifest is about."""

    name: str
    bytes: int
    sha256: str


class ChainState(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where the hash chains of the accounts of a report ended when it was made.

    `position` and `hash` (in hex) are those of the account that ran it, 0 and empty where nothing was sealed; `sha256`
    is over a line `account position hash` for each account that has a chain, in the order of accounts.
    """

    accounts: int
    position: int
    hash: str
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a report is, and what its files have to be; `as_of` and the interval are Unix seconds."""

    format: str
    report_run: str
    report_type: str
    account: str
    livemode: bool
    interval_start: int
    interval_end: int
    interval_start_local: str
    interval_end_local: str
    timezone: str
    connected_account: str | None
    currency: str | None
    reporting_category: str | None
    as_of: int
    revision: str
    columns: tuple[Column, ...]
    rows: int
    totals: tuple[Total, ...]
    files: tuple[ManifestFile, ...]
    differs_from: str | None
    chain: ChainState
    key: str


class ManifestError(BrimError):
    """A report is not what was signed."""

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"{name}: {reason}")


class Verified(NamedTuple):
    """A report that is as it was signed, and the key that signed it."""

    manifest: Manifest
    fingerprint: str


class SigningKey:
    """The key by which an installation signs its reports.

    Args:
        seed: its 32 secret bytes.
    """

    def __init__(self, seed: bytes) -> None:
        self._private = Ed25519PrivateKey.from_private_bytes(seed)

    def sign(self, manifest: bytes) -> bytes:
        """Return the signature of a manifest, 64 bytes."""
        return self._private.sign(manifest)

    @property
    def public_pem(self) -> str:
        """The public key as a PEM file."""
        return (
            self._private.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    @property
    def fingerprint(self) -> str:
        """What people compare of the public key: the SHA-256 of its DER form, in hex."""
        return fingerprint_of(self._private.public_key())


def fingerprint_of(key: Ed25519PublicKey) -> str:
    """Return the SHA-256 of a public key's DER form, in hex."""
    der = key.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def read_public_key(pem: bytes, *, name: str) -> Ed25519PublicKey:
    """Return the public key in a PEM file.

    Raises:
        ManifestError: there is none, or one of another kind.
    """
    try:
        key = serialization.load_pem_public_key(pem)
    except ValueError:
        raise ManifestError(name, "this isn't a public key in PEM.") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ManifestError(name, "this isn't an Ed25519 key.")
    return key


def manifest_text(manifest: Manifest) -> str:
    """Return a manifest as it is signed and stored."""
    return json_codec.pretty(json_codec.encode(manifest)).decode()


def find_manifests(path: Path) -> list[Path]:
    """Return the manifests of a folder, or the one that a path is.

    Raises:
        ManifestError: there is none.
    """
    found = sorted(path.glob(f"*{MANIFEST_ENDING}")) if path.is_dir() else [path]
    if not found or not all(each.name.endswith(MANIFEST_ENDING) for each in found):
        raise ManifestError(str(path), f"there is no manifest (a file whose name ends in {MANIFEST_ENDING}).")
    return found


def verify_report(path: Path, key: Ed25519PublicKey) -> Verified:
    """Return the manifest at a path, once its signature, and hashes, counts and totals of its files, were found right.

    Raises:
        ManifestError: something is not as it was signed.
        OSError: a file cannot be read.
    """
    content = _read_all(path)
    signature = _read_all(path.with_name(path.name.removesuffix(MANIFEST_ENDING) + SIGNATURE_ENDING))
    try:
        key.verify(signature, content)
    except InvalidSignature:
        raise ManifestError(path.name, "the signature is not of this manifest and key.") from None
    try:
        manifest = json_codec.decode(content, type=Manifest)
    except msgspec.DecodeError as error:
        raise ManifestError(path.name, f"this isn't a manifest of a report: {error}.") from None
    if manifest.format != FORMAT:
        raise ManifestError(path.name, f"this Brim does not know the format {manifest.format}.")
    files = {each.name.rpartition(".")[2]: path.with_name(Path(each.name).name) for each in manifest.files}
    if set(files) != {FileKind.CSV, FileKind.JSON}:
        raise ManifestError(path.name, "a report has a CSV file and a JSON file.")
    for file in manifest.files:
        _check_file(path.with_name(Path(file.name).name), file)
    _check_rows(files[FileKind.CSV], files[FileKind.JSON], manifest)
    return Verified(manifest, fingerprint_of(key))


def _read_all(path: Path) -> bytes:
    with path.open("rb") as file:
        content = file.read(_MOST_BYTES + 1)
    if len(content) > _MOST_BYTES:
        raise ManifestError(path.name, "the file is too large.")
    return content


def _check_file(path: Path, expected: ManifestFile) -> None:
    found, size = hashlib.sha256(), 0
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            found.update(chunk)
            size += len(chunk)
    if size != expected.bytes:
        raise ManifestError(path.name, f"it has {size} bytes, and {expected.bytes} were signed.")
    if found.hexdigest() != expected.sha256:
        raise ManifestError(path.name, "its SHA-256 is not the one that was signed.")


def _check_rows(csv_path: Path, json_path: Path, manifest: Manifest) -> None:
    """Compare both files row by row, and count and add up what they have."""
    names = [column.name for column in manifest.columns]
    totals = Totals(manifest.columns, report_type(manifest.report_type).group)
    count = 0
    with csv_path.open(encoding="utf-8", newline="") as file, json_path.open("rb") as lines:
        rows, objects = csv.reader(file), _json_rows(lines)
        if next(rows, None) != names:
            raise ManifestError(csv_path.name, "its columns are not those that were signed.")
        for count, cells in enumerate(rows, 1):
            row = next(objects, None)
            if row is None or list(row) != names or csv_row(manifest.columns, _texts(row)) != cells:
                raise ManifestError(json_path.name, f"row {count} is not that of the CSV file.")
            totals.add(dict(zip(names, _texts(row), strict=True)))
        if next(objects, None) is not None:
            raise ManifestError(json_path.name, "it has more rows than the CSV file.")
    if count != manifest.rows:
        raise ManifestError(csv_path.name, f"it has {count} rows, and {manifest.rows} were signed.")
    if totals.all() != manifest.totals:
        raise ManifestError(csv_path.name, "its rows do not add up to the totals that were signed.")
    _check_balances(csv_path.name, manifest)


def _texts(row: dict[str, str | None]) -> list[str]:
    return [cell or "" for cell in row.values()]


def _json_rows(lines: Any) -> Iterator[dict[str, str | None]]:
    if not lines.readline(_CHUNK).startswith(_JSON_START):
        return
    while (line := lines.readline(_CHUNK)) and not line.startswith(b"]}"):
        yield json_codec.decode(line.rstrip(b",\n"), type=dict[str, str | None])


def _check_balances(name: str, manifest: Manifest) -> None:
    """Return if what a summary begins with and its activity come to what it ends with."""
    ends = {BALANCE_SUMMARY: (ENDING, "net_amount"), BRIM_SUMMARY: (CLOSING, "net")}.get(manifest.report_type)
    if ends is None:
        return
    closing, column = ends
    if not {"currency", "category", column} <= {each.name for each in manifest.columns}:
        return
    for currency in {total.currency for total in manifest.totals}:
        of = [total for total in manifest.totals if total.currency == currency]
        before, after = _sums(of, column, closing)
        if before != after:
            raise ManifestError(name, f"what the {currency} balance began with and its activity are not its end.")


def _sums(totals: Sequence[Total], column: str, closing: str) -> tuple[Decimal, Decimal]:
    before = sum((Decimal(each.sums[column]) for each in totals if each.group != closing), Decimal(0))
    after = sum((Decimal(each.sums[column]) for each in totals if each.group == closing), Decimal(0))
    return before, after
