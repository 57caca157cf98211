"""Switching to another account: the choice is a cookie, so that every page of either mode shows the same one."""

from typing import Final
from urllib.parse import parse_qsl, urlsplit

from brim.core.access import accounts_to_show
from brim.http.message import Reply
from brim.web.dashboard.signed import SignedVisit
from brim.web.pages import redirect
from brim.web.session import ACCOUNT_COOKIE

_KEPT_S: Final = 365 * 24 * 3600


async def choose(page: SignedVisit) -> Reply:
    """`POST /account`: show another account from now on; one that cannot be seen is not remembered.

    `next` is the page of this mode that follows; without it that is Home.
    """
    wanted, follows = page.form.get("account", ""), page.form.get("next", "")
    if not follows.startswith("/") or follows.startswith(("//", "/\\")):
        follows = "/balance/overview"
    return await _remembering(page, redirect(page.session.prefix + follows), wanted)


async def open_page(page: SignedVisit) -> Reply:
    """`GET /accounts/{account}/open`: show an account, and of it the page `to`, as links in notifications ask for it.

    It leads to pages of ours alone: whatever host `to` names is left out.
    """
    try:
        target = urlsplit(page.query.get("to", ""))
    except ValueError:  # an address of no host
        target = urlsplit("")
    path = "/" + target.path.lstrip("/") if target.path.strip("/") else "/balance/overview"
    reply = page.redirect(path, **dict(parse_qsl(target.query)))
    return await _remembering(page, reply, page.path_params["account"])


async def _remembering(page: SignedVisit, reply: Reply, account: str) -> Reply:
    """Return a reply that has the browser show an account from now on, if it can be seen."""
    if await _can_be_shown(page, account):
        reply.headers.append(
            f"Set-Cookie: {ACCOUNT_COOKIE}={account}; Path=/; Max-Age={_KEPT_S}; HttpOnly; SameSite=Lax"
        )
    return reply


async def _can_be_shown(page: SignedVisit, account: str) -> bool:
    """Tell whether there is an account; a session lists only the first hundred."""
    if any(choice.account == account for choice in page.session.accounts):
        return True
    if page.people is None or not account:
        return False
    shown, _ = await accounts_to_show(page.people.database, account, most=1)
    return shown == account
