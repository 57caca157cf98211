"""The reference for somebody who is signed in: their masked test key, the whole of it to copy, and the explorer."""

import gzip
import json
import re
from collections.abc import Mapping
from html import unescape
from typing import Any, Final

import pytest

from brim.core.access.rules import redact_secret
from brim.http.message import Reply
from tests.support.asking import BROWSER, header_of
from tests.support.page_visitors import Person
from tests.support.people_house import House
from tests.support.recorded_api import RecordedApi, refusal, visit
from tests.support.service import Server
from tests.support.signing import FORM_TOKEN, SignedIn
from tests.support.wire import WireReply

OWN: Final = "rk_test_" + "0wnT" + "a" * 35 + "zzzz"
LIVE: Final = "rk_live_" + "L1ve" + "b" * 35 + "yyyy"
OTHERS: Final = "rk_test_" + "0thr" + "c" * 35 + "xxxx"
MASKED: Final = "rk_test_0wnT...zzzz"
ADA: Final = SignedIn(keys={"acct_1/test": OWN, "acct_1/live": LIVE, "acct_2/test": OTHERS, "acct_2/live": LIVE})
TOKEN: Final = {b"x-csrf-token": FORM_TOKEN.encode()}

CREATE: Final = "/docs/api/topups/create"
SEND: Final = f"{CREATE}/send"
LIST: Final = "/docs/api/topups/list/send"
OWN_KEY: Final = "/docs/api/own-key"
_OWN_KEY: Final = re.compile(r'<meta name="own-key" content="([^"]+)">')
_TOKEN: Final = re.compile(r'<meta name="csrf-token" content="([^"]+)">')
GUIDES: Final = ("/docs/api/authentication", "/docs/api/pagination")

with_key = pytest.mark.parametrize("target", [SEND, OWN_KEY])


@pytest.fixture
def api() -> RecordedApi:
    return RecordedApi({"/v1/topups": (200, {"id": "tu_1"})})


async def post(api: RecordedApi, target: str, form: Mapping[str, str], **more: Any) -> Reply:
    """Send a form as the page's script does, for who is signed in."""
    return await visit(
        api, target, method="POST", form={"_key": MASKED, **form}, **{"signed_in": ADA, "headers": TOKEN, **more}
    )


def message_of(reply: Reply) -> str:
    return str(json.loads(reply.body)["error"]["message"])


# What pages show.


@pytest.mark.parametrize("target", [CREATE, f"{CREATE}?lang=python", "/docs/api/topups/cancel", *GUIDES])
async def test_samples_hold_the_readers_own_test_key_masked_and_no_page_holds_a_whole_one(
    api: RecordedApi, target: str
) -> None:
    reply = await visit(api, target, signed_in=ADA, headers=BROWSER)
    page = reply.body.decode()
    assert MASKED in page.partition("<body>")[2]
    assert "YOUR_KEY" not in page
    for secret in (OWN, LIVE, OTHERS):
        assert secret not in page
        assert secret[8:20] not in page
        assert secret[20:] not in page


async def test_another_account_is_shown_with_its_own_key(api: RecordedApi) -> None:
    page = (await visit(api, CREATE, signed_in=ADA, cookies="; brim_account=acct_2")).body.decode()
    assert redact_secret(OTHERS) in page
    assert MASKED not in page


@pytest.mark.parametrize("target", [CREATE, *GUIDES])
async def test_a_signed_page_is_neither_kept_nor_packed_and_a_strangers_page_may_be_packed(
    api: RecordedApi, target: str
) -> None:
    signed = await visit(api, target, signed_in=ADA, headers=BROWSER)
    assert (header_of(signed, "cache-control"), header_of(signed, "content-encoding")) == ("no-store", None)
    strangers = await visit(api, target, headers=BROWSER)
    assert header_of(strangers, "content-encoding") == "gzip"
    assert b"sk_test_YOUR_KEY" in gzip.decompress(strangers.body)
    assert b"csrf-token" not in gzip.decompress(strangers.body)


