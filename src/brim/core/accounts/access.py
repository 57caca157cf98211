"""Which accounts a request reaches: its own, and those under it."""

from brim.base.errors import BrimError
from brim.base.scope import AccountScope
from brim.core.accounts import store as accounts
from brim.core.accounts.rules import Account, NotOperatorError
from brim.platform.database import Conn


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
