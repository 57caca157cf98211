"""Waiting for what comes of something that was just sent: its page looks again until there is a newer attempt.

What is waited for stands in the page's address, so nothing has to be remembered; without scripts the page is loaded
anew by hand.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from brim.web.dashboard.signed import SignedVisit

NONE_YET: Final = "none"
MOST_LOOKS: Final = 10
"""One each second and a half: what has not come by then is written to the list when it comes."""


async def newest_attempt(page: SignedVisit, path: str) -> str:
    """Return the id of the newest attempt in a list of the API, or a word for none."""
    found = await page.api.get(path, limit=1)
    return _newest(found["data"])


def next_look(page: SignedVisit, attempts: Sequence[Mapping[str, Any]]) -> str | None:
    """Return the address of the next look, None where nothing is waited for any more.

    Args:
        page: the page, in whose address `awaits` names the newest attempt of before.
        attempts: those that it shows, newest first.
    """
    looks = page.query.get("looks", "0")
    if page.query.get("awaits") != _newest(attempts) or not looks.isdecimal() or int(looks) >= MOST_LOOKS:
        return None
    return page.changed_link(done=None, looks=int(looks) + 1)


def _newest(attempts: Sequence[Mapping[str, Any]]) -> str:
    return str(attempts[0]["id"]) if attempts else NONE_YET
