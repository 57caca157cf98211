"""A service that cannot write as fast as creates come refuses some before any work on them, and nothing else.

Here it cannot write at all, for as long as somebody else holds the table; so nothing depends on how fast anybody is.
"""

import asyncio
import re
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from select import select
from socket import create_connection, socket
from typing import Any
from urllib.parse import urlencode, urlsplit

import asyncpg
import pytest
import stripe
from stripe import StripeClient

from brim.base import json_codec
from brim.http.admission import ALWAYS
from tests.support.brim_process import RunningBrim, start_serving
from tests.support.waiting import PATIENCE_S
from tests.support.wire import Wire

CROWD = ALWAYS + 20
"""So many may come at once; then one after the other, until one is refused."""

HELD = "LOCK TABLE topups IN SHARE MODE"
SENTENCE = "Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits."


@pytest.fixture(scope="module")
def brim(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningBrim]:
    """A service of these tests' own whose creates wait for the database for as long as a test may take."""
    folder = tmp_path_factory.mktemp("shedding")
    arguments = ("--workers", "1", "--database-timeout", "60s")
    brim = start_serving(folder / "data", folder / "brim.log", arguments=arguments)
    try:
        brim.wait_until_ready()
        yield brim
        assert brim.stop() == 0
        assert_logged_seldom((folder / "brim.log").read_text())
    finally:
        brim.close()


def assert_logged_seldom(log: str) -> None:
    assert "Traceback" not in log
    assert 1 <= log.count("requests rejected because of overload") < 10


@contextmanager
def holding(brim: RunningBrim) -> Iterator[None]:
    """Let no top-up be written meanwhile."""
    let_go = threading.Event()
    is_held = threading.Event()

    async def hold() -> None:
        conn = await asyncpg.connect(brim.owner_url)
        try:
            async with conn.transaction():
                await conn.execute(HELD)
                is_held.set()
                await asyncio.to_thread(let_go.wait, PATIENCE_S)
        finally:
            await conn.close()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(asyncio.run, hold())
        try:
            assert is_held.wait(PATIENCE_S)
            yield
        finally:
            let_go.set()
            held.result()


class Crowd:
    """Connections with a create each, until one of them is refused."""

    def __init__(self, brim: RunningBrim) -> None:
        self._place = urlsplit(brim.url)
        body = urlencode({"amount": 2000, "currency": "usd", "description": "one of a crowd"})
        self._request = (
            f"POST /v1/topups HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {brim.test_key}\r\n"
            f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n\r\n{body}"
        ).encode()
        self.sockets: list[socket] = []

    def first_refusal(self) -> bytes:
        """Return the first reply there is; nothing else can be answered while the table is held."""
        while True:
            sent = create_connection((self._place.hostname, self._place.port or 0))
            sent.sendall(self._request)
            self.sockets.append(sent)
            answered = select(self.sockets, [], [], 0.05 if len(self.sockets) > CROWD else 0)[0]
            if answered:
                self.sockets.remove(answered[0])
                with answered[0]:
                    return bytes(answered[0].recv(65536))

    def statuses(self) -> list[int]:
        """Return the status of each reply that was not read, and wait for all of them."""
        found = []
        for each in self.sockets:
            each.settimeout(PATIENCE_S)
            with each, each.makefile("rb") as replies:
                found.append(int(replies.readline().split()[1]))
        return found


class Recording(stripe.RequestsClient):
    """The official SDK's own client, which remembers what it was answered."""

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[tuple[int, Mapping[str, str]]] = []
        self.was_refused = threading.Event()

    def request(
        self, method: str, url: str, headers: Mapping[str, str] | None, post_data: Any = None, **more: Any
    ) -> Any:
        answer = super().request(method, url, headers, post_data, **more)
        self.answers.append(answer[1:])
        if answer[1] == 429:
            self.was_refused.set()
        return answer


def create(brim: RunningBrim, recording: Recording, retries: int, name: str, amount: int = 2000) -> stripe.Topup:
    """Return a new top-up, made under a key and with a description of that name."""
    client = StripeClient(
        brim.test_key, base_addresses={"api": brim.url}, max_network_retries=retries, http_client=recording
    )
    return client.v1.topups.create(
        {"amount": amount, "currency": "usd", "description": name}, {"idempotency_key": name}
    )


def count_of(brim: RunningBrim, description: str) -> object:
    return brim.execute_as_owner(f"SELECT count(*) FROM topups WHERE description = '{description}'")


def shed(brim: RunningBrim) -> float:
    metrics = Wire(brim.url, None).get("/metrics").body.decode()
    return sum(float(found) for found in re.findall(r"^brim_requests_shed_total{.*} (\S+)$", metrics, re.MULTILINE))


def test_a_refused_create_was_never_begun_and_official_sdks_repeat_it(brim: RunningBrim) -> None:
    hasty, patient = Recording(), Recording()
    with ThreadPoolExecutor(1) as pool, holding(brim):
        crowd = Crowd(brim)
        head, _, body = crowd.first_refusal().partition(b"\r\n\r\n")
        # What is no write is answered, and so are pages.
        assert Wire(brim.url, brim.test_key).get("/v1/topups").status == 200
        assert Wire(brim.url, None).get("/healthz").status == 200
        assert Wire(brim.url, None).get("/docs/api").status == 200
        with pytest.raises(stripe.RateLimitError) as refused:
            create(brim, hasty, 0, "hasty")
        waiting = pool.submit(create, brim, patient, 8, "patient")
        assert patient.was_refused.wait(PATIENCE_S)
    assert waiting.result().description == "patient"

    lines = head.decode().split("\r\n")
    assert lines[0] == "HTTP/1.1 429 Too Many Requests"
    headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines[1:])}
    assert headers["content-length"] == str(len(body))
    assert headers["access-control-allow-origin"] == "*"
    for each in (headers, {name.lower(): value for name, value in hasty.answers[0][1].items()}):
        assert each["stripe-should-retry"] == "true"
        assert each["stripe-rate-limited-reason"] == "global-concurrency"
        assert each["retry-after"] == "1"
    assert refused.value.user_message == SENTENCE
    error = json_codec.decode(body)["error"]
    assert (error["code"], error["message"]) == ("rate_limit", SENTENCE)

    # The SDK came again under the same key, which it does with no 429 that does not tell it to: one was made.
    refusals = [status for status, _ in patient.answers if status == 429]
    assert [status for status, _ in patient.answers] == [429] * len(refusals) + [200]
    assert count_of(brim, "patient") == 1

    # A refused key is unused, also for other parameters.
    assert count_of(brim, "hasty") == 0
    again = create(brim, hasty, 0, "hasty", amount=3000)
    assert (again.amount, count_of(brim, "hasty")) == (3000, 1)

    # Of the crowd each was either created or refused; one refusal was read above.
    statuses = crowd.statuses()
    assert set(statuses) <= {200, 429}
    assert count_of(brim, "one of a crowd") == statuses.count(200)
    assert shed(brim) >= 1 + statuses.count(429)
