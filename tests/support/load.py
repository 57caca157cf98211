"""Clients that create top-ups without pause and write down what each answer was and when."""

import itertools
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPException
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

_HANG_S: Final = 60.0
_REST_AFTER_REFUSAL_S: Final = 0.01


class Observation(NamedTuple):
    """One request: its idempotency key, when it began, how long it took, and its answer; status 0 for none at all."""

    key: str
    begun: float
    seconds: float
    status: int
    should_retry: str | None
    body: Any

    @property
    def ended(self) -> float:
        return self.begun + self.seconds


class Load:
    """Creates under way from several threads at once."""

    def __init__(self, url: str, api_key: str) -> None:
        self._place = urlsplit(url).netloc
        self._api_key = api_key
        self._numbers = itertools.count()
        self._stop = threading.Event()
        self.observed: list[Observation] = []

    def answers(self, status: int, *, since: float = 0.0) -> list[Observation]:
        """Return what was answered with a status, to requests begun since then."""
        return [seen for seen in list(self.observed) if seen.status == status and seen.begun >= since]

    @contextmanager
    def running(self, clients: int) -> Iterator[None]:
        """Run the clients for as long as the block lasts."""
        threads = [threading.Thread(target=self._run) for _ in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._stop.set()
            for thread in threads:
                thread.join()

    def _run(self) -> None:
        connection = HTTPConnection(self._place, timeout=_HANG_S)
        while not self._stop.is_set():
            seen = self._create(connection, f"load-{next(self._numbers)}")
            self.observed.append(seen)
            if seen.status != 200:
                self._stop.wait(_REST_AFTER_REFUSAL_S)
        connection.close()

    def create(self, key: str) -> Observation:
        """Make one create by itself, such as the retry of one that was refused."""
        connection = HTTPConnection(self._place, timeout=_HANG_S)
        try:
            return self._create(connection, key)
        finally:
            connection.close()

    def _create(self, connection: HTTPConnection, key: str) -> Observation:
        headers = {
            "Authorization": f"Bearer {self._api_key}",
            "Content-Type": "application/x-www-form-urlencoded",
            "Idempotency-Key": key,
        }
        begun = time.monotonic()
        try:
            connection.request("POST", "/v1/topups", urlencode({"amount": 1000, "currency": "usd"}), headers)
            answer = connection.getresponse()
            body = answer.read()
        except (OSError, HTTPException) as error:
            connection.close()
            return Observation(key, begun, time.monotonic() - begun, 0, None, repr(error))
        seconds = time.monotonic() - begun
        return Observation(
            key, begun, seconds, answer.status, answer.getheader("Stripe-Should-Retry"), json.loads(body)
        )
