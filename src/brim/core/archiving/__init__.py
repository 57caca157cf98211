"""Whether the database's WAL is archived, as PostgreSQL itself tells: of any archiver, Brim's own or another one.

Neighbours: `integrity` lists what keeps it from being archived among what is stuck, the worker shows it in the metrics.
Start reading at `rules`.
"""

from brim.core.archiving.rules import Archiving
from brim.core.archiving.store import read_archiving

__all__ = ["Archiving", "read_archiving"]
