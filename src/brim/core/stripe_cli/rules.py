"""The official CLI listening: its sessions, the messages both sides send, and which requests it wants to see.

Source: the protocol as version 1.52.0 of the official CLI speaks it, observed, and its public source code.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum
from typing import Annotated, Any, Final, TypeAlias

import msgspec

from brim.base import json_codec
from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.events import DEFAULT_API_VERSION, Event, ObjectType, Renderers
from brim.core.request_logs import RequestRecord
from brim.core.webhooks import KEPT_ANSWER, Answer, Outcome, answer_of_status, sign

SUBPROTOCOL: Final = "stripecli-devproxy-v1"
SESSION_PREFIX: Final = "cliws_"
SESSION_CHARS: Final = 43
"""As many random characters as a key has: the id is all that a websocket shows for itself."""

MAX_LISTENING: Final = 50
"""Sessions of one account that listen at once."""

RESEND_PREFIX: Final = "clr_"
LISTENING_MS: Final = 60_000
"""A session that was not seen for so long is not listening."""

KEPT_MS: Final = 60 * 60 * 1000
"""How long a session that is not listening may still come back and miss nothing."""

MAX_ERROR: Final = 500
"""Characters of the sentence that says why a local target has not answered; ours are far shorter."""


class Form(StrEnum):
    """The forms that an event is sent in, each in a copy of its own."""

    DEFAULT = "default"  # a snapshot in the default version
    LATEST = "latest"  # a snapshot in the latest one: whoever listens takes one of the two and drops the other
    THIN = "thin"


SNAPSHOTS: Final = "webhooks"
REQUESTS: Final = "request_logs"
THIN_EVENTS: Final = "thin_events"
_TOLD_OF_ERRORS: Final = ("type", "charge", "code", "decline_code", "error_insight", "message", "param")
"""Source: the fields that the official CLI reads of an error."""

_CALLED_BY_THE_CLI: Final = {"v2_events": THIN_EVENTS}
"""What is kept of the CLI's word for thin events. A session that is on file with the CLI's own was opened before these
were sent: its places count no thin copies, so it goes on without them."""

_FORMS: Final = {SNAPSHOTS: (Form.DEFAULT, Form.LATEST), THIN_EVENTS: (Form.THIN,)}
_HEADERS: Final = {
    "User-Agent": "Stripe/1.0 (+https://stripe.com/docs/webhooks)",
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-cache",
    "Accept": "*/*; q=0.5, application/xml",
}


class TooManyListenersError(BrimError):
    """The account has reached the maximum number of listening sessions."""

    def __init__(self) -> None:
        super().__init__(f"At most {MAX_LISTENING} commands of one account can listen at once. Stop one of them.")


class ListenerFiltersError(BrimError):
    """The filters aren't a JSON object of lists of strings."""

    def __init__(self) -> None:
        super().__init__("Invalid filters: they must be a JSON object whose values are arrays of strings.")


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """A computer on which somebody listens: its name, the name its attempts are kept under, and its sealed secret."""

    name: str
    endpoint: str
    secret: bytes


class Listener(msgspec.Struct, frozen=True, kw_only=True):
    """A session, and where it stood when it was found; `created_ms` in Unix milliseconds.

    Copies of its own account's events up to `acked_place` have arrived; `places` says the same of accounts under it.
    `key_hash` stands for the key that it was opened with, and ends with.
    """

    scope: AccountScope
    hash: bytes
    device: Device
    features: tuple[str, ...]
    filters: Mapping[str, Sequence[str]]
    acked_place: int
    places: Mapping[str, int]
    created_ms: int
    key_hash: bytes

    @property
    def forms(self) -> tuple[Form, ...]:
        """In which forms it is sent each event; in none if it does not ask for events."""
        return forms_of(self.features)

    @property
    def wants_events(self) -> bool:
        """Whether it is sent events."""
        return bool(self.forms)

    @property
    def wants_requests(self) -> bool:
        """Whether it is sent requests."""
        return REQUESTS in self.features


class Acknowledgement(msgspec.Struct, tag_field="type", tag="event_ack", frozen=True):
    """A message has arrived."""

    event_id: str = ""
    webhook_conversation_id: str = ""
    webhook_id: str = ""


class Failure(msgspec.Struct, frozen=True):
    """Why the local target has not answered. Only `brim listen` tells it: the CLI says nothing of what has failed."""

    outcome: Outcome
    error: Annotated[str, msgspec.Meta(max_length=MAX_ERROR, pattern=r"^[^\x00]*$")]


class LocalAnswer(msgspec.Struct, tag_field="type", tag="webhook_response", frozen=True, kw_only=True):
    """What the local target answered to an event that was passed on to it, or, in `brim`, why it did not."""

    forward_url: str = ""
    status: Annotated[int, msgspec.Meta(ge=0, le=999)] = 0
    body: str = ""
    request_headers: dict[str, str] | None = None
    webhook_id: str = ""
    brim: Failure | None = None

    @property
    def kept_headers(self) -> dict[str, str]:
        """The headers that were passed on, and where to; they hold no secret."""
        return {"Forwarded-To": self.forward_url, **(self.request_headers or {})}

    @property
    def answer(self) -> Answer:
        """What became of the attempt."""
        if self.brim is not None:
            return Answer(outcome=self.brim.outcome, error=self.brim.error)
        return answer_of_status(self.status, self.body.encode()[:KEPT_ANSWER])


