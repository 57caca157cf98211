"""The official CLI's session as JSON."""

import msgspec


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
