"""What changed for an account since a moment: what open pages are told so that they can refresh.

Neighbours: `platform.announcements` wakes it; `web` sends it on. Start reading at `service`.
"""

from brim.core.changes.rules import Changes
from brim.core.changes.service import TooManyStreamsError, Watchers

__all__ = [
    "Changes",
    "TooManyStreamsError",
    "Watchers",
]
