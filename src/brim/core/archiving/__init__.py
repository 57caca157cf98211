"""Whether the database's WAL is archived, as PostgreSQL itself tells: of any archiver, Brim's own or another one.

And when the last base backup of an embedded database was made, as its data folder notes.

Neighbours: `integrity` lists what keeps it from being archived among what is stuck, the worker shows it in the metrics.
Start reading at `rules`.
"""

from brim.core.archiving.base_backups import (
    BaseBackup,
    forget_base_backup,
    keep_base_backup,
    last_base_backup_ms,
)
from brim.core.archiving.rules import Archiving
from brim.core.archiving.store import read_archiving

__all__ = [
    "Archiving",
    "BaseBackup",
    "forget_base_backup",
    "keep_base_backup",
    "last_base_backup_ms",
    "read_archiving",
]
