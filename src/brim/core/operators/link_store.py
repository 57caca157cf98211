"""Links by which operators choose their own password: only the SHA-256 of each one's token is kept."""

from typing import Final

from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "links")


async def put_link(conn: Conn, operator: str, digest: bytes, *, expires_ms: int) -> None:
    """Give the operator with this id a link until a time (Unix milliseconds); an earlier one works no more."""
    await conn.execute(_SQL["put_link"], operator, digest, expires_ms)


async def find_link(conn: Conn, digest: bytes, *, now_ms: int) -> str | None:
    """Return the id of the operator whose link has this token's SHA-256, None when none works."""
    operator: str | None = await conn.fetchval(_SQL["find_link"], digest, now_ms)
    return operator


async def take_link(conn: Conn, operator: str, digest: bytes) -> bool:
    """Take a link away; tell whether it was there."""
    return bool(await conn.fetchval(_SQL["delete_link"], operator, digest))


async def delete_link(conn: Conn, operator: str) -> None:
    """Take away whatever link the operator with this id has."""
    await conn.execute(_SQL["delete_link"], operator, None)
