"""The API reference in a browser: tests/node/reference.mjs on a server of ours."""

import json

import pytest

from tests.support.chromium import run_in_browser
from tests.support.page_visitors import Person
from tests.support.service import Server

PAGES = [
    "/docs/api",
    "/docs/api/errors",
    "/docs/api/pagination",
    "/docs/api/search?q=amount",
    "/docs/api/topups",
    "/docs/api/topups/object",
    "/docs/api/topups/create",
    "/docs/api/topups/list",
    "/docs/api/topups/cancel",
    "/docs/api/events/object",
    "/docs/api/payment_methods/create",
    "/docs/api/webhook_endpoints/list_attempts",
    "/docs/guides",
    "/docs/guides/calendars",
    "/docs/nowhere",
]


@pytest.mark.slow
@pytest.mark.long_form
def test_the_reference_works_in_a_browser(server: Server, key: str) -> None:
    environment = {"BASE_URL": server.url, "PAGES": json.dumps(PAGES), "TEST_KEY": key}
    run_in_browser("reference.mjs", environment, at_least=16)


@pytest.mark.slow
def test_the_reference_works_in_a_browser_for_who_is_signed_in(person: Person, key: str) -> None:
    environment = {"BASE_URL": person.wire.url, "COOKIE": person.cookie, "TEST_KEY": key}
    run_in_browser("signed_reference.mjs", environment, at_least=5)
