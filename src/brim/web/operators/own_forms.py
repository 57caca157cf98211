"""Forms and addresses before there is a session: which forms come from pages of ours, and where it may go on.

A form of a session carries its token. Where nobody is signed in yet there is none, and a browser's own word tells where
a form was: it says so in headers that no page can set.
Source: Fetch Metadata Request Headers (W3C) section 2.2; RFC 6454 section 7, the header Origin.
"""

import re
from typing import Final
from urllib.parse import urlsplit

from brim.domain.sign_in import DASHBOARD_PATH
from brim.web.visit import Visit

_OWN_PATH: Final = re.compile(r"/(?![/\\])[!-\[\]-~]*")
"""Printable ASCII, as browsers send paths. Two slashes, or a backslash that browsers take for one, lead elsewhere."""

_LEADS_ROUND: Final = ("/sign-in", "/sign-out", "/first-run", "/set-password")


def is_own_form(visit: Visit) -> bool:
    """Tell whether a form was on a page of ours; who says nothing of it is no browser."""
    site = visit.request.header(b"sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin, host = visit.request.header(b"origin"), visit.request.header(b"host")
    return bool(origin and host) and urlsplit(origin).netloc == host


def own_path(text: str) -> str:
    """Return where it goes on after signing in: a path of ours, whatever the address asked for."""
    if not _OWN_PATH.fullmatch(text) or text == "/" or text.startswith(_LEADS_ROUND):
        return DASHBOARD_PATH
    return text
