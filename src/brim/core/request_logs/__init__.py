"""The newest requests of each account, kept for looking at: what was asked and answered, without secrets.

Neighbours: the API records; `stripe_cli` streams them. Start reading at `rules`.
"""

from brim.core.request_logs.counting import RequestCounts
from brim.core.request_logs.rules import (
    BY_PAGES,
    HOUR_S,
    MAX_PARAMETERS,
    PREFIX,
    RequestFilters,
    RequestRecord,
    RequestSource,
    redact,
)
from brim.core.request_logs.service import RequestPruning, RequestRecorder, list_request_logs
from brim.core.request_logs.store import newest_request_logs

__all__ = [
    "BY_PAGES",
    "HOUR_S",
    "MAX_PARAMETERS",
    "PREFIX",
    "RequestCounts",
    "RequestFilters",
    "RequestPruning",
    "RequestRecord",
    "RequestRecorder",
    "RequestSource",
    "list_request_logs",
    "newest_request_logs",
    "redact",
]
