"""Which database a PostgreSQL data directory has: what PostgreSQL calls it, and what it was called before upgrades.

The directory belongs to whoever PostgreSQL runs as, so what lies in it is only read, and no link there is followed.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from brim.base.errors import BrimError
from brim.host.identity import Identity

_IDENTIFIER_BYTES: Final = 8
_EARLIER: Final = "brim_upgraded_from"
"""The file with the system identifiers of the clusters that this one was upgraded from, the oldest first, a line each.

It lies among PostgreSQL's own files, so that it takes its place with them and is part of every base backup.
"""
_MOST_BYTES: Final = 4096


class UnreadableControlFileError(BrimError):
    """The database's folder has no control file that can be read."""

    def __init__(self, cluster: Path) -> None:
        super().__init__(f"The database in {cluster} has no control file that can be read.")


def read_system_identifier(cluster: Path) -> str:
    """Return what PostgreSQL calls a database from `initdb` on, copies of it too.

    Source: PostgreSQL, `src/include/catalog/pg_control.h`: the first eight bytes, in the machine's order.

    Raises:
        UnreadableControlFileError: there is none.
    """
    try:
        with os.fdopen(os.open(cluster / "global" / "pg_control", os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            identifier = file.read(_IDENTIFIER_BYTES)
    except OSError:
        raise UnreadableControlFileError(cluster) from None
    return str(int.from_bytes(identifier, "little"))


def read_earlier_identifiers(cluster: Path) -> tuple[str, ...]:
    """Return the system identifiers of the clusters that this one was upgraded from, the oldest first."""
    try:
        with os.fdopen(os.open(cluster / _EARLIER, os.O_RDONLY | os.O_NOFOLLOW), "rb") as file:
            text = file.read(_MOST_BYTES).decode("ascii", errors="replace")
    except OSError:
        return ()
    return tuple(text.split())


def keep_earlier_identifiers(cluster: Path, identifiers: Sequence[str], identity: Identity) -> None:
    """Write which clusters a new one was upgraded from, durably, for whoever PostgreSQL runs as."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW
    descriptor = os.open(cluster / _EARLIER, flags, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.writelines(f"{identifier}\n" for identifier in identifiers)
        stream.flush()
        os.fsync(stream.fileno())
        os.fchown(stream.fileno(), identity.owner, identity.group)
