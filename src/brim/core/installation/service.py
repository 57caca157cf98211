"""Mark an installation as a rehearsal, and find what it is."""

import asyncio
from typing import Final

from brim.base.errors import DatabaseUnavailableError
from brim.core.installation import store
from brim.core.installation.rules import InstallationKind, NotARehearsalError
from brim.platform.database import Conn, Database

_ASK_AGAIN_S: Final = 1.0


async def find_kind(conn: Conn) -> InstallationKind:
    """Return what the installation is; what was never marked is a standard one."""
    return await store.read_kind(conn) or InstallationKind.STANDARD


async def mark_rehearsal(conn: Conn, *, now_ms: int) -> None:
    """Mark an empty installation as a rehearsal, for ever; one that is a rehearsal already stays it.

    The connection is the owner's: the service may read the mark only.

    Raises:
        NotARehearsalError: it is a standard one, or has an account or an operator.
    """
    async with conn.transaction():
        await store.lock_beginnings(conn)
        kind = await store.read_kind(conn)
        if kind is InstallationKind.REHEARSAL:
            return
        if kind is not None or not await store.is_empty(conn):
            raise NotARehearsalError
        await store.insert_kind(conn, InstallationKind.REHEARSAL, now_ms=now_ms)


async def require_kind(conn: Conn, *, rehearsal: bool) -> None:
    """Let a process begin whose setting agrees with the installation; without the setting, either kind does.

    Raises:
        NotARehearsalError: a rehearsal is asked for, and it is none.
    """
    if rehearsal and await find_kind(conn) is not InstallationKind.REHEARSAL:
        raise NotARehearsalError


class KnownKind:
    """What one process knows of its installation's kind: it is read once, since it never changes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kind: InstallationKind | None = None

    def is_rehearsal(self) -> bool:
        """Tell whether it is known to be a rehearsal."""
        return self._kind is InstallationKind.REHEARSAL

    async def read(self) -> None:
        """Read it unless it is known.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        if self._kind is None:
            async with self._database.connection() as conn:
                self._kind = await find_kind(conn)

    async def keep_asking(self) -> None:
        """Read it as soon as the database answers."""
        while self._kind is None:
            try:
                await self.read()
            except DatabaseUnavailableError:
                await asyncio.sleep(_ASK_AGAIN_S)
