"""docs/schema.md is what `python tools/schema.py` makes of the migrated database."""

import asyncpg
import pytest
from schema import DOCUMENT, Table, UnfitNotesError, read_tables, render


async def tables_of(url: str) -> dict[str, Table]:
    conn = await asyncpg.connect(url)
    try:
        return await read_tables(conn)
    finally:
        await conn.close()


async def test_the_document_is_what_the_schema_gives(database_url: str) -> None:
    wanted = render(await tables_of(database_url))
    assert DOCUMENT.read_text(encoding="utf-8") == wanted, "run: python tools/schema.py"


async def test_a_table_without_a_note_is_named(database_url: str) -> None:
    tables = await tables_of(database_url)
    with pytest.raises(UnfitNotesError, match="no note on payouts"):
        render({**tables, "payouts": Table()})
