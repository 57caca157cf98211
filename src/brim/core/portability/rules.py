"""What an export is made of, and why one is refused. docs/export.md has the format for whoever reads it elsewhere."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Final

import msgspec

from brim.base.errors import BrimError

FORMAT: Final = 1
"""The version of the format; a reader refuses others."""

PART_BYTES: Final = 4 * 1024 * 1024
"""How long a part gets before the next one begins: what is held in memory."""
MAX_PART_BYTES: Final = 256 * 1024 * 1024
"""A row is in one part, and the bytes of a bank's file are in one row."""

HEADER_NAME: Final = "export.json"
MANIFEST_NAME: Final = "manifest.json"

ABOUT: Final = (
    "An account of Brim with all that belongs to it. Each part has rows of one table as JSON, one a line; "
    "manifest.json has the number of rows and the SHA-256 of each. Format: docs/export.md of Brim."
)


class ExportKind(StrEnum):
    """What an export is for."""

    ACCOUNT = "account"
    """To be imported; secrets are in it, encrypted."""
    READING = "reading"
    """To be read by people and programs; no secrets are in it, and nobody imports it."""


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands first in an export.

    `account` is the one that was exported, `platform` the one that it is under; `accounts` are all whose rows are in
    it. `schema` is the last migration, `tables` has the columns of each table.
    """

    about: str = ABOUT
    format: int
    kind: ExportKind
    brim: str
    schema: int
    installation: str
    account: str
    platform: str | None
    accounts: list[str]
    exported_ms: int
    tables: dict[str, list[str]]


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A part of an export: its name in the archive, and what has to come out of it."""

    name: str
    rows: int
    bytes: int
    sha256: str


class Total(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """All parts together; `sha256` is of the SHA-256 of each, in hexadecimal, in their order."""

    parts: int
    rows: int
    bytes: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What stands last in an export. `refusals` is what keeps it from being imported, as far as the source knew."""

    header: Header
    parts: list[Part]
    total: Total
    refusals: list[str]


class ExportBrokenError(BrimError):
    """A file is not the export of an account as Brim has written it."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The export cannot be trusted: {reason}.")


class LiveMoneyError(BrimError):
    """An export has live money that must not be in two installations."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(
            "The export cannot be imported, because two installations would work on the same live money: "
            f"{'; '.join(reasons)}. Let it come to its end at the source, and export again (docs/export.md)."
        )


class OtherSchemaError(BrimError):
    """An export was made by another version of the schema."""

    def __init__(self, theirs: int, ours: int) -> None:
        upgrade = "this Brim" if theirs > ours else "the Brim that it came from"
        super().__init__(
            f"The export has version {theirs} of the schema, and this database has {ours}. Only the same version is "
            f"imported: upgrade {upgrade}{'' if theirs > ours else ', and export again'}."
        )


class ForReadingError(BrimError):
    """An export for reading is to be imported."""

    def __init__(self) -> None:
        super().__init__("The export was made with --for-reading and lacks all secrets, so it cannot be imported.")


class OtherInstallationError(BrimError):
    """An export comes from a rehearsal into a standard installation, or the other way round."""

    def __init__(self, theirs: str, ours: str) -> None:
        super().__init__(
            f"The export is of a {theirs} installation and this is a {ours} one: their live money differs."
        )


class AccountThereError(BrimError):
    """Something of an account that is to be imported is here already."""

    def __init__(self, account: str, table: str) -> None:
        super().__init__(
            f"The account {account} cannot be imported: {table} has rows of it already. Nothing was written."
        )


class UnfitRowsError(BrimError):
    """The database refuses rows of an export."""

    def __init__(self, table: str, said: str) -> None:
        super().__init__(f"The database refuses rows of {table}: {said}. Nothing was written.")


class UnfitPlatformError(BrimError):
    """An account cannot come under the platform that was named, or needs one."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The account cannot be imported: {reason}.")


class FirstAccountError(BrimError):
    """The imported account would become the one whose keys administer the installation."""

    def __init__(self, account: str, first: str) -> None:
        super().__init__(
            f"{account} is older than {first}, whose keys administer this installation, and would take its place. If "
            "that is meant, say --as-first; or name a platform with --platform."
        )


class OthersEntriesError(BrimError):
    """Files of a platform hold entries of accounts that are not exported."""

    def __init__(self, account: str) -> None:
        super().__init__(
            f"ACH files of {account} hold debits of accounts under it, so it cannot be exported without them: say "
            "--with-connected."
        )


class FileExistsAlreadyError(BrimError):
    """The file that is to be written is there."""

    def __init__(self, path: object) -> None:
        super().__init__(f"{path} exists already. Choose another name; exports are not overwritten.")
