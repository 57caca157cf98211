"""What every page of the dashboard holds to: who may see it, which forms it takes, what it shows of a refusal."""

from urllib.parse import parse_qsl

import pytest

from brim.core.operators.rules import Role
from brim.http.form import encode_form
from brim.http.message import Request
from brim.web.api_client import ApiRefusedError, Caller
from brim.web.assets import Assets
from brim.web.dashboard.wording import EVENT_WORDS
from brim.web.session import Session
from brim.web.visit import Visit
from tests.support.asking import header_of
from tests.support.recorded_api import KEYS, RecordedApi, refusal, visit
from tests.support.signing import FORM_TOKEN, SignedIn

OVERVIEW = "/v1/brim/balance_overview"
NOTHING = {"currencies": [], "days_from": 0, "in_flight_is_complete": True, "livemode": False}
WELL = {
    "/v1/brim/verification": (200, {"status": "agree", "created": 1_700_000_000, "warnings": []}),
    "/v1/brim/rails/ach": (200, {"status": "running", "stops": []}),
    "/v1/brim/rails/sepa": (200, {"status": "running", "stops": []}),
}


@pytest.fixture
def api() -> RecordedApi:
    return RecordedApi({OVERVIEW: (200, NOTHING), **WELL})


async def test_a_stranger_is_led_to_sign_in_and_back(api: RecordedApi) -> None:
    reply = await visit(api, "/test/balance/overview?a=b%26c")
    assert reply.status == 303
    location = header_of(reply, "location")
    assert location is not None
    assert dict(parse_qsl(location.partition("?")[2])) == {"next": "/test/balance/overview?a=b%26c"}
    assert api.requests == []


