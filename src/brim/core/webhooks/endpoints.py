"""What a webhook endpoint may be: its URL, its secret, how many there are, and what an account may change.

Neighbours: `webhooks` has the endpoint itself and how it is signed for, `targets` where it may be; what a name stands
for is judged anew at each connection. Source: Stripe API reference, Webhook Endpoints.
"""

from datetime import UTC, datetime
from typing import Final

import msgspec

from brim.base.errors import BrimError
from brim.base.metadata import MetadataChange, merge
from brim.base.scope import AccountScope
from brim.core.webhooks.rules import MAX_ENDPOINTS, Endpoint, EventPayload
from brim.platform.egress.targets import Networks, TargetBlockedError, check_addresses, parse_target

PREFIX: Final = "we_"
DESTINATION_PREFIX: Final = "ed_"
"""Of an endpoint that was made as an event destination. Source: Stripe API reference, Event Destinations."""

SECRET_PREFIX: Final = "whsec_"  # noqa: S105  what secrets begin with is none
SECRET_CHARS: Final = 43
"""Base62 characters of chance in a secret: 43 are the fewest that hold 256 bits."""

MAX_URL: Final = 2048
MAX_DESCRIPTION: Final = 5000
MAX_NAME: Final = 255
DISABLED_BY_OWNER: Final = "owner"
DISABLED_BY_FAILURES: Final = "failures"


class TooManyEndpointsError(BrimError):
    """The account has reached the maximum number of webhook endpoints."""

    def __init__(self, most: int, *, livemode: bool) -> None:
        super().__init__(f"You have reached the maximum of {most} {'live' if livemode else 'test'} webhook endpoints.")


class EndpointDisabledError(BrimError):
    """The endpoint is disabled."""

    def __init__(self, endpoint_id: str) -> None:
        super().__init__(
            f"The webhook endpoint {endpoint_id} is disabled, so nothing is sent to it. Enable it first: "
            "disabled=false."
        )


class ResendInProgressError(BrimError):
    """Another request is already queuing missed events for the endpoint."""

    def __init__(self, endpoint_id: str) -> None:
        super().__init__(
            f"Another request is queuing missed events for the webhook endpoint {endpoint_id}. Retry shortly."
        )


class EndpointNotListeningError(BrimError):
    """The endpoint doesn't receive events of this account."""

    def __init__(self, endpoint_id: str, account: str) -> None:
        super().__init__(f"The webhook endpoint {endpoint_id} does not listen to events of the account {account}.")


class NothingToSendError(BrimError):
    """There is no event yet that the endpoint subscribes to, or none of the given type."""

    def __init__(self, endpoint_id: str, event_type: str | None = None) -> None:
        if event_type is None:
            super().__init__(
                f"There is no event yet that the webhook endpoint {endpoint_id} is subscribed to. Create one "
                f"first, for example with a top-up."
            )
        else:
            super().__init__(
                f"There is no event of the type {event_type} to send yet. In test mode, trigger one first."
            )


class VersionOfThinError(BrimError):
    """Thin events have no snapshot API version."""

    def __init__(self) -> None:
        super().__init__("snapshot_api_version can be set only where event_payload is snapshot: thin events have none.")


class EndpointRules(msgspec.Struct, frozen=True, kw_only=True):
    """What the operator lets endpoints be: how many of an account's, and which networks live mode may reach as well."""

    most: int = MAX_ENDPOINTS
    allowed: Networks = ()


