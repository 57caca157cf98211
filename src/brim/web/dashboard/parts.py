"""Puts the dashboard together: its pages by path, and its side navigation. Add a page here."""

from collections.abc import Sequence
from typing import Final

import msgspec

from brim.web.calling import Application
from brim.web.dashboard import account_choice, formats, overview
from brim.web.dashboard.signed import SignedPages
from brim.web.dashboard.wording import STATUS_BADGES
from brim.web.pages import Pages
from brim.web.routes import Route
from brim.web.session import Sessions


class NavigationItem(msgspec.Struct, frozen=True):
    """A line of the side navigation; `only_test` where live mode has no such page, `only_admin` for admins alone."""

    label: str
    path: str
    only_test: bool = False
    only_admin: bool = False


NAVIGATION: Final = (
    (
        "Money",
        (NavigationItem("Balance", "/balance/overview"),),
    ),
)
"""The side navigation: groups of pages in their order."""


def dashboard_routes(pages: Pages, application: Application, sessions: Sessions) -> Sequence[Route]:
    """Return the routes of all pages of the dashboard."""
    pages.add_filters(
        money=formats.money,
        plain_amount=formats.plain_amount,
        utc_time=formats.utc_time,
        utc_date=formats.utc_date,
        iso_time=formats.iso_time,
        pretty_json=formats.pretty_json,
        badge_of=lambda status: STATUS_BADGES.get(status, (status, "plain")),
    )
    pages.add_globals(navigation=NAVIGATION)
    signed = SignedPages(pages, application, sessions)
    return (
        *signed.get("/balance/overview", overview.show),
        *signed.get("/dashboard", overview.lead_there),
        *signed.get("/balance", overview.lead_there),
        *signed.post("/account", account_choice.choose),
    )
