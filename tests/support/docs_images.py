"""Which templates the pictures of docs/images show, and their words: a picture of other words than these is old."""

import hashlib
import json
import re
from pathlib import Path
from typing import Final

from brim.web.pages import TEMPLATES

IMAGES: Final = Path(__file__).parents[2] / "docs" / "images"
WORDS: Final = IMAGES / "words.json"
SHOWN: Final = {
    "dashboard-balance": "dashboard/overview.html",
    "dashboard-topup": "dashboard/topup.html",
    "dashboard-topups": "dashboard/topups.html",
    "reference": "reference/operation.html",
    "shell": "dashboard/topups.html",
    "statement": "dashboard/bank_statement.html",
    "open-lines": "dashboard/statement_lines.html",
    "settle-a-line": "dashboard/statement_line.html",
    "funding-instructions": "dashboard/funding_instructions.html",
    "incoming-transfers": "dashboard/incoming_transfers.html",
    "incoming-transfer": "dashboard/incoming_transfer.html",
}
"""The picture of each name, and the template of its page."""

_OF_ALL_PAGES: Final = frozenset(
    {
        "base.html",
        "dashboard/layout.html",
        "dashboard/live_page.html",
        "dashboard/parts.html",
        "dashboard/list_parts.html",
        "dashboard/live_parts.html",
    }
)
"""What pages share, most of which is in no picture."""

_OTHER: Final = re.compile(r'{%-? *(?:extends|from|include|import) "([^"]+)"')
_NO_WORDS: Final = re.compile(r"{#.*?#}|{%.*?%}|{{.*?}}|<[^>]*>", re.DOTALL)


def words_of(template: str) -> str:
    """Return what tells the words of a template and of what it is made from, whatever else is in them."""
    texts = [_NO_WORDS.sub(" ", (TEMPLATES / name).read_text(encoding="utf-8")) for name in sorted(_closure(template))]
    return hashlib.sha256(" ".join(" ".join(texts).split()).encode()).hexdigest()[:16]


def write_words() -> None:
    """Note of which words the pictures are, which were made just now."""
    found = {name: words_of(template) for name, template in SHOWN.items()}
    WORDS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


def _closure(template: str) -> set[str]:
    found: set[str] = set()
    waiting = [template]
    while waiting:
        name = waiting.pop()
        if name not in found | _OF_ALL_PAGES:
            found.add(name)
            waiting += _OTHER.findall((TEMPLATES / name).read_text(encoding="utf-8"))
    return found
