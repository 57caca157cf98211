"""Add to balance tells when the money can be used before anything is sent, as somebody without scripts is told."""

import re
from typing import Final

import msgspec
import pytest

from brim.api.framework.errors import render_error
from brim.api.resources.topups.wire import AvailabilityPreviewObject
from brim.base.errors import BrimError
from brim.core.time.rules import ClockAdvancingError
from brim.core.topups.rules import CurrencyNotCollectedError
from brim.http.message import Reply
from brim.web.api_client import ApiRefusedError, Caller
from brim.web.dashboard.topups.availability import ask_promise, wait_words
from tests.support.page_visitors import Person, text_of
from tests.support.shell_fakes import RecordingApi
from tests.support.wire import PENDING, Wire

NEW: Final = "/test/topups/new"
CLOCKS: Final = "/v1/test_helpers/test_clocks"
BEFORE_A_LONG_WEEKEND: Final = 1_783_027_800  # Thursday, 2026-07-02, half past five in New York
CHOSEN: Final = {"amount": "12.50", "currency": "usd", "funding": PENDING, "description": "<kept>"}


def freeze(wire: Wire, frozen_time: int = BEFORE_A_LONG_WEEKEND) -> None:
    reply = wire.post(CLOCKS, {"frozen_time": frozen_time})
    assert reply.status == 200, reply.body


def promised_time(page: str) -> str:
    """Return the moment that the form promises, as the page has it for the browser."""
    found = re.search(r'available on <strong><time datetime="([^"]+)">', page)
    assert found, page
    return found[1]


def test_the_form_opens_with_the_answer_for_what_it_has_chosen(person: Person) -> None:
    page = person.read(NEW)
    assert re.search(r"USD added now is expected to be available after (less than|about) a second \.", page)
    assert "With a test clock , it follows the currency's banking days." in page
    assert "JPY added now is expected to be available after" in person.read(f"{NEW}?currency=jpy")


def test_under_a_clock_it_names_the_day_and_why_and_the_top_up_says_the_same(person: Person, wire: Wire) -> None:
    freeze(wire)
    form = person.visit(NEW)
    assert promised_time(form.body.decode()) == "2026-07-10T13:00:00Z"
    shown = text_of(form)
    why = (
        "5 banking days after Fri, Jul 3, 2026, which counts as the day of submission because the cut-off at "
        "Jul 2, 2026, 21:00:00 UTC had passed (America/New_York)."
    )
    days = "Sat, Jul 4, 2026 weekend Sun, Jul 5, 2026 weekend Mon, Jul 6, 2026 counted Tue, Jul 7, 2026 counted"
    assert why in shown
    assert days in shown
    made = person.visit(person.send(NEW, NEW, CHOSEN).headers["location"])
    assert '<time datetime="2026-07-10T13:00:00Z">' in made.body.decode()
    assert why in text_of(made)
    assert days in text_of(made)


def test_on_a_day_without_banks_the_next_one_counts_as_that_of_submission(person: Person, wire: Wire) -> None:
    freeze(wire, BEFORE_A_LONG_WEEKEND + 2 * 86_400)
    assert "Mon, Jul 6, 2026, which counts as the day of submission because it is the first banking day" in person.read(
        NEW
    )


def test_the_second_button_answers_for_what_is_chosen_and_sends_nothing(person: Person, wire: Wire) -> None:
    freeze(wire)
    hidden = person.hidden(NEW, NEW)
    unfinished = {**hidden, **CHOSEN, "amount": "not yet", "currency": "eur", "ask": "availability"}
    asked = person.post(NEW, unfinished)
    page = asked.body.decode()
    assert asked.status == 200
    assert promised_time(page) == "2026-07-10T07:00:00Z"  # past the cut-off in Berlin too
    assert 'value="not yet"' in page
    assert 'value="&lt;kept&gt;"' in page
    assert '<option value="eur" data-example="20.00" selected>' in page
    assert f'<option value="{PENDING}" selected>' in page
    assert '<div id="answer" tabindex="-1" autofocus>' in page
    assert 'aria-invalid="true"' not in page
    assert wire.get("/v1/topups").json["data"] == []


def test_asking_between_two_sendings_of_a_form_does_not_make_it_two_top_ups(person: Person, wire: Wire) -> None:
    hidden = person.hidden(NEW, NEW)
    first = person.post(NEW, {**hidden, **CHOSEN})
    asked = person.post(NEW, {**hidden, **CHOSEN, "ask": "availability"}).body.decode()
    assert f'name="idempotency_key" value="{hidden["idempotency_key"]}"' in asked
    second = person.post(NEW, {**hidden, **CHOSEN})
    assert first.headers["location"] == second.headers["location"]
    assert len(wire.get("/v1/topups").json["data"]) == 1


def test_what_would_be_refused_is_said_before_it_is_sent(person: Person) -> None:
    page = person.read(f"{NEW}?funding=pm_nobodys")
    assert "No availability date for USD. No such PaymentMethod: 'pm_nobodys'" in page


def caller(status: int, body: bytes) -> Caller:
    """Return an API that answers everything so."""
    return Caller(RecordingApi(lambda _: Reply(status, body)), key="sk_test_x")


def refusing(error: BrimError) -> Caller:
    return caller(*render_error(error))


async def test_a_currency_that_live_mode_does_not_collect_is_named() -> None:
    refused = refusing(CurrencyNotCollectedError("gbp", collected={"ach": ["usd"]}))
    promise = await ask_promise(refused, currency="gbp", paying={})
    assert promise.reason.startswith("Live top-ups in gbp are not available")


async def test_while_time_moves_one_is_told_to_ask_again() -> None:
    promise = await ask_promise(refusing(ClockAdvancingError()), currency="usd", paying={})
    assert promise.availability is None
    assert promise.reason == "The test clock is advancing. Retry shortly."


async def test_a_rail_that_promises_no_date_is_spoken_for() -> None:
    answer = AvailabilityPreviewObject(
        availability=None, currency="usd", livemode=False, reason="rail_promises_no_date"
    )
    promise = await ask_promise(caller(200, msgspec.json.encode(answer)), currency="usd", paying={})
    assert promise.availability is None
    assert promise.reason == "The rail gives no arrival date."


async def test_whoever_is_not_signed_in_any_more_is_told_nothing() -> None:
    ended = caller(401, b'{"error": {"message": "Invalid API Key provided"}}')
    with pytest.raises(ApiRefusedError):
        await ask_promise(ended, currency="usd", paying={})


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "less than a second"),
        (1, "about a second"),
        (119, "about 119 seconds"),
        (120, "about 2 minutes"),
        (7_199, "about 120 minutes"),
        (7_200, "about 2 hours"),
    ],
)
def test_a_wait_is_told_as_people_say_it(seconds: int, words: str) -> None:
    assert wait_words(seconds) == words
