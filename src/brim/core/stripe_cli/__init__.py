"""The official command line listening: sessions, connections, what each is sent, and events sent again.

Neighbours: `events` and `request_logs`, which it streams; `webhooks`, whose messages it has. Start at `rules`.
"""

from brim.core.stripe_cli.connections import Conversation
from brim.core.stripe_cli.hub import Hub
from brim.core.stripe_cli.resending import Resend, resend_event
from brim.core.stripe_cli.rules import (
    MAX_ERROR,
    REQUESTS,
    SNAPSHOTS,
    SUBPROTOCOL,
    THIN_EVENTS,
    ListenerFiltersError,
    TooManyListenersError,
    kept_features,
)
from brim.core.stripe_cli.service import find_session, open_session

__all__ = [
    "MAX_ERROR",
    "REQUESTS",
    "SNAPSHOTS",
    "SUBPROTOCOL",
    "THIN_EVENTS",
    "Conversation",
    "Hub",
    "ListenerFiltersError",
    "Resend",
    "TooManyListenersError",
    "find_session",
    "kept_features",
    "open_session",
    "resend_event",
]
