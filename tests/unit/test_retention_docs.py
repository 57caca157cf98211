"""docs/retention.md has every table, with what bounds it or why it is kept; and the settings that it names exist."""

import re
import tomllib
from pathlib import Path
from typing import Final

from brim.platform.settings import SETTINGS

_ROOT: Final = Path(__file__).parents[2]
_TEXT: Final = (_ROOT / "docs" / "retention.md").read_text(encoding="utf-8")
_ROW: Final = re.compile(r"^\| `(\w+)` \| (.+) \| (.+) \|$", re.MULTILINE)


def test_every_table_has_a_bound_or_a_reason() -> None:
    """The notes are compared with the database's tables by tests/db/test_schema_document.py."""
    notes = tomllib.loads((_ROOT / "tools" / "schema_notes.toml").read_text(encoding="utf-8"))
    tables = [table for part in notes.values() if isinstance(part, dict) for table in part]
    assert [row[0] for row in _ROW.findall(_TEXT)] == tables
    assert len(tables) > 60


def test_the_settings_that_it_names_exist_and_all_that_say_how_long_are_named() -> None:
    flags = {setting.flag for setting in SETTINGS}
    named = set(re.findall(r"`(--[a-z-]+)`", _TEXT)) | set(re.findall(r"`(--[a-z-]+) ", _TEXT))
    assert named <= flags
    assert {flag for flag in flags if flag.startswith("--keep-")} <= named