async def test_the_explorer_asks_a_stranger_for_a_key_and_nobody_who_is_signed_in(api: RecordedApi) -> None:
    assert b"data-explorer-key" in (await visit(api, CREATE)).body
    page = (await visit(api, CREATE, signed_in=ADA)).body.decode()
    assert "data-explorer-key" not in page
    assert f'data-send-url="{SEND}"' in page


async def test_the_explorers_line_holds_the_masked_key(api: RecordedApi) -> None:
    answer = json.loads((await post(api, f"{CREATE}/sample", {"amount": "500"})).body)
    assert MASKED in answer["html"]
    assert OWN not in json.dumps(answer)


async def test_the_sample_of_the_cli_can_be_run_in_the_shell(api: RecordedApi) -> None:
    page = (await visit(api, "/docs/api/topups/list")).body.decode()
    assert 'data-run-in-shell="stripe topups list' in page


# The whole key.


async def test_the_whole_test_key_is_given_to_the_readers_own_page(api: RecordedApi) -> None:
    reply = await post(api, OWN_KEY, {})
    assert json.loads(reply.body) == {"key": OWN}
    assert (header_of(reply, "cache-control"), header_of(reply, "content-encoding")) == ("no-store", None)


async def test_the_key_is_at_no_address_that_can_be_opened(api: RecordedApi) -> None:
    assert (await visit(api, OWN_KEY, signed_in=ADA)).status == 405


# What is answered to nobody else.


@with_key
async def test_a_stranger_is_refused(api: RecordedApi, target: str) -> None:
    reply = await post(api, target, {}, signed_in=None)
    assert reply.status == 401
    assert "Sign in" in message_of(reply)
    assert api.requests == []


@with_key
@pytest.mark.parametrize("headers", [{}, {b"x-csrf-token": b""}, {b"x-csrf-token": b"another"}])
async def test_a_form_without_the_sessions_token_gets_nothing(
    api: RecordedApi, target: str, headers: dict[bytes, bytes]
) -> None:
    reply = await post(api, target, {"amount": "1"}, headers=headers)
    assert reply.status == 403
    assert OWN.encode() not in reply.body
    assert api.requests == []


@with_key
async def test_a_page_that_was_left_open_does_not_act_for_an_account_chosen_since(
    api: RecordedApi, target: str
) -> None:
    reply = await post(api, target, {}, cookies="; brim_account=acct_2")
    assert reply.status == 409
    assert "Reload this page" in message_of(reply)
    assert api.requests == []


# Sending.


async def test_the_explorer_sends_the_form_with_the_sessions_test_key(api: RecordedApi) -> None:
    reply = await post(api, SEND, {"_id": "", "amount": "500", "currency": "usd", "metadata[a b]": "c&d"})
    assert (reply.status, json.loads(reply.body)) == (200, {"id": "tu_1"})
    assert header_of(reply, "cache-control") == "no-store"
    [request] = api.requests
    assert (request.method, request.path, request.query) == ("POST", "/v1/topups", b"")
    assert request.headers[b"authorization"] == f"Bearer {OWN}".encode()
    assert request.headers[b"content-type"] == b"application/x-www-form-urlencoded"
    assert request.body == b"amount=500&currency=usd&metadata[a+b]=c%26d"


async def test_no_word_in_the_address_makes_it_live(api: RecordedApi) -> None:
    await post(api, f"{SEND}?mode=live&livemode=true", {"amount": "500"})
    [request] = api.requests
    assert request.headers[b"authorization"] == f"Bearer {OWN}".encode()


async def test_what_is_read_goes_as_a_query(api: RecordedApi) -> None:
    await post(api, LIST, {"limit": "3", "status": "pending"})
    [request] = api.requests
    assert (request.method, request.query, request.body) == ("GET", b"limit=3&status=pending", b"")


