"""What linters cannot hold: where SQL and clocks may be, and that documents and code name the same things."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from brim.platform.settings import SETTINGS

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src" / "brim"
MODULES = sorted(SOURCE.rglob("*.py"))
SQL = re.compile(r"\b(SELECT\s.+\sFROM|INSERT\s+INTO|UPDATE\s+\w+\s+SET|DELETE\s+FROM)\b", re.DOTALL)
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("time", "time"), ("time", "time_ns"), ("date", "today")}


def texts_of(module: Path) -> Iterator[str]:
    """Yield the string literals of a module that are not docstrings."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            yield node.value


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_statements_stand_in_sql_files_only(module: Path) -> None:
    assert not [text for text in texts_of(module) if SQL.search(text)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.relative_to(SOURCE)))
def test_only_the_clock_module_reads_the_clock(module: Path) -> None:
    if module == SOURCE / "base" / "clock.py":
        return
    tree = ast.parse(module.read_text(encoding="utf-8"))
    read = {
        (node.value.id, node.attr)
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
    }
    assert not read & CLOCKS


def test_statements_never_ask_postgresql_for_the_time_or_a_random_value() -> None:
    for file in SOURCE.rglob("*.sql"):
        statements = re.sub(r"--.*", "", file.read_text(encoding="utf-8")).lower()
        assert not re.findall(r"\b(now\(\)|current_timestamp|clock_timestamp|random\(\)|gen_random_uuid)", statements)


def test_every_setting_stands_in_the_document_as_it_is() -> None:
    document = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    rows = [row for row in document.splitlines() if row.startswith("| `--")]
    assert rows == [setting.document_row() for setting in SETTINGS]


def test_documents_link_to_files_that_exist() -> None:
    for document in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+)\)", document.read_text(encoding="utf-8")):
            if "://" not in target:
                assert (document.parent / target).exists(), f"{document.name} links to {target}"


def test_every_room_says_what_it_is_for() -> None:
    for room in SOURCE.rglob("__init__.py"):
        docstring = ast.get_docstring(ast.parse(room.read_text(encoding="utf-8"))) or ""
        assert len(docstring) > 60, room
