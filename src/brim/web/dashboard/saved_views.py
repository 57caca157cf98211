"""Saved views of lists: filters under a name, kept in a cookie of the browser."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from itertools import islice
from typing import Final

import msgspec

from brim.base import json_codec
from brim.http.message import Reply
from brim.web.dashboard.signed import SignedVisit

VIEWS_COOKIE: Final = "brim_views"
MOST_VIEWS: Final = 8
"""Of all lists together: what fits the cookie."""
LONGEST_NAME: Final = 30
LISTS: Final = frozenset(
    {
        "/topups",
        "/balance-transactions",
        "/events",
        "/funding-sources",
        "/negative-balances",
        "/refunds",
        "/breaks",
        "/ach/files",
        "/ach/bank-files",
        "/ach/returns",
        "/ach/reversals",
        "/ach/corrections",
        "/ach/prenotes",
        "/ach/microdeposits",
        "/bank-statements",
        "/statement-lines",
        "/line-settlements",
        "/incoming-transfers",
    }
)
"""The pages that have saved views."""

_NOT_FILTERS: Final = frozenset({"form_token", "name", "delete", "list"})
_FILTER: Final = re.compile(r"[a-z_]{1,30}")
_LONGEST_FILTER: Final = 600
"""Longer than a value of metadata, which has up to 500 characters."""
_MOST_FILTERS: Final = 20
_LONGEST_COOKIE: Final = 3000
"""Browsers keep cookies of up to 4,096 bytes."""
_KEPT_S: Final = 365 * 24 * 3600
_SPACE: Final = re.compile(r"\s+")


class SavedView(msgspec.Struct, frozen=True):
    """Filters of a list under a name."""

    name: str
    filters: dict[str, str]
    path: str = "/topups"


def read_views(cookies: Mapping[str, str], path: str) -> tuple[SavedView, ...]:
    """Return the views of a list in a browser's cookies; none where the cookie is not one of ours."""
    return tuple(view for view in _read_all(cookies) if view.path == path)


def _read_all(cookies: Mapping[str, str]) -> list[SavedView]:
    text = cookies.get(VIEWS_COOKIE, "")
    try:
        views = json_codec.decoder(tuple[SavedView, ...])(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return []
    known = [view for view in views[:MOST_VIEWS] if view.path in LISTS]
    return [SavedView(view.name, _filters_in(view.filters), view.path) for view in known]


async def change(page: SignedVisit) -> Reply:
    """`POST /saved-views`: save the filters in the form under a name, or delete the view of a name."""
    path = page.form.get("list", "")
    path = path if path in LISTS else "/topups"
    views = {(view.path, view.name): view for view in _read_all(page.visit.cookies)}
    name = _SPACE.sub(" ", page.form.get("name", "")).strip()[:LONGEST_NAME]
    filters = _filters_in(page.form)
    if "delete" in page.form:
        views.pop((path, page.form["delete"]), None)
    elif name and filters:
        views[path, name] = SavedView(name, filters, path)
    kept = list(views.values())[-MOST_VIEWS:]
    while len(text := _written(kept)) > _LONGEST_COOKIE:
        del kept[0]
    reply = page.redirect(path, **filters)
    reply.headers.append(f"Set-Cookie: {VIEWS_COOKIE}={text}; Path=/; Max-Age={_KEPT_S}; HttpOnly; SameSite=Lax")
    return reply


def _filters_in(values: Mapping[str, str]) -> dict[str, str]:
    """Return the filters among some values, as many and as long as a list may have."""
    filters = {
        name: text
        for name, text in values.items()
        if text and len(text) <= _LONGEST_FILTER and _FILTER.fullmatch(name) and name not in _NOT_FILTERS
    }
    return dict(islice(filters.items(), _MOST_FILTERS))


def _written(views: list[SavedView]) -> str:
    return urlsafe_b64encode(json_codec.encode(views)).decode().rstrip("=")
