"""What another copy of the database has and this one has not: what a restore to a moment has undone.

Neighbours: `brim backup compare` restores the other copy from the archive; bank files are compared by `ach`. Start
reading at `service`.
"""

from brim.core.divergence.rules import Kind, Undone, ids_in
from brim.core.divergence.service import find_undone, find_unknown_ids

__all__ = ["Kind", "Undone", "find_undone", "find_unknown_ids", "ids_in"]
