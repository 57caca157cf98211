"""What the search finds without asking anybody: pages and actions that whoever looks may see."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from brim.web.dashboard.signed import SignedVisit
from brim.web.session import TEST_PREFIX


class Found(msgspec.Struct, frozen=True):
    """One result: what it is called, what kind of thing it is, and its address as pages refer to it."""

    title: str
    where: str
    href: str


class _Action(msgspec.Struct, frozen=True):
    """Something to do: its page, the resource that a key has to be allowed to change, and other words for it."""

    title: str
    path: str
    resource: str
    words: str = ""
    only_live: bool = False
    only_test: bool = False


_ACTIONS: Final = (
    _Action("Add to balance", "/topups/new", "topups", "create top-up topup"),
    _Action("Add a bank account", "/funding-sources/new", "payment_methods", "funding source"),
    _Action("Add a webhook endpoint", "/webhooks/new", "webhook_endpoints", "create"),
    _Action("Add an account", "/accounts/new", "accounts", "create connected"),
    _Action("Run a report", "/reports", "reporting", "create export month"),
    _Action("Advance the test clock", "/test-clocks", "test_clocks", "time freeze", only_test=True),
    _Action("Refund a top-up", "/refunds/new", "ach", only_live=True),
    _Action("Reverse a debit", "/ach/reversals/new", "ach", only_live=True),
    _Action("Import a bank file", "/ach/bank-files", "ach", "upload statement", only_live=True),
    _Action("Stop live money", "/live-money/stops", "ach", "pause resume", only_live=True),
)


def find_entries(page: SignedVisit, wanted: str) -> list[Found]:
    """Return the pages and actions that have every word; all of them where there is no word."""
    words = wanted.lower().split()
    return [found for found, text in _entries(page) if all(word in text for word in words)]


def _entries(page: SignedVisit) -> Iterator[tuple[Found, str]]:
    """Yield each entry with the text that it is found by."""
    for action in _allowed(page, _ACTIONS):
        yield Found(action.title, "Action", page.link(action.path)), f"{action.title} {action.words}".lower()
    if page.session.may_make_keys:
        yield Found("Create an API key", "Action", page.link("/apikeys/new")), "create an api key secret restricted"
    mode = "test" if page.session.livemode else "live"
    other = ("" if mode == "live" else TEST_PREFIX) + "/balance/overview"
    yield Found(f"Switch to {mode} mode", "Action", page.absolute_link(other)), f"switch to {mode} mode"
    for title, items in page.navigation:
        for item in items:
            yield Found(item.label, title, page.link(item.path)), f"{item.label} {title}".lower()
    yield Found("API reference", "Documentation", page.absolute_link("/docs/api")), "api reference documentation"


def _allowed(page: SignedVisit, actions: Iterable[_Action]) -> Iterator[_Action]:
    for action in actions:
        is_here = not (action.only_test if page.session.livemode else action.only_live)
        if is_here and page.session.may(action.resource) and (page.session.is_platform or not action.only_live):
            yield action
