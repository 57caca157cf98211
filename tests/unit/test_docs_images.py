"""The pictures that `make screenshots` makes are small and shown with words; whatever picture a page shows is there."""

import re
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"
MOST_PICTURES = 8
MOST_BYTES = 80 * 1024


def test_each_picture_is_small_and_shown_with_words_for_who_does_not_see_it() -> None:
    shown = {}
    for page in sorted(DOCS.rglob("*.md")):
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            shown[(page.parent / target).resolve()] = words
    assert [str(path) for path in shown if not path.is_file()] == []
    made = {path.resolve() for path in (DOCS / "images").glob("*.webp")}
    assert made <= set(shown)
    assert all(len(shown[path].split()) > 3 for path in made)
    assert len(made) <= MOST_PICTURES
    assert {path.name for path in made if path.stat().st_size >= MOST_BYTES} == set()
