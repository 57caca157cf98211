"""Who may do what in PostgreSQL: the owner of the tables, and the lesser role that the service connects as.

The owner migrates. The service reads and writes rows, and of the tables that only grow it may change or remove none:
what is booked stays booked, whatever mistake a statement holds. docs/security.md tells an operator how to set it up.
"""

from typing import Final

from brim.base.errors import BrimError
from brim.platform.database import Conn, Database
from brim.platform.sql import load_queries

GROWING_TABLES: Final = (
    "journal_entries",
    "journal_entry_lines",
    "entry_seals",
    "bank_confirmations",
    "statement_lines",
    "ach_approvals",
    "audit_log",
    "installation",
)
"""Tables whose rows are never changed or removed; one that does not exist yet is passed over.

Into `installation` the service writes nothing either: its owner does, once.
"""

_QUERIES: Final = load_queries(__package__, "roles")


class MissingServiceRoleError(BrimError):
    """The role that shall get the rights does not exist."""

    def __init__(self, role: str) -> None:
        quoted = '"' + role.replace('"', '""') + '"'
        super().__init__(
            f"This PostgreSQL has no role {role}. Make it, as a role that may: CREATE ROLE {quoted} LOGIN PASSWORD "
            "'...'; then try again."
        )


async def ask_role(database_url: str) -> str:
    """Return the role that a URL connects as, in the server's words.

    Raises:
        DatabaseUnavailableError: the server cannot be reached.
    """
    database = await Database.connect(database_url, max_connections=1, application="brim migrate")
    try:
        async with database.connection() as conn:
            return await current_role(conn)
    finally:
        await database.close()


async def current_role(conn: Conn) -> str:
    """Return the role that this connection acts as."""
    return str(await conn.fetchval(_QUERIES["current_role"]))


async def owns_schema(conn: Conn) -> bool:
    """Tell whether this connection acts as the owner of our tables, or a member of it; True while there are none."""
    return bool(await conn.fetchval(_QUERIES["owns_schema"]))


async def require_role(conn: Conn, role: str) -> None:
    """Return quietly when the server has this role.

    Raises:
        MissingServiceRoleError: it has not.
    """
    if not await conn.fetchval(_QUERIES["role_exists"], role):
        raise MissingServiceRoleError(role)


async def keep_service_role(owner_url: str, role: str, *, verifier: str | None) -> None:
    """Make a role that may log in and nothing more, where it is missing. Takes an owner who is a superuser.

    Args:
        owner_url: how he connects.
        role: its name.
        verifier: of its password, as PostgreSQL stores it; None leaves the password as it is.
    """
    database = await Database.connect(owner_url, max_connections=1, application="brim migrate")
    try:
        async with database.transaction() as conn:
            await _name_role(conn, role)
            await conn.execute(_QUERIES["keep_service_role"])
            if verifier is not None:
                await conn.execute(_QUERIES["name_verifier"], verifier)
                await conn.execute(_QUERIES["keep_service_password"])
    finally:
        await database.close()


async def grant_rights(conn: Conn, role: str) -> None:
    """Give a role exactly the service's rights on every table there is, within the caller's transaction.

    The caller holds the lock on the migrations' table: two GRANTs on one table at the same moment fail. A role that
    owns a table keeps its other rights, but takes those to change rows of `GROWING_TABLES` from itself.
    """
    await _name_role(conn, role)
    await conn.execute(_QUERIES["grant_rights"])


async def find_weakness(conn: Conn, role: str) -> str | None:
    """Return, as a sentence, what could let this role change journal entries in spite of its rights; None for nothing.

    Raises:
        MissingServiceRoleError: there is no such role.
    """
    found = await conn.fetchrow(_QUERIES["describe_role"], role, GROWING_TABLES)
    if found is None:
        raise MissingServiceRoleError(role)
    if found["is_superuser"]:
        return (
            f"The service's role {role} is a superuser of PostgreSQL, whom no missing right keeps from changing "
            "journal entries. To separate them, pass this URL with --migration-url and that of a less "
            "privileged role with --database-url."
        )
    if found["may_change"]:
        return (
            f"The service's role {role} may change journal entries or the audit log, by a right that it has "
            "from PUBLIC or another role. Revoke that right."
        )
    if found["is_owner"]:
        return (
            f"The service's role {role} is an owner of the tables: it may not change journal entries, but could give "
            "itself that right. To separate them, pass this URL with --migration-url and that of a less "
            "privileged role with --database-url."
        )
    return None


async def _name_role(conn: Conn, role: str) -> None:
    await conn.execute(_QUERIES["name_role"], role, GROWING_TABLES)
