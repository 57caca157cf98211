"""What a request's key may see: the objects that a reply shows beside the one that its operation is about.

`app` checks the operation's own permission. Expanding an id, reading an event, listening to a stream and having events
sent to a URL show other objects as well, and each needs the permission to read it. Source: Stripe Apps, permissions
reference and Listen for events: whoever expands an object needs the object's own permission too, and whoever subscribes
to an event `event_read` and that of its object.
"""

from collections.abc import Iterable, Sequence
from typing import Final

import msgspec

from brim.api.framework.errors import PermissionMissingError
from brim.api.framework.expansion import expanded_objects
from brim.api.framework.kinds import Expand
from brim.api.framework.params import Parameter
from brim.base.scope import AccountScope
from brim.core.access import ApiKey
from brim.core.events import OBJECT_OF_EVENT, EventType
from brim.core.stripe_cli import REQUESTS, SNAPSHOTS, THIN_EVENTS
from brim.core.webhooks import ALL_EVENTS, EventPayload

RESOURCE_OF_OBJECT: Final = {
    "topup": "topups",
    "balance_transaction": "balance_transactions",
    "payment_method": "payment_methods",
    "source": "sources",
}
"""The resource of each object that can stand in place of an id."""

RESOURCE_OF_EVENT: Final = {kind: event_object.resource for kind, event_object in OBJECT_OF_EVENT.items()}
"""The resource of the object that an event shows in snapshot form; the thin form shows none."""

_SHOWN_IN_SNAPSHOTS: Final = tuple(dict.fromkeys(RESOURCE_OF_EVENT.values()))
RESOURCES_OF_STREAM: Final = {
    SNAPSHOTS: ("events", *_SHOWN_IN_SNAPSHOTS),
    THIN_EVENTS: ("events",),
    REQUESTS: ("request_logs",),
}
"""What each stream of a CLI session shows."""


class Rights(msgspec.Struct, frozen=True):
    """A key, and the account that it acts for in this request."""

    key: ApiKey
    scope: AccountScope

    def require(self, resource: str, level: str = "read") -> None:
        """Return if the key may read, or write, a resource.

        Raises:
            PermissionMissingError: it may not.
        """
        if not self.key.allows(resource, level):
            raise PermissionMissingError(self.key.redacted, self.scope.account, resource, level)

    def require_expansion(self, parameters: Sequence[Parameter], paths: Sequence[str]) -> None:
        """Return if the key may read each object that the paths put in place of an id; `parameters` are the table.

        Raises:
            PermissionMissingError: it may not read one of them.
        """
        if self.key.permissions is None:
            return
        kind = next(parameter.kind for parameter in parameters if parameter.name == "expand")
        if isinstance(kind, Expand):
            for name in expanded_objects(kind.object_name, paths):
                self.require(RESOURCE_OF_OBJECT[name])

    def require_event(self, event_type: EventType) -> None:
        """Return if the key may read the object that an event shows.

        Raises:
            PermissionMissingError: it may not.
        """
        self.require(RESOURCE_OF_EVENT[event_type])

    def require_every_event(self) -> None:
        """Return if the key may read the objects of all events.

        Raises:
            PermissionMissingError: it may not read some of them.
        """
        for resource in _SHOWN_IN_SNAPSHOTS:
            self.require(resource)

    def require_subscription(self, enabled_events: Iterable[str], payload: EventPayload) -> None:
        """Return if the key may read whatever an endpoint with this subscription is sent.

        Whoever names an endpoint's URL or knows its secret receives what it is sent, so both need this.

        Raises:
            PermissionMissingError: it may not read some of it.
        """
        if self.key.permissions is None:
            return
        self.require("events")
        if payload is EventPayload.THIN:
            return
        subscribed = set(enabled_events)
        for kind, resource in RESOURCE_OF_EVENT.items():
            if kind in subscribed or ALL_EVENTS in subscribed:
                self.require(resource)

    def require_streams(self, features: Iterable[str]) -> None:
        """Return if the key may read all that a CLI session with these features shows.

        Raises:
            PermissionMissingError: it may not read some of it.
        """
        for feature in features:
            for resource in RESOURCES_OF_STREAM.get(feature, ()):
                self.require(resource)

    def readable_events(self, patterns: tuple[str, ...] | None) -> tuple[str, ...] | None:
        """Return which types a list of events is narrowed to: those asked for whose object the key may read.

        Args:
            patterns: the types asked for, each exact or ending in `*`; None for all.

        Raises:
            PermissionMissingError: the key may read none of those asked for.
        """
        if self.key.permissions is None:
            return patterns
        asked = [kind for kind in EventType if patterns is None or any(_matches(kind, each) for each in patterns)]
        readable = tuple(kind for kind in asked if self.key.allows(RESOURCE_OF_EVENT[kind], "read"))
        if len(readable) == len(asked):
            return patterns
        if not readable:
            self.require_event(asked[0])
        return readable


def _matches(kind: str, pattern: str) -> bool:
    return kind.startswith(pattern[:-1]) if pattern.endswith("*") else kind == pattern
