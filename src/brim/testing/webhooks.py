"""A webhook endpoint for tests: registered with an account, verifying what comes, and waiting for what shall come."""

import hashlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from brim.testing.catcher import BackgroundCatcher, Caught, catching_in_background, status
from brim.testing.server import Account, id_of

TOLERANCE_S: Final = 300
"""How old a signature may be. Source: the default of Stripe's libraries."""


class EventMissedError(AssertionError):
    """An event did not arrive in time; the message lists those that did."""

    def __init__(self, wanted: str, within_s: float, events: Sequence["WebhookEvent"]) -> None:
        came = "".join(f"\n  {event}" for event in events) or "\n  nothing"
        super().__init__(f"{wanted} did not arrive within {within_s:g} s. Received:{came}")


class BadSignatureError(AssertionError):
    """Something came whose signature is not the endpoint's."""

    def __init__(self, caught: Caught, reason: str) -> None:
        shown = caught.body[:200].decode(errors="replace")
        super().__init__(f"A webhook has an invalid signature: {reason}. Its body begins with {shown}")


@dataclass(frozen=True)
class WebhookEvent:
    """An event as it came, its signature verified.

    Attributes:
        id: `evt_...`.
        type: such as `topup.succeeded`.
        object: what it is about, as it was then: the top-up.
        event: all of it.
        body: the bytes that came, and that the signature is of.
        headers: the request's, by names in lower case.
    """

    id: str
    type: str
    object: Mapping[str, Any]
    event: Mapping[str, Any]
    body: bytes
    headers: Mapping[str, str]

    def __str__(self) -> str:
        return f"{self.type} of {self.object.get('id', self.object['object'])} ({self.id})"

    @property
    def signature(self) -> str:
        """What `stripe.Webhook.construct_event` wants beside the body and the secret."""
        return self.headers["stripe-signature"]


class Webhooks:
    """What an account's webhook endpoint has got.

    Attributes:
        secret: what deliveries are signed with, `whsec_...`.
    """

    def __init__(self, catcher: BackgroundCatcher, secret: str) -> None:
        self._catcher = catcher
        self.secret = secret

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._catcher.url

    @property
    def events(self) -> list[WebhookEvent]:
        """What has come so far, oldest first.

        Raises:
            BadSignatureError: something came that nobody may trust.
        """
        return [self._verified(caught) for caught in self._catcher.caught]

    def wait_for(
        self,
        event_type: str,
        *,
        id: object = None,  # noqa: A002  what its callers have in hand
        count: int = 1,
        within_s: float = 10.0,
    ) -> WebhookEvent:
        """Return an event of a type, whether it has come already or is still to come.

        Args:
            event_type: such as `topup.succeeded`.
            id: of what it is about, or that object itself; None means any.
            count: which of them, from 1 on; the same event may come more than once.
            within_s: how long to wait.

        Raises:
            EventMissedError: it did not come; the sentence lists what did.
            BadSignatureError: something came that nobody may trust.
        """
        __tracebackhide__ = True  # pytest shows the line of the test
        about = None if id is None else id_of(id)

        def look(caught: list[Caught]) -> list[WebhookEvent] | None:
            events = [self._verified(each) for each in caught]
            found = [event for event in events if _is_wanted(event, event_type, about)]
            return found[count - 1 :] or None

        try:
            return self._catcher.wait_until(look, within_s=within_s)[0]
        except TimeoutError:
            raise EventMissedError(_describe(event_type, about, count), within_s, self.events) from None

    def answer_with(self, status_code: int) -> None:
        """Answer with this status from the next request on; other than 2xx means that the event comes again."""
        self._catcher.answer_with(status(status_code))

    def _verified(self, caught: Caught) -> WebhookEvent:
        check_signature(caught, self.secret)
        event = caught.event
        return WebhookEvent(event["id"], event["type"], event["data"]["object"], event, caught.body, caught.headers)


def _is_wanted(event: WebhookEvent, event_type: str, about: str | None) -> bool:
    return event.type == event_type and about in {None, event.object.get("id")}


def _describe(event_type: str, about: str | None, count: int) -> str:
    return event_type + (f" of {about}" if about else "") + (f", {count} times," if count > 1 else "")


def check_signature(caught: Caught, secret: str) -> None:
    """Return quietly when a request is signed with a secret, and was when it came.

    Source: Stripe, Verify webhook signatures manually. It shares no code with what signs.

    Raises:
        BadSignatureError: it is not.
    """
    parts = [part.partition("=") for part in caught.headers.get("stripe-signature", "").split(",")]
    times = [value for name, _, value in parts if name == "t" and value.isdecimal()]
    if not times:
        raise BadSignatureError(caught, "it has none")
    signed = times[0].encode() + b"." + caught.body
    expected = hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()
    if not any(hmac.compare_digest(value, expected) for name, _, value in parts if name == "v1"):
        raise BadSignatureError(caught, "it was made with another secret, or of another body")
    if abs(caught.arrived - int(times[0])) > TOLERANCE_S:
        raise BadSignatureError(caught, f"it was made {caught.arrived - int(times[0])} s before it came")


@contextmanager
def listening_endpoint(account: Account) -> Iterator[Webhooks]:
    """Yield a new webhook endpoint of an account that gets all of its events; it is turned off afterwards.

    Raises:
        BadSignatureError: at the end, if something came that nobody may trust.
    """
    with catching_in_background() as catcher:
        endpoint = account.api.post("/v1/webhook_endpoints", {"url": catcher.url, "enabled_events[]": "*"})
        webhooks = Webhooks(catcher, endpoint["secret"])
        try:
            yield webhooks
        finally:
            account.api.post(f"/v1/webhook_endpoints/{endpoint['id']}", {"disabled": "true"})
        _ = webhooks.events
