"""Saved views of the list of top-ups: filters under a name, kept in a cookie of the browser."""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from typing import Final
from urllib.parse import urlencode

import msgspec

from brim.base import json_codec
from brim.http.message import Reply
from brim.web.dashboard.signed import SignedVisit
from brim.web.dashboard.topups.filters import NAMES

VIEWS_COOKIE: Final = "brim_views"
MOST_VIEWS: Final = 8
LONGEST_NAME: Final = 30
_LONGEST_COOKIE: Final = 3000
"""Browsers keep cookies of up to 4,096 bytes."""
_KEPT_S: Final = 365 * 24 * 3600
_SPACE: Final = re.compile(r"\s+")


class SavedView(msgspec.Struct, frozen=True):
    """Filters under a name."""

    name: str
    filters: dict[str, str]


def read_views(cookies: Mapping[str, str]) -> tuple[SavedView, ...]:
    """Return the views in a browser's cookies; none where the cookie is not one of ours."""
    text = cookies.get(VIEWS_COOKIE, "")
    try:
        views = json_codec.decoder(tuple[SavedView, ...])(urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError, msgspec.MsgspecError):
        return ()
    return tuple(SavedView(view.name, _known(view.filters)) for view in views[:MOST_VIEWS])


async def change(page: SignedVisit) -> Reply:
    """`POST /topups/views`: save the filters in the form under a name, or delete the view of a name."""
    views = {view.name: view for view in read_views(page.visit.cookies)}
    name = _SPACE.sub(" ", page.form.get("name", "")).strip()[:LONGEST_NAME]
    filters = _known(page.form)
    if "delete" in page.form:
        views.pop(page.form["delete"], None)
    elif name and filters:
        views[name] = SavedView(name, filters)
    kept = list(views.values())[-MOST_VIEWS:]
    while len(text := _written(kept)) > _LONGEST_COOKIE:
        del kept[0]
    reply = page.redirect("/topups", **filters)
    reply.headers.append(f"Set-Cookie: {VIEWS_COOKIE}={text}; Path=/; Max-Age={_KEPT_S}; HttpOnly; SameSite=Lax")
    return reply


def _known(values: Mapping[str, str]) -> dict[str, str]:
    return {name: values[name] for name in NAMES if values.get(name)}


def _written(views: list[SavedView]) -> str:
    return urlsafe_b64encode(json_codec.encode(views)).decode().rstrip("=")


def query_of(view: SavedView) -> str:
    """Return a view's filters as they stand in an address, to tell whether it is the one that is shown."""
    return urlencode(sorted(view.filters.items()))
