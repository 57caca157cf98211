"""Columns and fragments that are written once and filled into statements when they are loaded."""

from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import msgspec
import pytest

from brim.core.topups import Topup
from brim.core.topups.store import CreationRow
from brim.platform.sql import load_columns, load_queries

COLUMNS = """\
-- columns: key
-- What a row is found by.
account text,
id text

-- columns: row
{key_definitions},  -- and
amount bigint
"""
STATEMENTS = """\
-- name: insert_rows
INSERT INTO things ({row_columns})
SELECT {w.row_columns} FROM json_to_recordset($1) AS w ({row_definitions});

-- name: empty
SELECT '{}'::jsonb;
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    folder = tmp_path / f"package_of_{tmp_path.name}"  # imported once a name
    folder.mkdir()
    for name, text in (("__init__.py", ""), ("columns.sql", COLUMNS), ("queries.sql", STATEMENTS)):
        folder.joinpath(name).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return folder.name


def test_a_list_is_written_out_as_names_as_columns_of_a_table_and_with_its_types(package: str) -> None:
    assert load_queries(package) == {
        "insert_rows": (
            "INSERT INTO things (account, id, amount)\n"
            "SELECT w.account, w.id, w.amount FROM json_to_recordset($1) AS w (account text, id text, amount bigint)"
        ),
        "empty": "SELECT '{}'::jsonb",
    }
    assert load_queries(package, "columns") == {}


def test_a_fragment_is_filled_in_with_what_its_use_names(package: str) -> None:
    folder = resources.files(package)
    assert isinstance(folder, Path)
    folder.joinpath("fragments.sql").write_text(
        "-- fragment: rows of <table> by <key>: <columns>\n-- Why.\nSELECT <columns>\nFROM <table>\nORDER BY <key>\n",
        encoding="utf-8",
    )
    folder.joinpath("using.sql").write_text(
        "-- name: listed\nSELECT * FROM (\n{rows of things by id:\n    account, id}\n) AS t;", encoding="utf-8"
    )
    assert load_queries(package, "using", fragments=package) == {
        "listed": "SELECT * FROM (\nSELECT account, id\nFROM things\nORDER BY id\n) AS t"
    }


def test_a_list_that_is_not_there_is_an_error_when_statements_are_loaded(package: str) -> None:
    file = resources.files(package).joinpath("queries.sql")
    assert isinstance(file, Path)
    file.with_name("others.sql").write_text("-- name: other\nSELECT {rows_columns};", encoding="utf-8")
    with pytest.raises(KeyError, match="rows"):
        load_queries(package, "others")


def _names(struct: type[msgspec.Struct]) -> Sequence[str]:
    return [
        name
        for field in struct.__struct_fields__
        for name in (("account", "livemode") if field == "scope" else (field,))
    ]


def test_what_is_read_of_a_topup_are_its_fields() -> None:
    assert set(load_columns("brim.core.topups")["topup"]) == set(_names(Topup))


def test_a_create_is_given_every_column_that_it_writes() -> None:
    assert set(load_columns("brim.core.topups")["new_topup"]) <= set(_names(CreationRow))
