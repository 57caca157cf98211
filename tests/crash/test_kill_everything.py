"""`kill -9` of everything under load, again and again: nothing acknowledged is lost, nothing is doubled."""

import asyncio
import http.client
import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest

from brim.core.integrity.books import verify_books
from brim.platform.database import Database
from tests.support.brim_process import RunningBrim
from tests.support.figures import Figures
from tests.support.long_form import long_form

ROUNDS = long_form(20, short=4)
CLIENTS = 8
MAX_RECOVERY_S = 60.0
"""Far more than the second it takes: a start that waits for some time-out is found, a busy machine is none."""
SEED = 20261121


@dataclass
class Load:
    """Clients that create top-ups until the service is gone, and what they were told."""

    brim: RunningBrim
    name: str
    acknowledged: dict[str, str] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    enough: threading.Event = field(default_factory=threading.Event)
    goal: int = 0

    def run(self, goal: int) -> list[threading.Thread]:
        """Start the clients; `enough` is set once `goal` creates were acknowledged."""
        self.goal = goal
        threads = [threading.Thread(target=self._create_until_gone, args=(client,)) for client in range(CLIENTS)]
        for thread in threads:
            thread.start()
        return threads

    def _create_until_gone(self, client: int) -> None:
        address = urlsplit(self.brim.url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
        for number in range(1_000_000):
            key = f"{self.name}-{client}-{number}"
            self.unanswered.add(key)
            try:
                topup_id = create(connection, self.brim.test_key, key)
            except (OSError, http.client.HTTPException):
                connection.close()
                return
            self.unanswered.discard(key)
            self.acknowledged[key] = topup_id
            if len(self.acknowledged) >= self.goal:
                self.enough.set()


def create(connection: http.client.HTTPConnection, secret: str, key: str) -> str:
    """Return the id of the top-up created under an idempotency key."""
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key}
    connection.request("POST", "/v1/topups", body="amount=700&currency=usd", headers=headers)
    answer = connection.getresponse()
    body = answer.read()
    if answer.status == 503:  # the database died a moment before its API did
        raise ConnectionResetError
    assert answer.status == 200, body
    return str(json.loads(body)["id"])


async def topups_by_key(url: str) -> dict[str, list[str]]:
    """Return all top-ups ever made by the idempotency key of their `topup.created` event."""
    database = await Database.connect(url)
    async with database.connection() as conn:
        rows = await conn.fetch("SELECT idempotency_key, object_id FROM events WHERE type = 'topup.created'")
    await database.close()
    made: dict[str, list[str]] = {}
    for row in rows:
        made.setdefault(row["idempotency_key"], []).append(row["object_id"])
    return made


async def check_books(url: str) -> None:
    database = await Database.connect(url)
    assert (await verify_books(database)).differences == []
    await database.close()


@pytest.mark.slow
@pytest.mark.long_form
def test_what_was_acknowledged_survives_and_what_was_not_is_found_by_a_retry(
    start_brim: Callable[..., RunningBrim], figures: Figures
) -> None:
    """Again and again: load, kill the whole family of processes at a random moment, start again on the same folder.

    Every acknowledged id is there, under its own key, once. Every request whose answer was lost converges to one
    top-up when it is sent again. The books prove themselves, with settlement going on all the while.
    """
    randomness = random.Random(SEED)
    acknowledged: dict[str, str] = {}
    recoveries: list[float] = []
    environment = {"BRIM_SANDBOX_SETTLE_AFTER": "50ms"}
    brim = start_brim(env=environment)
    for number in range(ROUNDS):
        load = Load(brim, f"round{number}")
        threads = load.run(goal=randomness.randint(1, 800))
        assert load.enough.wait(60)
        brim.kill_everything()
        for thread in threads:
            thread.join()
        acknowledged |= load.acknowledged

        started = time.monotonic()
        brim = start_brim(env=environment)
        recoveries.append(time.monotonic() - started)

        address = urlsplit(brim.url)
        connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=60)
        for key in sorted(load.unanswered):
            acknowledged[key] = create(connection, brim.test_key, key)
        connection.close()

        made = asyncio.run(topups_by_key(brim.database_url))
        doubled = [key for key, ids in made.items() if len(ids) > 1]
        lost = [key for key, topup_id in acknowledged.items() if made.get(key) != [topup_id]]
        assert (doubled, lost) == ([], [])
        asyncio.run(check_books(brim.database_url))
    figures.tell(
        f"{ROUNDS} kills, {len(acknowledged)} creates acknowledged, none doubled or lost; "
        f"the slowest start took {max(recoveries):.1f} s"
    )
    assert max(recoveries) < MAX_RECOVERY_S
