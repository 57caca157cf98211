"""Writes the table of docs/privacy.md from privacy_notes.toml: `python tools/privacy.py`.

`tests/db/test_privacy_document.py` fails when the document is not what this writes, or when a column that can hold a
text is missing in the notes.
"""

import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
DOCUMENT: Final = ROOT / "docs" / "privacy.md"
_NOTES: Final = Path(__file__).with_name("privacy_notes.toml")
_HEAD: Final = "| column | whose | what an erasure does |"
_KEPT: Final = "nothing: see below"


def read_notes() -> dict[str, Any]:
    """Return what the notes say, by table."""
    with _NOTES.open("rb") as file:
        return tomllib.load(file)


def noted_columns(notes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return each column that the notes name, by table and name, sorted."""
    return sorted(
        (table, part) for table, note in notes.items() for part in (*note.get("personal", {}), *note["other"])
    )


def with_table(document: str, notes: Mapping[str, Any]) -> str:
    """Return the document with the table that the notes give, where it had one."""
    before, _, rest = document.partition(_HEAD)
    after = rest.partition("\n\n")[2]
    return f"{before}{_HEAD}\n|---|---|---|\n" + "\n".join(_rows(notes)) + f"\n\n{after}"


def _rows(notes: Mapping[str, Any]) -> Iterator[str]:
    for table, note in notes.items():
        by_owner: dict[str, list[str]] = {}
        for part, whose in note.get("personal", {}).items():
            by_owner.setdefault(whose, []).append(f"`{part}`")
        for whose, parts in by_owner.items():
            does = note.get("erasure", _KEPT) if whose not in {"operator", "platform"} else _KEPT
            yield f"| `{table}`: {', '.join(parts)} | {whose} | {does} |"


if __name__ == "__main__":
    DOCUMENT.write_text(with_table(DOCUMENT.read_text(encoding="utf-8"), read_notes()), encoding="utf-8")
    sys.stdout.write(f"wrote {DOCUMENT.relative_to(ROOT)}\n")
