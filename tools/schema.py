"""Writes docs/schema.md: diagrams of the tables as migrations make them, and what each table is for.

`python tools/schema.py` migrates a PostgreSQL of its own in a temporary folder and writes the document. Columns, keys
and references come from the database; which capability writes a table, from the statements; the texts, from
schema_notes.toml. `tests/db/test_schema_document.py` fails when the document is not what this writes.
"""

import asyncio
import re
import sys
import tempfile
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import asyncpg

from brim.host.embedded import EmbeddedPostgres
from brim.host.preparation import prepare_embedded

ROOT: Final = Path(__file__).parents[1]
DOCUMENT: Final = ROOT / "docs" / "schema.md"
_NOTES: Final = Path(__file__).with_name("schema_notes.toml")
_SOURCE: Final = ROOT / "src" / "brim"
_WRITE: Final = re.compile(r"\b(?:INSERT INTO|UPDATE|DELETE FROM)\s+([a-z_]+)")

_COLUMNS: Final = """
SELECT relname AS name, attname AS part, format_type(atttypid, atttypmod) AS type,
       coalesce(attnum = ANY (conkey), false) AS is_key
  FROM pg_class AS t
  JOIN pg_attribute AS a ON attrelid = t.oid AND attnum > 0 AND NOT attisdropped
  LEFT JOIN pg_constraint AS c ON conrelid = t.oid AND contype = 'p'
 WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
 ORDER BY relname, attnum
"""
_REFERENCES: Final = """
SELECT conrelid::regclass::text AS name, confrelid::regclass::text AS target,
       (SELECT attname FROM pg_attribute WHERE attrelid = conrelid AND attnum = conkey[cardinality(conkey)]) AS part
  FROM pg_constraint
 WHERE contype = 'f' AND connamespace = 'public'::regnamespace
 ORDER BY conrelid::regclass::text, conname
"""

_HEAD: Final = """# The schema

Made by `python tools/schema.py` from the migrated database; a test compares the two. Texts stand in
`tools/schema_notes.toml`. [ARCHITECTURE](ARCHITECTURE.md) says how the tables work together.

`account` and `livemode` begin the key of all that belongs to an account. A solid line is a foreign key; a dashed line
is a reference that the writing statements keep, since a foreign key would cost a look-up for every row, or because the
row may outlive what it names. "Written by" names the capabilities of `src/brim/core` whose statements write a table,
but for `portability`, which writes an imported account into every table that [exports](export.md) have.
"""


@dataclass
class Table:
    """A table as the database describes it."""

    columns: dict[str, str] = field(default_factory=dict)
    keys: set[str] = field(default_factory=set)
    references: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Note:
    """What the notes say of a table."""

    purpose: str
    grows_with: str
    refers_to: list[tuple[str, str]]


class UnfitNotesError(Exception):
    """The notes name what the schema lacks, or leave out what it has."""


async def read_tables(conn: asyncpg.Connection) -> dict[str, Table]:
    """Return every table by its name."""
    tables: defaultdict[str, Table] = defaultdict(Table)
    for name, part, kind, is_key in await conn.fetch(_COLUMNS):
        tables[name].columns[part] = kind
        if is_key:
            tables[name].keys.add(part)
    for name, target, part in await conn.fetch(_REFERENCES):
        tables[name].references.append((part, target))
    return dict(tables)


def render(tables: Mapping[str, Table]) -> str:
    """Return the document.

    Raises:
        UnfitNotesError: the notes do not fit the tables.
    """
    notes = _read_notes()
    _check(tables, {name: note for section in notes.values() for name, note in section.items()})
    writers = _read_writers()
    parts = [_HEAD]
    for title, section in notes.items():
        rows = [
            f"| `{name}` | {note.purpose} | {', '.join(writers[name])} | {note.grows_with} |"
            for name, note in section.items()
        ]
        table = "\n".join(["| table | purpose | written by | grows with |", "|---|---|---|---|", *rows])
        diagram = "\n".join(["```mermaid", "erDiagram", *_diagram(tables, section), "```"])
        parts.append(f"## {title}\n\n{table}\n\n{diagram}\n")
    return "\n".join(parts)


def _read_notes() -> dict[str, dict[str, Note]]:
    with _NOTES.open("rb") as file:
        sections = tomllib.load(file)
    return {title: {name: _note(row) for name, row in section.items()} for title, section in sections.items()}


def _note(row: Mapping[str, str | list[str]]) -> Note:
    pairs = [str(reference).split(" -> ") for reference in row.get("refers_to", [])]
    return Note(str(row["purpose"]), str(row["grows_with"]), [(part, target) for part, target in pairs])


def _check(tables: Mapping[str, Table], notes: Mapping[str, Note]) -> None:
    wrong = [f"no note on {name}" for name in sorted(tables.keys() - notes.keys())]
    wrong += [f"a note on {name}, which is no table" for name in sorted(notes.keys() - tables.keys())]
    wrong += [
        f"{name}.{part} -> {target} does not exist"
        for name, note in notes.items()
        for part, target in note.refers_to
        if name in tables and (part not in tables[name].columns or target not in tables)
    ]
    if wrong:
        raise UnfitNotesError(f"{_NOTES.name}: {'; '.join(wrong)}")


def _read_writers() -> dict[str, list[str]]:
    """Return, by table, the capabilities whose statements write it; the platform's own by their package."""
    writers: defaultdict[str, set[str]] = defaultdict(set)
    for file in _SOURCE.rglob("*.sql"):
        if file.parent.name not in {"migrations", "bank", "portability"}:  # the rehearsal bank has its own; see _HEAD
            statements = re.sub(r"--.*", "", file.read_text(encoding="utf-8"))
            for name in _WRITE.findall(statements):
                writers[name].add(file.parent.name)
    return defaultdict(list, {name: sorted(rooms) for name, rooms in writers.items()})


def _diagram(tables: Mapping[str, Table], section: Mapping[str, Note]) -> Iterator[str]:
    for name in section:
        yield f"    {name} {{"
        references = {part for part, _ in tables[name].references}
        for part, kind in tables[name].columns.items():
            marks = ["PK"] * (part in tables[name].keys) + ["FK"] * (part in references)
            yield f"        {kind.replace(' ', '_')} {part} {', '.join(marks)}".rstrip()
        yield "    }"
    for name, note in section.items():
        for line, pairs in (("--", tables[name].references), ("..", note.refers_to)):
            for part, target in pairs:
                yield f'    {target} ||{line}o{{ {name} : "{part}"'


async def _read_migrated() -> dict[str, Table]:
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        await server.start()
        try:
            await prepare_embedded(server.urls, now_ms=int(time.time() * 1000))
            conn = await asyncpg.connect(server.urls.owner)
            try:
                return await read_tables(conn)
            finally:
                await conn.close()
        finally:
            await server.stop()


if __name__ == "__main__":
    DOCUMENT.write_text(render(asyncio.run(_read_migrated())), encoding="utf-8")
    sys.stdout.write(f"wrote {DOCUMENT.relative_to(ROOT)}\n")
