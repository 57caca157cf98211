"""Events: their types, made with what they announce, and read by id, by page and by number.

Neighbours: whoever changes something writes one here; `webhooks` and `stripe_cli` send them. Start reading at `rules`.
"""

from brim.core.events.api_versions import is_api_version
from brim.core.events.names import ENDPOINT_EVENTS, ONLY_THIN_NAMES, V2_NAMES, snapshot_name, thin_name
from brim.core.events.renderers import OBJECT_TYPES, ObjectType, Renderers
from brim.core.events.rules import (
    BY_ITSELF,
    DEFAULT_API_VERSION,
    KEPT_MS,
    OBJECT_OF_EVENT,
    SUBSCRIBABLE,
    Cause,
    Event,
    EventFilters,
    EventType,
    without_trace,
)
from brim.core.events.service import list_after, list_events, new_event, page_events, retrieve_event
from brim.core.events.store import announcement_of, event_from_record, fetch_events, find_events, insert_events

__all__ = [
    "BY_ITSELF",
    "DEFAULT_API_VERSION",
    "ENDPOINT_EVENTS",
    "KEPT_MS",
    "OBJECT_OF_EVENT",
    "OBJECT_TYPES",
    "ONLY_THIN_NAMES",
    "SUBSCRIBABLE",
    "V2_NAMES",
    "Cause",
    "Event",
    "EventFilters",
    "EventType",
    "ObjectType",
    "Renderers",
    "announcement_of",
    "event_from_record",
    "fetch_events",
    "find_events",
    "insert_events",
    "is_api_version",
    "list_after",
    "list_events",
    "new_event",
    "page_events",
    "retrieve_event",
    "snapshot_name",
    "thin_name",
    "without_trace",
]
