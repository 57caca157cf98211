"""Every button that does what can't simply be undone asks first: in a fold, or on a page of its own."""

import re
from pathlib import Path
from typing import Final

import brim.web.pages

_TEMPLATES: Final = Path(brim.web.pages.__file__).parent / "templates"
_BAD_BUTTON: Final = re.compile(r"<button class=\"[^\"]*button-bad[^\"]*\" type=\"submit\"")
_ASKS: Final = re.compile(r"\{% call confirming\(.*?\{% endcall %\}|<details.*?</details>", re.DOTALL)

PAGES_OF_THEIR_OWN: Final = {
    "dashboard/ach_file_action.html": "shows what is approved, voided or resubmitted",
    "dashboard/ach_reversal_new.html": "asks for a reason",
    "dashboard/apikey_roll.html": "asks whether the old key ends at once",
    "dashboard/rail_stops.html": "asks for which accounts, and why",
    "dashboard/refund_new.html": "says what is paid back",
    "dashboard/webhook_delete.html": "asks whether to delete",
    "operators/pairing.html": "asks whether to allow or deny",
    "operators/profile.html": "asks for a code",
}
FORMS_WITH_QUESTIONS: Final = {
    "dashboard/ach_return.html": "asks for the reason of a dishonor",
    "dashboard/correction.html": "asks for the code of a refusal",
    "dashboard/incoming_transfer.html": "asks for a reason",
}
"""Where what is to be done is filled in before it can be done."""


def test_every_button_that_cannot_be_undone_asks_first() -> None:
    found = set()
    for path in _TEMPLATES.rglob("*.html"):
        outside = _ASKS.sub("", path.read_text(encoding="utf-8"))
        if _BAD_BUTTON.search(outside):
            found.add(path.relative_to(_TEMPLATES).as_posix())
    assert found == PAGES_OF_THEIR_OWN.keys() | FORMS_WITH_QUESTIONS.keys()
