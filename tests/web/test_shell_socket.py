"""The websocket behind a pane: who may open it, what is said on it, and how what runs is stopped."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from stripe import StripeClient
from websockets.exceptions import ConnectionClosed, InvalidStatus

from brim.http.message import Reply, Request
from brim.web.shell.conversation import ShellGateway
from brim.web.shell.session import FindSession, ShellSession
from tests.support.brim_process import brim_command, brim_environment
from tests.support.polling import until
from tests.support.service import Server, serving
from tests.support.shell_fakes import COMMANDS, HOST, KEY, TEST_SESSION, RecordingApi, SlowApi
from tests.support.shell_pages import PATIENCE_S, Page, open_page
from tests.support.wire import PENDING, Wire


@pytest.fixture
def page(server: Server, key: str) -> Iterator[Page]:
    """A pane at work with the account's test key."""
    with open_page(server.url) as page:
        assert page.sign_in(key)["type"] == "ready"
        yield page


def plain(text: str) -> str:
    """Return a text without its colours."""
    return "".join(part.partition("m")[2] if index else part for index, part in enumerate(text.split("\x1b[")))


@pytest.mark.parametrize("origin", ["", "https://evil.example", "http://127.0.0.1:1", "null"])
def test_only_pages_of_this_server_open_it(server: Server, origin: str) -> None:
    with pytest.raises(InvalidStatus) as refused, open_page(server.url, origin):
        pass
    assert refused.value.response.status_code == 403


def test_a_page_says_once_with_which_key_it_works(server: Server, account: str, key: str) -> None:
    with open_page(server.url) as page:
        assert page.sign_in(key) == {"type": "ready", "account": account, "livemode": False}
        page.say("key", key="sk_test_other")  # too late to matter
        assert page.run("stripe whoami")[1].startswith(account)


def test_after_three_wrong_keys_the_page_is_let_go(server: Server) -> None:
    with open_page(server.url) as page:
        refusal = page.sign_in("sk_test_wrongwrongwrong")
        assert refusal["text"].startswith("Invalid API Key provided")
        page.say("key", key="bad\nkey")
        assert "Invalid API key" in page.hear()["text"]
        page.say("key", key="")
        page.hear()
        with pytest.raises(ConnectionClosed):
            page.hear()


def test_a_create_prints_the_apis_body_and_is_in_the_request_log(page: Page, wire: Wire) -> None:
    status, printed = page.run(f"stripe topups create --amount=2000 --currency=usd -d source={PENDING}")
    made = json.loads(plain(printed))
    assert (status, plain(printed).encode()) == (0, wire.get(f"/v1/topups/{made['id']}").body)

    def logged() -> list[str]:
        records = wire.get("/v1/brim/request_logs?method=POST").json["data"]
        return [record["user_agent"] for record in records if record["related_object"] == made["id"]]

    (agent,) = until(logged, what="the request in the log")
    assert agent.startswith("Brim Shell/")


def test_an_idempotency_key_gives_the_first_answer_again(page: Page) -> None:
    line = "stripe topups create --amount=5 --currency=usd -i once"
    assert page.run(line) == page.run(line)


def test_a_restricted_key_may_do_what_it_may(server: Server, account: str) -> None:
    with open_page(server.url) as page:
        restricted = server.make_key(account, permissions={"topups": "read"})
        assert page.sign_in(restricted) == {"type": "ready", "account": "", "livemode": False}
        assert page.run("stripe topups list")[0] == 0
        assert '"error"' in plain(page.run("stripe topups create --amount=5 --currency=usd")[1])
        assert "Error while listening" in page.run("stripe listen")[1]


def test_a_live_key_only_reads(server: Server, account: str) -> None:
    with open_page(server.url) as page:
        assert page.sign_in(server.make_key(account, livemode=True))["livemode"] is True
        status, printed = page.run("stripe topups create --amount=5 --currency=usd")
        assert (status, "Nothing was changed." in printed) == (1, True)
        assert page.run("stripe topups list")[0] == 0


def test_what_listens_hears_this_accounts_events_and_no_others(
    page: Page, server: Server, client: StripeClient, connect: Callable[[str], StripeClient]
) -> None:
    stranger = connect(server.make_key(server.make_account().id))
    page.say("run", line="stripe listen --events topup.created,nonsense.x")
    told = page.hear_until("(^C to quit)\n")
    assert "You're attempting to listen for \"nonsense.x\", which isn't a valid event" in told
    stranger.v1.topups.create({"amount": 1, "currency": "usd", "source": PENDING})
    topup = client.v1.topups.create({"amount": 2, "currency": "usd", "source": PENDING})
    client.v1.topups.cancel(topup.id)
    client.v1.topups.create({"amount": 3, "currency": "usd", "source": PENDING})
    first = plain(page.hear_until("]\n"))
    second = plain(page.hear_until("]\n"))
    mine = [event.id for event in client.v1.events.list({"type": "topup.created"}).data]
    assert [line.split("[")[1].rstrip("]\n") for line in (second, first)] == mine
    page.say("cancel")
    assert page.hear() == {"type": "done", "status": 130}
    assert page.run("stripe version")[0] == 0


