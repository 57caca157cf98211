"""Statements of the bank's SQLite file, by name."""

import re
from pathlib import Path

import brim.bank

FOLDER = Path(brim.bank.__file__).parent


def test_each_statement_exists_and_is_used() -> None:
    code = "".join(module.read_text("utf-8") for module in FOLDER.glob("*.py"))
    used = re.findall(r"store\.(?:run|run_many|rows|row|value)\(\s*[\"'](\w+)[\"']", code)
    named = re.findall(r"^-- name: (\w+)", (FOLDER / "queries.sql").read_text("utf-8"), re.MULTILINE)
    assert set(used) == set(named)
    assert len(set(named)) == len(named)
