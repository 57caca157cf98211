"""The official CLI's session as JSON."""

from typing import Annotated, Final

import msgspec

from brim.api.framework.schema import TEXT, described

SUBSCRIBE: Final = "/subscribe/"


class SessionObject(msgspec.Struct, frozen=True, kw_only=True):
    """A listening session of the Stripe CLI.

    Source: the fields that version 1.52.0 of the official CLI reads.
    """

    display_connect_filter_warning: Annotated[bool, described("Always false.")] = False
    reconnect_delay: Annotated[int, described("Seconds after which the CLI reconnects.", minimum=1)]
    secret: Annotated[str, described("What messages are signed with; the same each time for one device.", **TEXT)]
    websocket_authorized_feature: Annotated[
        str, described("What will be sent. The CLI repeats it when it connects.", **TEXT)
    ]
    websocket_id: Annotated[str, described("The credential for the websocket.", **TEXT)]
    websocket_url: Annotated[str, described("The URL of the websocket.", format="uri")]
    default_version: Annotated[str, described("The version of the API in which events are written.", **TEXT)]
    latest_version: Annotated[str, described("The latest version of the API.", **TEXT)]
    device_token: Annotated[str, described("The name under which attempts are kept.", **TEXT)]


def subscribe_path(websocket_url: str) -> str:
    """Return the path of a session's websocket inside the server, whatever stands before it in the URL."""
    return SUBSCRIBE + websocket_url.partition(SUBSCRIBE)[2]