async def test_a_type_of_event_without_words_can_be_subscribed_to(
    api: RecordedApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(EVENT_WORDS, "topup.created")
    reply = await visit(api, "/test/webhooks/new", signed_in=SignedIn(keys=KEYS))
    assert reply.status == 200
    assert b'value="topup.created"' in reply.body


async def test_a_strangers_form_does_nothing(api: RecordedApi) -> None:
    reply = await visit(api, "/test/account", method="POST", form={"account": "acct_2"})
    assert header_of(reply, "location") == "/sign-in?next=/"


async def test_a_page_asks_the_api_with_the_key_of_its_mode(api: RecordedApi) -> None:
    for path, key in (("/test/balance/overview", b"Bearer rk_test_1"), ("/balance/overview", b"Bearer rk_live_1")):
        api.requests.clear()
        assert (await visit(api, path, signed_in=SignedIn(keys=KEYS))).status == 200
        assert {request.headers[b"authorization"] for request in api.requests} == {key}
        assert all(b"stripe-account" not in request.headers for request in api.requests)


async def test_a_platforms_key_names_the_account_it_acts_for(api: RecordedApi) -> None:
    await visit(api, "/test/balance/overview", signed_in=SignedIn(keys=KEYS, key_account="acct_platform"))
    assert {request.headers[b"stripe-account"] for request in api.requests} == {b"acct_1"}


async def test_a_chosen_account_is_shown_from_then_on(api: RecordedApi) -> None:
    form = {"account": "acct_2", "form_token": FORM_TOKEN}
    reply = await visit(api, "/test/account", method="POST", form=form, signed_in=SignedIn(keys=KEYS))
    cookie = header_of(reply, "set-cookie")
    assert cookie is not None
    assert cookie.startswith("brim_account=acct_2; Path=/;")
    await visit(api, "/test/balance/overview", signed_in=SignedIn(keys=KEYS), cookies="; brim_account=acct_2")
    assert api.requests[-1].headers[b"authorization"] == b"Bearer rk_test_2"


async def test_an_account_that_cannot_be_seen_is_not_remembered(api: RecordedApi) -> None:
    form = {"account": "acct_3; Domain=evil", "form_token": FORM_TOKEN}
    reply = await visit(api, "/test/account", method="POST", form=form, signed_in=SignedIn(keys=KEYS))
    assert header_of(reply, "set-cookie") is None


@pytest.mark.parametrize("token", ["", "another", FORM_TOKEN[:-1]])
async def test_a_form_without_the_sessions_token_is_refused(api: RecordedApi, token: str) -> None:
    form = {"account": "acct_2", "form_token": token}
    reply = await visit(api, "/test/account", method="POST", form=form, signed_in=SignedIn(keys=KEYS))
    assert (reply.status, header_of(reply, "set-cookie")) == (403, None)
    assert b"Nothing was changed" in reply.body


async def test_a_script_carries_the_token_in_a_header(api: RecordedApi) -> None:
    headers = {b"x-csrf-token": FORM_TOKEN.encode()}
    reply = await visit(
        api, "/test/account", method="POST", form={"account": "acct_2"}, headers=headers, signed_in=SignedIn(keys=KEYS)
    )
    assert reply.status == 303


@pytest.mark.parametrize(
    ("back", "follows"),
    [
        ("/test/topups?status=failed", "/test/topups?status=failed"),
        ("/test/apikeys/mk_1/roll", "/test/apikeys/mk_1"),
        ("/test/topups/tu_1/cancel?x=1", "/test/topups/tu_1"),
        ("/nowhere/at/all", "/"),
        ("//evil.example", "/test/balance/overview"),
    ],
)
async def test_switching_the_zone_leads_to_a_page_that_there_is(api: RecordedApi, back: str, follows: str) -> None:
    """Also from the page that answers a form, whose path takes forms only."""
    form = {"zone": "UTC", "back": back, "form_token": FORM_TOKEN}
    reply = await visit(api, "/test/account/time-zone", method="POST", form=form, signed_in=SignedIn(keys=KEYS))
    assert header_of(reply, "location") == follows


async def test_what_a_role_lacks_is_said_by_roles(api: RecordedApi) -> None:
    missing = "Having the 'rak_webhook_write' permission would allow this request to continue."
    api.answers = {OVERVIEW: (403, refusal(f"The provided key 'rk_test_***' does not have ... {missing}"))}
    reply = await visit(api, "/test/balance/overview", signed_in=SignedIn(keys=KEYS, role="viewer"))
    assert b"Your role is viewer" in reply.body
    assert b"rk_test_***" not in reply.body


async def test_a_refusal_of_the_api_is_a_page_that_says_why(api: RecordedApi) -> None:
    api.answers = {OVERVIEW: (403, refusal("The key <b>lacks</b> a permission."))}
    reply = await visit(api, "/test/balance/overview", signed_in=SignedIn(keys=KEYS))
    assert reply.status == 403
    assert b"The key &lt;b&gt;lacks&lt;/b&gt; a permission." in reply.body


async def test_a_key_that_has_ended_leads_to_sign_in(api: RecordedApi) -> None:
    api.answers = {OVERVIEW: (401, refusal("Expired API Key"))}
    reply = await visit(api, "/test/balance/overview", signed_in=SignedIn(keys=KEYS))
    assert header_of(reply, "location") == "/sign-in?next=/test/balance/overview"


async def test_no_page_shows_a_key(api: RecordedApi) -> None:
    reply = await visit(api, "/test/balance/overview", signed_in=SignedIn(keys=KEYS))
    assert b"rk_test_" not in reply.body


def test_fields_are_written_as_the_api_reads_them() -> None:
    fields = encode_form(
        {"amount": 5, "metadata": {"a b": "c&d"}, "expand": ["x", "y"], "disabled": False, "source": None, "name": ""}
    )
    assert fields == b"amount=5&metadata[a+b]=c%26d&expand[]=x&expand[]=y&disabled=false&name="


async def test_what_the_api_refuses_keeps_its_parameter_and_code() -> None:
    api = RecordedApi({"/v1/topups": (400, refusal("Too small.", param="amount", code="parameter_invalid_integer"))})
    with pytest.raises(ApiRefusedError) as caught:
        await Caller(api, key="rk_test_1").post("/v1/topups", {"amount": 0}, idempotency_key="once")
    error = caught.value
    assert (error.status, error.message, error.param) == (400, "Too small.", "amount")
    assert error.code == "parameter_invalid_integer"
    assert api.requests[0].headers[b"idempotency-key"] == b"once"


async def test_a_visit_reads_cookies_and_a_form_of_bounded_size() -> None:
    seen = Visit(Request("POST", "/", b"", {b"cookie": b"a=1; b=x=y"}, b"name=Z%C3%BCrich&empty="), {})
    assert seen.cookies == {"a": "1", "b": "x=y"}
    assert seen.form == {"name": "Zürich", "empty": ""}
    assert Visit(Request("POST", "/", b"", {}, b"a=1&" * 2000), {}).form == {}


@pytest.mark.parametrize(
    ("role", "in_test", "in_live"),
    [
        ("admin", "topups keys", "topups keys bytes"),
        ("developer", "topups keys", ""),
        ("finance", "", "topups bytes"),
        ("approver", "", "bytes"),
        ("viewer", "", ""),
    ],
)
def test_roles_offer_what_their_keys_may(role: str, in_test: str, in_live: str) -> None:
    def offers(session: Session) -> str:
        offered = {"topups": session.may("topups"), "keys": session.may_make_keys, "bytes": session.may_see_bytes}
        return " ".join(what for what, is_offered in offered.items() if is_offered)

    def session(*, livemode: bool, permissions: dict[str, str] | None = None) -> Session:
        return Session(
            operator="op_1",
            name="Ada",
            role=Role(role),
            form_token="t",
            account="acct_1",
            livemode=livemode,
            key="rk_test_1",
            permissions=permissions,
        )

    assert (offers(session(livemode=False)), offers(session(livemode=True))) == (in_test, in_live)
    assert offers(session(livemode=True, permissions={"topups": "read", "ach": "read"})).replace("keys", "") == ""


def test_the_dashboard_has_its_styles() -> None:
    assert "dashboard.css" in Assets().names()


async def test_the_start_leads_who_is_signed_in_to_the_balance(api: RecordedApi) -> None:
    assert "Location: /test/balance/overview" in (await visit(api, "/", signed_in=SignedIn(keys=KEYS))).headers
    assert "Location: /docs/api" in (await visit(api, "/")).headers
