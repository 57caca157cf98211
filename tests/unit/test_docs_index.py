"""docs/README.md has a line for every page of docs."""

import re
from pathlib import Path

_DOCS = Path(__file__).parents[2] / "docs"


def test_the_index_has_every_page_once() -> None:
    rows = re.findall(r"^\| (.+?) \| .+ \|$", (_DOCS / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    listed = re.findall(r"\(([\w-]+\.md)\)", " ".join(rows))
    assert sorted(listed) == sorted(page.name for page in _DOCS.glob("*.md") if page.name != "README.md")
