"""What each row of an export has to be, so that nothing but the account's own comes in."""

from collections.abc import Collection, Mapping
from typing import Any, TypeAlias

import msgspec

from brim.base import json_codec
from brim.core.portability.live_rules import LiveMoney
from brim.core.portability.rules import ExportBrokenError, Header
from brim.core.portability.table_rules import Table, columns_read, place_of
from brim.platform.vault import MisplacedSecretError, SecretUnreadableError, Vault

RawRow: TypeAlias = dict[str, msgspec.Raw]
"""A row whose values are the bytes that the database wrote, so that they come in as they went out."""

_read_row = json_codec.decoder(RawRow)


class RowCheck:
    """Looks at one row after another of an export.

    Args:
        header: what the export says it is.
        vault: opens its secrets; None where it has none.
    """

    def __init__(self, header: Header, vault: Vault | None) -> None:
        self._header = header
        self._vault = vault
        self._accounts = frozenset(header.accounts)
        self._platforms: dict[str, str | None] = {}
        self._last: tuple[str, tuple[Any, ...]] = ("", ())
        self.live = LiveMoney(is_connected=header.platform is not None)

    def check(self, table: Table, line: bytes) -> None:
        """Let a row pass that is one of this export's.

        Raises:
            ExportBrokenError: it is not, and why.
        """
        try:
            row = _read_row(line)
            if list(row) != self._header.tables[table.name] or json_codec.encode(row) != line:
                raise ExportBrokenError(f"a row of {table.name} does not have the table's columns")
            self._check(table, {name: json_codec.decode(row[name]) for name in columns_read(table)}, row)
        except (msgspec.DecodeError, UnicodeError, KeyError, TypeError, AttributeError):
            raise ExportBrokenError(f"a row of {table.name} cannot be read") from None

    def conclude(self) -> None:
        """Let an export pass that has every account that it names.

        Raises:
            ExportBrokenError: one is missing, or is under another platform than the export says.
        """
        root, under = self._header.account, set(self._header.accounts) - {self._header.account}
        wanted = {root: self._header.platform, **dict.fromkeys(under, root)}
        if self._platforms != wanted:
            raise ExportBrokenError("the accounts in it are not those that it names")

    def _check(self, table: Table, seen: Mapping[str, Any], row: RawRow) -> None:
        owner = seen[table.owner]
        if owner not in self._accounts:
            raise ExportBrokenError(f"{table.name} has rows of another account")
        if any(seen[name] and seen[name] not in self._accounts for name in table.others):
            raise ExportBrokenError(f"{table.name} has rows about another account")
        key = tuple(seen[name] for name in ((table.owner, *table.key) if table.is_walked else table.key))
        if self._last[0] == table.name and not self._last[1] < key:
            raise ExportBrokenError(f"rows of {table.name} are repeated, or out of order")
        self._last = (table.name, key)
        for column in table.sealed:
            self._check_sealed(table, column, seen, json_codec.decode(row[column]))
        if table.name == "accounts":
            self._platforms[owner] = seen["platform"]
        self.live.look(table.name, seen)

    def _check_sealed(self, table: Table, column: str, seen: Mapping[str, Any], sealed: str | None) -> None:
        if sealed is None:
            return
        if self._vault is None:
            raise ExportBrokenError(f"{table.name} has secrets, and an export for reading has none")
        try:
            self._vault.open(sealed.encode(), place=place_of(table, column, seen))
        except (SecretUnreadableError, MisplacedSecretError):
            raise ExportBrokenError(f"a secret of {table.name} does not belong to its row") from None


def read_row(line: bytes) -> RawRow:
    """Return the values of a row as they were written."""
    return _read_row(line)


def values_of(row: RawRow, columns: Collection[str]) -> dict[str, Any]:
    """Return some of the values of a row."""
    return {name: json_codec.decode(row[name]) for name in columns}


def raw(value: Any) -> msgspec.Raw:
    """Return a value as it is written."""
    return msgspec.Raw(json_codec.encode(value))
