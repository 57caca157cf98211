"""Receivers of webhooks, as they are: slow, failing, silent, and some that forget that they have answered."""

import asyncio
import hashlib
import hmac
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from brim.base import json_codec
from brim.core.webhooks import Answer, Outcome
from tests.support.simulation.trace import Trace

TIMEOUT_S: Final = 5.0
_LOST: Final = Answer(outcome=Outcome.UNREACHABLE, error="The connection was reset.")


@dataclass
class Received:
    """An event as a receiver has it: its number, what it says, and how often it came; `is_confirmed` once by 2xx."""

    number: str
    body: bytes
    count: int = 0
    is_confirmed: bool = False


@dataclass
class Receivers:
    """All receivers, in place of the network (`WebhookSender`). `trouble` is how likely something goes wrong."""

    chance: random.Random
    trace: Trace
    secrets: Mapping[str, str]
    """The secret of each URL."""
    trouble: float = 0.0
    timeout_s: float = TIMEOUT_S
    received: dict[str, dict[str, Received]] = field(default_factory=dict)
    """By URL and id of the event."""
    problems: list[str] = field(default_factory=list)
    attempts: int = 0

    async def post(self, url: str, *, headers: Mapping[str, str], body: bytes, **_more: Any) -> Answer:
        """Receive an event, or not, and return what the sender hears of it."""
        self.attempts += 1
        kind = self._choose()
        self.trace.tell(f"  {url} gets {headers['Brim-Sequence']}: {kind}", body)
        if kind == "unreachable":
            return _LOST
        if kind != "down":
            self._receive(url, headers, body)
        if kind == "slow":
            await asyncio.sleep(self.chance.uniform(0.1, self.timeout_s - 0.1))
        if kind == "silent":
            await asyncio.sleep(self.timeout_s)
            return Answer(outcome=Outcome.TIMED_OUT, error="There was no response.")
        if kind == "answer lost":
            return _LOST
        if kind == "down":
            return Answer(outcome=Outcome.REFUSED, http_status=500, body_head=b"")
        self.received[url][_id_in(body)].is_confirmed = True
        return Answer(outcome=Outcome.DELIVERED, http_status=200, body_head=b"")

    def _choose(self) -> str:
        if self.chance.random() >= self.trouble:
            return "ok"
        return self.chance.choice(("unreachable", "down", "slow", "silent", "answer lost"))

    def _receive(self, url: str, headers: Mapping[str, str], body: bytes) -> None:
        self._check_signature(self.secrets[url], headers["Stripe-Signature"], body)
        event = json_codec.decode(body)
        event.pop("pending_webhooks", None)  # counts down
        known = self.received.setdefault(url, {}).setdefault(
            event["id"], Received(headers["Brim-Sequence"], json_codec.encode(event))
        )
        known.count += 1
        if (known.number, known.body) != (headers["Brim-Sequence"], json_codec.encode(event)):
            self.problems.append(f"{event['id']} came to {url} with another number or content")

    def _check_signature(self, secret: str, header: str, body: bytes) -> None:
        parts = dict(part.split("=", 1) for part in header.split(","))
        signed = hmac.digest(secret.encode(), f"{parts['t']}.".encode() + body, hashlib.sha256).hex()
        if signed != parts["v1"]:
            self.problems.append(f"a body came with a signature that is not its own: {header}")


def _id_in(body: bytes) -> str:
    return str(json_codec.decode(body)["id"])
