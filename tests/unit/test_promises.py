"""docs/promises.md and docs/threat-model.md: the tests that are to prove what they say are there."""

import ast
import re
from pathlib import Path
from typing import Final

import pytest

_ROOT: Final = Path(__file__).parents[2]
_PROVED_OTHERWISE: Final = ["An upgrade fails no request", "No response depends on a replica."]


def _read(page: str) -> str:
    return (_ROOT / "docs" / page).read_text(encoding="utf-8")


def _tests_in(path: str) -> set[str]:
    tree = ast.parse((_ROOT / "tests" / path).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


@pytest.mark.parametrize("page", ["promises.md", "threat-model.md"])
def test_every_test_that_a_page_names_is_there(page: str) -> None:
    named = re.findall(r"`([a-z_0-9/]+\.py)::([a-z_0-9]+)`", _read(page))
    assert len(named) > 20
    assert [f"{path}::{name}" for path, name in named if name not in _tests_in(path)] == []


def test_every_promise_names_what_proves_it() -> None:
    promised, _, _ = _read("promises.md").partition("\n## Not promised")
    bold = [bullet for bullet in re.split(r"\n\* ", promised)[1:] if bullet.startswith("**")]
    assert [bullet.split("**")[1] for bullet in bold if "::" not in bullet] == _PROVED_OTHERWISE


def test_every_threat_names_what_proves_its_control() -> None:
    _, _, rows = _read("threat-model.md").partition("\n## Threats and controls")
    rows, _, _ = rows.partition("\n## What remains")
    threats = [row for row in rows.splitlines() if row.startswith("| ") and not row.startswith(("| threat", "| risk"))]
    assert len(threats) > 30
    assert [row for row in threats if "::" not in row] == []
