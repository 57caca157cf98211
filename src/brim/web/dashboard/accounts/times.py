"""Switching between the viewer's time zone and UTC: a cookie, so that it holds for every page of this browser."""

from typing import Final

from brim.http.message import Reply
from brim.web.dashboard.signed import SignedVisit
from brim.web.pages import redirect
from brim.web.zones import PREFERENCE_COOKIE

_KEPT_S: Final = 365 * 24 * 3600


async def choose_zone(page: SignedVisit) -> Reply:
    """`POST /account/time-zone`: show times in UTC, or in the browser's zone again; then back to the page."""
    back = page.form.get("back", "")
    if not back.startswith("/") or back.startswith(("//", "/\\")):
        back = page.session.prefix + "/balance/overview"
    reply = redirect(page.nearest_page(back))
    preference = "utc" if page.form.get("zone") == "UTC" else "browser"
    reply.headers.append(
        f"Set-Cookie: {PREFERENCE_COOKIE}={preference}; Path=/; Max-Age={_KEPT_S}; HttpOnly; SameSite=Lax"
    )
    return reply
