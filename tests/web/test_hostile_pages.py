"""No address, query or form field of any page is answered with a failure of ours."""

import re
from collections.abc import Iterator
from typing import Final
from unittest.mock import MagicMock
from urllib.parse import urlencode

import pytest

from brim.api.resources.operations import OPERATIONS
from brim.web.parts import SiteDependencies, build_site
from tests.support.browsing import Browser
from tests.support.hostile_values import HOSTILE_IDS, HOSTILE_VALUES
from tests.support.long_form import long_form
from tests.support.people_house import House

_PLACEHOLDER: Final = re.compile(r"\{[^}]*\}")
_FIELDS: Final = (
    "status", "created", "amount", "starting_after", "ending_before", "currency", "type", "delivery_success", "method",
    "path", "source", "request_id", "next", "token", "done", "mode", "q", "from", "to", "limit", "page", "awaits",
    "description", "account", "state", "code", "actor", "action", "min", "max", "name", "email", "role", "password",
    "url", "enabled_events", "metadata", "source", "frozen_time", "country", "account_number", "routing_number", "key",
    "expires", "grace", "kind", "failure_code", "statement_descriptor", "settlement_days", "endpoint", "fields",
)  # fmt: skip


def _patterns() -> list[str]:
    """Return the patterns of every page there is."""
    fake = MagicMock()
    site = build_site(
        SiteDependencies(
            operations=OPERATIONS,
            api=fake,
            sessions=fake,
            watchers=fake,
            keys=fake,
            clock=lambda: 0,
            people=fake,
        )
    )
    return sorted({route.pattern for route in site.table.routes})


PATTERNS: Final = _patterns()
_ALONE: Final = ("\0", "99999", "9223372036854775808")
_FORM_FIELDS: Final = tuple(name for name in _FIELDS if name != "path")
_ENDS_THE_SESSION: Final = ("/sign-out", "/settings/profile/password", "/test/settings/profile/password")
_STREAMS: Final = ("/live", "/test/live")  # open for as long as somebody listens


def _alone(pattern: str) -> Iterator[tuple[str, str]]:
    """Yield fields of a query and values for each: in the short form a quarter of the fields by turns, with one value.

    All fields at once may be refused for one of them, before the others are looked at.
    """
    turn = PATTERNS.index(pattern)
    names = tuple(dict.fromkeys(_FIELDS))
    for number, name in enumerate(long_form(names, short=names[turn % 4 :: 4])):
        for value in long_form(_ALONE, short=(_ALONE[(turn + number) % len(_ALONE)],)):
            yield name, value


def _values(pattern: str) -> tuple[str, ...]:
    """Return values for all fields at once: in the short form a third of them, by turns."""
    return long_form(HOSTILE_VALUES, short=HOSTILE_VALUES[PATTERNS.index(pattern) % 3 :: 3])


@pytest.fixture(scope="module")
def signed_in() -> list[Browser]:
    """The browser of the tests before, if there is one: to sign in is made to take its time."""
    return []


@pytest.fixture
def browser(house: House, signed_in: list[Browser]) -> Browser:
    """Signed in as an admin, and on the profile's page; anew after a test that ended the session."""
    if not signed_in or signed_in[0].get("/settings/profile").status != 200:
        signed_in[:] = [house.signed_in()]
        assert signed_in[0].get("/settings/profile").status == 200
    return signed_in[0]


@pytest.fixture
def token(browser: Browser) -> str:
    """The token of the forms."""
    return browser.form_token


@pytest.mark.parametrize("pattern", [pattern for pattern in PATTERNS if "{" in pattern])
def test_no_id_in_an_address_is_answered_500(browser: Browser, token: str, pattern: str) -> None:
    for hostile in HOSTILE_IDS:
        target = hostile.join(_PLACEHOLDER.split(pattern))
        for reply in (browser.get(target), browser.post(target, form_token=token)):
            assert reply.status < 500, (target, browser.text)


@pytest.mark.long_form
@pytest.mark.parametrize("pattern", [pattern for pattern in PATTERNS if pattern not in _STREAMS])
def test_no_query_is_answered_500(browser: Browser, pattern: str) -> None:
    target = _PLACEHOLDER.sub("x", pattern)
    for value in (_ALONE[0], *_values(pattern)):
        reply = browser.get(f"{target}?{urlencode(dict.fromkeys(_FIELDS, value))}")
        assert reply.status < 500, (target, value, browser.text)
    for name, value in _alone(pattern):
        reply = browser.get(f"{target}?{urlencode({name: value})}")
        assert reply.status < 500, (target, name, value, browser.text)


@pytest.mark.long_form
@pytest.mark.parametrize("pattern", [pattern for pattern in PATTERNS if pattern not in _ENDS_THE_SESSION])
def test_no_field_of_a_form_is_answered_500(browser: Browser, token: str, pattern: str) -> None:
    target = _PLACEHOLDER.sub("x", pattern)
    for value in ("\0", *_values(pattern)):
        reply = browser.post(target, **{**dict.fromkeys(_FORM_FIELDS, value), "form_token": token})
        assert reply.status < 500, (target, value, browser.text)
