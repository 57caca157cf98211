"""What needs somebody's attention: the one list behind the home page, the API and notifications.

Neighbours: the capabilities whose lists it counts; `notifications` tells people of it. Start reading at `rules`, then
`service`.
"""

from brim.core.attention.rules import (
    Matter,
    MatterKind,
    UnknownTimezoneError,
    merge_endpoints,
    resource_of,
    zone_of,
)
from brim.core.attention.service import find_attention, find_attention_everywhere

__all__ = [
    "Matter",
    "MatterKind",
    "UnknownTimezoneError",
    "find_attention",
    "find_attention_everywhere",
    "merge_endpoints",
    "resource_of",
    "zone_of",
]
