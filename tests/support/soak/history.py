"""What clients of a soak were told, what its receiver got, and whether the service agrees with both."""

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from brim.platform.database import Database
from tests.support.books import rows as read_rows

PENDING: Final = "btok_us_verified_pending"
FAILING: Final = "btok_us_verified_noAccount"
ENDS: Final = {"": "succeeded", FAILING: "failed", PENDING: "canceled"}
"""In which status a top-up of each source ends; clients cancel those that stay pending."""

_NAMED: Final = 5


class Told(msgspec.Struct, frozen=True):
    """A create that was acknowledged: its key, what was asked for, and the id that the client was told."""

    key: str
    amount: int
    currency: str
    source: str
    topup: str


class Stored(msgspec.Struct, frozen=True):
    """A top-up as the database has it, and the key of its `topup.created` event."""

    key: str
    topup: str
    amount: int
    currency: str
    status: str


class History:
    """What one segment's clients were told, written to a file at once, and what its receiver got."""

    def __init__(self, path: Path) -> None:
        self._lock = threading.Lock()
        self._file = path.open("w", encoding="utf-8")
        self.told: list[Told] = []
        self.bodies: dict[str, bytes] = {}
        self.received: set[tuple[str, str]] = set()
        """Type and object of each event that the receiver acknowledged."""
        self.problems: list[str] = []

    def tell(self, told: Told) -> None:
        """Note what a client was told."""
        with self._lock:
            self.told.append(told)
            self._file.write(json.dumps(msgspec.to_builtins(told)) + "\n")
            self._file.flush()

    def receive(self, body: bytes) -> None:
        """Note an event that the receiver acknowledges, whose signature is right."""
        event = json.loads(body)
        with self._lock:
            known = self.bodies.setdefault(event["id"], body)
            self.received.add((event["type"], event["data"]["object"].get("id", "")))
        if known != body:
            self.complain(f"{event['id']} came with two bodies")

    def complain(self, problem: str) -> None:
        """Note what must not be."""
        with self._lock:
            self.problems.append(problem)

    def close(self) -> None:
        """Close the file."""
        self._file.close()


async def read_stored(database: Database, prefix: str) -> list[Stored]:
    """Return the top-ups that were created with keys of this beginning."""
    found = await read_rows(
        database,
        """
        SELECT e.idempotency_key AS key, t.id AS topup, t.amount, t.currency, t.status
        FROM events AS e
        JOIN topups AS t ON t.account = e.account AND t.livemode = e.livemode AND t.id = e.object_id
        WHERE e.type = 'topup.created' AND starts_with(e.idempotency_key, $1)
        """,
        prefix,
    )
    return [Stored(**row) for row in found]


def events_of(told: Told) -> set[tuple[str, str]]:
    """Return type and object of each event that a top-up leads to."""
    return {("topup.created", told.topup), (f"topup.{ENDS[told.source]}", told.topup)}


def compare(told: Sequence[Told], stored: Sequence[Stored], received: set[tuple[str, str]]) -> Mapping[str, list[str]]:
    """Return by kind what the service has otherwise than its clients were told, and what nobody was told of."""
    by_key: dict[str, list[Stored]] = {}
    for each in stored:
        by_key.setdefault(each.key, []).append(each)
    wanted = {each.key: each for each in told}
    found: dict[str, list[str]] = {"lost": [], "doubled": [], "changed": [], "untold": [], "not delivered": []}
    found["doubled"] = [key for key, made in by_key.items() if len(made) > 1]
    found["untold"] = [key for key in by_key if key not in wanted]
    for key, asked in wanted.items():
        made = {each.topup: each for each in by_key.get(key, ())}.get(asked.topup)
        if made is None:
            found["lost"].append(key)
        elif (made.amount, made.currency, made.status) != (asked.amount, asked.currency, ENDS[asked.source]):
            found["changed"].append(f"{key}: {made.amount} {made.currency} {made.status}")
        elif not events_of(asked) <= received:
            found["not delivered"].append(key)
    return found


def sums(told: Iterable[Told]) -> dict[str, int]:
    """Return what the top-ups that succeed add to the balance of each currency."""
    found: dict[str, int] = {}
    for each in told:
        if ENDS[each.source] == "succeeded":
            found[each.currency] = found.get(each.currency, 0) + each.amount
    return found


def words(found: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the findings in words, a few of each kind by name."""
    return [f"{len(each)} {kind}: {', '.join(each[:_NAMED])}" for kind, each in found.items() if each]
