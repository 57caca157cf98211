"""Which accounts a request reaches, its own and those under it, and which it may change."""

from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.accounts import store as accounts
from brim.core.accounts.rules import Account, LiveAccountError, NotOperatorError, NotPlatformError
from brim.platform.database import Conn, Database


class UnreachableAccountError(BrimError):
    """A request names an account that its key does not reach, or that does not exist; which of both, nobody is told."""

    def __init__(self, account: str) -> None:
        super().__init__(f"The account {account!r} cannot be reached.")
        self.account = account


async def require_account(conn: Conn, viewer: AccountScope, account_id: str) -> Account:
    """Return an account that the viewer can reach.

    Raises:
        UnreachableAccountError: there is no such account.
    """
    account = await accounts.read_account(conn, viewer, account_id)
    if account is None:
        raise UnreachableAccountError(account_id)
    return account


async def lock_account(conn: Conn, viewer: AccountScope, account_id: str) -> Account:
    """Return an account that the viewer can reach, held until the transaction ends.

    Raises:
        UnreachableAccountError: there is no such account.
    """
    account = await accounts.lock_account(conn, viewer, account_id)
    if account is None:
        raise UnreachableAccountError(account_id)
    return account


async def require_first_account(conn: Conn, account: str) -> None:
    """Check that an account is the one that was created first: whoever has its keys operates this Brim.

    Raises:
        NotOperatorError: it is another one.
    """
    if account != await accounts.find_first_account(conn):
        raise NotOperatorError


async def check_operates(database: Database, account: str) -> None:
    """Check as `require_first_account` does, by itself.

    Raises:
        NotOperatorError: it is another account.
    """
    async with database.connection() as conn:
        await require_first_account(conn, account)


async def check_is_platform(database: Database, account: str) -> None:
    """Let an account pass that is connected to no other: files, the bank and whom it debits are its own.

    Raises:
        NotPlatformError: it stands below a platform.
    """
    async with database.connection() as conn:
        if await accounts.account_platform(conn, account) is not None:
            raise NotPlatformError


async def check_live_change(conn: Conn, viewer: AccountScope, account: Account, *, now_ms: int) -> None:
    """Let a live key change what an account is in both modes, and a test key only where live mode does not use it.

    What is of one mode alone, as settlement days and external accounts are, stays open to the keys of that.
    Source: https://docs.stripe.com/keys, by which keys of one mode do not touch the objects of the other.

    Raises:
        LiveAccountError: it is used in live mode, and a test key asks.
    """
    if not viewer.livemode and await accounts.is_used_live(conn, account.account, now_ms=now_ms):
        raise LiveAccountError(account.account)
