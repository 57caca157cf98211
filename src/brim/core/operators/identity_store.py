"""Which person at a provider of OpenID Connect an operator is, in the database."""

from typing import Any, Final

from brim.core.operators.openid_rules import Identity
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "identities")


async def find_bound_operator(conn: Conn, identity: Identity) -> str | None:
    """Return the id of the operator to whom an identity is bound, None when it is bound to nobody."""
    operator: str | None = await conn.fetchval(_SQL["find_bound_operator"], identity.issuer, identity.subject)
    return operator


async def find_identity(conn: Conn, operator: str) -> Identity | None:
    """Return the identity to which the operator with this id is bound, None when there is none."""
    return _identity(await conn.fetchrow(_SQL["find_identity"], operator))


async def bind_identity(conn: Conn, operator: str, identity: Identity, *, now_ms: int) -> bool:
    """Bind the operator with this id to an identity; tell whether that was done, or either is bound already."""
    return bool(await conn.fetchval(_SQL["bind_identity"], operator, identity.issuer, identity.subject, now_ms))


async def unbind_identity(conn: Conn, operator: str) -> Identity | None:
    """Unbind the operator with this id; return the identity to which they were bound, None when there was none."""
    return _identity(await conn.fetchrow(_SQL["unbind_identity"], operator))


def _identity(record: Any) -> Identity | None:
    return Identity(record["issuer"], record["subject"]) if record else None
