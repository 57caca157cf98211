"""The name of the platform: that of the account that was there first, as pages and mails show it."""

import asyncio
from contextlib import suppress
from typing import Final

import msgspec

from brim.base.actor import Actor
from brim.base.errors import BrimError, DatabaseUnavailableError
from brim.base.ids import IdFactory
from brim.base.scope import AccountScope
from brim.core.accounts import store as accounts
from brim.core.audit import Action, ObjectType, record
from brim.platform.database import Conn, Database

LONGEST_PLATFORM_NAME: Final = 60
_READ_EVERY_S: Final = 60.0


class PlatformNameError(BrimError):
    """A platform cannot be called so."""

    def __init__(self) -> None:
        super().__init__(f"Enter a name of at most {LONGEST_PLATFORM_NAME} characters, without line breaks.")


class PlatformName:
    """What one process knows of the platform's name: read again once a minute, and when this process has changed it.

    Args:
        database: where it is.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._name: str | None = None

    def get(self) -> str | None:
        """Return the name as it was read last; None where it has none."""
        return self._name

    async def read(self) -> None:
        """Read it.

        Raises:
            DatabaseUnavailableError: the database does not answer.
        """
        async with self._database.connection() as conn:
            self._name = await read_platform_name(conn)

    async def keep(self) -> None:
        """Read it again and again."""
        while True:
            with suppress(DatabaseUnavailableError):
                await self.read()
            await asyncio.sleep(_READ_EVERY_S)


async def read_platform_name(conn: Conn) -> str | None:
    """Return the name of the platform; None where nobody has given it one."""
    first = await accounts.find_first_account(conn)
    found = await accounts.find_account(conn, first) if first else None
    return found.business_name if found else None


def checked_platform_name(text: str) -> str:
    """Return a name without blanks around it.

    Raises:
        PlatformNameError: a platform cannot be called so.
    """
    name = text.strip()
    if not name or len(name) > LONGEST_PLATFORM_NAME or not name.isprintable():
        raise PlatformNameError
    return name


async def name_platform(database: Database, name: str, *, by: Actor, now_ms: int, ids: IdFactory) -> None:
    """Give the platform a name, which the first account has as its business name.

    Raises:
        PlatformNameError: it cannot be called so.
    """
    name = checked_platform_name(name)

    async def work(conn: Conn) -> None:
        first = await accounts.find_first_account(conn)
        before = await accounts.lock_account(conn, AccountScope(first, livemode=True), first) if first else None
        if before is None:
            return
        after = msgspec.structs.replace(before, business_name=name)
        await accounts.write_account(conn, after)
        await record(
            conn,
            by,
            Action.ACCOUNT_UPDATED,
            object_type=ObjectType.ACCOUNT,
            object_id=after.account,
            before=before,
            after=after,
            now_ms=now_ms,
            ids=ids,
        )

    await database.transact(work)
