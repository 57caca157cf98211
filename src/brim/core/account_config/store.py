"""What an account is configured to, with the version that tells a create whether it knew the newest."""

from typing import Final

from brim.base.scope import AccountScope
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__)


class NoConfigError(AssertionError):
    """An account lacks what every account begins with."""

    def __init__(self, account: str) -> None:
        super().__init__(f"The account {account} has no configuration in one of its modes.")


async def bump_config_version(conn: Conn, scope: AccountScope) -> None:
    """Bump the version of an account's configuration, in the transaction of the change."""
    await conn.execute(_SQL["bump_config_version"], scope.account, scope.livemode)


async def close(conn: Conn, account: str) -> None:
    """Let no top-up of an account be made any more, in either mode; waits for those under way.

    Raises:
        NoConfigError: the account has no configuration in a mode, so a create under way could not be ruled out.
    """
    if await conn.execute(_SQL["close"], account) != "UPDATE 2":
        raise NoConfigError(account)


async def reopen(conn: Conn, account: str) -> None:
    """Let top-ups of an account be made again, in both modes."""
    await conn.execute(_SQL["reopen"], account)


async def set_settlement_days(conn: Conn, scope: AccountScope, days: int | None) -> None:
    """Set the banking days of the account's own agreement, None for none, and bump its configuration's version."""
    await bump_config_version(conn, scope)
    await conn.execute(_SQL["set_settlement_days"], scope.account, scope.livemode, days)
