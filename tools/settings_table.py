"""Writes the table of docs/settings.md from `platform/settings.py`: `python tools/settings_table.py`."""

import sys
from pathlib import Path
from typing import Final

from brim.platform.settings import SETTINGS

DOCUMENT: Final = Path(__file__).parents[1] / "docs" / "settings.md"
_ROW: Final = "| `--"


def with_rows(document: str) -> str:
    """Return the document with the rows that the settings have now, where it had rows."""
    lines = document.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(_ROW))
    rest = [line for line in lines[first:] if not line.startswith(_ROW)]
    return "\n".join([*lines[:first], *(setting.document_row() for setting in SETTINGS), *rest]) + "\n"


if __name__ == "__main__":
    DOCUMENT.write_text(with_rows(DOCUMENT.read_text(encoding="utf-8")), encoding="utf-8")
    sys.stdout.write(f"wrote {DOCUMENT}\n")
