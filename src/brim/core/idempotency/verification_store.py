"""Reads idempotency keys range by range and finds what contradicts itself."""

from typing import Final

from brim.core.verification import Difference, Range, bounds_of, differences
from brim.platform.database import Conn
from brim.platform.sql import load_queries

_SQL: Final = load_queries(__package__, "verification", fragments="brim.core.verification")


async def wrong_idempotency_keys(conn: Conn, span: Range, *, limit: int) -> list[Difference]:
    """Return keys whose event does not exist."""
    return differences(await conn.fetch(_SQL["wrong_idempotency_keys"], *bounds_of(span), limit))
