"""Forms and addresses before there is a session: which forms come from pages of ours, and where it may go on.

A form of a session carries its token. Where nobody is signed in yet there is none, and a browser's own word tells where
a form was: it says so in headers that no page can set.
Source: Fetch Metadata Request Headers (W3C) section 2.2.
"""

import re
from typing import Final

from brim.core.operators import DASHBOARD_PATH
from brim.http.origin import explain_origin, is_own_origin
from brim.web.operators.wording import SAID
from brim.web.visit import Visit

_OWN_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""Printable ASCII, as browsers send paths. Two slashes, or a backslash that browsers take for one, lead elsewhere."""

_LEADS_ROUND: Final = ("/sign-in", "/sign-out", "/first-run", "/set-password")


def is_own_form(visit: Visit) -> bool:
    """Tell whether a form was on a page of ours; who says nothing of it is no browser."""
    site = visit.request.header(b"sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    return is_own_origin(visit.request, visit.public)


def refusal_of_form(visit: Visit) -> str:
    """Return what to say where a form is not from a page of ours, with what to set where a proxy may be the cause."""
    by_browser = visit.request.header(b"sec-fetch-site") is not None
    explained = None if by_browser else explain_origin(visit.request, visit.public)
    return f"{SAID['elsewhere']} {explained}" if explained else SAID["elsewhere"]


def own_path(text: str) -> str:
    """Return where it goes on after signing in: a path of ours, whatever the address asked for."""
    if not _OWN_PATH.fullmatch(text) or text == "/" or text.startswith(_LEADS_ROUND):
        return DASHBOARD_PATH
    return text
