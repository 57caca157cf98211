"""Puts the dashboard together: its pages by path, and its side navigation. Add a page here."""

from collections.abc import Sequence
from typing import Final

import msgspec

from brim.web.dashboard import (
    account_choice,
    formats,
    funding_pages,
    live,
    overview,
    test_clocks,
    topup_creation,
    topup_detail,
    topup_export,
    topup_list,
    verification,
    workers,
)
from brim.web.dashboard.developer_parts import developer_routes
from brim.web.dashboard.signed import PageDependencies, SignedPages
from brim.web.dashboard.wording import STATUS_BADGES, ledger_account_words, ledger_step_words
from brim.web.routes import Route


class NavigationItem(msgspec.Struct, frozen=True):
    """A line of the side navigation; `only_test` where live mode has no such page, `only_admin` for admins alone."""

    label: str
    path: str
    only_test: bool = False
    only_admin: bool = False


NAVIGATION: Final = (
    (
        "Money",
        (
            NavigationItem("Balance", "/balance/overview"),
            NavigationItem("Top-ups", "/topups"),
            NavigationItem("Bank accounts", "/funding-sources"),
        ),
    ),
    (
        "Developers",
        (
            NavigationItem("Events", "/events"),
            NavigationItem("Webhooks", "/webhooks"),
            NavigationItem("Request logs", "/logs"),
            NavigationItem("API keys", "/apikeys"),
            NavigationItem("Accounts", "/accounts"),
        ),
    ),
    (
        "Proof and practice",
        (
            NavigationItem("Verification", "/verification"),
            NavigationItem("Workers", "/workers"),
            NavigationItem("Test clock", "/test-clocks", only_test=True),
        ),
    ),
)
"""The side navigation: groups of pages in their order."""


def dashboard_routes(parts: PageDependencies) -> Sequence[Route]:
    """Return the routes of all pages of the dashboard."""
    pages = parts.pages
    pages.add_filters(
        money=formats.money,
        plain_amount=formats.plain_amount,
        utc_time=formats.utc_time,
        utc_date=formats.utc_date,
        iso_time=formats.iso_time,
        pretty_json=formats.pretty_json,
        initials=formats.initials,
        paid_by=topup_list.paid_by,
        ledger_account=ledger_account_words,
        ledger_step=ledger_step_words,
        badge_of=lambda status: STATUS_BADGES.get(status, (status, "plain")),
    )
    pages.add_globals(navigation=NAVIGATION)
    signed = SignedPages(parts)
    return (
        *signed.get("/balance/overview", overview.show),
        *signed.get("/dashboard", overview.lead_there),
        *signed.get("/balance", overview.lead_there),
        *signed.post("/account", account_choice.choose),
        *_topup_routes(signed),
        *_funding_routes(signed),
        *signed.get("/test-clocks", test_clocks.show),
        *signed.post("/test-clocks", test_clocks.create),
        *signed.post("/test-clocks/{clock}/advance", test_clocks.advance),
        *signed.post("/test-clocks/{clock}/delete", test_clocks.delete),
        *signed.get("/verification", verification.show),
        *signed.get("/workers", workers.show),
        *signed.get("/live", live.stream),
        *developer_routes(signed, parts),
    )


def _topup_routes(signed: SignedPages) -> Sequence[Route]:
    return (
        *signed.get("/topups", topup_list.show),
        *signed.get("/topups.csv", topup_export.export),
        *signed.get("/topups/new", topup_creation.show),
        *signed.post("/topups/new", topup_creation.create),
        *signed.get("/topups/{topup}", topup_detail.show),
        *signed.post("/topups/{topup}", topup_detail.edit),
        *signed.post("/topups/{topup}/cancel", topup_detail.cancel),
        *signed.post("/topups/{topup}/succeed", topup_detail.succeed),
        *signed.post("/topups/{topup}/fail", topup_detail.fail),
        *signed.post("/topups/{topup}/reverse", topup_detail.take_back),
    )


def _funding_routes(signed: SignedPages) -> Sequence[Route]:
    return (
        *signed.get("/funding-sources", funding_pages.show_all),
        *signed.get("/funding-sources/new", funding_pages.show_new),
        *signed.post("/funding-sources/new", funding_pages.create),
        *signed.post("/funding-sources/defaults/{currency}/remove", funding_pages.remove_default),
        *signed.get("/funding-sources/{source}", funding_pages.show),
        *signed.post("/funding-sources/{source}/verify", funding_pages.verify),
        *signed.post("/funding-sources/{source}/detach", funding_pages.detach),
        *signed.post("/funding-sources/{source}/default", funding_pages.set_default),
    )
