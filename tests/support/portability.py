"""What tests of exports share: keys, the rows in a file, and files that somebody has made who knows the key."""

import base64
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeAlias

from brim.base import json_codec
from brim.core.portability import (
    Checked,
    ExportSecret,
    ImportChoices,
    Manifest,
    check_export,
    export_account,
    import_account,
    tar,
)
from brim.core.portability.export_keys import EXPORT, name_of
from brim.core.portability.reading import open_export, part_of, reading_export, total_of
from brim.core.portability.rules import HEADER_NAME, MANIFEST_NAME
from brim.core.portability.table_rules import EXPORTED, place_of
from brim.platform.database import Database
from brim.platform.sealing import Sealer
from brim.platform.vault import Vault
from brim.testing.terminal import typed

KEY_TEXT: Final = base64.urlsafe_b64encode(b"k" * 32).decode()
SECRET: Final = ExportSecret(KEY_TEXT, is_passphrase=False)
OTHER_SECRET: Final = ExportSecret(base64.urlsafe_b64encode(b"o" * 32).decode(), is_passphrase=False)

Rows: TypeAlias = dict[str, list[dict[str, Any]]]
"""Rows by table."""
Members: TypeAlias = list[tuple[str, bytes]]
"""The files of an archive, without its manifest."""


async def exported(
    database: Database,
    vault: Vault,
    to: Path,
    account: str,
    *,
    secret: ExportSecret | None = SECRET,
    with_connected: bool = False,
) -> Manifest:
    """Export an account, and return what is in the file."""
    done = await export_account(database, vault, to, account, secret=secret, with_connected=with_connected, **typed())
    return done.manifest


async def imported(
    database: Database,
    vault: Vault,
    path: Path,
    *,
    secret: ExportSecret | None = SECRET,
    platform: str | None = None,
    as_first: bool = False,
    with_keys: bool = True,
) -> Checked:
    """Import a file, and return what was in it."""
    choices = ImportChoices(platform=platform, as_first=as_first, with_keys=with_keys)
    return await import_account(database, vault, path, secret, choices, **typed())


def read_rows(path: Path, secret: ExportSecret | None = SECRET) -> Rows:
    """Return all rows of a file, with their secrets decrypted."""
    check_export(path, secret)
    found: Rows = {table.name: [] for table in EXPORTED}
    with reading_export(path, secret, check_rows=False) as reader:
        for table, lines in reader.batches():
            for row in map(json.loads, lines):
                for column in table.sealed:
                    if row[column] is not None and reader.vault is not None:
                        row[column] = reader.vault.open(row[column].encode(), place=place_of(table, column, row))
                found[table.name].append(row)
    return found


def without(rows: Sequence[Mapping[str, Any]], *columns: str) -> list[dict[str, Any]]:
    """Return rows without some of their columns."""
    return [{name: value for name, value in row.items() if name not in columns} for row in rows]


def read_members(path: Path) -> Members:
    """Return the files of an export's archive as they stand in it."""
    plain = bytearray()
    open_export(path, SECRET, plain.extend)
    *members, _manifest = tar.members(iter([bytes(plain)]), max_bytes=len(plain))
    return [(member.name, member.content) for member in members]


def archive_of(members: Members) -> Iterator[bytes]:
    """Yield the archive that has these files, and a manifest of them that is right."""
    header = json_codec.decode(dict(members)[HEADER_NAME])
    parts = [part_of(name, content.splitlines(), content) for name, content in members if name != HEADER_NAME]
    manifest = {"header": header, "parts": parts, "total": total_of(parts), "refusals": []}
    for name, content in [*members, (MANIFEST_NAME, json_codec.encode(manifest))]:
        yield from tar.member(name, content)
    yield tar.end()


def sealed(archive: Iterator[bytes]) -> bytes:
    """Return the file that has an archive, encrypted."""
    begin, key = SECRET.begin()
    sealer = Sealer(key, name=name_of(begin), purpose=EXPORT)
    pieces = [begin, sealer.header, *map(sealer.update, archive)]
    return b"".join([*pieces, sealer.finish()])


def forge(path: Path, to: Path, change: Callable[[Members], Members]) -> None:
    """Write an export anew that somebody has changed who knows the key."""
    to.write_bytes(sealed(archive_of(change(read_members(path)))))


def edited(table: str, edit: Callable[[bytes], bytes]) -> Callable[[Members], Members]:
    """Return a change of the rows of one table, as one text."""

    def change(members: Members) -> Members:
        return [(name, edit(content) if name.startswith(f"{table}/") else content) for name, content in members]

    return change