def test_whole_events_are_printed_as_json_and_the_secret_alone(page: Page, client: StripeClient) -> None:
    status, secret = page.run("stripe listen --print-secret")
    assert (status, secret.splitlines()[-1].startswith("whsec_")) == (0, True)
    page.say("run", line="stripe listen --format JSON --latest", zone_minutes=120)
    assert secret.splitlines()[-1] in page.hear_until("(^C to quit)\n")
    topup = client.v1.topups.create({"amount": 2, "currency": "usd", "source": PENDING})
    event = json.loads(page.hear_until("\n"))
    assert (event["type"], event["data"]["object"]["id"]) == ("topup.created", topup.id)


def test_logs_tail_prints_what_passes_its_filters(page: Page, wire: Wire) -> None:
    page.say("run", line="stripe logs tail --filter-status-code-type 4XX --filter-http-method get")
    page.hear_until("(^C to quit)\n")
    wire.create()
    wire.get("/v1/topups/tu_missing")
    told = plain(page.hear_until("Param: "))
    assert "[404] GET /v1/topups/tu_missing [req_" in told
    assert "Code: resource_missing\n" in told
    assert "POST" not in told


def test_a_pane_runs_one_line_at_a_time(page: Page) -> None:
    page.say("run", line="stripe listen")
    page.hear_until("(^C to quit)\n")
    page.say("run", line="stripe version")
    refused = page.hear()
    assert (refused["type"], "Ctrl+C" in refused["text"]) == ("refused", True)
    page.say("cancel")
    assert page.hear()["status"] == 130


def test_tab_is_answered_under_its_number(page: Page) -> None:
    page.say("complete", id=7, line="stripe topu", cursor=11)
    assert page.hear() == {"type": "completions", "id": 7, "start": 7, "choices": ["topups"]}


def test_what_is_no_message_is_passed_over(page: Page) -> None:
    for text in ("", "x", "[]", '{"type":"shell"}', '{"type":"run"}', '{"type":"run","line":5}', "null"):
        page.say_raw(text)
    page.say("cancel")
    page.say("complete", id=1, line="", cursor=-5)
    assert page.hear()["type"] == "completions"


def test_a_line_of_a_hundred_kilobytes_is_refused_and_a_message_of_a_megabyte_ends_the_pane(
    page: Page, server: Server, key: str
) -> None:
    assert "This line is too long" in page.run("stripe " + "x" * 100_000)[1]
    with pytest.raises(ConnectionClosed):
        page.run("stripe " + "x" * 1_000_000)
    with open_page(server.url) as another:
        assert another.sign_in(key)["type"] == "ready"


# Without a network between.