async def test_the_second_version_of_the_api_gets_json(api: RecordedApi) -> None:
    await post(api, "/docs/api/event_destinations/create/send", {"name": "Wallets", "enabled_events[]": "*"})
    [request] = api.requests
    assert request.path == "/v2/core/event_destinations"
    assert request.headers[b"content-type"] == b"application/json"
    assert json.loads(request.body) == {"name": "Wallets", "enabled_events": ["*"]}


async def test_headers_that_are_filled_in_are_sent_and_written_into_the_code(api: RecordedApi) -> None:
    form = {"amount": "500", "_idempotency_key": " order 1 ", "_account": "acct_9"}
    await post(api, SEND, form)
    [request] = api.requests
    assert request.headers[b"idempotency-key"] == b"order 1"
    assert request.headers[b"stripe-account"] == b"acct_9"
    assert request.body == b"amount=500"
    code = unescape(re.sub("<[^>]+>", "", json.loads((await post(api, f"{CREATE}/sample", form)).body)["html"]))
    assert '-H "Idempotency-Key: order 1" \\\n  -H "Stripe-Account: acct_9"' in code


async def test_a_request_that_takes_no_key_is_sent_without_one(api: RecordedApi) -> None:
    await post(api, LIST, {"_idempotency_key": "k", "_account": ""})
    [request] = api.requests
    assert {b"idempotency-key", b"stripe-account"}.isdisjoint(request.headers)


async def test_connected_accounts_are_suggested_and_test_values_too(api: RecordedApi) -> None:
    page = (await visit(api, CREATE, signed_in=ADA)).body.decode()
    assert '<option value="acct_2">acct_2</option>' in page
    assert '<option value="acct_1">' not in page
    assert '<option value="btok_us_verified_noAccount">Fails with no_account.</option>' in page
    assert '<option value="acct_2">' not in (await visit(api, CREATE)).body.decode()


async def test_the_page_knows_where_objects_are_shown(api: RecordedApi) -> None:
    page = (await visit(api, CREATE)).body.decode()
    found = re.search(r'data-pages="([^"]+)"', page)
    assert found
    assert json.loads(unescape(found[1]))["tu"] == "/topups/{}"


# The bar at the top.

_BAR: Final = re.compile(r'<header class="bar">.*?</header>', re.DOTALL)


def entries_of(reply: Reply) -> list[str]:
    """Return the words of the bar's links, buttons and menus, in order."""
    body = gzip.decompress(reply.body) if header_of(reply, "content-encoding") else reply.body
    found = _BAR.search(body.decode())
    assert found
    text = re.sub(r"<kbd.*?</kbd>|<svg.*?</svg>", "", found[0], flags=re.DOTALL)
    words = re.findall(r"<(?:a|summary|button)\b[^>]*>(.*?)</(?:a|summary|button)>", text, re.DOTALL)
    return [" ".join(unescape(re.sub(r"<[^>]+>", " ", each)).split()) for each in words]


@pytest.mark.parametrize("target", ["/docs/api", CREATE, "/docs/guides/testing", "/docs/api/search?q=a", "/shell"])
async def test_the_bar_has_the_same_entries_everywhere(api: RecordedApi, target: str) -> None:
    signed = ["Brim", "Dashboard", "API reference API", "Search", ">_ Shell", "Signed in: Ada Lovelace AL"]
    signed += ["Your profile", "Sign out", ""]
    assert entries_of(await visit(api, "/test/webhooks", signed_in=ADA)) == signed
    assert entries_of(await visit(api, target, signed_in=ADA)) == signed
    strangers = await visit(api, target)
    assert entries_of(strangers) == [*signed[:5], "Sign in", ""]


async def test_who_signs_in_comes_back_to_the_page(api: RecordedApi) -> None:
    assert f'href="/sign-in?next={CREATE}"' in (await visit(api, CREATE)).body.decode()


@pytest.mark.parametrize(
    ("path_id", "path"), [("tu_1", "tu_1"), ("tu_1/../../balance", "tu_1%2F..%2F..%2Fbalance"), ("é?a", "%C3%A9%3Fa")]
)
async def test_an_id_is_sent_as_it_was_filled_in_and_leads_nowhere_else(
    api: RecordedApi, path_id: str, path: str
) -> None:
    await post(api, "/docs/api/topups/cancel/send", {"_id": path_id})
    assert [request.path for request in api.requests] == [f"/v1/topups/{path}/cancel"]


