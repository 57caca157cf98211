"""The official CLI's session as JSON."""

from typing import Final

import msgspec

SUBSCRIBE: Final = "/subscribe/"


class SessionObject(msgspec.Struct, frozen=True, kw_only=True):
    """A listening session. Source: the fields that version 1.52.0 of the official CLI reads."""

    display_connect_filter_warning: bool = False
    reconnect_delay: int
    secret: str
    websocket_authorized_feature: str
    websocket_id: str
    websocket_url: str
    default_version: str
    latest_version: str
    device_token: str


def subscribe_path(websocket_url: str) -> str:
    """Return the path of a session's websocket inside the server, whatever stands before it in the URL."""
    return SUBSCRIBE + websocket_url.partition(SUBSCRIBE)[2]
