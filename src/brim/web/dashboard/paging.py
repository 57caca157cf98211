"""Older and newer pages of a list, by the API's own cursors in the page's address."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from brim.http.form import Field
from brim.web.dashboard.signed import SignedVisit

PAGE_SIZE: Final = 20
CURSORS: Final = ("starting_after", "ending_before")


class Paging(msgspec.Struct, frozen=True):
    """Addresses of the neighbouring pages; None where there is none."""

    newer: str | None
    older: str | None


def page_query(page: SignedVisit, *, limit: int = PAGE_SIZE) -> dict[str, Field]:
    """Return what asks the API for the page that an address names."""
    query: dict[str, Field] = {"limit": limit}
    for cursor in CURSORS:
        if cursor in page.query:
            query[cursor] = page.query[cursor]
            break
    return query


def paging(page: SignedVisit, answered: Mapping[str, Any]) -> Paging:
    """Return the neighbours of a page that the API answered."""
    items = answered["data"]
    if not items:
        return Paging(newer=None, older=None)
    backwards = "ending_before" in page.query and "starting_after" not in page.query
    has_older = backwards or answered["has_more"]
    has_newer = answered["has_more"] if backwards else "starting_after" in page.query
    newer = page.changed_link(ending_before=items[0]["id"], starting_after=None, done=None) if has_newer else None
    older = page.changed_link(starting_after=items[-1]["id"], ending_before=None, done=None) if has_older else None
    return Paging(newer=newer, older=older)
