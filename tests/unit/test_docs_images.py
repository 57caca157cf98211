"""The pictures that `make screenshots` makes are small and shown with words; whatever picture a page shows is there."""

import json
import re
from pathlib import Path

from tests.support.docs_images import SHOWN, WORDS, words_of

DOCS = Path(__file__).parents[2] / "docs"
PAGES = (*sorted(DOCS.rglob("*.md")), DOCS.parent / "README.md")
MOST_PICTURES = 12
MOST_BYTES = 80 * 1024


def test_each_picture_is_small_and_shown_with_words_for_who_does_not_see_it() -> None:
    shown = {}
    for page in PAGES:
        for words, target in re.findall(r"!\[([^\]]*)\]\(([^)]+)\)", page.read_text(encoding="utf-8")):
            shown[(page.parent / target).resolve()] = words
    assert [str(path) for path in shown if not path.is_file()] == []
    made = {path.resolve() for path in (DOCS / "images").glob("*.webp")}
    assert made <= set(shown)
    assert {path.stem for path in made} == SHOWN.keys()
    assert [path.name for path in (DOCS / "images").iterdir() if path.suffix not in {".webp", ".json", ".svg"}] == []
    assert all(len(shown[path].split()) > 3 for path in made)
    assert len(made) <= MOST_PICTURES
    assert {path.name for path in made if path.stat().st_size >= MOST_BYTES} == set()


def test_each_plot_is_small_and_shown_and_runs_nothing() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in PAGES)
    plots = sorted((DOCS / "images").glob("*.svg"))
    assert plots
    for plot in plots:
        text = plot.read_text(encoding="utf-8")
        assert f"](images/{plot.name})" in pages, plot
        assert len(text) < MOST_BYTES, plot
        assert not re.search(r"<script|href=|@import|url\(", text), plot


def test_no_page_has_other_words_than_its_picture() -> None:
    """Run `make screenshots` and look at the pictures, when this fails."""
    pictured = json.loads(WORDS.read_text(encoding="utf-8"))
    assert [name for name, template in SHOWN.items() if pictured.get(name) != words_of(template)] == []