async def test_a_platforms_key_names_the_account_that_is_looked_at(api: RecordedApi) -> None:
    platforms = SignedIn(keys=ADA.keys, key_account="acct_platform")
    await post(api, SEND, {"amount": "1"}, signed_in=platforms)
    assert [request.headers[b"stripe-account"] for request in api.requests] == [b"acct_1"]


async def test_a_refusal_of_the_api_is_passed_on_as_it_is(api: RecordedApi) -> None:
    refused = refusal("The amount is too small.", param="amount")
    api.answers = {"/v1/topups": (400, refused)}
    reply = await post(api, SEND, {"amount": "0"})
    assert (reply.status, json.loads(reply.body)) == (400, refused)


async def test_a_form_that_cannot_be_read_is_refused_in_the_apis_words(api: RecordedApi) -> None:
    reply = await post(api, SEND, {"metadata": "1", "metadata[a]": "2"})
    assert reply.status == 400
    assert message_of(reply)
    assert api.requests == []


async def test_nothing_is_sent_for_what_is_not_in_the_reference(api: RecordedApi) -> None:
    assert (await post(api, "/docs/api/topups/nothing/send", {})).status == 404


# On a running service.


def send(who: Person, key: str, target: str, form: Mapping[str, str]) -> WireReply:
    headers = {"Cookie": who.cookie, "X-CSRF-Token": FORM_TOKEN}
    return who.wire.post(target, {"_key": redact_secret(key), **form}, headers=headers)


def test_a_repeated_request_is_marked_as_replayed(pages_url: str, account: str, key: str) -> None:
    admin = Person(pages_url, SignedIn(keys={f"{account}/test": key}))
    form = {"amount": "500", "currency": "usd", "_idempotency_key": "order-1"}
    first, second = send(admin, key, SEND, form), send(admin, key, SEND, form)
    assert first.json["id"] == second.json["id"]
    assert [reply.headers.get("idempotent-replayed") for reply in (first, second)] == [None, "true"]
    assert send(admin, key, SEND, {**form, "amount": "600"}).json["error"]["type"] == "idempotency_error"


def test_an_admin_makes_a_topup_and_a_viewer_may_only_look(
    pages_url: str, server: Server, account: str, key: str
) -> None:
    viewers_key = server.make_key(account, permissions={"topups": "read"})
    viewer = Person(pages_url, SignedIn(keys={f"{account}/test": viewers_key}, role="viewer"))
    admin = Person(pages_url, SignedIn(keys={f"{account}/test": key}))
    wanted = {"amount": "500", "currency": "usd"}
    assert send(viewer, viewers_key, SEND, wanted).status == 403
    assert send(viewer, viewers_key, LIST, {}).json["data"] == []
    made = send(admin, key, SEND, wanted)
    assert (made.status, made.json["object"], made.json["livemode"]) == (200, "topup", False)
    assert [topup["id"] for topup in send(viewer, viewers_key, LIST, {}).json["data"]] == [made.json["id"]]


def test_an_operator_is_given_the_key_of_their_own_pages_and_nobody_elses(house: House) -> None:
    ada, grace = house.signed_in(), house.signed_in()
    ada_page, grace_page = (who.open(CREATE).body.decode() for who in (ada, grace))
    masked = [_OWN_KEY.findall(page) for page in (ada_page, grace_page)]
    assert all(len(found) == 1 for found in masked)
    assert masked[0] != masked[1]
    assert masked[1][0] not in ada_page
    token = _TOKEN.findall(ada_page)[0]
    assert redact_secret(ada.post(OWN_KEY, form_token=token, _key=masked[0][0]).json["key"]) == masked[0][0]
    assert grace.post(OWN_KEY, form_token=token, _key=masked[0][0]).status == 403