Message: TypeAlias = Acknowledgement | LocalAnswer
_decode: Final[Callable[[str], Message]] = json_codec.decoder(Message)


def read_message(text: str) -> Message | None:
    """Return what a listener says; None for what we do not know, which newer versions may send."""
    try:
        return _decode(text)
    except (msgspec.DecodeError, UnicodeError):
        return None


def read_filters(text: str | None) -> dict[str, list[str]]:
    """Return the filters of a session.

    Raises:
        ListenerFiltersError: they are not what the CLI sends.
    """
    try:
        return json_codec.decode(text or "{}", type=dict[str, list[str]])
    except msgspec.DecodeError:
        raise ListenerFiltersError from None


def kept_features(asked: Iterable[str], *, passes_on: bool) -> tuple[str, ...]:
    """Return what is kept of the features that the CLI asks for in its own words.

    Without any flag the CLI asks for both snapshots and thin events, of which whoever watches wants to see one line
    each; only who passes them on, to a target of its own for each form, is sent both.
    """
    kept = tuple(_CALLED_BY_THE_CLI.get(feature, feature) for feature in asked)
    if passes_on or SNAPSHOTS not in kept:
        return kept
    return tuple(feature for feature in kept if feature != THIN_EVENTS)


def forms_of(features: Iterable[str]) -> tuple[Form, ...]:
    """Return in which forms events are sent to a session with these features, those that were kept."""
    chosen = frozenset(features)
    return tuple(form for feature, forms in _FORMS.items() if feature in chosen for form in forms)


def hash_session(session_id: str) -> bytes:
    """Return what stands for a session's id in the database."""
    return hashlib.sha256(session_id.encode()).digest()


def name_of_copy(copy_id: str) -> str:
    """Return what the acknowledgment of a copy, and the local answer to it, will name."""
    return f"wh_{copy_id}"


def event_message(
    event: Event,
    *,
    listening: AccountScope,
    form: Form,
    secret: str,
    now_s: int,
    copy_id: str,
    renderers: Renderers,
) -> str:
    """Return the message that carries one copy of an event.

    Args:
        event: what is sent.
        listening: who listens; the event of another account says whose it is.
        form: what it is sent as.
        secret: signs it.
        now_s: the time of signing, a Unix second.
        copy_id: what the acknowledgment will name, see `name_of_copy`.
        renderers: write the event.
    """
    account = None if event.scope == listening else event.scope.account
    if form is Form.THIN:
        compact = renderers.render(ObjectType.EVENT_NOTIFICATION, event, context=account)
    else:
        compact = renderers.render(ObjectType.EVENT, event, account=account)
    payload = json_codec.pretty(compact).rstrip()
    headers = {**_HEADERS, "Stripe-Signature": sign(payload, timestamp=now_s, secrets=[secret])}
    message = {"http_headers": headers, **_envelope(form, payload.decode(), copy_id)}
    return json_codec.encode_text(message)


def _envelope(form: Form, payload: str, copy_id: str) -> dict[str, Any]:
    name = name_of_copy(copy_id)
    if form is Form.THIN:  # the CLI repeats the destination's name where it repeats a webhook's otherwise
        return {"type": "v2_event", "payload": payload, "destination_id": name}
    return {
        "type": "webhook_event",
        "endpoint": {"api_version": DEFAULT_API_VERSION if form is Form.LATEST else None},
        "event_payload": payload,
        "webhook_conversation_id": f"wc_{copy_id}",
        "webhook_id": name,
    }


def request_message(record: RequestRecord) -> str:
    """Return the message that carries a request."""
    message = {
        "type": "request_log_event",
        "request_log_id": record.id,
        "event_payload": _told(record).decode(),
    }
    return json_codec.encode_text(message)


def _told(record: RequestRecord) -> bytes:
    """Return what the official CLI is told of a request. Source: the lines that its `logs tail` prints."""
    error = record.error or {}
    return json_codec.encode(
        {
            "created_at": record.created,
            "livemode": record.scope.livemode,
            "method": record.method,
            "request_id": record.request_id,
            "status": record.status,
            "url": record.path,
            "error": {name: error.get(name, "") for name in _TOLD_OF_ERRORS},
        }
    )


def matches(filters: Mapping[str, Sequence[str]], record: RequestRecord) -> bool:
    """Tell whether a request passes the filters of `logs tail`; one that we do not know lets nothing pass."""
    return all(
        name in _TESTS and any(_TESTS[name](record, value) for value in values)
        for name, values in filters.items()
        if values
    )


_TESTS: Final[dict[str, Callable[[RequestRecord, str], bool]]] = {
    "filter_http_method": lambda record, value: record.method == value.upper(),
    "filter_request_path": lambda record, value: record.path == value,
    "filter_request_status": lambda record, value: (record.status < 400) == (value.upper() == "SUCCEEDED"),
    "filter_status_code": lambda record, value: str(record.status) == value,
    "filter_status_code_type": lambda record, value: str(record.status // 100) == value[:1],  # 4XX arrives as 400
    "filter_source": lambda record, value: record.source == value.lower(),
    "filter_account": lambda _record, value: value.lower() == "self",
}
"""Source: the flags of `stripe logs tail`."""
