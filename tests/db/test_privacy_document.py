"""Every column that can hold a text is classified, and docs/privacy.md says what is."""

from typing import Final

from privacy import DOCUMENT, noted_columns, read_notes, with_table

from brim.core.erasure import ENTRY_YEARS, Reason
from brim.platform.database import Database
from tests.support.traces import text_columns

WHOSE: Final = {"account", "payer", "operator", "platform", "account, payer", "account, operator"}


async def test_every_column_that_can_hold_a_text_is_classified(owner_database: Database) -> None:
    """A new column that nobody has thought of is named here: add it to tools/privacy_notes.toml, and erase it."""
    async with owner_database.connection() as conn:
        assert noted_columns(read_notes()) == sorted(await text_columns(conn))


def test_what_is_personal_is_somebodys_and_its_erasure_is_told() -> None:
    for table, note in read_notes().items():
        for part, whose in note.get("personal", {}).items():
            assert whose in WHOSE, f"{table}.{part}"
            assert "erasure" in note or whose in {"operator", "platform"}, f"{table}.{part}"


def test_the_document_is_what_the_notes_give() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert text == with_table(text, read_notes()), "run: python tools/privacy.py"


def test_the_document_names_each_reason_that_refuses_an_erasure() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    assert all(f"`{reason}`" in text for reason in Reason)
    assert ENTRY_YEARS == 6, "the document says six"
