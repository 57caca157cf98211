"""The paths of these pages."""

from collections.abc import Sequence

from brim.web.dashboard.accounts import choice, pages, times
from brim.web.dashboard.signed import SignedPages
from brim.web.routes import Route


def routes(signed: SignedPages) -> Sequence[Route]:
    """Return the routes of these pages."""
    return (
        *signed.post("/account", choice.choose),
        *signed.post("/account/time-zone", times.choose_zone),
        *signed.get("/accounts", pages.show_all),
        *signed.get("/connect/accounts/overview", pages.lead_there),
        *signed.get("/accounts/new", pages.show_new),
        *signed.post("/accounts/new", pages.create),
        *signed.get("/accounts/{account}", pages.show),
        *signed.get("/accounts/{account}/open", choice.open_page),
        *signed.post("/accounts/{account}", pages.edit),
    )
