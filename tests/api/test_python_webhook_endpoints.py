"""Webhook endpoints through the official Python SDK and raw requests."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import stripe
from stripe import InvalidRequestError, StripeClient

from brim.core.events.names import ENDPOINT_EVENTS
from brim.core.events.rules import DEFAULT_API_VERSION
from brim.platform.database import Database
from tests.support.service import Connect, Server
from tests.support.wire import Form, Wire, WireReply, assert_error, assert_golden

URL = "http://127.0.0.1:4242/hooks"
SECRET = re.compile(r"whsec_[0-9A-Za-z]{43}")
PATH = "/v1/webhook_endpoints"
KNOWN = ", ".join(ENDPOINT_EVENTS[:-1]) + f", or {ENDPOINT_EVENTS[-1]}"


def create(client: StripeClient, **more: Any) -> stripe.WebhookEndpoint:
    params: Any = {"url": URL, "enabled_events": ["*"], **more}
    return client.v1.webhook_endpoints.create(params)


def post(wire: Wire, form: Form | None = None, *, key: str | None = None, version: str | None = None) -> WireReply:
    """Create an endpoint by a raw request, under an idempotency key and in a version of the API if they are given."""
    given = {"Idempotency-Key": key, "Stripe-Version": version}
    headers = {name: value for name, value in given.items() if value}
    sent = {"url": URL, "enabled_events[]": "topup.created"} if form is None else form
    return wire.post(PATH, sent, headers=headers)


def test_the_sdk_creates_retrieves_updates_lists_and_deletes(client: StripeClient) -> None:
    endpoints = client.v1.webhook_endpoints
    made = create(client, description="books", metadata={"team": "a", "old": "x"}, enabled_events=["topup.failed"])
    assert SECRET.fullmatch(made.secret or "")
    assert (made.object, made.status, made.livemode, made.application) == ("webhook_endpoint", "enabled", False, None)
    assert (made.url, made.description, made.enabled_events) == (URL, "books", ["topup.failed"])
    found = endpoints.retrieve(made.id)
    assert "secret" not in found
    assert found.to_dict() == {key: value for key, value in made.to_dict().items() if key != "secret"}
    changed = endpoints.update(
        made.id,
        {
            "url": "https://example.com/in",
            "enabled_events": ["*"],
            "description": "",
            "disabled": True,
            "metadata": {"old": "", "new": "y"},
        },
    )
    assert (changed.url, changed.enabled_events, changed.description) == ("https://example.com/in", ["*"], None)
    assert (changed.status, changed.metadata.to_dict()) == ("disabled", {"team": "a", "new": "y"})
    assert "secret" not in changed
    assert endpoints.update(made.id, {"disabled": False}).status == "enabled"
    assert [each.id for each in endpoints.list().data] == [made.id]
    gone = endpoints.delete(made.id)
    assert (gone.id, gone.deleted, gone.object) == (made.id, True, "webhook_endpoint")
    assert endpoints.list().data == []
    with pytest.raises(InvalidRequestError, match="No such webhook endpoint"):
        endpoints.delete(made.id)


def test_the_replies_are_written_as_on_the_wire(wire: Wire) -> None:
    made = post(wire, {"url": URL, "enabled_events[]": "*", "metadata[b]": "2", "metadata[a]": "1"})
    assert_golden(made.body, "webhook_endpoint_created.json")
    assert_golden(wire.get(f"{PATH}/{made.json['id']}").body, "webhook_endpoint.json")
    assert_golden(wire.get(PATH).body, "webhook_endpoint_list.json")


def test_the_version_is_pinned_to_the_one_asked_for_or_else_to_the_requests(wire: Wire) -> None:
    def version_of(reply: WireReply) -> tuple[str | None, str]:
        found = wire.get(f"{PATH}/{reply.json['id']}?expand[]=brim.delivery").json
        return found["api_version"], found["brim"]["delivery"]["rendered_version"]

    form = {"url": URL, "enabled_events[]": "*"}
    assert version_of(post(wire, form)) == (None, DEFAULT_API_VERSION)
    assert version_of(post(wire, form, version="2019-05-16")) == (None, "2019-05-16")
    pinned = post(wire, {**form, "api_version": "2024-09-30.acacia"}, version="2019-05-16")
    assert pinned.json["api_version"] == "2024-09-30.acacia"
    assert version_of(pinned) == ("2024-09-30.acacia", "2024-09-30.acacia")


def test_an_endpoint_for_a_platforms_accounts_names_its_application(client: StripeClient, account: str) -> None:
    made = create(client, connect=True)
    assert made.application == "ca_" + account.removeprefix("acct_")


@pytest.mark.parametrize(
    ("form", "message", "code", "param"),
    [
        ({"url": URL}, "Missing required param: enabled_events.", "parameter_missing", "enabled_events"),
        ({"enabled_events[]": "*"}, "Missing required param: url.", "parameter_missing", "url"),
        (
            {"url": URL, "enabled_events[0]": "*", "enabled_events[1]": "charge.suceeded"},
            f"Invalid enabled_events[1]: must be one of {KNOWN}",
            None,
            "enabled_events[1]",
        ),
        ({"url": URL, "enabled_events": "*"}, "Invalid array", None, "enabled_events"),
        (
            {"url": URL, "enabled_events[]": "*", "api_version": "soon"},
            "Invalid Stripe API version: soon",
            None,
            "api_version",
        ),
        ({"url": URL, "enabled_events[]": "*", "connect": "1"}, "Invalid boolean: 1", None, "connect"),
        (
            {"url": URL, "enabled_events[]": "*", "secret": "whsec_mine"},
            "Received unknown parameter: secret",
            "parameter_unknown",
            "secret",
        ),
        (
            {"url": "ftp://127.0.0.1/", "enabled_events[]": "*"},
            "Invalid URL: it must begin with http:// or https://.",
            "url_invalid",
            "url",
        ),
        (
            {"url": "http://example.com/#part", "enabled_events[]": "*"},
            "Invalid URL: it must have no fragment (#).",
            "url_invalid",
            "url",
        ),
        (
            {"url": "http://169.254.169.254/", "enabled_events[]": "*"},
            "Invalid URL: 169.254.169.254 is an address of a cloud's metadata service.",
            "url_invalid",
            "url",
        ),
    ],
)
def test_what_cannot_be_an_endpoint_is_refused_with_the_reason(
    wire: Wire, form: dict[str, object], message: str, code: str | None, param: str
) -> None:
    assert_error(post(wire, form), 400, message, code=code, param=param)
    assert wire.get(PATH).json["data"] == []


@pytest.mark.parametrize(
    "url",
    [
        "http://user@example.com/",
        "http://user:password@example.com/",
        "http://",
        "http:///path",
        "//example.com/",
        "example.com",
        "http://exa mple.com/",
        "http://example.com/ä",
        "http://example.com\\@evil.example/",
        "http://example.com:99999/",
        "http://0x7f000001/",
        "javascript:alert(1)",
    ],
)
def test_urls_that_could_be_read_in_two_ways_are_refused(wire: Wire, url: str) -> None:
    refused = post(wire, {"url": url, "enabled_events[]": "*"})
    assert (refused.status, refused.error["code"], refused.error["param"]) == (400, "url_invalid", "url")
    made = post(wire).json["id"]
    changed = wire.post(f"{PATH}/{made}", {"url": url})
    assert (changed.status, changed.error["code"]) == (400, "url_invalid")


def test_a_url_may_have_2048_characters_and_not_one_more(wire: Wire) -> None:
    longest = URL + "/" + "a" * (2047 - len(URL))
    assert post(wire, {"url": longest, "enabled_events[]": "*"}).json["url"] == longest
    refused = post(wire, {"url": longest + "a", "enabled_events[]": "*"})
    assert refused.error["message"] == "Invalid string: http...aaaa; must be at most 2048 characters"


@pytest.mark.parametrize(
    "url", ["http://example.com/", "https://example.com:8443/", "https://127.0.0.1/", "https://a.localhost/", URL]
)
def test_live_mode_takes_public_https_only(server: Server, live_key: str, url: str) -> None:
    refused = post(Wire(server.url, live_key), {"url": url, "enabled_events[]": "*"})
    assert (refused.status, refused.error["code"], refused.error["param"]) == (400, "url_invalid", "url")


def test_the_two_modes_have_endpoints_of_their_own(client: StripeClient, connect: Connect, live_key: str) -> None:
    live = connect(live_key)
    made = create(live, url="https://example.com/hooks")
    assert made.livemode is True
    assert client.v1.webhook_endpoints.list().data == []
    with pytest.raises(InvalidRequestError) as caught:
        client.v1.webhook_endpoints.retrieve(made.id)
    assert (caught.value.http_status, caught.value.param) == (404, "webhook_endpoint")
    assert caught.value.user_message == (
        f"No such webhook endpoint: '{made.id}'; a similar object exists in live mode, but a test mode key was used "
        "to make this request."
    )


def test_a_missing_endpoint_is_named(wire: Wire) -> None:
    expected: dict[str, Any] = {"code": "resource_missing", "param": "webhook_endpoint"}
    message = "No such webhook endpoint: 'we_x'"
    assert_error(wire.get(f"{PATH}/we_x"), 404, message, **expected)
    assert_error(wire.post(f"{PATH}/we_x", {"disabled": "true"}), 404, message, **expected)
    assert_error(wire.post(f"{PATH}/we_x/roll_secret"), 404, message, **expected)
    assert_error(wire.send("DELETE", f"{PATH}/we_x"), 404, message, **expected)


def test_sixteen_endpoints_are_the_most_even_when_asked_for_at_once(client: StripeClient) -> None:
    def ask(_number: int) -> str | None:
        try:
            create(client)
        except InvalidRequestError as error:
            return str(error.user_message)
        return None

    with ThreadPoolExecutor(10) as pool:
        refusals = list(pool.map(ask, range(20)))
    assert refusals.count(None) == 16
    assert set(refusals) == {None, "You have reached the maximum of 16 test webhook endpoints."}
    assert len(client.v1.webhook_endpoints.list({"limit": 100}).data) == 16


def test_pages_are_newest_first_and_cursors_must_exist(client: StripeClient, wire: Wire) -> None:
    made = [create(client).id for _ in range(5)]
    newest_first = made[::-1]
    assert [each.id for each in client.v1.webhook_endpoints.list({"limit": 2}).auto_paging_iter()] == newest_first
    page = wire.get(f"{PATH}?limit=2&ending_before={made[1]}").json
    assert ([each["id"] for each in page["data"]], page["has_more"]) == ([made[3], made[2]], True)
    assert_error(
        wire.get(f"{PATH}?starting_after=we_x"),
        400,
        "No such webhook endpoint: 'we_x'",
        code="resource_missing",
        param="starting_after",
    )


def test_a_secret_is_told_once_and_again_only_under_its_key(wire: Wire) -> None:
    first = post(wire, key="k1")
    again = post(wire, key="k1")
    assert again.body == first.body
    assert SECRET.fullmatch(again.json["secret"])
    assert again.headers["idempotent-replayed"] == "true"
    assert len(wire.get(PATH).json["data"]) == 1
    changed = wire.post(f"{PATH}/{first.json['id']}", {"description": "x"}, headers={"Idempotency-Key": "k2"})
    assert "secret" not in changed.json


def test_a_rolled_secret_is_new_and_the_old_one_has_its_time(wire: Wire) -> None:
    made = post(wire).json
    path = f"{PATH}/{made['id']}"

    def old_until() -> int | None:
        until: int | None = wire.get(f"{path}?expand[]=brim.delivery").json["brim"]["delivery"]["old_secret_until"]
        return until

    assert old_until() is None
    first = wire.post(f"{path}/roll_secret", headers={"Idempotency-Key": "r1"})
    again = wire.post(f"{path}/roll_secret", headers={"Idempotency-Key": "r1"})
    assert first.body == again.body
    assert SECRET.fullmatch(first.json["secret"])
    assert first.json["secret"] != made["secret"]
    assert 86_390 < (old_until() or 0) - made["created"] <= 86_460
    at_once = wire.post(f"{path}/roll_secret", {"expires_in": 0}).json
    assert at_once["secret"] not in {made["secret"], first.json["secret"]}
    assert old_until() is None
    wire.post(f"{path}/roll_secret", {"expires_in": 60})
    assert 59 <= (old_until() or 0) - made["created"] <= 120
    for given, message in (("-1", "greater than or equal to 0"), ("86401", "less than or equal to 86400")):
        assert_error(
            wire.post(f"{path}/roll_secret", {"expires_in": given}),
            400,
            f"This value must be {message}.",
            code="parameter_invalid_integer",
            param="expires_in",
        )


def test_no_secret_stands_in_the_clear_in_any_table(server: Server, wire: Wire) -> None:
    made = post(wire, key="canary-1").json
    path = f"{PATH}/{made['id']}/roll_secret"
    rolled = [wire.post(path, headers={"Idempotency-Key": f"canary-{n}"}).json for n in (2, 3)]
    secrets = [reply["secret"] for reply in (made, *rolled)]

    async def dump(database: Database) -> dict[str, str]:
        """Return every row of every table as text, and bytes as if they were text too."""
        async with database.connection() as conn:
            tables = await conn.fetch(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = $1::regnamespace", "public"
            )
            return {
                table["relname"]: "\n".join(
                    row["whole"] for row in await conn.fetch(f"SELECT t::text AS whole FROM {table['relname']} AS t")
                )
                for table in tables
            }

    dumped = server.run(dump)
    assert made["id"] in dumped["webhook_endpoints"]
    assert "canary-3" in dumped["idempotency_keys"]
    for secret in secrets:
        for form in (secret, secret.encode().hex(), secret.removeprefix("whsec_")):
            assert [name for name, text in dumped.items() if form in text] == []


def test_restricted_keys_need_the_permission(server: Server, account: str, connect: Connect) -> None:
    reader = connect(server.make_key(account, permissions={"webhook_endpoints": "read"}))
    assert reader.v1.webhook_endpoints.list().data == []
    with pytest.raises(stripe.PermissionError, match="rak_webhook_write"):
        create(reader)
    with pytest.raises(stripe.PermissionError, match="rak_webhook_read"):
        connect(server.make_key(account, permissions={"events": "write"})).v1.webhook_endpoints.list()


def test_the_attempts_to_reach_an_endpoint_are_listed_as_they_were_written_down(
    server: Server, wire: Wire, account: str
) -> None:
    made = post(wire).json["id"]
    path = f"{PATH}/{made}/attempts"
    assert wire.get(path).json == {"object": "list", "data": [], "has_more": False, "url": path}

    async def write(database: Database) -> None:
        async with database.connection() as conn:
            await conn.execute(
                "INSERT INTO webhook_attempts (account, livemode, id, endpoint, event_account, event, attempted_ms,"
                " duration_ms, outcome, http_status, error, request_headers, response_head, cause) VALUES"
                " ($1, FALSE, 'wa_1', $2, $1, 'evt_1', 1795000000123, 20, 'refused', 500, NULL, $3, $4, 'schedule'),"
                " ($1, FALSE, 'wa_2', $2, 'acct_2', 'evt_1', 1795000005123, 9, 'unreachable', NULL, 'No.', $3, NULL,"
                " 'resend')",
                account,
                made,
                '{"Brim-Sequence":"1"}',
                b"\xffoops\0",
            )

    server.run(write)
    newest, oldest = wire.get(path).json["data"]
    assert oldest == {
        "id": "wa_1",
        "object": "webhook_attempt",
        "cause": "schedule",
        "created": 1_795_000_000,
        "duration_ms": 20,
        "problem": None,
        "event": "evt_1",
        "event_type": None,
        "http_status": 500,
        "livemode": False,
        "next_attempt": None,
        "next_attempt_status": None,
        "outcome": "refused",
        "request_headers": {"Brim-Sequence": "1"},
        "response_head": "\ufffdoops\0",
        "webhook_endpoint": made,
    }
    assert (newest["account"], newest["problem"], newest["response_head"]) == ("acct_2", "No.", None)
    page = wire.get(f"{path}?limit=1").json
    assert ([each["id"] for each in page["data"]], page["has_more"]) == (["wa_2"], True)
    rest = wire.get(f"{path}?limit=1&starting_after=wa_2").json
    assert ([each["id"] for each in rest["data"]], rest["has_more"]) == (["wa_1"], False)
    assert wire.get(f"{PATH}/we_x/attempts").status == 404