class NewEndpoint(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint as it is asked for; `secret` is in the clear, `api_version` None where none was asked for.

    `prefix` is what its id begins with: it tells by which of the two ways the endpoint was made.
    """

    url: str
    enabled_events: tuple[str, ...]
    secret: str
    prefix: str = PREFIX
    api_version: str | None = None
    connect: bool = False
    event_payload: EventPayload = EventPayload.SNAPSHOT
    name: str | None = None
    description: str | None = None
    metadata: dict[str, str] = {}


class EndpointEdit(msgspec.Struct, frozen=True, kw_only=True):
    """What an account changes; what is unset stays."""

    url: str | msgspec.UnsetType = msgspec.UNSET
    enabled_events: tuple[str, ...] | msgspec.UnsetType = msgspec.UNSET
    disabled: bool | msgspec.UnsetType = msgspec.UNSET
    name: str | msgspec.UnsetType = msgspec.UNSET
    description: str | msgspec.UnsetType | None = msgspec.UNSET
    metadata: MetadataChange | msgspec.UnsetType = msgspec.UNSET


def edited(endpoint: Endpoint, edit: EndpointEdit, *, now_ms: int) -> Endpoint:
    """Return an endpoint after a change at `now_ms`; one that is enabled again has not failed yet.

    Raises:
        TooMuchMetadataError: more metadata would be left than an object may have.
    """
    given = {name: getattr(edit, name) for name in ("url", "enabled_events", "name", "description")}
    changes = {name: value for name, value in given.items() if value is not msgspec.UNSET}
    if edit.metadata is not msgspec.UNSET:
        changes["metadata"] = merge(endpoint.metadata, edit.metadata)
    if edit.disabled is True and endpoint.is_enabled:
        changes |= {"disabled_because": DISABLED_BY_OWNER, "disabled_ms": now_ms}
    if edit.disabled is False and not endpoint.is_enabled:
        changes |= {"disabled_because": None, "disabled_ms": None, "failing_since_ms": None}
    changed = msgspec.structs.replace(endpoint, **changes)
    return endpoint if changed == endpoint else msgspec.structs.replace(changed, updated=now_ms // 1000)


def redirects(before: Endpoint, after: Endpoint) -> bool:
    """Tell whether a change makes an endpoint be sent something else, or somewhere else."""
    return (
        before.url != after.url
        or before.enabled_events != after.enabled_events
        or (after.is_enabled and not before.is_enabled)
    )


def rolled(endpoint: Endpoint, sealed: bytes, *, overlap_s: int, now_ms: int) -> Endpoint:
    """Return an endpoint with a new sealed secret; the one before signs too for so many seconds.

    A secret older than that one signs no more, whatever was promised for it.
    """
    return msgspec.structs.replace(
        endpoint,
        secret=sealed,
        old_secret=endpoint.secret if overlap_s else None,
        old_secret_until_ms=now_ms + overlap_s * 1000 if overlap_s else None,
        updated=now_ms // 1000,
    )


def secret_place(scope: AccountScope, endpoint_id: str) -> str:
    """Return the place that an endpoint's secrets are sealed for."""
    return f"webhook_endpoints {scope.account} {scope.livemode} {endpoint_id}"


def application_of(endpoint: Endpoint) -> str | None:
    """Return the id of the platform's application, by which clients tell endpoints that listen to its accounts."""
    return "ca_" + endpoint.scope.account.rpartition("_")[2] if endpoint.connect else None


def notice_of(endpoint: Endpoint) -> str | None:
    """Return what the account should know of an endpoint that fails or was turned off; None where all is well."""
    if endpoint.failing_since_ms is None or endpoint.disabled_because == DISABLED_BY_OWNER:
        return None
    began = datetime.fromtimestamp(endpoint.failing_since_ms / 1000, UTC)
    since = f"{began:%b} {began.day}, {began:%Y, %H:%M} UTC"
    if endpoint.disabled_because == DISABLED_BY_FAILURES:
        return (
            f"This endpoint was disabled because every attempt since {since} has failed. Events since then "
            f"weren't delivered, and pending deliveries were discarded. Enable it once it responds with a "
            f"2xx status, then resend the missed events."
        )
    return f"Every attempt since {since} has failed. After three days of failures, the endpoint is disabled."


def check_url(url: str, rules: EndpointRules, *, livemode: bool) -> None:
    """Let a URL pass that an endpoint may have, as far as can be told without asking what its name stands for.

    Args:
        url: what is asked for.
        rules: the operator's.
        livemode: whether real money's events go there.

    Raises:
        TargetBlockedError: it is no URL that a webhook could be sent to.
    """
    target = parse_target(url)
    if "#" in url:
        raise TargetBlockedError("it must have no fragment (#).")
    if target.own_addresses:
        check_addresses(target, target.own_addresses, livemode=livemode, allowed=rules.allowed)
    elif livemode and not rules.allowed and (target.scheme, target.port) != ("https", 443):
        raise TargetBlockedError("in live mode it must begin with https:// and use port 443.")
