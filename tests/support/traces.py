"""Markers: unique words that are planted wherever a person can be named, and looked for in a whole database."""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken

_TEXTS: Final = """
SELECT c.relname AS name, a.attname AS part, format_type(a.atttypid, NULL) AS type
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
    AND format_type(a.atttypid, NULL) IN ('text', 'json', 'jsonb', 'bytea')
ORDER BY c.relname, a.attnum
"""

_FERNET: Final = b"g"
"""How base64 writes the first byte of what Fernet has encrypted."""


class Markers:
    """Unique words, each for one field of one person; `m["name"]` is made when it is first asked for."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._made: dict[str, str] = {}

    def __getitem__(self, field: str) -> str:
        return self._made.setdefault(field, f"{self._prefix}q{len(self._made):02}z")

    def email(self, field: str) -> str:
        """Return an email address with a marker in it."""
        return f"{self[field]}@example.com"

    def number(self, field: str, digits: str) -> str:
        """Plant digits, such as an account number, and return them."""
        self._made[field] = digits
        return digits

    @property
    def planted(self) -> Mapping[str, str]:
        """The words by field."""
        return dict(self._made)


async def text_columns(conn: Any) -> list[tuple[str, str]]:
    """Return every column of the database that can hold a text, JSON or bytes, by table and name."""
    return [(row["name"], row["part"]) for row in await conn.fetch(_TEXTS)]


async def look_for(conn: Any, markers: Sequence[Markers], *, key: str) -> list[dict[str, set[str]]]:
    """Return for each of some markers which fields were found, by column.

    Every column of every table that holds texts, JSON or bytes is read, and encrypted values are opened with the key.
    """
    fields = {word.upper(): (each, field) for each in markers for field, word in each.planted.items()}
    words = re.compile("|".join(map(re.escape, sorted(fields, key=len, reverse=True))))
    found: dict[Markers, defaultdict[str, set[str]]] = {each: defaultdict(set) for each in markers}
    parts: defaultdict[str, list[str]] = defaultdict(list)
    for table, part in await text_columns(conn):
        parts[table].append(part)
    for table, names in parts.items():
        columns = ", ".join(f'"{name}"' for name in names)
        for record in await conn.fetch(f'SELECT {columns} FROM "{table}"'):
            for part, value in record.items():
                for word in words.findall(_reading(value, key)):
                    whose, field = fields[word]
                    found[whose][f"{table}.{part}"].add(field)
    return [dict(found[each]) for each in markers]


def _reading(value: Any, key: str) -> str:
    """Return what a value says in capitals, opened where it is encrypted."""
    if value is None:
        return ""
    content = value if isinstance(value, bytes) else str(value).encode()
    text = content.decode("utf-8", "replace")
    if content.startswith(_FERNET):
        with suppress(InvalidToken):
            text += Fernet(key).decrypt(content).decode("utf-8", "replace")
    return text.upper()