class InnerPage:
    """The socket of a page that is in this process."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[str | None] = asyncio.Queue()
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.is_over = False
        self.pings = 0

    def mark_known(self) -> None:
        pass

    def accept(self) -> None:
        """Agree."""

    def refuse(self, status: int, text: str) -> None:
        raise AssertionError(f"{status} {text}")

    async def receive(self) -> str | None:
        return await self.said.get()

    async def send(self, text: str) -> None:
        self.heard.put_nowait(json.loads(text))

    def ping(self) -> None:
        self.pings += 1

    def shutdown(self) -> None:
        self.is_over = True
        self.said.put_nowait(None)

    def say(self, kind: str, **values: object) -> None:
        self.said.put_nowait(json.dumps({"type": kind, **values}))


async def signed_in(_request: Request) -> ShellSession:
    return TEST_SESSION


def open_pane(
    api: RecordingApi,
    page: InnerPage,
    *,
    find_session: FindSession = signed_in,
    idle_s: float = PATIENCE_S,
    key_within_s: float = PATIENCE_S,
) -> "asyncio.Task[None]":
    """Return the conversation of somebody who is signed in."""
    door = ShellGateway(
        api,
        COMMANDS,
        clock=lambda: 0,
        find_session=find_session,
        idle_s=idle_s,
        key_within_s=key_within_s,
        ping_every_s=0.01,
    )
    headers = {b"host": HOST.encode(), b"origin": f"https://{HOST}".encode()}
    return asyncio.create_task(door.converse(Request("GET", "/shell/socket", b"", headers, b""), page))


async def test_who_is_signed_in_gives_no_key() -> None:
    page = InnerPage()
    pane = open_pane(api := RecordingApi(), page)
    assert await page.heard.get() == {"type": "ready", "account": "acct_1", "livemode": False}
    page.say("run", line="stripe balance retrieve")
    assert (await page.heard.get())["type"] == "output"
    assert api.requests[0].header(b"authorization") == f"Bearer {KEY}"
    page.said.put_nowait(None)
    await pane


async def test_a_write_that_nobody_waits_for_any_more_is_finished() -> None:
    page = InnerPage()
    pane = open_pane(api := SlowApi(), page)
    await page.heard.get()
    page.say("run", line="stripe topups create --amount=5 --currency=usd")
    await api.asked.wait()
    page.say("cancel")
    assert await page.heard.get() == {"type": "done", "status": 130}
    api.may_answer.set()
    await api.finished.wait()
    page.said.put_nowait(None)
    await pane
    assert page.is_over


async def test_a_page_that_is_gone_stops_what_it_started() -> None:
    page = InnerPage()
    pane = open_pane(api := SlowApi(), page)
    page.say("run", line="stripe topups list")
    await api.asked.wait()
    page.said.put_nowait(None)
    await pane
    assert page.is_over


async def test_a_pane_in_which_nothing_happens_is_let_go() -> None:
    page = InnerPage()
    await open_pane(RecordingApi(), page, idle_s=0.01)
    assert (await page.heard.get())["type"] == "ready"
    assert (await page.heard.get())["type"] == "goodbye"
    assert page.is_over


async def test_a_page_that_gives_no_key_is_let_go() -> None:
    async def nobody(_request: Request) -> ShellSession | None:
        return None

    page = InnerPage()
    await open_pane(RecordingApi(), page, find_session=nobody, key_within_s=0.01)
    assert [(await page.heard.get())["type"] for _ in range(2)] == ["key_needed", "goodbye"]
    assert page.is_over


async def test_a_page_that_says_other_things_than_a_key_is_let_go() -> None:
    async def nobody(_request: Request) -> ShellSession | None:
        return None

    page = InnerPage()
    pane = open_pane(RecordingApi(), page, find_session=nobody)
    for _ in range(3):
        page.say("cancel")
    await pane
    assert page.is_over


async def test_a_long_output_comes_in_pieces_that_are_waited_for() -> None:
    page = InnerPage()
    body = b'{\n  "id": "' + b"x" * 100_000 + b'"\n}\n'
    pane = open_pane(RecordingApi(lambda _: Reply(200, body)), page)
    page.say("run", line="stripe topups list")
    heard = [await page.heard.get()]
    while heard[-1]["type"] != "done":
        heard.append(await page.heard.get())
    pieces = [message["text"] for message in heard if message["type"] == "output"]
    assert plain("".join(pieces)).encode() == body
    assert max(map(len, pieces)) <= 16_384
    page.said.put_nowait(None)
    await pane


async def test_a_pane_in_which_something_runs_is_not_idle() -> None:
    page = InnerPage()
    pane = open_pane(api := SlowApi(), page, idle_s=0.01)
    page.say("run", line="stripe topups list")
    await api.asked.wait()
    await asyncio.wait([pane], timeout=0.1)
    assert not pane.done()
    api.may_answer.set()
    await pane
    kinds = [page.heard.get_nowait()["type"] for _ in range(page.heard.qsize())]
    assert kinds == ["ready", "output", "done", "goodbye"]


async def test_who_signs_out_ends_what_runs_in_a_pane() -> None:
    visits: list[Request] = []

    async def until_the_third_look(request: Request) -> ShellSession | None:
        visits.append(request)
        return TEST_SESSION if len(visits) < 3 else None

    page = InnerPage()
    pane = open_pane(api := SlowApi(), page, find_session=until_the_third_look)
    page.say("run", line="stripe topups list")
    await api.asked.wait()
    await pane
    assert page.is_over
    assert page.pings >= 2


async def test_who_works_with_a_key_needs_no_session() -> None:
    async def nobody(_request: Request) -> ShellSession | None:
        return None

    page = InnerPage()
    pane = open_pane(RecordingApi(), page, find_session=nobody)
    assert (await page.heard.get())["type"] == "key_needed"
    page.say("key", key=KEY)
    assert (await page.heard.get())["type"] == "ready"
    await asyncio.wait([pane], timeout=0.1)
    assert not page.is_over
    page.said.put_nowait(None)
    await pane


def test_whoever_gave_a_key_keeps_the_pane_whatever_strangers_open(
    server: Server, key: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def command(port: int) -> list[str]:
        return brim_command("api", "--port", str(port), "--database-url", server.database_url)

    few = brim_environment({"BRIM_MAX_CONNECTIONS": "16"})  # two of them for strangers
    with (
        serving(command, few, tmp_path_factory.mktemp("few") / "brim.log") as url,
        open_page(url) as known,
        ExitStack() as strangers,
    ):
        assert known.sign_in(key)["type"] == "ready"
        for _ in range(20):
            stranger = strangers.enter_context(open_page(url))
            assert stranger.hear() == {"type": "key_needed"}
        assert Wire(url, key).get("/v1/balance").status == 200
        assert known.run("stripe whoami")[0] == 0
