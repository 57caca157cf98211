"""Switching to another account: the choice is a cookie, so that every page of either mode shows the same one."""

from typing import Final

from brim.http.message import Reply
from brim.web.dashboard.signed import SignedVisit
from brim.web.session import ACCOUNT_COOKIE

_KEPT_S: Final = 365 * 24 * 3600


async def choose(page: SignedVisit) -> Reply:
    """`POST /account`: show another account from now on; one that cannot be seen is not remembered."""
    wanted = page.form.get("account", "")
    reply = page.redirect("/balance/overview")
    if any(choice.account == wanted for choice in page.session.accounts):
        reply.headers.append(
            f"Set-Cookie: {ACCOUNT_COOKIE}={wanted}; Path=/; Max-Age={_KEPT_S}; HttpOnly; SameSite=Lax"
        )
    return reply
